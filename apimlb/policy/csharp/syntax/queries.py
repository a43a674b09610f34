"""LINQ query syntax, turned into the method calls that C# defines it by (C# specification, query
expressions)."""

from apimlb.policy.csharp.syntax import nodes
from apimlb.policy.csharp.syntax.cursor import Cursor
from apimlb.policy.csharp.syntax.type_names import parse_type

Names = list[tuple[int, str]]
"""The range variables in sight, each with its offset; several of them live in one anonymous object."""


def parse_query(cursor: Cursor) -> nodes.Node:
    source, names = _from(cursor)
    cursor.source.has_functions = True
    origin = source
    while True:
        at, word = cursor.token.at, cursor.token.text if cursor.token.kind in ("id", "keyword") else ""
        if word == "where":
            cursor.advance()
            source = _call(at, source, "Where", _lambda(at, names, cursor.expression()))
        elif word == "orderby":
            cursor.advance()
            source = _orderby(cursor, at, source, names)
        elif word == "let":
            cursor.advance()
            source, names = _let(cursor, at, source, names)
        elif word in ("from", "join"):
            source, names, done = _second(cursor, at, source, names)
            if done and not _continues(cursor):
                return source
            if done:
                names = [_continued(cursor)]
                origin = source
        elif word in ("select", "group"):
            cursor.advance()
            if word == "group":
                source = _group(cursor, at, source, names)
            else:
                source = _select(cursor, at, source, names, source is origin)
            if not _continues(cursor):
                return source
            names = [_continued(cursor)]
            origin = source
        else:
            cursor.refuse("A query body must end with a select clause or a group clause", "CS0742")


def _continues(cursor: Cursor) -> bool:
    return _word(cursor, "into")


def _word(cursor: Cursor, text: str) -> bool:
    return cursor.token.kind == "id" and cursor.token.text == text


def _continued(cursor: Cursor) -> tuple[int, str]:
    """The variable of `into x`; the query before it is its source."""
    cursor.advance()
    token = cursor.identifier()
    return token.at, token.text


def _new_name(cursor: Cursor, names: Names) -> tuple[int, str]:
    token = cursor.identifier()
    if any(known == token.text for _, known in names):
        cursor.refuse(f"The range variable '{token.text}' has already been declared", "CS1930", token)
    return token.at, token.text


def _from(cursor: Cursor, names: Names = []) -> tuple[nodes.Node, Names]:  # noqa: B006 - never changed
    cursor.advance()
    written: nodes.TypeName | None = None
    if not (cursor.peek().kind == "keyword" and cursor.peek().text == "in"):
        written = parse_type(cursor)
    name = _new_name(cursor, names)
    cursor.expect("in")
    at = cursor.token.at
    source = cursor.expression()
    if written is not None:
        source = nodes.Invocation(at, nodes.MemberAccess(at, source, "Cast", [written]), [])
    return source, [name]


def _select(cursor: Cursor, at: int, source: nodes.Node, names: Names, alone: bool) -> nodes.Node:
    """A select of the range variable itself becomes a call only where it is `alone`."""
    selected = cursor.expression()
    itself = isinstance(selected, nodes.Name) and [selected.name] == [name for _, name in names]
    if itself and not alone:
        return source
    return _call(at, source, "Select", _lambda(at, names, selected))


def _second(cursor: Cursor, at: int, source: nodes.Node, names: Names) -> tuple[nodes.Node, Names, bool]:
    """Another `from`, or a `join`. A `select` behind it is part of the same call."""
    if cursor.token.text == "from":
        inner, added = _from(cursor, names)
        method, arguments = "SelectMany", [_lambda(at, names, inner)]
    else:
        method, arguments, added = _join(cursor, at, names)
    done = _word(cursor, "select")
    if done:
        cursor.advance()
        body = cursor.expression()
    else:
        body = _row(at, [*names, *added])
    selector = nodes.Lambda(at, [_parameter(at, names), _parameter(at, added)], body, at)
    return _call(at, source, method, *arguments, selector), [*names, *added], done


def _join(cursor: Cursor, at: int, names: Names) -> tuple[str, list[nodes.Node], Names]:
    inner, added = _from(cursor, names)
    _expect_word(cursor, "on", "CS0744")
    outer_key = _lambda(at, names, cursor.expression())
    _expect_word(cursor, "equals", "CS0744")
    inner_key = _lambda(at, added, cursor.expression())
    if not _word(cursor, "into"):
        return "Join", [inner, outer_key, inner_key], added
    cursor.advance()
    return "GroupJoin", [inner, outer_key, inner_key], [_new_name(cursor, names)]


def _expect_word(cursor: Cursor, text: str, code: str) -> None:
    if not _word(cursor, text):
        cursor.refuse(f"Expected contextual keyword '{text}'", code)
    cursor.advance()


def _orderby(cursor: Cursor, at: int, source: nodes.Node, names: Names) -> nodes.Node:
    first = True
    while True:
        key = cursor.expression()
        descending = _word(cursor, "descending")
        if _word(cursor, "ascending") or descending:
            cursor.advance()
        method = ("OrderBy" if first else "ThenBy") + ("Descending" if descending else "")
        source = _call(at, source, method, _lambda(at, names, key))
        first = False
        if not cursor.accept(","):
            return source


def _let(cursor: Cursor, at: int, source: nodes.Node, names: Names) -> tuple[nodes.Node, Names]:
    name = _new_name(cursor, names)
    cursor.expect("=")
    value = cursor.expression()
    made = _row(at, names)
    made.members.append((name[1], value))
    made.places.append(name[0])
    return _call(at, source, "Select", _lambda(at, names, made)), [*names, name]


def _group(cursor: Cursor, at: int, source: nodes.Node, names: Names) -> nodes.Node:
    element = cursor.expression()
    _expect_word(cursor, "by", "CS0743")
    key = _lambda(at, names, cursor.expression())
    if isinstance(element, nodes.Name) and [element.name] == [name for _, name in names]:
        return _call(at, source, "GroupBy", key)
    return _call(at, source, "GroupBy", key, _lambda(at, names, element))


def _call(at: int, source: nodes.Node, method: str, *arguments: nodes.Node) -> nodes.Node:
    return nodes.Invocation(
        at, nodes.MemberAccess(at, source, method), [nodes.Argument(at, argument) for argument in arguments]
    )


def _row(at: int, names: Names) -> nodes.AnonymousCreation:
    """The anonymous object that holds the range variables."""
    return nodes.AnonymousCreation(
        at, [(name, nodes.Name(at, name)) for _, name in names], [place for place, _ in names]
    )


def _parameter(at: int, names: Names) -> nodes.LambdaParameter:
    if len(names) == 1:
        return nodes.LambdaParameter(names[0][0], names[0][1], query=True)
    return nodes.LambdaParameter(at, "<row>", row=True)


def _lambda(at: int, names: Names, body: nodes.Node) -> nodes.Node:
    """A lambda over the range variable, or over the anonymous object that holds several of them."""
    return nodes.Lambda(at, [_parameter(at, names)], body, at)
