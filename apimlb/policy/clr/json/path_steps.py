"""The steps of a JSONPath: which tokens each finds, and what it says where it must find one (rules of
Newtonsoft.Json 10)."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.json.order import compare_values, equal_scalars
from apimlb.policy.clr.json.tokens import JArray, JList, JObject, JProperty, JToken, JValue, json_error
from apimlb.policy.clr.json.tree import descendants
from apimlb.policy.clr.json.writer import scalar_text

Find = Callable[[JToken, Any, bool], Iterator[JToken]]
Operator = Callable[[JToken, JToken], bool]


class PathStep(NamedTuple):
    """One part of a path, which goes on from tokens of a class, `on`. `found` takes the root, a token and
    whether the path is strict (errorWhenNoMatch). Errors call the step `shown`."""

    found: Find
    on: type[JToken] = JToken
    shown: str = ""

    def find(self, root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        """The tokens that it finds from one of any class; throws Newtonsoft.Json.JsonException."""
        if isinstance(token, self.on):
            return self.found(root, token, strict)
        if strict:
            raise json_error(f"{self.shown} not valid on {_kind(token)}.")
        return iter(())


def _kind(token: JToken) -> str:
    return token.clr_name.rpartition(".")[2]


ROOT = PathStep(lambda root, token, strict: iter((root,)))
"""`$` inside a query"""


def members(names: list[str] | None, deep: bool) -> PathStep:
    """`.name` and `['a', 'b']`; `.*` without names; with two dots before them (`deep`) at any depth below. A
    strict path complains of each of several names, even of one that is there."""
    if deep:
        return _deep_members(names)

    def found(root: JToken, token: JObject, strict: bool) -> Iterator[JToken]:
        if names is None:
            yield from (prop.value for prop in token)
        several = len(names or ()) > 1
        for name in names or ():
            prop = token.properties.get(name)
            if prop is not None:
                yield prop.value
            if strict and (several or prop is None):
                raise json_error(f"Property '{name}' does not exist on JObject.")

    shown = ", ".join(f"'{name}'" for name in names or "*")
    return PathStep(found, JObject, f"{'Property' if len(names or '*') == 1 else 'Properties'} {shown}")


def _deep_members(names: list[str] | None) -> PathStep:
    """`..name` or `..['a', 'b']`, or `..*` without names: at any depth below."""

    def found(root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        if names is None:
            yield token
        for child in _below(token):
            if not isinstance(child, JProperty):
                if names is None:
                    yield child
            elif names is not None and child.name in names:
                yield child.value

    return PathStep(found)


def _below(token: JToken) -> Iterator[JToken]:
    for child in descendants(token):
        BUDGET.spend()
        yield child


def indexed(indices: list[int] | None) -> PathStep:
    """`[1]` and `[1, 2]`; `[*]` without indices."""

    def found(root: JToken, token: JList, strict: bool) -> Iterator[JToken]:
        if indices is None:
            yield from token
        for index in indices or ():
            if index < len(token.items):
                yield token.item(index)
            elif strict:
                raise json_error(f"Index {index} outside the bounds of {_kind(token)}.")

    return PathStep(found, JList, f"Index {indices[0] if indices else '*'}")


def sliced(start: int | None, stop: int | None, *steps: int | None) -> PathStep:
    """`[start:stop:step]`, each of which may be left out, and the last step that is given counts. A step of
    zero is refused for any token."""
    step = next((each for each in reversed(steps) if each is not None), None)

    def found(root: JToken, token: JArray, strict: bool) -> Iterator[JToken]:
        if step == 0:
            raise json_error("Step cannot be zero.")
        items = token.items[start:stop:step]
        if not items and strict:
            first, last = ("*" if each is None else each for each in (start, stop))
            raise json_error(f"Array slice of {first} to {last} returned no results.")
        return iter(items)

    return PathStep(found, JToken if step == 0 else JArray, "Array slice is")


# Queries

Side = list[PathStep] | JValue


class Comparison(NamedTuple):
    """Two sides with an operator between them. What is on a side alone is compared by `exists`."""

    left: Side
    operator: Operator
    right: Side

    def holds(self, root: JToken, token: JToken) -> bool:
        BUDGET.spend()
        rights = list(_values(self.right, root, token))
        return any(self.operator(left, right) for left in _values(self.left, root, token) for right in rights)


Condition = list[tuple[Comparison, str]]
"""Comparisons, each with the `&` or `|` behind it. Both bind alike, what is on the right first."""


def query(condition: Condition, deep: bool) -> PathStep:
    """`[?(...)]`: the children for which it holds, or (`deep`) all of the tree."""

    def found(root: JToken, token: JToken, strict: bool) -> Iterator[JToken]:
        for child in chain((token,), _below(token)) if deep else token:
            if _holds(condition, root, child):
                yield child

    return PathStep(found)


def _holds(condition: Condition, root: JToken, token: JToken) -> bool:
    for comparison, joined in condition:
        if comparison.holds(root, token) == (joined == "|"):
            return joined == "|"
    return True


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


_TEXTS = frozenset(["Date", "Bytes", "Guid", "TimeSpan", "Uri"])


def _alike(left: JToken, right: JToken) -> bool:
    """Equal values; or a text that is how the value is written in JSON."""
    if not (isinstance(left, JValue) and isinstance(right, JValue)):
        return False
    return equal_scalars(left, right) or (
        right.type_name == "String"
        and left.type_name in _TEXTS
        and scalar_text(left.value)[1:-1] == right.value
    )


def _ordered(order: Callable[[int, int], bool]) -> Operator:
    """A comparison that holds for scalars alone."""
    return lambda left, right: (
        isinstance(left, JValue) and isinstance(right, JValue) and order(compare_values(left, right), 0)
    )


def exists(left: JToken, right: JToken) -> bool:
    """Whether there is a left side, whatever the right one is."""
    return True


OPERATORS: dict[str, Operator] = {
    "==": _alike, **dict.fromkeys(("!=", "<>"), lambda left, right: not _alike(left, right)),
    "<=": _ordered(le), "<": _ordered(lt), ">=": _ordered(ge), ">": _ordered(gt),
}  # fmt: skip
