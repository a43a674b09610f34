"""What the members of String and Char do."""

import re
import unicodedata
from collections.abc import Callable, Iterable

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
from apimlb.policy.clr.numbers.arithmetic import Char
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.utf16 import enter, leave

STRING = "System.String"

WHITE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def strings(items: list[str]) -> ClrArray:
    return ClrArray(list(items), STRING)


def chars_text(chars: Iterable[object] | None) -> str:
    """Characters as a text; null is the empty one."""
    return "" if chars is None else "".join(map(str, chars))


def check_not_below_zero(number: int, name: str, what: str = "") -> None:
    """An argument, which the message calls `what`, or by its own name in capitals; throws
    System.ArgumentOutOfRangeException."""
    if number < 0:
        what = what or f"{name[0].upper()}{name[1:]}"
        raise argument_range(f"{what} cannot be less than zero.", name)


def char_at(text: str, index: int) -> Char:
    if not 0 <= index < len(text):
        raise array_range()
    return Char(text[index])


def substring(text: str, start: int, length: int | None = None) -> str:
    check_not_below_zero(start, "startIndex")
    if start > len(text):
        raise argument_range("startIndex cannot be larger than length of string.", "startIndex")
    if length is None:
        return text[start:]
    check_not_below_zero(length, "length")
    if start + length > len(text):
        raise argument_range("Index and length must refer to a location within the string.", "length")
    return text[start : start + length]


def remove(text: str, start: int, count: int | None = None) -> str:
    check_not_below_zero(start, "startIndex")
    if count is None:
        if start >= len(text):
            raise argument_range("startIndex must be less than length of string.", "startIndex")
        return text[:start]
    check_not_below_zero(count, "count")
    if start + count > len(text):
        raise argument_range("Index and count must refer to a location within the string.", "count")
    return text[:start] + text[start + count :]


def insert(text: str, start: int, value: str) -> str:
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


_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe]")


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


def in_form_c(call: Callable[..., object], text: str) -> object:
    """Normalize() or IsNormalized(), by the function of unicodedata that does the same."""
    plain = leave(text)
    if _NO_CHARACTER.search(plain):
        raise argument("String contains invalid Unicode code points.", "strInput")
    _charge_marks(plain)
    made = call("NFC", plain)
    return enter(made) if isinstance(made, str) else made


def trimming(strip: Callable[[str, str], str]) -> Callable[..., str]:
    """Trim, TrimStart or TrimEnd: it takes away white space where nothing is given."""
    return lambda text, chars=None: strip(text, chars_text(chars) or WHITE)


def padded(pad: Callable[[str, int, str], str], text: str, width: int, fill: str = " ") -> str:
    """PadLeft or PadRight, by the function of Python that puts the same on that side."""
    not_negative(width, "totalWidth")
    return pad(text, bounded_length(width), fill)


def _pieces(text: str, separators: list[str], limit: int, remove_empty: bool) -> list[str]:
    """string.Split, the general case; a `limit` below zero means no limit."""
    if limit == 0 or (remove_empty and not text):
        return []
    if limit == 1 or not separators:
        return [text]
    BUDGET.spend(sum(map(len, separators)) << 1)
    if len(separators) == len(separators[0]) == 1 and limit < 0:
        bounded(text.count(separators[0]))
        pieces = text.split(separators[0])
        BUDGET.spend(len(pieces) >> 4)
        return [piece for piece in pieces if piece] if remove_empty else pieces
    pieces, at = [], 0
    # At one place the first separator of the list wins, as it does among the branches of a pattern.
    pattern = re.compile("|".join(map(re.escape, separators)))
    for found in pattern.finditer(text):
        if len(pieces) == limit - 1:
            break
        piece, at = text[at : found.start()], found.end()
        BUDGET.spend()
        if piece or not remove_empty:
            pieces.append(piece)
    while remove_empty and limit > 0 and (empty := pattern.match(text, at)) is not None:
        at = empty.end()
        BUDGET.spend()
    rest = text[at:]
    if rest or not remove_empty:
        pieces.append(rest)
    return pieces


def _split_options(given: tuple[int | Enum, ...]) -> tuple[int, bool]:
    """The greatest number of pieces (below zero: any) and whether empty pieces are left out, by the arguments
    of an overload of Split: a count, options, both or neither."""
    limit = -1
    for each in given:
        if isinstance(each, Enum) and each.number not in (0, 1):
            raise argument(f"Illegal enum value: {each.number}.")
        if isinstance(each, int):
            check_not_below_zero(each, "count")
            limit = each
    return limit, bool(given) and isinstance(given[-1], Enum) and given[-1].number == 1


def split(text: str, separators: ClrArray | None, *given: int | Enum) -> ClrArray:
    wanted = [str(item) for item in separators.items if item] if separators else list(WHITE)
    return strings(_pieces(text, wanted, *_split_options(given)))


def split_by(text: str, separator: str | None, *given: int | Enum) -> ClrArray:
    separators = [str(separator)] if separator else []
    return strings(_pieces(text, separators, *_split_options(given)))


def join(separator: str | None, values: object, name: str = "values") -> str:
    separator = separator or ""
    pieces = [text_of(item) for item in elements(values, name)]
    bounded_length(sum(map(len, pieces)) + len(separator) * len(pieces))
    return bounded_text(separator.join(pieces))


def repeated(char: str, count: int, name: str = "count") -> str:
    check_not_below_zero(count, name, "Count")
    return str(char) * bounded_length(count)
