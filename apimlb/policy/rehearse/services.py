"""What a rehearsed policy meets: scripted backends, a clock that only waiting moves, a cache, an identity."""

import fnmatch
import math
import random
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from apimlb.errors import ConfigError
from apimlb.http import Headers, Request, Response, below
from apimlb.policy.apim.credentials import Authorization
from apimlb.policy.rehearse.written import member, moment, reading, require, view
from apimlb.policy.run.exchange import CachingType, Exchange, ForwardOptions
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.records import Record

Case = Mapping[str, Any]
"""A written case; its keys are those that `apimlb.policy.rehearse.rehearsal` documents."""

_START = 1_795_262_400.0  # 2026-11-21T12:00:00Z


def mapping(case: Case, key: str, kind: type = object) -> Mapping[str, Any]:
    """What the case holds under a key, each of a kind; nothing where it is left out."""
    found: Mapping[str, Any] | None = member(case.get(key), Mapping[str, kind], key)  # type: ignore[valid-type]
    return found or {}


class ScriptedClock:
    """A clock that moves only while something waits or a backend takes its time."""

    def __init__(self, start: float) -> None:
        self._now = start
        self.waited = 0.0

    def now(self) -> float:
        return self._now

    def pass_by(self, seconds: float) -> None:
        """Let the time pass that a backend takes, without a wait of the policy."""
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        self.pause(seconds)

    def pause(self, seconds: float) -> None:
        self.waited += seconds
        self._now += seconds

    def timeout(self, seconds: float) -> AbstractContextManager[object]:
        """No limit: a scripted backend takes as long as its case says."""
        return nullcontext()


@dataclass(frozen=True, slots=True)
class _Reply:
    """The answer of a backend, `after` that many seconds; `fails` says why there is no answer."""

    status: int = 200
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    after: float = 0.0
    fails: str = ""


@dataclass(slots=True)
class MemoryCache:
    """A cache at once visible, one for all caching types."""

    clock: ScriptedClock
    entries: dict[str, tuple[float, object]] = field(default_factory=dict)

    async def get(self, key: str, kind: CachingType) -> object:
        until, value = self.entries.get(key, (0.0, None))
        return value if until > self.clock.now() else None

    async def put(self, key: str, value: object, seconds: float, kind: CachingType) -> None:
        self.entries[key] = (self.clock.now() + seconds, value)

    async def remove(self, key: str, kind: CachingType) -> bool:
        self.entries.pop(key, None)
        return True


class ScriptedServices:
    """The Services of a rehearsal: scripted backends, one clock, one cache."""

    def __init__(self, case: Case) -> None:
        with reading("clock"):
            self.clock = ScriptedClock(moment(case.get("clock", _START)))
        require(case.get("seed", 0), int, "seed")
        self.rng = random.Random(case.get("seed", 0))
        self.cache = MemoryCache(self.clock)
        self.requests: list[Request] = []
        self.records: list[Record] = []
        self._urls = mapping(case, "backend_urls", str)
        self._identity = case.get("identity", "managed-identity-token")
        self._authorizations = {
            name: _authorization(name, held) for name, held in mapping(case, "authorizations").items()
        }
        backends = case.get("backends") or [{"reply": {}}]
        require(backends, list, "backends")
        self._backends = [_backend(entry, f"backends.{place}") for place, entry in enumerate(backends)]

    async def forward(self, exchange: Exchange, options: ForwardOptions) -> Response:
        base = exchange.service_url if exchange.backend is None else self._url(exchange.backend.name)
        try:
            return await self.send(exchange.outgoing(base), options.timeout)
        except TimeoutError as error:
            raise PolicyFault("Timeout", str(error), source="forward-request") from error
        except ConnectionError as error:
            raise PolicyFault("BackendConnectionFailure", str(error), source="request-forwarder") from error

    async def send(self, request: Request, timeout: float) -> Response:
        self.requests.append(request)
        fitting = (replies for match, replies in self._backends if fnmatch.fnmatch(request.url, match))
        replies = next(fitting, None)
        if replies is None:
            raise ConnectionRefusedError(f"no backend of the case answers {request.url}")
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply.fails == "connection":
            raise ConnectionResetError("Underlying transport connection was unexpectedly closed.")
        if reply.fails == "timeout" or reply.after > timeout:
            self.clock.pass_by(timeout)
            raise TimeoutError("Request to the backend service timed out")
        self.clock.pass_by(reply.after)
        return Response(reply.status, reply.headers.copy(), reply.body)

    async def call(self, backend: str, request: Request, timeout: float) -> Response:
        url = below(self._url(backend).rstrip("/"), request.url)
        return await self.send(replace(request, url=url), timeout)

    def _url(self, backend: str) -> str:
        return str(self._urls.get(backend, f"https://{backend}.backend.test"))

    async def managed_identity_token(self, resource: str, client_id: str | None) -> str:
        if self._identity is False:
            raise PolicyFault("ManagedIdentityNotFound", "The service has no such managed identity.")
        return str(self._identity)

    async def authorization(self, provider: str, connection: str, identity: str | None) -> Authorization:
        held = self._authorizations.get(f"{provider}/{connection}")
        if held is None:
            raise PolicyFault(
                "AuthorizationNotFound", f"There is no connection '{connection}' of provider '{provider}'."
            )
        return held

    def record(self, record: Record) -> None:
        self.records.append(record)


def _authorization(name: str, given: object) -> Authorization:
    return view(Authorization, {"access_token": "connection-token", **mapping({name: given}, name)}, name)


def _backend(given: Any, name: str) -> tuple[str, list[_Reply]]:
    """What the URLs of a backend match, and what it answers."""
    require(given, Mapping, name)
    for key in set(given) - {"match", "reply"}:
        raise ConfigError(f"{name} cannot have the key '{key}'")
    replies = given.get("reply") or {}
    several = replies if isinstance(replies, list) else [replies]
    return str(given.get("match", "*")), [_reply(reply, f"{name}.reply") for reply in several]


def _reply(given: object, name: str) -> _Reply:
    reply = view(_Reply, given, name)
    if not 100 <= reply.status <= 999:
        raise ConfigError(f"{name}.status cannot be {reply.status}")
    if not 0 <= reply.after < math.inf:
        raise ConfigError(f"{name}.after cannot be {reply.after} seconds")
    if reply.fails not in ("", "connection", "timeout"):
        raise ConfigError(f"{name}.fails is connection or timeout, not {reply.fails!r}")
    return reply
