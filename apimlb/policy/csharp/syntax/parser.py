"""The parser of policy expressions: the way in."""

from apimlb.policy.csharp.syntax.blocks import parse_block, parse_statements
from apimlb.policy.csharp.syntax.cursor import Cursor
from apimlb.policy.csharp.syntax.expressions import parse_expression
from apimlb.policy.csharp.syntax.lexer import SourceText, tokens
from apimlb.policy.csharp.syntax.statement_nodes import BlockStatement, Return


class _Cursor(Cursor):
    expression = parse_expression
    block = parse_block


def parse(source: SourceText) -> BlockStatement:
    """The tree of `@(...)` (a block that returns it) or `@{...}`; raises `PolicyError`."""
    text = source.text
    lead = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    opening = text[lead : lead + 2]
    if opening not in ("@(", "@{"):
        raise source.error("A policy expression starts with @( or @{", lead, "CS1525")
    closing, code = (")", "CS1026") if opening == "@(" else ("}", "CS1513")
    if text[end - 1] != closing or end < 3:
        raise source.error(f"The expression does not end in '{closing}'", end, code)
    cursor = _Cursor(source, tokens(source, lead + 2, end - 1))
    if opening == "@{":
        return BlockStatement(lead, parse_statements(cursor))
    value = parse_expression(cursor)
    if cursor.token.kind != "end":
        cursor.refuse(f"Unexpected '{cursor.token.text}'", "CS1026")
    return BlockStatement(lead, [Return(lead, value)])
