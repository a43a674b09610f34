"""Messages made on the way: return-response, send-request, authentication-managed-identity."""

from collections.abc import Awaitable, Callable

from apimlb.http import Headers, Request, is_url
from apimlb.policy.apim.context import Context, MessageBody, ResponseView
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.document.attributes import BOOLEAN, STRING, TEXT, choice, integer
from apimlb.policy.document.draft import EVERYWHERE, Draft, Entry
from apimlb.policy.document.problems import NOT_IMPLEMENTED
from apimlb.policy.elements.messages import body_of, header_edit, query_edit, status_of
from apimlb.policy.run.exchange import Act, Exchange, Section
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.steps import Returned

_TOKEN_SECTIONS: frozenset[Section] = frozenset({"inbound", "outbound"})
_DEFAULT_TIMEOUT = 60


def return_response(draft: Draft) -> Act:
    variable = draft.word("response-variable-name", STRING, "")
    status_draft = draft.child("set-status")
    status = status_of(status_draft) if status_draft else None
    headers = [header_edit(child) for child in draft.children("set-header")]
    body_draft = draft.child("set-body")
    body = body_of(body_draft) if body_draft else None

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        response = _response_in(variable, context) if variable else ResponseView(200)
        if status is not None:
            response.status_code, response.status_reason = status(context)
        for edit in headers:
            edit(context, response.headers)
        if body is not None:
            response.body = MessageBody(body(context))
        await exchange.let_go()
        context.response = response
        raise Returned

    return act


def _response_in(name: str, context: Context) -> ResponseView:
    """A copy of the response that send-request left in a variable."""
    held = context.variables.get(name)
    if not isinstance(held, ResponseView):
        raise ClrException("System.InvalidOperationException", f"The variable '{name}' holds no response.")
    content = held.body.content if held.body and not held.body.consumed else b""
    return ResponseView(held.status_code, held.status_reason, held.headers.copy(), MessageBody(content))


def send_request(draft: Draft) -> Act:
    variable = draft.required("response-variable-name", STRING)
    timeout = draft.attribute("timeout", integer(), _DEFAULT_TIMEOUT)
    ignore_error = draft.word("ignore-error", BOOLEAN, False)
    message = _message(draft)
    identity_draft = draft.child("authentication-managed-identity")
    identity = _identity(identity_draft) if identity_draft else None
    for tag in ("authentication-certificate", "proxy"):
        if draft.child(tag):
            raise draft.error(f"<{tag}> is not implemented by the local gateway", code=NOT_IMPLEMENTED)

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        answer: ResponseView | None = None
        try:
            request = message(exchange)
            if identity is not None:
                token = await identity(exchange)
                request.headers.set("Authorization", f"Bearer {token}")
            answer = await _answer(exchange, request, timeout(context))
        except PolicyFault:
            if not ignore_error:
                raise
        context.variables[variable(context)] = answer

    return act


async def _answer(exchange: Exchange, request: Request, timeout: float) -> ResponseView:
    """The whole answer, which has to be there in time."""
    if not is_url(request.url):
        raise PolicyFault("BackendConnectionFailure", f"'{request.url}' is not an absolute URL.")
    try:
        with exchange.services.clock.timeout(timeout):
            response = await exchange.services.send(request, timeout)
            body = await exchange.hold(response)
    except TimeoutError as error:
        raise PolicyFault("Timeout", f"The request was not answered within {timeout} seconds.") from error
    except ConnectionError as error:
        raise PolicyFault("BackendConnectionFailure", str(error) or "The connection failed.") from error
    return ResponseView(response.status, response.reason, response.headers, body)


def _message(draft: Draft) -> Callable[[Exchange], Request]:
    """The request that the children describe; with mode `copy` on top of the current one."""
    mode = draft.attribute("mode", choice("new", "copy"), "new")
    url_draft = draft.child("set-url")
    url = url_draft.content(TEXT) if url_draft else None
    if url is None and "mode" not in draft.element.attributes:
        raise draft.error("The element 'send-request' has incomplete content: 'set-url' is required.")
    method_draft = draft.child("set-method")
    method = method_draft.content(TEXT) if method_draft else None
    headers = [header_edit(child) for child in draft.children("set-header")]
    queries = [query_edit(child) for child in draft.children("set-query-parameter")]
    body_draft = draft.child("set-body")
    body = body_of(body_draft) if body_draft else None

    def message(exchange: Exchange) -> Request:
        context = exchange.context
        request = _copied(exchange) if mode(context) == "copy" else Request("GET", "")
        if url is not None:
            request.url = url(context)
        if method is not None:
            request.method = method(context).upper()
        for edit in headers:
            edit(context, request.headers)
        for change in queries:
            place, _, query = request.url.partition("?")
            request.url = f"{place}?{change(context, query)}"
        if body is not None:
            request.body = body(context)
        return request

    return message


def _copied(exchange: Exchange) -> Request:
    view = exchange.context.request
    content = view.body.content if view.body and not view.body.consumed else b""
    headers = Headers((name, value) for name, value in view.headers if name.lower() != "host")
    return Request(view.method, str(view.url), headers, content, view.ip_address)


def _identity(draft: Draft) -> Callable[[Exchange], Awaitable[str]]:
    resource = draft.required("resource", STRING)
    client_id = draft.optional("client-id", STRING)

    async def token(exchange: Exchange) -> str:
        client = client_id(exchange.context) if client_id else None
        return await exchange.services.managed_identity_token(resource(exchange.context), client)

    return token


def authentication_managed_identity(draft: Draft) -> Act:
    token = _identity(draft)
    variable = draft.word("output-token-variable-name", STRING, "")
    ignore_error = draft.word("ignore-error", BOOLEAN, False)

    async def act(exchange: Exchange) -> None:
        try:
            made = await token(exchange)
        except PolicyFault:
            if ignore_error:
                return
            raise
        if variable:
            exchange.context.variables[variable] = made
        else:
            exchange.context.request.headers.set("Authorization", f"Bearer {made}")

    return act


TABLE = {
    "authentication-managed-identity": Entry(_TOKEN_SECTIONS, authentication_managed_identity),
    "return-response": Entry(EVERYWHERE, return_response),
    "send-request": Entry(EVERYWHERE, send_request),
}
