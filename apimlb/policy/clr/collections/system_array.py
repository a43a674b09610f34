"""System.Array."""

from collections.abc import Callable

from apimlb.policy.clr.collections import array_cells, arrays, searches
from apimlb.policy.clr.collections.containers import MISSING
from apimlb.policy.clr.collections.enumerators import Enumerator
from apimlb.policy.clr.collections.iteration import elements, iterate
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.types.definitions import Call, Definition, Row

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
     lambda array, match: arrays.array_from(list(filter(match, elements(array))), arrays.element_of(array))),
    ("static int FindIndex<T>(T[]! array[, int startIndex[, int count]], Predicate<T> match)",
     searches.find_index),
    ("static int FindLastIndex<T>(T[]! array[, int startIndex[, int count]], Predicate<T>! match)",
     searches.find_last_index),
    ("static bool Exists<T>(T[]! array, Predicate<T>! match)", searches.exists),
    ("static bool TrueForAll<T>(T[]! array, Predicate<T>! match)", searches.true_for_all),
    ("static void ForEach<T>(T[]! array, Action<T>! action)", searches.for_each),
    ("static TOutput[] ConvertAll<TInput, TOutput>(TInput[]! array, Converter<TInput, TOutput>! converter)",
     Call(lambda kind, array, convert: arrays.array_from(list(map(convert, elements(array))), kind.name),
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
        (f"object GetValue(params {size}[]! indices)", array_cells.get_value),
        (f"void SetValue(object value, params {size}[]! indices)", array_cells.set_value),
    ]
    for names in _INDICES:
        listed = ", ".join(f"{size} {name}" for name in names)
        rows.append((f"object GetValue({listed})", counted(array_cells.get_value, *names)))
        rows.append((f"void SetValue(object value, {listed})", counted(array_cells.set_value, *names)))
    return tuple(rows)


DEFINITIONS = (
    Definition(
        "System.Array", "class", bases=("System.Collections.IEnumerable",),
        rows=(
            ("int Length", len),
            ("long LongLength", lambda array: Long(len(array))),
            ("int Rank", arrays.rank),
            ("int GetLength(int dimension)", array_cells.get_length),
            ("long GetLongLength(int dimension)",
             lambda array, dimension: Long(array_cells.get_length(array, dimension))),
            ("int GetUpperBound(int dimension)", array_cells.upper_bound),
            ("int GetLowerBound(int dimension)", array_cells.lower_bound),
            ("bool IsReadOnly", "({0} is None)"),
            ("bool IsFixedSize", "({0} is not None)"),
            ("bool IsSynchronized", "({0} is None)"),
            ("object SyncRoot", "{0}"),
            ("object Clone()", array_cells.clone),
            # It calls constructors without arguments: no type of values that an expression can name has one.
            ("void Initialize()", lambda array: None),
            ("System.Collections.IEnumerator GetEnumerator()",
             lambda array: Enumerator(lambda: iterate(array), "System.SZArrayEnumerator", MISSING, True)),
            ("static void ConstrainedCopy(Array sourceArray, int sourceIndex, Array destinationArray, "
             "int destinationIndex, int length)", arrays.copy_alike),
            ("static void Clear(Array! array, int index, int length)", array_cells.clear),
            ("static void Fill<T>(T[]! array, T value[, int startIndex, int count])", array_cells.fill),
            ("static void Resize<T>(ref T[] array, int newSize)", Call(array_cells.resize, types=_T)),
            ("static T[] Empty<T>()",
             Call(lambda kind: arrays.make_array(kind, 0), types=_T)),
            ("static System.Collections.ObjectModel.ReadOnlyCollection<T> AsReadOnly<T>(T[]! array)",
             arrays.as_read_only),
            *_SEARCHES,
            *_ORDERS,
            *_copies("int", lambda call, *names: call),
            *_copies("long", array_cells.narrowed),
        ),
    ),
)  # fmt: skip
