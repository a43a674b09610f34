"""The syntax tree of the statements of C# 7. `at` is an offset into the source."""

from apimlb.policy.csharp.syntax.nodes import Node, Syntax, TypeName


class BlockStatement(Node):
    statements: list[Node]


class Declaration(Node):
    """`type a = 1, b;`; each declarator is (offset, name, value or None)."""

    type: TypeName
    declarators: list[tuple[int, str, Node | None]]
    constant: bool = False


class ExpressionStatement(Node):
    """An expression as a statement."""

    expression: Node


class If(Node):
    condition: Node
    then: Node
    otherwise: Node | None


class While(Node):
    condition: Node
    body: Node


class DoWhile(Node):
    body: Node
    condition: Node


class For(Node):
    first: list[Node]
    condition: Node | None
    update: list[Node]
    body: Node


class ForEach(Node):
    type: TypeName
    name: str
    source: Node
    body: Node
    name_at: int = 0


class Return(Node):
    value: Node | None


class Break(Node):
    pass


class Continue(Node):
    pass


class Throw(Node):
    value: Node | None


class Catch(Node):
    type: TypeName | None
    name: str | None
    filter: Node | None
    body: BlockStatement
    name_at: int = 0


class Try(Node):
    body: BlockStatement
    catches: list[Catch]
    finally_body: BlockStatement | None


class Using(Node):
    resource: Node
    body: Node


class SwitchLabel(Node):
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


class SwitchSection(Node):
    labels: list[SwitchLabel]
    statements: list[Node]


class Switch(Node):
    value: Node
    sections: list[SwitchSection]


class FunctionParameter(Syntax):
    """`mode` is "", "out" or "params"; `default` is None where a value must be given."""

    at: int
    name: str
    type: TypeName
    mode: str = ""
    default: Node | None = None


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


class CheckedBlock(Node):
    body: BlockStatement
    checked: bool
