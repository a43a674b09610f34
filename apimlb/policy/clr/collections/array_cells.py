"""What Array alone does: elements by several indices, filling, resizing, bounds."""

from collections.abc import Callable
from typing import Any

from apimlb.policy.clr.casts import RUNTIME
from apimlb.policy.clr.collections.arrays import (
    Array,
    boxed,
    element_of,
    item,
    make_array,
    put,
    rank,
    shape_of,
    stored,
)
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.collections.searches import forwards
from apimlb.policy.clr.exceptions import ClrException, argument, argument_range, array_range, not_negative
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.types.constructed import Type

_DIMENSIONS = {1: "one", 2: "two", 3: "three"}


def _place(array: Array, given: tuple[Any, ...]) -> int:
    """Where in the row of all elements that one is, whose indices come one by one or in an array."""
    together = not isinstance(given[0], int)
    indices = given[0].items if together else given
    if rank(array) != len(indices):
        raise argument(
            "Indices length does not match the array rank."
            if together
            else f"Array was not a {_DIMENSIONS[len(indices)]}-dimensional array."
        )
    place = 0
    for index, size in zip(indices, shape_of(array), strict=True):
        if not 0 <= index < size:
            raise array_range()
        place = place * size + index
    return place


def get_value(array: Array, *indices: object) -> object:
    return item(array, _place(array, indices))


def set_value(array: Array, value: object, *indices: object) -> None:
    put(array, _place(array, indices), [stored(value, element_of(array))])


def narrowed(call: Callable[..., object], *names: str) -> Callable[..., object]:
    """The overload for numbers of 64 bits, with their names in their order; each must fit in 32."""

    def checked(*arguments: object) -> object:
        numbers = [each for each in arguments if type(each) is Long]
        for number, name in zip(numbers[-len(names) :], names, strict=True):
            if not -(2**31) <= number < 2**31:
                raise argument_range("Arrays larger than 2GB are not supported.", name)
        return call(*arguments)

    return checked


def clear(array: Array, index: int, size: int) -> None:
    """Array.Clear(array, index, length)"""
    if index < 0 or size < 0 or index > len(array) - size:
        raise array_range()
    kind = RUNTIME.type_named(element_of(array))
    put(array, index, [kind.default if kind else None] * size)


def fill(array: Array, value: object, start: int = 0, count: int | None = None) -> None:
    put(array, start, [value] * len(forwards(array, start, count)))


def resize(kind: Type, array: Array | None, size: int) -> tuple[None, Array]:
    """Array.Resize: the array of that size, the same one where it has it"""
    not_negative(size, "newSize")
    if array is not None and len(array) == size:
        return None, array
    made = make_array(kind, size)
    if array is not None:
        put(made, 0, boxed(array, 0, size))
    return None, made


def clone(array: Array) -> Array:
    if isinstance(array, bytearray):
        return bytearray(array)
    return ClrArray(list(array.items), array.element, array.shape)


def get_length(
    array: Array, dimension: int, message: str = "Index was outside the bounds of the array."
) -> int:
    shape = shape_of(array)
    if not 0 <= dimension < len(shape):
        raise ClrException("System.IndexOutOfRangeException", message)
    return shape[dimension]


def upper_bound(array: Array, dimension: int) -> int:
    return get_length(array, dimension, "Array does not have that many dimensions.") - 1


def lower_bound(array: Array, dimension: int) -> int:
    upper_bound(array, dimension)
    return 0
