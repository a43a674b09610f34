"""The parser of policy expressions: the way in."""

from apimlb.policy.csharp.syntax.blocks import parse_block, parse_statement_into
from apimlb.policy.csharp.syntax.cursor import Cursor, Grammar
from apimlb.policy.csharp.syntax.expressions import parse_expression
from apimlb.policy.csharp.syntax.lexer import SourceText
from apimlb.policy.csharp.syntax.nodes import Node
from apimlb.policy.csharp.syntax.queries import parse_query
from apimlb.policy.csharp.syntax.statement_nodes import BlockStatement, Return

_GRAMMAR = Grammar(parse_expression, parse_query, parse_block)


def parse(source: SourceText) -> BlockStatement:
    """The tree of `@(...)` (a block that returns it) or `@{...}`; raises `PolicyError`."""
    text = source.text
    lead = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    opening = text[lead : lead + 2]
    if opening == "@(":
        _closed(source, ")", end)
        cursor = Cursor(source, _GRAMMAR, lead + 2, end - 1)
        value = parse_expression(cursor)
        _finish(cursor)
        return BlockStatement(lead, [Return(lead, value)])
    if opening == "@{":
        _closed(source, "}", end)
        cursor = Cursor(source, _GRAMMAR, lead + 2, end - 1)
        return BlockStatement(lead, _statements_to_end(cursor))
    raise source.error("A policy expression starts with @( or @{", lead, "CS1525")


def _closed(source: SourceText, closing: str, end: int) -> None:
    if source.text[end - 1] != closing or end < 3:
        code = "CS1026" if closing == ")" else "CS1513"
        raise source.error(f"The expression does not end in '{closing}'", end, code)


def _finish(cursor: Cursor) -> None:
    if cursor.token.kind != "end":
        cursor.refuse(f"Unexpected '{cursor.token.text}'", "CS1026")


def _statements_to_end(cursor: Cursor) -> list[Node]:
    found: list[Node] = []
    while cursor.token.kind != "end":
        parse_statement_into(cursor, found)
    return found
