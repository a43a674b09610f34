"""A policy run against a written case: no gateway, no network, a clock that only the policy's own waits move.

A case is plain data, as `case.yaml` holds it; every key may be left out:

    request:      {method: POST, url: "https://gateway.test/openai/deployments/chat/completions",
                   headers: {name: value or [values]}, body: text or JSON, ip: 127.0.0.1,
                   parameters: {name: value}}
    service_url:  https://backend.test/openai        what requests go to when no policy says otherwise
    path:         /deployments/chat/completions      what follows it; the request's path when left out
    variables:    {name: value}                      set before inbound
    named_values: {name: text}
    fragments:    {id: "<fragment>…</fragment>"}
    backend_urls: {id: url}                          what backend ids stand for
    backends:     [{match: "*east*", reply: {status: 429, headers: {Retry-After: 3}, body: …, after: 0.2}},
                   {match: "*west*", reply: [{status: 200}, {fails: connection | timeout}]}]
    identity:     false                              no managed identity; else the token's text
    clock:        2026-11-21T12:00:00Z, or epoch seconds
    seed:         0                                  of Random and of jitter
    adverse:      false                              the uncertain facts about Azure in the worse reading

The first backend whose `match` (a glob on the URL) fits answers; of several replies each is given once, the
last for ever. Nobody fits: the connection fails. Variables that are mappings or lists become JObject and
JArray.
"""

import fnmatch
import json
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from apimlb.errors import ConfigError
from apimlb.http import Headers, Request, Response, read
from apimlb.policy.context import Context, LastError, MessageBody, RequestView, Url
from apimlb.policy.document import compile_policy, effective
from apimlb.policy.exchange import BackendId, BaseUrl, CachingType, Exchange, ForwardOptions, PolicyFault
from apimlb.policy.runtime import run
from apimlb.policy.switches import ADVERSE, Switches
from apimlb.policy.tracing import Recorder, TracedStep

Json = dict[str, Any]

_KEYS = frozenset(
    {
        *("request", "service_url", "path", "variables", "named_values", "fragments", "backend_urls"),
        *("backends", "identity", "clock", "seed", "adverse"),
    }
)
_START = 1_795_262_400.0  # 2026-11-21T12:00:00Z


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of it: the client's response (its body read), every step, what the backends were sent, the
    seconds that the policy waited, and the variables at the end."""

    response: Response
    steps: tuple[TracedStep, ...]
    requests: tuple[Request, ...]
    waited: float
    variables: Mapping[str, object]
    last_error: LastError | None
    messages: tuple[str, ...] = ()


async def rehearse(text: str, case: Mapping[str, Any]) -> Rehearsal:
    """Run the policy document `text` on `case`. Raises PolicyError for the one, ConfigError for the other."""
    unknown = sorted(set(case) - _KEYS)
    if unknown:
        raise ConfigError(
            f"unknown key '{unknown[0]}' in the case", next_step=f"Known keys: {', '.join(sorted(_KEYS))}."
        )
    named_values = {name: str(value) for name, value in _mapping(case, "named_values").items()}
    fragments = {name: str(value) for name, value in _mapping(case, "fragments").items()}
    policy = effective([compile_policy(text, named_values=named_values, fragments=fragments)])
    stage = Stage(case)
    recorder = Recorder()
    exchange = _exchange(case, stage, recorder)
    response = await run(policy, exchange)
    await read(response)
    return Rehearsal(
        response,
        tuple(recorder.steps),
        tuple(stage.requests),
        stage.clock.waited,
        exchange.context.variables,
        exchange.context.last_error,
        tuple(exchange.context.traces),
    )


def _mapping(case: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = case.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ConfigError(f"'{key}' in the case must be a mapping")
    return value


def _exchange(case: Mapping[str, Any], stage: "Stage", recorder: Recorder) -> Exchange:
    asked = _mapping(case, "request")
    url = str(asked.get("url", "https://gateway.test/"))
    parts = urlsplit(url)
    headers = _headers(asked.get("headers"))
    if "Host" not in headers:
        headers.add("Host", parts.netloc)
    service_url = str(case.get("service_url", "https://backend.test"))
    view = RequestView(
        method=str(asked.get("method", "GET")).upper(),
        url=Url(url),
        original_url=Url(url),
        headers=headers,
        body=MessageBody(_content(asked["body"])) if "body" in asked else None,
        ip_address=str(asked.get("ip", "127.0.0.1")),
        matched_parameters={name: str(value) for name, value in _mapping(asked, "parameters").items()},
    )
    context = Context(
        stage.clock,
        stage.rng,
        view,
        variables={name: _clr(value) for name, value in _mapping(case, "variables").items()},
        request_id=uuid.UUID(int=stage.rng.getrandbits(128), version=4),
        timestamp=stage.clock.now(),
        tracing=True,
    )
    exchange = Exchange(
        context,
        stage,
        service_url,
        path=str(case.get("path", parts.path or "/")),
        query=parts.query,
        switches=ADVERSE if case.get("adverse") else Switches(),
        trace=recorder,
    )
    exchange.locate(service_url)
    return exchange


def _clr(value: object) -> object:
    """A value of the case as an expression would have made it."""
    if isinstance(value, dict | list):
        return MessageBody(json.dumps(value).encode()).as_("Newtonsoft.Json.Linq.JToken")
    return value


def _headers(given: object) -> Headers:
    if given is None:
        return Headers()
    if not isinstance(given, Mapping):
        raise ConfigError("headers in the case must be a mapping of names to values")
    headers = Headers()
    for name, value in given.items():
        for one in value if isinstance(value, list) else [value]:
            headers.add(str(name), str(one))
    return headers


def _content(body: object) -> bytes:
    """Text as it is, anything else as JSON."""
    if isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode()


class StageClock:
    """Time that stands still but for what waits."""

    def __init__(self, start: float) -> None:
        self._now = start
        self.waited = 0.0

    def now(self) -> float:
        return self._now

    def pass_by(self, seconds: float) -> None:
        """Time that a backend takes: it goes by, and nobody waited for it."""
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        self.pause(seconds)

    def pause(self, seconds: float) -> None:
        self.waited += seconds
        self._now += seconds


@dataclass(slots=True)
class _Backend:
    match: str
    replies: list[Json]

    def next_reply(self) -> Json:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@dataclass(slots=True)
class StageCache:
    """A cache at once visible, one for all caching types."""

    clock: StageClock
    entries: dict[str, tuple[float, object]] = field(default_factory=dict)

    async def get(self, key: str, kind: CachingType) -> object:
        until, value = self.entries.get(key, (0.0, None))
        return value if until > self.clock.now() else None

    async def put(self, key: str, value: object, seconds: float, kind: CachingType) -> None:
        self.entries[key] = (self.clock.now() + seconds, value)

    async def remove(self, key: str, kind: CachingType) -> None:
        self.entries.pop(key, None)


class Stage:
    """The Services of a rehearsal: scripted backends, one clock, one cache."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self.clock = StageClock(_moment(case.get("clock", _START)))
        self.rng = random.Random(case.get("seed", 0))
        self.cache = StageCache(self.clock)
        self.requests: list[Request] = []
        self._urls = {name: str(url) for name, url in _mapping(case, "backend_urls").items()}
        self._identity = case.get("identity", "managed-identity-token")
        self._backends = [_backend(entry) for entry in case.get("backends") or [{"reply": {}}]]

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
        failure = reply.get("fails")
        if failure == "connection":
            raise ConnectionResetError("Underlying transport connection was unexpectedly closed.")
        after = float(reply.get("after", 0))
        if failure == "timeout" or after > timeout:
            self.clock.pass_by(timeout)
            raise TimeoutError("Request to the backend service timed out")
        self.clock.pass_by(after)
        body = _content(reply.get("body", ""))
        return Response(int(reply.get("status", 200)), _headers(reply.get("headers")), body)

    async def managed_identity_token(self, resource: str, client_id: str | None) -> str:
        if self._identity is False:
            raise PolicyFault("ManagedIdentityNotFound", "The service has no such managed identity.")
        return str(self._identity)


def _backend(entry: object) -> _Backend:
    if not isinstance(entry, Mapping) or set(entry) - {"match", "reply"}:
        raise ConfigError("a backend in the case must be a mapping with 'match' and 'reply'")
    replies = entry.get("reply") or {}
    several = replies if isinstance(replies, list) else [replies]
    if not all(isinstance(reply, Mapping) for reply in several):
        raise ConfigError("a reply in the case must be a mapping: status, headers, body, after, fails")
    return _Backend(str(entry.get("match", "*")), [dict(reply) for reply in several])


def _moment(given: object) -> float:
    if isinstance(given, int | float):
        return float(given)
    try:
        moment = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    except ValueError as error:
        raise ConfigError(f"'clock' in the case is no time: {given}") from error
    return moment.timestamp()
