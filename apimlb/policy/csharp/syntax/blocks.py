"""Statements."""

from collections.abc import Callable

from apimlb.policy.csharp.syntax import statement_nodes
from apimlb.policy.csharp.syntax.creation import parse_item
from apimlb.policy.csharp.syntax.cursor import Cursor
from apimlb.policy.csharp.syntax.nodes import Node, ThrowExpression, TypeName
from apimlb.policy.csharp.syntax.type_names import parse_type, try_declared, try_type

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
    """The statements before one of the texts `ends`, or before the end of the text where it must not come
    earlier."""
    found: list[Node] = []
    while cursor.token.text not in ends or cursor.token.kind not in ("op", "keyword"):
        if cursor.token.kind == "end":
            if not ends:
                break
            cursor.refuse("'}' expected", "CS1513")
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
    if cursor.at_op("{"):
        return parse_block(cursor)
    if token.kind == "keyword":
        parse_rest = _STATEMENTS.get(token.text)
        if parse_rest is not None:
            cursor.advance()
            return parse_rest(cursor, token.at)
        if token.text in _REFUSED and not (token.text == "default" and cursor.peek().text == "("):
            code, what = _REFUSED[token.text]
            cursor.refuse(what, code)
    if cursor.at_name_before(":"):
        cursor.refuse("Labels are not supported in a policy expression", "NotAllowed")
    if cursor.at_word("yield") and cursor.peek().text in ("return", "break"):
        cursor.refuse("'yield' is not possible in a policy expression", "CS1624")
    if cursor.accept("void"):
        return _local_function(cursor, TypeName(token.at, [("void", [])]))
    return _declaration(cursor) or _expression_statement(cursor)


def _ended(cursor: Cursor, statement: Node) -> Node:
    cursor.expect(";")
    return statement


def _run(cursor: Cursor) -> Node:
    """An expression as a statement."""
    return statement_nodes.ExpressionStatement(cursor.token.at, cursor.expression())


def _expression_statement(cursor: Cursor) -> Node:
    return _ended(cursor, _run(cursor))


def _declaration(cursor: Cursor) -> Node | None:
    start, first = cursor.index, cursor.token
    written = try_type(cursor)
    if written is None or cursor.token.kind != "id":
        if written is not None and written.is_var and cursor.at_op("("):
            cursor.refuse(
                "Deconstruction needs System.ValueTuple, which policy expressions may not use",
                "NotAllowed",
            )
        if written is not None and first.kind == "keyword" and cursor.at_op("="):
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
    if cursor.at_op("<"):
        cursor.refuse("Local functions with type parameters are not supported here", "NotSupported")
    cursor.expect("(")
    parameters = cursor.listed(_function_parameter, ")")
    body = _arrow_body(cursor, result) if cursor.accept("=>") else parse_block(cursor)
    return statement_nodes.LocalFunction(name.at, result, name.text, parameters, body)


def _arrow_body(cursor: Cursor, result: TypeName) -> statement_nodes.BlockStatement:
    value = _ended(cursor, cursor.expression())
    made: Node
    if isinstance(value, ThrowExpression):
        made = statement_nodes.Throw(value.at, value.operand)
    elif result.is_void:
        made = statement_nodes.ExpressionStatement(value.at, value)
    else:
        made = statement_nodes.Return(value.at, value)
    return statement_nodes.BlockStatement(value.at, [made])


def _function_parameter(cursor: Cursor) -> statement_nodes.FunctionParameter:
    mode = ""
    if cursor.token.text in ("ref", "out", "params"):
        if cursor.token.text == "ref":
            cursor.refuse("'ref' parameters are not supported in a policy expression", "NotSupported")
        mode = cursor.advance().text
    written = parse_type(cursor)
    name = cursor.identifier()
    default = cursor.expression() if cursor.accept("=") else None
    return statement_nodes.FunctionParameter(name.at, name.text, written, mode, default)


# Statements by their keyword, which is behind the cursor.


def _const_statement(cursor: Cursor, at: int) -> Node:
    return _ended(cursor, _declarators(cursor, parse_type(cursor), constant=True))


def _condition(cursor: Cursor) -> Node:
    return cursor.bracketed(Cursor.expression)


def _if_statement(cursor: Cursor, at: int) -> Node:
    condition = _condition(cursor)
    then = _embedded(cursor)
    otherwise = _embedded(cursor) if cursor.accept("else") else None
    return statement_nodes.If(at, condition, then, otherwise)


def _while_statement(cursor: Cursor, at: int) -> Node:
    return statement_nodes.While(at, _condition(cursor), _embedded(cursor))


def _do_statement(cursor: Cursor, at: int) -> Node:
    body = _embedded(cursor)
    cursor.expect("while")
    return _ended(cursor, statement_nodes.DoWhile(at, body, _condition(cursor)))


def _for_statement(cursor: Cursor, at: int) -> Node:
    cursor.expect("(")
    written = try_declared(cursor, "=", ",", ";")
    if written is not None:
        first = [_ended(cursor, _declarators(cursor, written))]
    else:
        first = cursor.listed(_run, ";")
    condition = _optional(cursor)
    cursor.expect(";")
    update = cursor.listed(_run, ")")
    return statement_nodes.For(at, first, condition, update, _embedded(cursor))


def _foreach_statement(cursor: Cursor, at: int) -> Node:
    cursor.expect("(")
    written = parse_type(cursor)
    if cursor.at_keyword("in"):
        cursor.refuse("Type and identifier are both required in a foreach statement", "CS0230")
    name = cursor.identifier()
    cursor.expect("in")
    source = cursor.expression()
    cursor.expect(")")
    return statement_nodes.ForEach(at, written, name.text, source, _embedded(cursor), name.at)


def _optional(cursor: Cursor) -> Node | None:
    """The expression before a `;`, if there is one."""
    return None if cursor.at_op(";") else cursor.expression()


def _return_statement(cursor: Cursor, at: int) -> Node:
    return _ended(cursor, statement_nodes.Return(at, _optional(cursor)))


def _throw_statement(cursor: Cursor, at: int) -> Node:
    return _ended(cursor, statement_nodes.Throw(at, _optional(cursor)))


def _break_statement(cursor: Cursor, at: int) -> Node:
    return _ended(cursor, statement_nodes.Break(at))


def _continue_statement(cursor: Cursor, at: int) -> Node:
    return _ended(cursor, statement_nodes.Continue(at))


def _try_statement(cursor: Cursor, at: int) -> Node:
    body = parse_block(cursor)
    catches: list[statement_nodes.Catch] = []
    while cursor.at_keyword("catch"):
        if catches and catches[-1].type is None and catches[-1].filter is None:
            cursor.refuse("Catch clauses cannot follow the general catch clause of a try statement", "CS1017")
        catches.append(_catch(cursor))
    finally_body = parse_block(cursor) if cursor.accept("finally") else None
    if not catches and finally_body is None:
        cursor.refuse("Expected catch or finally", "CS1524", cursor.last)
    return statement_nodes.Try(at, body, catches, finally_body)


def _catch(cursor: Cursor) -> statement_nodes.Catch:
    at = cursor.expect("catch").at
    caught, name, condition, name_at = None, None, None, at
    if cursor.accept("("):
        caught = parse_type(cursor)
        name_at = cursor.token.at
        name = cursor.advance().text if cursor.token.kind == "id" else None
        cursor.expect(")")
    if cursor.accept_word("when"):
        condition = _condition(cursor)
    return statement_nodes.Catch(at, caught, name, condition, parse_block(cursor), name_at)


def _using_statement(cursor: Cursor, at: int) -> Node:
    resource = cursor.bracketed(_resource)
    return statement_nodes.Using(at, resource, _embedded(cursor))


def _resource(cursor: Cursor) -> Node:
    written = try_declared(cursor, "=")
    return cursor.expression() if written is None else _declarators(cursor, written)


def _checked_statement(cursor: Cursor, at: int) -> Node:
    if cursor.at_op("("):  # an expression after all
        cursor.reset(cursor.index - 1)
        return _expression_statement(cursor)
    overflow = cursor.last.text
    return statement_nodes.CheckedBlock(at, parse_block(cursor), overflow)


def _switch_statement(cursor: Cursor, at: int) -> Node:
    made = statement_nodes.Switch(at, _condition(cursor), [])
    cursor.expect("{")
    while not cursor.accept("}"):
        made.sections.append(_section(cursor))
    return made


def _section(cursor: Cursor) -> statement_nodes.SwitchSection:
    at = cursor.token.at
    labels: list[statement_nodes.SwitchLabel] = []
    while cursor.at_keyword("case") or cursor.at_keyword("default"):
        labels.append(_label(cursor))
    if not labels:
        cursor.refuse("'case' or '}' expected", "CS1513")
    statements = parse_statements(cursor, "case", "default", "}")
    return statement_nodes.SwitchSection(at, labels, statements)


def _label(cursor: Cursor) -> statement_nodes.SwitchLabel:
    token = cursor.advance()
    label = statement_nodes.SwitchLabel(token.at, None)
    if token.text == "case":
        start = cursor.index
        label.type = try_declared(cursor)
        if label.type is not None and not cursor.at_word("when"):
            label.name_at = cursor.token.at
            label.name = cursor.advance().text
        else:
            label.type = None
            cursor.reset(start)
            label.constant = cursor.expression()
        if cursor.accept_word("when"):
            label.when = cursor.expression()
    label.end = cursor.expect(":").end
    return label


_STATEMENTS: dict[str, Callable[[Cursor, int], Node]] = {
    "const": _const_statement, "if": _if_statement, "while": _while_statement,
    "do": _do_statement, "for": _for_statement, "foreach": _foreach_statement,
    "return": _return_statement, "break": _break_statement,
    "continue": _continue_statement, "throw": _throw_statement, "try": _try_statement,
    "using": _using_statement, "checked": _checked_statement,
    "unchecked": _checked_statement, "switch": _switch_statement,
}  # fmt: skip
