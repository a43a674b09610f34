"""Scopes: what an expression or a statement is bound in.

A scope is a value. To bind a part of a node in a block, a loop, a function or unchecked, a function hands
down another scope, and has nothing to put back. Binding writes in few places: the names of the block, the
lines before the statement, the function, and the `Program`. A trial, as of a lambda with the types that an
overload gives it, has its own.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import ClassVar, NamedTuple, NoReturn

from apimlb.errors import PolicyError
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.registry import Registry
from apimlb.policy.csharp.binding import bound
from apimlb.policy.csharp.binding.emit import Globals, Lines
from apimlb.policy.csharp.conversions import Conversions
from apimlb.policy.csharp.messages import MESSAGES, WITH_NAMESPACES
from apimlb.policy.csharp.syntax.lexer import SourceText
from apimlb.policy.csharp.syntax.nodes import Node

_NOT_ALLOWED = (
    "Policy expressions may use only the types and members that Microsoft lists under "
    '"API Management policy expressions", .NET Framework types allowed.'
)
Inputs = tuple[Type, ...]
Lambdas = tuple[tuple[int, Inputs], ...]
"""Lambdas around a place, each as its node's id with the types of its parameters."""


@dataclass(slots=True, eq=False, repr=False)
class Program:
    """What the parts of one expression share.

    celled   the names of locals that are cells
    written  the names that are assigned, None until they are asked for
    copies   locals that always hold the same as another one, by their Python names
    trials   what each lambda yields for parameters of some types, or why it does not take them

    Types and constants say:

    truths      by the ids of nodes, where it is known: what a condition is, whether every value fits a
                pattern, whether a label takes the switch's constant, whether patterns of a switch take
                every value
    partial     whether a local may have no value where it is used, for all that binding can tell
    properties  the properties that are read, as (type, name)
    """

    source: SourceText
    registry: Registry
    conversions: Conversions
    celled: set[str]
    tree: Node
    written: set[str] | None = None
    copies: dict[str, str] = field(default_factory=dict)
    trials: dict[Lambdas, bound.Bound | PolicyError] = field(default_factory=dict)
    globals: Globals = field(default_factory=Globals)
    truths: dict[int, bool] = field(default_factory=dict)
    partial: bool = False
    properties: set[tuple[str, str]] = field(default_factory=set)


class Names:
    """The names of a block, the offsets of those that blocks inside it declare, and its statements.

    Blocks around it hear of its names, unless it is a `trial`."""

    def __init__(
        self, outer: "Names | None" = None, statements: Sequence[Node] = (), *, trial: bool = False
    ) -> None:
        self.outer = outer
        self.statements = statements
        self.trial = trial
        self.own: dict[str, bound.Symbol] = {}
        self.inner: dict[str, int] = {}

    def outward(self) -> Iterator["Names"]:
        """These names, and those of the blocks around."""
        names: Names | None = self
        while names is not None:
            yield names
            names = names.outer

    def enter(self, symbol: bound.Symbol) -> None:
        self.own[symbol.name] = symbol
        names = self
        while names.outer is not None and not names.trial:
            names = names.outer
            names.inner.setdefault(symbol.name, symbol.at)


class Function(NamedTuple):
    """The function that statements belong to.

    returns    the values of its `return` statements so far
    used       the locals that its code names so far
    result     the type that it returns; None where that is to be inferred
    outs       its out parameters
    shown      the local function as messages name it; "" for a lambda
    outermost  whether it is the expression itself
    enclosed   whether it is a lambda in a loop of the function around it
    lambdas    the lambdas that it is inside of
    """

    returns: list[bound.Bound]
    used: set[bound.Variable]
    result: Type | None = None
    outs: tuple[bound.Variable, ...] = ()
    shown: str = ""
    outermost: bool = False
    enclosed: bool = False
    lambdas: Lambdas = ()


class Scope(NamedTuple):
    """Where a node stands.

    before    lines that must run before the statement at hand
    loops     the loops and switches around the node in its function, innermost last: "" for a loop, and for a
              switch the Python local by which it passes `continue` on
    overflow  "checked" or "unchecked" where that is written
    receiver  what stands before the `?.` or `?[` at hand
    catching  whether `throw;` has an exception to throw again
    """

    program: Program
    registry: Registry
    names: Names
    function: Function
    before: Lines
    loops: tuple[str, ...] = ()
    overflow: str = ""
    receiver: bound.Bound | None = None
    catching: bool = False

    def is_bracketed(self, node: Node) -> bool:
        """Whether round brackets stand around a node."""
        return id(node) in self.program.source.bracketed

    @property
    def conversions(self) -> Conversions:
        return self.program.conversions

    def use(self, thing: object) -> str:
        """The global name of an object."""
        return self.program.globals.use(thing)

    def call(self, function: object, *codes: str) -> str:
        """Code that calls an object."""
        return f"{self.use(function)}({', '.join(codes)})"

    def temporary(self) -> str:
        return self.program.globals.temporary()

    def local(self, name: str, prefix: str = "v_") -> str:
        return self.program.globals.local(name, prefix)

    # Scopes inside

    # Each statement and each block has one, so that these are made without `_replace`, which is slow.

    def after(self, before: Lines) -> "Scope":
        """This scope, where other lines run before."""
        return Scope(
            self.program, self.registry, self.names, self.function, before,
            self.loops, self.overflow, self.receiver, self.catching,
        )  # fmt: skip

    def inside(self, statements: Sequence[Node] = ()) -> "Scope":
        """A block in this scope."""
        return Scope(
            self.program, self.registry, Names(self.names, statements), self.function, self.before,
            self.loops, self.overflow, self.receiver, self.catching,
        )  # fmt: skip

    def within(self, function: Function) -> "Scope":
        """The block of a function in this scope."""
        return Scope(self.program, self.registry, Names(self.names), function, self.before, (), self.overflow)

    def trial(self) -> "Scope":
        """A scope to bind in what is bound again, or never: nothing that is written there is seen here."""
        return self._replace(
            program=replace(
                self.program,
                copies=dict(self.program.copies),
                globals=Globals(),
                truths={},
                partial=False,
                properties=set(),
            ),
            names=Names(self.names, trial=True),
            function=self.function._replace(returns=[], used=set()),
            before=[],
        )

    # Problems

    def offset(self, at: int | Node) -> int:
        """Where a message about a node points."""
        return at if isinstance(at, int) else at.at

    def error(self, code: str, at: int | Node, *values: object, next_step: str = "") -> PolicyError:
        """The compiler's message of a code, with its values; of a type it shows the name."""
        name = attrgetter("full" if code in WITH_NAMESPACES else "shown")
        what = MESSAGES[code].format(*(name(each) if isinstance(each, Type) else each for each in values))
        return self.program.source.error(what, self.offset(at), code, next_step)

    def refuse(self, code: str, at: int | Node, *values: object, next_step: str = "") -> NoReturn:
        raise self.error(code, at, *values, next_step=next_step)

    def not_allowed(self, what: str, at: int | Node) -> PolicyError:
        return self.program.source.error(what, self.offset(at), "NotAllowed", _NOT_ALLOWED)

    # Locals

    def find(self, name: str) -> bound.Symbol | None:
        return next((names.own[name] for names in self.names.outward() if name in names.own), None)

    def declare(
        self,
        name: str,
        kind: Type,
        at: int,
        *,
        python: str = "",
        readonly: str = "",
        row_member: tuple[bound.Variable, str] | None = None,
    ) -> bound.Variable:
        """A new local; C# allows no second meaning of a name inside."""
        self.check_unused(name, at)
        made = bound.Variable(
            name, kind, python or self.local(name), cell=name in self.program.celled, readonly=readonly,
            row_member=row_member, at=at,
        )  # fmt: skip
        self.names.enter(made)
        self.program.copies.pop(made.code, None)
        return made

    def check_unused(self, name: str, at: int) -> None:
        """Refuses a name that the block, one around it or one inside it has."""
        other = self.names.own.get(name)
        if other is not None:
            later = max(at, other.at) if isinstance(other, bound.LocalMethod) else at
            self.refuse("CS0128", later, name)
        if name in self.names.inner:
            self.refuse("CS0136", self.names.inner[name], name)
        if name == "context" or self.find(name) is not None:
            self.refuse("CS0136", at, name)

    def cells(self) -> Iterator[bound.Variable]:
        """The locals so far that are cells, from the innermost block outward."""
        for names in self.names.outward():
            yield from (each for each in names.own.values() if isinstance(each, bound.Variable) and each.cell)


class Untyped(ABC):
    """A lambda or a method group: it has no type until a delegate gives it one."""

    described: ClassVar[str]
    """What messages call it."""

    @abstractmethod
    def to_delegate(self, scope: Scope, target: Type, at: int | Node) -> bound.Bound:
        """It as a value of a type; refused unless that is a delegate that it fits."""

    @abstractmethod
    def result(self, scope: Scope, inputs: Inputs) -> bound.Bound | None:
        """What it yields for inputs of these types, without its code; None where it does not take them."""

    @abstractmethod
    def explain(self, scope: Scope) -> None:
        """Raise the problem inside of it, if that is why it fits nothing."""


Result = bound.Bound | bound.TypeReference | bound.NamespaceReference | Untyped
