"""JSON or YAML that is written by hand, checked as members of a context. An error names the member."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from apimlb.errors import ConfigError
from apimlb.policy.clr.certificates.certificate import X509
from apimlb.policy.clr.exceptions import ClrException

_VIEWS = "apimlb.policy.apim.context"
_NAMES: dict[object, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    NoneType: "null",
    tuple: "a list",
    list: "a list",
    dict: "a mapping",
    Mapping: "a mapping",
}
_WRONG = (TypeError, ValueError, LookupError, AttributeError, OverflowError, RecursionError, ClrException)


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Within it, an error of reading a written value becomes a `ConfigError`."""
    try:
        yield
    except KeyError as error:
        raise ConfigError(f"{what} lacks {error}") from None
    except _WRONG as error:
        raise ConfigError(f"{what} cannot be read: {error}") from None


def require(value: object, kind: object, name: str) -> None:
    """Raise `ConfigError` unless the value, and each member of a view, is what its type says; a member may be
    null, as every reference in .NET may."""
    if not _is(value, kind):
        wanted = " or ".join(_named(each) for each in _options(kind))
        raise ConfigError(f"{name} has to be {wanted}, not {_shown(value)}")
    if is_dataclass(value) and not isinstance(value, type):
        hints = _hints(type(value)) if type(value).__module__ == _VIEWS else {}
        for member, hint in hints.items():
            if (held := getattr(value, member)) is not None:
                require(held, hint, f"{name}.{member}")
    elif isinstance(value, Mapping | tuple | list):
        for key, inside in _members(value):
            for option in _options(kind):
                if inner := get_args(option):
                    require(inside, inner[-1] if isinstance(value, Mapping) else inner[0], f"{name}.{key}")


def _members(value: Any) -> Iterator[tuple[object, object]]:
    return iter(value.items() if isinstance(value, Mapping) else enumerate(value))


def _is(value: object, kind: object) -> bool:
    return any(_is_one(value, get_origin(option) or option) for option in _options(kind))


def _is_one(value: object, kind: object) -> bool:
    if kind is Any or getattr(kind, "_is_protocol", False):
        return True
    if isinstance(value, bool):
        return kind in (bool, object)
    return isinstance(value, (int, float) if kind is float else kind)  # type: ignore[arg-type]


def _options(kind: object) -> tuple[object, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _named(kind: object) -> str:
    return _NAMES.get(get_origin(kind) or kind, getattr(kind, "__name__", str(kind)))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, localns={"X509": X509})  # which the views do not import
