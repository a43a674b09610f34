"""System.Linq.Enumerable, and the interfaces of what its methods yield."""

from apimlb.policy.clr.collections.interfaces import count_of
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.linq.aggregates import AGGREGATES
from apimlb.policy.clr.linq.operators import OPERATORS
from apimlb.policy.clr.linq.sets import MATCHING
from apimlb.policy.clr.linq.sorting import ORDERING
from apimlb.policy.clr.types.definitions import Definition

DEFINITIONS = (
    Definition(
        "System.Linq.Enumerable", "static", cost="none",  # each counts the elements that it goes through
        rows=(*OPERATORS, *MATCHING, *AGGREGATES, *ORDERING),
    ),
    Definition(
        "System.Linq.IGrouping`2", "interface", ("TKey", "TElement"), ("IEnumerable<TElement>",),
        nameable=False, rows=(("TKey Key", "{0}.key"),),
    ),
    Definition(
        "System.Linq.ILookup`2", "interface", ("TKey", "TElement"),
        ("IEnumerable<IGrouping<TKey, TElement>>",), nameable=False,
        rows=(
            ("int Count", count_of),
            ("IEnumerable<TElement> this[TKey key]",
             lambda target, key: target.find(key) or LazySequence(lambda: iter(()))),
            ("bool Contains(TKey key)", lambda target, key: target.find(key) is not None),
        ),
    ),
    Definition(
        "System.Linq.Grouping`2", "class", ("TKey", "TElement"), ("IGrouping<TKey, TElement>",),
        nameable=False,
    ),
    Definition(
        "System.Linq.Lookup`2", "class", ("TKey", "TElement"), ("ILookup<TKey, TElement>",), nameable=False
    ),
    Definition(
        "System.Linq.IOrderedEnumerable`1", "interface", ("T",), ("IEnumerable<T>",), nameable=False,
    ),
)  # fmt: skip
