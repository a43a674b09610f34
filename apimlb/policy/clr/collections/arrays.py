"""The elements of arrays and lists: in their places, in parts, and copied between types. A byte[] is a
bytearray."""

from collections.abc import Callable, Sequence
from typing import Any

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.casts import RUNTIME, derives
from apimlb.policy.clr.collections.containers import ClrArray, ClrList, ReadOnlyList, bounded
from apimlb.policy.clr.exceptions import (
    ClrException,
    argument,
    arithmetic_overflow,
    array_range,
    not_negative,
    required,
)
from apimlb.policy.clr.numbers.arithmetic import INTEGERS, Byte, Char, Single
from apimlb.policy.clr.objects.text import clr_type_name
from apimlb.policy.clr.types.constructed import Type

Array = ClrArray | bytearray
Listed = ClrList | Array

_WIDER = {
    f"System.{name}": {f"System.{each}" for each in wider.split()}
    for name, wider in {
        "Char": "UInt16 Int32 UInt32 Int64 UInt64 Single Double", "SByte": "Int16 Int32 Int64 Single Double",
        "Byte": "Char Int16 UInt16 Int32 UInt32 Int64 UInt64 Single Double",
        "Int16": "Int32 Int64 Single Double", "UInt16": "Char Int32 UInt32 Int64 UInt64 Single Double",
        "Int32": "Int64 Single Double", "UInt32": "Int64 UInt64 Single Double", "Int64": "Single Double",
        "UInt64": "Single Double", "Single": "Double", "Double": "", "Boolean": "",
    }.items()
}  # fmt: skip
"""Which primitive types a value is stored as without loss, as the runtime sees it."""

_MISMATCH = "Source array type cannot be assigned to destination array type."
_NOT_ALIKE = (
    "Array.ConstrainedCopy will only work on array types that are provably compatible, without any form of "
    "boxing, unboxing, widening, or casting of each array element.  Change the array types (i.e., copy a "
    "Derived[] to a Base[]), or use a mitigation strategy in the CER for Array.Copy's less powerful "
    "reliability contract, such as cloning the array or throwing away the potentially corrupt destination "
    "array."
)


def array_from(items: list[object], element: str) -> Array:
    """T[] of these items."""
    if element == "System.Byte":
        return bytearray(items)  # type: ignore[arg-type]
    return ClrArray(items, element)


def make_array(element: Type, *sizes: int) -> Array:
    """`new T[n]`"""
    count = 1
    for size in sizes:
        if size < 0:
            raise arithmetic_overflow()
        count = bounded(count * size)
    BUDGET.spend(count >> 4)
    if element.name == "System.Byte" and len(sizes) == 1:
        return bytearray(count)
    return ClrArray([element.default] * count, element.name, sizes if len(sizes) > 1 else ())


def element_of(target: Listed) -> str:
    """The CLR name of the type of its elements."""
    return "System.Byte" if isinstance(target, bytearray) else target.element


def boxed(target: Listed, start: int = 0, end: int | None = None) -> list[object]:
    """Elements as values of their type."""
    return list(map(Byte, target[start:end])) if isinstance(target, bytearray) else target.items[start:end]


def item(target: Listed, place: int) -> object:
    """One element as a value of its type."""
    return Byte(target[place]) if isinstance(target, bytearray) else target.items[place]


def put(target: Listed, start: int, items: Sequence[object] | bytearray) -> None:
    """Elements into their places."""
    held: Any = target
    if not isinstance(target, bytearray):
        held = target.changed() if isinstance(target, ClrList) else target.items
    held[start : start + len(items)] = items


def as_read_only(target: Listed) -> ReadOnlyList:
    items = boxed(target) if isinstance(target, bytearray) else target.items
    return ReadOnlyList(items, element_of(target))


def shape_of(array: Listed) -> tuple[int, ...]:
    """The sizes of its dimensions."""
    return (isinstance(array, ClrArray) and array.shape) or (len(array),)


def rank(array: Listed) -> int:
    return len(shape_of(array))


def place_in(shape: Sequence[int], indices: Sequence[int]) -> int:
    """Where in the row of all elements one is; throws System.IndexOutOfRangeException."""
    place = 0
    for index, size in zip(indices, shape, strict=True):
        if not 0 <= index < size:
            raise array_range()
        place = place * size + index
    return place


# What is stored in an array of another type


def check_element(array: ClrArray, value: object) -> None:
    """Throws System.ArrayTypeMismatchException for what a string[], held as an array of objects, does not
    take."""
    if array.element == "System.String" and value is not None and type(value) is not str:
        raise ClrException(
            "System.ArrayTypeMismatchException",
            "Attempted to access an element as a type incompatible with the array.",
        )


def _widened(value: object, target: str) -> object:
    """A primitive value as a wider primitive type."""
    number = ord(value) if isinstance(value, Char) else value
    assert isinstance(number, int | float)
    name = target.removeprefix("System.")
    if name in INTEGERS:
        return INTEGERS[name][2](int(number))
    if name == "Char":
        return Char(chr(int(number)))
    return Single(number) if name == "Single" else float(number)


def stored(value: object, element: str) -> object:
    """A value as an element of that type; throws ArgumentException and InvalidCastException."""
    kind = RUNTIME.type_named(element)
    source = clr_type_name(value)
    if source == element or kind is None or RUNTIME.is_a(value, kind):
        return value
    if value is None:
        return kind.default
    if element in _WIDER.get(source, ()):
        return _widened(value, element)
    if source in _WIDER and element in _WIDER:
        raise argument(
            "Cannot widen from source type to target type either because the source type is a not a "
            "primitive type or the conversion cannot be accomplished."
        )
    raise ClrException("System.InvalidCastException", "Object cannot be stored in an array of this type.")


def _cast_down(value: object, kind: Type) -> object:
    if RUNTIME.is_a(value, kind) or (value is None and kind.takes_null):
        return value
    raise ClrException(
        "System.InvalidCastException",
        "At least one element in the source array could not be cast down to the destination array type.",
    )


def _conversion(source: str, target: str) -> Callable[[object], object] | None:
    """What each element goes through on its way, or None."""
    found, wanted = RUNTIME.type_named(source), RUNTIME.type_named(target)
    if source == target or found is None or wanted is None:
        return None
    if target in _WIDER.get(source, ()):
        return lambda value: _widened(value, target)
    if not (found.is_value and wanted.is_value):
        if derives(source, wanted):
            return None
        if derives(target, found) or (not wanted.is_value and "interface" in (found.kind, wanted.kind)):
            return lambda value: _cast_down(value, wanted)
    raise ClrException("System.ArrayTypeMismatchException", _MISMATCH)


# Copies


def copy_part(source: Listed, start: int, target: Array, place: int, size: int) -> None:
    """Array.Copy(sourceArray, sourceIndex, destinationArray, destinationIndex, length)"""
    _check_parts(source, start, target, place, size)
    BUDGET.spend(size >> 4)
    if isinstance(source, bytearray) and isinstance(target, bytearray):
        target[place : place + size] = source[start : start + size]
        return
    convert = _conversion(element_of(source), element_of(target))
    items = boxed(source, start, start + size)
    if element_of(source) != element_of(target):
        BUDGET.spend(size)
    put(target, place, items if convert is None else list(map(convert, items)))


def copy_alike(source: Array, start: int, target: Array, place: int, size: int) -> None:
    """Array.ConstrainedCopy"""
    _check_parts(source, start, target, place, size)
    found, wanted = RUNTIME.type_named(element_of(source)), RUNTIME.type_named(element_of(target))
    if element_of(source) != element_of(target) and (
        found is None or wanted is None or found.is_value or not derives(found.name, wanted)
    ):
        raise ClrException("System.ArrayTypeMismatchException", _NOT_ALIKE)
    put(target, place, boxed(source, start, start + size))


def _check_parts(source: Listed, start: int, target: Array, place: int, size: int) -> None:
    required(source, "sourceArray")
    required(target, "destinationArray")
    if rank(source) != rank(target):
        raise ClrException(
            "System.RankException", "The specified arrays must have the same number of dimensions."
        )
    not_negative(size, "length")
    for number, name in ((start, "sourceIndex"), (place, "destinationIndex")):
        not_negative(number, name, "Number was less than the array's lower bound in the first dimension.")
    for index, room, side in ((start, len(source), "source"), (place, len(target), "destination")):
        if index > room - size:
            raise argument(
                f"{side.title()} array was not long enough. Check the {side} index, length, and the array's "
                "lower bounds.",
                f"{side}Array",
            )


def copy_to(target: Listed, array: Array, index: int = 0) -> None:
    """CopyTo(array, index)"""
    if array is not None and rank(array) != 1:
        raise argument("Only single dimensional arrays are supported for the requested action.")
    copy_part(target, 0, array, index, len(target))
