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
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from apimlb.errors import PolicyError
from apimlb.policy.apim import context as views
from apimlb.policy.apim.credentials import Authorization, read_jwt
from apimlb.policy.clr.collections.containers import ClrList, ReadOnlyMap
from apimlb.policy.clr.dates.instants import EPOCH_TICKS, TICKS_PER_SECOND
from apimlb.policy.clr.dates.parsing import parse_span
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.guids import parse_guid
from apimlb.policy.clr.json.reader import parse_token
from apimlb.policy.clr.json.scalars import read_date
from apimlb.policy.clr.json.serialization import from_object, is_listed
from apimlb.policy.clr.json.tokens import JToken
from apimlb.policy.clr.json.writer import to_json
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.objects.text import clr_type_name, text_of
from apimlb.policy.clr.utf16 import enter, leave
from apimlb.policy.csharp.expression import compile_expression
from apimlb.policy.rehearse.services import ScriptedClock
from apimlb.policy.rehearse.written import members, moment, reading, require, view

Json = dict[str, Any]

_DEFAULTS: Json = {
    "api": {
        "id": "echo", "name": "Echo", "path": "echo", "service_url": "https://backend.example.com/",
    },
    "deployment": {
        "gateway_id": "managed", "region": "West Europe", "service_id": "contoso", "service_name": "contoso",
    },
    "operation": {"id": "call", "method": "GET", "name": "Call", "url_template": "/"},
    "request": {"method": "GET", "url": "https://contoso.example.com/echo", "ip": "203.0.113.7"},
    "request_id": "11112222-3333-4444-5555-666677778888",
    "timestamp": "2026-01-02T03:04:05Z",
    "elapsed": "00:00:01.2340000",
}  # fmt: skip

_YEAR_ONE = -EPOCH_TICKS / TICKS_PER_SECOND
_OPTIONAL: Json = {
    "response": {"status": 200},
    "subscription": {"created_date": _YEAR_ONE},
    "user": {"registration_date": _YEAR_ONE},
}
"""What these have by default where there are any."""


def evaluate(cases: Iterable[Json]) -> list[Json]:
    """The answer to each case, in their order; raises `ConfigError` for what is no case."""
    answers = []
    for number, case in enumerate(cases, 1):
        require(case, Mapping, f"case {number}")
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
    elif is_listed(value):
        listed = ClrList(list(value), "") if isinstance(value, ReadOnlyMap) else value
        text = to_json(from_object(listed))
    elif isinstance(value, bytearray):
        text = f"[{','.join(map(str, value))}]"
    else:
        text = text_of(value)
    return {"type": name, "value": leave(text)}


def context_of(given: Json) -> views.Context:
    """A Context from its JSON; raises ConfigError, KeyError or ValueError where that is not one."""
    require(given, Mapping, "the context")
    data = {**_DEFAULTS, **given}
    require(data["request"], Mapping, "context.request")
    for name, held in (_DEFAULTS | _OPTIONAL).items():
        if isinstance(held, dict) and isinstance(data.get(name), dict):
            data[name] = {**held, **_message(data[name])}
    started, elapsed = moment(data["timestamp"]), parse_span(data.pop("elapsed"))
    variables = {name: variable(each) for name, each in (data.pop("variables", None) or {}).items()}
    request = data["request"]
    data["request"] = {**request, "original_url": request.get("original_url") or request["url"]}
    return views.Context(
        clock=ScriptedClock(started + elapsed.ticks / TICKS_PER_SECOND),
        rng=random.Random(0),
        variables=variables,
        **members(views.Context, data, "context"),
    )


def _message(given: Json) -> Json:
    """A message with a body that is text."""
    return given if given.get("body") is None else {**given, "body": body_text(given["body"])}


def body_text(body: object) -> str:
    """A body: text unchanged, anything else as compact JSON."""
    return body if isinstance(body, str) else json.dumps(body, separators=(",", ":"), ensure_ascii=False)


_VARIABLES: dict[str, Callable[[Any], object]] = {
    "null": lambda value: None,
    "string": lambda value: None if value is None else str(value),
    "int": int,
    "long": Long,
    "bool": bool,
    "double": float,
    "DateTime": read_date,
    "Guid": parse_guid,
    "byte[]": lambda value: bytearray(base64.b64decode(value)),
    "JToken": lambda value: parse_token(enter(json.dumps(value, ensure_ascii=False))),
    "JObject": lambda value: parse_token(enter(body_text(value)), "JObject"),
    "JArray": lambda value: parse_token(enter(body_text(value)), "JArray"),
    "IResponse": lambda value: view(
        views.ResponseView, {**_OPTIONAL["response"], **_message(value)}, "response"
    ),
    "Jwt": read_jwt,
    "Authorization": lambda value: view(Authorization, value, "the authorization"),
}


def variable(given: Json) -> object:
    """`{"type", "value"}` as a CLR value; raises ValueError for an unknown type."""
    make = _VARIABLES.get(given["type"])
    if make is None:
        raise ValueError(f"unknown variable type {given['type']}")
    return make(given["value"])
