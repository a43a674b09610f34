"""SelectToken's JSONPath, as Newtonsoft.Json 10 reads it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from apimlb.policy.values.budget import BUDGET
from apimlb.policy.values.exceptions import ClrException, argument_null
from apimlb.policy.values.json_read import parse_token
from apimlb.policy.values.json_tokens import JArray, JObject, JProperty, JToken, JValue
from apimlb.policy.values.json_tree import descendants

_NAME = re.compile(r"[^.\[\]()\s]+")
_QUERY_NAME = re.compile(r"[^.\[\]()\s=!<>&|]+")
_OPERATOR = re.compile(r"\s*(==|!=|<>|<=|>=|<|>|=)\s*")
_LITERAL = re.compile(
    r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null"
)


def json_error(message: str) -> ClrException:
    return ClrException("Newtonsoft.Json.JsonException", message)


@dataclass(slots=True)
class Filter:
    """One step; `names` of properties (None: all), `indices`, a slice, or a query; `deep` for `..`."""

    names: list[str] | None = None
    indices: list[int] | None = None
    cut: slice | None = None
    query: "Query | None" = None
    deep: bool = False
    wild_index: bool = False


@dataclass(slots=True)
class Query:
    """A comparison, or several joined by && and ||."""

    path: list[Filter] = field(default_factory=list)
    operator: str = ""
    value: JToken | None = None
    other: list[Filter] | None = None
    joined: str = ""
    parts: list["Query"] = field(default_factory=list)


class PathReader:
    """Reads a path into its steps."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def _fail(self, message: str) -> NoReturn:
        raise json_error(message)

    def read(self) -> list[Filter]:
        if self._text.startswith("$"):
            self._at = 1
        steps = self._steps("")
        if self._at < len(self._text):
            self._fail(f"Unexpected character while parsing path: {self._text[self._at]}")
        return steps

    def _steps(self, stop: str) -> list[Filter]:
        steps: list[Filter] = []
        text = self._text
        while self._at < len(text):
            char = text[self._at]
            if char in stop or (stop and char.isspace()):
                break
            deep = text.startswith("..", self._at)
            if deep:
                self._at += 2
            elif char == ".":
                self._at += 1
            if self._at >= len(text):
                self._fail("Unexpected end while parsing path.")
            if text[self._at] == "[":
                steps.append(self._bracket(deep))
            elif text[self._at] == "*":
                self._at += 1
                steps.append(Filter(deep=deep, wild_index=True))
            else:
                match = (_QUERY_NAME if stop else _NAME).match(text, self._at)
                if match is None:
                    self._fail(f"Unexpected character while parsing path: {text[self._at]}")
                self._at = match.end()
                steps.append(Filter(names=[match[0]], deep=deep))
        return steps

    def _space(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def _close(self, closing: str) -> None:
        self._space()
        if not self._text.startswith(closing, self._at):
            self._fail(
                "Path ended with open indexer."
                if self._at >= len(self._text)
                else f"Unexpected character while parsing path indexer: {self._text[self._at]}"
            )
        self._at += len(closing)

    def _bracket(self, deep: bool) -> Filter:
        self._at += 1
        self._space()
        text = self._text
        if self._at >= len(text):
            self._fail("Path ended with open indexer.")
        char = text[self._at]
        if char in "'\"":
            names = [self._quoted()]
            while self._comma():
                names.append(self._quoted())
            self._close("]")
            return Filter(names=names, deep=deep)
        if char == "*":
            self._at += 1
            self._close("]")
            return Filter(deep=deep, wild_index=True)
        if char == "?":
            self._at += 1
            self._close("(")
            query = self._query()
            self._close(")")
            self._close("]")
            return Filter(query=query, deep=deep)
        return self._indices(deep)

    def _comma(self) -> bool:
        self._space()
        if self._text.startswith(",", self._at):
            self._at += 1
            self._space()
            return True
        return False

    def _quoted(self) -> str:
        match = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"").match(self._text, self._at)
        if match is None:
            self._fail("Path ended with an open string.")
        self._at = match.end()
        return re.sub(r"\\(.)", r"\1", match[1] if match[1] is not None else match[2])

    def _indices(self, deep: bool) -> Filter:
        end = self._text.find("]", self._at)
        inner = self._text[self._at : end].strip() if end >= 0 else ""
        if end < 0:
            self._fail("Path ended with open indexer.")
        self._at = end + 1
        try:
            if ":" in inner:
                parts = [int(part) if part.strip() else None for part in inner.split(":")]
                if len(parts) > 2 and parts[2] == 0:
                    self._fail("Step cannot be zero.")
                return Filter(cut=slice(*parts), deep=deep)
            return Filter(indices=[int(part) for part in inner.split(",")], deep=deep)
        except (ValueError, TypeError):
            self._fail(f"Unexpected character while parsing path indexer: {inner[:1]}")

    def _query(self) -> Query:
        parts, words = [self._comparison()], []
        while True:
            self._space()
            word = self._text[self._at : self._at + 2]
            if word not in ("&&", "||"):
                break
            self._at += 2
            words.append(word)
            parts.append(self._comparison())
        while words:  # && binds tighter
            place = words.index("&&") if "&&" in words else 0
            joined = Query(joined=words.pop(place), parts=parts[place : place + 2])
            parts[place : place + 2] = [joined]
        return parts[0]

    def _comparison(self) -> Query:
        self._space()
        if not self._text.startswith(("@", "$"), self._at):
            self._fail(
                f"Unexpected character while parsing path query: {self._text[self._at : self._at + 1]}"
            )
        self._at += 1
        made = Query(path=self._steps(")=!<>&|"))
        match = _OPERATOR.match(self._text, self._at)
        if match is None:
            return made
        made.operator = {"=": "==", "<>": "!="}.get(match[1], match[1])
        self._at = match.end()
        if self._text.startswith("@", self._at):
            self._at += 1
            made.other = self._steps(")&|")
            return made
        literal = _LITERAL.match(self._text, self._at)
        if literal is None:
            self._fail("Could not read query operator.")
        self._at = literal.end()
        made.value = parse_token(literal[0])
        return made


def select_tokens(token: JToken, expression: str | None, error: bool = False) -> list[JToken]:
    """The tokens that a path finds; throws Newtonsoft.Json.JsonException."""
    if expression is None:
        raise argument_null("expression")
    found = [token]
    for step in PathReader(expression).read():
        found = [match for each in found for match in _apply(step, each)]
        BUDGET.spend(len(found))
        if not found and error:
            raise json_error(f"Path '{expression}' did not match any token.")
    return found


def _apply(step: Filter, token: JToken) -> Iterator[JToken]:
    for each in _within(token) if step.deep else (token,):
        BUDGET.spend()
        if step.query is not None:
            for child in _items(each):
                if _holds(step.query, child):
                    yield child
        elif step.names is not None:
            if isinstance(each, JObject):
                for name in step.names:
                    found = each.get(name)
                    if found is not None:
                        yield found
        elif step.indices is not None and isinstance(each, JArray):
            for index in step.indices:
                if 0 <= index < len(each.items):
                    yield each.items[index]
        elif step.cut is not None and isinstance(each, JArray):
            yield from each.items[step.cut]
        elif step.wild_index:
            yield from _items(each)


def _within(token: JToken) -> Iterator[JToken]:
    yield token
    for child in descendants(token):
        if not isinstance(child, JProperty):
            yield child


def _items(token: JToken) -> list[JToken]:
    if isinstance(token, JArray):
        return list(token.items)
    if isinstance(token, JObject):
        return [prop.value for prop in token.properties.values()]
    return []


def _found(path: list[Filter], token: JToken) -> list[JToken]:
    found = [token]
    for step in path:
        found = [match for each in found for match in _apply(step, each)]
    return found


def _holds(query: Query, token: JToken) -> bool:
    if query.parts:
        results = (_holds(part, token) for part in query.parts)
        return all(results) if query.joined == "&&" else any(results)
    found = _found(query.path, token)
    if not query.operator:
        return bool(found)
    others = [query.value] if query.other is None else _found(query.other, token)
    return any(
        isinstance(left, JValue) and isinstance(right, JValue) and _compares(query.operator, left, right)
        for left in found
        for right in others
    )


def _compares(operator: str, left: JValue, right: JValue) -> bool:
    a, b = left.value, right.value
    numbers = all(isinstance(side, int | float) and not isinstance(side, bool) for side in (a, b))
    if operator in ("==", "!="):
        equal = a == b if numbers else left.type_name == right.type_name and a == b
        return bool(equal) == (operator == "==")
    if not numbers and not (isinstance(a, str) and isinstance(b, str)):
        return False
    order: int = (a > b) - (a < b)  # type: ignore[operator]
    return {"<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}[operator]
