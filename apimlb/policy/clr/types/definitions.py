"""Static types: what the binder knows about every value before it runs."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Implementation = Callable[..., object] | str


@dataclass(frozen=True, slots=True)
class Needs:
    """An implementation that is handed more than its C# arguments, before them: the policy's Context
    (`context`), then the types (`Type`) that stand for some of its type parameters (`types`)."""

    call: Callable[..., object]
    context: bool = False
    types: tuple[str, ...] = ()


# (signature, implementation[, setter]); a str implementation is a Python template over {0}, {1}, ...
Row = tuple[str, Implementation | Needs] | tuple[str, Implementation | Needs, Implementation]


@dataclass(slots=True, eq=False)
class Definition:
    """One row of types. `name` is the full CLR name (with `1 for one type parameter, Outer+Inner for a nested
    type); `nameable` says whether an expression may write it, which is the allow-list's word."""

    name: str
    kind: str
    parameters: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    keyword: str = ""
    default: object = None
    constants: Mapping[str, int] = field(default_factory=dict)
    nameable: bool = True
    test: Callable[[object], bool] | None = None

    @property
    def simple(self) -> str:
        """The name without its namespace, as C# writes it."""
        return re.sub(r"`\d+", "", self.name.rpartition(".")[2]).replace("+", ".")

    @property
    def namespace(self) -> str:
        return self.name.rpartition(".")[0]
