"""Messages made on the way: return-response, send-request."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from apimlb.http import Headers, Request, is_url
from apimlb.policy.apim.bodies import MessageBody, rest_of
from apimlb.policy.apim.context import Context, ResponseView
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.document.attributes import BOOLEAN, STRING, TEXT, choice, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats, token_usage
from apimlb.policy.elements.credentials import certificate_of, identity_token, proxy_of
from apimlb.policy.elements.messages import body_of, header_edit, query_edit, status_edit
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.steps import Returned

DEFAULT_TIMEOUT = 60
"""Seconds that a request of a policy's own may take where it does not say."""

SERVICE_TIMEOUT = 30.0
"""Seconds that an element waits for a service that it asks itself: keys, embeddings, content safety."""


def return_response(draft: Draft) -> Act:
    variable = draft.word("response-variable-name", STRING, "")
    status = draft.made("set-status", status_edit)
    headers = [header_edit(child) for child in draft.children("set-header")]
    body = draft.made("set-body", lambda child: body_of(child, shows_body=False))

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        response = _response_in(variable, context)
        if status is not None:
            status(context, response)
        for edit in headers:
            edit(context, response.headers)
        if body is not None:
            response.body = MessageBody.made(body(context))
        await exchange.let_go()
        context.response = response
        raise Returned

    return act


def _response_in(name: str, context: Context) -> ResponseView:
    """A copy of the response that send-request left in a variable; a new response for a variable without one,
    as a run on Azure shows (genai gateway toolkit, latency routing, 2024-06-11)."""
    held = context.variables.get(name)
    if held is None:
        return ResponseView(200)
    if not isinstance(held, ResponseView):
        raise ClrException("System.InvalidOperationException", f"The variable '{name}' holds no response.")
    formats.spend(len(held.headers) >> 3)
    return held.copy()


def send_request(draft: Draft) -> Act:
    variable = draft.required("response-variable-name", STRING)
    timeout = draft.attribute("timeout", integer(), DEFAULT_TIMEOUT)
    ignored = (PolicyFault,) if draft.word("ignore-error", BOOLEAN, False) else ()
    message = message_of(draft)

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        answer: ResponseView | None = None
        with suppress(*ignored):
            request = await message(exchange)
            answer = await _answer(exchange, request, timeout(context))
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


async def service_answer(
    exchange: Exchange, backend: str, path: str, asked: object, authorization: str | None
) -> dict[str, Any] | None:
    """What the service behind a backend says to a question in JSON, with the header Authorization that it is
    shown; None where it cannot be reached or answers with an error."""
    headers = Headers([("Content-Type", "application/json")])
    if authorization is not None:
        headers.set("Authorization", authorization)
    request = Request("POST", path, headers, formats.dumped(asked))
    try:
        response = await exchange.services.call(backend, request, SERVICE_TIMEOUT)
        answer = await exchange.hold(response)
    except (PolicyFault, ConnectionError, TimeoutError):
        return None
    return token_usage.said_in(answer) if response.status == 200 else None


def message_of(draft: Draft) -> Callable[[Exchange], Awaitable[Request]]:
    """The request that the children describe; with mode `copy` on top of the current one. It shows who the
    gateway is as its children say."""
    message = _plain_message(draft)
    identity = draft.made("authentication-managed-identity", identity_token)
    certificate = draft.made("authentication-certificate", certificate_of)
    proxy = draft.made("proxy", proxy_of)

    async def with_credentials(exchange: Exchange) -> Request:
        request = message(exchange)
        if identity is not None:
            request.headers.set("Authorization", f"Bearer {await identity(exchange)}")
        if certificate is not None:
            certificate(exchange, request.url)
        if proxy is not None:
            proxy(exchange)
        return request

    return with_credentials


def _plain_message(draft: Draft) -> Callable[[Exchange], Request]:
    mode = draft.attribute("mode", choice("new", "copy"), "new")
    url = draft.made("set-url", lambda child: child.content(TEXT))
    if url is None and "mode" not in draft.element.attributes:
        raise draft.error(f"The element '{draft.element.tag}' has incomplete content: 'set-url' is required.")
    method = draft.made("set-method", lambda child: child.content(TEXT))
    headers = [header_edit(child) for child in draft.children("set-header")]
    queries = [query_edit(child) for child in draft.children("set-query-parameter")]
    body = draft.made("set-body", body_of)

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
            formats.spend(len(place) >> 6)
            request.url = f"{place}?{change(context, query)}"
        if body is not None:
            request.body = body(context)
        return request

    return message


def _copied(exchange: Exchange) -> Request:
    view = exchange.context.request
    formats.spend(len(view.headers))
    headers = view.headers.copy()
    headers.remove("Host")
    return Request(view.method, str(view.url), headers, rest_of(view.body), view.ip_address)
