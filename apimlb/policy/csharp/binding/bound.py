"""What the binder makes of a node: its static type and the Python that computes it."""

from dataclasses import dataclass, field
from typing import Final

from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.signatures import Member
from apimlb.policy.csharp.syntax.nodes import Lambda, Node

NOT_CONSTANT: Final = object()


@dataclass(slots=True)
class Bound:
    """A value. `pure` code may be repeated; `safe` says that it is never null; `constant` is its value where
    C# knows it at compile time."""

    type: Type
    code: str
    constant: object = NOT_CONSTANT
    pure: bool = False
    safe: bool = False

    @property
    def is_constant(self) -> bool:
        return self.constant is not NOT_CONSTANT


@dataclass(slots=True)
class TypeReference:
    """A name that stands for a type: the `string` of `string.Join`."""

    type: Type


@dataclass(slots=True)
class NamespaceReference:
    name: str


@dataclass(slots=True)
class MethodGroup:
    """Methods of one name, before the arguments choose one. `target` is None for static calls."""

    at: int
    name: str
    owner: Type
    target: Bound | None
    type_arguments: list[Type] | None
    is_local: bool = False


@dataclass(slots=True)
class LambdaValue:
    """A lambda whose types wait for the delegate that it becomes."""

    node: Lambda


Result = Bound | TypeReference | NamespaceReference | MethodGroup | LambdaValue


@dataclass(slots=True)
class Given:
    """One argument of a call. `value` is None for an out argument (`declared` or assigned through
    `target`)."""

    at: int | Node
    value: Bound | LambdaValue | MethodGroup
    name: str | None = None
    mode: str = ""
    target: Node | None = None
    declared: str | None = None
    name_at: int = 0


@dataclass(slots=True, eq=False)
class Variable:
    """A local. A `cell` lives in a list of one, so that closures share it or keep their own."""

    name: str
    type: Type
    python: str
    cell: bool = False
    constant: object = NOT_CONSTANT
    readonly: str = ""
    row_member: "tuple[Variable, str] | None" = None
    at: int = 0

    @property
    def code(self) -> str:
        return f"{self.python}[0]" if self.cell else self.python


@dataclass(slots=True, eq=False)
class LocalMethod:
    """A local function, as a member that can be called; `line` is where its lines go."""

    name: str
    python: str
    member: Member
    at: int
    line: int = 0


@dataclass(slots=True)
class Scope:
    """Names of one block, the offsets of those that scopes inside it declared, and its statements."""

    parent: "Scope | None"
    names: dict[str, Variable | LocalMethod] = field(default_factory=dict)
    inner: dict[str, int] = field(default_factory=dict)
    statements: list[Node] = field(default_factory=list)

    def find(self, name: str) -> Variable | LocalMethod | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None
