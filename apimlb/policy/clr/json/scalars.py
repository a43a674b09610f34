"""CLR scalars as tokens."""

from decimal import Decimal

from apimlb.policy.clr.dates.instants import DateTime, DateTimeOffset, TimeSpan
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import argument
from apimlb.policy.clr.guids import Guid
from apimlb.policy.clr.json.tokens import JValue
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.web.uris import Uri

_TYPES: dict[type, str] = {
    type(None): "Null", str: "String", bool: "Boolean", float: "Float", Decimal: "Float",
    DateTime: "Date", DateTimeOffset: "Date", TimeSpan: "TimeSpan", Guid: "Guid", Uri: "Uri",
    bytearray: "Bytes",
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
    if isinstance(value, str):
        return JValue(value, "String")
    if isinstance(value, float):
        return JValue(value, "Float")
    if isinstance(value, Enum):
        return JValue(value, "Integer")
    name = getattr(value, "clr_name", type(value).__name__)
    raise argument(f"Could not determine JSON object type for type {name}.")
