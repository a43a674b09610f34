"""`new` in its forms, arguments and lambdas."""

from apimlb.policy.csharp.syntax import nodes
from apimlb.policy.csharp.syntax.cursor import Cursor
from apimlb.policy.csharp.syntax.type_names import parse_type, rank_at, try_type

_NO_MEMBER_NAME = (
    "Invalid anonymous type member declarator. Anonymous type members must be declared with a member "
    "assignment, simple name or member access."
)


def parse_arguments(cursor: Cursor, opening: str, closing: str) -> list[nodes.Argument]:
    cursor.expect(opening)
    found: list[nodes.Argument] = []
    while found or not cursor.at_op(closing):
        found.append(_argument(cursor, closing))
        if not cursor.accept(","):
            break
    cursor.expect(closing)
    return found


def _argument(cursor: Cursor, closing: str) -> nodes.Argument:
    if cursor.at_op(","):
        cursor.refuse("nodes.Argument missing", "CS0839")
    if closing == "]" and cursor.at_op("]"):
        cursor.refuse("Syntax error; value expected", "CS0443")
    at = name_at = cursor.token.at
    name = None
    if cursor.token.kind == "id" and cursor.peek().text == ":" and cursor.peek().kind == "op":
        name = cursor.advance().text
        cursor.advance()
        at = cursor.token.at
    if cursor.at_keyword("out") or cursor.at_keyword("ref"):
        mode = cursor.advance().text
        start = cursor.index
        declared = try_type(cursor)
        if mode == "out" and declared is not None and cursor.token.kind == "id":
            declared_at = cursor.token.at
            return nodes.Argument(at, None, name, mode, cursor.advance().text, declared, declared_at)
        cursor.reset(start)
        return nodes.Argument(at, cursor.expression(), name, mode, name_at=name_at)
    return nodes.Argument(at, cursor.expression(), name, name_at=name_at)


def parse_new(cursor: Cursor) -> nodes.Node:
    at = cursor.expect("new").at
    if cursor.at_op("{"):
        return _anonymous(cursor, at)
    if cursor.at_op("["):
        rank = rank_at(cursor)
        if rank is None:
            cursor.refuse("Array creation must have array size or array initializer", "CS1586")
        if cursor.peek(rank + 1).text != "{":
            raise cursor.source.error("No best type found for implicitly-typed array", at, "CS0826")
        for _ in range(rank + 1):
            cursor.advance()
        return nodes.ArrayCreation(at, None, [], rank, parse_array(cursor))
    made = try_type(cursor, arrays=False, nullable=False)
    if made is None:
        cursor.refuse("Type expected", "CS1031")
    if cursor.at_op("?") and cursor.peek().text == "[":
        cursor.advance()
        made.nullable = True
    if cursor.at_op("["):
        return _new_array(cursor, at, made)
    arguments = parse_arguments(cursor, "(", ")") if cursor.at_op("(") else None
    initializer = _initializer(cursor) if cursor.at_op("{") else None
    if arguments is None and initializer is None:
        cursor.refuse("A new expression requires (), [], or {} after type", "CS1526")
    return nodes.ObjectCreation(at, made, arguments or [], initializer)


def _new_array(cursor: Cursor, at: int, element: nodes.TypeName) -> nodes.Node:
    rank = rank_at(cursor)
    bracket = cursor.token
    sizes: list[nodes.Node] = []
    if rank is None:
        sizes = [
            argument.value for argument in parse_arguments(cursor, "[", "]") if argument.value is not None
        ]
        rank = len(sizes)
    else:
        for _ in range(rank + 1):
            cursor.advance()
    while cursor.at_op("["):
        inner = rank_at(cursor)
        if inner is None:
            cursor.refuse("Invalid rank specifier: expected ',' or ']'", "CS0178", cursor.peek())
        for _ in range(inner + 1):
            cursor.advance()
        element.ranks = (*element.ranks, inner)
    items = parse_array(cursor) if cursor.at_op("{") else None
    if not sizes and items is None:
        cursor.refuse("Array creation must have array size or array initializer", "CS1586", bracket)
    return nodes.ArrayCreation(at, element, sizes, rank, items)


def parse_array(cursor: Cursor) -> nodes.ArrayInitializer:
    at = cursor.expect("{").at
    items: list[nodes.Node] = []
    while not cursor.at_op("}"):
        items.append(parse_array(cursor) if cursor.at_op("{") else cursor.expression())
        if not cursor.accept(","):
            break
    cursor.expect("}")
    return nodes.ArrayInitializer(at, items)


def _anonymous(cursor: Cursor, at: int) -> nodes.Node:
    cursor.expect("{")
    members: list[tuple[str, nodes.Node]] = []
    places: list[int] = []
    while not cursor.at_op("}"):
        places.append(cursor.token.at)
        if cursor.token.kind == "id" and cursor.peek().text == "=" and cursor.peek().kind == "op":
            name = cursor.advance().text
            cursor.advance()
            members.append((name, cursor.expression()))
        else:
            value = cursor.expression()
            named = value.access if isinstance(value, nodes.ConditionalAccess) else value
            if not isinstance(named, nodes.Name | nodes.MemberAccess):
                raise cursor.source.error(_NO_MEMBER_NAME, places[-1], "CS0746")
            members.append((named.name, value))
        if not cursor.accept(","):
            break
    cursor.expect("}")
    return nodes.AnonymousCreation(at, members, places)


def _initializer(cursor: Cursor) -> nodes.Initializer:
    made = nodes.Initializer(cursor.expect("{").at, [], [])
    while not cursor.at_op("}"):
        made.places.append(cursor.token.at)
        if cursor.token.kind == "id" and cursor.peek().text == "=" and cursor.peek().kind == "op":
            name = cursor.advance().text
            cursor.advance()
            made.entries.append((name, _initializer_value(cursor)))
        elif cursor.at_op("["):
            index = parse_arguments(cursor, "[", "]")
            cursor.expect("=")
            made.entries.append((index, _initializer_value(cursor)))
        elif cursor.at_op("{"):
            made.entries.append((None, parse_array(cursor).items))
        else:
            made.entries.append((None, [cursor.expression()]))
        if (made.entries[0][0] is None) != (made.entries[-1][0] is None):
            kind = "element" if made.entries[0][0] is None else "member"
            raise cursor.source.error(
                f"Invalid initializer {kind} declarator", made.places[-1],
                "CS0747",
            )  # fmt: skip
        if not cursor.accept(","):
            break
    cursor.expect("}")
    return made


def _initializer_value(cursor: Cursor) -> nodes.Node:
    return _initializer(cursor) if cursor.at_op("{") else cursor.expression()


def starts_lambda(cursor: Cursor) -> bool:
    if cursor.token.kind == "id":
        return cursor.peek().kind == "op" and cursor.peek().text == "=>"
    if not cursor.at_op("("):
        return False
    ahead, depth = 1, 1
    while depth:
        token = cursor.peek(ahead)
        if token.kind == "end":
            return False
        if token.kind == "op":
            depth += (token.text == "(") - (token.text == ")")
        ahead += 1
    return cursor.peek(ahead).text == "=>" and cursor.peek(ahead).kind == "op"


def parse_lambda(cursor: Cursor) -> nodes.Node:
    at = cursor.token.at
    parameters: list[nodes.LambdaParameter] = []
    if cursor.token.kind == "id":
        parameters.append(nodes.LambdaParameter(at, cursor.advance().text))
    else:
        cursor.expect("(")
        while parameters or not cursor.at_op(")"):
            parameters.append(_lambda_parameter(cursor))
            if not cursor.accept(","):
                break
        cursor.expect(")")
    arrow = cursor.expect("=>").at
    cursor.source.has_functions = True
    body: nodes.Node = cursor.block() if cursor.at_op("{") else cursor.expression()
    return nodes.Lambda(at, parameters, body, arrow)


def _lambda_parameter(cursor: Cursor) -> nodes.LambdaParameter:
    if cursor.token.kind == "id" and cursor.peek().text in (",", ")"):
        return nodes.LambdaParameter(cursor.token.at, cursor.advance().text)
    if cursor.at_op(")"):
        cursor.refuse("Identifier expected", "CS1001")
    written = parse_type(cursor)
    return nodes.LambdaParameter(cursor.token.at, cursor.identifier().text, written)
