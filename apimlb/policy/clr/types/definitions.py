"""What the tables of the library are made of: types, and their members row by row."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Literal

Implementation = Callable[..., object] | str
Check = Callable[[list[object]], str | None]
DefinedKind = Literal["class", "struct", "enum", "interface", "static"]
Cost = Literal["sizes", "result", "none"]
"""What a call pays for beside its step.

sizes   the sizes of its arguments and its result
result  the size of its result: its time does not grow with its arguments
none    nothing: it returns or stores one thing
"""


@dataclass(frozen=True, slots=True)
class Call:
    """An implementation that is more than a function of the C# arguments. Before them it may be handed the
    policy's Context (`context`), then the types (`Type`) of some of its type parameters (`types`); `cost` is
    another than its definition's. `check` tells, before anything runs, why the evaluator cannot do the call:
    it gets the arguments in order, with None for those that are no constants."""

    function: Implementation
    context: bool = False
    types: tuple[str, ...] = ()
    cost: Cost | None = None
    check: Check | None = None


def simple_name(name: str) -> str:
    """A full CLR name without its namespace, as C# writes it."""
    return re.sub(r"`\d+", "", name.rpartition(".")[2]).replace("+", ".")


# (signature, implementation[, setter]). The implementation is the function or method that does the work, a
# lambda where one expression does it, or a str: a Python template over {0}, {1}, ..., which pays no step.
Row = tuple[str, Implementation | Call] | tuple[str, Implementation | Call, Implementation]


def setting(name: str) -> Callable[[object, object], None]:
    """The setter of a property whose value is kept as it is given."""
    return lambda target, value: setattr(target, name, value)


@dataclass(slots=True, eq=False)
class Definition:
    """One row of types. `name` is the full CLR name (with `1 for one type parameter, Outer+Inner for a nested
    type); `outer` extension methods count only where no other fits, as those of an outer namespace;
    `nameable` says whether an expression may write it, which is the allow-list's word; its methods,
    constructors and texts have the `cost`."""

    name: str
    kind: DefinedKind
    parameters: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    keyword: str = ""
    default: object = None
    constants: Mapping[str, int] = field(default_factory=dict)
    nameable: bool = True
    outer: bool = False
    cost: Cost = "sizes"
    test: Callable[[object], bool] | None = None

    @property
    def simple(self) -> str:
        """The name without its namespace, as C# writes it."""
        return simple_name(self.name)

    @property
    def namespace(self) -> str:
        return self.name.rpartition(".")[0]


class Family:
    """Definitions that are loaded on the first mention of one of their types or extension methods.

    They are in `modules` of `apimlb.policy.clr`. `types` are full CLR names, given by namespace. Names are
    given with blanks between them.
    """

    def __init__(self, modules: str, types: Mapping[str, str], extensions: str = "") -> None:
        self.modules = modules.split()
        self.types = [
            f"{space}.{name}".lstrip(".") for space, names in types.items() for name in names.split()
        ]
        self.extensions = extensions.split()

    def load(self) -> Iterator[Definition]:
        for module in self.modules:
            yield from import_module(f"apimlb.policy.clr.{module}").DEFINITIONS
