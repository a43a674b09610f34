"""Where a node stands in the flow of control, and what is found on the way.

A state is the set of locals that have a value at a point, as bits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.csharp.syntax.statement_nodes import LocalFunction

DEAD = -1
"""The state of a point that nothing reaches: all bits are set, so that it never takes one from another."""

PASSED = -2
"""The state of a point that parts of an expression never go on to. C# says of a statement there that it is
reached, and of every local that it has a value."""

_CALLED_STEPS = 10
"""Of a node that is walked through once more, for a call of the function that it stands in."""


def met(state: int, others: Sequence[int]) -> int:
    """The state where several ways meet."""
    for other in others:
        state &= other
    return state


class Diagnostic(NamedTuple):
    """A problem at an offset, by its code, with the values of its message; `bit` is that of the local that is
    read without a value."""

    at: int
    code: str
    values: tuple[object, ...]
    bit: int


@dataclass(slots=True, eq=False, repr=False)
class Walk:
    """One walk through a function. `truths` are those of the `Program`. Without `closely` expressions are
    passed over, which is enough where every local has a value from its declaration on."""

    truths: dict[int, bool]
    closely: bool
    findings: list[Diagnostic] = field(default_factory=list)
    bits: int = 1

    @property
    def everything(self) -> int:
        """The state in which all locals so far have a value."""
        return (1 << self.bits) - 2


@dataclass(slots=True, eq=False, repr=False)
class Jumps:
    """A loop, switch or function that can be left: the states at its breaks or returns, and at its continues,
    and the offsets of its returns."""

    loop: bool
    finally_depth: int
    breaks: list[int] = field(default_factory=list)
    continues: list[int] = field(default_factory=list)
    returns: list[int] = field(default_factory=list)


class Flow(NamedTuple):
    """Where a node stands, with the state before it.

    locals         the bits of the locals in sight; a block has its own dictionary
    functions      the local functions in sight
    jumps          its function, and the loops and switches around it in that, innermost last
    finally_depth  how many finally blocks are around it
    calling        the local functions of which a call is looked into
    """

    walk: Walk
    locals: dict[str, int]
    functions: Mapping[str, LocalFunction]
    state: int = 0
    jumps: tuple[Jumps, ...] = ()
    finally_depth: int = 0
    calling: frozenset[str] = frozenset()

    def at(self, state: int) -> "Flow":
        # Without `_replace`, which is slow: each expression has one.
        return Flow(
            self.walk, self.locals, self.functions, state, self.jumps, self.finally_depth, self.calling
        )

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

    def report(self, at: int, code: str, *values: object, bit: int = 0) -> None:
        self.walk.findings.append(Diagnostic(at, code, values, bit))

    def pay(self) -> None:
        """For a node of a function that is called: each call walks through it, and each way to that call."""
        if self.calling:
            BUDGET.spend(_CALLED_STEPS)
