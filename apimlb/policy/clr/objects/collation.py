"""How ICU's root collation weighs characters: by letter, then by accent, then by case and form.

A model of it: letters are in the order of their code points, and what the Unicode database decomposes is
weighed as its parts. `benchmarks/policy_differential.py --members` compares it with ICU.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from apimlb.policy.clr.budget import BUDGET

# Punctuation and symbols come before digits and letters.
_SYMBOLS = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_SYMBOL_ORDER = {char: index for index, char in enumerate(_SYMBOLS)}

_LETTERS: Final = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o\u0338", "Ø": "O\u0338",
    "đ": "d\u0335", "Đ": "D\u0335", "ł": "l\u0335", "Ł": "L\u0335", "ħ": "h\u0335", "Ħ": "H\u0335", "ς": "σ",
}  # fmt: skip
"""Letters that are weighed as others, and that the database does not decompose."""

_FORMS: Final = {"": 0, "<wide>": 1, "<compat>": 2, "<font>": 3, "<circle>": 4, "<super>": 9, "<sub>": 10}
_UPPER: Final = 5
_CONTROLS: Final = "\t\n\x0b\x0c\r\x85"
_LOWEST, _HIGHEST = "\ufffe", "\uffff"

Weight = tuple[tuple[int, object] | None, int, int, int]
"""Of one part of a character: its letter's (None of a mark), the mark's, that of its form and of its case."""

_PECULIAR: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061c\u064b-\u065f\u06d6-\u06ed"
    "\u1100-\u11ff\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f"
    "\ufe20-\ufe2f\ufeff\ufff9-\ufffb]"
)


def is_peculiar(text: str) -> bool:
    """Whether a text has characters that weigh nothing or join the one before."""
    return _PECULIAR.search(text) is not None


@lru_cache(maxsize=4096)
def _weights(char: str) -> tuple[Weight, ...]:
    """What a character weighs; nothing of one that collation ignores."""
    category = unicodedata.category(char)
    if (category == "Cc" and char not in _CONTROLS) or category == "Cf":
        return ()
    known = _LETTERS.get(char)
    parts = unicodedata.normalize("NFKD", char) if known is None else known
    tag, mark, _ = unicodedata.decomposition(char).partition(">")
    form = _FORMS.get(tag + mark, 2) if mark else 0
    if known is not None:
        form = 0 if unicodedata.combining(known[-1]) else 9
    return tuple(_weight(part, form) for part in parts)


def _weight(part: str, form: int) -> Weight:
    if unicodedata.combining(part):
        return None, ord(part), form, 0
    return _rank(part), 0, form, _UPPER if part.isupper() else 0


def _rank(base: str) -> tuple[int, object]:
    if base in (_LOWEST, _HIGHEST):
        return (-1 if base == _LOWEST else 9), 0
    if base.isspace():
        return 0, ord(base)
    if base in _SYMBOL_ORDER:
        return 1, _SYMBOL_ORDER[base]
    if base.isdigit():
        return 3, unicodedata.digit(base, 0)
    if base == "ı":  # behind i, before j
        return 4, "i\uffff"
    return (4, base.casefold()) if base.isalpha() else (2, ord(base))


Key = tuple[tuple[object, ...], tuple[int, ...], tuple[int, ...]]


def culture_key(text: str, ignore_case: bool = False) -> Key:
    """A key that sorts as string.Compare does in the invariant culture: letters first, then accents, then
    form and case."""
    BUDGET.spend(len(text) if text.isascii() else 4 * len(text))
    weights = [weight for char in text for weight in _weights(char)]
    letters = tuple(weight[0] for weight in weights if weight[0] is not None)
    return (
        letters,
        tuple(weight[1] for weight in weights),
        tuple(weight[2] if ignore_case else weight[2] + weight[3] for weight in weights),
    )


def clusters(text: str, ignore_case: bool = False) -> Iterator[tuple[int, Key]]:
    """The characters that weigh something, each with what joins it: where it begins, and its key."""
    BUDGET.spend(2 * len(text))
    start, held = 0, ""
    for at, char in enumerate(text):
        weights = _weights(char)
        if not weights:
            continue
        if held and weights[0][0] is not None:
            yield start, culture_key(held, ignore_case)
            held = ""
        if not held:
            start = at
        held += char
    if held:
        yield start, culture_key(held, ignore_case)
