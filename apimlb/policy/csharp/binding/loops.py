"""Loops, and what leaves them."""

from collections.abc import Sequence
from typing import NoReturn

from apimlb.policy.clr.budget import spend_rounds
from apimlb.policy.clr.collections.iteration import iterate, iterate_pairs
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.captures import LOOPS
from apimlb.policy.csharp.binding.conversion import cast, condition
from apimlb.policy.csharp.binding.dispatch import statement, value
from apimlb.policy.csharp.binding.emit import Line, Lines, suite, weight_of
from apimlb.policy.csharp.binding.lookup import type_of
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import not_null
from apimlb.policy.csharp.syntax import statement_nodes
from apimlb.policy.csharp.syntax.nodes import Node, children

_PAIR = "System.Collections.Generic.KeyValuePair`2"
_ENUMERABLE = "System.Collections.Generic.IEnumerable`1"
_UNPAID = 1_000
"""Rounds that are counted before they are paid for."""


def _counted(scope: Scope, node: Node, body: statement_nodes.BlockStatement) -> Lines:
    """The body of a loop. Every round is counted."""
    lines = statement(scope._replace(loops=(*scope.loops, "")), body)
    weight = weight_of(lines)
    if scope.function.outermost:
        paid = f"if n > {_UNPAID}: n = {scope.use(spend_rounds)}(n)"
        return [Line(f"n += {weight}", node.at), Line(paid, node.at), *lines]
    return [Line(scope.call(spend_rounds, str(weight)), node.at), *lines]


def _tested(scope: Scope, node: Node) -> tuple[Lines, str]:
    """The code of a loop's condition, and the lines that every round runs before it."""
    before: Lines = []
    return before, condition(scope.after(before), node)


def _stop_unless(code: str, at: int) -> Line:
    return Line(f"if not {code}: break", at)


def bind_do_while(scope: Scope, node: statement_nodes.DoWhile) -> Lines:
    again = scope.local("again", "k_")
    body = _counted(scope, node, node.body)
    before, code = _tested(scope.inside(), node.condition)
    return _while_again(node, again, [*before, _stop_unless(code, node.at)], body)


def _while_again(node: Node, again: str, first: Lines, body: Lines) -> Lines:
    """What comes first in every round but the first one stands at its head, where `continue` gets to it."""
    lines = [*suite(f"if {again}:", node.at, first), Line(f"{again} = True", node.at), *body]
    return [Line(f"{again} = False", node.at), *suite("while True:", node.at, lines)]


def bind_for(scope: Scope, node: statement_nodes.For) -> Lines:
    scope = scope.inside(node.first)
    started = _in_order(scope, node.first)
    before, code = ([], "True") if node.condition is None else _tested(scope, node.condition)
    if node.update and (before or continues(node.body)):
        again = scope.local("again", "k_")
        updates = _in_order(scope, node.update)
        head = [*before, _stop_unless(code, node.at)]
        return [*started, *_while_again(node, again, updates, [*head, *_counted(scope, node, node.body)])]
    body = [*_counted(scope, node, node.body), *_in_order(scope, node.update)]
    if before:
        code, body = "True", [*before, _stop_unless(code, node.at), *body]
    return [*started, *suite(f"while {code}:", node.at, body)]


def _in_order(scope: Scope, several: Sequence[Node]) -> Lines:
    return [line for each in several for line in statement(scope, each)]


def bind_for_each(scope: Scope, node: statement_nodes.ForEach) -> Lines:
    source = value(scope, node.source)
    element = _element(scope, source.type, node)
    scope = scope.inside()
    written = node.variable.type
    kind = element if written.is_var else type_of(scope, written)
    name = scope.temporary()
    item = cast(scope, Bound(element, name, repeatable=True), kind, node.at)
    variable = scope.declare(
        node.variable.name, kind, node.variable.name_at, readonly="foreach iteration variable"
    )
    stored = [Line(variable.stored(item.code), node.at)]
    if item.repeatable and not variable.cell:
        name, stored = variable.python, []
    pairs = source.type.name == "Newtonsoft.Json.Linq.JObject"
    through = scope.use(iterate_pairs if pairs else iterate)
    head = f"for {name} in {through}({not_null(scope, source)}):"
    return suite(head, node.at, [*stored, *_counted(scope, node, node.body)])


def _element(scope: Scope, kind: Type, node: statement_nodes.ForEach) -> Type:
    registry = scope.registry
    if kind is NULL:
        scope.refuse("CS0186", node.source)
    if kind.name == "Newtonsoft.Json.Linq.JObject":
        return registry.named(_PAIR, [registry.string, registry.token])
    if kind.kind == "array":
        return kind.arguments[0]
    for base in registry.bases(kind):
        if base.definition is not None and base.definition.name == _ENUMERABLE:
            return base.arguments[0]
    if any(base.name == "System.Collections.IEnumerable" for base in registry.bases(kind)):
        return registry.object
    scope.refuse("CS1579", node.source, kind, kind)


def bind_break(scope: Scope, node: statement_nodes.Break) -> Lines:
    if not scope.loops:
        _refuse_jump(scope, node)
    return [Line("break", node.at)]


def bind_continue(scope: Scope, node: statement_nodes.Continue) -> Lines:
    """Out of switches, which are loops in Python, a flag of each goes on with the loop around it."""
    loops = list(scope.loops)
    lines: Lines = []
    while loops and loops[-1]:
        lines.append(Line(f"{loops.pop()} = True", node.at))
    if not loops:
        _refuse_jump(scope, node)
    return [*lines, Line("break" if lines else "continue", node.at)]


def _refuse_jump(scope: Scope, node: Node) -> NoReturn:
    if scope.function.enclosed:
        scope.refuse("CS1632", node.at)
    scope.refuse("CS0139", node.at)


def continues(node: Node) -> bool:
    """Whether a node holds a `continue` of the loop around it."""
    if isinstance(node, statement_nodes.Continue):
        return True
    if isinstance(node, (*LOOPS, statement_nodes.LocalFunction)):
        return False
    return any(continues(child) for child in children(node))
