"""What the members of Char do."""

import unicodedata
from collections.abc import Callable

from apimlb.policy.clr.exceptions import argument, argument_range, check_index, out_of_range
from apimlb.policy.clr.numbers.arithmetic import Char
from apimlb.policy.clr.objects import ordering
from apimlb.policy.clr.strings.texts import WHITE
from apimlb.policy.clr.utf16 import enter, leave


def _category(*wanted: str) -> Callable[[str], bool]:
    return lambda char: unicodedata.category(char).startswith(wanted)


is_number = _category("N")
is_surrogate = _category("Cs")


def is_high(char: str) -> bool:
    return "\ud800" <= char <= "\udbff"


def is_low(char: str) -> bool:
    return "\udc00" <= char <= "\udfff"


TESTS: dict[str, Callable[[str], bool]] = {
    "IsLetter": _category("L"),
    "IsDigit": _category("Nd"),
    "IsUpper": _category("Lu"),
    "IsLower": _category("Ll"),
    "IsLetterOrDigit": _category("L", "Nd"),
    "IsControl": _category("Cc"),
    "IsPunctuation": _category("P"),
    "IsSymbol": _category("S"),
    "IsNumber": is_number,
    "IsSeparator": _category("Z"),
    "IsWhiteSpace": WHITE.__contains__,
}
UNIT_TESTS: dict[str, Callable[[str], bool]] = {
    "IsSurrogate": is_surrogate,
    "IsHighSurrogate": is_high,
    "IsLowSurrogate": is_low,
}
"""Of one UTF-16 unit, also where it stands in a text."""


def numeric_value(char: str) -> float:
    """The value of a digit, number letter or fraction; an ideograph has no value in .NET."""
    return unicodedata.numeric(char, -1.0) if is_number(char) else -1.0


def compare_char(left: str, right: object) -> int:
    """'a'.CompareTo(value)"""
    return ord(left) - ord(right) if isinstance(right, Char) else ordering.compare(left, right)


def _in_text(text: str, index: int) -> str:
    if not 0 <= index < len(text):
        raise out_of_range("index")
    return text


def at_index(test: Callable[[str], object]) -> Callable[[str, int], object]:
    """The overload for a text and an index: a pair of surrogates counts as its character."""
    return lambda text, index: test(leave(_in_text(text, index)[index : index + 2])[:1])


def unit_at_index(test: Callable[[str], object]) -> Callable[[str, int], object]:
    """The overload for a text and an index that looks at one UTF-16 unit."""
    return lambda text, index: test(_in_text(text, index)[index])


def is_pair(high: str, low: str) -> bool:
    return is_high(high) and is_low(low)


def is_pair_at(text: str, index: int) -> bool:
    return is_pair(_in_text(text, index)[index], text[index + 1 : index + 2])


def from_utf32(number: int) -> str:
    """char.ConvertFromUtf32"""
    if not 0 <= number <= 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        raise argument_range(
            "A valid UTF32 value is between 0x000000 and 0x10ffff, inclusive, and should not include "
            "surrogate codepoint values (0x00d800 ~ 0x00dfff).",
            "utf32",
        )
    return enter(chr(number))


def to_utf32(high: str, low: str) -> int:
    """char.ConvertToUtf32(highSurrogate, lowSurrogate)"""
    valid = "A valid {} surrogate character is between 0x{} and 0x{}, inclusive."
    if not is_high(high):
        raise argument_range(valid.format("high", "d800", "dbff"), "highSurrogate")
    if not is_low(low):
        raise argument_range(valid.format("low", "dc00", "dfff"), "lowSurrogate")
    return ord(leave(high + low))


def to_utf32_at(text: str, index: int) -> int:
    """char.ConvertToUtf32(text, index)"""
    check_index(index, len(text))
    char = leave(text[index : index + 2])[0]
    if is_surrogate(char):
        kind, side = ("high", "following low") if is_high(char) else ("low", "preceding high")
        raise argument(
            f"Found a {kind} surrogate char without a {side} surrogate at index: {index}. The input may not "
            "be in this encoding, or may not contain valid Unicode (UTF-16) characters.",
            "s",
        )
    return ord(char)
