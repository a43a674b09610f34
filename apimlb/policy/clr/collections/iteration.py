"""Enumerating any collection, one counted step for each element."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.collections.containers import KeyValuePair
from apimlb.policy.clr.exceptions import argument_null
from apimlb.policy.clr.json.tokens import JObject
from apimlb.policy.clr.numbers.arithmetic import Byte, Char

Test = Callable[[object], bool]
Pick = Callable[[object], object]
Pair = Callable[[object, object], object]
Order = Callable[[Any, Any], int]
"""The delegates that members of collections take: a predicate, a selector of one value or of two, a
comparison."""

PAIR_TYPES = "System.String,Newtonsoft.Json.Linq.JToken"


def iterate(source: object) -> Iterator[object]:
    """The elements of a collection; the characters of a string, the bytes of a byte[]."""
    if isinstance(source, str):
        return map(Char, source)
    if isinstance(source, bytearray | bytes):
        return map(Byte, source)
    assert isinstance(source, Iterable)
    return iter(source)


def iterate_pairs(source: JObject) -> Iterator[object]:
    """A JObject as its IDictionary: names with values."""
    for prop in source:
        yield KeyValuePair(prop.name, prop.value, PAIR_TYPES)


def elements(source: object, name: str = "source") -> Iterator[object]:
    """The elements for a LINQ method; throws System.ArgumentNullException, and when the budget is spent."""
    if source is None:
        raise argument_null(name)
    return _counted(iterate(source))


def _counted(items: Iterator[object]) -> Iterator[object]:
    budget = BUDGET
    for item in items:
        budget.left -= 1
        if budget.left < 0:
            budget.spend()
        yield item
