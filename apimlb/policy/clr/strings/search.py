"""Looking for one text in another: Contains, StartsWith, EndsWith, IndexOf, LastIndexOf, IndexOfAny."""

from collections.abc import Callable, Iterator
from typing import Final

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET, bounded_length, bounded_text
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.numbers.arithmetic import Char
from apimlb.policy.clr.objects import ordering
from apimlb.policy.clr.objects.collation import clusters, is_peculiar

_SHORT: Final = 32


def charge(text: str) -> None:
    """Looking through a long text costs steps."""
    if len(text) > 10_000:
        BUDGET.spend(len(text) >> 8)


def contains(text: str, value: str | None) -> bool:
    charge(text)
    return exceptions.required(value, "value") in text


_ORDINAL: Final = (4, 5)
_IGNORING_CASE: Final = (1, 3)


def _collates(comparison: Enum | None, text: str, value: str) -> bool:
    """Whether a search by culture finds otherwise than one for the same characters. Without a comparison a
    char is searched for as it is."""
    if comparison is None and isinstance(value, Char):
        return False
    if comparison is not None and (comparison.number in _ORDINAL or not 0 <= comparison.number <= 5):
        return False
    if not text.isascii():
        BUDGET.spend(len(text) >> 5)
    return is_peculiar(value) or is_peculiar(text)


def _weighed(text: str, comparison: Enum | None) -> tuple[list[int], list[object]]:
    """Where the characters of a text begin that weigh something, and their keys."""
    found = list(clusters(text, comparison is not None and comparison.number in _IGNORING_CASE))
    return [at for at, _ in found], [key for _, key in found]


def _found(text: str, value: str, comparison: Enum | None) -> Iterator[int]:
    """Where in a text a value is found by culture. A value that weighs nothing is found at the start."""
    _, wanted = _weighed(value, comparison)
    places, keys = _weighed(text, comparison)
    for at in range(len(keys) - len(wanted) + 1 if text else 0):
        BUDGET.spend()
        if not wanted:
            yield 0
        elif keys[at] == wanted[0]:
            BUDGET.spend(len(wanted) >> 2)
            if keys[at : at + len(wanted)] == wanted:
                yield places[at]


def _at_end(test: Callable[[str, str], bool]) -> Callable[..., bool]:
    """StartsWith or EndsWith, by the `test` of Python that has that name."""

    def tested(text: str, value: str | None, comparison: Enum | None = None) -> bool:
        value = exceptions.required(value, "value")
        if _collates(comparison, text, value):
            (_, whole), (_, part) = _weighed(text, comparison), _weighed(value, comparison)
            at_end = whole[: len(part)] if test is str.startswith else whole[len(whole) - len(part) :]
            return len(part) <= len(whole) and at_end == part
        charge(text)
        return test(ordering.folded(comparison, text), ordering.folded(comparison, value))

    return tested


starts_with = _at_end(str.startswith)
ends_with = _at_end(str.endswith)


def _span(text: str, start: int, count: int | None) -> tuple[int, int]:
    """Where to look, forwards."""
    charge(text)
    exceptions.check_index(start, len(text) + 1, "startIndex")
    count = len(text) - start if count is None else count
    if not 0 <= count <= len(text) - start:
        raise exceptions.count_range()
    return start, start + count


def _span_back(text: str, start: int | None, count: int | None) -> tuple[int, int]:
    """Where to look, backwards from the character at `start`, or from the last one."""
    charge(text)
    start = len(text) - 1 if start is None else start
    exceptions.check_index(start, len(text), "startIndex")
    count = start + 1 if count is None else count
    if not 0 <= count <= start + 1:
        raise exceptions.count_range()
    return start + 1 - count, start + 1


def _place(given: tuple[int | Enum, ...]) -> tuple[int | None, int | None, Enum | None]:
    """Start, count and comparison of an overload of IndexOf or LastIndexOf; each may be missing."""
    comparison = given[-1] if given and isinstance(given[-1], Enum) else None
    start, count, *_ = *(each for each in given if isinstance(each, int)), None, None
    return start, count, comparison


def index_of(text: str, value: str | None, *given: int | Enum) -> int:
    start, count, comparison = _place(given)
    start = start or 0
    if count is not None and comparison is None:
        _span(text, start, count)  # told before the value is looked at
    value = exceptions.required(value, "value")
    first, end = _span(text, start, count)
    if _collates(comparison, text, value):
        return first + next(_found(text[first:end], value, comparison), -1 - first)
    return ordering.folded(comparison, text).find(ordering.folded(comparison, value), first, end)


def last_index_of(text: str, value: str | None, *given: int | Enum) -> int:
    start, count, comparison = _place(given)
    if count is not None and count < 0 and comparison is None:
        raise exceptions.count_range()  # told before the value is looked at
    value = exceptions.required(value, "value")
    if start is None:
        start, count = len(text) - 1, len(text)
    count = start + 1 if count is None else count
    if not text and start in (-1, 0):
        return -1 if value else 0
    if start == len(text):  # one behind the last character is allowed
        start, count = start - 1, count - (count > 0)
    first, end = _span_back(text, start, count)
    if not value:
        return start
    if _collates(comparison, text, value):
        if not _weighed(value, comparison)[1]:
            return end - 1
        return first + max(_found(text[first:end], value, comparison), default=-1 - first)
    return _rfind(ordering.folded(comparison, text), ordering.folded(comparison, value), first, end)


def _rfind(text: str, value: str, first: int, end: int) -> int:
    """str.rfind takes time that grows with the product of both lengths; str.find does not."""
    if len(value) < _SHORT:
        return text.rfind(value, first, end)
    found = text[first:end][::-1].find(value[::-1])
    return -1 if found < 0 else end - found - len(value)


def index_of_any(text: str, chars: ClrArray, start: int = 0, count: int | None = None) -> int:
    first, end = _span(text, start, count)
    places = (text.find(char, first, end) for char in frozenset(map(str, chars)))
    return min((place for place in places if place >= 0), default=-1)


def last_index_of_char(text: str, value: str, start: int | None = None, count: int | None = None) -> int:
    return text.rfind(value, *_span_back(text, start, count)) if text else -1


def last_index_of_any(text: str, chars: ClrArray, start: int | None = None, count: int | None = None) -> int:
    if not text:
        return -1
    first, end = _span_back(text, start, count)
    return max((text.rfind(char, first, end) for char in frozenset(map(str, chars))), default=-1)


def replace_as(text: str, old: str, new: str | None, comparison: Enum) -> str:
    """string.Replace(old, new, StringComparison)"""
    if not old:
        raise exceptions.argument("String cannot be of zero length.", "oldValue")
    charge(text)
    looked, wanted = ordering.folded(comparison, text), ordering.folded(comparison, old)
    bounded_length(len(text) + looked.count(wanted) * (len(new or "") - len(old)))
    pieces: list[str] = []
    at = 0
    while (found := looked.find(wanted, at)) >= 0:
        BUDGET.spend()
        pieces += (text[at:found], new or "")
        at = found + len(old)
    return bounded_text("".join((*pieces, text[at:])))
