"""The steps of a JSONPath: which tokens each finds, and what it says where it must find one (rules of
Newtonsoft.Json 10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import ge, gt, le, lt
from typing import Any, ClassVar

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.json.order import compare_values, equal_scalars
from apimlb.policy.clr.json.tokens import JArray, JList, JObject, JProperty, JToken, JValue, json_error
from apimlb.policy.clr.json.tree import descendants
from apimlb.policy.clr.json.writer import scalar_text


class PathStep:
    """One part of a path, which goes on from tokens of a class, `on`."""

    on: ClassVar[type[JToken]] = JToken

    def find(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        """The tokens that it finds from one. `strict` is errorWhenNoMatch; throws
        Newtonsoft.Json.JsonException."""
        if isinstance(token, self.on):
            return self._of(root, token, strict)
        if strict:
            raise json_error(f"{self._shown()} not valid on {_kind(token)}.")
        return iter(())

    def _of(self, root: JToken, token: Any, strict: bool) -> Iterator[JToken]:
        raise NotImplementedError

    def _shown(self) -> str:
        raise NotImplementedError


def _kind(token: JToken) -> str:
    return token.clr_name.rpartition(".")[2]


@dataclass(slots=True)
class Members(PathStep):
    """`.name` and `['a', 'b']`; `.*` without names. A strict path complains of each of several names, even of
    one that is there."""

    names: list[str] | None
    on = JObject

    def _shown(self) -> str:
        names = ", ".join(f"'{name}'" for name in self.names or "*")
        return f"{'Property' if len(self.names or '*') == 1 else 'Properties'} {names}"

    def _of(self, root: JToken, token: JObject, strict: bool) -> Iterator[JToken]:
        several = len(self.names or ()) > 1
        for name in list(token.properties) if self.names is None else self.names:
            found = token.properties.get(name)
            if found is not None:
                yield found.value
            if strict and (several or found is None):
                raise json_error(f"Property '{name}' does not exist on JObject.")


@dataclass(slots=True)
class ArrayIndex(PathStep):
    """`[1]` and `[1, 2]`; `[*]` without indices."""

    indices: list[int] | None
    on = JList

    def _shown(self) -> str:
        return f"Index {self.indices[0] if self.indices else '*'}"

    def _of(self, root: JToken, token: JList, strict: bool) -> Iterator[JToken]:
        if self.indices is None:
            yield from token.children()
        for index in self.indices or ():
            if index < len(token.items):
                yield token.item(index)
            elif strict:
                raise json_error(f"Index {index} outside the bounds of {_kind(token)}.")


@dataclass(slots=True)
class Slice(PathStep):
    """`[start:stop:step]`, each of which may be left out."""

    start: int | None
    stop: int | None
    step: int | None
    on = JArray

    def find(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        if self.step == 0:
            raise json_error("Step cannot be zero.")
        return PathStep.find(self, root, token, strict)

    def _shown(self) -> str:
        return "Array slice is"

    def _of(self, root: JToken, token: JArray, strict: bool) -> Iterator[JToken]:
        found = token.items[self.start : self.stop : self.step]
        if not found and strict:
            first, last = ("*" if each is None else each for each in (self.start, self.stop))
            raise json_error(f"Array slice of {first} to {last} returned no results.")
        yield from found


@dataclass(slots=True)
class Deep(PathStep):
    """`..name` or `..['a', 'b']`, or `..*` without names: at any depth below."""

    names: list[str] | None

    def _of(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
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

    def _of(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
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
    """A comparison alone, or several that are joined by && (`every`) or ||."""

    every: bool
    parts: "list[Comparison | Joined]"

    def holds(self, root: JToken, token: JToken) -> bool:
        results = (part.holds(root, token) for part in self.parts)
        return all(results) if self.every else any(results)


@dataclass(slots=True)
class Query(PathStep):
    """`[?(...)]`: the children for which it holds, or (`deep`) all of the tree."""

    condition: Joined
    deep: bool

    def _of(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
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


_ORDERS = {"<": lt, ">": gt, "<=": le, ">=": ge}


def _compares(operator: str, left: JToken, right: JToken) -> bool:
    if not (isinstance(left, JValue) and isinstance(right, JValue)):
        return operator == "!="
    if operator in ("==", "!="):
        return _alike(left, right) == (operator == "==")
    return bool(_ORDERS[operator](compare_values(left, right), 0))


_TEXTS = frozenset(["Date", "Bytes", "Guid", "TimeSpan", "Uri"])


def _alike(left: JValue, right: JValue) -> bool:
    """Equal values; or a text that is how the value is written in JSON."""
    if equal_scalars(left, right):
        return True
    return (
        right.type_name == "String"
        and left.type_name in _TEXTS
        and left.value is not None
        and scalar_text(left.value)[1:-1] == right.value
    )
