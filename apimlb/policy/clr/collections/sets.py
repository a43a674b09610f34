"""HashSet<T>, Queue<T> and Stack<T>: what their members do."""

import operator
from collections.abc import Callable, Iterable, Sized

from apimlb.policy.clr.budget import BUDGET, charge_each
from apimlb.policy.clr.collections.arrays import Array, array_from
from apimlb.policy.clr.collections.containers import DEFAULT_COMPARER, Comparer
from apimlb.policy.clr.collections.enumerators import ENUMERATOR, G, T, enumerator_of
from apimlb.policy.clr.collections.hash_tables import ClrSet, room_for
from apimlb.policy.clr.collections.interfaces import (
    NOT_NEGATIVE,
    SOURCE,
    actual,
    collection_contains,
    copy_set,
    count_of,
    try_get,
    write_into,
)
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.collections.queues import ClrQueue
from apimlb.policy.clr.exceptions import argument_range, index_range, out_of_bounds
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Definition, Row


def new_set_of(kind: Type, source: object, comparer: Comparer | None = None) -> ClrSet:
    made = ClrSet(kind.name, comparer, len(source) if isinstance(source, Sized) else 0)
    set_union(made, source)
    if len(made) and made.room // len(made) > 3:
        set_trim(made)
    return made


def set_trim(target: ClrSet) -> None:
    """TrimExcess"""
    target.trim(room_for(len(target)) if len(target) else 0)


def set_remove_where(target: ClrSet, match: Callable[[object], bool]) -> int:
    gone = [item for item in elements(list(target)) if match(item)]
    return sum(target.remove(item) for item in gone)


def _set_key(value: object) -> object:
    if not isinstance(value, ClrSet):
        return None
    BUDGET.spend(len(value))
    return frozenset(value.keys) if value.comparer is DEFAULT_COMPARER else id(value)


_SET_COMPARER = Comparer("System.SetComparer", _set_key)

# Two sets


def _own(target: ClrSet) -> set[object]:
    charge_each(len(target))
    return set(target.keys)


def _keys(target: ClrSet, other: object) -> set[object]:
    return {target.comparer.key(item) for item in elements(other)}


def set_union(target: ClrSet, other: object) -> None:
    for item in elements(other):
        target.add(item)


def set_except(target: ClrSet, other: object) -> None:
    if other is target:
        target.clear()
        return
    for item in elements(other):
        target.remove(item)


def set_intersect(target: ClrSet, other: object) -> None:
    keys = _keys(target, other)
    for item in elements(list(target)):
        if target.comparer.key(item) not in keys:
            target.remove(item)


def set_symmetric_except(target: ClrSet, other: object) -> None:
    """What is in one of the two alone. From a set that compares alike elements come one by one, else new
    ones are taken in before common ones go."""
    if other is target:
        target.clear()
        return
    if isinstance(other, ClrSet) and other.comparer is target.comparer:
        for item in elements(other):
            if not target.remove(item):
                target.add(item)
        return
    own = _own(target)
    common = []
    for item in elements(other):
        if target.comparer.key(item) in own:
            common.append(item)
        else:
            target.add(item)
    for item in common:
        target.remove(item)


# Queues and stacks


def queue_copy(target: ClrQueue, array: Array, at: int) -> None:
    if not 0 <= at <= len(array):
        raise actual(index_range("arrayIndex"), at)
    if len(array) - at < len(target):
        raise out_of_bounds()
    write_into(array, at, list(target.items))


def _compared(test: Callable[[set[object], set[object]], bool]) -> Callable[[ClrSet, object], bool]:
    return lambda target, other: test(_own(target), _keys(target, other))


_SET_OPERATIONS: tuple[Row, ...] = (
    ("bool Add(T item)", ClrSet.add),
    ("void UnionWith(IEnumerable<T>! other)", set_union),
    ("void ExceptWith(IEnumerable<T>! other)", set_except),
    ("void IntersectWith(IEnumerable<T>! other)", set_intersect),
    ("void SymmetricExceptWith(IEnumerable<T>! other)", set_symmetric_except),
    (
        "bool Overlaps(IEnumerable<T>! other)",
        lambda target, other: any(item in target for item in elements(other)),
    ),
    (
        "bool IsSupersetOf(IEnumerable<T>! other)",
        lambda target, other: all(item in target for item in elements(other)),
    ),
    ("bool IsSubsetOf(IEnumerable<T>! other)", _compared(operator.le)),
    ("bool IsProperSubsetOf(IEnumerable<T>! other)", _compared(operator.lt)),
    ("bool IsProperSupersetOf(IEnumerable<T>! other)", _compared(operator.gt)),
    ("bool SetEquals(IEnumerable<T>! other)", _compared(operator.eq)),
)

_SET_ROWS: tuple[Row, ...] = (
    (
        "new([IEqualityComparer<T> comparer])",
        Call(lambda kind, comparer=None: ClrSet(kind.name, comparer), types=T),
    ),
    (f"new({SOURCE}[, IEqualityComparer<T> comparer])", Call(new_set_of, types=T)),
    (
        "new(int capacity[, IEqualityComparer<T> comparer])",
        Call(lambda kind, capacity, comparer=None: ClrSet(kind.name, comparer, capacity), types=T),
    ),
    ("static IEqualityComparer<HashSet<T>> CreateSetComparer()", lambda: _SET_COMPARER),
    ("int Count", count_of),
    ("IEqualityComparer<T> Comparer", "{0}.comparer"),
    ("bool Remove(T item)", ClrSet.remove),
    ("int RemoveWhere(Predicate<T>! match)", set_remove_where),
    ("bool Contains(T item)", lambda target, item: item in target),
    ("bool TryGetValue(T equalValue, out T actualValue)", Call(try_get, types=T)),
    ("void Clear()", ClrSet.clear),
    ("int EnsureCapacity(int capacity)", ClrSet.ensure),
    ("void TrimExcess()", set_trim),
    ("void OnDeserialization(object sender)", lambda target, sender: None),  # nothing was deserialized
    ("void CopyTo(T[] array[, int arrayIndex[, int count]])", copy_set),
    ("HashSet.Enumerator<T> GetEnumerator()", ENUMERATOR),
    *_SET_OPERATIONS,
)


def _queue_rows(name: str, push: str, pop: str) -> tuple[Row, ...]:
    def new(kind: Type, items: Iterable[object] = ()) -> ClrQueue:
        return ClrQueue(items, kind.name, name)

    def new_sized(kind: Type, capacity: int) -> ClrQueue:
        if capacity < 0:
            raise actual(argument_range(NOT_NEGATIVE, "capacity"), capacity)
        return new(kind)

    def tried(look: Callable[[ClrQueue], object]) -> Call:
        return Call(
            lambda kind, target: (True, look(target)) if target.items else (False, kind.default), types=T
        )

    return (
        ("new()", Call(new, types=T)),
        (f"new({SOURCE})", Call(lambda kind, source: new(kind, elements(source)), types=T)),
        ("new(int capacity)", Call(new_sized, types=T)),
        (f"void {push}(T item)", ClrQueue.push),
        (f"T {pop}()", ClrQueue.pop),
        (f"bool Try{pop}(out T result)", tried(ClrQueue.pop)),
        ("T Peek()", ClrQueue.peek),
        ("bool TryPeek(out T result)", tried(ClrQueue.peek)),
        ("int Count", count_of),
        ("void Clear()", ClrQueue.clear),
        ("bool Contains(T item)", collection_contains),
        ("T[] ToArray()", lambda target: array_from(list(target.items), target.element)),
        ("void CopyTo(T[]! array, int arrayIndex)", queue_copy),
        ("void TrimExcess()", lambda target: None),  # there is no excess
        (f"{name}.Enumerator<T> GetEnumerator()", ENUMERATOR),
    )


DEFINITIONS = (
    Definition(G + "ISet`1", "interface", T, ("ICollection<T>",), rows=_SET_OPERATIONS),
    Definition(G + "HashSet`1", "class", T, ("ISet<T>", "IReadOnlyCollection<T>"), rows=_SET_ROWS),
    enumerator_of("HashSet`1", T, "T"),
    Definition(
        G + "Queue`1", "class", T, ("IReadOnlyCollection<T>",),
        rows=_queue_rows("Queue", "Enqueue", "Dequeue"),
    ),
    enumerator_of("Queue`1", T, "T"),
    Definition(
        G + "Stack`1", "class", T, ("IReadOnlyCollection<T>",),
        rows=_queue_rows("Stack", "Push", "Pop"),
    ),
    enumerator_of("Stack`1", T, "T"),
)  # fmt: skip
