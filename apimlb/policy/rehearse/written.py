"""JSON or YAML that is written by hand, read as members of a context. An error names the member."""

import base64
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from apimlb.errors import ConfigError
from apimlb.http import Headers
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Declared, DeclaredParameter, Url
from apimlb.policy.clr.certificates.certificate import X509
from apimlb.policy.clr.dates.instants import EPOCH_TICKS, TICKS_PER_SECOND, in_range
from apimlb.policy.clr.dates.parsing import parse_date
from apimlb.policy.clr.exceptions import ClrException

T = TypeVar("T")

_NAMES: dict[object, str] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    Mapping: "a mapping",
}
_WRONG = (TypeError, ValueError, LookupError, AttributeError, OverflowError, RecursionError, ClrException)

_SHORT = {
    "ip": "ip_address",
    "parameters": "matched_parameters",
    "status": "status_code",
    "reason": "status_reason",
}
"""Other names that members may be written under."""


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Within it, an error of reading a written value becomes a `ConfigError`."""
    try:
        yield
    except KeyError as error:
        raise ConfigError(f"{name} lacks {error}") from None
    except _WRONG as error:
        raise ConfigError(f"{name} cannot be read: {error}") from None


def require(value: object, kind: type, name: str) -> None:
    """Raise `ConfigError` unless the value is of a kind; true and false are no numbers."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        text = repr(value)
        shown = text if len(text) <= 40 else f"{text[:39]}…"
        raise ConfigError(f"{name} has to be {_NAMES.get(kind, kind.__name__)}, not {shown}")


def member(given: Any, kind: Any, name: str) -> Any:
    """A written value as a member of the type `kind`, null as every reference of .NET may be; raises
    `ConfigError`. A number may be written where text is wanted."""
    if given is None:
        return None
    if NoneType in get_args(kind):
        kind = get_args(kind)[0]
    whole, parts = get_origin(kind) or kind, get_args(kind)
    if whole in _READERS:
        with reading(name):
            return _READERS[whole](given)
    if is_dataclass(whole):
        return view(kind, given, name)
    if whole is str and type(given) in (int, float):
        return str(given)
    if whole is object:
        return given
    written = Mapping if whole is dict else list if whole is tuple else whole
    require(given, written, name)
    if written is Mapping:
        there = {str(key): each for key, each in given.items() if each is not None or parts[1] is object}
        return {key: member(each, parts[1], f"{name}.{key}") for key, each in there.items()}
    if written is list:
        return tuple(member(each, parts[0], f"{name}.{place}") for place, each in enumerate(given))
    return given


def view(kind: Callable[..., T], given: Any, name: str) -> T:
    """An object of `kind` by its attributes. One that is absent or null has its default, and is null where it
    has none."""
    required = [each.name for each in fields(kind) if each.default is each.default_factory is MISSING]  # type: ignore[arg-type]
    return kind(**{**dict.fromkeys(required), **members(kind, given, name)})


def members(kind: Callable[..., object], given: Any, name: str) -> dict[str, Any]:
    """Attributes of `kind` that are written and not null, by their names."""
    require(given, Mapping, name)
    hints = _hints(kind)
    found = {}
    for key, value in _named(given, hints):
        if key not in hints:
            raise ConfigError(f"{name} cannot have the key '{key}'")
        if value is not None:
            found[key] = member(value, hints[key], f"{name}.{key}")
    return found


def _named(given: Mapping[Any, Any], hints: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """What is written, by attributes: `gateway: {id}` is gateway_id."""
    for key, value in given.items():
        attribute = key if key in hints else _SHORT.get(key, key)
        if attribute not in hints and isinstance(value, Mapping):
            yield from ((f"{key}_{inner}", each) for inner, each in value.items())
        else:
            yield attribute, value


@cache
def _hints(kind: Callable[..., object]) -> dict[str, Any]:
    return get_type_hints(kind, localns={"X509": X509})  # which the views do not import


def _text(given: object) -> str:
    """Text unchanged, anything else as JSON, a date of YAML as its text."""
    return given if isinstance(given, str) else json.dumps(given, default=str)


def content_of(given: object) -> bytes:
    """The bytes of a body."""
    return given if isinstance(given, bytes) else _text(given).encode()


def _headers(given: Any) -> Headers:
    """`{name: value or [values]}`"""
    several = {str(name): value if isinstance(value, list) else [value] for name, value in given.items()}
    return Headers((name, _text(value)) for name, values in several.items() for value in values)


def moment(given: Any) -> float:
    """Epoch seconds, written so or as a date, which without a zone is in UTC."""
    if type(given) in (int, float):
        in_range(EPOCH_TICKS + round(given * TICKS_PER_SECOND))
        return float(given)
    return (parse_date(str(given)).ticks - EPOCH_TICKS) / TICKS_PER_SECOND


def _certificate(given: Any) -> X509:
    """`{"content": base 64 of DER, PEM or PKCS #12, "password", "trusted"}`"""
    content = base64.b64decode(given["content"])
    return X509.read(content, given.get("password"), trusted=bool(given.get("trusted", True)))


def _declared(given: Any) -> Declared:
    """`{headers, query, path, contents: [names], responses: {status: {headers, contents}}}`: of names alone;
    what else is declared of a parameter only an API's definition says."""
    responses = {int(status): each or {} for status, each in given.get("responses", {}).items()}
    return Declared(
        **{name: _parameters(given.get(name, ())) for name in ("headers", "query", "path")},
        contents=tuple(given.get("contents", ())),
        response_headers={code: _parameters(each.get("headers", ())) for code, each in responses.items()},
        response_contents={code: tuple(each.get("contents", ())) for code, each in responses.items()},
    )


def _parameters(names: Any) -> tuple[DeclaredParameter, ...]:
    return tuple(map(DeclaredParameter, names))


_READERS: Mapping[object, Callable[[Any], object]] = {
    bytes: content_of,
    float: moment,
    uuid.UUID: uuid.UUID,
    Declared: _declared,
    Headers: _headers,
    MessageBody: lambda given: MessageBody(content_of(given)),
    Url: Url,
    X509: _certificate,
}
