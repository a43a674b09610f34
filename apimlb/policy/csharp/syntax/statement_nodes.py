"""The syntax tree of the statements of C# 7. `at` is an offset into the source."""

from apimlb.policy.csharp.syntax.nodes import Node, Syntax, TypedName, TypeName


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


# The body of a statement is always a block: the parser puts one around a body that has none.


class If(Node):
    condition: Node
    then: BlockStatement
    otherwise: BlockStatement | None


class DoWhile(Node):
    body: BlockStatement
    condition: Node


class For(Node):
    """`while` is one with nothing but a condition."""

    first: list[Node]
    condition: Node | None
    update: list[Node]
    body: BlockStatement


class ForEach(Node):
    variable: TypedName
    source: Node
    body: BlockStatement


class Return(Node):
    value: Node | None


class Break(Node):
    pass


class Continue(Node):
    pass


class Catch(Node):
    type: TypeName | None
    variable: TypedName | None
    filter: Node | None
    body: BlockStatement


class Try(Node):
    body: BlockStatement
    catches: list[Catch]
    finally_body: BlockStatement | None


class Using(Node):
    resource: Node
    body: BlockStatement


class SwitchLabel(Node):
    """`case` of a switch: a constant, or a type with a name, with an optional `when`; that of the default is
    None. Messages name it as it is `written`, with its colon; one with a type or a `when` is named by its
    pattern alone, and stands where that begins."""

    pattern: TypedName | Node | None
    when: Node | None
    written: str


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
    """The `body` of one that is written with an arrow is a block of one statement. Messages name it as it is
    `shown`: by its name, and once it is declared with the types of its parameters."""

    result: TypeName
    name: str
    parameters: list[FunctionParameter]
    body: BlockStatement
    shown: str
