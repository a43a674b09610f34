"""Every value as text and as a type name; equality; and the string building that expressions compile to.

What a type does otherwise than the rest is registered in the type's home: `written`, `laid_out`,
`equal_values` and `key_of_other` are functions of the class of their first argument.
"""

import re
from abc import ABC, abstractmethod
from decimal import Decimal
from functools import singledispatch
from operator import is_

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import (
    BUDGET,
    LONGEST_TEXT,
    SMALL,
    bounded_length,
    bounded_text,
    charge_looked_at,
)
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.utf16 import leave

_NAMES: dict[type, str] = {
    str: "System.String", int: "System.Int32", bool: "System.Boolean", float: "System.Double",
    bytearray: "System.Byte[]", bytes: "System.Byte[]",
}  # fmt: skip


def clr_type_name(value: object) -> str:
    """The full CLR name of a value's type; "null" for null. A class says it in `clr_name`, unless it is
    System's and has the same name."""
    if value is None:
        return "null"
    name = _NAMES.get(type(value))
    return name or str(getattr(value, "clr_name", None) or f"System.{type(value).__name__}")


def to_clr_string(value: object) -> str:
    """What policy elements write of a value: ToString(), null as nothing, in Python's own characters."""
    return leave(text_of(value))


def text_of(value: object) -> str:
    """ToString() as concatenation and formatting call it; null is the empty text."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if value is True or value is False:
        return "True" if value else "False"
    if isinstance(value, int):
        return int.__repr__(value)
    return written(value)


@singledispatch
def written(value: object) -> str:
    """ToString() of what is no string, bool or int: the text that its class has, else its type's name."""
    return clr_type_name(value) if type(value).__str__ is object.__str__ else str(value)


written.register(bytearray)(clr_type_name)
written.register(str)(str.__str__)


@written.register
def _exception_text(value: exceptions.ClrException) -> str:
    text = f"{value.type_name}: {value.message}" if value.message else value.type_name
    if value.inner is None:
        return text
    inner = _exception_text(value.inner)
    return bounded_text(f"{text}\n ---> {inner}\n   --- End of inner exception stack trace ---")


def format_value(value: object, layout: str | None) -> str:
    """`value.ToString(format)` where the type knows formats, else ToString()."""
    if layout is None or layout == "" or value is None or isinstance(value, str | bool):
        return text_of(value)
    return laid_out(value, layout)


@singledispatch
def laid_out(value: object, layout: str) -> str:
    """ToString(format) of a format that is not empty."""
    return text_of(value)


@laid_out.register
def format_enum(value: Enum, layout: str | None) -> str:
    """Enum.ToString(format): G, F, D or X."""
    letter = (layout or "G").upper()
    if letter in ("G", "F"):
        return str(value)
    if letter == "D":
        return str(value.number)
    if letter == "X":
        return f"{value.number & 0xFFFFFFFF:08X}"
    raise exceptions.bad_format('Format string can be only "G", "g", "X", "x", "F", "f", "D" or "d".')


def aligned(text: str, width: int) -> str:
    """Padded to a width: on the left for a positive one."""
    bounded_length(abs(width))
    return text.rjust(width) if width >= 0 else text.ljust(-width)


def concat(*parts: str) -> str:
    """String concatenation, bounded."""
    made = "".join(parts)
    return bounded_text(made) if len(made) > 1_000 else made


def same_objects(left: object, right: object) -> bool:
    """Reference equality; .NET keeps a value in a box of its own wherever it is an object."""
    return left is right and not isinstance(left, int | float | Decimal) and not getattr(left, "boxed", False)


def clr_equals(left: object, right: object) -> bool:
    """object.Equals: same type and equal value; tokens by reference or scalar value."""
    if left is right:
        return True
    if left is None or right is None or type(left) is not type(right):
        return False
    BUDGET.spend(2)
    if type(left) is str or type(left) is int:
        return left == right
    return equal_values(left, right)


@singledispatch
def equal_values(left: object, right: object) -> bool:
    """Whether two values of one class are equal; throws when the budget is spent."""
    return bool(left == right)


@equal_values.register
def _equal_numbers(left: float, right: float) -> bool:
    return left == right or (left != left and right != right)


class Composite(ABC):
    """A value that is made of others: it equals one of its type whose `parts` are equal."""

    __slots__ = ()

    @property
    @abstractmethod
    def parts(self) -> tuple[object, ...]: ...


@equal_values.register
def _equal_composites(left: Composite, right: Composite) -> bool:
    return clr_type_name(left) == clr_type_name(right) and all(map(clr_equals, left.parts, right.parts))


equal_values.register(bytearray)(is_)  # they are arrays


def key_of(value: object) -> object:
    """A dictionary key under which equal values meet."""
    if type(value) is str:
        if len(value) > SMALL:
            charge_looked_at(value)
        return value
    if type(value) is int:
        return value
    BUDGET.spend(10)  # a tree of values may hold the same one many times
    return key_of_other(value)


@singledispatch
def key_of_other(value: object) -> object:
    """The key of what is no string and no int."""
    return (type(value).__name__, value)


@key_of_other.register
def _key_of_composite(value: Composite) -> object:
    return (clr_type_name(value), *map(key_of, value.parts))


key_of_other.register(bytearray)(id)

_ITEM = re.compile(r"\{\{|\}\}|\{([0-9]+)\s*(?:,\s*(-?[0-9]+)\s*)?(?::([^{}]*))?\}|[{}]")


def format_text(layout: str | None, arguments: list[object]) -> str:
    """string.Format; throws System.FormatException."""
    layout = exceptions.required(layout, "format")
    size = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal size
        piece = match[0]
        if piece in ("{{", "}}"):
            return piece[0]
        if match[1] is None:
            raise exceptions.bad_format()
        index = int(match[1]) if len(match[1]) < 9 else len(arguments)
        if index >= len(arguments):
            raise exceptions.bad_format(
                "Index (zero based) must be greater than or equal to zero and less than the size of the "
                "argument list."
            )
        BUDGET.spend(4)
        text = format_value(arguments[index], match[3])
        if match[2]:
            text = aligned(text, int(match[2]) if len(match[2]) < 12 else LONGEST_TEXT + 1)
        size += len(text)
        bounded_length(size)
        return text

    return bounded_text(_ITEM.sub(replace, layout))
