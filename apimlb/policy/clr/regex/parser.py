"""Reads a .NET regular expression (Microsoft Learn, "Regular Expression Language - Quick Reference")."""

import re
from typing import NoReturn

from apimlb.policy.clr.exceptions import ClrException, unsupported
from apimlb.policy.clr.regex import nodes

_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b", "v": "\v"}
_EDGES = {"A": "start", "Z": "end", "z": "last", "b": "word", "B": "no-word", "G": "contiguous"}
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_NAME = r"((?!\d)\w+|[1-9]\d*)?(?:-((?!\d)\w+|\d+))?"
_NAMED = re.compile(rf"\(\?(?:<(?!-?>){_NAME}>|'(?!-?'){_NAME}')")
_REFERENCE = re.compile(r"k(?:<(\w+)>|'(\w+)')|([1-9]\d*)")
_OPTIONS = re.compile(r"\(\?([imnsx]*)(?:-([imnsx]+))?([:)])")
_BITS = {"i": 1, "m": 2, "n": 4, "s": 16, "x": 32}
_DEEPEST = 60


class PatternReader:
    """One pattern; `names` are its groups in .NET's order: unnamed ones by number, then the named ones."""

    def __init__(self, pattern: str, options: int) -> None:
        self._text = pattern
        self._at = 0
        self._options = options
        self._depth = 0
        self.names = self._group_names(options)
        self._unnamed = 0

    def read(self) -> nodes.RegexNode:
        made = self._choice()
        if self._at < len(self._text):
            self._at += 1
            self._fail("Too many )'s")
        return made

    def _fail(self, what: str) -> NoReturn:
        raise ClrException(
            "System.Text.RegularExpressions.RegexParseException",
            f"Invalid pattern '{self._text}' at offset {self._at}. {what}.",
        )

    def _group_names(self, options: int) -> list[str]:
        """A first look at the pattern: which groups there are."""
        unnamed, named = 0, []
        explicit = options & _BITS["n"] or re.search(r"\(\?[imsx]*n", self._text)
        at, in_set = 0, False
        while at < len(self._text):
            char = self._text[at]
            if char == "\\":
                at += 2
                continue
            if char == "[" and not in_set:
                in_set = True
                at += 1 if self._text[at + 1 : at + 2] != "^" else 2
                at += self._text[at : at + 1] == "]"
                continue
            if self._text.startswith("(?(", at) and not in_set:
                at += 3
                continue
            if char == "]":
                in_set = False
            elif char == "(" and not in_set:
                match = _NAMED.match(self._text, at)
                if match:
                    named += [name for name in (match[1], match[3]) if name]
                elif self._text[at + 1 : at + 2] != "?" and not explicit:
                    unnamed += 1
            at += 1
        numbers = {*range(unnamed + 1), *(int(name) for name in named if name.isdigit())}
        return [*map(str, sorted(numbers)), *dict.fromkeys(name for name in named if not name.isdigit())]

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

    def _take(self, text: str) -> bool:
        if self._text.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _skip(self) -> None:
        """White space and comments, where the options say that they do not count."""
        while self._at < len(self._text):
            if self._text.startswith("(?#", self._at):
                end = self._text.find(")", self._at)
                if end < 0:
                    self._fail("Unterminated (?#...) comment")
                self._at = end + 1
            elif self._options & 32 and self._text[self._at].isspace():
                self._at += 1
            elif self._options & 32 and self._text[self._at] == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end + 1
            else:
                return

    def _sequence(self) -> nodes.RegexNode:
        made = nodes.Sequence()
        while True:
            self._skip()
            if self._at >= len(self._text) or self._text[self._at] in "|)":
                break
            atom = self._atom()
            if atom is not None:
                made.items.append(self._quantified(atom))
        return made

    def _quantified(self, atom: nodes.RegexNode) -> nodes.RegexNode:
        self._skip()
        char = self._text[self._at : self._at + 1]
        bounds: tuple[int, int | None] | None = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(char)
        if bounds is not None:
            self._at += 1
        elif char == "{":
            match = _COUNT.match(self._text, self._at)
            if match is None:
                return atom
            least = int(match[1])
            most = least if match[2] is None else int(match[3]) if match[3] else None
            if most is not None and most < least:
                self._fail("Illegal {x,y} with x > y")
            if least > 1000 or (most or 0) > 1000:
                raise unsupported("A quantifier beyond 1000 in a regular expression")
            bounds = (least, most)
            self._at = match.end()
        if bounds is None:
            return atom
        lazy = self._take("?")
        if self._text[self._at : self._at + 1] in ("*", "+", "?") and self._at < len(self._text):
            self._at += 1
            self._fail(f"Nested quantifier '{self._text[self._at - 1]}'")
        return nodes.Repeat(atom, *bounds, lazy)

    def _atom(self) -> nodes.RegexNode | None:
        char = self._text[self._at]
        if char == "(":
            return self._group()
        if char == "[":
            return self._set()
        if char == "\\":
            return self._escape()
        self._at += 1
        if char == ".":
            return nodes.Chars("", True) if self._options & 16 else nodes.Chars("\\n", True)
        if char == "^":
            return nodes.Edge("line-start" if self._options & 2 else "start")
        if char == "$":
            return nodes.Edge("line-end" if self._options & 2 else "end")
        if char in "*+?" or _COUNT.match(self._text, self._at - 1):
            self._fail("Quantifier {x,y} following nothing")
        return self._literal(char)

    def _literal(self, char: str) -> nodes.Chars:
        return nodes.Chars(_quoted(char), False, bool(self._options & 1))

    # Groups

    def _group(self) -> nodes.RegexNode | None:
        named = _NAMED.match(self._text, self._at)
        if named is not None:
            self._at = named.end()
            return self._named_group(named[1] or named[3], named[2] or named[4])
        for opening, ahead, negated in (("(?=", True, False), ("(?!", True, True), ("(?<=", False, False),
                                        ("(?<!", False, True)):  # fmt: skip
            if self._take(opening):
                return nodes.Look(self._inner(), ahead, negated)
        if self._take("(?>"):
            return nodes.GroupConstruct(None, self._inner(), atomic=True)
        if self._take("(?("):
            return self._condition()
        options = _OPTIONS.match(self._text, self._at)
        if options is not None:
            return self._option_group(options)
        if self._text.startswith("(?", self._at):
            self._fail("Unrecognized grouping construct")
        self._at += 1
        if self._options & 4:
            return nodes.GroupConstruct(None, self._inner())
        self._unnamed += 1
        return nodes.GroupConstruct(self.names.index(str(self._unnamed)), self._inner())

    def _named_group(self, name: str | None, minus: str | None) -> nodes.RegexNode:
        """`(?<name>)`, or `(?<name-minus>)`, which takes back the last capture of another group."""
        taken = None
        if minus is not None:
            if minus not in self.names:
                kind = "number" if minus.isdigit() else "name"
                self._fail(f"Reference to undefined group {kind} '{minus}'")
            taken = self.names.index(minus)
        number = None if name is None else self.names.index(name)
        return nodes.GroupConstruct(number, self._inner(), minus=taken)

    def _inner(self) -> nodes.RegexNode:
        saved = self._options
        made = self._choice()
        if not self._take(")"):
            self._fail("Not enough )'s")
        self._options = saved
        return made

    def _option_group(self, match: re.Match[str]) -> nodes.RegexNode | None:
        saved = self._options
        self._at = match.end()
        for letter in match[1]:
            self._options |= _BITS[letter]
        for letter in match[2] or "":
            self._options &= ~_BITS[letter]
        if match[3] == ")":
            return None
        made = self._choice()
        if not self._take(")"):
            self._fail("Not enough )'s")
        self._options = saved
        return nodes.GroupConstruct(None, made)

    def _condition(self) -> nodes.RegexNode:
        name = re.compile(r"\w+(?=\))").match(self._text, self._at)
        test: nodes.RegexNode | None = None
        if name is None or name[0] not in self.names:
            if name is not None and name[0].isdigit():
                self._fail("(?(...)...) reference to undefined group")
            test = self._test()
        else:
            self._at = name.end() + 1
        body = self._inner()
        branches = body.branches if isinstance(body, nodes.Choice) else [body]
        if len(branches) > 2:
            self._fail("Too many | in (?()|)")
        otherwise = branches[1] if len(branches) > 1 else nodes.Sequence()
        if isinstance(test, nodes.Look):
            negated = nodes.Look(test.body, test.ahead, not test.negated)
            return nodes.Choice([nodes.Sequence([test, branches[0]]), nodes.Sequence([negated, otherwise])])
        assert name is not None
        return nodes.Condition(self.names.index(name[0]), branches[0], otherwise)

    def _test(self) -> nodes.RegexNode:
        """An expression as a condition: it looks ahead, unless it says otherwise."""
        if self._text.startswith(("?=", "?!", "?<=", "?<!"), self._at):
            self._at -= 1
            found = self._group()
            assert found is not None
            return found
        if self._text.startswith("?", self._at):
            self._fail("Alternation conditions do not capture and cannot be named")
        return nodes.Look(self._inner(), True, False)

    # Escapes and sets

    def _escape(self) -> nodes.RegexNode:
        self._at += 1
        if self._at >= len(self._text):
            self._fail("Illegal \\\\ at end of pattern")
        char = self._text[self._at]
        if char in _EDGES:
            self._at += 1
            return nodes.Edge(_EDGES[char])
        if char in nodes.SHORTHANDS:
            self._at += 1
            return nodes.Chars(nodes.SHORTHANDS[char])
        if char in "pP":
            return nodes.Chars(self._category(), char == "P")
        reference = _REFERENCE.match(self._text, self._at)
        if char == "k" and reference is None:
            self._fail("Malformed \\k<...> named back reference")
        if reference is not None:
            name = reference[1] or reference[2] or reference[3]
            if name in self.names:
                self._at = reference.end()
                return nodes.Back(self.names.index(name), bool(self._options & 1))
            if not reference[3]:
                self._fail(f"Reference to undefined group name {name}")
            if len(name) == 1:
                self._fail(f"Reference to undefined group number {name}")
        return self._literal(self._character())

    def _category(self) -> str:
        match = re.compile(r"[pP]\{([\w-]+)\}").match(self._text, self._at)
        if match is None:
            self._fail("Malformed \\p{X} character escape")
        self._at = match.end()
        found = nodes.category(match[1])
        if found is None:
            self._fail(f"Unknown property '{match[1]}'")
        return found

    def _character(self) -> str:
        """The character of an escape, the cursor being behind its backslash."""
        text = self._text
        match = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|c([A-Za-z@\[\\\]^_])|([0-7]{1,3})").match(
            text, self._at
        )
        if match is not None:
            self._at = match.end()
            if match[3]:
                return chr(ord(match[3].upper()) - 64)
            return chr(int(match[4], 8) & 0xFF if match[4] else int(match[1] or match[2], 16))
        char = text[self._at : self._at + 1]
        if char in ("x", "u"):
            self._fail("Insufficient hexadecimal digits")
        self._at += 1
        if char in _ESCAPES:
            return _ESCAPES[char]
        if char.isalnum() or char == "_":
            self._fail(f"Unrecognized escape sequence \\{char}")
        return char

    def _set(self) -> nodes.Chars:
        self._at += 1
        negated = self._take("^")
        pieces: list[str] = []
        first = True
        minus: nodes.Chars | None = None
        while True:
            if self._at >= len(self._text):
                self._fail("Unterminated [] set")
            if self._text[self._at] == "]" and not first:
                self._at += 1
                break
            if self._text.startswith("-[", self._at) and not first:
                self._at += 1
                minus = self._set()
                if not self._take("]"):
                    self._fail("A subtraction must be the last element in a character class")
                break
            first = False
            pieces.append(self._set_piece())
        return nodes.Chars("".join(pieces), negated, bool(self._options & 1), minus)

    def _set_piece(self) -> str:
        """One member of a set: a character, a range or a shorthand."""
        low = self._set_character()
        if len(low) != 1:
            return low
        after = self._text[self._at + 1 : self._at + 2]
        if self._text[self._at : self._at + 1] != "-" or after in ("]", "[", ""):
            return _quoted(low)
        self._at += 1
        high = self._set_character()
        if len(high) != 1:
            self._fail("Cannot include class in character range")
        if ord(high) < ord(low):
            self._fail("[x-y] range in reverse order")
        return f"{_quoted(low)}-{_quoted(high)}"

    def _set_character(self) -> str:
        char = self._text[self._at : self._at + 1]
        if char != "\\":
            self._at += 1
            return char
        self._at += 1
        letter = self._text[self._at : self._at + 1]
        if letter in nodes.SHORTHANDS and letter:
            self._at += 1
            return nodes.SHORTHANDS[letter]
        if letter == "b":
            self._at += 1
            return "\b"
        if letter == "p":
            return self._category()
        if letter == "P":
            return nodes.complement(self._category())
        return self._character()


def _quoted(char: str) -> str:
    """A character for the inside of a set."""
    return char if char.isalnum() else f"\\u{ord(char):04x}"
