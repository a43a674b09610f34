"""The local Azure put together: one store, four planes, and the roads between them.

Everything is built here by hand. No plane knows another: what the gateway needs of Entra, and the accounts of
ARM's role assignments, they are handed as functions.
"""

import random
import re
import uuid
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, Literal
from urllib.parse import urlsplit

from apimlb.clock import Clock
from apimlb.errors import NotFoundError
from apimlb.http import Request, Response, Transport
from apimlb.local.arm import roles
from apimlb.local.arm.errors import ArmError, invalid_token
from apimlb.local.arm.plane import ArmPlane
from apimlb.local.arm.policy_check import check_policy
from apimlb.local.arm.settings import ArmSettings, Caller
from apimlb.local.compiling import PolicyCompiler
from apimlb.local.delays import account_view, gateway_views, reading_view
from apimlb.local.entra.keys import SigningKey
from apimlb.local.entra.plane import IDENTITY_TOKEN_SECONDS, Application, EntraPlane
from apimlb.local.entra.tokens import Principal, TokenRefused
from apimlb.local.faults import Faults, Faulty
from apimlb.local.gateway import switches as gateway_switches
from apimlb.local.gateway.connections import Connections
from apimlb.local.gateway.plane import GatewayPlane, caches_for
from apimlb.local.gateway.records import Records
from apimlb.local.lateness import AT_ONCE, LATE, RECORDED_ROLE, STALE, Lateness
from apimlb.local.openai import switches as openai_switches
from apimlb.local.openai.access import BearerRefused
from apimlb.local.openai.plane import OpenAIPlane, Standing
from apimlb.local.openai.routes import subdomain
from apimlb.local.roads import Again, Cognitive, InTurn, Management, Nobody
from apimlb.local.safety.plane import SafetyPlane
from apimlb.local.store import Document, Documents, Store
from apimlb.policy import switches as policy_switches

TENANT_ID = "7a1e0000-0000-4000-8000-00000000a2e1"
SUBSCRIPTION_ID = "7a1e0000-0000-4000-8000-000000005b50"
OWNER = Application(
    client_id="7a1e0000-0000-4000-8000-0000000c11e7",
    object_id="7a1e0000-0000-4000-8000-000000000b1e",
    secret="",
    name="apimlb-local-owner",
)

ARM_ORIGIN = "https://management.azure.com"
_ARM_AUDIENCES = (ARM_ORIGIN, "https://management.core.windows.net")
_OPENAI_AUDIENCES = ("https://cognitiveservices.azure.com", "https://ai.azure.com")
_ROADS_KEPT = 1024
_OWN_KEYS = re.compile(r"[a-z][a-z0-9-]*/[0-9a-f]{8}(/[a-z0-9-]+){1,2}")
"""Under which the `retry` strategy's policy keeps what it knows of an account: `apimlb`, or the stack's name,
a hash of the configuration, account and deployment (templates/policy/retry.xml.j2)."""
_ENTRA_HOSTS = {"login.microsoftonline.com", "login.windows.net", "sts.windows.net"}


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """Which tenant and subscription there are, who owns them, where the ports are, and how Azure behaves.

    Without origins the planes go by Azure's own host names. `lro`, `time_scale` and `quota` are ARM's (see
    `ArmSettings`). `gateways` are as many instances of every API Management service, as the units of one
    region are: they share its cache, and each has breakers, pools and counters of its own, and learns of
    changes for itself. `lateness` is how long what was written takes to have its effect, times `time_scale`.
    """

    tenant_id: str = TENANT_ID
    subscription_id: str = SUBSCRIPTION_ID
    owner: Application = OWNER
    gateway_origin: str = ""
    arm_origin: str = ARM_ORIGIN
    lro: Literal["at-once", "realistic"] = "at-once"
    time_scale: float = 1.0
    quota: Mapping[str, int] = field(default_factory=dict)
    gateways: int = 1
    openai: openai_switches.Settings = field(default_factory=openai_switches.Settings)
    gateway: gateway_switches.GatewaySwitches = field(default_factory=gateway_switches.GatewaySwitches)
    policy: policy_switches.Switches = field(default_factory=policy_switches.Switches)
    lateness: Lateness = field(default_factory=Lateness)

    def adverse(self) -> "WorldSettings":
        """The same world under the worse reading of everything that is not known about Azure."""
        return replace(
            self,
            openai=replace(self.openai, switches=openai_switches.ADVERSE),
            gateway=gateway_switches.ADVERSE,
            policy=policy_switches.ADVERSE,
            lateness=replace(LATE, reads=STALE),
        )

    def delays(self) -> Lateness:
        """The lateness at this world's pace; where work takes its time, roles do in any case."""
        given = self.lateness
        if self.lro == "realistic" and given.roles == AT_ONCE:
            given = replace(given, roles=(RECORDED_ROLE, RECORDED_ROLE))
        return given.scaled(self.time_scale)

    def arm(self) -> ArmSettings:
        return ArmSettings(
            self.tenant_id,
            self.subscription_id,
            owner_id=self.owner.object_id,
            gateway_origin=self.gateway_origin,
            lro=self.lro,
            time_scale=self.time_scale,
            quota=self.quota,
        )


class World:
    """All of the local Azure on one clock and one source of chance; `send` is what the gateway calls with.

    `key` signs the tenant's tokens; without it one is kept in the store, and making it takes a tenth of a
    second. `outside` answers for every host that is no part of this Azure; without it nobody does.
    `faults` happen to whoever calls a plane: a client at a port, or the gateway that calls an account.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rng: random.Random,
        settings: WorldSettings | None = None,
        *,
        key: SigningKey | None = None,
        outside: Transport | None = None,
    ) -> None:
        settings = settings or WorldSettings()
        self._clock = clock
        self.faults = Faults(clock)
        self.settings = settings
        self.store = store
        delays, chance = settings.delays(), _aside(rng)
        self.entra = EntraPlane(store, clock, _branch(rng), tenant_id=settings.tenant_id, key=key)
        if settings.owner.secret:
            self.entra.register(settings.owner)
        self._compiler = PolicyCompiler(settings.policy)
        self.arm = ArmPlane(
            store,
            clock,
            _branch(rng),
            verify=self._caller,
            settings=settings.arm(),
            check_policy=partial(check_policy, compiler=self._compiler),
            reads=reading_view(store, clock, chance, delays),
            destiny=self.faults.destiny,
        )
        self._roles = Roles(account_view(store, clock, chance, delays))
        self.openai = OpenAIPlane(
            store,
            clock,
            _branch(rng),
            verify=self._bearer,
            allowed=self._roles.allow,
            settings=settings.openai,
        )
        views = gateway_views(store, clock, chance, delays, settings.gateways)
        self.caches = caches_for(clock, _branch(rng), settings.gateway)
        self.records = Records()
        self.connections = Connections()
        self.gateways = self._gateways(rng, settings, views)
        self._arm = Faulty("arm", self.arm, self.faults, clock)
        self._entra = Faulty("entra", self.entra, self.faults, clock)
        self.safety = SafetyPlane(self._is_bearer)
        accounts = Faulty("openai", self.openai, self.faults, clock)
        self._openai = Cognitive(Faulty("safety", self.safety, self.faults, clock), accounts)
        self._gateway = Faulty("gateway", InTurn(self.gateways), self.faults, clock)
        self._own_gateway = Again(self._gateway)
        self._outside = Faulty("outside", outside or Nobody(), self.faults, clock)
        self._management = Management(self._entra, self._arm)
        self._road = lru_cache(_ROADS_KEPT)(self._find_road)

    @property
    def gateway(self) -> GatewayPlane:
        """The first instance of the gateway, which is the only one unless there are to be several."""
        return self.gateways[0]

    def send(self, request: Request) -> Coroutine[Any, Any, Response]:
        """Answer as the internet would; raises `ConnectionError` for a host that nobody answers at."""
        return self._road(urlsplit(request.url).netloc).send(request)

    def manage(self, request: Request) -> Coroutine[Any, Any, Response]:
        """Answer for ARM and for Entra, which share an origin."""
        return self._management.send(request)

    def serve(self, request: Request) -> Coroutine[Any, Any, Response]:
        """Answer at the gateway's port: for the account that the Host header names, else for the gateway."""
        road = self._road(urlsplit(request.url).netloc)
        return (road if road is self._openai else self._gateway).send(request)

    def _find_road(self, netloc: str) -> Transport:
        """Who answers at a host and port."""
        host = Request("GET", f"//{netloc}").host
        if subdomain(host) is not None:
            return self._openai
        if host.endswith(".azure-api.net") or _at(netloc, self.settings.gateway_origin):
            return self._own_gateway
        if host in _ENTRA_HOSTS:
            return self._entra
        if _at(netloc, self.settings.arm_origin):
            return self._management
        return self._outside

    def _gateways(
        self, rng: random.Random, settings: WorldSettings, views: Sequence[Documents]
    ) -> Sequence[GatewayPlane]:
        return [
            GatewayPlane(
                view,
                self._clock,
                _branch(rng),
                self,
                self._identity_token,
                settings.gateway,
                policy_switches=settings.policy,
                compiler=self._compiler,
                caches=self.caches,
                records=self.records,
                connections=self.connections,
            )
            for view in views
        ]

    def status(self) -> dict[str, Any]:
        """What there is and what happened to it since the start.

        `accounts`: every deployment with its capacity in thousands of tokens per minute, the tokens used of
        the limit that holds now (`reset`: in so many seconds none are), and its calls. `breakers`: the
        seconds for which each backend is still left alone (0 for one that is used) by which of the gateway's
        instances, counted from 1. `cache`: the keys that policies keep, with the seconds left to each; what
        stands under the stack's own ones (`apimlb/…`) is told, others' may be secret.
        """
        now = self._clock.now()
        breakers = [
            (number, id, breaker)
            for number, instance in enumerate(self.gateways, 1)
            for id, breaker in instance.breakers().items()
        ]
        return {
            "accounts": [_row(standing) for standing in self.openai.standings()],
            "breakers": [
                {"gateway": number, "backend": id, "open_for": max(0.0, each.open_until - now)}
                for number, id, each in breakers
            ],
            "cache": [
                {
                    "service": service,
                    "key": key,
                    "seconds": seconds,
                    "text": str(value) if _OWN_KEYS.fullmatch(key) else "",
                }
                for (service, key), (seconds, value) in self.gateway.held().items()
            ],
        }

    def _caller(self, request: Request) -> Caller:
        """Whom ARM hears; raises `ArmError`."""
        tenant = self.settings.tenant_id
        scheme, _, token = (request.headers.get("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer":
            raise ArmError(
                401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."
            )
        try:
            claims = self.entra.verify(token.strip(), {*_ARM_AUDIENCES, self.settings.arm_origin})
        except TokenRefused as refused:
            expired = refused.reason == "expired"
            text = f"The access token is invalid. {refused}"
            raise invalid_token(text, tenant, expired=expired) from refused
        if claims.get("idtyp") == "user":
            return Caller(str(claims["oid"]), str(claims["upn"]), "User")
        return Caller(str(claims["oid"]), str(claims.get("appid") or claims.get("azp")))

    def _is_bearer(self, token: str) -> bool:
        try:
            self._bearer(token)
        except BearerRefused:
            return False
        return True

    def _bearer(self, token: str) -> Mapping[str, Any]:
        try:
            return self.entra.verify(token, _OPENAI_AUDIENCES)
        except TokenRefused as refused:
            raise BearerRefused(str(refused)) from refused

    async def _identity_token(self, service: Document, resource: str, client_id: str | None) -> str:
        """A token of the service's identity, as its identity endpoint gives it; raises `NotFoundError`."""
        principal = _identity(self.store, service, client_id)
        if principal is None:
            wanted = f"a user-assigned identity with client id {client_id}" if client_id else "an identity"
            raise NotFoundError(f"{service.body.get('name')} does not have {wanted}", where=service.id)
        return self.entra.mint(principal, resource.removesuffix("/.default"), seconds=IDENTITY_TOKEN_SECONDS)


class Roles:
    """Answers whether somebody may use an account; remembers it until the store changes."""

    def __init__(self, store: Documents) -> None:
        self._store = store
        self._revision = -1
        self._known: dict[tuple[str, str], bool] = {}

    def allow(self, principal_id: str, account_id: str) -> bool:
        if self._revision != self._store.revision:
            self._known.clear()
            self._revision = self._store.revision
        key = (principal_id, account_id)
        if key not in self._known:
            needed = roles.OPENAI_DATA_ROLES
            self._known[key] = roles.has_data_role(self._store, principal_id, account_id, needed)
        return self._known[key]


def _branch(rng: random.Random) -> random.Random:
    """A source of its own, so that what one plane draws does not move what another does."""
    return random.Random(rng.getrandbits(64))


def _aside(rng: random.Random) -> random.Random:
    """A source of its own that leaves the given one where it is: a world in which things are late is the same
    in everything else."""
    twin = random.Random()
    twin.setstate(rng.getstate())
    return random.Random(f"aside/{twin.getrandbits(64)}")


def _row(standing: Standing) -> dict[str, Any]:
    count, use = standing.count, standing.use
    return {
        "name": count.account,
        "deployment": count.deployment,
        "model": standing.model,
        "capacity": standing.capacity,
        "used": use.used,
        "limit": use.limit,
        "reset": round(use.reset, 3),
        "calls": count.calls,
        "answered": count.answered,
        "throttled": count.throttled,
    }


def _at(netloc: str, origin: str) -> bool:
    return bool(origin) and netloc.lower() == urlsplit(origin).netloc.lower()


def _identity(store: Store, service: Document, client_id: str | None) -> Principal | None:
    """The service's user-assigned identity with this client id, or its system-assigned one. One that was
    deleted has no tokens any more, although the service goes on naming it, nor has its successor under the
    same name before the service is given it."""
    identity: Mapping[str, Any] = service.body.get("identity") or {}
    if client_id is None:
        principal = identity.get("principalId")
        # The client id of a system-assigned identity is shown nowhere in ARM; it only has to be its own.
        return (
            Principal(str(uuid.uuid5(uuid.NAMESPACE_OID, principal)), principal, "2") if principal else None
        )
    for id, assigned in (identity.get("userAssignedIdentities") or {}).items():
        alive = store.get(id)
        if (
            str(assigned.get("clientId", "")).lower() == client_id.lower()
            and alive is not None
            and alive.body["properties"]["clientId"] == assigned["clientId"]
        ):
            return Principal(assigned["clientId"], assigned["principalId"], "2")
    return None
