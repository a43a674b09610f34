"""The syntax tree of a C# 7 expression: types and expressions. `at` is the offset of the first character in
the source, where messages point."""

from collections.abc import Iterable
from typing import ClassVar, dataclass_transform

# types as written


@dataclass_transform()
class Syntax:
    """A piece of the tree. A class lists its fields as a dataclass does. Code is written for a class when the
    first node is made of it: the tree is imported in 3 ms, where dataclasses took 40."""

    fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        # A class without annotations shows those of the class before it.
        cls.fields = tuple(dict.fromkeys((*cls.fields, *cls.__annotations__)))
        cls.__init__ = Syntax.__init__  # type: ignore[method-assign]

    def __init__(self, *given: object, **named: object) -> None:
        """The first node of a class: writes the `__init__` that the class has from now on. A loop over the
        fields in its place takes three times as long for each node."""
        kind = type(self)
        # Defaults are attributes of the class.
        scope = {name: getattr(kind, name) for name in kind.fields if hasattr(kind, name)}
        parameters = ", ".join(f"{name}={name}" if name in scope else name for name in kind.fields)
        body = "; ".join(f"self.{name} = {name}" for name in kind.fields)
        exec(f"def __init__(self, {parameters}): {body}", scope)
        kind.__init__ = scope["__init__"]  # type: ignore[method-assign]
        kind.__init__(self, *given, **named)


class TypeName(Syntax):
    """`System.Collections.Generic.List<int>[]?` as parts of (name, type arguments), nullable mark and ranks.

    `ranks` counts the dimensions of each array bracket, outermost first; `nullable` is the mark before them.
    """

    at: int
    parts: list[tuple[str, list["TypeName"]]]
    nullable: bool = False
    ranks: tuple[int, ...] = ()

    @property
    def is_var(self) -> bool:
        return not self.nullable and not self.ranks and self.parts == [("var", [])]

    @property
    def is_void(self) -> bool:
        return not self.ranks and self.parts == [("void", [])]


# expressions


class Node(Syntax):
    at: int


class Literal(Node):
    """`value` already is a CLR value."""

    value: object


class Interpolation(Node):
    """`{value,alignment:format}` of an interpolated string; `format` is "" where there is none."""

    value: Node
    alignment: Node | None
    format: str


class InterpolatedString(Node):
    parts: list[str | Interpolation]


class Name(Node):
    name: str
    type_arguments: list[TypeName] | None = None


class PredefinedType(Node):
    """A predefined type used as a value: the `string` of `string.Join`."""

    name: str


class MemberAccess(Node):
    target: Node
    name: str
    name_at: int
    type_arguments: list[TypeName] | None = None


class TypedName(Node):
    """`int x` that declares a local: behind `out`, as a pattern, or in `foreach`."""

    type: TypeName
    name: str
    name_at: int


class Argument(Node):
    """One argument; `mode` is "", "out" or "ref". `name_at` is where its name stands."""

    value: Node
    name: str | None = None
    mode: str = ""
    name_at: int = 0


class Invocation(Node):
    target: Node
    arguments: list[Argument]


class ElementAccess(Node):
    target: Node
    arguments: list[Argument]


class Receiver(Node):
    """What stands before `?.` or `?[`, inside the part that runs when it is not null."""


class ConditionalAccess(Node):
    """`mark_at` is where its question mark stands."""

    target: Node
    access: Node
    mark_at: int


class Unary(Node):
    operator: str
    operand: Node


class Increment(Node):
    """`++` and `--`; `prefix` says on which side."""

    operator: str
    operand: Node
    prefix: bool


class Binary(Node):
    operator: str
    left: Node
    right: Node


class Assignment(Node):
    """`operator` is "" or the operator of a compound assignment."""

    operator: str
    target: Node
    value: Node


class Conditional(Node):
    condition: Node
    when_true: Node
    when_false: Node


class Cast(Node):
    type: TypeName
    operand: Node


class As(Node):
    operand: Node
    type: TypeName


class Is(Node):
    """`operand is Type`, `operand is Type name` or `operand is constant`."""

    operand: Node
    pattern: TypeName | TypedName | Node


class Initializer(Node):
    """`{ ... }` after `new`: elements (each a list of Add arguments) or member assignments.

    An entry is its offset with `(None, [values])`, `("Name", value)` or `([index arguments], value)`.
    """

    entries: list[tuple[int, str | list[Argument] | None, "list[Node] | Node"]]


class ObjectCreation(Node):
    type: TypeName
    arguments: list[Argument]
    initializer: Initializer | None


class ArrayInitializer(Node):
    """`{ a, b }` as an array's content."""

    items: list[Node]


class ArrayCreation(Node):
    """`new T[n]`, `new T[] {...}` or `new[] {...}` (element type None)."""

    element: TypeName | None
    sizes: list[Node]
    rank: int
    items: ArrayInitializer | None


class AnonymousCreation(Node):
    """Each member is (offset, name, value)."""

    members: list[tuple[int, str, Node]]


class LambdaParameter(Syntax):
    """`row` is an anonymous object whose members the body of a query's lambda names as if they were locals;
    `query` is a query's range variable."""

    at: int
    name: str
    type: TypeName | None = None
    row: bool = False
    query: bool = False


class Lambda(Node):
    """`body` is an expression or a Block; `at` is where the lambda begins, `arrow` where its arrow stands."""

    parameters: list[LambdaParameter]
    body: "Node"
    arrow: int = 0


class DefaultValue(Node):
    type: TypeName | None


class NameOf(Node):
    operand: Name | MemberAccess


class SizeOf(Node):
    type: TypeName


class Checked(Node):
    """`checked(...)`, or a block behind the word; `overflow` is "checked" or "unchecked"."""

    operand: Node
    overflow: str


class Parenthesized(Node):
    """Round brackets that mean something: they end the part that the `?.` inside skips."""

    operand: Node


class Throw(Node):
    """A statement, or an expression, which has a value."""

    value: Node | None


def children(node: Node) -> list[Node]:
    """The nodes right inside of a node, as they are written."""
    return _nodes_in([getattr(node, name) for name in node.fields])


def _nodes_in(values: Iterable[object]) -> list[Node]:
    found: list[Node] = []
    for each in values:
        if isinstance(each, Node):
            found.append(each)
        elif isinstance(each, list | tuple):
            found += _nodes_in(each)
    return found


SHORT_CIRCUIT = ("&&", "||", "??")


def chain(node: Binary) -> tuple[Node, list[Binary]]:
    """The first operand of `a + b - c` or of `a && b && c`, and the operators from the left. There may be
    more of them than calls may be nested."""
    found: list[Binary] = []
    here: Node = node
    while isinstance(here, Binary) and _goes_on(node.operator, here.operator):
        found.append(here)
        here = here.left
    found.reverse()
    return here, found


def _goes_on(operator: str, other: str) -> bool:
    return other == operator if operator in SHORT_CIRCUIT else other not in SHORT_CIRCUIT
