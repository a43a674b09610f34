"""TypeCode, DBNull, and Convert's way from any value to the type that a code names."""

from apimlb.policy.clr.convert.parsing import CODES, CONVERSIONS, code_of, convertible, no_cast
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import argument
from apimlb.policy.clr.objects.text import text_of

_NAMES = {number: name for name, number in CODES.items()}


class DBNull:
    """System.DBNull; its only value is `DB_NULL`."""

    clr_name = "System.DBNull"

    def __str__(self) -> str:
        return ""


DB_NULL = DBNull()


def type_code(value: object) -> Enum:
    """GetTypeCode(), Convert.GetTypeCode(value)"""
    return Enum("System.TypeCode", code_of(value), _NAMES)


def change_type(value: object, code: Enum) -> object:
    """Convert.ChangeType(value, TypeCode); throws System.InvalidCastException and what Convert.To... does."""
    name = str(code)
    if value is None and name in ("Empty", "String", "Object"):
        return None
    if not convertible(value):
        raise no_cast("Object must implement IConvertible.")
    if name in CONVERSIONS:
        return CONVERSIONS[name](value)
    if name in ("Object", "String"):
        return value if name == "Object" else text_of(value)
    if name in ("Empty", "DBNull"):
        raise no_cast(f"Object cannot be cast to {name}.")
    raise argument("Unknown TypeCode value.")
