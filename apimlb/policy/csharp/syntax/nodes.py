"""The syntax tree of a C# 7 expression: types and expressions. `at` is an offset into the source,
for positions in messages."""

from dataclasses import dataclass, field

# types as written


@dataclass(slots=True)
class TypeName:
    """`System.Collections.Generic.List<int>[]?` as parts of (name, type arguments), nullable mark and ranks.

    `ranks` counts the dimensions of each array bracket, outermost first; `nullable` is the mark before them.
    """

    at: int
    parts: list[tuple[str, list["TypeName"]]]
    nullable: bool = False
    ranks: list[int] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """The type about as it is written."""
        text = ".".join(
            f"{name}<{', '.join(inner.shown for inner in arguments)}>" if arguments else name
            for name, arguments in self.parts
        )
        mark = "?" if self.nullable else ""
        return text + mark + "".join(f"[{',' * (rank - 1)}]" for rank in self.ranks)

    @property
    def is_var(self) -> bool:
        return not self.nullable and not self.ranks and self.parts == [("var", [])]


# expressions


@dataclass(slots=True)
class Node:
    at: int


@dataclass(slots=True)
class Literal(Node):
    """`kind` is the C# keyword of its type, or "null"; `value` already is a CLR value."""

    kind: str
    value: object


@dataclass(slots=True)
class Hole(Node):
    """`{value,alignment:format}` of an interpolated string."""

    value: Node
    alignment: Node | None
    format: str | None


@dataclass(slots=True)
class Interpolated(Node):
    parts: list[str | Hole]


@dataclass(slots=True)
class Name(Node):
    name: str
    type_arguments: list[TypeName] | None = None


@dataclass(slots=True)
class Keyword(Node):
    """A predefined type used as a value: the `string` of `string.Join`."""

    name: str


@dataclass(slots=True)
class Member(Node):
    target: Node
    name: str
    type_arguments: list[TypeName] | None = None


@dataclass(slots=True)
class Argument(Node):
    """One argument; `mode` is "", "out" or "ref"; `out int x` declares `declared` of type `declared_type`.
    `name_at` is where the one or the other name stands."""

    value: Node | None
    name: str | None = None
    mode: str = ""
    declared: str | None = None
    declared_type: TypeName | None = None
    name_at: int = 0


@dataclass(slots=True)
class Call(Node):
    target: Node
    arguments: list[Argument]


@dataclass(slots=True)
class Index(Node):
    target: Node
    arguments: list[Argument]


@dataclass(slots=True)
class Receiver(Node):
    """What stands before `?.` or `?[`, inside the part that runs when it is not null."""


@dataclass(slots=True)
class ConditionalAccess(Node):
    target: Node
    access: Node


@dataclass(slots=True)
class Unary(Node):
    operator: str
    operand: Node


@dataclass(slots=True)
class Step(Node):
    """`++` and `--`; `prefix` says on which side."""

    operator: str
    operand: Node
    prefix: bool


@dataclass(slots=True)
class Binary(Node):
    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class Assign(Node):
    """`operator` is "" or the operator of a compound assignment."""

    operator: str
    target: Node
    value: Node


@dataclass(slots=True)
class Ternary(Node):
    condition: Node
    when_true: Node
    when_false: Node


@dataclass(slots=True)
class Cast(Node):
    type: TypeName
    operand: Node


@dataclass(slots=True)
class As(Node):
    operand: Node
    type: TypeName


@dataclass(slots=True)
class Is(Node):
    """`operand is Type`, `operand is Type name` or `operand is constant`."""

    operand: Node
    type: TypeName | None
    name: str | None = None
    constant: Node | None = None
    name_at: int = 0


@dataclass(slots=True)
class Initializer(Node):
    """`{ ... }` after `new`: elements (each a list of Add arguments) or member assignments.

    An entry is `(None, [values])`, `("Name", value)` or `([index arguments], value)`; `places` are
    the offsets of the entries.
    """

    entries: list[tuple[str | list[Argument] | None, "list[Node] | Node"]]
    places: list[int] = field(default_factory=list)


@dataclass(slots=True)
class New(Node):
    type: TypeName
    arguments: list[Argument]
    initializer: Initializer | None


@dataclass(slots=True)
class ArrayItems(Node):
    """`{ a, b }` as an array's content."""

    items: list[Node]


@dataclass(slots=True)
class NewArray(Node):
    """`new T[n]`, `new T[] {...}` or `new[] {...}` (element type None)."""

    element: TypeName | None
    sizes: list[Node]
    rank: int
    items: ArrayItems | None


@dataclass(slots=True)
class NewAnonymous(Node):
    members: list[tuple[str, Node]]
    places: list[int] = field(default_factory=list)


@dataclass(slots=True)
class LambdaParameter:
    """`row` is an anonymous object whose members the body of a query's lambda names as if they were locals;
    `query` is a query's range variable."""

    at: int
    name: str
    type: TypeName | None = None
    row: bool = False
    query: bool = False


@dataclass(slots=True)
class Lambda(Node):
    """`body` is an expression or a Block; `at` is where the lambda begins, `arrow` where its arrow stands."""

    parameters: list[LambdaParameter]
    body: "Node"
    arrow: int = 0


@dataclass(slots=True)
class DefaultOf(Node):
    type: TypeName | None


@dataclass(slots=True)
class NameOf(Node):
    operand: Node
    text: str


@dataclass(slots=True)
class SizeOf(Node):
    type: TypeName


@dataclass(slots=True)
class CheckedValue(Node):
    operand: Node
    checked: bool


@dataclass(slots=True)
class Bracketed(Node):
    """Round brackets that mean something: they end the part that the `?.` inside skips."""

    operand: Node


@dataclass(slots=True)
class ThrowValue(Node):
    operand: Node
