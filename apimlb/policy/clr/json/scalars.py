"""Tokens of CLR scalars, and of what the readers of JSON yield."""

import re
from collections.abc import Sequence
from decimal import Decimal

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.dates.instants import DateTime, DateTimeOffset, TimeSpan
from apimlb.policy.clr.dates.parsing import parse_kept
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import ClrException, argument
from apimlb.policy.clr.guids import Guid
from apimlb.policy.clr.json.tokens import JArray, JObject, JProperty, JToken, JValue
from apimlb.policy.clr.numbers.arithmetic import BigInteger, Long, Single, wrap
from apimlb.policy.clr.objects.text import clr_type_name
from apimlb.policy.clr.utf16 import enter
from apimlb.policy.clr.web.uris import Uri

MAX_DIGITS = 380
"""Characters of the longest integer that is read."""

_TYPES: dict[type, str] = {
    type(None): "Null", str: "String", bool: "Boolean", float: "Float", Decimal: "Float",
    Single: "Float", DateTime: "Date", DateTimeOffset: "Date", TimeSpan: "TimeSpan", Guid: "Guid",
    Uri: "Uri", bytearray: "Bytes", Enum: "Integer",
}  # fmt: skip


def scalar(token: JValue) -> object:
    """What a token holds, as an object: an integer is a long."""
    return Long(token.value) if type(token.value) is int else token.value


def value_of(value: object) -> JValue:
    """A CLR scalar as a token; throws System.ArgumentException for any other value."""
    found = _TYPES.get(type(value))
    if found is not None:
        return JValue(value, found)
    if isinstance(value, int):
        return JValue(value if value >= 2**63 else int(value), "Integer")
    raise argument(f"Could not determine JSON object type for type {clr_type_name(value)}.")


_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7})(?:\d+\Z)?)?(Z|[+-]\d\d(?::?\d\d)?)?\Z",
    re.ASCII,
)
_MICROSOFT = re.compile(r"/Date\((-?\d{1,19})([+-]\d{4})?\)/\Z", re.ASCII)


def string_token(text: str) -> JValue:
    """A JSON string: a Date where it looks like one, else a String."""
    if not text.isascii():
        return JValue(enter(text), "String")
    date = None
    if len(text) >= 19 and text[10] == "T" and text[4] == "-":
        BUDGET.spend(5)
        date = date_in(text)
    elif text.startswith("/Date("):
        date = date_in(text)
    return JValue(text, "String") if date is None else JValue(date, "Date")


def read_date(text: str) -> instants.DateTime:
    """The date that a text names in any form; throws System.FormatException."""
    return date_in(text) or parse_kept(text)


def date_in(text: str) -> instants.DateTime | None:
    """The date that a text names as ISO 8601 or Microsoft has it, or None; throws
    System.ArgumentOutOfRangeException for one that is too late."""
    match = _MICROSOFT.match(text)
    if match is not None:
        milliseconds = int(match[1])
        fits = -(2**63) <= milliseconds < 2**63
        return javascript_date(milliseconds, instants.LOCAL if match[2] else instants.UTC) if fits else None
    match = _ISO.match(text)
    if match is None or len(text) > 40:
        return None
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    part, zone = int((match[7] or "0").ljust(7, "0")), match[8]
    ends_day = (hour, minute, second, part) == (24, 0, 0, 0)
    try:
        ticks = instants.wall_ticks(year, month, day, 0 if ends_day else hour, minute, second) + part
    except ClrException:
        return None
    if ends_day:
        ticks = instants.in_range(ticks + instants.TICKS_PER_DAY)
    if zone in (None, "Z"):
        return instants.DateTime(ticks, instants.UTC if zone else instants.UNSPECIFIED)
    minutes = int(zone[1:3]) * 60 + int(zone[-2:] if len(zone) > 3 else 0)
    offset = minutes * instants.TICKS_PER_MINUTE * (-1 if zone[0] == "-" else 1)
    return instants.DateTime(min(max(ticks - offset, 0), instants.MAX_TICKS), instants.LOCAL)


def javascript_date(milliseconds: int, kind: str) -> instants.DateTime:
    """A date by its milliseconds since 1970; throws System.ArgumentOutOfRangeException."""
    ticks = wrap(instants.EPOCH_TICKS + milliseconds * instants.TICKS_PER_MILLISECOND, "Int64")
    return instants.from_ticks(int(ticks), kind)


def integer_token(value: int) -> JValue:
    if -(2**63) <= value < 2**63:
        return JValue(value, "Integer")
    if len(str(value)) > MAX_DIGITS:
        raise ValueError  # so that the tolerant reader says where
    return JValue(BigInteger(value), "Integer")


def token_of(value: object) -> JToken:
    """A token from what the scanners yield: Python scalars, lists and finished tokens."""
    kind = type(value)
    if kind is str:
        return string_token(value)  # type: ignore[arg-type]
    if kind is JObject:
        return value  # type: ignore[return-value]
    if kind is int:
        return integer_token(value)  # type: ignore[arg-type]
    if kind in _TYPES:
        return JValue(value, _TYPES[kind])
    return array_of(value) if kind is list else value  # type: ignore[arg-type,return-value]


def array_of(values: Sequence[object]) -> JArray:
    """A JArray of what token_of takes."""
    made = JArray()
    items = made.items
    for value in values:
        token = integer_token(value) if type(value) is int else token_of(value)
        token.parent = made
        items.append(token)
    return made


def object_of(pairs: Sequence[tuple[str, object]]) -> JObject:
    """A JObject; of a name given twice the last value counts, in the first place."""
    made = JObject()
    properties = made.properties
    for name, value in pairs:
        token = token_of(value)
        if not name.isascii():
            name = enter(name)
        if name in properties:
            properties[name].set_value(token)
            continue
        prop = JProperty(name, token)
        prop.parent = made
        properties[name] = prop
    return made
