"""The cursor over the tokens: where the parser stands, and how deep. Every production starts from one."""

from collections.abc import Callable
from typing import NamedTuple, NoReturn

from apimlb.policy.csharp.syntax.lexer import SourceText, Token, tokens
from apimlb.policy.csharp.syntax.nodes import Node
from apimlb.policy.csharp.syntax.statement_nodes import BlockStatement

_MAX_DEPTH = 60
_EXPECTED = {";": "CS1002", "}": "CS1513", "{": "CS1514", "in": "CS1515", ")": "CS1026"}


class Grammar(NamedTuple):
    """The productions that stand in themselves: an expression in a lambda in an expression."""

    expression: Callable[["Cursor"], Node]
    query: Callable[["Cursor"], Node]
    block: Callable[["Cursor"], BlockStatement]


class Cursor:
    """Where the parser stands, and how deep; every production starts from here."""

    def __init__(self, source: SourceText, grammar: Grammar, start: int, end: int) -> None:
        self.source = source
        self.grammar = grammar
        self._tokens = tokens(source, start, end)
        self._index = 0
        self._depth = 0
        self.token = self._tokens[0]

    def advance(self) -> Token:
        """The token at the cursor; the cursor moves on."""
        token = self.token
        if token.kind != "end":
            self._index += 1
            self.token = self._tokens[self._index]
        return token

    def peek(self, ahead: int = 1) -> Token:
        return self._tokens[min(self._index + ahead, len(self._tokens) - 1)]

    def reset(self, index: int) -> None:
        self._index = index
        self.token = self._tokens[index]

    @property
    def last(self) -> Token:
        """The token before the cursor."""
        return self._tokens[max(self._index - 1, 0)]

    @property
    def index(self) -> int:
        return self._index

    def at_op(self, text: str) -> bool:
        return self.token.kind == "op" and self.token.text == text

    def at_keyword(self, text: str) -> bool:
        return self.token.kind == "keyword" and self.token.text == text

    def accept(self, text: str) -> bool:
        """Step over an operator or keyword with that text if it is here."""
        if self.token.text == text and self.token.kind in ("op", "keyword"):
            self.advance()
            return True
        return False

    def expect(self, text: str) -> Token:
        if self.token.text == text and self.token.kind in ("op", "keyword"):
            return self.advance()
        self.refuse(f"'{text}' expected", _EXPECTED.get(text, "CS1003"))

    def identifier(self) -> Token:
        if self.token.kind != "id":
            self.refuse("Identifier expected", "CS1001")
        return self.advance()

    def refuse(self, what: str, code: str, token: Token | None = None, next_step: str = "") -> NoReturn:
        token = token or self.token
        if token.kind == "end" and not next_step:
            what = f"{what}, but the expression ends"
        raise self.source.error(what, token.at, code, next_step)

    def deeper(self) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self.refuse(f"The expression is nested more than {_MAX_DEPTH} levels deep", "CS8078")

    def shallower(self) -> None:
        self._depth -= 1

    def inside(self, start: int, end: int) -> "Cursor":
        """A cursor over a part of the text, a level deeper."""
        made = Cursor(self.source, self.grammar, start, end)
        made._depth = self._depth + 1
        return made

    def expression(self) -> Node:
        return self.grammar.expression(self)

    def query(self) -> Node:
        return self.grammar.query(self)

    def block(self) -> BlockStatement:
        return self.grammar.block(self)
