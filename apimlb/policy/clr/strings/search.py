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


def _found(text: str, value: str, comparison: Enum | None) -> Iterator[int]:
    """Where in a text a value is found by culture. A value that weighs nothing is found at the start."""
    ignore_case = comparison is not None and comparison.number in (1, 3)
    wanted = [key for _, key in clusters(value, ignore_case)]
    known = list(clusters(text, ignore_case))
    keys = [key for _, key in known]
    for at in range(len(keys) - len(wanted) + 1 if text else 0):
        BUDGET.spend()
        if not wanted:
            yield 0
        elif keys[at] == wanted[0]:
            BUDGET.spend(len(wanted) >> 2)
            if keys[at : at + len(wanted)] == wanted:
                yield known[at][0]


def _weighed(text: str, comparison: Enum | None) -> list[object]:
    return [key for _, key in clusters(text, comparison is not None and comparison.number in (1, 3))]


def _at_end(
    text: str, value: str | None, test: Callable[[str, str], bool], comparison: Enum | None = None
) -> bool:
    """StartsWith and EndsWith, by the `test` of Python that has that name."""
    value = exceptions.required(value, "value")
    if _collates(comparison, text, value):
        whole, part = _weighed(text, comparison), _weighed(value, comparison)
        at_end = whole[: len(part)] if test is str.startswith else whole[len(whole) - len(part) :]
        return len(part) <= len(whole) and at_end == part
    charge(text)
    return test(ordering.folded(comparison, text), ordering.folded(comparison, value))


def starts_with(text: str, value: str | None, *comparison: Enum) -> bool:
    return _at_end(text, value, str.startswith, *comparison)


def ends_with(text: str, value: str | None, *comparison: Enum) -> bool:
    return _at_end(text, value, str.endswith, *comparison)


def _span(text: str, start: int, count: int | None) -> tuple[int, int]:
    """Where to look, forwards."""
    charge(text)
    if not 0 <= start <= len(text):
        raise exceptions.index_range("startIndex")
    if count is None:
        return start, len(text)
    if not 0 <= count <= len(text) - start:
        raise exceptions.count_range()
    return start, start + count


def _span_back(text: str, start: int, count: int) -> tuple[int, int]:
    """Where to look, backwards from the character at `start`."""
    charge(text)
    if not 0 <= start < len(text):
        raise exceptions.index_range("startIndex")
    if not 0 <= count <= start + 1:
        raise exceptions.count_range()
    return start + 1 - count, start + 1


def index_of(text: str, value: str | None, start: int = 0, count: int | None = None) -> int:
    if count is not None:
        _span(text, start, count)
    value = exceptions.required(value, "value")
    first, end = _span(text, start, count)
    if _collates(None, text, value):
        return _first(text[first:end], value, None, first)
    return text.find(value, first, end)


def _first(text: str, value: str, comparison: Enum | None, offset: int) -> int:
    found = next(_found(text, value, comparison), -1)
    return found if found < 0 else found + offset


def index_of_as(text: str, value: str | None, *given: int | Enum) -> int:
    """IndexOf with a comparison behind the place, if any."""
    value = exceptions.required(value, "value")
    start, count, comparison = _search_options(given)
    first, end = _span(text, start or 0, count)
    if _collates(comparison, text, value):
        return _first(text[first:end], value, comparison, first)
    return ordering.folded(comparison, text).find(ordering.folded(comparison, value), first, end)


def _search_options(given: tuple[int | Enum, ...]) -> tuple[int | None, int | None, Enum | None]:
    """Start, count and comparison among the arguments of an overload; each may be missing."""
    start, count = ([each for each in given if isinstance(each, int)] + [None, None])[:2]
    return start, count, next((each for each in given if isinstance(each, Enum)), None)


def last_index_of(text: str, value: str | None, *given: int | Enum) -> int:
    value = exceptions.required(value, "value")
    start, count, comparison = _search_options(given)
    if start is None:
        start, count = len(text) - 1, len(text)
    count = start + 1 if count is None else count
    if not text and start in (-1, 0):
        return -1 if value else 0
    if start == len(text):  # one behind the last character is allowed
        start, count = start - 1, max(count - 1, 0)
    first, end = _span_back(text, start, count)
    if not value:
        return start
    if _collates(comparison, text, value):
        if not _weighed(value, comparison):
            return end - 1
        return first + max(_found(text[first:end], value, comparison), default=-1 - first)
    return _rfind(ordering.folded(comparison, text), ordering.folded(comparison, value), first, end)


def _rfind(text: str, value: str, first: int, end: int) -> int:
    """str.rfind takes time that grows with the product of both lengths; str.find does not."""
    if len(value) < _SHORT:
        return text.rfind(value, first, end)
    found = text[first:end][::-1].find(value[::-1])
    return -1 if found < 0 else end - found - len(value)


def last_index_of_char(text: str, value: str, start: int | None = None, count: int | None = None) -> int:
    if not text:
        return -1
    start = len(text) - 1 if start is None else start
    return text.rfind(value, *_span_back(text, start, start + 1 if count is None else count))


def _wanted(chars: ClrArray | None) -> frozenset[str]:
    chars = exceptions.required(chars, "anyOf")
    return frozenset(str(char) for char in chars.items)


def index_of_any(text: str, chars: ClrArray | None, start: int = 0, count: int | None = None) -> int:
    wanted = _wanted(chars)
    first, end = _span(text, start, count)
    return min((place for char in wanted if (place := text.find(char, first, end)) >= 0), default=-1)


def last_index_of_any(
    text: str, chars: ClrArray | None, start: int | None = None, count: int | None = None
) -> int:
    wanted = _wanted(chars)
    if not text:
        return -1
    start = len(text) - 1 if start is None else start
    first, end = _span_back(text, start, start + 1 if count is None else count)
    return max((text.rfind(char, first, end) for char in wanted), default=-1)


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
