"""The cursor over the tokens, and types as C# writes them."""

from typing import NoReturn

from apimlb.policy.csharp.syntax.lexer import SourceText, Token, tokens
from apimlb.policy.csharp.syntax.nodes import TypeName

_PREDEFINED = "bool byte char decimal double float int long object sbyte short string uint ulong ushort"
PREDEFINED = frozenset(_PREDEFINED.split())

_MAX_DEPTH = 60
_MOST_RANKS = 32  # .NET allows as many dimensions
_EXPECTED = {";": "CS1002", "}": "CS1513", "{": "CS1514", "in": "CS1515", ")": "CS1026"}
_TYPE_ARGUMENTS_END = ") ] } : ; , . ?. ? == != | ^ && || & [ ?? => ("
_AFTER_TYPE_ARGUMENTS = frozenset(("", *_TYPE_ARGUMENTS_END.split()))
_NULLABLE_END = "? ) > , ; ] [ = } == && || { ("
_AFTER_NULLABLE = frozenset(_NULLABLE_END.split())


class Cursor:
    """Where the parser stands, and how deep; every production starts from here."""

    def __init__(self, source: SourceText, start: int, end: int) -> None:
        self.source = source
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


class TypeParser(Cursor):
    """Types, and the guesses by which C# tells `a<b>(c)` from two comparisons."""

    def type_name(self) -> TypeName:
        found = self.try_type()
        if found is None:
            self.refuse("Type expected", "CS1031")
        return found

    def try_type(self, *, arrays: bool = True, nullable: bool = True) -> TypeName | None:
        """The type at the cursor, or None with the cursor where it was."""
        start, at = self._index, self.token.at
        self.deeper()
        try:
            if self.token.kind == "keyword" and self.token.text in PREDEFINED:
                parts: list[tuple[str, list[TypeName]]] | None = [(self.advance().text, [])]
            else:
                parts = self._type_parts()
            if parts is None:
                self.reset(start)
                return None
            found = TypeName(at, parts)
            if nullable and self.at_op("?") and self._nullable_mark():
                self.advance()
                found.nullable = True
            while arrays and self.at_op("[") and self._rank() is not None:
                rank = self._rank()
                assert rank is not None
                for _ in range(rank + 1):
                    self.advance()
                found.ranks = (*found.ranks, rank)
                if len(found.ranks) > _MOST_RANKS or rank > _MOST_RANKS:
                    self.refuse("The type is nested too deeply", "CS8078")
            return found
        finally:
            self.shallower()

    def _type_parts(self) -> list[tuple[str, list[TypeName]]] | None:
        parts: list[tuple[str, list[TypeName]]] = []
        self.skip_global()
        while self.token.kind == "id":
            name = self.advance().text
            arguments = self.type_arguments() if self.at_op("<") else []
            if arguments is None:
                return None
            parts.append((name, arguments))
            if not (self.at_op(".") and self.peek().kind == "id"):
                return parts
            self.advance()
        return None

    def skip_global(self) -> None:
        """Step over `global::`, which changes no meaning here."""
        if self.token.text == "global" and self.peek().text == "::":
            self.advance()
            self.advance()

    def type_arguments(self) -> list[TypeName] | None:
        """`<T, U>` at the cursor, or None with the cursor where it was."""
        start = self._index
        self.expect("<")
        arguments: list[TypeName] = []
        while True:
            argument = self.try_type()
            if argument is None:
                break
            arguments.append(argument)
            if self.accept(","):
                continue
            if self.accept(">"):
                return arguments
            break
        self.reset(start)
        return None

    def generic_call_arguments(self) -> list[TypeName] | None:
        """Type arguments after a name in an expression: only where what follows allows no comparison."""
        start = self._index
        arguments = self.type_arguments()
        follows = self.token.kind in ("op", "end") and self.token.text in _AFTER_TYPE_ARGUMENTS
        if arguments is not None and follows:
            return arguments
        self.reset(start)
        return None

    def _rank(self) -> int | None:
        """The dimensions of the empty array bracket at the cursor."""
        ahead = 1
        while self.peek(ahead).kind == "op" and self.peek(ahead).text == ",":
            ahead += 1
        closing = self.peek(ahead)
        return ahead if closing.kind == "op" and closing.text == "]" else None

    def _nullable_mark(self) -> bool:
        """Whether the `?` at the cursor belongs to a type rather than to `a ? b : c`."""
        after = self.peek()
        if after.kind == "op":
            return after.text in _AFTER_NULLABLE
        return after.kind == "end" or (after.kind == "id" and self._declares(self.peek(2)))

    def _declares(self, token: Token) -> bool:
        return (token.kind == "op" and token.text in ("=", ";", ",", ")")) or (
            token.kind == "keyword" and token.text == "in"
        )
