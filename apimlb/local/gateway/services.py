"""What the gateway does for the policies of one request: choose a backend, call it, learn from the answer."""

import math
import random
from dataclasses import dataclass, field, replace

from apimlb.clock import Clock
from apimlb.http import Request, Response, Transport, below
from apimlb.local.gateway import affinity
from apimlb.local.gateway.backends import Backend, Credentials
from apimlb.local.gateway.breaker import Outcome
from apimlb.local.gateway.cache import ServiceCache
from apimlb.local.gateway.connections import Connections
from apimlb.local.gateway.forwarding import add_credentials, send
from apimlb.local.gateway.health import BackendHealth
from apimlb.local.gateway.pool import Pool
from apimlb.local.gateway.records import Records
from apimlb.local.gateway.routes import Service
from apimlb.local.gateway.switches import GatewaySwitches
from apimlb.local.gateway.tokens import TokenCache
from apimlb.policy.apim import context as views
from apimlb.policy.apim.credentials import Authorization
from apimlb.policy.run.exchange import BackendId, Cache, Exchange, ForwardOptions
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.records import Record

_NO_CREDENTIALS = Credentials()
_FORWARDER = "request-forwarder"


@dataclass(frozen=True, slots=True)
class Machinery:
    """What all requests of one gateway instance share."""

    clock: Clock
    rng: random.Random
    transport: Transport
    health: BackendHealth
    tokens: TokenCache
    switches: GatewaySwitches
    records: Records = field(default_factory=Records)
    connections: Connections = field(default_factory=Connections)


class GatewayServices:
    """`apimlb.policy.run.exchange.Services` for one request."""

    __slots__ = ("_end", "_machinery", "_pinned", "_pool", "_service", "cache", "clock", "rng")

    def __init__(
        self, machinery: Machinery, service: Service, cache: ServiceCache, end: float = math.inf
    ) -> None:
        """`end`: when the request must have been answered, epoch seconds."""
        self._end = end
        self._pool: Pool | None = None
        self._machinery = machinery
        self._service = service
        self._pinned: tuple[BackendId, Backend] | None = None
        self.cache: Cache = cache
        self.clock = machinery.clock
        self.rng = machinery.rng

    async def forward(self, exchange: Exchange, options: ForwardOptions) -> Response:
        """One attempt. Which member of a pool gets it is decided anew each time (but see the switch)."""
        backend, base_url = self._target(exchange)
        request = exchange.outgoing(base_url)
        if backend is not None and backend.credentials != _NO_CREDENTIALS:
            await self._authenticate(request, backend.credentials)
        try:
            response = await send(self._machinery.transport, request, self._in_time(options), self.clock)
        except TimeoutError as error:
            raise self._failed(
                backend, "Timeout", "Request to the backend service timed out", "forward-request"
            ) from error
        except ConnectionError as error:
            message = str(error) or "Unable to connect to the remote server"
            raise self._failed(backend, "BackendConnectionFailure", message, _FORWARDER) from error
        if backend is not None:
            outcome = Outcome(response.status, response.headers.get("Retry-After"))
            self._machinery.health.record(backend, outcome)
        if backend is not None and self._pool is not None:
            affinity.remind(self._pool, backend.id, request.headers, response.headers)
        return response

    async def send(self, request: Request, timeout: float) -> Response:
        """A request of a policy's own, to any URL; raises ConnectionError and TimeoutError."""
        return await send(self._machinery.transport, request, ForwardOptions(timeout=timeout), self.clock)

    async def call(self, backend: str, request: Request, timeout: float) -> Response:
        found = self._service.backends.singles.get(backend.lower())
        if found is None:
            raise PolicyFault("BackendNotFound", f"Backend '{backend}' does not exist")
        request = replace(request, url=below(found.url, request.url))
        if found.credentials != _NO_CREDENTIALS:
            await self._authenticate(request, found.credentials)
        return await self.send(request, timeout)

    async def managed_identity_token(self, resource: str, client_id: str | None) -> str:
        return await self._machinery.tokens.get(self._service.document, resource, client_id)

    async def authorization(self, provider: str, connection: str, identity: str | None) -> Authorization:
        found = self._machinery.connections.find(provider, connection)
        if found is None:
            text = f"The connection '{connection}' of the provider '{provider}' was not found."
            raise PolicyFault("AuthorizationNotFound", text)
        return found

    def record(self, record: Record) -> None:
        self._machinery.records.keep(replace(record, service=self._service.name))

    def _in_time(self, options: ForwardOptions) -> ForwardOptions:
        """The options with what is left of the request's time; raises TimeoutError when nothing is."""
        if self._end == math.inf:
            return options
        left = self._end - self.clock.now()
        if left <= 0:
            raise TimeoutError
        return replace(options, timeout=min(options.timeout, left))

    def _target(self, exchange: Exchange) -> tuple[Backend | None, str]:
        """The entity to call, None for a URL that no entity has, and the URL to put before the path."""
        self._pool = None
        backends = self._service.backends
        if exchange.backend is not None:
            name = exchange.backend.name.lower()
            if name in backends.pools:
                return self._member(exchange, exchange.backend, backends.pools[name])
            if name not in backends.singles:
                raise PolicyFault("BackendNotFound", f"Backend '{exchange.backend.name}' does not exist")
            backend = backends.singles[name]
            return self._healthy(exchange, backend), backend.url
        if not exchange.service_url:
            raise PolicyFault(
                "BackendConnectionFailure", "No backend URL is set for this API", source=_FORWARDER
            )
        entity = backends.at(exchange.service_url)
        return (None if entity is None else self._healthy(exchange, entity)), exchange.service_url

    def _member(self, exchange: Exchange, chosen: BackendId, pool: Pool) -> tuple[Backend, str]:
        self._pool = pool
        backend = self._pinned_for(chosen) or self._session(exchange, pool)
        if backend is None:
            choice = self._machinery.health.choose(pool, self._service.backends)
            if choice.member is None:
                raise self._exhausted(choice.reopens)
            backend = self._service.backends.by_id[choice.member]
            self._pinned = (chosen, backend)
        exchange.context.backend = views.Backend(chosen.name, "Pool", backend.region)
        return backend, backend.url

    def _pinned_for(self, chosen: BackendId) -> Backend | None:
        """The member that this very set-backend-service led to before; running it again chooses anew."""
        if self._pinned is None or not self._machinery.switches.pin_selected_member:
            return None
        before, backend = self._pinned
        return backend if before is chosen else None

    def _session(self, exchange: Exchange, pool: Pool) -> Backend | None:
        """The member that the client's session is at, as long as its breaker is closed."""
        member = affinity.remembered(pool, exchange.context.request.headers)
        backend = self._service.backends.by_id[member] if member is not None else None
        if backend is None or self._machinery.health.is_open(backend):
            return None
        return backend

    def _healthy(self, exchange: Exchange, backend: Backend) -> Backend:
        if self._machinery.health.is_open(backend):
            raise self._exhausted(self._machinery.health.reopens(backend))
        exchange.context.backend = views.Backend(backend.name, "Single", backend.region)
        return backend

    async def _authenticate(self, request: Request, credentials: Credentials) -> None:
        token = ""
        if credentials.identity_resource:
            token = await self.managed_identity_token(
                credentials.identity_resource, credentials.identity_client_id
            )
        add_credentials(request, credentials, token)

    def _failed(self, backend: Backend | None, reason: str, message: str, source: str) -> PolicyFault:
        if backend is not None:
            self._machinery.health.record(backend, Outcome(reason=reason))
        status = self._machinery.switches.timeout_status if reason == "Timeout" else 500
        return PolicyFault(reason, message, source=source, status=status)

    def _exhausted(self, reopens: float) -> PolicyFault:
        """No call is made while every breaker is open. The status is what Microsoft documents; the reason in
        LastError is not published."""
        switches = self._machinery.switches
        wait = max(1, math.ceil(reopens - self.clock.now()))
        return PolicyFault(
            "BackendUnavailable",
            switches.exhausted_message,
            source=_FORWARDER,
            status=503,
            status_reason=switches.exhausted_reason,
            headers=[("Retry-After", str(wait))] if switches.exhausted_retry_after == "soonest" else [],
        )
