"""Reads a .NET regular expression (Microsoft Learn, "Regular Expression Language - Quick Reference")."""

import re
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import NoReturn

from apimlb.policy.clr.exceptions import ClrException, unsupported
from apimlb.policy.clr.regex import nodes
from apimlb.policy.clr.regex.characters import CharacterReader, number_of, quoted

_EDGES = {"A": nodes.START, "Z": nodes.END, "z": r"\Z", "b": r"\b", "B": r"(?!\b)", "G": nodes.CONTIGUOUS}
_BOUNDS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_QUANTIFIER = re.compile(r"([*+?])|\{([0-9]+)(?:(,)([0-9]*))?\}")
_NAME = r"((?![0-9])\w+|[0-9]+)?"
_NAMED = re.compile(rf"\(\?(?:(<)(?![=!])|'){_NAME}(?:-{_NAME})?")
_WORDS = "Group names must begin with a word character"
_LOOK = re.compile(r"\(\?(<?)([=!])")
_OPTIONS = re.compile(r"\(\?([imnsx]*)(?:-([imnsx]+))?([:)])")
_TEST = re.compile(r"\(\?(?:<?[=!]|[:>])")
_TESTED = re.compile(r"(\w+)\)")
_REFERENCE = re.compile(r"k?(?:(<)|')(\w+)(?(1)>|')|([1-9][0-9]*)")
_REFERENCE_BEGUN = re.compile(r"k[<'].", re.DOTALL)
_COMMENTS = re.compile(r"(?:\(\?#[^)]*\))+")
_COMMENTS_AND_SPACE = re.compile(r"(?:\(\?#[^)]*\)|\s|#[^\n]*)+")
_DEEPEST = 60

Place = Callable[[int | str], int | None]
"""The place of the group with a number or name among all groups."""


class PatternReader(CharacterReader):
    """One pattern, of whose groups `place` tells; see `group_places`."""

    def __init__(self, pattern: str, options: int, place: Place) -> None:
        super().__init__(pattern, options)
        self._place = place
        self._depth = 0
        self._unnamed = 0
        self._groups: dict[int | str, None] = {0: None}

    def read(self) -> nodes.RegexNode:
        made = self._choice()
        if self._take(")"):
            self._fail("Too many )'s")
        return made

    def groups(self) -> dict[int, str]:
        """The names of all groups by their numbers; a name has the first number that is left. Passes over
        what is wrong: reading the pattern with its groups tells."""
        while self._at < len(self._text):
            begun, self._depth = self._at, 0
            with suppress(ClrException):
                self._choice()
            self._at = max(self._at, begun + 1)
        names = {number: str(number) for number in self._groups if isinstance(number, int)}
        free = (number for number in count() if number not in names)
        for name in self._groups:
            if isinstance(name, str):
                names[next(free)] = name
        return dict(sorted(names.items()))

    def _skip(self) -> None:
        """Comments, and white space where the options say that it does not count."""
        if "x" in self._options or self._text.startswith("(?#", self._at):
            self._accept(_COMMENTS_AND_SPACE if "x" in self._options else _COMMENTS)
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
            least = number_of(found, 2)
            most = least if found[3] is None else number_of(found, 4) if found[4] else None
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
            return nodes.Chars(r"[\s\S]" if "s" in self._options else r"[^\n]")
        if char == "^":
            return nodes.Edge("(?m:^)" if "m" in self._options else nodes.START)
        if char == "$":
            return nodes.Edge(r"(?=\n|\Z)" if "m" in self._options else nodes.END)
        if _QUANTIFIER.match(self._text, self._at - 1):
            self._fail("Quantifier {x,y} following nothing")
        return self._literal(char)

    def _literal(self, char: str) -> nodes.Chars:
        return nodes.chars(quoted(char), "i" in self._options)

    # Groups

    def _group(self) -> nodes.RegexNode | None:
        if named := self._accept(_NAMED):
            return self._named_group(named)
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
        if "n" in self._options:
            return self._inner()
        self._unnamed += 1
        self._groups[self._unnamed] = None
        place = self._place(self._unnamed)
        return nodes.GroupConstruct(self._inner(), place)

    def _named_group(self, found: re.Match[str]) -> nodes.RegexNode:
        """`(?<name>)`, or `(?<name-minus>)`, which takes back the last capture of another group."""
        (name, place), (minus, taken) = self._group_of(found, 2), self._group_of(found, 3)
        end = ">" if found[1] else "'"
        if name is not None:
            self._groups[name] = None
        if name == 0 and self._text[found.end(2) : found.end(2) + 1] in ("", "-", end):
            self._at = found.end(2)
            self._fail("Capture number cannot be zero")
        if minus is not None and taken is None:
            self._undefined(minus)
        if (name is None and minus is None) or found[0].endswith("-") or not self._take(end):
            self._fail(f"Invalid group name: {_WORDS}" if self._peek() else "Unrecognized grouping construct")
        return nodes.GroupConstruct(self._inner(), place, minus=taken)

    def _group_of(self, found: re.Match[str], part: int) -> tuple[int | str | None, int | None]:
        """The number or name that a part may hold, and the place of the group that has it."""
        key = None if found[part] is None else group_key(found, part)
        return key, None if key is None else self._place(key)

    def _undefined(self, group: int | str) -> NoReturn:
        shown = f"number {group}" if isinstance(group, int) else f"name '{group}'"
        self._fail(f"Reference to undefined group {shown}")

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
        self._options = saved.union(found[1]).difference(found[2] or "")
        if found[3] == ")":
            return None
        made = self._inner()
        self._options = saved
        return made

    def _condition(self) -> nodes.RegexNode:
        tested = _TESTED.match(self._text, self._at)
        key, place = (None, None) if tested is None else self._group_of(tested, 1)
        if tested is not None and (place is not None or isinstance(key, int)):
            self._at = tested.end()
            if place is None:
                self._fail(f"(?({key}) ) reference to undefined group")
        test = self._test() if place is None else None
        body = self._inner()
        branches = body.children if isinstance(body, nodes.Choice) else [body]
        if len(branches) > 2:
            self._fail("Too many | in (?()|)")
        yes, no = (*branches, nodes.Sequence())[:2]
        if test is None:
            assert place is not None
            return nodes.Condition(place, [yes, no])
        negated = nodes.Look(test.body, test.ahead, not test.negated)
        return nodes.Choice([nodes.Sequence([test, yes]), nodes.Sequence([negated, no])])

    def _test(self) -> nodes.Look:
        """An expression as a condition: it looks ahead, unless it says otherwise."""
        if self._peek() != "?":
            return nodes.Look(self._inner(), True, False)
        self._at -= 1
        if not _TEST.match(self._text, self._at):
            self._fail("Alternation conditions do not capture and cannot be named")
        found = self._group()
        assert found is not None
        return found if isinstance(found, nodes.Look) else nodes.Look(found, True, False)

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
            return nodes.Chars(f"[{source}]")
        found = _REFERENCE.match(self._text, self._at)
        if found is not None:
            begun, self._at = self._at, found.end()
            key = group_key(found, 2 if found[2] else 3)
            place = self._place(key)
            if place is not None:
                return nodes.Back(place, "i" in self._options)
            if found[2] or key in range(10):
                self._undefined(key)
            self._at = begun
        elif char == "k" and not _REFERENCE_BEGUN.match(self._text, self._at):
            self._fail("Malformed \\\\k<...> named back reference")
        return self._literal(self._character())


def group_places(pattern: str, options: int) -> dict[int | str, int]:
    """The places of a pattern's groups in .NET's order, which is that of their numbers, by number and by
    name; the name of an unnamed one is its number."""
    groups = PatternReader(pattern, options, lambda key: 0).groups()
    return {key: place for place, keys in enumerate(groups.items()) for key in keys}


def group_key(found: re.Match[str], part: int) -> int | str:
    """The number or the name of a group that was read; throws RegexParseException for a number that is no
    Int32."""
    key = found[part]
    return number_of(found, part) if key.isascii() and key.isdecimal() else key
