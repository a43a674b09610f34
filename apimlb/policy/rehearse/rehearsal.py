"""A policy run against a written case: no gateway, no network, a clock that only the policy's own waits move.

A case is plain data, as `case.yaml` holds it; every key may be left out:

    request:      {method: POST, url: "https://gateway.test/openai/deployments/chat/completions",
                   headers: {name: value or [values]}, body: text or JSON, ip: 127.0.0.1,
                   parameters: {name: value}}
    service_url:  https://backend.test/openai        what requests go to when no policy says otherwise
    path:         /deployments/chat/completions      what follows it; the request's path when left out
    variables:    {name: value}                      set before inbound
    api, operation, product, subscription, user, deployment:
                  {id: …, name: …, key: …}           members of the context in snake_case; product,
                                                     subscription and user are null when left out; an
                                                     operation has examples: [{status, content_type, body}]
                                                     and declared: {headers, query, path, contents: [names],
                                                     responses: {status: {headers, contents}}}
    scope:        api                                where the document stands: global, workspace, product,
                                                     api or operation
    named_values: {name: text}
    fragments:    {id: "<fragment>…</fragment>"}
    backend_urls: {id: url}                          the URLs of backends by their ids
    backends:     [{match: "*east*", reply: {status: 429, headers: {Retry-After: 3}, body: …, after: 0.2}},
                   {match: "*west*", reply: [{status: 200}, {fails: connection | timeout}]}]
    identity:     false                              no managed identity; else the token's text
    authorizations: {provider/connection: {access_token: …, claims: {name: value}}}
                                                     what get-authorization-context finds
    clock:        2026-11-21T12:00:00Z, or epoch seconds
    seed:         0                                  of Random and of jitter
    adverse:      false                              the uncertain facts about Azure in the worse reading

The first backend whose `match` (a glob on the URL) fits answers; it gives each of several replies once, and
the last one from then on. Without such a backend the connection fails. Variables that are mappings or lists
become JObject and JArray.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlsplit

from apimlb.errors import ConfigError
from apimlb.http import Request, Response, read
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, LastError, RequestView
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.compiler import Scope, compile_policy, effective
from apimlb.policy.rehearse.services import Case, ScriptedServices, mapping
from apimlb.policy.rehearse.written import content_of, members, reading, require, view
from apimlb.policy.run.exchange import Exchange
from apimlb.policy.run.pipeline import preflight, run
from apimlb.policy.run.records import Record
from apimlb.policy.run.tracing import Recorder, TracedStep
from apimlb.policy.switches import ADVERSE, Switches

_KEYS = {
    *("request", "service_url", "path", "variables", "named_values", "fragments", "backend_urls"),
    *("backends", "identity", "clock", "seed", "adverse", "api", "operation", "product"),
    *("subscription", "user", "deployment", "scope", "authorizations"),
}
_ALWAYS = ("api", "operation", "deployment")
"""Members of the context that no case is without."""

_DEFAULTS: Mapping[str, Mapping[str, object]] = {
    "deployment": {"service_name": "gateway", "service_id": "gateway", "region": "Sweden Central"},
    "product": {"id": "product", "name": "product"},
    "subscription": {
        "id": "subscription",
        "name": "subscription",
        "key": "",
        "primary_key": "",
        "secondary_key": "",
    },
    "user": {"id": "user"},
}


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The result: the client's response (its body read), every step, the requests to backends, the seconds
    that the policy waited, the variables at the end, and the records for other services."""

    response: Response
    steps: tuple[TracedStep, ...]
    requests: tuple[Request, ...]
    waited: float
    variables: Mapping[str, object]
    last_error: LastError | None
    messages: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()


async def rehearse(text: str, case: Case) -> Rehearsal:
    """Run the policy document `text` on `case`. Raises PolicyError for the one, ConfigError for the other."""
    unknown = sorted(map(str, set(case) - _KEYS))
    if unknown:
        raise ConfigError(
            f"unknown key '{unknown[0]}' in the case", next_step=f"Known keys: {', '.join(sorted(_KEYS))}."
        )
    scope = case.get("scope", "api")
    if scope not in get_args(Scope):
        raise ConfigError(f"'scope' in the case is one of {', '.join(get_args(Scope))}, not {scope!r}")
    document = compile_policy(
        text,
        scope=scope,
        named_values=mapping(case, "named_values", str),
        fragments=mapping(case, "fragments", str),
        switches=_switches(case),
    )
    policy = effective([document])
    services = ScriptedServices(case)
    recorder = Recorder()
    exchange = exchange_of(case, services, recorder)
    asked = exchange.context.request
    asks = asked.method == "OPTIONS" and "Access-Control-Request-Method" in asked.headers
    response = (await preflight(policy, exchange) if asks else None) or await run(policy, exchange)
    await read(response)
    return Rehearsal(
        response,
        tuple(recorder.steps),
        tuple(services.requests),
        services.clock.waited,
        exchange.context.variables,
        exchange.context.last_error,
        tuple(exchange.context.traces),
        tuple(services.records),
    )


def _switches(case: Case) -> Switches:
    return ADVERSE if case.get("adverse") else Switches()


def exchange_of(case: Case, services: ScriptedServices, recorder: Recorder | None = None) -> Exchange:
    """The request of a case on its way, traced by `recorder`."""
    request = _request(mapping(case, "request"))
    service_url = str(case.get("service_url", "https://backend.test"))
    _require_url(service_url, "service_url")
    path = case.get("path", request.url.path)
    require(path, str, "path")
    defaults = {
        **_DEFAULTS,
        "api": {"id": "api", "name": "api", "path": "", "service_url": service_url},
        "operation": {
            "id": "operation",
            "name": "operation",
            "method": request.method,
            "url_template": request.url.path,
        },
    }
    given = {
        name: {**held, **mapping(case, name)}
        for name, held in defaults.items()
        if name in _ALWAYS or case.get(name) is not None
    }
    context = Context(
        services.clock,
        services.rng,
        request,
        variables={name: _clr(value) for name, value in mapping(case, "variables").items()},
        request_id=uuid.UUID(int=services.rng.getrandbits(128), version=4),
        timestamp=services.clock.now(),
        tracing=recorder is not None,
        switches=_switches(case),
        **members(Context, given, "the case"),
    )
    exchange = Exchange(context, services, trace=recorder.entered if recorder else None)
    with reading("path"):
        exchange.aim(service_url, path, urlsplit(request.url.text).query)
    return exchange


def _request(written: Case) -> RequestView:
    url = str(written.get("url", "https://gateway.test/"))
    _require_url(url, "request.url")
    given = {"method": "GET", **written, "url": url, "original_url": url}
    request = view(RequestView, given, "request")
    request.method = request.method.upper()
    if "Host" not in request.headers:
        request.headers.add("Host", request.url.netloc)
    return request


def _require_url(text: str, name: str) -> None:
    with reading(name):
        parts = urlsplit(text)
        absolute = parts.scheme and parts.hostname and parts.port != 0
    if not absolute:
        raise ConfigError(f"{name} is no absolute URL: {text}")


def _clr(value: object) -> object:
    """A value of the case as an expression would have made it; a date of YAML's is its text."""
    if isinstance(value, dict | list):
        return MessageBody(content_of(value)).as_("Newtonsoft.Json.Linq.JToken")
    if isinstance(value, bool | float | str | None):
        return value
    if not isinstance(value, int):
        return str(value)
    if not -(2**63) <= value < 2**63:
        raise ConfigError(f"a variable in the case has more digits than a long: {value}")
    return value if -(2**31) <= value < 2**31 else Long(value)
