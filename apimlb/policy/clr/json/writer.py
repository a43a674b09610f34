"""JSON text as Newtonsoft.Json writes it."""

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from apimlb.policy.clr.budget import BUDGET, SMALL, bounded_text
from apimlb.policy.clr.dates.formatting import format_span, iso_date
from apimlb.policy.clr.dates.instants import DateTime, DateTimeOffset, TimeSpan
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.json import tokens
from apimlb.policy.clr.numbers.formatting import number_text
from apimlb.policy.clr.objects.text import format_value, laid_out, text_of, written

_ESCAPED = re.compile('["\\\\\x00-\x1f\x85\u2028\u2029]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def _escape(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}"


def json_string(text: str) -> str:
    """A quoted JSON string."""
    made = _ESCAPED.sub(_escape, text)
    if len(made) > SMALL:
        BUDGET.spend((len(text) >> 6) + (len(made) - len(text) >> 1))  # an escape is made by a call
    return f'"{made}"'


_QUOTED: dict[type, Callable[[Any], str]] = {
    DateTime: iso_date,
    DateTimeOffset: iso_date,
    TimeSpan: format_span,
    bytearray: lambda value: b64encode(value).decode(),
}


def scalar_text(value: object) -> str:
    """A scalar as JSON."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        return json_string(value)
    if isinstance(value, int):
        return int.__repr__(value)
    quoted = _QUOTED.get(type(value))
    if quoted is not None:
        return f'"{quoted(value)}"'
    if isinstance(value, Enum):
        return str(value.number)
    if isinstance(value, float) or hasattr(value, "as_tuple"):
        text = number_text(value)  # type: ignore[arg-type]
        if text in ("NaN", "Infinity", "-Infinity"):
            return f'"{text}"'
        return text if any(c in text for c in ".E") else text + ".0"
    return json_string(str(getattr(value, "text", value)))


def to_json(token: tokens.JToken, indented: bool = False) -> str:
    """The token as JSON: compact, or with two spaces a level. Bounded, as every text is that grows."""
    pieces: list[str] = []
    _write(token, pieces, "\n" if indented else "", ": " if indented else ":", 0)
    return bounded_text("".join(pieces))


def _write(token: tokens.JToken, pieces: list[str], newline: str, colon: str, depth: int) -> None:
    BUDGET.spend(3 + (depth >> 3))  # what is deep has long lines
    if isinstance(token, tokens.JValue):
        pieces.append(_NO_JSON.get(token.type_name, scalar_text)(token.value))
    elif type(token) is tokens.JObject:
        _write_object(token, pieces, newline, colon, tokens.deeper(depth))
    elif type(token) is tokens.JArray:
        _write_items(token, pieces, ("[", "]"), newline, colon, tokens.deeper(depth))
    elif isinstance(token, tokens.JProperty):
        pieces.append(json_string(token.name) + colon)
        _write(token.value, pieces, newline, colon, tokens.deeper(depth))
    elif isinstance(token, tokens.JConstructor):
        pieces.append(f"new {token.name or ''}")
        _write_items(token, pieces, ("(", newline + ")"), newline, colon, tokens.deeper(depth))


_NO_JSON: dict[str, Callable[[object], str]] = {
    "Undefined": lambda value: "undefined",
    "Comment": lambda value: f"/*{'' if value is None else value}*/",
    "Raw": text_of,
}
"""How tokens that JSON does not have are written, by their type."""


def _write_items(
    token: tokens.JList, pieces: list[str], brackets: tuple[str, str], newline: str, colon: str, depth: int
) -> None:
    inner = newline + "  " if newline else ""
    opening, closing = brackets
    pieces.append(opening)
    separator = ""
    for item in token.items:
        if item.type_name == "Comment":  # no comma goes before one
            pieces.append(inner)
        else:
            pieces.append(separator + inner)
            separator = ","
        _write(item, pieces, inner, colon, depth)
    pieces.append(newline + closing.lstrip() if token.items else closing)


def _write_object(token: tokens.JObject, pieces: list[str], newline: str, colon: str, depth: int) -> None:
    inner = newline + "  " if newline else ""
    separator = "{"
    for prop in token.properties.values():
        pieces.append(f"{separator}{inner}{json_string(prop.name)}{colon}")
        _write(prop.value, pieces, inner, colon, depth)
        separator = ","
    pieces.append(newline + "}" if token.properties else "{}")


@written.register
def token_text(token: tokens.JToken) -> str:
    """JToken.ToString() of what holds others: indented JSON."""
    return bounded_text(to_json(token, indented=True))


@written.register
def _property_text(token: tokens.JProperty) -> str:
    return f"{json_string(token.name)}: {to_json(token.value, indented=True)}"


written.register(tokens.JValue)(lambda token: text_of(token.value))
laid_out.register(tokens.JValue)(lambda token, layout: format_value(token.value, layout))
