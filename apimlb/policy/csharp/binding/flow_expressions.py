"""Definite assignment inside of expressions, with what holds where a condition is true and where not."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apimlb.policy.csharp.binding.facts import Facts
from apimlb.policy.csharp.syntax.nodes import (
    Argument,
    Assignment,
    Binary,
    CheckedExpression,
    Conditional,
    ConditionalAccess,
    Increment,
    Invocation,
    Is,
    Lambda,
    Literal,
    Name,
    NameOf,
    Node,
    Parenthesized,
    ThrowExpression,
    Unary,
    children,
)
from apimlb.policy.csharp.syntax.statements import LocalFunction

DEAD = -1
"""The state of a point that nothing reaches: all bits are set, so that it never takes one from another."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at an offset."""

    at: int
    code: str
    values: tuple[object, ...] = ()


class ExpressionFlow:
    """Keeps the state while expressions are walked in the order in which they run."""

    def __init__(self, facts: Facts, *, closely: bool) -> None:
        self.facts = facts
        self.closely = closely
        self.state = 0
        self.findings: list[Finding] = []
        self._bits: list[dict[str, int]] = [{}]
        self.functions: list[dict[str, LocalFunction]] = [{}]
        self._next = 1
        self._inside: set[str] = set()
        self._unassigned: list[tuple[str, int]] | None = None

    # Scopes

    def enter(self) -> None:
        if self.closely:
            self._bits.append({})
            self.functions.append({})

    def leave(self) -> None:
        if self.closely:
            self._bits.pop()
            self.functions.pop()

    def fresh(self, name: str) -> None:
        """A declaration: the local has no value, not even that of an earlier round."""
        bit = self._bits[-1].get(name)
        if bit is None:
            bit = self._bits[-1][name] = self._next
            self._next <<= 1
        if self.state != DEAD:
            self.state &= ~bit

    def _bit(self, name: str) -> int:
        for scope in reversed(self._bits):
            if name in scope:
                return scope[name]
        return 0

    def _function(self, name: str) -> LocalFunction | None:
        for scope in reversed(self.functions):
            if name in scope:
                return scope[name]
        return None

    @property
    def everything(self) -> int:
        """The state in which all locals so far have a value."""
        return self._next - 1

    def assign(self, name: str) -> None:
        if self.state != DEAD:
            self.state |= self._bit(name)

    def report(self, at: int, code: str, *values: object) -> None:
        self.findings.append(Finding(at, code, values))

    # Values

    def value(self, node: Node) -> None:
        """Walk an expression for its value."""
        method = _VALUES.get(type(node))
        if method is not None:
            method(self, node)
        else:
            for child in children(node):
                self.value(child)

    def test(self, node: Node) -> tuple[int, int]:
        """Walk a condition: the states where it is true and where it is false."""
        constant = self.facts.truths.get(id(node))
        if constant is None:
            constant = _plain_truth(node)
        if constant is not None:
            return (self.state, DEAD) if constant else (DEAD, self.state)
        if not self.closely:
            return self.state, self.state
        if isinstance(node, Unary) and node.operator == "!":
            true, false = self.test(node.operand)
            return false, true
        if isinstance(node, CheckedExpression | Parenthesized):
            return self.test(node.operand)
        if isinstance(node, Binary) and node.operator in ("&&", "||"):
            return self._logical(node)
        if isinstance(node, Is):
            return self._pattern(node)
        self.value(node)
        return self.state, self.state

    def _logical(self, node: Binary) -> tuple[int, int]:
        parts: list[Binary] = []
        here: Node = node
        while isinstance(here, Binary) and here.operator == node.operator:
            parts.append(here)
            here = here.left
        true, false = self.test(here)
        for part in reversed(parts):
            if node.operator == "&&":
                self.state = true
                true, other = self.test(part.right)
                false &= other
            else:
                self.state = false
                other, false = self.test(part.right)
                true &= other
        return true, false

    def _pattern(self, node: Is) -> tuple[int, int]:
        self.value(node.operand)
        if node.name is None:
            return self.state, self.state
        self.fresh(node.name)
        false = self.state
        self.assign(node.name)
        return self.state, DEAD if id(node) in self.facts.always else false

    def _split(self, node: Node) -> None:
        true, false = self.test(node)
        self.state = true & false

    def _unary(self, node: Unary) -> None:
        if node.operator == "!":
            self._split(node)
        else:
            self.value(node.operand)

    def _binary(self, node: Binary) -> None:
        if node.operator in ("&&", "||"):
            self._split(node)
            return
        if node.operator == "??":
            self.value(node.left)
            before = self.state
            self.value(node.right)
            self.state &= before
            return
        chain: list[Binary] = []
        here: Node = node
        while isinstance(here, Binary) and here.operator not in ("&&", "||", "??"):
            chain.append(here)
            here = here.left
        self.value(here)
        for part in reversed(chain):
            self.value(part.right)

    def _ternary(self, node: Conditional) -> None:
        self.state, otherwise = self.test(node.condition)
        self.value(node.when_true)
        first, self.state = self.state, otherwise
        self.value(node.when_false)
        self.state &= first

    def _name(self, node: Name) -> None:
        bit = self._bit(node.name)
        if bit and not self.state & bit:
            if self._unassigned is not None:
                self._unassigned.append((node.name, bit))
            else:
                self.report(node.at, "CS0165", node.name)
            self.state |= bit
        elif not bit:
            function = self._function(node.name)
            if function is not None:
                self._use_function(function, node.at)

    def _use_function(self, function: LocalFunction, at: int) -> None:
        """A call: what the function reads must have a value here, and what it assigns has one afterwards."""
        if function.name in self._inside:
            return
        before, outer = self.state, self.everything
        saved, self._unassigned = self._unassigned, []
        self._inside.add(function.name)
        gained = self._at_call(function)
        self._inside.discard(function.name)
        found, self._unassigned = self._unassigned, saved
        self.state = before
        if before == DEAD:
            return
        for name, bit in found:
            if bit <= outer and not self.state & bit:
                if self._unassigned is not None:
                    self._unassigned.append((name, bit))
                else:
                    self.report(at, "CS0165", name)
        if gained != DEAD:
            self.state |= gained & outer

    def _at_call(self, function: LocalFunction) -> int:
        """The state in which a call ends."""
        self.enter()
        for each in function.parameters:
            self.fresh(each.name)
            self.assign(each.name)
        ended = self.function(function.body)
        self.leave()
        return ended

    @abstractmethod
    def function(self, body: Node) -> int:
        """Walk a function's body; the state in which a call of it ends."""

    def _assign(self, node: Assignment) -> None:
        if isinstance(node.target, Name):
            if node.operator:
                self._name(node.target)
            self.value(node.value)
            self.assign(node.target.name)
            return
        self.value(node.target)
        self.value(node.value)

    def _step(self, node: Increment) -> None:
        self.value(node.operand)

    def _call(self, node: Invocation) -> None:
        self.value(node.target)
        self._arguments(node.arguments)

    def _arguments(self, arguments: list[Argument]) -> None:
        for each in arguments:
            if each.mode != "out" and each.value is not None:
                self.value(each.value)
            elif each.declared is not None:
                self.fresh(each.declared)
            elif isinstance(each.value, Node) and not isinstance(each.value, Name):
                self.value(each.value)
        for each in arguments:
            if each.mode == "out":
                name = each.declared or (each.value.name if isinstance(each.value, Name) else "")
                self.assign(name)

    def _conditional_access(self, node: ConditionalAccess) -> None:
        self.value(node.target)
        before = self.state
        self.value(node.access)
        self.state &= before

    def _throw(self, node: ThrowExpression) -> None:
        self.value(node.operand)
        self.state = DEAD

    def _lambda(self, node: Lambda) -> None:
        before = self.state
        self.enter()
        for each in node.parameters:
            self.fresh(each.name)
            self.assign(each.name)
        self.lambda_body(node)
        self.leave()
        if before != DEAD:
            self.state = before
        else:
            self.state = DEAD

    @abstractmethod
    def lambda_body(self, node: Lambda) -> None:
        """Walk a lambda's body, as a function of its own."""

    def _nothing(self, node: Node) -> None:
        """`nameof` reads nothing."""


_VALUES: dict[type[Node], Callable[[ExpressionFlow, Any], None]] = {
    Name: ExpressionFlow._name, Binary: ExpressionFlow._binary, Conditional: ExpressionFlow._ternary,
    Is: ExpressionFlow._split, Unary: ExpressionFlow._unary,
    Assignment: ExpressionFlow._assign, Increment: ExpressionFlow._step, Invocation: ExpressionFlow._call,
    ConditionalAccess: ExpressionFlow._conditional_access, ThrowExpression: ExpressionFlow._throw,
    Lambda: ExpressionFlow._lambda, NameOf: ExpressionFlow._nothing,
}  # fmt: skip


def _plain_truth(node: Node) -> bool | None:
    """The value of `true`, `!false` and the like, which binding may not have got to because of an error."""
    if isinstance(node, Literal):
        return node.value if isinstance(node.value, bool) else None
    if isinstance(node, Unary) and node.operator == "!":
        inner = _plain_truth(node.operand)
        return None if inner is None else not inner
    return None
