"""The way to the function that binds a node: the tables of them, which `binder` fills."""

from collections.abc import Callable
from typing import Any

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.types.constructed import NULL, VOID
from apimlb.policy.csharp.binding.bound import Bound, NamespaceReference
from apimlb.policy.csharp.binding.emit import Lines
from apimlb.policy.csharp.binding.scope import Result, Scope, Untyped
from apimlb.policy.csharp.syntax import nodes
from apimlb.policy.csharp.syntax.nodes import Node

_NODE = 20
"""Steps of binding an expression, beside those for its code, which is put together of that of its parts."""

expressions: dict[type[Node], Callable[[Scope, Any], Result]] = {}
statements: dict[type[Node], Callable[[Scope, Any], Lines]] = {}


def bind(scope: Scope, node: Node) -> Result:
    """Whatever an expression means."""
    found = expressions[type(node)](scope, node)
    if type(found) is not Bound:
        BUDGET.spend(_NODE)
        return found
    BUDGET.spend(_NODE + (len(found.code) >> 6))  # texts are put together of texts
    if found.constant is True or found.constant is False:
        scope.program.truths[id(node)] = found.constant
    return found


def value(scope: Scope, node: Node) -> Bound:
    """An expression as a value, which lambdas, types and methods are not."""
    found = bind(scope, node)
    return found if type(found) is Bound else as_value(scope, found, node)


def value_or_untyped(scope: Scope, node: Node) -> Bound | Untyped:
    """An expression where a lambda or a method group may stand."""
    found = bind(scope, node)
    return found if isinstance(found, (Bound, Untyped)) else as_value(scope, found, node)


def typed(scope: Scope, node: Node, code: str, at: int) -> Bound:
    """An expression that gives its type to a local or a member; refused with `code` where it has none."""
    found = value_or_untyped(scope, node)
    if isinstance(found, Untyped):
        scope.refuse(code, at, found.described)
    if found.type in (NULL, VOID):
        scope.refuse(code, at, found.type)
    return found


def check_runs(scope: Scope, node: Node, at: int) -> None:
    """Refuses an expression that cannot stand as a statement."""
    run = node
    while isinstance(run, nodes.ConditionalAccess):
        run = run.access
    runs = isinstance(run, nodes.Invocation | nodes.Assignment | nodes.Increment | nodes.ObjectCreation)
    if not runs or scope.is_bracketed(node):
        scope.refuse("CS0201", at)


def as_value(scope: Scope, found: Result, at: int | Node) -> Bound:
    if isinstance(found, Bound):
        return found
    if isinstance(found, Untyped):
        return found.to_delegate(scope, scope.registry.object, at)  # refused, since object is no delegate
    if isinstance(found, NamespaceReference):
        scope.refuse("CS0118", at, found.name)
    scope.refuse("CS0119", at, found.type)


def statement(scope: Scope, node: Node) -> Lines:
    """A statement's lines, after those that its expressions need before them."""
    BUDGET.spend(_NODE)
    before: Lines = []
    lines = statements[type(node)](scope.after(before), node)
    return [*before, *lines] if before else lines
