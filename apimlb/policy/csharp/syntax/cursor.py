"""The cursor over the tokens: where the parser stands, and how deep. Every production starts from one."""

from collections.abc import Callable
from typing import ClassVar, NoReturn, TypeVar

from apimlb.policy.csharp.syntax.lexer import SourceText, Token
from apimlb.policy.csharp.syntax.nodes import Node
from apimlb.policy.csharp.syntax.statement_nodes import BlockStatement

_MAX_DEPTH = 60
_PUNCTUATION = ("op", "keyword")
_EXPECTED = {";": "CS1002", "}": "CS1513", "{": "CS1514", "in": "CS1515", ")": "CS1026"}
_WORDS = "from where select group into orderby join let on equals by ascending descending"
_QUERY_WORDS = frozenset(_WORDS.split())

T = TypeVar("T")


class Cursor:
    """Where the parser stands, and how deep; every production starts from here. `expression` and `block` may
    stand in themselves, such as an expression in a lambda in an expression; the parser's own class has them.
    """

    expression: ClassVar[Callable[["Cursor"], Node]]
    block: ClassVar[Callable[["Cursor"], BlockStatement]]

    def __init__(self, source: SourceText, tokens: list[Token], depth: int = 0) -> None:
        self.source = source
        self.index = 0
        self._tokens = tokens
        self._depth = depth
        self.token = tokens[0]
        self.queries = 0
        """How many queries are open."""

    def advance(self) -> Token:
        """The token at the cursor; the cursor moves on."""
        token = self.token
        self.index += 1
        self.token = self._tokens[self.index]
        return token

    def peek(self, ahead: int = 1) -> Token:
        """The token so many places ahead; -1 is the one before the cursor."""
        return self._tokens[min(self.index + ahead, len(self._tokens) - 1)]

    def reset(self, index: int) -> None:
        self.index = index
        self.token = self._tokens[index]

    def at_text(self, *texts: str) -> bool:
        """Whether one of these operators or keywords is here. `@if` is an identifier."""
        return self.token.text in texts and self.token.kind in _PUNCTUATION

    def at_word(self, text: str) -> bool:
        """Whether a word is here that C# gives a meaning in some places only."""
        return self.token.kind == "id" and self.token.text == text

    def at_name_before(self, *operators: str) -> bool:
        """Whether an identifier is here, and one of these operators behind it."""
        return self.token.kind == "id" and self.peek().text in operators

    def in_query(self, token: Token) -> bool:
        """Whether a token is a word of the query around it, and no identifier there."""
        return self.queries > 0 and token.kind == "id" and token.text in _QUERY_WORDS

    def accept(self, text: str) -> bool:
        """Step over an operator or keyword with that text if it is here."""
        if self.token.text == text and self.token.kind in _PUNCTUATION:
            self.advance()
            return True
        return False

    def accept_word(self, text: str) -> bool:
        if self.at_word(text):
            self.advance()
            return True
        return False

    def expect(self, text: str) -> Token:
        if self.at_text(text):
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

    # Productions

    def nested(self, production: Callable[["Cursor"], T]) -> T:
        """What is parsed a level deeper. An error leaves the level as it is, since parsing ends there."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self.refuse(f"The expression is nested more than {_MAX_DEPTH} levels deep", "CS8078")
        found = production(self)
        self._depth -= 1
        return found

    def bracketed(self, production: Callable[["Cursor"], T]) -> T:
        """`(...)`"""
        self.expect("(")
        found = production(self)
        self.expect(")")
        return found

    def several(self, item: Callable[["Cursor"], T]) -> list[T]:
        """One item or more, with commas between them."""
        found = [item(self)]
        while self.accept(","):
            found.append(item(self))
        return found

    def listed(self, item: Callable[["Cursor"], T], closing: str) -> list[T]:
        """Any number of items with commas between them, and what closes them."""
        found = [] if self.at_text(closing) else self.several(item)
        self.expect(closing)
        return found

    def braced(self, item: Callable[["Cursor"], T]) -> list[T]:
        """`{ item, item }`: a comma may stand behind the last one."""
        self.expect("{")
        found: list[T] = []
        while not self.at_text("}"):
            found.append(item(self))
            if not self.accept(","):
                break
        self.expect("}")
        return found

    def inside(self, tokens: list[Token]) -> "Cursor":
        """A cursor over the tokens of a part, a level deeper."""
        return type(self)(self.source, tokens, self._depth + 1)
