"""What a rehearsed policy meets: scripted backends, a clock that only waiting moves, a cache, an identity."""

import fnmatch
import json
import math
import random
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from apimlb.errors import ConfigError
from apimlb.http import Headers, Request, Response, below
from apimlb.policy.apim.credentials import Authorization
from apimlb.policy.rehearse.written import reading, require
from apimlb.policy.run.exchange import BackendId, BaseUrl, CachingType, Exchange, ForwardOptions
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.records import Record

Case = Mapping[str, Any]
"""A written case; its keys are those that `apimlb.policy.rehearse.rehearsal` documents."""

_START = 1_795_262_400.0  # 2026-11-21T12:00:00Z


def mapping(case: Case, key: str) -> Mapping[str, Any]:
    value = case.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ConfigError(f"'{key}' in the case must be a mapping")
    return value


def headers_of(given: object) -> Headers:
    if given is None:
        return Headers()
    if not isinstance(given, Mapping):
        raise ConfigError("headers in the case must be a mapping of names to values")
    headers = Headers()
    for name, value in given.items():
        for one in value if isinstance(value, list) else [value]:
            headers.add(str(name), str(one))
    return headers


def content_of(body: object) -> bytes:
    """A body's bytes: text unchanged, anything else as JSON, a date of YAML as its text."""
    if isinstance(body, bytes):
        return body
    with reading("a body in the case"):
        return (body if isinstance(body, str) else json.dumps(body, default=str)).encode()


class ManualClock:
    """Time that stands still but for what waits."""

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
class _Backend:
    match: str
    replies: list[_Reply]

    def next_reply(self) -> _Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@dataclass(slots=True)
class MemoryCache:
    """A cache at once visible, one for all caching types."""

    clock: ManualClock
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
        self.clock = ManualClock(_moment(case.get("clock", _START)))
        require(case.get("seed", 0), int, "'seed' in the case")
        self.rng = random.Random(case.get("seed", 0))
        self.cache = MemoryCache(self.clock)
        self.requests: list[Request] = []
        self.records: list[Record] = []
        self._urls = {name: str(url) for name, url in mapping(case, "backend_urls").items()}
        self._identity = case.get("identity", "managed-identity-token")
        self._authorizations = {
            name: _authorization(name, held) for name, held in mapping(case, "authorizations").items()
        }
        backends = case.get("backends") or [{"reply": {}}]
        require(backends, list, "'backends' in the case")
        self._backends = [_backend(entry) for entry in backends]

    async def forward(self, exchange: Exchange, options: ForwardOptions) -> Response:
        match exchange.backend:
            case BackendId(name):
                base = self._urls.get(name, f"https://{name}.backend.test")
            case BaseUrl(url):
                base = url
            case None:
                base = exchange.service_url
        try:
            return await self.send(exchange.outgoing(base), options.timeout)
        except TimeoutError as error:
            raise PolicyFault("Timeout", str(error), source="forward-request") from error
        except ConnectionError as error:
            raise PolicyFault("BackendConnectionFailure", str(error), source="request-forwarder") from error

    async def send(self, request: Request, timeout: float) -> Response:
        self.requests.append(request)
        backend = next((each for each in self._backends if fnmatch.fnmatch(request.url, each.match)), None)
        if backend is None:
            raise ConnectionRefusedError(f"no backend of the case answers {request.url}")
        reply = backend.next_reply()
        if reply.fails == "connection":
            raise ConnectionResetError("Underlying transport connection was unexpectedly closed.")
        if reply.fails == "timeout" or reply.after > timeout:
            self.clock.pass_by(timeout)
            raise TimeoutError("Request to the backend service timed out")
        self.clock.pass_by(reply.after)
        return Response(reply.status, reply.headers.copy(), reply.body)

    async def call(self, backend: str, request: Request, timeout: float) -> Response:
        base = self._urls.get(backend, f"https://{backend}.backend.test").rstrip("/")
        return await self.send(replace(request, url=below(base, request.url)), timeout)

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
    if not isinstance(given, Mapping) or set(given) - {"access_token", "claims"}:
        raise ConfigError(f"the authorization '{name}' in the case must have 'access_token' and 'claims'")
    token = given.get("access_token", "connection-token")
    return Authorization(str(token), dict(mapping(given, "claims")))


def _backend(entry: object) -> _Backend:
    if not isinstance(entry, Mapping) or set(entry) - {"match", "reply"}:
        raise ConfigError("a backend in the case must be a mapping with 'match' and 'reply'")
    replies = entry.get("reply") or {}
    several = replies if isinstance(replies, list) else [replies]
    return _Backend(str(entry.get("match", "*")), [_reply(reply) for reply in several])


def _reply(given: object) -> _Reply:
    if not isinstance(given, Mapping) or set(given) - {each.name for each in fields(_Reply)}:
        raise ConfigError("a reply in the case must be a mapping: status, headers, body, after, fails")
    status, after, fails = given.get("status", 200), given.get("after", 0), given.get("fails") or ""
    require(status, int, "a reply's 'status' in the case")
    require(after, float, "a reply's 'after' in the case")
    if not 100 <= status <= 999:
        raise ConfigError(f"a reply's 'status' in the case cannot be {status}")
    if not 0 <= after < math.inf:
        raise ConfigError(f"a reply's 'after' in the case cannot be {after} seconds")
    if fails not in ("", "connection", "timeout"):
        raise ConfigError(f"a reply's 'fails' in the case is connection or timeout, not {fails!r}")
    body = content_of(given.get("body", ""))
    return _Reply(status, headers_of(given.get("headers")), body, float(after), fails)


def _moment(given: object) -> float:
    try:
        if isinstance(given, int | float):
            moment = datetime.fromtimestamp(given, UTC)
        else:
            moment = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
        return moment.timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise ConfigError(f"'clock' in the case is no time: {given}") from error
