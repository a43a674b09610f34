"""What the members of Array do: looking, filling, going through. A byte[] is a bytearray."""

from collections.abc import Callable, Iterator
from typing import Any

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.collections.array_creation import make_array, make_bytes
from apimlb.policy.clr.collections.containers import ClrArray, ReadOnlyList, bounded
from apimlb.policy.clr.collections.interfaces import Array, array_from
from apimlb.policy.clr.collections.iteration import Test, elements, iterate
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.constructed import Type


def given(array: Array | None, name: str = "array") -> Array:
    """The array that must be there."""
    if array is None:
        raise exceptions.argument_null(name)
    return array


def row(array: Array | None, name: str = "array") -> Array:
    """The array that must be there and have one dimension."""
    array = given(array, name)
    if isinstance(array, ClrArray) and len(array.shape) > 1:
        raise exceptions.ClrException(
            "System.RankException", "Only single dimension arrays are supported here."
        )
    return array


def cells(array: Array) -> list[object] | bytearray:
    """What holds the elements, to be changed."""
    return array if isinstance(array, bytearray) else array.items


def put(array: Array, start: int, items: list[object]) -> None:
    """Elements into their places."""
    held: Any = cells(array)
    held[start : start + len(items)] = items


def element_of(array: Array) -> str:
    """The CLR name of the type of its elements."""
    return "System.Byte" if isinstance(array, bytearray) else array.element


def boxed(array: Array, start: int, end: int) -> list[object]:
    """Elements as values of their type."""
    return list(iterate(array[start:end])) if isinstance(array, bytearray) else array.items[start:end]


def _looked(array: Array, places: range) -> Iterator[tuple[int, object]]:
    """Elements with their places, one counted step each."""
    found = boxed(array, min(places, default=0), max(places, default=-1) + 1)
    return zip(places, elements(found[:: places.step]), strict=True)


def _forwards(array: Array, start: int, count: int | None) -> range:
    if not 0 <= start <= len(array):
        raise exceptions.index_range("startIndex")
    count = len(array) - start if count is None else count
    if not 0 <= count <= len(array) - start:
        raise exceptions.count_range()
    return range(start, start + count)


def _backwards(array: Array, start: int | None, count: int | None, of_empty: tuple[int, ...]) -> range:
    """Places from the last to the first; `of_empty` are the starts that are valid for an empty array."""
    if start is None:
        start, count = len(array) - 1, len(array)
    elif count is None:
        count = start + 1 if len(array) else 0
    if start not in of_empty if not len(array) else not 0 <= start < len(array):
        raise exceptions.index_range("startIndex")
    if not 0 <= count <= start + 1:
        raise exceptions.count_range()
    return range(start, start - count, -1)


def index_of(array: Array | None, value: object, start: int = 0, count: int | None = None) -> int:
    array = row(array)
    places = _forwards(array, start, count)
    return next((place for place, item in _looked(array, places) if clr_equals(item, value)), -1)


def last_index_of(
    array: Array | None, value: object, start: int | None = None, count: int | None = None
) -> int:
    array = row(array)
    places = _backwards(array, start, count, (-1, 0))
    return next((place for place, item in _looked(array, places) if clr_equals(item, value)), -1)


def find_last(kind: Type, array: Array | None, test: Test) -> object:
    array = given(array)
    places = _backwards(array, None, None, (-1,))
    return next((item for _, item in _looked(array, places) if test(item)), kind.default)


def find_all(array: Array | None, test: Test) -> Array:
    array = given(array)
    return array_from([item for item in elements(array) if test(item)], element_of(array))


def find_index(array: Array | None, test: Test) -> int:
    return find_index_in(array, 0, None, test)


def find_index_in(array: Array | None, start: int, count: int | None, test: Test) -> int:
    array = given(array)
    places = _forwards(array, start, count)
    return next((place for place, item in _looked(array, places) if test(item)), -1)


def find_last_index_in(array: Array | None, start: int | None, count: int | None, test: Test) -> int:
    array = given(array)
    places = _backwards(array, start, count, (-1,))
    return next((place for place, item in _looked(array, places) if test(item)), -1)


def for_each(array: Array | None, action: Callable[[object], object]) -> None:
    for item in elements(given(array)):
        action(item)


# Making and filling


def fill_part(array: Array | None, value: object, start: int, count: int) -> None:
    array = given(array)
    places = _forwards(array, start, count)
    put(array, start, [value] * len(places))


def resize(kind: Type, array: Array | None, size: int) -> tuple[None, Array]:
    """Array.Resize: the array of that size, the same one where it has it"""
    exceptions.not_negative(size, "newSize")
    bounded(size)
    if array is not None and len(array) == size:
        return None, array
    made: Array = make_bytes(size) if kind.name == "System.Byte" else make_array(kind, size)
    if array is not None:
        kept = min(size, len(array))
        put(made, 0, boxed(array, 0, kept))
    return None, made


def as_read_only(array: Array | None) -> ReadOnlyList:
    array = given(array)
    items = list(iterate(array)) if isinstance(array, bytearray) else array.items
    return ReadOnlyList(items, element_of(array))


def clone(array: Array) -> Array:
    if isinstance(array, bytearray):
        return bytearray(array)
    return ClrArray(list(array.items), array.element, array.shape)


# Size


def shape_of(array: Array) -> tuple[int, ...]:
    """The sizes of its dimensions."""
    return (isinstance(array, ClrArray) and array.shape) or (len(array),)


def rank(array: Array) -> int:
    return len(shape_of(array))


def get_length(array: Array, dimension: int) -> int:
    return _size(array, dimension, "Index was outside the bounds of the array.")


def upper_bound(array: Array, dimension: int) -> int:
    return _size(array, dimension, "Array does not have that many dimensions.") - 1


def lower_bound(array: Array, dimension: int) -> int:
    _size(array, dimension, "Array does not have that many dimensions.")
    return 0


def _size(array: Array, dimension: int, message: str) -> int:
    shape = shape_of(array)
    if not 0 <= dimension < len(shape):
        raise exceptions.ClrException("System.IndexOutOfRangeException", message)
    return shape[dimension]
