"""Expressions of C# 7, by precedence climbing."""

from typing import NoReturn

from apimlb.policy.csharp.syntax import nodes, type_names
from apimlb.policy.csharp.syntax.creation import parse_arguments, parse_lambda, parse_new, starts_lambda
from apimlb.policy.csharp.syntax.cursor import Cursor
from apimlb.policy.csharp.syntax.lexer import Token
from apimlb.policy.csharp.syntax.literals import literal
from apimlb.policy.csharp.syntax.queries import parse_query

PRECEDENCE = {
    "??": 1, "||": 2, "&&": 3, "|": 4, "^": 5, "&": 6, "==": 7, "!=": 7,
    "<": 8, ">": 8, "<=": 8, ">=": 8, "is": 8, "as": 8, "<<": 9, ">>": 9,
    "+": 10, "-": 10, "*": 11, "/": 11, "%": 11,
}  # fmt: skip
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
_UNARY = frozenset(("!", "-", "+", "~"))
_OPERAND_KEYWORDS = "new this true false null typeof default sizeof checked unchecked base delegate throw"
_CAST_OPERAND_KEYWORDS = type_names.PREDEFINED | frozenset(_OPERAND_KEYWORDS.split())
_REFUSED = {
    "typeof": ("NotAllowed", "'typeof': System.Type is not among the types that policy expressions may use"),
    "stackalloc": ("NotAllowed", "'stackalloc': unsafe code is not possible in a policy expression"),
    "delegate": ("NotAllowed", "'delegate': anonymous methods are not supported here: write a lambda"),
    "ref": ("NotAllowed", "'ref': ref values are not supported in a policy expression"),
    "this": (
        "CS0026",
        "Keyword 'this' is not valid in a static property, static method, or static field initializer",
    ),
    "base": ("CS1511", "Keyword 'base' is not available in a static method"),
}


def parse_expression(cursor: Cursor) -> nodes.Node:
    return cursor.nested(_expression)


def _expression(cursor: Cursor) -> nodes.Node:
    if starts_lambda(cursor):
        return parse_lambda(cursor)
    if cursor.at_text("throw"):
        return _throw(cursor)
    at = cursor.token.at
    left = _ternary(cursor)
    operator = _operator_text(cursor)
    if operator not in ASSIGNMENTS:
        return left
    _step_over(cursor, operator)
    return nodes.Assignment(at, operator[:-1], left, parse_expression(cursor))


def _throw(cursor: Cursor) -> nodes.Node:
    return nodes.Throw(cursor.advance().at, parse_expression(cursor))


def _operator_text(cursor: Cursor) -> str:
    """The operator at the cursor; `>>` and `>>=` are put together from their parts."""
    if cursor.token.kind not in ("op", "keyword"):
        return ""
    text = cursor.token.text
    if text == ">" and cursor.peek().text in (">", ">=") and cursor.peek().at == cursor.token.end:
        return ">>" if cursor.peek().text == ">" else ">>="
    return text


def _step_over(cursor: Cursor, operator: str) -> None:
    """Step over an operator, of one token or two."""
    cursor.advance()
    if operator in (">>", ">>="):
        cursor.advance()


def _ternary(cursor: Cursor) -> nodes.Node:
    at = cursor.token.at
    condition = _binary(cursor, 1)
    if not cursor.accept("?"):
        return condition
    when_true = parse_expression(cursor)
    cursor.expect(":")
    return nodes.Conditional(at, condition, when_true, parse_expression(cursor))


def _binary(cursor: Cursor, lowest: int) -> nodes.Node:
    at = cursor.token.at
    left = _unary(cursor)
    while True:
        operator = _operator_text(cursor)
        level = PRECEDENCE.get(operator, 0)
        if level < lowest:
            return left
        _step_over(cursor, operator)
        if operator == "is":
            left = _is(cursor, at, left)
        elif operator == "as":
            left = nodes.As(at, left, type_names.parse_type(cursor))
        elif operator == "??" and cursor.at_text("throw"):
            left = nodes.Binary(at, operator, left, _throw(cursor))
        else:
            next_level = level if operator == "??" else level + 1
            left = nodes.Binary(at, operator, left, _binary(cursor, next_level))


def _is(cursor: Cursor, at: int, operand: nodes.Node) -> nodes.Node:
    start = cursor.index
    found = type_names.try_type(cursor)
    if found is not None and not cursor.at_text("(", ".", "?."):
        named = cursor.token.kind == "id" and not cursor.in_query(cursor.token)
        return nodes.Is(at, operand, type_names.parse_typed_name(cursor, found) if named else found)
    cursor.reset(start)
    return nodes.Is(at, operand, _binary(cursor, PRECEDENCE["<<"]))


def _unary(cursor: Cursor) -> nodes.Node:
    token = cursor.token
    if token.text in _UNARY:
        cursor.advance()
        return nodes.Unary(token.at, token.text, cursor.nested(_unary))
    if token.text in ("++", "--"):
        cursor.advance()
        return nodes.Increment(token.at, token.text, _unary(cursor), True)
    if token.text == "(" and (cast := _cast(cursor)) is not None:
        return cast
    if token.text == "from" and _starts_query(cursor):
        return parse_query(cursor)
    if token.kind == "id" and token.text == "await" and cursor.peek().kind in ("id", "keyword"):
        cursor.refuse("'await' is not possible in a policy expression", "CS4032")
    return _postfix(cursor, token.at, _first(cursor))


def _cast(cursor: Cursor) -> nodes.Node | None:
    start, at = cursor.index, cursor.advance().at
    predefined = cursor.token.kind == "keyword"
    target = type_names.try_type(cursor)
    if target is not None and cursor.accept(")"):
        if predefined or target.nullable or target.ranks or _cast_operand(cursor):
            return nodes.Cast(at, target, cursor.nested(_unary))
    elif target is not None and (cursor.at_text(",") or cursor.at_name_before(",")):
        _refuse_tuple(cursor)
    cursor.reset(start)
    return None


def _cast_operand(cursor: Cursor) -> bool:
    """Whether what follows `(name)` makes it a cast: only what cannot carry on an expression."""
    token = cursor.token
    if token.kind == "op":
        return token.text in ("(", "!", "~")
    if token.kind == "keyword":
        return token.text in _CAST_OPERAND_KEYWORDS
    return token.kind != "end" and not cursor.in_query(token)


# Primary expressions and what follows them


def _postfix(cursor: Cursor, at: int, left: nodes.Node) -> nodes.Node:
    """What follows a primary expression that begins at `at`."""
    while True:
        token = cursor.token
        if token.text == ".":
            cursor.advance()
            left = _member(cursor, at, left)
        elif token.text == "(":
            left = nodes.Invocation(at, left, parse_arguments(cursor))
        elif token.text == "[":
            left = nodes.ElementAccess(at, left, parse_arguments(cursor))
        elif token.text in ("++", "--"):
            cursor.advance()
            left = nodes.Increment(at, token.text, left, False)
        elif token.text == "?." or (token.text == "?" and _indexes(cursor)):
            cursor.advance()
            receiver = nodes.Receiver(token.at)
            inner = (
                _member(cursor, token.at, receiver, token.at + 1)
                if token.text == "?."
                else nodes.ElementAccess(token.at, receiver, parse_arguments(cursor))
            )
            return nodes.ConditionalAccess(at, left, _postfix(cursor, token.at, inner), token.at)
        else:
            return left


def _indexes(cursor: Cursor) -> bool:
    """Whether `?[` is here. It is never `a ? [..] : b`, which no C# 7 text can be."""
    return cursor.peek().text == "[" and cursor.peek().at == cursor.token.end


def _member(cursor: Cursor, at: int, left: nodes.Node, dot: int | None = None) -> nodes.Node:
    """The member behind a dot. Messages about one behind `?.` point at that `dot`."""
    name = cursor.identifier()
    arguments = type_names.parse_call_types(cursor) if cursor.at_text("<") else None
    return nodes.MemberAccess(at, left, name.text, name.at if dot is None else dot, arguments)


def _first(cursor: Cursor) -> nodes.Node:
    token = cursor.token
    if token.kind in ("int", "real", "string", "char"):
        cursor.advance()
        return literal(cursor.source, token)
    if token.kind == "interp":
        cursor.advance()
        parts = [part if isinstance(part, str) else _hole(cursor, part) for part in token.value]
        return nodes.InterpolatedString(token.at, parts)
    if token.kind == "id":
        return _name(cursor)
    if token.text == "(":
        return _parenthesised(cursor)
    if token.kind == "keyword":
        return _keyword(cursor, token)
    cursor.refuse("Invalid expression term" + (f" '{token.text}'" if token.text else ""), "CS1525")


def _name(cursor: Cursor) -> nodes.Node:
    type_names.skip_global(cursor)
    token = cursor.identifier()
    if token.text == "nameof" and cursor.at_text("("):
        return _nameof(cursor, token.at)
    arguments = type_names.parse_call_types(cursor) if cursor.at_text("<") else None
    return nodes.Name(token.at, token.text, arguments)


def _nameof(cursor: Cursor, at: int) -> nodes.Node:
    cursor.expect("(")
    first = cursor.token
    operand = parse_expression(cursor)
    if not isinstance(operand, nodes.Name | nodes.MemberAccess):
        cursor.refuse("Expression does not have a name.", "CS8081", first)
    cursor.expect(")")
    return nodes.NameOf(at, operand)


def _parenthesised(cursor: Cursor) -> nodes.Node:
    at = cursor.expect("(").at
    inner = parse_expression(cursor)
    if cursor.at_text(","):
        _refuse_tuple(cursor)
    cursor.expect(")")
    if isinstance(inner, nodes.ConditionalAccess):  # brackets end the part that null skips
        inner = nodes.Parenthesized(at, inner)
    cursor.source.bracketed[id(inner)] = inner
    return inner


def _refuse_tuple(cursor: Cursor) -> NoReturn:
    cursor.refuse(
        "Tuples need System.ValueTuple, which policy expressions may not use",
        "NotAllowed",
        next_step="Use Tuple.Create(...) or an anonymous type.",
    )


def _keyword(cursor: Cursor, token: Token) -> nodes.Node:
    text = token.text
    if text == "new":
        return parse_new(cursor)
    cursor.advance()
    if text in ("true", "false", "null"):
        return literal(cursor.source, token)
    if text in type_names.PREDEFINED and cursor.at_text("."):
        return nodes.PredefinedType(token.at, text)
    if text == "default":
        written = cursor.bracketed(type_names.parse_type) if cursor.at_text("(") else None
        return nodes.DefaultValue(token.at, written)
    if text == "sizeof":
        return nodes.SizeOf(token.at, cursor.bracketed(type_names.parse_type))
    if text in ("checked", "unchecked"):
        return nodes.Checked(token.at, cursor.bracketed(parse_expression), text)
    code, what = _REFUSED.get(text, ("CS1525", f"Invalid expression term '{text}'"))
    cursor.refuse(what, code, token)


def _hole(cursor: Cursor, tokens: list[Token]) -> nodes.Interpolation:
    inner = cursor.inside(tokens)
    value = inner.expression()
    alignment = inner.expression() if inner.accept(",") else None
    if inner.token.kind != "end":
        raise inner.source.error(f"Unexpected token '{inner.token.text}'", (alignment or value).at, "CS1073")
    return nodes.Interpolation(tokens[0].at, value, alignment, str(inner.token.value))


def _starts_query(cursor: Cursor) -> bool:
    return cursor.peek().kind == "id" or cursor.peek().text in type_names.PREDEFINED
