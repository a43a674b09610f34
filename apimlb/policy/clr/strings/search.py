"""Looking for one text in another: Contains, StartsWith, EndsWith, IndexOf, LastIndexOf and their kin."""

from collections.abc import Callable
from typing import Final

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET, bounded_length, bounded_text
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.objects import ordering as order

_SHORT: Final = 32


def charge(text: str) -> None:
    """Looking through a long text costs steps."""
    if len(text) > 10_000:
        BUDGET.spend(len(text) >> 8)


def bad_count() -> exceptions.ClrException:
    return exceptions.argument_range(
        "Count must be positive and count must refer to a location within the string/array/collection.",
        "count",
    )


def contains(text: str, value: str | None) -> bool:
    charge(text)
    return exceptions.required(value, "value") in text


def _culture(text: str) -> str:
    """Text without the characters that collation ignores."""
    return text.replace("\0", "").replace("\u00ad", "") if not text.isascii() or "\0" in text else text


def _at_end(
    text: str, value: str | None, test: Callable[[str, str], bool], comparison: Enum | None = None
) -> bool:
    """StartsWith and EndsWith, by the `test` of Python that has that name."""
    value = exceptions.required(value, "value")
    if comparison is None:
        return test(_culture(text), _culture(value))
    charge(text)
    return test(order.folded(comparison, text), order.folded(comparison, value))


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
        raise bad_count()
    return start, start + count


def _span_back(text: str, start: int, count: int) -> tuple[int, int]:
    """Where to look, backwards from the character at `start`."""
    charge(text)
    if not 0 <= start < len(text):
        raise exceptions.index_range("startIndex")
    if not 0 <= count <= start + 1:
        raise bad_count()
    return start + 1 - count, start + 1


def index_of(text: str, value: str | None, start: int = 0, count: int | None = None) -> int:
    if count is not None:
        _span(text, start, count)
    value = exceptions.required(value, "value")
    return text.find(value, *_span(text, start, count))


def index_of_as(text: str, value: str | None, *given: int | Enum) -> int:
    """IndexOf with a comparison behind the place, if any."""
    value = exceptions.required(value, "value")
    start, count, comparison = _told(given)
    first, end = _span(text, start or 0, count)
    return order.folded(comparison, text).find(order.folded(comparison, value), first, end)


def _told(given: tuple[int | Enum, ...]) -> tuple[int | None, int | None, Enum | None]:
    """Start, count and comparison, as an overload is told: each may be missing."""
    start, count = ([each for each in given if isinstance(each, int)] + [None, None])[:2]
    return start, count, next((each for each in given if isinstance(each, Enum)), None)


def last_index_of(text: str, value: str | None, *given: int | Enum) -> int:
    value = exceptions.required(value, "value")
    start, count, comparison = _told(given)
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
    return _rfind(order.folded(comparison, text), order.folded(comparison, value), first, end)


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
    looked, wanted = order.folded(comparison, text), order.folded(comparison, old)
    bounded_length(len(text) + looked.count(wanted) * (len(new or "") - len(old)))
    pieces: list[str] = []
    at = 0
    while (found := looked.find(wanted, at)) >= 0:
        BUDGET.spend()
        pieces += (text[at:found], new or "")
        at = found + len(old)
    return bounded_text("".join((*pieces, text[at:])))
