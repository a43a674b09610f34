"""Statements."""

from collections.abc import Callable
from typing import Any

from apimlb.policy.csharp.syntax import statement_nodes
from apimlb.policy.csharp.syntax.creation import parse_item
from apimlb.policy.csharp.syntax.cursor import Cursor
from apimlb.policy.csharp.syntax.expressions import parse_expression
from apimlb.policy.csharp.syntax.nodes import Checked, Node, Throw, TypedName, TypeName
from apimlb.policy.csharp.syntax.type_names import parse_type, parse_typed_name, try_declared, try_type

_REFUSED = {
    "goto": ("NotAllowed", "'goto' is not supported in a policy expression"),
    "unsafe": ("NotAllowed", "'unsafe' is not possible in a policy expression"),
    "fixed": ("NotAllowed", "'fixed' is not possible in a policy expression"),
    "lock": ("NotAllowed", "'lock' needs System.Threading.Monitor, which policy expressions may not use"),
    "catch": ("CS1003", "Syntax error, 'try' expected"),
    "finally": ("CS1003", "Syntax error, 'try' expected"),
    "else": ("CS1513", "} expected"), "case": ("CS1513", "} expected"),
    "default": ("CS1513", "} expected"),
}  # fmt: skip


def parse_block(cursor: Cursor) -> statement_nodes.BlockStatement:
    at = cursor.expect("{").at
    statements = cursor.nested(lambda cursor: parse_statements(cursor, "}"))
    cursor.expect("}")
    return statement_nodes.BlockStatement(at, statements)


def parse_statements(cursor: Cursor, *ends: str) -> list[Node]:
    """The statements before one of the texts `ends`, or before the end of the text."""
    found: list[Node] = []
    while cursor.token.kind != "end" and not cursor.at_text(*ends):
        if not cursor.accept(";"):
            found.append(parse_statement(cursor))
    return found


def _embedded(cursor: Cursor) -> statement_nodes.BlockStatement:
    """The body of an `if` or loop."""
    at = cursor.token.at
    if cursor.accept(";"):
        return statement_nodes.BlockStatement(at, [])
    made = cursor.nested(parse_statement)
    if isinstance(made, statement_nodes.Declaration | statement_nodes.LocalFunction):
        raise cursor.source.error(
            "Embedded statement cannot be a declaration or labeled statement", at, "CS1023"
        )
    if isinstance(made, statement_nodes.BlockStatement):
        return made
    return statement_nodes.BlockStatement(made.at, [made])


def parse_statement(cursor: Cursor) -> Node:
    token = cursor.token
    if cursor.at_text("{"):
        return parse_block(cursor)
    if token.kind == "keyword" and not (token.text in _EXPRESSIONS_TOO and cursor.peek().text == "("):
        if token.text in _STATEMENTS:
            return _parts(cursor, *_STATEMENTS[token.text])
        if token.text in _REFUSED:
            code, what = _REFUSED[token.text]
            cursor.refuse(what, code)
    if cursor.at_name_before(":"):
        cursor.refuse("Labels are not supported in a policy expression", "NotAllowed")
    if cursor.at_word("yield") and cursor.peek().text in ("return", "break"):
        cursor.refuse("'yield' is not possible in a policy expression", "CS1624")
    if cursor.accept("void"):
        return _local_function(cursor, TypeName(token.at, [("void", [])]))
    return _declaration(cursor) or _ended(cursor, _run(cursor))


def _ended(cursor: Cursor, statement: Node) -> Node:
    cursor.expect(";")
    return statement


def _run(cursor: Cursor) -> Node:
    """An expression as a statement."""
    return statement_nodes.ExpressionStatement(cursor.token.at, cursor.expression())


def _declaration(cursor: Cursor) -> Node | None:
    start, first = cursor.index, cursor.token
    written = try_type(cursor)
    if written is None or cursor.token.kind != "id":
        if written is not None and written.is_var and cursor.at_text("("):
            cursor.refuse(
                "Deconstruction needs System.ValueTuple, which policy expressions may not use",
                "NotAllowed",
            )
        if written is not None and first.kind == "keyword" and not cursor.at_text(".", "("):
            cursor.refuse("Identifier expected", "CS1001")
    elif cursor.at_name_before("(", "<"):
        return _local_function(cursor, written)
    elif first.text != "from" or cursor.peek().text != "in":  # else a query
        return _ended(cursor, _declarators(cursor, written))
    cursor.reset(start)
    return None


def _declarators(cursor: Cursor, written: TypeName, *, constant: bool = False) -> statement_nodes.Declaration:
    def declarator(cursor: Cursor) -> tuple[int, str, Node | None]:
        name = cursor.identifier()
        value = parse_item(cursor) if cursor.accept("=") else None
        if constant and value is None:
            cursor.refuse("A const field requires a value to be provided", "CS0145", name)
        return name.at, name.text, value

    return statement_nodes.Declaration(written.at, written, cursor.several(declarator), constant)


def _local_function(cursor: Cursor, result: TypeName) -> Node:
    name = cursor.identifier()
    cursor.source.has_functions = True
    if cursor.at_text("<"):
        cursor.refuse("Local functions with type parameters are not supported here", "NotSupported")
    cursor.expect("(")
    parameters = cursor.listed(_function_parameter, ")")
    body = _arrow_body(cursor, result) if cursor.accept("=>") else parse_block(cursor)
    return statement_nodes.LocalFunction(name.at, result, name.text, parameters, body, name.text)


def _arrow_body(cursor: Cursor, result: TypeName) -> statement_nodes.BlockStatement:
    at = cursor.token.at
    made = _ended(cursor, cursor.expression())
    if not isinstance(made, Throw):
        run = statement_nodes.ExpressionStatement if result.is_void else statement_nodes.Return
        made = run(at, made)
    return statement_nodes.BlockStatement(at, [made])


def _function_parameter(cursor: Cursor) -> statement_nodes.FunctionParameter:
    if cursor.at_text("ref"):
        cursor.refuse("'ref' parameters are not supported in a policy expression", "NotSupported")
    mode = cursor.advance().text if cursor.at_text("out", "params") else ""
    written = parse_type(cursor)
    name = cursor.identifier()
    default = cursor.expression() if cursor.accept("=") else None
    return statement_nodes.FunctionParameter(name.at, name.text, written, mode, default)


# Statements by their keyword


def _parts(cursor: Cursor, make: Callable[..., Node], *parts: str | Callable[[Cursor], Any]) -> Node:
    """A statement that is made of its parts: texts that must be there, and what productions yield."""
    at = cursor.advance().at
    values: list[Any] = []
    for part in parts:
        if isinstance(part, str):
            cursor.expect(part)
        else:
            values.append(part(cursor))
    return make(at, *values)


def _constants(cursor: Cursor) -> Node:
    return _declarators(cursor, parse_type(cursor), constant=True)


def _condition(cursor: Cursor) -> Node:
    return cursor.bracketed(parse_expression)


def _optional(cursor: Cursor) -> Node | None:
    """The expression before a `;`, if there is one."""
    return None if cursor.at_text(";") else cursor.expression()


def _behind(
    word: str, production: Callable[[Cursor], statement_nodes.BlockStatement]
) -> Callable[[Cursor], statement_nodes.BlockStatement | None]:
    """The body behind a keyword, where that is here."""
    return lambda cursor: production(cursor) if cursor.accept(word) else None


def _before_rounds(cursor: Cursor) -> list[Node]:
    """What a `for` runs first, and the `;` behind it."""
    written = try_declared(cursor, "=", ",", ";")
    if written is None:
        return cursor.listed(_run, ";")
    return [_ended(cursor, _declarators(cursor, written))]


def _updates(cursor: Cursor) -> list[Node]:
    return cursor.listed(_run, ")")


def _loop_variable(cursor: Cursor) -> TypedName:
    written = parse_type(cursor)
    if cursor.at_text("in"):
        cursor.refuse("Type and identifier are both required in a foreach statement", "CS0230")
    return parse_typed_name(cursor, written)


def _catches(cursor: Cursor) -> list[statement_nodes.Catch]:
    catches: list[statement_nodes.Catch] = []
    while cursor.at_text("catch"):
        if catches and catches[-1].type is None and catches[-1].filter is None:
            cursor.refuse("Catch clauses cannot follow the general catch clause of a try statement", "CS1017")
        catches.append(_catch(cursor))
    if not catches and not cursor.at_text("finally"):
        cursor.refuse("Expected catch or finally", "CS1524", cursor.peek(-1))
    return catches


def _catch(cursor: Cursor) -> statement_nodes.Catch:
    at = cursor.expect("catch").at
    caught, variable, condition = None, None, None
    if cursor.accept("("):
        caught = parse_type(cursor)
        variable = parse_typed_name(cursor, caught) if cursor.token.kind == "id" else None
        cursor.expect(")")
    if cursor.accept_word("when"):
        condition = _condition(cursor)
    return statement_nodes.Catch(at, caught, variable, condition, parse_block(cursor))


def _resource(cursor: Cursor) -> Node:
    written = try_declared(cursor, "=")
    return cursor.expression() if written is None else _declarators(cursor, written)


def _sections(cursor: Cursor) -> list[statement_nodes.SwitchSection]:
    sections: list[statement_nodes.SwitchSection] = []
    cursor.expect("{")
    while cursor.at_text("case", "default"):
        sections.append(_section(cursor))
    cursor.expect("}")
    return sections


def _section(cursor: Cursor) -> statement_nodes.SwitchSection:
    at = cursor.token.at
    labels: list[statement_nodes.SwitchLabel] = []
    while cursor.at_text("case", "default"):
        labels.append(_label(cursor))
    statements = parse_statements(cursor, "case", "default", "}")
    return statement_nodes.SwitchSection(at, labels, statements)


def _label(cursor: Cursor) -> statement_nodes.SwitchLabel:
    token = cursor.advance()
    at, end = cursor.token.at, 0
    pattern, when = None, None
    if token.text == "case":
        pattern = _case_pattern(cursor)
        end = cursor.peek(-1).end
        when = cursor.expression() if cursor.accept_word("when") else None
    colon = cursor.expect(":")
    if when is None and not isinstance(pattern, TypedName):
        at, end = token.at, colon.end
    return statement_nodes.SwitchLabel(at, pattern, when, cursor.source.text[at:end])


def _case_pattern(cursor: Cursor) -> Node:
    start = cursor.index
    written = try_declared(cursor)
    if written is not None and not cursor.at_word("when"):
        return parse_typed_name(cursor, written)
    cursor.reset(start)
    return cursor.expression()


_EXPRESSIONS_TOO = ("checked", "unchecked", "default")
"""Keywords that begin an expression where a bracket follows."""
_STATEMENTS: dict[str, tuple[Any, ...]] = {
    "break": (statement_nodes.Break, ";"),
    "checked": (lambda at, body: Checked(at, body, "checked"), parse_block),
    "const": (lambda at, made: made, _constants, ";"),
    "continue": (statement_nodes.Continue, ";"),
    "do": (statement_nodes.DoWhile, _embedded, "while", _condition, ";"),
    "for": (statement_nodes.For, "(", _before_rounds, _optional, ";", _updates, _embedded),
    "foreach": (statement_nodes.ForEach, "(", _loop_variable, "in", parse_expression, ")", _embedded),
    "if": (statement_nodes.If, _condition, _embedded, _behind("else", _embedded)),
    "return": (statement_nodes.Return, _optional, ";"),
    "switch": (statement_nodes.Switch, _condition, _sections),
    "throw": (Throw, _optional, ";"),
    "try": (statement_nodes.Try, parse_block, _catches, _behind("finally", parse_block)),
    "unchecked": (lambda at, body: Checked(at, body, "unchecked"), parse_block),
    "using": (statement_nodes.Using, "(", _resource, ")", _embedded),
    "while": (
        lambda at, condition, body: statement_nodes.For(at, [], condition, [], body),
        _condition,
        _embedded,
    ),
}
"""What makes a statement, and its parts behind the keyword."""
