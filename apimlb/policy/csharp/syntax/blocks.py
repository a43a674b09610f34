"""Statements."""

from collections.abc import Callable

from apimlb.policy.csharp.syntax import statement_nodes
from apimlb.policy.csharp.syntax.creation import parse_array
from apimlb.policy.csharp.syntax.cursor import Cursor
from apimlb.policy.csharp.syntax.nodes import Node, TypeName
from apimlb.policy.csharp.syntax.type_names import parse_type, try_type

_BANNED_STATEMENTS = {
    "goto": "'goto' is not supported in a policy expression",
    "unsafe": "'unsafe' is not possible in a policy expression",
    "fixed": "'fixed' is not possible in a policy expression",
    "lock": "'lock' needs System.Threading.Monitor, which policy expressions may not use",
}
_MISPLACED = {
    "catch": ("CS1003", "Syntax error, 'try' expected"),
    "finally": ("CS1003", "Syntax error, 'try' expected"),
    "else": ("CS1513", "} expected"), "case": ("CS1513", "} expected"),
    "default": ("CS1513", "} expected"),
}  # fmt: skip


def parse_block(cursor: Cursor) -> statement_nodes.BlockStatement:
    made = statement_nodes.BlockStatement(cursor.expect("{").at, [])
    cursor.deeper()
    while not cursor.at_op("}"):
        if cursor.token.kind == "end":
            cursor.refuse("'}' expected", "CS1513")
        parse_statement_into(cursor, made.statements)
    cursor.shallower()
    cursor.expect("}")
    return made


def parse_statement_into(cursor: Cursor, found: list[Node]) -> None:
    if not cursor.accept(";"):
        found.append(parse_statement(cursor))


def _embedded(cursor: Cursor) -> Node:
    """The body of an `if` or loop."""
    at = cursor.token.at
    cursor.deeper()
    made = statement_nodes.BlockStatement(at, []) if cursor.accept(";") else parse_statement(cursor)
    cursor.shallower()
    if isinstance(made, statement_nodes.Declaration | statement_nodes.LocalFunction):
        raise cursor.source.error(
            "Embedded statement cannot be a declaration or labeled statement", at, "CS1023"
        )
    return made


def parse_statement(cursor: Cursor) -> Node:
    token = cursor.token
    if token.kind == "op" and token.text == "{":
        return parse_block(cursor)
    if token.kind == "keyword":
        parse_rest = _STATEMENTS.get(token.text)
        if parse_rest is not None:
            cursor.advance()
            return parse_rest(cursor, token.at)
        if token.text in _BANNED_STATEMENTS:
            cursor.refuse(_BANNED_STATEMENTS[token.text], "NotAllowed")
        if token.text in _MISPLACED and not (token.text == "default" and cursor.peek().text == "("):
            cursor.refuse(_MISPLACED[token.text][1], _MISPLACED[token.text][0])
    if token.kind == "id" and cursor.peek().text == ":" and cursor.peek().kind == "op":
        cursor.refuse("Labels are not supported in a policy expression", "NotAllowed")
    if token.kind == "id" and token.text == "yield" and cursor.peek().text in ("return", "break"):
        cursor.refuse("'yield' is not possible in a policy expression", "CS1624")
    if token.kind == "keyword" and token.text == "void":
        cursor.advance()
        return _local_function(cursor, TypeName(token.at, [("void", [])]))
    return _declaration(cursor) or _expression_statement(cursor)


def _expression_statement(cursor: Cursor) -> Node:
    at = cursor.token.at
    made = statement_nodes.ExpressionStatement(at, cursor.expression())
    cursor.expect(";")
    return made


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
        cursor.reset(start)
        return None
    if first.text == "from" and cursor.peek().text == "in":  # a query
        cursor.reset(start)
        return None
    if cursor.peek().kind == "op" and cursor.peek().text in ("(", "<"):
        return _local_function(cursor, written)
    made = _declarators(cursor, written)
    cursor.expect(";")
    return made


def _declarators(cursor: Cursor, written: TypeName, constant: bool = False) -> statement_nodes.Declaration:
    made = statement_nodes.Declaration(written.at, written, [], constant)
    while True:
        name = cursor.identifier()
        value = None
        if cursor.accept("="):
            value = parse_array(cursor) if cursor.at_op("{") else cursor.expression()
        elif constant:
            cursor.refuse("A const field requires a value to be provided", "CS0145", name)
        made.declarators.append((name.at, name.text, value))
        if not cursor.accept(","):
            return made


def _local_function(cursor: Cursor, result: TypeName) -> Node:
    name = cursor.identifier()
    cursor.source.has_functions = True
    if cursor.at_op("<"):
        cursor.refuse("Local functions with type parameters are not supported here", "NotSupported")
    cursor.expect("(")
    parameters: list[statement_nodes.FunctionParameter] = []
    while parameters or not cursor.at_op(")"):
        parameters.append(_function_parameter(cursor))
        if not cursor.accept(","):
            break
    cursor.expect(")")
    body: Node
    if cursor.accept("=>"):
        body = cursor.expression()
        cursor.expect(";")
    else:
        body = parse_block(cursor)
    return statement_nodes.LocalFunction(name.at, result, name.text, parameters, body)


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
    made = _declarators(cursor, parse_type(cursor), constant=True)
    cursor.expect(";")
    return made


def _condition(cursor: Cursor) -> Node:
    cursor.expect("(")
    found = cursor.expression()
    cursor.expect(")")
    return found


def _if_statement(cursor: Cursor, at: int) -> Node:
    condition = _condition(cursor)
    then = _embedded(cursor)
    otherwise = _embedded(cursor) if cursor.accept("else") else None
    return statement_nodes.If(at, condition, then, otherwise)


def _do_statement(cursor: Cursor, at: int) -> Node:
    body = _embedded(cursor)
    cursor.expect("while")
    condition = _condition(cursor)
    cursor.expect(";")
    return statement_nodes.DoWhile(at, body, condition)


def _for_statement(cursor: Cursor, at: int) -> Node:
    cursor.expect("(")
    first: list[Node] = []
    if not cursor.accept(";"):
        first = _for_first(cursor)
        cursor.expect(";")
    condition = None if cursor.at_op(";") else cursor.expression()
    cursor.expect(";")
    update: list[Node] = []
    while update or not cursor.at_op(")"):
        update.append(statement_nodes.ExpressionStatement(cursor.token.at, cursor.expression()))
        if not cursor.accept(","):
            break
    cursor.expect(")")
    return statement_nodes.For(at, first, condition, update, _embedded(cursor))


def _for_first(cursor: Cursor) -> list[Node]:
    start = cursor.index
    written = try_type(cursor)
    if written is not None and cursor.token.kind == "id" and cursor.peek().text in ("=", ",", ";"):
        return [_declarators(cursor, written)]
    cursor.reset(start)
    found: list[Node] = []
    while True:
        found.append(statement_nodes.ExpressionStatement(cursor.token.at, cursor.expression()))
        if not cursor.accept(","):
            return found


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


def _return_statement(cursor: Cursor, at: int) -> Node:
    value = None if cursor.at_op(";") else cursor.expression()
    cursor.expect(";")
    return statement_nodes.Return(at, value)


def _break_statement(cursor: Cursor, at: int) -> Node:
    cursor.expect(";")
    return statement_nodes.Break(at)


def _continue_statement(cursor: Cursor, at: int) -> Node:
    cursor.expect(";")
    return statement_nodes.Continue(at)


def _throw_statement(cursor: Cursor, at: int) -> Node:
    value = None if cursor.at_op(";") else cursor.expression()
    cursor.expect(";")
    return statement_nodes.Throw(at, value)


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
    if cursor.token.kind == "id" and cursor.token.text == "when":
        cursor.advance()
        condition = _condition(cursor)
    return statement_nodes.Catch(at, caught, name, condition, parse_block(cursor), name_at)


def _using_statement(cursor: Cursor, at: int) -> Node:
    cursor.expect("(")
    start = cursor.index
    written = try_type(cursor)
    resource: Node
    if written is not None and cursor.token.kind == "id" and cursor.peek().text == "=":
        resource = _declarators(cursor, written)
    else:
        cursor.reset(start)
        resource = cursor.expression()
    cursor.expect(")")
    return statement_nodes.Using(at, resource, _embedded(cursor))


def _checked_statement(cursor: Cursor, at: int) -> Node:
    if cursor.at_op("("):  # an expression after all
        cursor.reset(cursor.index - 1)
        return _expression_statement(cursor)
    return statement_nodes.CheckedBlock(at, parse_block(cursor), True)


def _unchecked_statement(cursor: Cursor, at: int) -> Node:
    if cursor.at_op("("):
        cursor.reset(cursor.index - 1)
        return _expression_statement(cursor)
    return statement_nodes.CheckedBlock(at, parse_block(cursor), False)


def _switch_statement(cursor: Cursor, at: int) -> Node:
    made = statement_nodes.Switch(at, _condition(cursor), [])
    cursor.expect("{")
    while not cursor.accept("}"):
        made.sections.append(_section(cursor))
    return made


def _section(cursor: Cursor) -> statement_nodes.SwitchSection:
    section = statement_nodes.SwitchSection(cursor.token.at, [], [])
    while cursor.at_keyword("case") or cursor.at_keyword("default"):
        section.labels.append(_label(cursor))
    if not section.labels:
        cursor.refuse("'case' or '}' expected", "CS1513")
    while not (cursor.at_keyword("case") or cursor.at_keyword("default") or cursor.at_op("}")):
        if cursor.token.kind == "end":
            cursor.refuse("'}' expected", "CS1513")
        parse_statement_into(cursor, section.statements)
    return section


def _label(cursor: Cursor) -> statement_nodes.SwitchLabel:
    token = cursor.advance()
    label = statement_nodes.SwitchLabel(token.at, None)
    if token.text == "case":
        start = cursor.index
        label.type = try_type(cursor)
        if label.type is not None and cursor.token.kind == "id" and cursor.token.text != "when":
            label.name_at = cursor.token.at
            label.name = cursor.advance().text
        else:
            label.type = None
            cursor.reset(start)
            label.constant = cursor.expression()
        if cursor.token.kind == "id" and cursor.token.text == "when":
            cursor.advance()
            label.when = cursor.expression()
    label.end = cursor.expect(":").end
    return label


_STATEMENTS: dict[str, Callable[[Cursor, int], Node]] = {
    "const": _const_statement, "if": _if_statement, "while":
     lambda cursor, at: statement_nodes.While(at, _condition(cursor), _embedded(cursor)),
    "do": _do_statement, "for": _for_statement, "foreach": _foreach_statement,
    "return": _return_statement, "break": _break_statement,
    "continue": _continue_statement, "throw": _throw_statement, "try": _try_statement,
    "using": _using_statement, "checked": _checked_statement,
    "unchecked": _unchecked_statement, "switch": _switch_statement,
}  # fmt: skip
