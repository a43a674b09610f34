"""Reads the characters of a .NET regular expression: escapes and sets."""

import re
from typing import NoReturn

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import ClrException, unsupported
from apimlb.policy.clr.regex import nodes

_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b", "v": "\v"}
_SHORTHANDS = frozenset("dDwWsS")
_CATEGORY = re.compile(r"[pP](?=...)\{([\w-]*)\}", re.DOTALL)
_NO_CATEGORY = re.compile(r"[pP](?=...)(\{[\w-]*)?.", re.DOTALL)
_HEXADECIMAL = re.compile(r"(?=x..|u....)[xu][0-9a-fA-F]*.|[xu]", re.DOTALL)
_CODE = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|c([A-Za-z@\[\\\]^_])|([0-7]{1,3})")
_UNTERMINATED = "Unterminated [] set"
_CASED = ("Ll", "Lt", "Lu")
_LARGEST = 2**31 - 1
_BITS = {"i": 1, "m": 2, "n": 4, "s": 16, "x": 32}
"""RegexOptions by the letters that set them in a pattern: without case, many lines, groups by name alone, one
line, and white space for nothing."""


class CharacterReader:
    """A place in a pattern, and the options that are set there."""

    def __init__(self, pattern: str, options: int) -> None:
        self._text = pattern
        self._at = 0
        self._options = {letter for letter, bit in _BITS.items() if options & bit}

    def unescaped(self) -> str:
        """The text, with characters for its escapes."""
        BUDGET.spend(self._text.count("\\"))
        pieces = []
        while (escape := self._text.find("\\", self._at)) >= 0:
            pieces.append(self._text[self._at : escape])
            self._at = escape + 1
            pieces.append(self._character() if self._peek() else "")
        return "".join((*pieces, self._text[self._at :]))

    def _fail(self, what: str) -> NoReturn:
        raise invalid(self._text, self._at, what)

    # The cursor

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, text: str) -> bool:
        if self._text.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _accept(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return found

    def _class(self) -> str | None:
        """The set that an escape like \\d or \\p{L} names, the cursor being behind its backslash."""
        letter = self._peek()
        if letter in _SHORTHANDS:
            self._at += 1
            return f"\\{letter}"
        if letter not in ("p", "P"):
            return None
        found = self._accept(_CATEGORY)
        if found is None:
            wrong = self._accept(_NO_CATEGORY)
            if wrong is None:
                self._at += 1
            what = "Incomplete" if wrong is None or wrong[1] else "Malformed"
            self._fail(f"{what} \\\\p{{X}} character escape")
        cased = "i" in self._options and found[1] in _CASED
        ranges = nodes.category(_CASED if cased else found[1], others=letter == "P")
        if ranges is None and found[1].startswith("Is"):
            raise unsupported(f"The block of characters {found[1]}")
        if ranges is None:
            self._fail(f"Unknown property '{found[1]}'")
        BUDGET.spend(len(ranges))  # Python compiles the ranges wherever they stand
        return ranges

    def _character(self) -> str:
        """The character of an escape, the cursor being behind its backslash."""
        if code := self._accept(_CODE):
            if code[3]:
                return chr(ord(code[3].upper()) - 64)
            return chr(int(code[4], 8) & 0xFF if code[4] else int(code[1] or code[2], 16))
        if self._accept(_HEXADECIMAL):
            self._fail("Insufficient hexadecimal digits")
        char = self._peek()
        self._at += 1
        if char == "c":
            what = "Unrecognized" if self._peek() else "Missing"
            self._at = min(self._at + 1, len(self._text))
            self._fail(f"{what} control character")
        if char in _ESCAPES:
            return _ESCAPES[char]
        if char.isalnum() or char == "_":
            self._fail(f"Unrecognized escape sequence \\\\{char}")
        return char

    def _set(self) -> nodes.Chars:
        self._at += 1
        negated = self._take("^")
        pieces: list[str] = []
        minus: nodes.Chars | None = None
        while minus is None and not (pieces and self._take("]")):
            if not self._peek():
                self._fail(_UNTERMINATED)
            if pieces and self._text.startswith("-[", self._at):
                self._at += 1
                minus = self._set()
                if not self._take("]"):
                    self._fail("A subtraction must be the last element in a character class")
            else:
                pieces.append(self._set_piece())
        return nodes.chars("".join(pieces), "i" in self._options, negated, minus)

    def _set_piece(self) -> str:
        """One member of a set: a character, a range or a shorthand."""
        low = self._set_character()
        if len(low) != 1:
            return low
        after = self._text[self._at + 1 : self._at + 2]
        if self._peek() != "-" or after in ("]", "[", ""):
            return quoted(low)
        self._at += 1
        begun = self._at
        high = self._set_character()
        if len(high) != 1:
            self._at = begun + 2
            self._fail(f"Cannot include class \\\\{self._text[begun + 1]} in character range")
        if ord(high) < ord(low):
            self._fail("[x-y] range in reverse order")
        return f"{quoted(low)}-{quoted(high)}"

    def _set_character(self) -> str:
        if not self._take("\\"):
            self._at += 1
            return self._text[self._at - 1]
        if not self._peek():
            self._fail(_UNTERMINATED)
        source = self._class()
        return self._character() if source is None else source


def invalid(pattern: str, offset: int, what: str) -> ClrException:
    return ClrException(
        "System.Text.RegularExpressions.RegexParseException",
        f"Invalid pattern '{pattern}' at offset {offset}. {what}.",
    )


def number_of(found: re.Match[str], part: int) -> int:
    """A number in what was read; throws RegexParseException for one that is no Int32."""
    number = 0
    for at, digit in enumerate(found[part], found.start(part) + 1):
        number = 10 * number + int(digit)
        if number > _LARGEST:
            raise invalid(
                found.string, at, "Capture group numbers must be less than or equal to Int32.MaxValue"
            )
    return number


def quoted(char: str) -> str:
    """A character for the inside of a set."""
    return char if char.isalnum() else f"\\u{ord(char):04x}"
