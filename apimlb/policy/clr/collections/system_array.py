"""System.Array."""

from collections.abc import Callable

from apimlb.policy.clr.collections import array_cells, array_orders, arrays
from apimlb.policy.clr.collections.array_creation import make_array, make_bytes
from apimlb.policy.clr.collections.containers import MISSING
from apimlb.policy.clr.collections.enumerators import Enumerator
from apimlb.policy.clr.collections.interfaces import array_from
from apimlb.policy.clr.collections.iteration import elements, iterate
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.types.definitions import Call, Definition, Row

_OF_T = ("T",)

_SEARCHES: tuple[Row, ...] = (
    ("static int IndexOf<T>(T[] array, T value[, int startIndex[, int count]])", arrays.index_of),
    ("static int IndexOf(Array array, object value[, int startIndex[, int count]])", arrays.index_of),
    ("static int LastIndexOf<T>(T[] array, T value[, int startIndex[, int count]])", arrays.last_index_of),
    ("static int LastIndexOf(Array array, object value[, int startIndex[, int count]])",
     arrays.last_index_of),
    ("static T Find<T>(T[] array, Predicate<T> match)",
     Call(lambda kind, array, test:
         next((item for item in elements(arrays.given(array)) if test(item)), kind.default), types=_OF_T)),
    ("static T FindLast<T>(T[] array, Predicate<T> match)", Call(arrays.find_last, types=_OF_T)),
    ("static T[] FindAll<T>(T[] array, Predicate<T> match)", arrays.find_all),
    ("static int FindIndex<T>(T[] array, Predicate<T> match)", arrays.find_index),
    ("static int FindIndex<T>(T[] array, int startIndex, Predicate<T> match)",
     lambda array, start, test: arrays.find_index_in(array, start, None, test)),
    ("static int FindIndex<T>(T[] array, int startIndex, int count, Predicate<T> match)",
     arrays.find_index_in),
    ("static int FindLastIndex<T>(T[] array, Predicate<T> match)",
     lambda array, test: arrays.find_last_index_in(array, None, None, test)),
    ("static int FindLastIndex<T>(T[] array, int startIndex, Predicate<T> match)",
     lambda array, start, test: arrays.find_last_index_in(array, start, None, test)),
    ("static int FindLastIndex<T>(T[] array, int startIndex, int count, Predicate<T> match)",
     arrays.find_last_index_in),
    ("static bool Exists<T>(T[] array, Predicate<T> match)",
     lambda array, test: arrays.find_index(array, test) >= 0),
    ("static bool TrueForAll<T>(T[] array, Predicate<T> match)",
     lambda array, test: all(test(item) for item in elements(arrays.given(array)))),
    ("static void ForEach<T>(T[] array, Action<T> action)", arrays.for_each),
    ("static TOutput[] ConvertAll<TInput, TOutput>(TInput[] array, Converter<TInput, TOutput> converter)",
     Call(lambda kind, array, convert:
         array_from([convert(item) for item in elements(arrays.given(array))], kind.name),
         types=("TOutput",))),
    ("static int BinarySearch<T>(T[] array, T value[, IComparer<T> comparer])", array_orders.search),
    ("static int BinarySearch<T>(T[] array, int index, int length, T value[, IComparer<T> comparer])",
     array_orders.search_part),
    ("static int BinarySearch(Array array, object value)", array_orders.search),
    ("static int BinarySearch(Array array, int index, int length, object value)", array_orders.search_part),
)  # fmt: skip

_ORDERS: tuple[Row, ...] = (
    ("static void Sort<T>(T[] array)", array_orders.sort),
    ("static void Sort<T>(T[] array, IComparer<T> comparer)", array_orders.sort_with),
    ("static void Sort<T>(T[] array, Comparison<T> comparison)", array_orders.sort_by),
    ("static void Sort<T>(T[] array, int index, int length[, IComparer<T> comparer])",
     array_orders.sort_part),
    ("static void Sort<TKey, TValue>(TKey[] keys, TValue[] items[, IComparer<TKey> comparer])",
     array_orders.sort_pairs),
    ("static void Sort<TKey, TValue>(TKey[] keys, TValue[] items, int index, int length)",
     array_orders.sort_some_pairs),
    ("static void Sort<TKey, TValue>(TKey[] keys, TValue[] items, int index, int length, "
     "IComparer<TKey> comparer)", array_orders.sort_some_pairs),
    ("static void Sort(Array array)", array_orders.sort),
    ("static void Sort(Array keys, Array items)", array_orders.sort_pairs),
    ("static void Sort(Array array, int index, int length)", array_orders.sort_part),
    ("static void Sort(Array keys, Array items, int index, int length)", array_orders.sort_some_pairs),
    ("static void Reverse<T>(T[] array)", lambda array: arrays.cells(arrays.row(array)).reverse()),
    ("static void Reverse<T>(T[] array, int index, int length)", array_orders.reverse_part),
    ("static void Reverse(Array array)", lambda array: arrays.cells(arrays.row(array)).reverse()),
    ("static void Reverse(Array array, int index, int length)", array_orders.reverse_part),
)  # fmt: skip

_COPY = ("sourceIndex", "destinationIndex", "length")
_INDICES = (("index",), ("index1", "index2"), ("index1", "index2", "index3"))


def _copies(size: str) -> tuple[Row, ...]:
    """The members that count with numbers of that type."""

    def counted(call: Callable[..., object], *names: str) -> Callable[..., object]:
        return array_cells.narrowed(call, *names) if size == "long" else call

    rows: list[Row] = [
        (
            f"static void Copy(Array sourceArray, Array destinationArray, {size} length)",
            counted(array_cells.copy, "length"),
        ),
        (
            f"static void Copy(Array sourceArray, {size} sourceIndex, Array destinationArray, "
            f"{size} destinationIndex, {size} length)",
            counted(array_cells.copy_part, *_COPY),
        ),
        (f"void CopyTo(Array array, {size} index)", counted(array_cells.copy_to, "index")),
        (f"object GetValue(params {size}[] indices)", array_cells.get_value_at),
        (f"void SetValue(object value, params {size}[] indices)", array_cells.set_value_at),
    ]
    for names in _INDICES:
        listed = ", ".join(f"{size} {name}" for name in names)
        rows.append((f"object GetValue({listed})", counted(array_cells.get_value, *names)))
        rows.append((f"void SetValue(object value, {listed})", counted(array_cells.set_value, *names)))
    return tuple(rows)


_COPIES = (*_copies("int"), *_copies("long"))

DEFINITIONS = (
    Definition(
        "System.Array", "class", bases=("System.Collections.IEnumerable",),
        rows=(
            ("int Length", len),
            ("long LongLength", lambda array: Long(len(array))),
            ("int Rank", arrays.rank),
            ("int GetLength(int dimension)", arrays.get_length),
            ("long GetLongLength(int dimension)",
             lambda array, dimension: Long(arrays.get_length(array, dimension))),
            ("int GetUpperBound(int dimension)", arrays.upper_bound),
            ("int GetLowerBound(int dimension)", arrays.lower_bound),
            ("bool IsReadOnly", "({0} is None)"),
            ("bool IsFixedSize", "({0} is not None)"),
            ("bool IsSynchronized", "({0} is None)"),
            ("object SyncRoot", "{0}"),
            ("object Clone()", arrays.clone),
            ("void Initialize()", array_cells.initialize),
            ("System.Collections.IEnumerator GetEnumerator()",
             lambda array: Enumerator(lambda: iterate(array), "System.SZArrayEnumerator", MISSING, True)),
            ("static void ConstrainedCopy(Array sourceArray, int sourceIndex, Array destinationArray, "
             "int destinationIndex, int length)", array_cells.copy_alike),
            ("static void Clear(Array array, int index, int length)", array_cells.clear),
            ("static void Fill<T>(T[] array, T value)",
             lambda array, value: arrays.fill_part(array, value, 0, len(arrays.given(array)))),
            ("static void Fill<T>(T[] array, T value, int startIndex, int count)", arrays.fill_part),
            ("static void Resize<T>(ref T[] array, int newSize)", Call(arrays.resize, types=_OF_T)),
            ("static T[] Empty<T>()",
             Call(lambda kind:
                 make_bytes(0) if kind.name == "System.Byte" else make_array(kind, 0), types=_OF_T)),
            ("static System.Collections.ObjectModel.ReadOnlyCollection<T> AsReadOnly<T>(T[] array)",
             arrays.as_read_only),
            *_SEARCHES,
            *_ORDERS,
            *_COPIES,
        ),
    ),
)  # fmt: skip
