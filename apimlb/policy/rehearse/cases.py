"""Cases: an expression with a context as JSON, and what it yields. The form is that of
tests/unit/policy/cases.

A case is `{"id", "expression", "context"}`; the context's members are the documented ones in snake_case,
variables are
`{name: {"type", "value"}}`. An answer is `{"id"}` with `{"type", "value"}`, `{"throws", "message"}` or
`{"compile_error", "message", "line", "column"}`. Members that are absent take the values of a made-up
gateway.
"""

import base64
import json
import random
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from apimlb.errors import PolicyError
from apimlb.http import Headers
from apimlb.policy.apim import context as views
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.credentials import Authorization, read_jwt
from apimlb.policy.clr.certificates.certificate import X509
from apimlb.policy.clr.collections.containers import ClrList, ReadOnlyMap
from apimlb.policy.clr.dates.instants import EPOCH_TICKS, LOCAL, TICKS_PER_SECOND, UTC, DateTime
from apimlb.policy.clr.dates.parsing import parse_date, parse_span
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.guids import parse_guid
from apimlb.policy.clr.json.reader import iso, parse_token
from apimlb.policy.clr.json.serialization import from_object
from apimlb.policy.clr.json.tokens import JToken
from apimlb.policy.clr.json.writer import to_json
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.objects.text import clr_type_name, text_of
from apimlb.policy.clr.utf16 import enter, leave
from apimlb.policy.csharp.expression import compile_expression
from apimlb.policy.rehearse.written import reading, require

Json = dict[str, Any]

_DEFAULTS: Json = {
    "api": {
        "id": "echo", "name": "Echo", "path": "echo", "revision": "1", "is_current_revision": True,
        "protocols": ["https"], "service_url": "https://backend.example.com/",
        "subscription_key_parameter_names": {"header": "Ocp-Apim-Subscription-Key",
        "query": "subscription-key"},
    },
    "deployment": {
        "gateway_id": "managed", "region": "West Europe", "service_id": "contoso", "service_name": "contoso",
        "gateway": {"id": "managed", "instance_id": "managed", "is_managed": True},
    },
    "operation": {"id": "call", "method": "GET", "name": "Call", "url_template": "/"},
    "request": {"method": "GET", "url": "https://contoso.example.com/echo", "ip": "203.0.113.7"},
    "request_id": "11112222-3333-4444-5555-666677778888",
    "timestamp": "2026-01-02T03:04:05Z",
    "elapsed": "00:00:01.2340000",
    "tracing": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, at `seconds` since the epoch."""

    seconds: float

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        """Time does not pass."""

    def pause(self, seconds: float) -> None:
        """Time does not pass."""

    def timeout(self, seconds: float) -> AbstractContextManager[object]:
        return nullcontext()


def evaluate(cases: Iterable[Json]) -> list[Json]:
    """The answer to each case, in their order; raises `ConfigError` for what is no case."""
    answers = []
    for number, case in enumerate(cases, 1):
        require(case, dict, f"case {number}")
        require(case.get("expression"), str, f"the expression of case {number}")
        answers.append({"id": case.get("id"), **answer(case["expression"], case.get("context") or {})})
    return answers


def answer(expression: str, context: Json) -> Json:
    """The value of one expression in one context; raises `ConfigError` for an invalid context."""
    try:
        compiled = compile_expression(expression.strip())
    except PolicyError as error:
        return {
            "compile_error": error.code,
            "message": error.what,
            "line": error.line,
            "column": error.column,
        }
    with reading("the context"):
        made = context_of(context)
    require(made, views.Context, "context")
    try:
        return describe(compiled(made))
    except ClrException as error:
        return {"throws": error.type_name, "message": leave(error.message)}


def describe(value: object) -> Json:
    """A value as `{"type", "value"}`: scalars as text, tokens and collections as compact JSON."""
    if value is None:
        return {"type": "null", "value": None}
    name = clr_type_name(value)
    if isinstance(value, JToken):
        text = to_json(value)
    elif not isinstance(value, str | bytearray) and hasattr(value, "__iter__"):
        listed = ClrList(list(value), "") if isinstance(value, ReadOnlyMap) else value
        text = to_json(from_object(listed))
    elif isinstance(value, bytearray):
        text = f"[{','.join(map(str, value))}]"
    else:
        text = text_of(value)
    return {"type": name, "value": leave(text)}


def _merged(defaults: Json, given: Mapping[str, Any]) -> Json:
    made = dict(defaults)
    for name, value in given.items():
        known = made.get(name)
        made[name] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return made


def context_of(given: Json) -> views.Context:
    """A Context from its JSON; raises KeyError or ValueError where that is not one."""
    data = _merged(_DEFAULTS, given)
    started = _seconds(data["timestamp"])
    return views.Context(
        clock=FixedClock(started + parse_span(data["elapsed"]).ticks / TICKS_PER_SECOND),
        rng=random.Random(0),
        request=_request(data["request"]),
        response=_response(data["response"]) if data.get("response") else None,
        variables={name: variable(each) for name, each in (data.get("variables") or {}).items()},
        api=_api(data["api"]),
        operation=_made(views.Operation, data.get("operation")),
        product=_product(data.get("product")),
        subscription=_subscription(data.get("subscription")),
        user=_user(data.get("user")),
        deployment=_deployment(data["deployment"]),
        backend=_made(views.Backend, data.get("backend")),
        last_error=_last_error(data.get("last_error")),
        workspace=_made(views.Workspace, data.get("workspace")),
        request_id=uuid.UUID(data["request_id"]),
        timestamp=started,
        tracing=bool(data["tracing"]),
    )


def _seconds(text: str) -> float:
    return (parse_date(text).ticks - EPOCH_TICKS) / TICKS_PER_SECOND


def _moment(text: str | None) -> float | None:
    return None if text is None else _seconds(text)


def _made(view: Callable[..., Any], data: Json | None) -> Any:
    """A view whose attributes are the JSON's members."""
    return (
        None
        if data is None
        else view(**{name: data.get(name) for name in _fields(view) if name in data or (name in _REQUIRED)})
    )


def _view(view: Callable[..., Any], members: Json) -> Any:
    """A view of members that may be null, as they may be in an oracle's case."""
    return view(**members)


def _present(members: Mapping[str, object]) -> Json:
    return {name: value for name, value in members.items() if value is not None}


_REQUIRED = ("id", "name", "method", "url_template")


def _fields(view: Callable[..., Any]) -> list[str]:
    return list(getattr(view, "__dataclass_fields__", {}))


def body_text(body: object) -> str:
    """The bytes of a body: text unchanged, anything else as compact JSON."""
    return body if isinstance(body, str) else json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def _body(data: Json) -> MessageBody | None:
    body = data.get("body")
    return None if body is None else MessageBody(body_text(body).encode())


def _headers(data: Json) -> Headers:
    made = Headers()
    for name, values in (data.get("headers") or {}).items():
        for value in values if isinstance(values, list) else [values]:
            made.add(name, body_text(value))
    return made


def _request(data: Json) -> views.RequestView:
    url = views.Url(data["url"])
    return views.RequestView(
        method=data["method"],
        url=url,
        original_url=views.Url(data["original_url"]) if data.get("original_url") else url,
        headers=_headers(data),
        body=_body(data),
        ip_address=data.get("ip") or "",
        matched_parameters=dict(data.get("matched_parameters") or {}),
        certificate=_certificate(data["certificate"]) if data.get("certificate") else None,
        foundry_deployment=(data.get("foundry") or {}).get("deployment"),
        private_endpoint_connection=_made(
            views.PrivateEndpointConnection, data.get("private_endpoint_connection")
        ),
    )


def _certificate(data: Json) -> X509:
    """`{"content": base 64 of DER, PEM or PKCS #12, "password", "trusted"}`"""
    content = base64.b64decode(data["content"])
    return X509.read(content, data.get("password"), trusted=bool(data.get("trusted", True)))


def _response(data: Json) -> views.ResponseView:
    return views.ResponseView(
        int(data.get("status", 200)), data.get("reason") or "", headers=_headers(data), body=_body(data)
    )


def _api(data: Json) -> views.Api:
    names = views.SubscriptionKeyParameterNames(**data["subscription_key_parameter_names"])
    url = data.get("service_url")
    return views.Api(
        data["id"], data["name"], data["path"], views.Url(url) if url else None, data["revision"],
        data.get("version"), data["is_current_revision"], tuple(data["protocols"]), names,
    )  # fmt: skip


def _product(data: Json | None) -> views.Product | None:
    if data is None:
        return None
    return views.Product(
        data.get("id", ""), data.get("name", ""), data.get("state") or "Published",
        bool(data.get("approval_required")), bool(data.get("subscription_required")),
        data.get("subscriptions_limit"), _groups(data),
    )  # fmt: skip


def _groups(data: Json) -> tuple[views.UserGroup, ...]:
    return tuple(_made(views.UserGroup, each) for each in data.get("groups") or ())


def _subscription(data: Json | None) -> views.Subscription | None:
    if data is None:
        return None
    texts = {name: data.get(name) for name in ("id", "name", "key", "primary_key", "secondary_key")}
    dates = {name: _moment(data.get(name)) for name in ("created_date", "start_date", "end_date")}
    made: views.Subscription = _view(
        views.Subscription, {"created_date": _YEAR_ONE, **texts, **_present(dates)}
    )
    return made


_YEAR_ONE = -EPOCH_TICKS / TICKS_PER_SECOND


def _user(data: Json | None) -> views.User | None:
    if data is None:
        return None
    registered = _moment(data.get("registration_date"))
    return views.User(
        data.get("id", ""), data.get("email"), data.get("first_name"), data.get("last_name"),
        data.get("note"),
        _YEAR_ONE if registered is None else registered, _groups(data),
        tuple(_made(views.UserIdentity, each) for each in data.get("identities") or ()),
    )  # fmt: skip


def _deployment(data: Json) -> views.Deployment:
    gateway = data.get("gateway") or {}
    return views.Deployment(
        data.get("service_name", ""), data.get("service_id", ""), data.get("region", ""),
        data.get("gateway_id", ""),
        gateway.get("instance_id", "managed"), bool(gateway.get("is_managed", True)),
        {name: _certificate(each) for name, each in (data.get("certificates") or {}).items()},
    )  # fmt: skip


def _last_error(data: Json | None) -> views.LastError | None:
    if data is None:
        return None
    made: views.LastError = _view(
        views.LastError, {name: data.get(name) for name in _fields(views.LastError)}
    )
    return made


def _date(text: str) -> DateTime:
    found = iso(text)
    if found is not None:
        return found
    made = parse_date(text)
    return DateTime(made.ticks, made.kind if made.kind != LOCAL else UTC)


_VARIABLES: dict[str, Callable[[Any], object]] = {
    "null": lambda value: None,
    "string": lambda value: None if value is None else str(value),
    "int": int,
    "long": Long,
    "bool": bool,
    "double": float,
    "DateTime": _date,
    "Guid": parse_guid,
    "byte[]": lambda value: bytearray(base64.b64decode(value)),
    "JToken": lambda value: parse_token(enter(json.dumps(value, ensure_ascii=False))),
    "JObject": lambda value: parse_token(enter(body_text(value)), "JObject"),
    "JArray": lambda value: parse_token(enter(body_text(value)), "JArray"),
    "IResponse": _response,
    "Jwt": read_jwt,
    "Authorization": lambda value: Authorization(value.get("access_token"), value.get("claims") or {}),
}


def variable(given: Json) -> object:
    """`{"type", "value"}` as a CLR value; raises ValueError for an unknown type."""
    make = _VARIABLES.get(given["type"])
    if make is None:
        raise ValueError(f"unknown variable type {given['type']}")
    return make(given["value"])
