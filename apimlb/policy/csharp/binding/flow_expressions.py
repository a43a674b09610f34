"""Definite assignment inside of expressions (C# specification, variables: definite assignment).

A state is the set of locals that have a value at a point, as bits. A function takes a node and where it
stands, with the state before it, and gives the state after it; for a condition it gives two, of where it is
true and of where it is false.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from apimlb.policy.csharp.binding.bound import Findings
from apimlb.policy.csharp.syntax import nodes, statement_nodes

DEAD = -1
"""The state of a point that nothing reaches: all bits are set, so that it never takes one from another."""

PASSED = -2
"""The state of a point that parts of an expression never go on to. C# says of a statement there that it is
reached, and of every local that it has a value."""


class Diagnostic(NamedTuple):
    """A problem at an offset, by its code, with the values of its message."""

    at: int
    code: str
    values: tuple[object, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class Walk:
    """One walk through a function. Without `closely` expressions are passed over, which is enough where every
    local has a value from its declaration on. `text` is that of the whole expression."""

    facts: Findings
    text: str
    closely: bool
    findings: list[Diagnostic] = field(default_factory=list)
    bits: int = 1

    @property
    def everything(self) -> int:
        """The state in which all locals so far have a value."""
        return (1 << self.bits) - 2


@dataclass(slots=True, eq=False, repr=False)
class Jumps:
    """A loop or switch that can be left: the states at its breaks and continues."""

    loop: bool
    finally_depth: int
    breaks: list[int] = field(default_factory=list)
    continues: list[int] = field(default_factory=list)


class Flow(NamedTuple):
    """Where a node stands, with the state before it.

    locals         the bits of the locals in sight; a block has its own dictionary
    functions      the local functions in sight
    jumps          the loops and switches around it in its function, innermost last
    returns        the states at the returns of its function so far
    finally_depth  how many finally blocks are around it, and around its function (`returns_depth`)
    calling        the local functions of which a call is looked into
    missing        where there is such: what they read that had no value, as (name, bit)
    """

    walk: Walk
    locals: dict[str, int]
    functions: Mapping[str, statement_nodes.LocalFunction]
    state: int = 0
    jumps: tuple[Jumps, ...] = ()
    returns: list[int] | None = None
    finally_depth: int = 0
    returns_depth: int = 0
    calling: frozenset[str] = frozenset()
    missing: list[tuple[str, int]] | None = None

    def at(self, state: int) -> "Flow":
        return self._replace(state=state)

    def inside(self) -> "Flow":
        return self._replace(locals=dict(self.locals))

    def fresh(self, name: str) -> "Flow":
        """After a declaration: the local has no value, not even that of an earlier round."""
        bit = self.locals.get(name)
        if bit is None:
            bit = self.locals[name] = 1 << self.walk.bits
            self.walk.bits += 1
        return self if self.state < 0 else self.at(self.state & ~bit)

    def assigned(self, name: str) -> "Flow":
        return self.at(self.state | self.locals.get(name, 0))

    def given(self, *names: str) -> "Flow":
        """After the declaration of locals that have a value."""
        flow = self
        for name in names:
            flow = flow.fresh(name).assigned(name)
        return flow

    def report(self, at: int, code: str, *values: object) -> None:
        self.walk.findings.append(Diagnostic(at, code, values))

    def report_missing(self, at: int, name: str, bit: int) -> None:
        if self.missing is None:
            self.report(at, "CS0165", name)
        else:
            self.missing.append((name, bit))


STATEMENTS: dict[type, Callable[["Flow", Any], int]] = {}
"""What follows the statements that jump or hold others, by their classes. `flow` enters them."""


def after(flow: Flow, node: nodes.Node | None) -> int:
    """The state after an expression or a statement, where there is one."""
    follow = STATEMENTS.get(type(node))
    if follow is None and flow.walk.closely and node is not None:
        follow = _EXPRESSIONS.get(type(node), in_order)
    return flow.state if follow is None else follow(flow, node)


def after_all(flow: Flow, several: Iterable[nodes.Node]) -> int:
    for node in several:
        flow = flow.at(after(flow, node))
    return flow.state


def in_order(flow: Flow, node: nodes.Node) -> int:
    """A node that does nothing but what the nodes in it do."""
    return after_all(flow, nodes.children(node))


def met(state: int, others: Sequence[int]) -> int:
    """The state where several ways meet."""
    for other in others:
        state &= other
    return state


# Conditions


def test(flow: Flow, node: nodes.Node) -> tuple[int, int]:
    """The condition of a statement: the states where it is true and where it is false."""
    constant = _truth(flow, node)
    if constant is not None:
        return (flow.state, DEAD) if constant else (DEAD, flow.state)
    return _outcomes(flow, node) if flow.walk.closely else (flow.state, flow.state)


def _outcomes(flow: Flow, node: nodes.Node) -> tuple[int, int]:
    """A condition in an expression: the states where it is true and where it is false."""
    constant = _truth(flow, node)
    if constant is not None:
        never = flow.state | PASSED
        return (flow.state, never) if constant else (never, flow.state)
    if isinstance(node, nodes.Unary) and node.operator == "!":
        true, false = _outcomes(flow, node.operand)
        return false, true
    if isinstance(node, nodes.Checked | nodes.Parenthesized):
        return _outcomes(flow, node.operand)
    if isinstance(node, nodes.Binary) and node.operator in ("&&", "||"):
        return _logical(flow, node)
    if isinstance(node, nodes.Is):
        return _pattern(flow, node)
    state = after(flow, node)
    return state, state


def _truth(flow: Flow, node: nodes.Node) -> bool | None:
    """The value of a condition that is constant."""
    found = flow.walk.facts.truths.get(id(node))
    return _plain_truth(node) if found is None else found


def _plain_truth(node: nodes.Node) -> bool | None:
    """The value of `true`, `!false` and the like, which binding may not have got to because of an error."""
    if isinstance(node, nodes.Literal):
        return node.value if isinstance(node.value, bool) else None
    if isinstance(node, nodes.Unary) and node.operator == "!":
        inner = _plain_truth(node.operand)
        return None if inner is None else not inner
    return None


def _logical(flow: Flow, node: nodes.Binary) -> tuple[int, int]:
    first, parts = nodes.chain(node)
    true, false = _outcomes(flow, first)
    for part in parts:
        if node.operator == "&&":
            true, other = _outcomes(flow.at(true), part.right)
            false &= other
        else:
            other, false = _outcomes(flow.at(false), part.right)
            true &= other
    return true, false


def _pattern(flow: Flow, node: nodes.Is) -> tuple[int, int]:
    flow = flow.at(after(flow, node.operand))
    if not isinstance(node.pattern, nodes.TypedName):
        return flow.state, flow.state
    flow = flow.fresh(node.pattern.name)
    always = id(node.pattern) in flow.walk.facts.truths
    return flow.assigned(node.pattern.name).state, flow.state | PASSED if always else flow.state


def _split(flow: Flow, node: nodes.Node) -> int:
    """A condition that is computed for its value."""
    true, false = _outcomes(flow, node)
    return true & false


# Expressions


def _unary(flow: Flow, node: nodes.Unary) -> int:
    return _split(flow, node) if node.operator == "!" else after(flow, node.operand)


def _binary(flow: Flow, node: nodes.Binary) -> int:
    if node.operator in ("&&", "||"):
        return _split(flow, node)
    if node.operator == "??":
        flow = flow.at(after(flow, node.left))
        return flow.state & after(flow, node.right)
    first, parts = nodes.chain(node)
    return after_all(flow, (first, *(part.right for part in parts)))


def _conditional(flow: Flow, node: nodes.Conditional) -> int:
    true, false = _outcomes(flow, node.condition)
    return after(flow.at(true), node.when_true) & after(flow.at(false), node.when_false)


def _conditional_access(flow: Flow, node: nodes.ConditionalAccess) -> int:
    flow = flow.at(after(flow, node.target))
    return flow.state & after(flow, node.access)


def _name(flow: Flow, node: nodes.Name) -> int:
    bit = flow.locals.get(node.name)
    if bit is None:
        function = flow.functions.get(node.name)
        return flow.state if function is None else _call(flow, function, node.at)
    if not flow.state & bit:
        flow.report_missing(node.at, node.name, bit)
    return flow.state | bit


def _assignment(flow: Flow, node: nodes.Assignment) -> int:
    if not isinstance(node.target, nodes.Name):
        return in_order(flow, node)
    if node.operator:
        flow = flow.at(_name(flow, node.target))
    return flow.at(after(flow, node.value)).assigned(node.target.name).state


def _invocation(flow: Flow, node: nodes.Invocation) -> int:
    flow = flow.at(after(flow, node.target))
    received: list[str] = []
    for each in node.arguments:
        if isinstance(each.value, nodes.TypedName):
            flow = flow.fresh(each.value.name)
            received.append(each.value.name)
        elif each.mode == "out" and isinstance(each.value, nodes.Name):
            received.append(each.value.name)
        else:
            flow = flow.at(after(flow, each.value))
    for name in received:
        flow = flow.assigned(name)
    return flow.state


def _nameof(flow: Flow, node: nodes.NameOf) -> int:
    """It reads nothing."""
    return flow.state


def _declaration(flow: Flow, node: statement_nodes.Declaration) -> int:
    for _, name, initial in node.declarators:
        flow = flow.fresh(name)
        if initial is not None:
            flow = flow.at(after(flow, initial)).assigned(name)
    return flow.state


# Functions


def function_states(flow: Flow, body: nodes.Node) -> tuple[int, int]:
    """The states at the end of a function's body, and after a call of it: there or at any of its returns."""
    returns: list[int] = []
    end = after(flow._replace(jumps=(), returns=returns, returns_depth=flow.finally_depth), body)
    return end, met(end, returns)


def _lambda(flow: Flow, node: nodes.Lambda) -> int:
    function_states(flow.inside().given(*(each.name for each in node.parameters)), node.body)
    return flow.state


def _call(flow: Flow, function: statement_nodes.LocalFunction, at: int) -> int:
    """A local function: what it reads must have a value here, and what it assigns has one afterwards."""
    if function.name in flow.calling:
        return flow.state
    outer = flow.walk.everything
    missing: list[tuple[str, int]] = []
    inner = flow._replace(calling=flow.calling | {function.name}, missing=missing).inside()
    inner = inner.given(*(each.name for each in function.parameters))
    _, ended = function_states(inner, function.body)
    if flow.state < 0:
        return flow.state
    for name, bit in missing:
        if bit <= outer and not flow.state & bit:
            flow.report_missing(at, name, bit)
    return flow.state if ended < 0 else flow.state | (ended & outer)


_EXPRESSIONS: dict[type, Callable[[Flow, Any], int]] = {
    nodes.Assignment: _assignment, nodes.Binary: _binary, nodes.Conditional: _conditional,
    nodes.ConditionalAccess: _conditional_access, nodes.Invocation: _invocation, nodes.Is: _split,
    nodes.Lambda: _lambda, nodes.Name: _name, nodes.NameOf: _nameof,
    nodes.Unary: _unary, statement_nodes.Declaration: _declaration,
}  # fmt: skip
"""What else does more to a state than the nodes in it do."""
