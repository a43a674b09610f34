"""What the members of Array do with single elements and with copies between arrays of different types."""

from collections.abc import Callable

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.casts import RUNTIME
from apimlb.policy.clr.collections.arrays import boxed, element_of, given, put, rank, shape_of
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.collections.interfaces import Array
from apimlb.policy.clr.exceptions import ClrException, argument, argument_range, array_range, not_negative
from apimlb.policy.clr.numbers.arithmetic import INTEGERS, Char, Long, Single
from apimlb.policy.clr.objects.text import clr_type_name
from apimlb.policy.clr.types.constructed import Type

_WIDER = {
    "Char": "UInt16 Int32 UInt32 Int64 UInt64 Single Double", "SByte": "Int16 Int32 Int64 Single Double",
    "Byte": "Char Int16 UInt16 Int32 UInt32 Int64 UInt64 Single Double",
    "Int16": "Int32 Int64 Single Double", "UInt16": "Char Int32 UInt32 Int64 UInt64 Single Double",
    "Int32": "Int64 Single Double", "UInt32": "Int64 UInt64 Single Double", "Int64": "Single Double",
    "UInt64": "Single Double", "Single": "Double", "Double": "", "Boolean": "",
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


def _widened(value: object, target: str) -> object:
    """A primitive value as a wider primitive type."""
    number = ord(value) if isinstance(value, Char) else value
    assert isinstance(number, int | float)
    if target in INTEGERS:
        return INTEGERS[target][2](int(number))
    if target == "Char":
        return Char(chr(int(number)))
    return Single(number) if target == "Single" else float(number)


def _plain(name: str) -> str:
    return name.removeprefix("System.")


def _stored(value: object, element: str) -> object:
    """A value as an element of that type; throws ArgumentException and InvalidCastException."""
    kind = RUNTIME.type_named(element)
    source = _plain(clr_type_name(value))
    if source == _plain(element) or kind is None or RUNTIME.is_a(value, kind):
        return value
    if value is None:
        return kind.default
    if kind.is_value and source in _WIDER and _plain(element) in _WIDER:
        if _plain(element) in _WIDER[source].split():
            return _widened(value, _plain(element))
        raise argument(
            "Cannot widen from source type to target type either because the source type is a not a "
            "primitive type or the conversion cannot be accomplished."
        )
    raise ClrException("System.InvalidCastException", "Object cannot be stored in an array of this type.")


_DIMENSIONS = {1: "one", 2: "two", 3: "three"}


def _place(array: Array, indices: list[int]) -> int:
    """Where in the row of all elements that one is."""
    place = 0
    for index, size in zip(indices, shape_of(array), strict=True):
        if not 0 <= index < size:
            raise array_range()
        place = place * size + index
    return place


def _fixed(array: Array, indices: tuple[int, ...]) -> int:
    if rank(array) != len(indices):
        raise argument(f"Array was not a {_DIMENSIONS[len(indices)]}-dimensional array.")
    return _place(array, list(indices))


def _listed(array: Array, indices: ClrArray | None) -> int:
    given(indices, "indices")
    assert indices is not None
    if rank(array) != len(indices.items):
        raise argument("Indices length does not match the array rank.")
    return _place(array, [int(str(index)) for index in indices.items])


def get_value(array: Array, *indices: int) -> object:
    place = _fixed(array, indices)
    return boxed(array, place, place + 1)[0]


def get_value_at(array: Array, indices: ClrArray | None) -> object:
    place = _listed(array, indices)
    return boxed(array, place, place + 1)[0]


def set_value(array: Array, value: object, *indices: int) -> None:
    put(array, _fixed(array, indices), [_stored(value, element_of(array))])


def set_value_at(array: Array, value: object, indices: ClrArray | None) -> None:
    put(array, _listed(array, indices), [_stored(value, element_of(array))])


def clear(array: Array | None, index: int, size: int) -> None:
    """Array.Clear(array, index, length)"""
    array = given(array)
    if index < 0 or size < 0 or index > len(array) - size:
        raise array_range()
    kind = RUNTIME.type_named(element_of(array))
    put(array, index, [kind.default if kind else None] * size)


# Copies


def _mismatch(message: str = _MISMATCH) -> ClrException:
    return ClrException("System.ArrayTypeMismatchException", message)


def _cast_down(kind: Type) -> Callable[[object], object]:
    def cast(value: object) -> object:
        if RUNTIME.is_a(value, kind) or (value is None and not kind.is_value):
            return value
        raise ClrException(
            "System.InvalidCastException",
            "At least one element in the source array could not be cast down to the destination array type.",
        )

    return cast


def _alike(source: str, target: str) -> bool:
    """Whether elements need no conversion at all: the same type, or a reference to a base."""
    if source == target:
        return True
    found, wanted = RUNTIME.type_named(source), RUNTIME.type_named(target)
    if found is None or wanted is None or found.is_value or wanted.is_value:
        return False
    return RUNTIME.derives(source, wanted)


def _conversion(source: str, target: str) -> Callable[[object], object] | None:
    """What each element goes through on its way, or None."""
    found, wanted = RUNTIME.type_named(source), RUNTIME.type_named(target)
    if _alike(source, target) or found is None or wanted is None:
        return None
    if found.is_value and wanted.is_value:
        plain = _plain(target)
        if plain not in _WIDER.get(_plain(source), "").split():
            raise _mismatch()
        return lambda value: _widened(value, plain)
    if RUNTIME.derives(source, wanted):
        return None
    if RUNTIME.derives(target, found) or (not wanted.is_value and "interface" in (found.kind, wanted.kind)):
        return _cast_down(wanted)
    raise _mismatch()


def copy(source: Array | None, target: Array | None, size: int) -> None:
    copy_part(source, 0, target, 0, size)


def copy_part(source: Array | None, start: int, target: Array | None, place: int, size: int) -> None:
    """Array.Copy(sourceArray, sourceIndex, destinationArray, destinationIndex, length)"""
    taken, filled = _checked(source, start, target, place, size)
    BUDGET.spend(size >> 4)
    if isinstance(taken, bytearray) and isinstance(filled, bytearray):
        filled[place : place + size] = taken[start : start + size]
        return
    convert = _conversion(element_of(taken), element_of(filled))
    items = boxed(taken, start, start + size)
    put(filled, place, list(map(convert, items)) if convert else items)


def copy_alike(source: Array | None, start: int, target: Array | None, place: int, size: int) -> None:
    """Array.ConstrainedCopy"""
    taken, filled = _checked(source, start, target, place, size)
    if not _alike(element_of(taken), element_of(filled)):
        raise _mismatch(_NOT_ALIKE)
    put(filled, place, boxed(taken, start, start + size))


def _checked(
    source: Array | None, start: int, target: Array | None, place: int, size: int
) -> tuple[Array, Array]:
    taken, filled = given(source, "sourceArray"), given(target, "destinationArray")
    if rank(taken) != rank(filled):
        raise ClrException(
            "System.RankException", "The specified arrays must have the same number of dimensions."
        )
    not_negative(size, "length")
    for number, name in ((start, "sourceIndex"), (place, "destinationIndex")):
        not_negative(number, name, "Number was less than the array's lower bound in the first dimension.")
    for array, index, side, name in (
        (taken, start, "Source", "sourceArray"),
        (filled, place, "Destination", "destinationArray"),
    ):
        if index > len(array) - size:
            raise argument(
                f"{side} array was not long enough. Check the {side.lower()} index, length, and the array's "
                "lower bounds.",
                name,
            )
    return taken, filled


def copy_to(array: Array, target: Array | None, index: int) -> None:
    """array.CopyTo(target, index)"""
    if target is not None and rank(target) != 1:
        raise argument("Only single dimensional arrays are supported for the requested action.")
    copy_part(array, 0, target, index, len(array))


def initialize(array: Array) -> None:
    """Array.Initialize calls the constructor of each value; no type that an expression can name has one."""


def narrowed(call: Callable[..., object], *names: str) -> Callable[..., object]:
    """The overload for numbers of 64 bits, with their names in their order; each must fit in 32."""

    def checked(*arguments: object) -> object:
        numbers = [each for each in arguments if type(each) is Long]
        for number, name in zip(numbers[-len(names) :], names, strict=True):
            if not -(2**31) <= number < 2**31:
                raise argument_range("Arrays larger than 2GB are not supported.", name)
        return call(*arguments)

    return checked
