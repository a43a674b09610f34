"""LINQ query syntax, turned into the method calls that C# defines it by (C# specification, query
expressions)."""

from collections.abc import Callable

from apimlb.policy.csharp.syntax import nodes
from apimlb.policy.csharp.syntax.cursor import Cursor
from apimlb.policy.csharp.syntax.type_names import parse_type

Names = list[tuple[int, str]]
"""The range variables in sight, each with its offset; several of them live in one anonymous object."""


class QueryExpression:
    """A query as far as it is read: its `source`, which begins at `start`, the calls on that, and its range
    variables. `at` is where its last clause stands."""

    def __init__(self, start: int, source: nodes.Node, names: Names) -> None:
        self.start = start
        self.source = self.calls = source
        self.names = names
        self.at = 0

    def call(self, method: str, *arguments: nodes.Node) -> None:
        target = nodes.MemberAccess(self.start, self.calls, method, self.at)
        given = [nodes.Argument(self.at, argument) for argument in arguments]
        self.calls = nodes.Invocation(self.start, target, given)

    def over(self, body: nodes.Node, *names: Names) -> nodes.Node:
        """A lambda over range variables: those of the query, unless others are given."""
        parameters = [self._parameter(each) for each in names or (self.names,)]
        return nodes.Lambda(self.at, parameters, body, self.at)

    def _parameter(self, names: Names) -> nodes.LambdaParameter:
        """The range variable, or the anonymous object that holds several of them."""
        if len(names) == 1:
            return nodes.LambdaParameter(names[0][0], names[0][1], query=True)
        return nodes.LambdaParameter(self.at, "<row>", row=True)

    def row(self, names: Names) -> nodes.AnonymousCreation:
        """The anonymous object that holds range variables."""
        members: list[tuple[int, str, nodes.Node]] = [
            (place, name, nodes.Name(self.at, name)) for place, name in names
        ]
        return nodes.AnonymousCreation(self.at, members)

    def is_variable(self, node: nodes.Node) -> bool:
        """Whether an expression is the range variable, and that the only one."""
        return isinstance(node, nodes.Name) and [node.name] == [name for _, name in self.names]


def parse_query(cursor: Cursor) -> nodes.Node:
    cursor.advance()
    cursor.queries += 1
    query = QueryExpression(*_from(cursor))
    cursor.source.has_functions = True
    while True:
        clause = _CLAUSES.get(cursor.token.text)
        if clause is None:
            cursor.refuse("A query body must end with a select clause or a group clause", "CS0742")
        query.at = cursor.advance().at
        if not clause(cursor, query):
            continue
        if not cursor.accept_word("into"):
            cursor.queries -= 1
            cursor.source.bracketed[id(query.calls)] = query.calls  # as a statement it is no call
            return query.calls
        query = QueryExpression(query.start, query.calls, [_new_name(cursor)])


def _new_name(cursor: Cursor, names: Names = []) -> tuple[int, str]:  # noqa: B006 - never changed
    token = cursor.identifier()
    if any(known == token.text for _, known in names):
        cursor.refuse(f"The range variable '{token.text}' has already been declared", "CS1930", token)
    return token.at, token.text


def _from(cursor: Cursor, names: Names = []) -> tuple[int, nodes.Node, Names]:  # noqa: B006 - never changed
    """What stands behind `from` or `join`: a variable, and where its values come from, which begins at an
    offset."""
    after = cursor.peek()
    written = None if after.kind == "keyword" and after.text == "in" else parse_type(cursor)
    name = _new_name(cursor, names)
    cursor.expect("in")
    at = cursor.token.at
    source = cursor.expression()
    if written is not None:
        source = nodes.Invocation(at, nodes.MemberAccess(at, source, "Cast", at, [written]), [])
    return at, source, [name]


def _behind(cursor: Cursor, word: str, code: str) -> nodes.Node:
    if not cursor.accept_word(word):
        cursor.refuse(f"Expected contextual keyword '{word}'", code)
    return cursor.expression()


# Clauses: what stands behind their word, and whether the query's body ends with it.


def _where(cursor: Cursor, query: QueryExpression) -> bool:
    query.call("Where", query.over(cursor.expression()))
    return False


def _order_by(cursor: Cursor, query: QueryExpression) -> bool:
    method = "OrderBy"
    while True:
        key = query.over(cursor.expression())
        descending = cursor.accept_word("descending")
        if not descending:
            cursor.accept_word("ascending")
        query.call(f"{method}Descending" if descending else method, key)
        method = "ThenBy"
        if not cursor.accept(","):
            return False


def _let(cursor: Cursor, query: QueryExpression) -> bool:
    name = _new_name(cursor, query.names)
    cursor.expect("=")
    made = query.row(query.names)
    made.members.append((*name, cursor.expression()))
    query.call("Select", query.over(made))
    query.names = [*query.names, name]
    return False


def _second_from(cursor: Cursor, query: QueryExpression) -> bool:
    _, inner, added = _from(cursor, query.names)
    return _joined(cursor, query, "SelectMany", [query.over(inner)], added)


def _join(cursor: Cursor, query: QueryExpression) -> bool:
    _, inner, added = _from(cursor, query.names)
    outer_key = query.over(_behind(cursor, "on", "CS0743"))
    inner_key = query.over(_behind(cursor, "equals", "CS0744"), added)
    method = "Join"
    if cursor.accept_word("into"):
        method, added = "GroupJoin", [_new_name(cursor, query.names)]
    return _joined(cursor, query, method, [inner, outer_key, inner_key], added)


def _joined(
    cursor: Cursor, query: QueryExpression, method: str, given: list[nodes.Node], added: Names
) -> bool:
    """The call that brings in more variables. A `select` behind it is part of the same call."""
    ends = cursor.accept_word("select")
    names = [*query.names, *added]
    result = cursor.expression() if ends else query.row(names)
    query.call(method, *given, query.over(result, query.names, added))
    query.names = names
    return ends


def _select(cursor: Cursor, query: QueryExpression) -> bool:
    """A select of the range variable itself becomes a call only where there is no other."""
    selected = cursor.expression()
    if query.calls is query.source or not query.is_variable(selected):
        query.call("Select", query.over(selected))
    return True


def _group(cursor: Cursor, query: QueryExpression) -> bool:
    element = cursor.expression()
    key = query.over(_behind(cursor, "by", "CS0745"))
    further = [] if query.is_variable(element) else [query.over(element)]
    query.call("GroupBy", key, *further)
    return True


_CLAUSES: dict[str, Callable[[Cursor, QueryExpression], bool]] = {
    "where": _where, "orderby": _order_by, "let": _let, "from": _second_from, "join": _join,
    "select": _select, "group": _group,
}  # fmt: skip
