"""What the members of Char do."""

import unicodedata
from collections.abc import Callable

from apimlb.policy.library.string_calls import WHITE, required
from apimlb.policy.values import compare as order
from apimlb.policy.values.exceptions import (
    bad_format,
)
from apimlb.policy.values.numbers import Char


def _category(*wanted: str) -> Callable[[str], bool]:
    return lambda char: unicodedata.category(char).startswith(wanted)


is_letter = _category("L")


is_digit = _category("Nd")


is_upper = _category("Lu")


is_lower = _category("Ll")


is_letter_or_digit = _category("L", "Nd")


is_punctuation = _category("P")


is_symbol = _category("S")


is_control = _category("Cc")


is_number = _category("N")


def is_white_space(char: str) -> bool:
    return char in WHITE


def char_upper(char: str) -> Char:
    return Char(order.upper_ordinal(char))


def char_lower(char: str) -> Char:
    return Char(order.lower_ordinal(char))


def parse_char(text: str | None) -> Char:
    if len(required(text, "s")) != 1:
        raise bad_format("String must be exactly one character long.")
    return Char(text)


def numeric_value(char: str) -> float:
    return unicodedata.numeric(char, -1.0)


def compare_chars(left: str, right: str) -> int:
    return ord(left) - ord(right)
