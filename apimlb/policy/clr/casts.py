"""Casts and type tests while an expression runs: what a value is, as a static type."""

import math
import re
from decimal import Decimal
from functools import cache
from typing import NoReturn

from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import ClrException, arithmetic_overflow, invalid_cast, null_reference
from apimlb.policy.clr.numbers.arithmetic import checked, truncate
from apimlb.policy.clr.objects.text import clr_type_name
from apimlb.policy.clr.types.constructed import Type, array_type, defined_type, unnamed_type
from apimlb.policy.clr.types.registry import Registry


class RuntimeTypes:
    """Finds the static type of a value by its CLR name. `registry` is the library that names are looked up
    in; it is set once, when it is built."""

    registry: Registry

    def type_named(self, name: str) -> Type | None:
        """A constructed type by the name that ToString shows:
        `System.Collections.Generic.List`1[System.String]`."""
        if array := _ARRAY.fullmatch(name):
            element = self.type_named(array[1])
            return array_type(element, len(array[2]) + 1) if element else None
        plain, _, inner = name.partition("[")
        definition = self.registry.definition(plain)
        if definition is None:
            return unnamed_type(name) if name.startswith("<>") else None
        arguments = [found for part in _split(inner.removesuffix("]")) if (found := self.type_named(part))]
        if len(arguments) != len(definition.parameters):
            return None
        return defined_type(definition, tuple(arguments))

    def is_a(self, value: object, target: Type) -> bool:
        """`value is target`; null is nothing."""
        if value is None:
            return False
        name = clr_type_name(value)
        if name == target.name:
            return True
        target = target.underlying
        if target.name == "System.Object":
            return True
        if target.definition is not None and target.definition.test is not None:
            return target.definition.test(value)
        if isinstance(value, LazySequence):
            return target.name.startswith(_SEQUENCE)
        return name == target.name or derives(name, target)


@cache
def derives(name: str, target: Type) -> bool:
    """Whether the type of that name is the target or derives from it."""
    found = RUNTIME.type_named(name)
    return found is not None and RUNTIME.registry.derives(found, target)


def _split(text: str) -> list[str]:
    """Type arguments at the top level of a list of them."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char == "[") - (char == "]")
        if char == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


_ARRAY = re.compile(r"(.*)\[(,*)\]")
_SEQUENCE = "System.Collections.Generic.IEnumerable"
RUNTIME = RuntimeTypes()
is_type = RUNTIME.is_a


def cast(value: object, target: Type) -> object:
    """A reference cast: null stays null; throws System.InvalidCastException."""
    if value is None or RUNTIME.is_a(value, target):
        return value
    raise invalid_cast(clr_type_name(value), target.name)


def cast_value(value: object, target: Type) -> object:
    """Unboxing: null throws System.NullReferenceException, another type System.InvalidCastException."""
    if value is None:
        raise null_reference()
    if isinstance(value, Enum) and target.name == "System.Int32":
        return value.number
    if type(value) is int and target.kind == "enum":
        return enum_of(target, value)
    return cast(value, target)


def as_type(value: object, target: Type) -> object:
    """`value as target`"""
    return value if RUNTIME.is_a(value, target) else None


def enum_of(target: Type, number: int) -> Enum:
    """A number as a value of an enumeration."""
    none = target.default
    assert isinstance(none, Enum)
    return Enum(none.type_name, number, none.names)


def enum_number(value: Enum) -> int:
    return value.number


def truncate_checked(value: float | Decimal, name: str) -> int:
    """A checked conversion of a real number to an integer type; throws System.OverflowException."""
    if isinstance(value, Decimal):
        return truncate(value, name)
    if not math.isfinite(value):
        raise arithmetic_overflow()
    return checked(int(value), name)


def bad_throw(value: object) -> ClrException:
    """What `throw value` raises."""
    return value if isinstance(value, ClrException) else null_reference()


def raise_value(value: object) -> NoReturn:
    """`throw value` as an expression."""
    raise bad_throw(value)
