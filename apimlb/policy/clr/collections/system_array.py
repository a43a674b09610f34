"""System.Array: elements by several indices, filling, resizing, bounds, and what arrays do as lists do."""

from collections.abc import Callable
from typing import Any

from apimlb.policy.clr.casts import RUNTIME
from apimlb.policy.clr.collections import arrays, searches
from apimlb.policy.clr.collections.arrays import (
    Array,
    array_from,
    element_of,
    make_array,
    put,
    rank,
    shape_of,
)
from apimlb.policy.clr.collections.containers import MISSING, ClrArray
from apimlb.policy.clr.collections.enumerators import Enumerator
from apimlb.policy.clr.collections.iteration import elements, iterate
from apimlb.policy.clr.exceptions import ClrException, argument, argument_range, array_range, not_negative
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Definition, Row

_DIMENSIONS = {1: "one", 2: "two", 3: "three"}


def _place(array: Array, given: tuple[Any, ...]) -> int:
    """Where that element is, whose indices come one by one or in an array."""
    together = not isinstance(given[0], int)
    indices = given[0].items if together else given
    if rank(array) != len(indices):
        raise argument(
            "Indices length does not match the array rank."
            if together
            else f"Array was not a {_DIMENSIONS[len(indices)]}-dimensional array."
        )
    for index in indices:
        _check_width(index, "index")
    return arrays.place_in(shape_of(array), indices)


def get_value(array: Array, *indices: object) -> object:
    return arrays.item(array, _place(array, indices))


def set_value(array: Array, value: object, *indices: object) -> None:
    put(array, _place(array, indices), [arrays.stored(value, element_of(array))])


def _check_width(number: int, name: str) -> None:
    """Throws System.ArgumentOutOfRangeException for a number that does not fit in 32 bits."""
    if not -(2**31) <= number < 2**31:
        raise argument_range("Arrays larger than 2GB are not supported.", name)


def narrowed(call: Callable[..., object], *names: str) -> Callable[..., object]:
    """The overload for numbers of 64 bits, with their names in their order; each must fit in 32."""

    def checked(*arguments: object) -> object:
        numbers = [each for each in arguments if type(each) is Long]
        for number, name in zip(numbers[-len(names) :], names, strict=True):
            _check_width(number, name)
        return call(*arguments)

    return checked


def clear(array: Array, index: int, size: int) -> None:
    """Array.Clear(array, index, length)"""
    if index < 0 or size < 0 or index > len(array) - size:
        raise array_range()
    kind = RUNTIME.type_named(element_of(array))
    put(array, index, [kind.default if kind else None] * size)


def fill(array: Array, value: object, start: int = 0, count: int | None = None) -> None:
    put(array, start, [value] * len(searches.forwards(array, start, count)))


def resize(kind: Type, array: Array | None, size: int) -> tuple[None, Array]:
    """Array.Resize: the array of that size, the same one where it has it"""
    not_negative(size, "newSize")
    if array is not None and len(array) == size:
        return None, array
    made = make_array(kind, size)
    if array is not None:
        put(made, 0, arrays.boxed(array, 0, size))
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


_T = ("T",)

_SEARCHES: tuple[Row, ...] = (
    ("static int IndexOf<T>(T[]! array, T value[, int startIndex[, int count]])", searches.index_of),
    ("static int IndexOf(Array! array, object value[, int startIndex[, int count]])", searches.index_of),
    ("static int LastIndexOf<T>(T[]! array, T value[, int startIndex[, int count]])",
     searches.last_index_of),
    ("static int LastIndexOf(Array! array, object value[, int startIndex[, int count]])",
     searches.last_index_of),
    ("static T Find<T>(T[]! array, Predicate<T>! match)", Call(searches.find, types=_T)),
    ("static T FindLast<T>(T[]! array, Predicate<T>! match)", Call(searches.find_last, types=_T)),
    ("static T[] FindAll<T>(T[]! array, Predicate<T>! match)",
     lambda array, match: array_from(list(filter(match, elements(array))), element_of(array))),
    ("static int FindIndex<T>(T[]! array[, int startIndex[, int count]], Predicate<T> match)",
     searches.find_index),
    ("static int FindLastIndex<T>(T[]! array[, int startIndex[, int count]], Predicate<T>! match)",
     searches.find_last_index),
    ("static bool Exists<T>(T[]! array, Predicate<T>! match)", searches.exists),
    ("static bool TrueForAll<T>(T[]! array, Predicate<T>! match)", searches.true_for_all),
    ("static void ForEach<T>(T[]! array, Action<T>! action)", searches.for_each),
    ("static TOutput[] ConvertAll<TInput, TOutput>(TInput[]! array, Converter<TInput, TOutput>! converter)",
     Call(lambda kind, array, convert: array_from(list(map(convert, elements(array))), kind.name),
          types=("TOutput",))),
    ("static int BinarySearch<T>(T[]! array[, int index, int length], T value[, IComparer<T> comparer])",
     searches.search),
    ("static int BinarySearch(Array! array[, int index, int length], object value)", searches.search),
)  # fmt: skip

_ORDERS: tuple[Row, ...] = (
    ("static void Sort<T>(T[]! array[, int index, int length][, IComparer<T> comparer])", searches.sort),
    ("static void Sort<T>(T[]! array, Comparison<T>! comparison)", searches.sort_by),
    ("static void Sort<TKey, TValue>(TKey[]! keys, TValue[] items[, int index, int length]"
     "[, IComparer<TKey> comparer])", searches.sort_pairs),
    ("static void Sort(Array! array[, int index, int length])", searches.sort),
    ("static void Sort(Array! keys, Array items[, int index, int length])", searches.sort_pairs),
    ("static void Reverse<T>(T[]! array[, int index, int length])", searches.reverse),
    ("static void Reverse(Array! array[, int index, int length])", searches.reverse),
)  # fmt: skip

_INDICES = (("index",), ("index1", "index2"), ("index1", "index2", "index3"))


def _copies(size: str, counted: Callable[..., Callable[..., object]]) -> tuple[Row, ...]:
    """The members that count with numbers of that type; `counted` makes their calls ready for it."""
    rows: list[Row] = [
        (
            f"static void Copy(Array sourceArray, Array destinationArray, {size} length)",
            counted(lambda source, target, size: arrays.copy_part(source, 0, target, 0, size), "length"),
        ),
        (
            f"static void Copy(Array sourceArray, {size} sourceIndex, Array destinationArray, "
            f"{size} destinationIndex, {size} length)",
            counted(arrays.copy_part, "sourceIndex", "destinationIndex", "length"),
        ),
        (f"void CopyTo(Array array, {size} index)", counted(arrays.copy_to, "index")),
        (f"object GetValue(params {size}[]! indices)", get_value),
        (f"void SetValue(object value, params {size}[]! indices)", set_value),
    ]
    for names in _INDICES:
        listed = ", ".join(f"{size} {name}" for name in names)
        rows.append((f"object GetValue({listed})", counted(get_value, *names)))
        rows.append((f"void SetValue(object value, {listed})", counted(set_value, *names)))
    return tuple(rows)


DEFINITIONS = (
    Definition(
        "System.Array", "class", bases=("System.Collections.IEnumerable",),
        rows=(
            ("int Length", len),
            ("long LongLength", lambda array: Long(len(array))),
            ("int Rank", rank),
            ("int GetLength(int dimension)", get_length),
            ("long GetLongLength(int dimension)",
             lambda array, dimension: Long(get_length(array, dimension))),
            ("int GetUpperBound(int dimension)", upper_bound),
            ("int GetLowerBound(int dimension)", lower_bound),
            ("bool IsReadOnly", "({0} is None)"),
            ("bool IsFixedSize", "({0} is not None)"),
            ("bool IsSynchronized", "({0} is None)"),
            ("object SyncRoot", "{0}"),
            ("object Clone()", clone),
            # It calls constructors without arguments: no type of values that an expression can name has one.
            ("void Initialize()", lambda array: None),
            ("System.Collections.IEnumerator GetEnumerator()",
             lambda array: Enumerator(lambda: iterate(array), "System.SZArrayEnumerator", MISSING, True)),
            ("static void ConstrainedCopy(Array sourceArray, int sourceIndex, Array destinationArray, "
             "int destinationIndex, int length)", arrays.copy_alike),
            ("static void Clear(Array! array, int index, int length)", clear),
            ("static void Fill<T>(T[]! array, T value[, int startIndex, int count])", fill),
            ("static void Resize<T>(ref T[] array, int newSize)", Call(resize, types=_T)),
            ("static T[] Empty<T>()",
             Call(lambda kind: make_array(kind, 0), types=_T)),
            ("static System.Collections.ObjectModel.ReadOnlyCollection<T> AsReadOnly<T>(T[]! array)",
             arrays.as_read_only),
            *_SEARCHES,
            *_ORDERS,
            *_copies("int", lambda call, *names: call),
            *_copies("long", narrowed),
        ),
    ),
)  # fmt: skip
