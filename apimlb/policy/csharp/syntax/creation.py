"""`new` in its forms, arguments and lambdas."""

from apimlb.policy.csharp.syntax import nodes
from apimlb.policy.csharp.syntax.cursor import Cursor
from apimlb.policy.csharp.syntax.type_names import (
    accept_rank,
    parse_type,
    parse_typed_name,
    try_declared,
    try_plain_type,
)

_NO_MEMBER_NAME = (
    "Invalid anonymous type member declarator. Anonymous type members must be declared with a member "
    "assignment, simple name or member access."
)


def parse_arguments(cursor: Cursor) -> list[nodes.Argument]:
    """`(...)` or `[...]`"""
    if cursor.advance().text == "(":
        return cursor.listed(_argument, ")")
    arguments = cursor.several(_index)
    cursor.expect("]")
    return arguments


def _index(cursor: Cursor) -> nodes.Argument:
    if cursor.at_text("]", ","):
        cursor.refuse("Syntax error; value expected", "CS0443")
    return _argument(cursor)


def _argument(cursor: Cursor) -> nodes.Argument:
    if cursor.at_text(","):
        cursor.refuse("Argument missing", "CS0839")
    at = name_at = cursor.token.at
    name = None
    if cursor.at_name_before(":"):
        name = cursor.advance().text
        cursor.advance()
        at = cursor.token.at
    mode = cursor.advance().text if cursor.at_text("out", "ref") else ""
    written = try_declared(cursor) if mode == "out" else None
    value = cursor.expression() if written is None else parse_typed_name(cursor, written)
    return nodes.Argument(at, value, name, mode, name_at)


def parse_new(cursor: Cursor) -> nodes.Node:
    at = cursor.expect("new").at
    if cursor.at_text("{"):
        return nodes.AnonymousCreation(at, cursor.braced(_anonymous_member))
    if cursor.at_text("["):
        return _typed_by_items(cursor, at)
    made = try_plain_type(cursor)
    if made is None:
        cursor.refuse("Type expected", "CS1031")
    if cursor.at_text("["):
        return _new_array(cursor, at, made)
    arguments = parse_arguments(cursor) if cursor.at_text("(") else None
    initializer = _initializer(cursor) if cursor.at_text("{") else None
    if arguments is None and initializer is None:
        cursor.refuse("A new expression requires (), [], or {} after type", "CS1526")
    return nodes.ObjectCreation(at, made, arguments or [], initializer)


def _typed_by_items(cursor: Cursor, at: int) -> nodes.Node:
    """`new[] { a, b }`"""
    rank = accept_rank(cursor)
    if not rank:
        cursor.refuse("Array creation must have array size or array initializer", "CS1586")
    if not cursor.at_text("{"):
        raise cursor.source.error("No best type found for implicitly-typed array", at, "CS0826")
    return nodes.ArrayCreation(at, None, [], rank, parse_array(cursor))


def _new_array(cursor: Cursor, at: int, element: nodes.TypeName) -> nodes.Node:
    bracket = cursor.token
    sizes: list[nodes.Node] = []
    rank = accept_rank(cursor)
    if not rank:
        for each in parse_arguments(cursor):
            if each.mode:
                raise cursor.source.error("Syntax error, ',' expected", each.at, "CS1003")
            sizes.append(each.value)
        rank = len(sizes)
    while cursor.at_text("["):
        inner = accept_rank(cursor)
        if not inner:
            cursor.refuse("Invalid rank specifier: expected ',' or ']'", "CS0178", cursor.peek())
        element.ranks = (*element.ranks, inner)
    items = parse_array(cursor) if cursor.at_text("{") else None
    if not sizes and items is None:
        cursor.refuse("Array creation must have array size or array initializer", "CS1586", bracket)
    return nodes.ArrayCreation(at, element, sizes, rank, items)


def parse_array(cursor: Cursor) -> nodes.ArrayInitializer:
    return nodes.ArrayInitializer(cursor.token.at, cursor.braced(parse_item))


def parse_item(cursor: Cursor) -> nodes.Node:
    """A value that may be the content of an array."""
    return parse_array(cursor) if cursor.at_text("{") else cursor.expression()


def _anonymous_member(cursor: Cursor) -> tuple[int, str, nodes.Node]:
    at = cursor.token.at
    if cursor.at_name_before("="):
        name = cursor.advance().text
        cursor.advance()
        return at, name, cursor.expression()
    value = cursor.expression()
    named = value.access if isinstance(value, nodes.ConditionalAccess) else value
    bracketed = id(value) in cursor.source.bracketed
    if bracketed or not isinstance(named, nodes.Name | nodes.MemberAccess):
        raise cursor.source.error(_NO_MEMBER_NAME, at, "CS0746")
    return at, named.name, value


def _initializer(cursor: Cursor) -> nodes.Initializer:
    made = nodes.Initializer(cursor.token.at, [])

    def entry(cursor: Cursor) -> None:
        made.entries.append(_entry(cursor))
        at, key, _ = made.entries[-1]
        first = made.entries[0][1]
        if (first is None) != (key is None):
            kind = "element" if first is None else "member"
            raise cursor.source.error(f"Invalid initializer {kind} declarator", at, "CS0747")

    cursor.braced(entry)
    return made


def _entry(cursor: Cursor) -> tuple[int, str | list[nodes.Argument] | None, list[nodes.Node] | nodes.Node]:
    at = cursor.token.at
    if cursor.at_text("{"):
        return at, None, parse_array(cursor).items
    key: str | list[nodes.Argument]
    if cursor.at_name_before("="):
        key = cursor.advance().text
    elif cursor.at_text("["):
        key = parse_arguments(cursor)
    else:
        return at, None, [cursor.expression()]
    cursor.expect("=")
    return at, key, _initializer(cursor) if cursor.at_text("{") else cursor.expression()


def starts_lambda(cursor: Cursor) -> bool:
    if not cursor.at_text("("):
        return cursor.at_name_before("=>")
    ahead, depth = 1, 1
    while depth:
        token = cursor.peek(ahead)
        if token.kind == "end":
            return False
        depth += (token.text == "(") - (token.text == ")")
        ahead += 1
    return cursor.peek(ahead).text == "=>"


def parse_lambda(cursor: Cursor) -> nodes.Node:
    at = cursor.token.at
    if cursor.token.kind == "id":
        parameters = [nodes.LambdaParameter(at, cursor.advance().text)]
    else:
        cursor.advance()
        parameters = cursor.listed(_lambda_parameter, ")")
    arrow = cursor.expect("=>").at
    cursor.source.has_functions = True
    body: nodes.Node = cursor.block() if cursor.at_text("{") else cursor.expression()
    return nodes.Lambda(at, parameters, body, arrow)


def _lambda_parameter(cursor: Cursor) -> nodes.LambdaParameter:
    if cursor.at_text(")"):
        cursor.refuse("Identifier expected", "CS1001")
    written = None if cursor.at_name_before(",", ")") else parse_type(cursor)
    return nodes.LambdaParameter(cursor.token.at, cursor.identifier().text, written)
