"""One request on its way through the policies, and what the policies may ask of the gateway around them."""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias
from urllib.parse import urlsplit

from apimlb.clock import Clock
from apimlb.http import Request, Response, close, read
from apimlb.policy.apim.bodies import MessageBody, rest_of
from apimlb.policy.apim.context import Context, ResponseView, Url, url_of
from apimlb.policy.apim.credentials import Authorization
from apimlb.policy.clr.budget import BUDGET, over_request
from apimlb.policy.run.counters import Counters
from apimlb.policy.run.faults import PolicyFault, default_response
from apimlb.policy.run.records import Kind, Record, Value

_LONG_URL = 2048
_LONGEST_URL = 128 * 1024
"""Twice what a request may bring."""

_SENT = 10
"""Bytes of a body that a step sends, as a power of two."""

CachingType = Literal["internal", "external", "prefer-external"]
Section = Literal["inbound", "backend", "outbound", "on-error"]


@dataclass(slots=True)
class BackendId:
    """`<set-backend-service backend-id>`: a backend or pool of the service, by name. Each run of the element
    makes another, by which a gateway knows that the choice was made anew."""

    name: str


@dataclass(frozen=True, slots=True)
class ForwardOptions:
    """One attempt of `<forward-request>`: `timeout` in seconds until the response's headers are there."""

    timeout: float = 300.0
    follow_redirects: bool = False


class Cache(Protocol):
    """The gateway's value cache; `kind` is the policy's caching-type. In Azure a put is asynchronous."""

    async def get(self, key: str, kind: CachingType) -> object:
        """The value under `key`, None where nothing is stored (null never is)."""
        ...

    async def put(self, key: str, value: object, seconds: float, kind: CachingType) -> None: ...

    async def remove(self, key: str, kind: CachingType) -> bool:
        """Whether the cache could be told to forget it."""
        ...


class Services(Protocol):
    """What the gateway does for a policy: time, chance, cache, calls and tokens."""

    @property
    def clock(self) -> Clock: ...

    @property
    def rng(self) -> random.Random: ...

    @property
    def cache(self) -> Cache: ...

    async def forward(self, exchange: "Exchange", options: ForwardOptions) -> Response:
        """Send `exchange.outgoing(base_url)` to `exchange.backend`, or to `exchange.service_url` without
        one; raises PolicyFault when no answer comes."""
        ...

    async def send(self, request: Request, timeout: float) -> Response:
        """Answer a request to any URL; raises ConnectionError and TimeoutError as a Transport does."""
        ...

    async def call(self, backend: str, request: Request, timeout: float) -> Response:
        """Send a request of the gateway's own to a backend by id; `request.url` is what follows the backend's
        URL, unless that ends with it already. The backend's credentials go along. Raises PolicyFault for a
        backend that is not there, ConnectionError and TimeoutError as `send` does."""
        ...

    async def managed_identity_token(self, resource: str, client_id: str | None) -> str:
        """A token of the service's identity for `resource`; raises PolicyFault."""
        ...

    async def authorization(self, provider: str, connection: str, identity: str | None) -> Authorization:
        """What a connection of the credential manager holds, for the service's identity or for the bearer of
        the token `identity`; raises PolicyFault when there is none."""
        ...

    def record(self, record: Record) -> None:
        """Keep what another service of Azure would have been told."""
        ...


def bounded_url(length: int) -> None:
    """Raises ClrException for a URL that no server takes."""
    if length > _LONGEST_URL:
        raise over_request(f"the {_LONGEST_URL} characters that a URL may have")


Act: TypeAlias = "Callable[[Exchange], Awaitable[None] | None]"
Keeper: TypeAlias = "Callable[[ResponseView, int], Awaitable[None]]"
"""Keeps a response for a number of seconds."""

Trace: TypeAlias = "Callable[[Step, Exchange], Callable[[str], None]]"
"""Told of every element that begins; what it returns is told when that ends, and what stopped it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One compiled element: what it does, and where it stands, for LastError and for the trace.

    `path` is `choose[2]/when[1]/set-header`: from the section down, counted where siblings share a name.
    `price` are the steps of the budget that it costs as such, by what it holds.
    """

    act: Act
    tag: str
    line: int
    column: int
    path: str = ""
    scope: str = ""
    policy_id: str = ""
    price: int = 0


Block: TypeAlias = tuple[Step, ...]
"""Elements that run one after another."""


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """One scope's policy. `readers` are the sections that read `context.Response.Body`, so that a response
    cannot be streamed past them; `inheriting` those that hold `<base/>`."""

    scope: str
    sections: Mapping[Section, Block]
    readers: frozenset[Section] = frozenset()
    inheriting: frozenset[Section] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """What runs for a request: the narrowest document's sections, `broader` for every `<base/>` (by scope and
    section), and the sections that read the response's body once these are expanded."""

    sections: Mapping[Section, Block]
    broader: Mapping[tuple[str, str], Block] = field(default_factory=dict)
    readers: frozenset[Section] = frozenset()


_NOTHING = Policy({})


@dataclass(slots=True)
class Exchange:
    """The mutable state of one request.

    It goes to `backend`, or else to `service_url`, which is the API's unless a policy sets another.
    `path` (it starts with a slash) and `query` (raw, without question mark) follow the backend's URL, which
    is `base_url` as far as it is known (a backend's id becomes a URL when the request is forwarded);
    `context.request` holds method, headers and body. `live` is the backend's response while its body has not
    been read: the stream that the client will get.
    """

    context: Context
    services: Services
    service_url: str = ""
    path: str = "/"
    query: str = ""
    trace: "Trace | None" = None
    backend: BackendId | None = None
    live: Response | None = None
    base_url: str = ""
    steps: int = 0
    section: Section = "inbound"
    policy: Policy = _NOTHING
    held: Callable[[bytes], MessageBody] = MessageBody
    """Makes the body of a response that was read whole."""
    counters: Counters = field(default_factory=Counters)
    """Rates and quotas of the gateway instance."""
    settlements: list[Callable[["Exchange"], Awaitable[None]]] = field(default_factory=list)
    """What is owed once a backend has answered, in the order of the policies that owe it."""
    endings: list[Callable[["Exchange"], None]] = field(default_factory=list)
    """What is owed when outbound is over."""
    added_headers: list[tuple[str, str]] = field(default_factory=list)
    """Headers that the response gets, from a backend or from the gateway."""
    counted: set[str] = field(default_factory=set)
    """The keys under which this request was counted: each counts it once."""
    awaited: frozenset[str] = frozenset()
    """Only elements with these tags run, others are passed over; empty while all run. They are those that are
    looked for, and those that they may stand in."""
    keepers: "dict[str, Keeper]" = field(default_factory=dict)
    """What a store does to keep the response that a lookup did not find, by the kind of both."""

    def __post_init__(self) -> None:
        self.base_url = self.base_url or self.service_url
        self.context.unanswered = self.context.switches.response_before_forward == "synthetic"

    def aim(self, service_url: str, path: str, query: str) -> None:
        """Where the request goes if no policy says otherwise; without a service URL, where it came from."""
        self.service_url, self.path, self.query = service_url, path, query
        self.base_url = service_url or self.context.request.original_url.origin
        self._point(self._joined())

    def locate(self, base_url: str) -> None:
        """Make `context.Request.Url` `base_url` with the exchange's path and query; raises ClrException for
        one that no server takes."""
        self.base_url = base_url
        joined = self._joined()
        if len(joined) >= _LONG_URL:
            BUDGET.spend(len(joined) >> 5)
            bounded_url(len(joined))
        self._point(joined)

    def _joined(self) -> str:
        return self.base_url.rstrip("/") + self.path + (f"?{self.query}" if self.query else "")

    def _point(self, url: str) -> None:
        self.context.request.url = url_of(url) if len(url) < _LONG_URL else Url(url)

    def outgoing(self, base_url: str) -> Request:
        """The request as the backend at `base_url` gets it; `context.Request.Url` says so from now on."""
        self.locate(base_url)
        view = self.context.request
        headers = view.headers.copy()
        url = str(view.url)
        if headers.get("Host") in (None, view.original_url.netloc):
            headers.set("Host", urlsplit(url).netloc)
        body = rest_of(view.body)
        if body:
            BUDGET.spend(len(body) >> _SENT)
        if headers.get("Content-Length") not in (None, size := str(len(body))):
            headers.set("Content-Length", size)
        return Request(view.method, url, headers, body, view.ip_address)

    def answer(self, response: Response) -> None:
        """Make a backend's response `context.Response`; its body stays a stream until somebody reads it. An
        earlier stream must have been let go."""
        content = response.body
        if not isinstance(content, bytes):
            content, self.live = b"", response
        self.context.response = ResponseView(
            response.status, response.reason, response.headers, MessageBody(content)
        )

    async def buffer(self) -> None:
        """Read a streamed response to its end, so that an expression can read its body."""
        live, self.live = self.live, None
        if live is None or self.context.response is None:
            return
        try:
            self.context.response.body = await self.hold(live)
        except (ConnectionError, TimeoutError) as error:
            raise PolicyFault("BackendConnectionFailure", str(error), source="request-forwarder") from error

    async def hold(self, response: Response) -> MessageBody:
        """The whole body of a response; raises PolicyFault for one that is larger than what may be held."""
        body = self.held(b"")
        body.octets = await read(response, body.most)
        body.hold()
        return body

    def record(self, kind: Kind, element: str, target: str, values: Mapping[str, Value]) -> None:
        """Note what `element` would have sent to `target`, a service that is not here."""
        context = self.context
        api, operation = context.api, context.operation
        self.services.record(
            Record(
                kind,
                element,
                target,
                values,
                context.clock.now(),
                str(context.request_id),
                "" if api is None else api.id,
                "" if operation is None else operation.id,
            )
        )

    async def fail(self, fault: PolicyFault, shown: bool = True) -> None:
        """Make the fault the response, or leave none; not where it keeps the backend's."""
        if not fault.keeps_response:
            await self.let_go()
            self.context.response = default_response(fault, self.context) if shown else None

    async def let_go(self) -> None:
        """Close a streamed response that will not be read."""
        live, self.live = self.live, None
        if live is not None:
            await close(live)
