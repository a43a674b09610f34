"""Who binds what: the functions `(scope, node) -> bound`, by the class of the node."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.csharp.binding.bound import Bound, NamespaceReference
from apimlb.policy.csharp.binding.emit import Lines
from apimlb.policy.csharp.binding.scope import Result, Scope, Untyped
from apimlb.policy.csharp.syntax.nodes import Node

_NODE = 20
"""Steps of binding an expression, beside those for its code, which is put together of that of its parts."""

N = TypeVar("N", bound=Node)
S = TypeVar("S")
R = TypeVar("R")


class Table(Generic[S, R]):
    """A function for each class of nodes. The modules of binding enter theirs."""

    def __init__(self) -> None:
        self._functions: dict[type[Node], Callable[[S, Any], R]] = {}

    def enter(self, kind: type[N], function: Callable[[S, N], R]) -> None:
        self._functions[kind] = function

    def has(self, node: Node) -> bool:
        return type(node) in self._functions

    def __call__(self, scope: S, node: Node) -> R:
        return self._functions[type(node)](scope, node)


expressions: Table[Scope, Result] = Table()
statements: Table[Scope, Lines] = Table()


def bind(scope: Scope, node: Node) -> Result:
    """Whatever an expression means."""
    found = expressions(scope, node)
    BUDGET.spend(
        _NODE + (len(found.code) >> 6 if type(found) is Bound else 0)
    )  # texts are put together of texts
    if type(found) is Bound and (found.constant is True or found.constant is False):
        scope.facts.truths[id(node)] = found.constant
    return found


def value(scope: Scope, node: Node) -> Bound:
    """An expression as a value, which lambdas, types and methods are not."""
    found = bind(scope, node)
    return found if type(found) is Bound else as_value(scope, found, node)


def as_value(scope: Scope, found: Result, at: int | Node) -> Bound:
    if isinstance(found, Bound):
        return found
    if isinstance(found, Untyped):
        found.refuse(scope, at)
    if isinstance(found, NamespaceReference):
        scope.refuse("CS0118", at, found.name)
    scope.refuse("CS0119", at, found.type)


def statement(scope: Scope, node: Node) -> Lines:
    """A statement's lines, after those that its expressions need before them."""
    BUDGET.spend(_NODE)
    before: Lines = []
    lines = statements(scope.after(before), node)
    return [*before, *lines] if before else lines
