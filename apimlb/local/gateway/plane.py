"""The gateway: one call from the client's request to the answer.

Route it to a service, an API and an operation; check its key; run the policy that applies, whose
forward-request calls a backend; answer. Policies can neither see nor skip the first two steps.
"""

import math
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from apimlb.clock import Clock
from apimlb.errors import PolicyError
from apimlb.http import BODILESS, Headers, Request, Response, Transport
from apimlb.local.compiling import PolicyCompiler
from apimlb.local.gateway.breaker import Breaker
from apimlb.local.gateway.cache import CacheLink, Caches, ServiceCache
from apimlb.local.gateway.connections import Connections
from apimlb.local.gateway.forwarding import strip_hop_by_hop
from apimlb.local.gateway.health import BackendHealth
from apimlb.local.gateway.keys import Admission, admit, presented
from apimlb.local.gateway.limits import LONGEST_SEGMENT, Until, family, holder, most_seconds, url_refusal
from apimlb.local.gateway.records import Records
from apimlb.local.gateway.router import Match, Router
from apimlb.local.gateway.routes import ApiRoute, Service
from apimlb.local.gateway.services import GatewayServices, Machinery
from apimlb.local.gateway.switches import GatewaySwitches
from apimlb.local.gateway.tokens import IdentityToken, TokenCache
from apimlb.local.store import Documents
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, RequestView
from apimlb.policy.run.counters import Counters
from apimlb.policy.run.exchange import Exchange, Policy
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.pipeline import preflight, refuse, run
from apimlb.policy.switches import Switches

_NOBODY = Admission()
_SILENT = Policy({"on-error": ()})


@dataclass(frozen=True, slots=True)
class _ServiceState:
    """What one instance keeps for a service: its cache, what its callers used, the seconds that a request may
    take, and what makes the bodies that it holds. No other instance knows the counters."""

    service: Service
    cache: ServiceCache
    counters: Counters
    seconds: float
    held: Callable[[bytes], MessageBody]


class GatewayPlane:
    """One gateway instance, with breakers and rotation of its own; `caches`, `records` and `connections` may
    be shared with others."""

    def __init__(
        self,
        store: Documents,
        clock: Clock,
        rng: random.Random,
        transport: Transport,
        identity_token: IdentityToken,
        switches: GatewaySwitches | None = None,
        *,
        policy_switches: Switches | None = None,
        compiler: PolicyCompiler | None = None,
        caches: Caches | None = None,
        records: Records | None = None,
        connections: Connections | None = None,
    ) -> None:
        self._switches = switches or GatewaySwitches()
        self._policy_switches = policy_switches or Switches()
        self._router = Router(store, compiler or PolicyCompiler(self._policy_switches))
        self._caches = caches or caches_for(clock, rng, self._switches)
        self._health = BackendHealth(clock, rng, self._switches)
        self._states: dict[str, _ServiceState] = {}
        tokens = TokenCache(clock, identity_token)
        self._machinery = Machinery(
            clock,
            rng,
            transport,
            self._health,
            tokens,
            self._switches,
            Records() if records is None else records,
            connections or Connections(),
        )

    async def send(self, request: Request) -> Response:
        """Answer a client's request; a refusal or failure is an answer too."""
        match = self._router.find(request)
        if match is None:
            return _refused(request, 404, "Resource not found")
        if len(request.url) > LONGEST_SEGMENT and (long := url_refusal(request.url, match.service.sku)):
            return _refused(request, *long)
        if match.operation is None and _is_preflight(request):
            answer = await self._preflight(request)
            if answer is not None:
                return _finished(request, answer)
        exchange = self._exchange(request, match)
        admission = _NOBODY
        try:
            api = self._api(match)
            admission = self._admit(request, match, api, exchange.context)
            policy = self._policy(match, admission)
        except PolicyFault as fault:
            answer = await refuse(self._last_word(match), exchange, fault)
            return _finished(request, self._told(answer, match, exchange))
        exchange.aim(api.service_url, match.remainder, match.url.query_string.removeprefix("?"))
        answer = self._told(await run(policy, exchange), match, exchange)
        return self._timed(_finished(request, answer), match.service, exchange)

    def _told(self, response: Response, match: Match, exchange: Exchange) -> Response:
        """The response, once the API's diagnostic has heard of it."""
        diagnostic = None if match.api is None else match.api.diagnostic
        context = exchange.context
        if diagnostic is not None and diagnostic.takes(context.request_id, response.status):
            name = f"{context.request.method} {match.url.path}"
            seconds = self._machinery.clock.now() - context.timestamp
            values = diagnostic.values(name, response.status, seconds)
            exchange.record("telemetry", "diagnostic", f"{diagnostic.logger}/requests", values)
        return response

    async def _preflight(self, request: Request) -> Response | None:
        """What cors says to a browser; None where no policy for the call that it asks about has it. A key is
        not asked for; one in the query leads to its product (Microsoft Learn, cors, common issues)."""
        asked = request.headers.get("Access-Control-Request-Method") or ""
        match = self._router.find(replace(request, method=asked))
        if match is None or match.api is None or match.operation is None:
            return None
        exchange = self._exchange(request, match)
        try:
            admission = self._admit(request, match, match.api, exchange.context)
        except PolicyFault:
            admission = _NOBODY
        try:
            return await preflight(self._policy(match, admission), exchange)
        except PolicyFault:
            return None

    def breakers(self) -> Mapping[str, Breaker]:
        """The state of every breaker that has counted anything, by the backend's ARM id in lower case."""
        return self._health.breakers()

    def held(self) -> Mapping[tuple[str, str], tuple[float, object]]:
        """What the caches of the services hold: the service's ARM id and the key, with the seconds left and
        the value."""
        return self._caches.held()

    def policy_problems(self) -> Mapping[str, PolicyError]:
        """Policies that do not compile, by their id in lower case; the ones before them keep serving."""
        return self._router.compiled.problems

    def _timed(self, response: Response, service: Service, exchange: Exchange) -> Response:
        """The response, whose stream ends when the tier's time for a request is up."""
        if isinstance(response.body, bytes):
            return response
        end = exchange.context.timestamp + self._state(service).seconds
        if end != math.inf:
            response.body = Until(response.body, self._machinery.clock, end)
        return response

    def _exchange(self, request: Request, match: Match) -> Exchange:
        machinery, service = self._machinery, match.service
        state = self._state(service)
        now = machinery.clock.now()
        view = RequestView(
            request.method,
            match.url,
            match.url,
            request.headers.copy(),
            state.held(request.body) if request.body else None,
            request.client,
            match.parameters,
        )
        context = Context(
            machinery.clock,
            machinery.rng,
            view,
            api=None if match.api is None else match.api.view,
            operation=None if match.operation is None else match.operation.view,
            deployment=service.deployment,
            request_id=uuid.UUID(int=machinery.rng.getrandbits(128), version=4),
            timestamp=now,
            switches=self._policy_switches,
        )
        return Exchange(
            context,
            GatewayServices(machinery, service, state.cache, now + state.seconds),
            counters=state.counters,
            held=state.held,
        )

    def _state(self, service: Service) -> "_ServiceState":
        state = self._states.get(service.name)
        if state is None or state.service is not service:
            state = self._states[service.name] = self._new_state(service, state)
        return state

    def _new_state(self, service: Service, before: "_ServiceState | None") -> "_ServiceState":
        """A service that was read anew goes on counting where it was."""
        fresh = Counters("bucket" if family(service.sku) == "v2" else "sliding")
        counters = before.counters if before and before.counters.algorithm == fresh.algorithm else fresh
        return _ServiceState(
            service,
            self._caches.of(service.document.id, service.sku, external=service.external_cache),
            counters,
            most_seconds(service.sku, self._switches),
            holder(service.sku, self._switches),
        )

    def _api(self, match: Match) -> ApiRoute:
        """The API whose operation the request reached; raises PolicyFault 404."""
        if match.api is None:
            raise _unmatched(404)
        if match.operation is None:
            raise _unmatched(self._switches.wrong_method if match.known else 404)
        return match.api

    def _admit(self, request: Request, match: Match, api: ApiRoute, context: Context) -> Admission:
        """Check the key; raises PolicyFault 401."""
        key = presented(api.rules, request.headers, match.query)
        admission = admit(
            key,
            api.rules,
            match.service.subscription_keys,
            self._switches,
            realm=f"{match.url.origin}/{api.path}",
        )
        context.subscription, context.user = admission.subscription, admission.user
        product = match.service.products.get(admission.product or "")
        context.product = None if product is None else product.view
        return admission

    def _policy(self, match: Match, admission: Admission) -> Policy:
        """The policy that applies; raises PolicyFault 500 when one of its documents never compiled: a gateway
        that left it out would let callers past its checks."""
        try:
            return self._router.policy(match.service, admission.product, match.api, match.operation)
        except PolicyError as error:
            raise PolicyFault("PolicyNotCompiled", str(error), source="configuration") from error

    def _last_word(self, match: Match) -> Policy:
        """The policy whose on-error sees a refusal: that of the place which the request reached."""
        if not self._switches.early_errors_run_on_error:
            return _SILENT
        try:
            return self._router.policy(match.service, None, match.api, match.operation)
        except PolicyError:
            return _SILENT


def _is_preflight(request: Request) -> bool:
    headers = request.headers
    return request.method == "OPTIONS" and "Origin" in headers and "Access-Control-Request-Method" in headers


def caches_for(clock: Clock, rng: random.Random, switches: GatewaySwitches) -> Caches:
    """Caches as the switches want them, for one gateway or several."""
    link = CacheLink(clock, rng, *switches.cache_seconds, switches.cache_loss)
    return Caches(clock, switches.cache_delay, link=link)


def _refused(request: Request, status: int, message: str) -> Response:
    """An answer from before any service's policies."""
    body = f'{{ "statusCode": {status}, "message": "{message}" }}'.encode()
    return _finished(request, Response(status, Headers([("Content-Type", "application/json")]), body))


def _unmatched(status: int) -> PolicyFault:
    fault = PolicyFault(
        "OperationNotFound",
        "Unable to match incoming request to an operation.",
        source="configuration",
        status=status,
        shown="Resource not found",
    )
    # As logs of a self-hosted gateway have it: the error belongs to the routing to a backend.
    fault.section = "backend"
    return fault


def _finished(request: Request, response: Response) -> Response:
    """Name the body's length where it is known, and leave out what concerned the backend's connection."""
    strip_hop_by_hop(response.headers)
    if isinstance(response.body, bytes) and request.method != "HEAD" and response.status not in BODILESS:
        response.headers.set("Content-Length", str(len(response.body)))
    return response
