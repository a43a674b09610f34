"""SelectToken's JSONPath, as Newtonsoft.Json 10 reads it, with the errors of its reader."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import NoReturn

from apimlb.policy.clr.budget import BUDGET, SMALL
from apimlb.policy.clr.convert.parsing import parse_double, parse_integer
from apimlb.policy.clr.exceptions import ClrException, array_range, required
from apimlb.policy.clr.json import path_steps
from apimlb.policy.clr.json.tokens import JToken, JValue, json_error, null, string_value

_OPEN_INDEXER = "Path ended with open indexer."
_OPEN_QUERY = "Path ended with open query."
_WORDS = {"true": (True, "Boolean"), "false": (False, "Boolean"), "null": (None, "Null")}

_SPACE = re.compile(" *")
_NAME = re.compile(r"[^\[(.\]) ]*")
_QUERY_NAME = re.compile(r"[^\[(.\]) =<!>|&]*")
_STRING = re.compile(r"((?:[^'\\]|\\['\\])*+)('|\\.|)", re.DOTALL)
_INDEX = re.compile(r"[\d-]*")
_LITERAL = re.compile("[^ )]*")


class PathReader:
    """Reads a path into its steps, character by character: its errors say where it got to."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def _take(self, form: re.Pattern[str]) -> re.Match[str]:
        match = form.match(self._text, self._at)
        assert match is not None
        self._at = match.end()
        return match

    def _char(self, message: str = "") -> str:
        """The character here; past the end .NET throws System.IndexOutOfRangeException, or complains."""
        if self._at >= len(self._text):
            raise json_error(message) if message else array_range()
        return self._text[self._at]

    def _behind_space(self, message: str) -> str:
        self._take(_SPACE)
        return self._char(message)

    def _behind_bracket(self) -> str:
        """What comes behind a bracket or star, and the space after it."""
        self._at += 1
        self._char(_OPEN_INDEXER)
        self._take(_SPACE)
        return self._char()

    def _accept(self, word: str) -> bool:
        if self._text.startswith(word, self._at):
            self._at += len(word)
            return True
        return False

    def read(self) -> list[path_steps.PathStep]:
        self._take(_SPACE)
        text, start, steps = self._text, 0, list[path_steps.PathStep]()
        if self._at == len(text) or text == "$":
            return steps
        if text.startswith(("$.", "$["), self._at):
            self._at += 1
            start = self._at
        if not self._path(steps, start, False):
            here = self._at
            self._take(_SPACE)
            if self._at < len(text):
                raise json_error(f"Unexpected character while parsing path: {text[here]}")
        return steps

    def _path(self, steps: list[path_steps.PathStep], start: int, query: bool) -> bool:
        """Read steps; whether the text ends with them. A name begins at `start`."""
        deep = indexed = dotted = False
        while True:
            name = self._take(_QUERY_NAME if query else _NAME)[0]
            if indexed and name:
                raise json_error(f"Unexpected character following indexer: {name[0]}")
            if self._at > start:
                name = self._text[start : self._at].rstrip()
                steps.append(path_steps.members(None if name == "*" else [name], deep))
                deep = dotted = False
            if not self._text.startswith(("[", "(", "."), self._at):
                break
            dotted = self._accept(".")
            if dotted:
                deep = self._accept(".") or deep
            else:
                steps.append(self._indexer("]" if self._char() == "[" else ")", deep))
                self._at += 1
            start, indexed = self._at, not dotted
        ended = self._at == len(self._text)
        if dotted and (ended or query):
            raise json_error("Unexpected end while parsing path.")
        return ended

    # Indexers

    def _indexer(self, closing: str, deep: bool) -> path_steps.PathStep:
        char = self._behind_bracket()
        if char == "'":
            return self._quoted(closing, deep)
        return self._query(closing, deep) if char == "?" else self._indices(closing)

    def _wrong(self, where: str) -> NoReturn:
        raise json_error(f"Unexpected character while parsing path {where}: {self._char()}")

    def _quoted(self, closing: str, deep: bool) -> path_steps.PathStep:
        names: list[str] = []
        while self._at < len(self._text):
            names.append(self._string())
            if self._behind_space(_OPEN_INDEXER) == closing:
                return path_steps.members(names, deep)
            if not self._accept(","):
                self._wrong("indexer")
            self._take(_SPACE)
        raise json_error(_OPEN_INDEXER)

    def _string(self) -> str:
        self._at += 1
        text, end = self._take(_STRING).groups()
        if end != "'":
            raise json_error(f"Unknown escape character: {end}" if end else "Path ended with an open string.")
        return re.sub(r"\\(.)", r"\1", text)

    def _indices(self, closing: str) -> path_steps.PathStep:
        """Numbers with commas or colons between them, or a star. A number before a colon is no index; where
        there is an index, what stands at the end is one too."""
        indices: list[int] = []
        bounds: list[int | None] = []
        while True:
            number = self._take(_INDEX)[0]
            char = self._behind_space(_OPEN_INDEXER)
            if char not in (closing, ",", ":", "*"):
                self._wrong("indexer")
            index = parse_integer(number, "Int32") if number else None
            if char == "*":
                if self._behind_bracket() != closing:
                    raise json_error("Unexpected character while parsing path indexer: *")
                return path_steps.indexed(None)
            if char == ":" or (char == closing and bounds and not indices):
                bounds.append(index)
            elif index is None:
                raise json_error("Array index expected.")
            else:
                indices.append(index)
            if char == closing:
                return path_steps.indexed(indices) if indices else path_steps.sliced(*bounds)
            self._at += 1
            self._take(_SPACE)

    # Queries

    def _query(self, closing: str, deep: bool) -> path_steps.PathStep:
        self._at += 1
        if self._char(_OPEN_INDEXER) != "(":
            self._wrong("indexer")
        self._at += 1
        condition = self._condition()
        if self._behind_bracket() != closing:
            self._wrong("indexer")
        return path_steps.query(condition, deep)

    def _condition(self) -> path_steps.Condition:
        """Comparisons up to a bracket."""
        condition: path_steps.Condition = []
        while self._at < len(self._text):
            comparison = self._comparison()
            for joined in ")&|":  # both of `&&||` count
                if self._char() == joined:
                    condition.append((comparison, joined))
                    if joined == ")":
                        return condition
                    if not self._accept(joined * 2):
                        self._wrong("query")
        raise json_error(_OPEN_QUERY)

    def _comparison(self) -> path_steps.Comparison:
        left = self._side()
        if self._char() in ")|&":
            return path_steps.Comparison(left, path_steps.exists, null())
        if self._at + 1 >= len(self._text):
            raise json_error(_OPEN_QUERY)
        for word, operator in path_steps.OPERATORS.items():
            if self._accept(word):
                return path_steps.Comparison(left, operator, self._side())
        raise json_error("Could not read query operator.")

    def _side(self) -> path_steps.Side:
        self._take(_SPACE)
        found: path_steps.Side | None
        if self._char() in "$@":
            found = [path_steps.ROOT] if self._char() == "$" else []
            self._at += 1
            if self._path(found, self._at, True):
                raise json_error(_OPEN_QUERY)
        else:
            found = self._value()
        if found is None:
            self._wrong("query")
        self._behind_space(_OPEN_QUERY)
        return found

    def _value(self) -> JValue | None:
        char = self._char()
        if char == "'":
            return string_value(self._string())
        if char.isdigit() or char == "-":
            return self._literal()
        return next((JValue(*held) for word, held in _WORDS.items() if self._accept(word)), None)

    def _literal(self) -> JValue | None:
        """A number up to a space or bracket; None for anything else, and where the path ends with it."""
        text = self._take(_LITERAL)[0]
        if self._at == len(self._text):
            return None
        with suppress(ClrException):
            if any(char in text for char in ".eE"):
                return JValue(parse_double(text), "Float")
            return JValue(parse_integer(text, "Int64") + 0, "Integer")
        return None


@lru_cache(maxsize=256)
def _steps(expression: str) -> tuple[path_steps.PathStep, ...]:
    return tuple(PathReader(expression).read())


def select_tokens(
    token: JToken, expression: str | None, strict: bool = False
) -> Callable[[], Iterator[JToken]]:
    """What finds the tokens of a path; throws Newtonsoft.Json.JsonException for an invalid path. It
    throws while it goes on where a `strict` one finds nothing."""
    expression = required(expression, "expression")
    if len(expression) < SMALL:
        BUDGET.spend(len(expression) >> 2)
        steps: Sequence[path_steps.PathStep] = _steps(expression)
    else:
        BUDGET.spend(2 * len(expression))
        steps = PathReader(expression).read()
    return lambda: path_steps.walk(steps, token, token, strict)
