"""Definite assignment inside of expressions (C# specification, variables: definite assignment).

A state is the set of locals that have a value at a point, as bits. At a point that nothing reaches every
local counts as having one. A function takes a node and where it stands, with the state before it, and gives
the state after it; for a condition it gives two, of where it is true and of where it is false.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from apimlb.policy.csharp.binding.bound import Findings
from apimlb.policy.csharp.binding.dispatch import Table
from apimlb.policy.csharp.syntax import nodes
from apimlb.policy.csharp.syntax.statement_nodes import BlockStatement, FunctionParameter, LocalFunction

DEAD = -1
"""The state of a point that nothing reaches: all bits are set, so that it never takes one from another."""


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
    bits: int = 0

    def next_bit(self) -> int:
        self.bits += 1
        return 1 << (self.bits - 1)

    @property
    def everything(self) -> int:
        """The state in which all locals so far have a value."""
        return (1 << self.bits) - 1


class Locals:
    """The bits of a block's locals, and its functions."""

    def __init__(self, outer: "Locals | None" = None) -> None:
        self.outer = outer
        self.bits: dict[str, int] = {}
        self.functions: dict[str, LocalFunction] = {}


@dataclass(slots=True, eq=False, repr=False)
class Jumps:
    """A loop or switch that can be left: the states at its breaks and continues."""

    loop: bool
    finally_depth: int
    breaks: list[int] = field(default_factory=list)
    continues: list[int] = field(default_factory=list)


class Flow(NamedTuple):
    """Where a node stands, with the state before it.

    jumps          the loops and switches around it in its function, innermost last
    returns        the states at the returns of its function so far
    finally_depth  how many finally blocks are around it, and around its function (`returns_depth`)
    calling        the local functions of which a call is looked into
    missing        where there is such: what they read that had no value, as (name, bit)
    """

    walk: Walk
    locals: Locals
    state: int
    jumps: tuple[Jumps, ...] = ()
    returns: list[int] | None = None
    finally_depth: int = 0
    returns_depth: int = 0
    calling: frozenset[str] = frozenset()
    missing: list[tuple[str, int]] | None = None

    def at(self, state: int) -> "Flow":
        return self._replace(state=state)

    def inside(self) -> "Flow":
        return self._replace(locals=Locals(self.locals))

    def fresh(self, name: str) -> "Flow":
        """After a declaration: the local has no value, not even that of an earlier round."""
        bit = self.locals.bits.get(name)
        if bit is None:
            bit = self.locals.bits[name] = self.walk.next_bit()
        return self if self.state == DEAD else self.at(self.state & ~bit)

    def assigned(self, name: str) -> "Flow":
        return self.at(self.state | self.bit(name))

    def given(self, name: str) -> "Flow":
        """After the declaration of a local that has a value."""
        return self.fresh(name).assigned(name)

    def bit(self, name: str) -> int:
        here: Locals | None = self.locals
        while here is not None:
            if name in here.bits:
                return here.bits[name]
            here = here.outer
        return 0

    def function(self, name: str) -> LocalFunction | None:
        here: Locals | None = self.locals
        while here is not None:
            if name in here.functions:
                return here.functions[name]
            here = here.outer
        return None

    def report(self, at: int, code: str, *values: object) -> None:
        self.walk.findings.append(Diagnostic(at, code, values))

    def report_missing(self, at: int, name: str, bit: int) -> None:
        if self.missing is None:
            self.report(at, "CS0165", name)
        else:
            self.missing.append((name, bit))


values: Table[Flow, int] = Table()
statements: Table[Flow, int] = Table()


def value(flow: Flow, node: nodes.Node) -> int:
    """An expression that is computed for its value."""
    if values.has(node):
        return values(flow, node)
    for child in nodes.children(node):
        flow = flow.at(value(flow, child))
    return flow.state


def test(flow: Flow, node: nodes.Node) -> tuple[int, int]:
    """A condition: the states where it is true and where it is false."""
    constant = flow.walk.facts.truths.get(id(node))
    if constant is None:
        constant = _plain_truth(node)
    if constant is not None:
        return (flow.state, DEAD) if constant else (DEAD, flow.state)
    if not flow.walk.closely:
        return flow.state, flow.state
    if isinstance(node, nodes.Unary) and node.operator == "!":
        true, false = test(flow, node.operand)
        return false, true
    if isinstance(node, nodes.CheckedExpression | nodes.Parenthesized):
        return test(flow, node.operand)
    if isinstance(node, nodes.Binary) and node.operator in ("&&", "||"):
        return _logical(flow, node)
    if isinstance(node, nodes.Is):
        return _pattern(flow, node)
    state = value(flow, node)
    return state, state


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
    true, false = test(flow, first)
    for part in parts:
        if node.operator == "&&":
            true, other = test(flow.at(true), part.right)
            false &= other
        else:
            other, false = test(flow.at(false), part.right)
            true &= other
    return true, false


def _pattern(flow: Flow, node: nodes.Is) -> tuple[int, int]:
    flow = flow.at(value(flow, node.operand))
    if node.name is None:
        return flow.state, flow.state
    flow = flow.fresh(node.name)
    always = id(node) in flow.walk.facts.always
    return flow.assigned(node.name).state, DEAD if always else flow.state


def _split(flow: Flow, node: nodes.Node) -> int:
    true, false = test(flow, node)
    return true & false


def _unary(flow: Flow, node: nodes.Unary) -> int:
    return _split(flow, node) if node.operator == "!" else value(flow, node.operand)


def _binary(flow: Flow, node: nodes.Binary) -> int:
    if node.operator in ("&&", "||"):
        return _split(flow, node)
    if node.operator == "??":
        flow = flow.at(value(flow, node.left))
        return flow.state & value(flow, node.right)
    first, parts = nodes.chain(node)
    for each in (first, *(part.right for part in parts)):
        flow = flow.at(value(flow, each))
    return flow.state


def _conditional(flow: Flow, node: nodes.Conditional) -> int:
    true, false = test(flow, node.condition)
    return value(flow.at(true), node.when_true) & value(flow.at(false), node.when_false)


def _name(flow: Flow, node: nodes.Name) -> int:
    bit = flow.bit(node.name)
    if not bit:
        function = flow.function(node.name)
        return flow.state if function is None else _call(flow, function, node.at)
    if not flow.state & bit:
        flow.report_missing(node.at, node.name, bit)
    return flow.state | bit


def _call(flow: Flow, function: LocalFunction, at: int) -> int:
    """A local function: what it reads must have a value here, and what it assigns has one afterwards."""
    if function.name in flow.calling:
        return flow.state
    outer = flow.walk.everything
    missing: list[tuple[str, int]] = []
    inner = flow._replace(calling=flow.calling | {function.name}, missing=missing)
    _, ended = function_states(with_parameters(inner, function.parameters), function.body)
    if flow.state == DEAD:
        return DEAD
    for name, bit in missing:
        if bit <= outer and not flow.state & bit:
            flow.report_missing(at, name, bit)
    return flow.state if ended == DEAD else flow.state | (ended & outer)


def with_parameters(flow: Flow, parameters: Sequence[nodes.LambdaParameter | FunctionParameter]) -> Flow:
    flow = flow.inside()
    for each in parameters:
        flow = flow.given(each.name)
    return flow


def function_states(flow: Flow, body: nodes.Node) -> tuple[int, int]:
    """The states at the end of a function's body, and after a call of it: there or at any of its returns."""
    returns: list[int] = []
    inner = flow._replace(jumps=(), returns=returns, returns_depth=flow.finally_depth)
    end = statements(inner, body) if isinstance(body, BlockStatement) else value(inner, body)
    ended = end
    for state in returns:
        ended &= state
    return end, ended


def _assignment(flow: Flow, node: nodes.Assignment) -> int:
    if not isinstance(node.target, nodes.Name):
        return value(flow.at(value(flow, node.target)), node.value)
    if node.operator:
        flow = flow.at(_name(flow, node.target))
    return flow.at(value(flow, node.value)).assigned(node.target.name).state


def _invocation(flow: Flow, node: nodes.Invocation) -> int:
    flow = flow.at(value(flow, node.target))
    for each in node.arguments:
        if each.declared is not None:
            flow = flow.fresh(each.declared)
        elif each.value is not None and not (each.mode == "out" and isinstance(each.value, nodes.Name)):
            flow = flow.at(value(flow, each.value))
    for each in node.arguments:
        if each.mode == "out":
            flow = flow.assigned(_received(each))
    return flow.state


def _received(argument: nodes.Argument) -> str:
    """The local that an out argument gives a value, or ""."""
    return argument.declared or (argument.value.name if isinstance(argument.value, nodes.Name) else "")


def _conditional_access(flow: Flow, node: nodes.ConditionalAccess) -> int:
    flow = flow.at(value(flow, node.target))
    return flow.state & value(flow, node.access)


def _throw(flow: Flow, node: nodes.ThrowExpression) -> int:
    value(flow, node.operand)
    return DEAD


def _lambda(flow: Flow, node: nodes.Lambda) -> int:
    function_states(with_parameters(flow, node.parameters), node.body)
    return flow.state


def _nameof(flow: Flow, node: nodes.NameOf) -> int:
    """It reads nothing."""
    return flow.state


values.enter(nodes.Name, _name)
values.enter(nodes.Binary, _binary)
values.enter(nodes.Conditional, _conditional)
values.enter(nodes.Is, _split)
values.enter(nodes.Unary, _unary)
values.enter(nodes.Assignment, _assignment)
values.enter(nodes.Invocation, _invocation)
values.enter(nodes.ConditionalAccess, _conditional_access)
values.enter(nodes.ThrowExpression, _throw)
values.enter(nodes.Lambda, _lambda)
values.enter(nodes.NameOf, _nameof)
