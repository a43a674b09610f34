"""What edits the text of the message at hand: find-and-replace, redirect-content-urls.

Microsoft Learn, API Management policy reference: find-and-replace, redirect-content-urls. Inbound and backend
work on the request, the other sections on the response, which is read to its end for it.
"""

from collections.abc import Callable

from apimlb.policy.apim.bodies import MessageBody, content_of, rest_of
from apimlb.policy.apim.context import Context, RequestView, ResponseView
from apimlb.policy.document.attributes import STRING
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats
from apimlb.policy.run.exchange import Act, Exchange

Message = RequestView | ResponseView


def works_on_request(draft: Draft) -> bool:
    """Whether the section works on the request; later ones work on the response."""
    return draft.compilation.section in ("inbound", "backend")


def section_message(draft: Draft) -> Callable[[Context], Message | None]:
    """The message that the section works on."""
    if works_on_request(draft):
        return lambda context: context.request
    return lambda context: context.response


def message_with_body(draft: Draft) -> Callable[[Context], Message | None]:
    """The message that the section works on; None where nothing is left of its body."""
    view_of = section_message(draft)
    if not works_on_request(draft):
        draft.compilation.reads_response_body()

    def message(context: Context) -> Message | None:
        view = view_of(context)
        return view if view is not None and rest_of(view.body) else None

    return message


def edits_body(draft: Draft, edit: Callable[[Exchange, bytes], bytes]) -> Act:
    """An act that replaces the body by `edit` of it; a message without a body stays unchanged."""

    def replace(exchange: Exchange, view: Message) -> None:
        view.body = MessageBody.made(edit(exchange, content_of(view.body)))

    return on_message(message_with_body(draft), replace)


def on_message(
    message_of: Callable[[Context], Message | None], edit: Callable[[Exchange, Message], None]
) -> Act:
    """An act that edits a message, where there is one."""

    def act(exchange: Exchange) -> None:
        view = message_of(exchange.context)
        if view is not None:
            edit(exchange, view)

    return act


def find_and_replace(draft: Draft) -> Act:
    """Case counts, and every occurrence is replaced."""
    wanted_of, new_of = draft.required("from", STRING), draft.required("to", STRING)

    def edit(exchange: Exchange, content: bytes) -> bytes:
        wanted = wanted_of(exchange.context).encode()
        return formats.replaced(content, wanted, new_of(exchange.context).encode()) if wanted else content

    return edits_body(draft, edit)


def redirect_content_urls(draft: Draft) -> Act:
    """In a response, links to the backend become links to the gateway; in a request it is the other way."""
    inward = works_on_request(draft)

    def edit(exchange: Exchange, content: bytes) -> bytes:
        context = exchange.context
        path = "" if context.api is None else context.api.path.strip("/")
        outer = f"{context.request.original_url.origin}/{path}".rstrip("/")
        inner = exchange.base_url.rstrip("/")
        old, new = (outer, inner) if inward else (inner, outer)
        return formats.replaced(content, old.encode(), new.encode()) if old else content

    return edits_body(draft, edit)
