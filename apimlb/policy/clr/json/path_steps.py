"""The steps of a JSONPath: which tokens each finds, and what it says where it must find one (rules of
Newtonsoft.Json 10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.json.order import compare_values, equal_values
from apimlb.policy.clr.json.tokens import JArray, JList, JObject, JProperty, JToken, JValue, json_error
from apimlb.policy.clr.json.tree import descendants
from apimlb.policy.clr.json.writer import scalar_text


def _kind(token: JToken) -> str:
    return token.clr_name.rpartition(".")[2]


class PathStep:
    """One part of a path. `strict` is errorWhenNoMatch; throws Newtonsoft.Json.JsonException."""

    def find(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        raise NotImplementedError


@dataclass(slots=True)
class PathMember(PathStep):
    """`.name`, or `.*` without a name: properties of objects."""

    name: str | None

    def find(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        if not isinstance(token, JObject):
            if strict:
                raise json_error(f"Property '{self.name or '*'}' not valid on {_kind(token)}.")
        elif self.name is None:
            for prop in list(token.properties.values()):
                yield prop.value
        else:
            yield from _member(token, self.name, strict)


def _member(token: JObject, name: str, strict: bool) -> Iterator[JToken]:
    found = token.properties.get(name)
    if found is not None:
        yield found.value
    elif strict:
        raise json_error(f"Property '{name}' does not exist on JObject.")


@dataclass(slots=True)
class Members(PathStep):
    """`['a', 'b']`. A strict path complains of every name, even one that is there."""

    names: list[str]

    def find(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        if not isinstance(token, JObject):
            if strict:
                names = ", ".join(f"'{name}'" for name in self.names)
                raise json_error(f"Properties {names} not valid on {_kind(token)}.")
            return
        for name in self.names:
            yield from _member(token, name, False)
            if strict:
                raise json_error(f"Property '{name}' does not exist on JObject.")


def _item(token: JToken, index: int, strict: bool) -> Iterator[JToken]:
    if not isinstance(token, JList):
        if strict:
            raise json_error(f"Index {index} not valid on {_kind(token)}.")
    elif index < len(token.items):
        yield token.item(index)
    elif strict:
        raise json_error(f"Index {index} outside the bounds of {_kind(token)}.")


@dataclass(slots=True)
class ArrayIndex(PathStep):
    """`[1]` and `[1, 2]`; `[*]` without indices."""

    indices: list[int] | None

    def find(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        if self.indices is not None:
            for index in self.indices:
                yield from _item(token, index, strict)
        elif isinstance(token, JList):
            yield from token.children()
        elif strict:
            raise json_error(f"Index * not valid on {_kind(token)}.")


@dataclass(slots=True)
class Slice(PathStep):
    """`[start:stop:step]`, each of which may be left out."""

    start: int | None
    stop: int | None
    step: int | None

    def find(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        if self.step == 0:
            raise json_error("Step cannot be zero.")
        if not isinstance(token, JArray):
            if strict:
                raise json_error(f"Array slice is not valid on {_kind(token)}.")
            return
        found = token.items[self.start : self.stop : self.step]
        if not found and strict:
            first, last = ("*" if each is None else each for each in (self.start, self.stop))
            raise json_error(f"Array slice of {first} to {last} returned no results.")
        yield from found


@dataclass(slots=True)
class Deep(PathStep):
    """`..name` or `..['a', 'b']`, or `..*` without names: at any depth below."""

    names: list[str] | None

    def find(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        if self.names is None:
            yield token
        for child in _below(token):
            if not isinstance(child, JProperty):
                if self.names is None:
                    yield child
            elif self.names is not None and child.name in self.names:
                yield child.value


def _below(token: JToken) -> Iterator[JToken]:
    for child in descendants(token):
        BUDGET.spend()
        yield child


@dataclass(slots=True)
class Root(PathStep):
    """`$` inside a query"""

    def find(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        yield root


Side = list[PathStep] | JValue


@dataclass(slots=True)
class Comparison:
    """One side alone (`operator` is empty), or two sides with an operator between them."""

    left: Side
    operator: str
    right: Side | None

    def holds(self, root: JToken, token: JToken) -> bool:
        BUDGET.spend()
        if self.right is None:
            return any(True for _ in _values(self.left, root, token))
        rights = list(_values(self.right, root, token))
        return any(
            _compares(self.operator, left, right)
            for left in _values(self.left, root, token)
            for right in rights
        )


@dataclass(slots=True)
class Joined:
    """Comparisons joined by && (`every`) or ||."""

    every: bool
    parts: "list[Comparison | Joined]"

    def holds(self, root: JToken, token: JToken) -> bool:
        results = (part.holds(root, token) for part in self.parts)
        return all(results) if self.every else any(results)


@dataclass(slots=True)
class Query(PathStep):
    """`[?(...)]`: the children for which it holds, or (`deep`) all of the tree."""

    condition: Comparison | Joined
    deep: bool

    def find(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        for child in chain((token,), _below(token)) if self.deep else token.children():
            if self.condition.holds(root, child):
                yield child


def _values(side: Side, root: JToken, token: JToken) -> Iterator[JToken]:
    return iter((side,)) if isinstance(side, JValue) else walk(side, root, token, False)


def walk(steps: Sequence[PathStep], root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
    """The tokens that a path finds, one after another. There is one iterator a step on a stack of our own: a
    chain of generators as long as a path may be would overflow Python's."""
    stack: list[Iterator[JToken]] = [iter((token,))]
    while stack:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
            continue
        BUDGET.spend(2)
        if len(stack) > len(steps):
            yield found
        else:
            stack.append(steps[len(stack) - 1].find(root, found, strict))


def _compares(operator: str, left: JToken, right: JToken) -> bool:
    if not (isinstance(left, JValue) and isinstance(right, JValue)):
        return operator == "!="
    if operator in ("==", "!="):
        return _alike(left, right) == (operator == "==")
    order = compare_values(left, right)
    return {"<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}[operator]


_TEXTS = frozenset(["Date", "Bytes", "Guid", "TimeSpan", "Uri"])


def _alike(left: JValue, right: JValue) -> bool:
    """Equal values; or a text that is how the value is written in JSON."""
    if equal_values(left, right):
        return True
    return (
        right.type_name == "String"
        and left.type_name in _TEXTS
        and left.value is not None
        and scalar_text(left.value)[1:-1] == right.value
    )
