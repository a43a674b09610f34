"""Reads a .NET regular expression (Microsoft Learn, "Regular Expression Language - Quick Reference")."""

import re
from contextlib import suppress
from typing import NoReturn

from apimlb.policy.clr.exceptions import ClrException, unsupported
from apimlb.policy.clr.regex import nodes

ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b", "v": "\v"}
_EDGES = {"A": nodes.START, "Z": nodes.END, "z": r"\Z", "b": r"\b", "B": r"(?!\b)", "G": nodes.CONTIGUOUS}
_SHORTHANDS = frozenset("dDwWsS")
_BOUNDS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_QUANTIFIER = re.compile(r"([*+?])|\{(\d+)(?:(,)(\d*))?\}")
_NAME = r"((?!\d)\w+|[1-9]\d*)?(?:-((?!\d)\w+|\d+))?"
_NAMED = re.compile(rf"\(\?(?:<(?!-?>){_NAME}>|'(?!-?'){_NAME}')")
_LOOK = re.compile(r"\(\?(<?)([=!])")
_OPTIONS = re.compile(r"\(\?([imnsx]*)(?:-([imnsx]+))?([:)])")
_TESTED = re.compile(r"(\w+)\)")
_REFERENCE = re.compile(r"k(?:<(\w+)>|'(\w+)')|([1-9]\d*)")
_CATEGORY = re.compile(r"[pP]\{([\w-]+)\}")
_CODE = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|c([A-Za-z@\[\\\]^_])|([0-7]{1,3})")
_COMMENTS = re.compile(r"(?:\(\?#[^)]*\))+")
_COMMENTS_AND_SPACE = re.compile(r"(?:\(\?#[^)]*\)|\s|#[^\n]*)+")
_IGNORE_CASE, _MULTILINE, _EXPLICIT, _SINGLE_LINE, _WITH_SPACE = 1, 2, 4, 16, 32
_BITS = {"i": _IGNORE_CASE, "m": _MULTILINE, "n": _EXPLICIT, "s": _SINGLE_LINE, "x": _WITH_SPACE}
_DEEPEST = 60


class PatternReader:
    """One pattern, whose groups have these names, in .NET's order; see `group_names`."""

    def __init__(self, pattern: str, options: int, names: list[str]) -> None:
        self._text = pattern
        self._at = 0
        self._options = options
        self._names = names
        self._depth = 0
        self._unnamed = 0
        self._named: list[str] = []

    def read(self) -> nodes.RegexNode:
        made = self._choice()
        if self._take(")"):
            self._fail("Too many )'s")
        return made

    def groups(self) -> list[str]:
        """The names of all groups. Passes over what is wrong: reading the pattern with its groups tells."""
        while self._at < len(self._text):
            begun, self._depth = self._at, 0
            with suppress(ClrException):
                self._choice()
            self._at = max(self._at, begun + 1)
        numbers = {*range(self._unnamed + 1), *(int(name) for name in self._named if name.isdecimal())}
        named = dict.fromkeys(name for name in self._named if not name.isdecimal())
        return [*map(str, sorted(numbers)), *named]

    def _fail(self, what: str) -> NoReturn:
        raise ClrException(
            "System.Text.RegularExpressions.RegexParseException",
            f"Invalid pattern '{self._text}' at offset {self._at}. {what}.",
        )

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

    def _skip(self) -> None:
        """Comments, and white space where the options say that it does not count."""
        if self._options & _WITH_SPACE or self._text.startswith("(?#", self._at):
            self._accept(_COMMENTS_AND_SPACE if self._options & _WITH_SPACE else _COMMENTS)
            if self._text.startswith("(?#", self._at):
                self._at = len(self._text)
                self._fail("Unterminated (?#...) comment")

    # Structure

    def _choice(self) -> nodes.RegexNode:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise unsupported("A pattern that is nested so deeply")
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        self._depth -= 1
        return branches[0] if len(branches) == 1 else nodes.Choice(branches)

    def _sequence(self) -> nodes.RegexNode:
        made = nodes.Sequence()
        self._skip()
        while self._peek() not in ("", "|", ")"):
            atom = self._atom()
            if atom is not None:
                made.children.append(self._quantified(atom))
            self._skip()
        return made

    def _quantified(self, atom: nodes.RegexNode) -> nodes.RegexNode:
        self._skip()
        found = _QUANTIFIER.match(self._text, self._at)
        if found is None:
            return atom
        if found[1]:
            least, most = _BOUNDS[found[1]]
        else:
            least = int(found[2])
            most = least if found[3] is None else int(found[4]) if found[4] else None
        self._at = found.end()
        lazy = self._take("?")
        if most is not None and most < least:
            self._fail("Illegal {x,y} with x > y")
        if least > 1000 or (most or 0) > 1000:
            raise unsupported("A quantifier beyond 1000 in a regular expression")
        if _QUANTIFIER.match(self._text, self._at):
            self._at += 1
            self._fail(f"Nested quantifier '{self._text[self._at - 1]}'")
        return nodes.Repeat(atom, least, most, lazy)

    def _atom(self) -> nodes.RegexNode | None:
        char = self._peek()
        if char == "(":
            return self._group()
        if char == "[":
            return self._set()
        if char == "\\":
            return self._escape()
        self._at += 1
        if char == ".":
            return nodes.Chars("" if self._options & _SINGLE_LINE else "\\n", True)
        if char == "^":
            return nodes.Edge("(?m:^)" if self._options & _MULTILINE else nodes.START)
        if char == "$":
            return nodes.Edge(r"(?=\n|\Z)" if self._options & _MULTILINE else nodes.END)
        if _QUANTIFIER.match(self._text, self._at - 1):
            self._fail("Quantifier {x,y} following nothing")
        return self._literal(char)

    def _literal(self, char: str) -> nodes.Chars:
        return nodes.Chars(_quoted(char), False, bool(self._options & _IGNORE_CASE))

    # Groups

    def _group(self) -> nodes.RegexNode | None:
        if named := self._accept(_NAMED):
            return self._named_group(named[1] or named[3], named[2] or named[4])
        if look := self._accept(_LOOK):
            return nodes.Look(self._inner(), not look[1], look[2] == "!")
        if self._take("(?>"):
            return nodes.GroupConstruct(self._inner(), atomic=True)
        if self._take("(?("):
            return self._condition()
        if options := self._accept(_OPTIONS):
            return self._option_group(options)
        if self._text.startswith("(?", self._at):
            self._at = min(self._at + 3, len(self._text))
            self._fail("Unrecognized grouping construct")
        self._at += 1
        if self._options & _EXPLICIT:
            return self._inner()
        self._unnamed += 1
        number = self._names.index(str(self._unnamed))
        return nodes.GroupConstruct(self._inner(), number)

    def _named_group(self, name: str | None, minus: str | None) -> nodes.RegexNode:
        """`(?<name>)`, or `(?<name-minus>)`, which takes back the last capture of another group."""
        taken = None if minus is None else group_number(minus, self._names)
        if minus is not None and taken is None:
            self._at -= 1
            kind = "number" if minus.isdigit() else "name"
            self._fail(f"Reference to undefined group {kind} '{minus}'")
        if name is not None:
            self._named.append(name)
        number = None if name is None else group_number(name, self._names)
        return nodes.GroupConstruct(self._inner(), number, minus=taken)

    def _inner(self) -> nodes.RegexNode:
        """What is in a group, up to its end; so far go the options that are set in it."""
        saved = self._options
        made = self._choice()
        if not self._take(")"):
            self._fail("Not enough )'s")
        self._options = saved
        return made

    def _option_group(self, found: re.Match[str]) -> nodes.RegexNode | None:
        saved = self._options
        for letter in found[1]:
            self._options |= _BITS[letter]
        for letter in found[2] or "":
            self._options &= ~_BITS[letter]
        if found[3] == ")":
            return None
        made = self._inner()
        self._options = saved
        return made

    def _condition(self) -> nodes.RegexNode:
        tested = _TESTED.match(self._text, self._at)
        test = None
        number = None if tested is None else group_number(tested[1], self._names)
        if tested is not None and number is not None:
            self._at = tested.end()
        elif tested is not None and tested[1].isdigit():
            self._at = tested.end()
            self._fail(f"(?({tested[1]}) ) reference to undefined group")
        else:
            test = self._test()
        body = self._inner()
        branches = body.children if isinstance(body, nodes.Choice) else [body]
        if len(branches) > 2:
            self._fail("Too many | in (?()|)")
        yes, no = (*branches, nodes.Sequence())[:2]
        if number is not None:
            return nodes.Condition(number, [yes, no])
        assert test is not None
        negated = nodes.Look(test.body, test.ahead, not test.negated)
        return nodes.Choice([nodes.Sequence([test, yes]), nodes.Sequence([negated, no])])

    def _test(self) -> nodes.Look:
        """An expression as a condition: it looks ahead, unless it says otherwise."""
        if _LOOK.match(self._text, self._at - 1):
            self._at -= 1
            found = self._group()
            assert isinstance(found, nodes.Look)
            return found
        if self._peek() == "?":
            self._at -= 1
            self._fail("Alternation conditions do not capture and cannot be named")
        return nodes.Look(self._inner(), True, False)

    # Escapes and sets

    def _escape(self) -> nodes.RegexNode:
        self._at += 1
        char = self._peek()
        if not char:
            self._fail("Illegal \\\\ at end of pattern")
        if char in _EDGES:
            self._at += 1
            return nodes.Edge(_EDGES[char])
        source = self._class()
        if source is not None:
            return nodes.Chars(source)
        reference = _REFERENCE.match(self._text, self._at)
        if char == "k" and reference is None:
            self._fail("Malformed \\\\k<...> named back reference")
        if reference is not None:
            name = reference[1] or reference[2] or reference[3]
            begun, self._at = self._at, reference.end()
            number = group_number(name, self._names)
            if number is not None:
                return nodes.Back(number, bool(self._options & _IGNORE_CASE))
            if not reference[3]:
                self._fail(f"Reference to undefined group name '{name}'")
            if len(name) == 1:
                self._fail(f"Reference to undefined group number {name}")
            self._at = begun
        return self._literal(self._character())

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
            self._fail("Malformed \\\\p{X} character escape")
        ranges = nodes.category(found[1], others=letter == "P")
        if ranges is None:
            self._fail(f"Unknown property '{found[1]}'")
        return ranges

    def _character(self) -> str:
        """The character of an escape, the cursor being behind its backslash."""
        if code := self._accept(_CODE):
            if code[3]:
                return chr(ord(code[3].upper()) - 64)
            return chr(int(code[4], 8) & 0xFF if code[4] else int(code[1] or code[2], 16))
        char = self._peek()
        self._at += 1
        if char in ("x", "u"):
            self._fail("Insufficient hexadecimal digits")
        if char in ESCAPES:
            return ESCAPES[char]
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
                self._fail("Unterminated [] set")
            if pieces and self._text.startswith("-[", self._at):
                self._at += 1
                minus = self._set()
                if not self._take("]"):
                    self._fail("A subtraction must be the last element in a character class")
            else:
                pieces.append(self._set_piece())
        return nodes.Chars("".join(pieces), negated, bool(self._options & _IGNORE_CASE), minus)

    def _set_piece(self) -> str:
        """One member of a set: a character, a range or a shorthand."""
        low = self._set_character()
        if len(low) != 1:
            return low
        after = self._text[self._at + 1 : self._at + 2]
        if self._peek() != "-" or after in ("]", "[", ""):
            return _quoted(low)
        self._at += 1
        high = self._set_character()
        if len(high) != 1:
            self._fail("Cannot include class in character range")
        if ord(high) < ord(low):
            self._fail("[x-y] range in reverse order")
        return f"{_quoted(low)}-{_quoted(high)}"

    def _set_character(self) -> str:
        if not self._take("\\"):
            self._at += 1
            return self._text[self._at - 1]
        if self._take("b"):
            return "\b"
        source = self._class()
        return self._character() if source is None else source


def group_names(pattern: str, options: int) -> list[str]:
    """The groups of a pattern in .NET's order: unnamed ones by number, then the named ones."""
    return PatternReader(pattern, options, _AnyGroup()).groups()


def group_number(name: str, names: list[str]) -> int | None:
    """The number of the group of a name or number, which may also be that of a named group."""
    if name.isdecimal():
        name = name.lstrip("0") or "0"
    if name in names:
        return names.index(name)
    number = int(name) if name.isdecimal() and len(name) < 6 else len(names)
    return number if number < len(names) and not names[number].isdecimal() else None


class _AnyGroup(list[str]):
    """The groups of a pattern while they are looked for: any name may be one."""

    def __contains__(self, name: object) -> bool:
        return True

    def index(self, *name: object) -> int:
        return 0


def _quoted(char: str) -> str:
    """A character for the inside of a set."""
    return char if char.isalnum() else f"\\u{ord(char):04x}"
