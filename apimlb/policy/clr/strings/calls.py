"""What the members of String and Char do."""

import re
import unicodedata

from apimlb.policy.clr.budget import BUDGET, bounded_length, bounded_text
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.collections.values import ClrArray, bounded
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import argument, argument_null, argument_range, array_range
from apimlb.policy.clr.numbers.arithmetic import Char
from apimlb.policy.clr.objects import ordering as order
from apimlb.policy.clr.objects.text import format_text, text_of

STRING = "System.String"


WHITE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def strings(items: list[str]) -> ClrArray:
    return ClrArray(list(items), STRING)


def required(text: str | None, name: str) -> str:
    if text is None:
        raise argument_null(name)
    return text


def char_at(text: str, index: int) -> Char:
    if not 0 <= index < len(text):
        raise array_range()
    return Char(text[index])


def is_null_or_empty(text: str | None) -> bool:
    return not text


def is_null_or_white_space(text: str | None) -> bool:
    return not text or not text.strip(WHITE)


def substring(text: str, start: int, length: int | None = None) -> str:
    if start < 0:
        raise argument_range("StartIndex cannot be less than zero.", "startIndex")
    if start > len(text):
        raise argument_range("startIndex cannot be larger than length of string.", "startIndex")
    if length is None:
        return text[start:]
    if length < 0:
        raise argument_range("Length cannot be less than zero.", "length")
    if start + length > len(text):
        raise argument_range("Index and length must refer to a location within the string.", "length")
    return text[start : start + length]


def remove(text: str, start: int, count: int | None = None) -> str:
    if start < 0:
        raise argument_range("StartIndex cannot be less than zero.", "startIndex")
    if count is None:
        if start >= len(text):
            raise argument_range("startIndex must be less than length of string.", "startIndex")
        return text[:start]
    if count < 0:
        raise argument_range("Count cannot be less than zero.", "count")
    if start + count > len(text):
        raise argument_range("Index and count must refer to a location within the string.", "count")
    return text[:start] + text[start + count :]


def insert(text: str, start: int, value: str | None) -> str:
    value = required(value, "value")
    if not 0 <= start <= len(text):
        raise argument_range("Specified argument was out of the range of valid values.", "startIndex")
    return bounded_text(text[:start] + value + text[start:])


def replace(text: str, old: str | None, new: str | None) -> str:
    old = required(old, "oldValue")
    if not old:
        raise argument("String cannot be of zero length.", "oldValue")
    count = text.count(old)
    bounded_length(len(text) + count * (len(new or "") - len(old)))
    return bounded_text(text.replace(old, new or ""))


def replace_char(text: str, old: str, new: str) -> str:
    return text.replace(old, new)


def trim(text: str) -> str:
    return text.strip(WHITE)


def trim_start(text: str) -> str:
    return text.lstrip(WHITE)


def trim_end(text: str) -> str:
    return text.rstrip(WHITE)


def _set(chars: ClrArray | None) -> str:
    return "".join(str(char) for char in chars.items) if chars is not None and chars.items else WHITE


def trim_chars(text: str, chars: ClrArray | None) -> str:
    return text.strip(_set(chars))


def trim_start_chars(text: str, chars: ClrArray | None) -> str:
    return text.lstrip(_set(chars))


def trim_end_chars(text: str, chars: ClrArray | None) -> str:
    return text.rstrip(_set(chars))


def pad_left(text: str, width: int, fill: str = " ") -> str:
    if width < 0:
        raise argument_range("Non-negative number required.", "totalWidth")
    return text.rjust(bounded_length(width), fill)


def pad_right(text: str, width: int, fill: str = " ") -> str:
    if width < 0:
        raise argument_range("Non-negative number required.", "totalWidth")
    return text.ljust(bounded_length(width), fill)


def _pieces(text: str, separators: list[str], limit: int, remove_empty: bool) -> list[str]:
    """string.Split, the general case; a `limit` below zero is none."""
    if limit == 0:
        return []
    pieces: list[str] = []
    at = 0
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


def split(text: str, separators: ClrArray | None) -> ClrArray:
    return strings(_pieces(text, _separators(separators), -1, False))


def split_limited(text: str, separators: ClrArray | None, count: int) -> ClrArray:
    return strings(_pieces(text, _separators(separators), _limit(count), False))


def split_options(text: str, separators: ClrArray | None, options: Enum) -> ClrArray:
    return strings(_pieces(text, _separators(separators), -1, options.number == 1))


def _limit(count: int) -> int:
    if count < 0:
        raise argument_range("Count cannot be less than zero.", "count")
    return count


def split_both(text: str, separators: ClrArray | None, count: int, options: Enum) -> ClrArray:
    return strings(_pieces(text, _separators(separators), _limit(count), options.number == 1))


def _split_by(text: str, separator: str | None, limit: int, remove_empty: bool) -> ClrArray:
    if not separator:  # splits nothing
        return strings([text] if limit and (text or not remove_empty) else [])
    return strings(_pieces(text, [str(separator)], limit, remove_empty))


def split_one(text: str, separator: str | None, options: Enum) -> ClrArray:
    return _split_by(text, separator, -1, options.number == 1)


def split_one_limited(text: str, separator: str | None, count: int, options: Enum) -> ClrArray:
    return _split_by(text, separator, _limit(count), options.number == 1)


def join(separator: str | None, values: object, name: str = "values") -> str:
    separator = separator or ""
    pieces = [text_of(item) for item in elements(values, name)]
    bounded_length(sum(map(len, pieces)) + len(separator) * len(pieces))
    return bounded_text(separator.join(pieces))


def join_texts(separator: str | None, values: object) -> str:
    return join(separator, values, "value")


def concat_all(values: object) -> str:
    return join("", values)


def concat_objects(values: object) -> str:
    return join("", values, "args")


def equals(left: str, right: str | None) -> bool:
    return left == right


def equals_object(left: str, right: object) -> bool:
    return type(right) is str and left == right


def equals_as(left: str | None, right: str | None, comparison: Enum) -> bool:
    return order.equal_as(comparison, left, right)


def compare_as(left: str | None, right: str | None, comparison: Enum) -> int:
    return order.compare_as(comparison, left, right)


def compare_ignoring(left: str | None, right: str | None, ignore_case: bool) -> int:
    return order.compare_culture(left, right, ignore_case)


def to_chars(text: str) -> ClrArray:
    bounded(len(text))
    return ClrArray([Char(char) for char in text], "System.Char")


def new_string(chars: ClrArray | None) -> str:
    return "" if chars is None else "".join(str(char) for char in chars.items)


def repeated(char: str, count: int) -> str:
    if count < 0:
        raise argument_range("Count cannot be less than zero.", "count")
    return str(char) * bounded_length(count)


def normalize(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def is_normalized(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)


def format_one(layout: str | None, values: ClrArray | None) -> str:
    if values is None:
        raise argument_null("args")
    return format_text(layout, values.items)


def compare_values(left: object, right: object) -> int:
    return order.compare(left, right)
