"""What the members of String and Char do."""

import re
import unicodedata

from apimlb.policy.clr.budget import BUDGET, bounded_length, bounded_text, charge_each
from apimlb.policy.clr.collections.containers import ClrArray, bounded
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import (
    argument,
    argument_range,
    array_range,
    not_negative,
    out_of_range,
    required,
)
from apimlb.policy.clr.numbers.arithmetic import Char, chars_of
from apimlb.policy.clr.objects.text import text_of

STRING = "System.String"

WHITE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def strings(items: list[str]) -> ClrArray:
    return ClrArray(list(items), STRING)


def char_at(text: str, index: int) -> Char:
    if not 0 <= index < len(text):
        raise array_range()
    return Char(text[index])


def substring(text: str, start: int, length: int | None = None) -> str:
    not_negative(start, "startIndex", "StartIndex cannot be less than zero.")
    if start > len(text):
        raise argument_range("startIndex cannot be larger than length of string.", "startIndex")
    if length is None:
        return text[start:]
    not_negative(length, "length", "Length cannot be less than zero.")
    if start + length > len(text):
        raise argument_range("Index and length must refer to a location within the string.", "length")
    return text[start : start + length]


def remove(text: str, start: int, count: int | None = None) -> str:
    not_negative(start, "startIndex", "StartIndex cannot be less than zero.")
    if count is None:
        if start >= len(text):
            raise argument_range("startIndex must be less than length of string.", "startIndex")
        return text[:start]
    not_negative(count, "count", "Count cannot be less than zero.")
    if start + count > len(text):
        raise argument_range("Index and count must refer to a location within the string.", "count")
    return text[:start] + text[start + count :]


def insert(text: str, start: int, value: str | None) -> str:
    value = required(value, "value")
    if not 0 <= start <= len(text):
        raise out_of_range("startIndex")
    return bounded_text(text[:start] + value + text[start:])


def replace(text: str, old: str | None, new: str | None) -> str:
    old = required(old, "oldValue")
    if not old:
        raise argument("String cannot be of zero length.", "oldValue")
    count = text.count(old)
    bounded_length(len(text) + count * (len(new or "") - len(old)))
    return bounded_text(text.replace(old, new or ""))


def _charge_marks(text: str) -> None:
    """Pay for putting the marks behind each letter in order: in the square of their number."""
    if text.isascii():
        return
    charge_each(len(text))
    run = 0
    for char in text:
        if unicodedata.combining(char) or unicodedata.decomposition(char):
            run += 1
        else:
            BUDGET.spend(run * run >> 9)
            run = 0
    BUDGET.spend(run * run >> 9)


def normalized(text: str) -> str:
    """Normalize(): form C"""
    _charge_marks(text)
    return unicodedata.normalize("NFC", text)


def is_normalized(text: str) -> bool:
    _charge_marks(text)
    return unicodedata.is_normalized("NFC", text)


def trimmed(chars: ClrArray | None) -> str:
    """What Trim takes away: white space where nothing is given."""
    return "".join(str(char) for char in chars.items) if chars is not None and chars.items else WHITE


def pad_left(text: str, width: int, fill: str = " ") -> str:
    not_negative(width, "totalWidth")
    return text.rjust(bounded_length(width), fill)


def pad_right(text: str, width: int, fill: str = " ") -> str:
    not_negative(width, "totalWidth")
    return text.ljust(bounded_length(width), fill)


def _pieces(text: str, separators: list[str], limit: int, remove_empty: bool) -> list[str]:
    """string.Split, the general case; a `limit` below zero means no limit."""
    if limit == 0:
        return []
    pieces: list[str] = []
    at = 0
    BUDGET.spend(sum(map(len, separators)) << 1)
    singles = all(len(separator) == 1 for separator in separators)
    if singles and len(separators) == 1 and limit < 0:
        bounded(text.count(separators[0]))
        pieces = text.split(separators[0])
        BUDGET.spend(len(pieces) >> 4)
        return [piece for piece in pieces if piece] if remove_empty else pieces
    # At one place the first separator of the list wins, as it does among the branches of a pattern.
    pattern = re.compile("|".join(re.escape(s) for s in separators if s) or r"(?!)", re.DOTALL)
    while limit < 0 or len(pieces) < limit - 1:
        found = pattern.search(text, at)
        if found is None:
            break
        piece = text[at : found.start()]
        at = found.end()
        BUDGET.spend()
        if piece or not remove_empty:
            pieces.append(piece)
    rest = text[at:]
    if remove_empty and limit > 0:
        changed = True
        while changed:
            changed = False
            for separator in separators:
                if separator and rest.startswith(separator):
                    rest, changed = rest[len(separator) :], True
    if rest or not remove_empty:
        pieces.append(rest)
    return pieces


def _separators(given: ClrArray | None) -> list[str]:
    found = [str(item) for item in given.items if item] if given is not None else []
    return found or list(WHITE)


def _split_options(given: tuple[int | Enum, ...]) -> tuple[int, bool]:
    """The greatest number of pieces (below zero: any) and whether empty pieces are left out, by the arguments
    of an overload of Split: a count, options, both or neither."""
    limit = -1
    for each in given:
        if isinstance(each, Enum) and each.number not in (0, 1):
            raise argument(f"Illegal enum value: {each.number}.")
        if isinstance(each, int):
            not_negative(each, "count", "Count cannot be less than zero.")
            limit = each
    return limit, bool(given) and isinstance(given[-1], Enum) and given[-1].number == 1


def split(text: str, separators: ClrArray | None, *given: int | Enum) -> ClrArray:
    return strings(_pieces(text, _separators(separators), *_split_options(given)))


def split_by(text: str, separator: str | None, *given: int | Enum) -> ClrArray:
    limit, remove_empty = _split_options(given)
    if not separator:  # splits nothing
        return strings([text] if limit and (text or not remove_empty) else [])
    return strings(_pieces(text, [str(separator)], limit, remove_empty))


def join(separator: str | None, values: object, name: str = "values") -> str:
    separator = separator or ""
    pieces = [text_of(item) for item in elements(values, name)]
    bounded_length(sum(map(len, pieces)) + len(separator) * len(pieces))
    return bounded_text(separator.join(pieces))


def to_chars(text: str) -> ClrArray:
    bounded(len(text))
    return ClrArray(chars_of(text), "System.Char")


def repeated(char: str, count: int) -> str:
    not_negative(count, "count", "Count cannot be less than zero.")
    return str(char) * bounded_length(count)
