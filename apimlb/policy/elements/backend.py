"""Where a request goes and how it is sent there: set-backend-service, forward-request."""

from collections.abc import AsyncIterator

from apimlb.http import RelayedStream, is_url
from apimlb.policy.apim.context import Context
from apimlb.policy.document.attributes import BOOLEAN, STRING, Getter, choice, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.run.exchange import Act, BackendId, Exchange, ForwardOptions
from apimlb.policy.run.faults import PolicyFault

_CHUNK = 8192
"""Bytes that a buffered response is held to; Microsoft Learn, API Management policy reference:
forward-request, buffer-response."""


_FABRICS = (
    *("sf-resolve-condition", "sf-service-instance-name", "sf-partition-key", "sf-replica-type"),
    *("sf-listener-name", "dapr-app-id", "dapr-method", "dapr-namespace"),
)
"""Attributes for Service Fabric and Dapr, which the local Azure has not."""


def set_backend_service(draft: Draft) -> Act:
    draft.lacks(*_FABRICS)
    base_url = draft.attribute("base-url", STRING, "")
    backend_id = draft.optional("backend-id", STRING)
    draft.at_most_one("base-url", "backend-id")
    draft.at_least_one("base-url", "backend-id")

    def act(exchange: Exchange) -> None:
        if backend_id is not None:
            exchange.backend = BackendId(backend_id(exchange.context))
            return
        url = base_url(exchange.context).strip().rstrip("/")
        if not is_url(url):
            raise PolicyFault("BackendUrlInvalid", f"'{url}' is not an absolute URL.")
        exchange.backend, exchange.service_url = None, url
        exchange.locate(url)

    return act


def forward_request(draft: Draft) -> Act:
    options = _options(draft)
    buffered = draft.word("buffer-response", BOOLEAN, True)
    version = draft.word("http-version", choice("1", "2or1", "2"), "1")
    buffer_request = draft.word("buffer-request-body", BOOLEAN, False)
    fail_on_error = draft.word("fail-on-error-status-code", BOOLEAN, False)

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        chosen, body = options(context), context.request.body
        if version != "1":  # the local gateway speaks HTTP/1.1 with backends
            exchange.record("protocol", "forward-request", exchange.base_url, {"http-version": version})
        if buffer_request and body is not None:
            body.hold()
        context.unanswered = False
        try:
            response = await exchange.services.forward(exchange, chosen)
        finally:
            # An unbuffered body went out with this attempt, whatever became of it: the next one has none.
            if not buffer_request and body is not None:
                body.consumed = True
        if buffered and not isinstance(response.body, bytes):
            response.body = BufferedStream(response.body)
        if exchange.live is not None:
            await exchange.let_go()
        exchange.answer(response)
        if exchange.section in exchange.policy.readers:
            await exchange.buffer()
        if fail_on_error and 400 <= response.status <= 599:
            raise PolicyFault(
                "BackendResponseError",
                f"The backend service answered with status code {response.status}.",
                status=response.status,
                keeps_response=True,
            )

    return act


def _options(draft: Draft) -> Getter[ForwardOptions]:
    seconds = draft.attribute("timeout", integer(), 300)
    milliseconds = draft.optional("timeout-ms", integer())
    draft.at_most_one("timeout", "timeout-ms")
    draft.lacks("continue-timeout")
    follow = draft.attribute("follow-redirects", BOOLEAN, False)

    def options(context: Context) -> ForwardOptions:
        timeout = float(seconds(context)) if milliseconds is None else milliseconds(context) / 1000
        return ForwardOptions(timeout, follow(context))

    return draft.settled(options, "timeout", "timeout-ms", "follow-redirects")


class BufferedStream(RelayedStream):
    """A streamed body in pieces of 8 KiB, as a gateway that buffers responses lets them go."""

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        super().__init__(body)
        self._held = bytearray()

    async def __anext__(self) -> bytes:
        while len(self._held) < _CHUNK:
            try:
                self._held += await anext(self._body)
            except StopAsyncIteration:
                break
        if not self._held:
            raise StopAsyncIteration
        piece = bytes(self._held[:_CHUNK])
        del self._held[:_CHUNK]
        return piece
