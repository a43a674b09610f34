"""The syntax tree of the statements of C# 7. `at` is an offset into the source."""

from dataclasses import dataclass

from apimlb.policy.csharp.syntax.nodes import Node, TypeName


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
    name_at: int = 0


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
    name_at: int = 0


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
    both None. It ends, with its colon, at `end`."""

    constant: Node | None
    type: TypeName | None = None
    name: str | None = None
    when: Node | None = None
    name_at: int = 0
    end: int = 0

    @property
    def is_default(self) -> bool:
        return self.constant is None and self.type is None


@dataclass(slots=True)
class Section(Node):
    labels: list[Label]
    statements: list[Node]


@dataclass(slots=True)
class Switch(Node):
    value: Node
    sections: list[Section]


@dataclass(slots=True)
class FunctionParameter:
    """`mode` is "", "out" or "params"; `default` is None where a value must be given."""

    at: int
    name: str
    type: TypeName
    mode: str = ""
    default: Node | None = None


@dataclass(slots=True)
class LocalFunction(Node):
    result: TypeName
    name: str
    parameters: list[FunctionParameter]
    body: Node

    @property
    def returns_nothing(self) -> bool:
        return self.result.parts == [("void", [])] and not self.result.ranks

    @property
    def shown(self) -> str:
        """The function as messages name it."""
        return f"{self.name}({', '.join(each.type.shown for each in self.parameters)})"


@dataclass(slots=True)
class CheckedBlock(Node):
    body: Block
    checked: bool
