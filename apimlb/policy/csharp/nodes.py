"""The syntax tree of a C# 7 expression. `at` is an offset into the source, for positions in messages."""

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
    """One argument; `mode` is "", "out" or "ref"; `out int x` declares `declared` of type `declared_type`."""

    value: Node | None
    name: str | None = None
    mode: str = ""
    declared: str | None = None
    declared_type: TypeName | None = None


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


@dataclass(slots=True)
class Initializer(Node):
    """`{ ... }` after `new`: elements (each a list of Add arguments) or member assignments.

    An entry is `(None, [values])`, `("Name", value)` or `([index arguments], value)`.
    """

    entries: list[tuple[str | list[Argument] | None, "list[Node] | Node"]]


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


@dataclass(slots=True)
class Lambda(Node):
    """`parameters` are (name, type or None); `body` is an expression or a Block."""

    parameters: list[tuple[str, TypeName | None]]
    body: "Node"


@dataclass(slots=True)
class DefaultOf(Node):
    type: TypeName | None


@dataclass(slots=True)
class NameOf(Node):
    text: str


@dataclass(slots=True)
class SizeOf(Node):
    type: TypeName


@dataclass(slots=True)
class CheckedValue(Node):
    operand: Node
    checked: bool


@dataclass(slots=True)
class ThrowValue(Node):
    operand: Node


# statements


@dataclass(slots=True)
class Block(Node):
    statements: list[Node]


@dataclass(slots=True)
class Declare(Node):
    """`type a = 1, b;`; each declarator is (offset, name, value or None)."""

    type: TypeName
    declarators: list[tuple[int, str, Node | None]]
    constant: bool = False


@dataclass(slots=True)
class Run(Node):
    """An expression as a statement."""

    expression: Node


@dataclass(slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node | None


@dataclass(slots=True)
class While(Node):
    condition: Node
    body: Node


@dataclass(slots=True)
class DoWhile(Node):
    body: Node
    condition: Node


@dataclass(slots=True)
class For(Node):
    first: list[Node]
    condition: Node | None
    update: list[Node]
    body: Node


@dataclass(slots=True)
class ForEach(Node):
    type: TypeName
    name: str
    source: Node
    body: Node


@dataclass(slots=True)
class Return(Node):
    value: Node | None


@dataclass(slots=True)
class Break(Node):
    pass


@dataclass(slots=True)
class Continue(Node):
    pass


@dataclass(slots=True)
class Throw(Node):
    value: Node | None


@dataclass(slots=True)
class Catch(Node):
    type: TypeName | None
    name: str | None
    filter: Node | None
    body: Block


@dataclass(slots=True)
class Try(Node):
    body: Block
    catches: list[Catch]
    finally_body: Block | None


@dataclass(slots=True)
class Using(Node):
    resource: Node
    body: Node


@dataclass(slots=True)
class Label(Node):
    """`case` of a switch: a constant, or a type pattern with a name, with an optional `when`; default is
    both None."""

    constant: Node | None
    type: TypeName | None = None
    name: str | None = None
    when: Node | None = None


@dataclass(slots=True)
class Section(Node):
    labels: list[Label]
    statements: list[Node]


@dataclass(slots=True)
class Switch(Node):
    value: Node
    sections: list[Section]


@dataclass(slots=True)
class LocalFunction(Node):
    result: TypeName
    name: str
    parameters: list[tuple[str, TypeName]]
    body: Node


@dataclass(slots=True)
class CheckedBlock(Node):
    body: Block
    checked: bool
