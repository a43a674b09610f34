"""What changes a request or response: headers, body, status, method, query and path.

The compile functions without an Act (`header_edit`, `body_of`, ...) serve the same elements inside
return-response and send-request, where they change the message under construction.
"""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote, unquote_plus

from apimlb.http import Headers, reason_phrase
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, ResponseView
from apimlb.policy.clr.budget import charge_fields
from apimlb.policy.clr.objects.text import to_clr_string
from apimlb.policy.document.attributes import BOOLEAN, STRING, TEXT, Getter, Kind, choice, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats, liquid
from apimlb.policy.elements.bodies import on_message, section_message, works_on_request
from apimlb.policy.run.exchange import Act, Exchange, bounded_url
from apimlb.policy.run.faults import PolicyFault

_FIXED_HEADERS = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})
"""Microsoft Learn, API Management policy reference: set-header, limitations."""

_SEPARATE_HEADERS = frozenset(
    {
        *("user-agent", "www-authenticate", "proxy-authenticate", "cookie", "set-cookie", "warning", "date"),
        *("expires", "if-modified-since", "if-unmodified-since", "last-modified", "retry-after"),
    }
)
"""Headers whose values stay separate lines; those of any other are joined by commas (the same page)."""

_EXISTS = choice("override", "skip", "append", "delete")
_PLACEHOLDER = re.compile(r"\{\*?([\w-]+)\}")
_SAFE_IN_PATHS = "/:@!$&'()*,;=~-._%"


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    return b"" if value is None else formats.utf8(to_clr_string(value))


BYTES = Kind("object", str.encode, _bytes)
"""A body: text as UTF-8, the bytes of a byte[], nothing for null."""


def header_edit(draft: Draft) -> Callable[[Context, Headers], None]:
    """`<set-header>` as a change to any message's headers."""
    name_of = draft.required("name", STRING)
    action_of = draft.attribute("exists-action", _EXISTS, "override")
    values_of = draft.texts("value", TEXT)

    def edit(context: Context, headers: Headers) -> None:
        name = name_of(context)
        action = action_of(context)
        formats.spend(len(headers) >> 2)
        if name.lower() in _FIXED_HEADERS or (action == "skip" and name in headers):
            return
        values = headers.get_all(name) if action == "append" else []
        if action != "delete":
            values += [value(context) for value in values_of]
        formats.bounded_header(sum(map(len, values)))
        joined = values if name.lower() in _SEPARATE_HEADERS or not values else [",".join(values)]
        headers.set(name, *joined)

    return edit


def body_of(draft: Draft, *, shows_body: bool = True) -> Getter[bytes]:
    """`<set-body>`: literal text or XML as it stands, an expression, or a Liquid template on the body of the
    message that the section works on, or of none."""
    if draft.word("template", choice("liquid", "", "none"), "") == "liquid":
        return liquid.template_of(draft, shows_body=shows_body)
    liquid.settings_of(draft)
    if draft.element.children:
        literal = draft.markup().encode()
        return lambda _: literal
    return draft.content(BYTES)


def status_edit(draft: Draft) -> Callable[[Context, ResponseView], None]:
    """`<set-status>` as a change to any response; the reason defaults to HTTP's own phrase."""
    code = draft.required("code", integer(100, 999))
    reason = draft.optional("reason", STRING)

    def edit(context: Context, response: ResponseView) -> None:
        number = code(context)
        phrase = reason(context) if reason else reason_phrase(number)
        response.status_code, response.status_reason = number, phrase

    return edit


def set_header(draft: Draft) -> Act:
    edit = header_edit(draft)
    return on_message(section_message(draft), lambda exchange, view: edit(exchange.context, view.headers))


def set_body(draft: Draft) -> Act:
    """In a response what comes from the backend, if it still does, is let go."""
    body = body_of(draft)
    message, on_request = section_message(draft), works_on_request(draft)

    def act(exchange: Exchange) -> Awaitable[None] | None:
        made, view = body(exchange.context), message(exchange.context)
        if view is not None:
            view.body = MessageBody.made(made)
        return None if on_request else exchange.let_go()

    return act


def set_status(draft: Draft) -> Act:
    edit = status_edit(draft)

    def act(exchange: Exchange) -> None:
        response = exchange.context.response
        if response is not None:
            edit(exchange.context, response)

    return act


def set_method(draft: Draft) -> Act:
    method = draft.content(TEXT)

    def act(exchange: Exchange) -> None:
        exchange.context.request.method = method(exchange.context).upper()

    return act


def query_edit(draft: Draft) -> Callable[[Context, str], str]:
    """`<set-query-parameter>` as a change to a raw query string; other parameters keep their spelling."""
    name_of = draft.required("name", STRING)
    action_of = draft.attribute("exists-action", _EXISTS, "override")
    values_of = draft.texts("value", TEXT)

    def edit(context: Context, query: str) -> str:
        name, action = name_of(context), action_of(context)
        fields = _fields(query)
        kept = [part for field, part in fields if action == "append" or field != name.lower()]
        if action == "skip" and len(kept) < len(fields):
            return query
        if action != "delete":
            kept += [
                f"{_escaped(name, ' ').replace(' ', '+')}={_escaped(value(context))}" for value in values_of
            ]
        return "&".join(kept)

    return edit


def _escaped(text: str, safe: str = "") -> str:
    """A text as it stands in a URL; `safe` are characters that stay as they are."""
    formats.spend(1 + (len(text) >> 3))
    return quote(text, safe)


def set_query_parameter(draft: Draft) -> Act:
    edit = query_edit(draft)

    def act(exchange: Exchange) -> None:
        exchange.query = edit(exchange.context, exchange.query)
        exchange.locate(exchange.base_url)

    return act


def rewrite_uri(draft: Draft) -> Act:
    """In `backend` too since March 2026 (API Management release notes)."""
    template_of = draft.required("template", STRING)
    copy_unmatched = draft.attribute("copy-unmatched-params", BOOLEAN, True)

    def act(exchange: Exchange) -> None:
        context = exchange.context
        filled, used = _filled(template_of(context), context)
        path, _, query = filled.partition("?")
        if copy_unmatched(context):
            used |= {name for name, _ in _fields(query)}
            kept = [part for name, part in _fields(exchange.query) if name not in used]
            query = "&".join([query, *kept] if query else kept)
        exchange.path = path if path.startswith("/") else "/" + path
        exchange.query = query
        exchange.locate(exchange.base_url)

    return act


def _filled(template: str, context: Context) -> tuple[str, set[str]]:
    """The template with its `{parameters}` replaced, and the names that were used (lower case)."""
    parameters = {name.lower(): value for name, value in context.request.matched_parameters.items()}
    used: dict[str, str] = {}
    size = len(template)

    def value_of(found: re.Match[str]) -> str:
        nonlocal size
        formats.spend(2)
        name = found[1].lower()
        if name not in parameters:
            raise PolicyFault("TemplateParameterNotFound", f"The URL has no parameter '{found[1]}'.")
        if name not in used:
            used[name] = _escaped(parameters[name], _SAFE_IN_PATHS)
        size += len(used[name])
        bounded_url(size)
        return used[name]

    return _PLACEHOLDER.sub(value_of, template), set(used)


def _fields(query: str) -> list[tuple[str, str]]:
    """The fields of a query as they stand there, each behind its name in lower case."""
    charge_fields(query)
    return [(unquote_plus(part.partition("=")[0]).lower(), part) for part in query.split("&") if part]
