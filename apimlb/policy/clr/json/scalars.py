"""Tokens of CLR scalars, and of what the readers of JSON yield."""

import re
from collections.abc import Sequence
from decimal import Decimal

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.dates.instants import DateTime, DateTimeOffset, TimeSpan
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import ClrException, argument
from apimlb.policy.clr.guids import Guid
from apimlb.policy.clr.json.tokens import JArray, JObject, JProperty, JToken, JValue
from apimlb.policy.clr.numbers.arithmetic import BigInteger, Long, Single
from apimlb.policy.clr.objects.text import clr_type_name
from apimlb.policy.clr.utf16 import enter
from apimlb.policy.clr.web.uris import Uri

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
_MICROSOFT = re.compile(r"/Date\((-?\d+)([+-]\d{4})?\)/\Z", re.ASCII)


def string_token(text: str) -> JValue:
    """A JSON string: a Date where it looks like one, else a String."""
    if not text.isascii():
        return JValue(enter(text), "String")
    date = None
    if len(text) >= 19 and text[10] == "T" and text[4] == "-":
        BUDGET.spend(5)
        date = iso(text)
    elif text.startswith("/Date("):
        date = _microsoft(text)
    return JValue(text, "String") if date is None else JValue(date, "Date")


def iso(text: str) -> instants.DateTime | None:
    """The date that an ISO 8601 text names, or None."""
    match = _ISO.match(text)
    if match is None or len(text) > 40:
        return None
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    zone = match[8]
    try:
        ticks = instants.date_ticks(year, month, day)
        ends_day = (hour, minute, second) == (24, 0, 0)
        ticks += instants.TICKS_PER_DAY if ends_day else instants.time_ticks(hour, minute, second)
    except ClrException:
        return None
    ticks += int((match[7] or "0").ljust(7, "0"))
    if zone in (None, "Z"):
        return instants.DateTime(ticks, instants.UTC if zone else instants.UNSPECIFIED)
    minutes = int(zone[1:3]) * 60 + int(zone[-2:] if len(zone) > 3 else 0)
    offset = minutes * instants.TICKS_PER_MINUTE * (-1 if zone[0] == "-" else 1)
    return instants.DateTime(ticks - offset, instants.LOCAL)


def _microsoft(text: str) -> instants.DateTime | None:
    match = _MICROSOFT.match(text)
    if match is None:
        return None
    return instants.DateTime(
        instants.EPOCH_TICKS + int(match[1]) * instants.TICKS_PER_MILLISECOND,
        instants.LOCAL if match[2] else instants.UTC,
    )


def integer_token(value: int) -> JValue:
    if -(2**63) <= value < 2**63:
        return JValue(value, "Integer")
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
