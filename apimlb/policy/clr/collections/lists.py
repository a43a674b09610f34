"""List<T>: what its members do."""

from collections.abc import Callable
from functools import cmp_to_key

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.collections.containers import (
    MODIFIED,
    ClrList,
    Comparer,
    ReadOnlyList,
    bounded,
    list_add,
    list_item,
)
from apimlb.policy.clr.collections.interfaces import (
    ENUMERATOR,
    SOURCE,
    Array,
    G,
    T,
    array_from,
    copy_to,
    enumerator_of,
    item_insert,
    item_put,
    item_remove_at,
    list_contains,
    list_index,
    list_remove,
)
from apimlb.policy.clr.collections.iteration import Order, Test, elements
from apimlb.policy.clr.exceptions import (
    argument_range,
    count_range,
    index_range,
    invalid_operation,
    not_negative,
    out_of_bounds,
    required,
)
from apimlb.policy.clr.metering import charge_sorting
from apimlb.policy.clr.objects.hashing import hash_code
from apimlb.policy.clr.objects.ordering import compare, guarded
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.strings.comparers import compare_by
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Definition, Row

_INDEX = "Index was out of range. Must be non-negative and less than the size of the collection."


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
    found = list(elements(source, "collection"))
    target.grow(len(found)).extend(found)


def list_insert_range(target: ClrList, index: int, source: object) -> None:
    source = required(source, "collection")
    if not 0 <= index <= len(target.items):
        raise index_range()
    found = list(elements(source))
    target.grow(len(found))[index:index] = found


def list_remove_range(target: ClrList, index: int, count: int) -> None:
    _range(target, index, count)
    del target.changed()[index : index + count]


def _range(target: ClrList, index: int, count: int) -> None:
    not_negative(index, "index")
    not_negative(count, "count")
    if index + count > len(target.items):
        raise out_of_bounds()


def list_get_range(target: ClrList, index: int, count: int) -> ClrList:
    _range(target, index, count)
    return ClrList(target.items[index : index + count], target.element)


def list_copy_part(target: ClrList, index: int, array: Array | None, at: int, count: int) -> None:
    if len(target.items) - index < count:
        raise out_of_bounds()
    not_negative(index, "sourceIndex")
    not_negative(count, "length")
    copy_to(target.items[index : index + count], array, at)


def list_reverse_part(target: ClrList, index: int, count: int) -> None:
    _range(target, index, count)
    items = target.changed()
    items[index : index + count] = items[index : index + count][::-1]


# Order


def _order(comparer: Comparer | None) -> Order:
    if comparer is None:
        return compare
    if comparer.order is not None:
        return comparer.order
    given = comparer
    return lambda left, right: compare_by(given, left, right)


def comparer_order(comparer: Comparer, left: object, right: object) -> int:
    """IComparer<T>.Compare"""
    return _order(comparer)(left, right)


def comparer_hash(comparer: Comparer, value: object) -> int:
    """IEqualityComparer<T>.GetHashCode"""
    return 0 if value is None else hash_code(comparer.key(value) if comparer.name != "Default" else value)


def list_sort_part(target: ClrList, index: int, count: int, comparer: Comparer | None) -> None:
    _range(target, index, count)
    charge_sorting(count)
    items = target.changed()
    items[index : index + count] = sorted(
        items[index : index + count], key=cmp_to_key(guarded(_order(comparer)))
    )


def list_sort_by(target: ClrList, order: Order) -> None:
    order = required(order, "comparison")
    charge_sorting(len(target.items))
    # A comparison may look at the list while it is being sorted.
    target.changed()[:] = sorted(target.items, key=cmp_to_key(guarded(order)))


def list_search_part(
    target: ClrList, index: int, count: int, value: object, comparer: Comparer | None
) -> int:
    _range(target, index, count)
    return binary_search(target.items.__getitem__, index, index + count, value, _order(comparer))


def binary_search(item: Callable[[int], object], low: int, end: int, value: object, order: Order) -> int:
    """BinarySearch: where the value is, or the complement of where it would be."""
    while low < end:
        middle = (low + end - 1) // 2
        BUDGET.spend()
        found = order(item(middle), value)
        if found == 0:
            return middle
        low, end = (middle + 1, end) if found < 0 else (low, middle)
    return ~low


# Search


def _first_part(target: ClrList, start: int, count: int | None) -> int:
    """The number of elements to look at from `start` on."""
    if not 0 <= start <= len(target.items):
        raise argument_range(_INDEX, "startIndex")
    if count is None:
        return len(target.items) - start
    if count < 0 or start + count > len(target.items):
        raise count_range()
    return count


def list_index_from(target: ClrList, value: object, start: int, count: int | None = None) -> int:
    """IndexOf with a start"""
    if start > len(target.items):
        raise argument_range(_INDEX, "index")
    count = _first_part(target, start, count)
    return _find(target, range(start, start + count), lambda item: clr_equals(item, value))


def list_last_index_from(target: ClrList, value: object, start: int, count: int | None = None) -> int:
    size = len(target.items)
    if count is None:
        if start >= size:
            raise argument_range(_INDEX, "index")
        count = start + 1
    if size and start < 0:
        raise argument_range("Non-negative number required.", "index")
    if size and count < 0:
        raise argument_range("Non-negative number required.", "count")
    if not size:
        return -1
    if start >= size or count > start + 1:
        raise argument_range("Larger than collection size.", "index" if start >= size else "count")
    return _find(target, range(start, start - count, -1), lambda item: clr_equals(item, value))


def _find(target: ClrList, places: range, test: Test) -> int:
    items = target.items
    for place in places:
        BUDGET.spend()
        if test(items[place]):
            return place
    return -1


def list_find_last(kind: Type, target: ClrList, match: Test) -> object:
    place = _find(target, range(len(target.items) - 1, -1, -1), match)
    return target.items[place] if place >= 0 else kind.default


def list_find_index(target: ClrList, match: Test) -> int:
    return list_find_index_part(target, 0, len(target.items), match)


def list_find_index_part(target: ClrList, start: int, count: int, match: Test) -> int:
    count = _first_part(target, start, count)
    required(match, "match")
    return _find(target, range(start, start + count), match)


def list_find_last_index_part(target: ClrList, start: int, count: int, match: Test) -> int:
    required(match, "match")
    size = len(target.items)
    if not (start == -1 if size == 0 else 0 <= start < size):
        raise argument_range(_INDEX, "startIndex")
    if count < 0 or start - count + 1 < 0:
        raise count_range()
    return _find(target, range(start, start - count, -1), match)


def list_remove_all(target: ClrList, match: Test) -> int:
    kept = [item for item in elements(target) if not match(item)]
    removed = len(target.items) - len(kept)
    target.changed()[:] = kept
    return removed


def list_for_each(target: ClrList, action: Callable[[object], object]) -> None:
    version = target.version
    for item in elements(target.items[:]):
        action(item)
        if target.version != version:
            raise invalid_operation(MODIFIED)


_LIST_ROWS: tuple[Row, ...] = (
    ("new()", Call(lambda kind: ClrList([], kind.name), types=T, cost="none")),
    (f"new({SOURCE})",
     Call(lambda kind, source: ClrList(list(elements(source, "collection")), kind.name), types=T)),
    ("new(int capacity)", Call(new_list_sized, types=T)),
    ("int Count", "{0}.items.__len__()"),
    ("int Capacity", "{0}.capacity", list_reserve),
    ("T this[int index]", list_item, item_put),
    ("void Add(T item)", Call(list_add, cost="none")),
    (f"void AddRange({SOURCE})", list_add_range),
    ("ReadOnlyCollection<T> AsReadOnly()", lambda target: ReadOnlyList(target.items, target.element)),
    ("int BinarySearch(T item[, IComparer<T> comparer])",
     lambda target, value, comparer=None: list_search_part(target, 0, len(target.items), value, comparer)),
    ("int BinarySearch(int index, int count, T item, IComparer<T> comparer)", list_search_part),
    ("void Insert(int index, T item)", item_insert),
    (f"void InsertRange(int index, {SOURCE})", list_insert_range),
    ("void Clear()", Call(lambda target: target.changed().clear(), cost="none")),
    ("bool Contains(T item)", list_contains),
    ("void CopyTo(T[] array[, int arrayIndex])",
     lambda target, array, at=0: copy_to(target.items, array, at)),
    ("void CopyTo(int index, T[] array, int arrayIndex, int count)", list_copy_part),
    ("List.Enumerator<T> GetEnumerator()", ENUMERATOR),
    ("int IndexOf(T item)", list_index),
    ("int IndexOf(T item, int index[, int count])", list_index_from),
    ("int LastIndexOf(T item)",
     lambda target, value:
         _find(target, range(len(target.items) - 1, -1, -1), lambda item: clr_equals(item, value))),
    ("int LastIndexOf(T item, int index[, int count])", list_last_index_from),
    ("bool Remove(T item)", list_remove),
    ("void RemoveAt(int index)", item_remove_at),
    ("void RemoveRange(int index, int count)", list_remove_range),
    ("int RemoveAll(Predicate<T>! match)", list_remove_all),
    ("List<T> GetRange(int index, int count)", list_get_range),
    ("void Sort([IComparer<T> comparer])",
     lambda target, comparer=None: list_sort_by(target, _order(comparer))),
    ("void Sort(Comparison<T> comparison)", list_sort_by),
    ("void Sort(int index, int count, IComparer<T> comparer)", list_sort_part),
    ("void Reverse()", lambda target: target.changed().reverse()),
    ("void Reverse(int index, int count)", list_reverse_part),
    ("void TrimExcess()", list_trim),
    ("void ForEach(Action<T>! action)", list_for_each),
    ("bool Exists(Predicate<T> match)", lambda target, match: list_find_index(target, match) >= 0),
    ("bool TrueForAll(Predicate<T>! match)",
     lambda target, match: all(match(item) for item in elements(target))),
    ("T Find(Predicate<T>! match)",
     Call(lambda kind, target, match: next(filter(match, elements(target)), kind.default), types=T)),
    ("T FindLast(Predicate<T>! match)", Call(list_find_last, types=T)),
    ("List<T> FindAll(Predicate<T>! match)",
     lambda target, match: ClrList([item for item in elements(target) if match(item)], target.element)),
    ("int FindIndex(Predicate<T> match)", list_find_index),
    ("int FindIndex(int startIndex, Predicate<T> match)",
     lambda target, start, match: list_find_index_part(target, start, len(target.items) - start, match)),
    ("int FindIndex(int startIndex, int count, Predicate<T> match)", list_find_index_part),
    ("int FindLastIndex(Predicate<T> match)",
     lambda target, match:
         list_find_last_index_part(target, len(target.items) - 1, len(target.items), match)),
    ("int FindLastIndex(int startIndex, Predicate<T> match)",
     lambda target, start, match: list_find_last_index_part(target, start, start + 1, match)),
    ("int FindLastIndex(int startIndex, int count, Predicate<T> match)", list_find_last_index_part),
    ("T[] ToArray()", lambda target: array_from(list(target.items), target.element)),
    ("List<TOutput> ConvertAll<TOutput>(Converter<T, TOutput>! converter)",
     Call(lambda kind, target, converter: ClrList(list(map(converter, elements(target))), kind.name),
          types=("TOutput",))),
)  # fmt: skip

DEFINITIONS = (
    Definition(G + "List`1", "class", T, ("IList<T>", "IReadOnlyList<T>"), rows=_LIST_ROWS),
    enumerator_of("List`1", T, "T"),
)  # fmt: skip
