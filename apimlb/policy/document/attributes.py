"""The types of attributes and texts: how a literal reads, and what an expression may yield."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from apimlb.numerals import real, signed_integer
from apimlb.policy.clr.exceptions import ClrException, invalid_cast, null_reference
from apimlb.policy.clr.objects.text import clr_type_name, to_clr_string

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """`literal` raises ValueError with what is wrong; `value` raises ClrException.

    `clr` are the static types that an expression may have: "null" is the type of null, an empty set any type.
    `keyword` is C#'s name of the type, for the message about an expression of another type. An expression of
    the static type `own` needs no conversion.
    """

    keyword: str
    literal: Callable[[str], T]
    value: Callable[[object], T]
    clr: frozenset[str] = frozenset()
    own: str = ""


def _boolean(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered not in ("true", "false"):
        raise ValueError(f"The value '{text}' is invalid: 'true' or 'false' was expected.")
    return lowered == "true"


def _unboxed_boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise _no_cast(value, "System.Boolean")
    return value


def _unboxed_integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _no_cast(value, "System.Int32")
    return int(value)


def _no_cast(value: object, target: str) -> ClrException:
    if value is None:
        return null_reference()
    return invalid_cast(clr_type_name(value), target)


def _optional_string(value: object) -> str:
    return "" if value is None else to_clr_string(value)


_STRINGS = frozenset({"System.String", "null"})

STRING = Kind("string", str, _optional_string, _STRINGS)
"""Any value, as text; null is the empty string."""

TEXT = Kind("string", str.strip, _optional_string, _STRINGS)
"""As STRING, but a literal loses the white space around it: the text of an element."""

ANY: Kind[object] = Kind("object", str, lambda value: value)
"""The value itself; a literal is a System.String."""

BOOLEAN = Kind("bool", _boolean, _unboxed_boolean, frozenset({"System.Boolean"}), "System.Boolean")

_INTEGERS = frozenset(f"System.{name}" for name in ("Int32", "Int16", "UInt16", "Byte", "SByte", "Char"))


def integer(low: int = 0, high: int = 2**31 - 1) -> Kind[int]:
    """An Int32 from `low` to `high`."""

    def checked(number: int) -> int:
        if not low <= number <= high:
            raise ValueError(f"The value '{number}' is invalid: a number from {low} to {high} was expected.")
        return number

    def literal(text: str) -> int:
        try:
            number = signed_integer(text)
        except ValueError:
            raise ValueError(f"The value '{text}' is invalid: a number was expected.") from None
        return checked(number)

    def value(given: object) -> int:
        try:
            return checked(_unboxed_integer(given))
        except ValueError as error:
            raise ClrException("System.ArgumentOutOfRangeException", str(error)) from error

    return Kind("int", literal, value, _INTEGERS)


def choice(*options: str) -> Kind[str]:
    """One of a few words; case is ignored, and the value is the word as it is written here."""
    known = {option.lower(): option for option in options}

    def literal(text: str) -> str:
        word = known.get(text.strip().lower())
        if word is None:
            raise ValueError(f"The value '{text}' is invalid: one of {', '.join(options)} was expected.")
        return word

    def value(given: object) -> str:
        try:
            return literal(_optional_string(given))
        except ValueError as error:
            raise ClrException("System.ArgumentException", str(error)) from error

    return Kind("string", literal, value, _STRINGS)


def _double(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _no_cast(value, "System.Double")
    return float(value)


_DOUBLES = _INTEGERS | {f"System.{name}" for name in ("Int64", "UInt32", "UInt64", "Single", "Double")}


def _double_literal(text: str) -> float:
    try:
        return real(text)
    except ValueError:
        raise ValueError(f"The value '{text}' is invalid: a number was expected.") from None


DOUBLE = Kind("double", _double_literal, _double, _DOUBLES)
