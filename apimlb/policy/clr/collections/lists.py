"""List<T>: what its members do."""

from collections.abc import Sized

from apimlb.policy.clr.collections import searches
from apimlb.policy.clr.collections.arrays import Array, array_from, as_read_only, boxed, copy_part, copy_to
from apimlb.policy.clr.collections.containers import ClrList, bounded
from apimlb.policy.clr.collections.enumerators import ENUMERATOR, G, T, enumerator_of
from apimlb.policy.clr.collections.interfaces import SOURCE, collection_contains, collection_remove
from apimlb.policy.clr.collections.iteration import Test, elements
from apimlb.policy.clr.exceptions import argument_range, index_range, not_negative, out_of_bounds
from apimlb.policy.clr.numbers.arithmetic import wrap32
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Definition, Row


def new_list_sized(kind: Type, capacity: int) -> ClrList:
    not_negative(capacity, "capacity")
    made = ClrList([], kind.name)
    made.room = capacity
    return made


def list_reserve(target: ClrList, capacity: int) -> None:
    if capacity < len(target.items):
        raise argument_range("capacity was less than the current size.", "value")
    target.room = bounded(capacity)


def list_trim(target: ClrList) -> None:
    if len(target.items) < int(target.capacity * 0.9):
        target.room = len(target.items)


def list_add_range(target: ClrList, source: object) -> None:
    """AddRange: the elements of a lazy sequence come one by one, so one that reads this list fails."""
    if isinstance(source, Sized):
        found = list(elements(source))
        target.grow(len(found)).extend(found)
        return
    target.changed()
    for item in elements(source):
        target.add(item)


def list_insert_range(target: ClrList, index: int, source: object) -> None:
    if not 0 <= index <= len(target.items):
        raise index_range()
    found = list(elements(source))
    target.grow(len(found))[index:index] = found


def list_remove_range(target: ClrList, index: int, count: int) -> None:
    first, end = searches.part(target, index, count)
    if count:
        del target.changed()[first:end]


def list_copy_part(target: ClrList, index: int, array: Array, at: int, count: int) -> None:
    if wrap32(len(target.items) - index) < count:
        raise out_of_bounds()
    copy_part(target, index, array, at, count)


def list_index_of(target: ClrList, value: object, start: int = 0, count: int | None = None) -> int:
    if start > len(target.items):
        raise index_range()
    return searches.index_of(target, value, start, count)


def list_last_index_from(target: ClrList, value: object, start: int, count: int | None = None) -> int:
    size = len(target.items)
    if count is None:
        if start >= size:
            raise index_range()
        count = start + 1
    if not size:
        return -1
    not_negative(start, "index")
    not_negative(count, "count")
    if start >= size or count > start + 1:
        raise argument_range("Larger than collection size.", "index" if start >= size else "count")
    return searches.last_index_of(target, value, start, count)


def list_remove_all(target: ClrList, match: Test) -> int:
    kept = [item for item in elements(target) if not match(item)]
    removed = len(target.items) - len(kept)
    if removed:
        target.changed()[:] = kept
    return removed


_LIST_ROWS: tuple[Row, ...] = (
    ("new()", Call(lambda kind: ClrList([], kind.name), types=T, cost="none")),
    (f"new({SOURCE})",
     Call(lambda kind, source: ClrList(list(elements(source)), kind.name), types=T)),
    ("new(int capacity)", Call(new_list_sized, types=T)),
    ("int Count", "{0}.items.__len__()"),
    ("int Capacity", "{0}.capacity", list_reserve),
    ("T this[int index]", ClrList.item, ClrList.put),
    ("void Add(T item)", Call(ClrList.add, cost="none")),
    (f"void AddRange({SOURCE})", list_add_range),
    ("ReadOnlyCollection<T> AsReadOnly()", as_read_only),
    ("int BinarySearch(T item[, IComparer<T> comparer])", searches.search),
    ("int BinarySearch(int index, int count, T item, IComparer<T> comparer)", searches.search),
    ("void Insert(int index, T item)", ClrList.insert),
    (f"void InsertRange(int index, {SOURCE})", list_insert_range),
    ("void Clear()", Call(ClrList.clear, cost="none")),
    ("bool Contains(T item)", collection_contains),
    ("void CopyTo(T[] array[, int arrayIndex])", copy_to),
    ("void CopyTo(int index, T[] array, int arrayIndex, int count)", list_copy_part),
    ("List.Enumerator<T> GetEnumerator()", ENUMERATOR),
    ("int IndexOf(T item[, int index[, int count]])", list_index_of),
    ("int LastIndexOf(T item)", searches.last_index_of),
    ("int LastIndexOf(T item, int index[, int count])", list_last_index_from),
    ("bool Remove(T item)", collection_remove),
    ("void RemoveAt(int index)", ClrList.remove_at),
    ("void RemoveRange(int index, int count)", list_remove_range),
    ("int RemoveAll(Predicate<T>! match)", list_remove_all),
    ("List<T> GetRange(int index, int count)", lambda target, index, count:
     ClrList(boxed(target, *searches.part(target, index, count)), target.element)),
    ("void Sort([IComparer<T> comparer])", searches.sort),
    ("void Sort(Comparison<T>! comparison)", searches.sort_by),
    ("void Sort(int index, int count, IComparer<T> comparer)", searches.sort),
    ("void Reverse([int index, int count])", searches.reverse),
    ("void TrimExcess()", list_trim),
    ("void ForEach(Action<T>! action)", searches.for_each),
    ("bool Exists(Predicate<T> match)", searches.exists),
    ("bool TrueForAll(Predicate<T>! match)", searches.true_for_all),
    ("T Find(Predicate<T>! match)", Call(searches.find, types=T)),
    ("T FindLast(Predicate<T>! match)", Call(searches.find_last, types=T)),
    ("List<T> FindAll(Predicate<T>! match)",
     lambda target, match: ClrList([item for item in elements(target) if match(item)], target.element)),
    ("int FindIndex([int startIndex[, int count], ]Predicate<T> match)", searches.find_index),
    ("int FindLastIndex([int startIndex[, int count], ]Predicate<T>! match)", searches.find_last_index),
    ("T[] ToArray()", lambda target: array_from(list(target.items), target.element)),
    ("List<TOutput> ConvertAll<TOutput>(Converter<T, TOutput>! converter)",
     Call(lambda kind, target, converter: ClrList(list(map(converter, elements(target))), kind.name),
          types=("TOutput",))),
)  # fmt: skip

DEFINITIONS = (
    Definition(G + "List`1", "class", T, ("IList<T>", "IReadOnlyList<T>"), rows=_LIST_ROWS),
    enumerator_of("List`1", T, "T"),
)  # fmt: skip
