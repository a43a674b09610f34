"""Types as C# writes them, and the guesses by which it tells `a<b>(c)` from two comparisons."""

from apimlb.policy.csharp.syntax.cursor import Cursor
from apimlb.policy.csharp.syntax.lexer import Token
from apimlb.policy.csharp.syntax.nodes import TypeName

_PREDEFINED = "bool byte char decimal double float int long object sbyte short string uint ulong ushort"
PREDEFINED = frozenset(_PREDEFINED.split())

_MOST_RANKS = 32  # .NET allows as many dimensions
_TYPE_ARGUMENTS_END = ") ] } : ; , . ?. ? == != | ^ && || & [ ?? => ("
_AFTER_TYPE_ARGUMENTS = frozenset(("", *_TYPE_ARGUMENTS_END.split()))
_NULLABLE_END = "? ) > , ; ] [ = } == && || { ("
_AFTER_NULLABLE = frozenset(_NULLABLE_END.split())


def parse_type(cursor: Cursor) -> TypeName:
    found = try_type(cursor)
    if found is None:
        cursor.refuse("Type expected", "CS1031")
    return found


def try_type(cursor: Cursor, *, arrays: bool = True, nullable: bool = True) -> TypeName | None:
    """The type at the cursor, or None with the cursor where it was."""
    start, at = cursor.index, cursor.token.at
    cursor.deeper()
    try:
        if cursor.token.kind == "keyword" and cursor.token.text in PREDEFINED:
            parts: list[tuple[str, list[TypeName]]] | None = [(cursor.advance().text, [])]
        else:
            parts = _type_parts(cursor)
        if parts is None:
            cursor.reset(start)
            return None
        found = TypeName(at, parts)
        if nullable and cursor.at_op("?") and _nullable_mark(cursor):
            cursor.advance()
            found.nullable = True
        while arrays and cursor.at_op("[") and rank_at(cursor) is not None:
            rank = rank_at(cursor)
            assert rank is not None
            for _ in range(rank + 1):
                cursor.advance()
            found.ranks = (*found.ranks, rank)
            if len(found.ranks) > _MOST_RANKS or rank > _MOST_RANKS:
                cursor.refuse("The type is nested too deeply", "CS8078")
        return found
    finally:
        cursor.shallower()


def _type_parts(cursor: Cursor) -> list[tuple[str, list[TypeName]]] | None:
    parts: list[tuple[str, list[TypeName]]] = []
    skip_global(cursor)
    while cursor.token.kind == "id":
        name = cursor.advance().text
        arguments = parse_type_arguments(cursor) if cursor.at_op("<") else []
        if arguments is None:
            return None
        parts.append((name, arguments))
        if not (cursor.at_op(".") and cursor.peek().kind == "id"):
            return parts
        cursor.advance()
    return None


def skip_global(cursor: Cursor) -> None:
    """Step over `global::`, which changes no meaning here."""
    if cursor.token.text == "global" and cursor.peek().text == "::":
        cursor.advance()
        cursor.advance()


def parse_type_arguments(cursor: Cursor) -> list[TypeName] | None:
    """`<T, U>` at the cursor, or None with the cursor where it was."""
    start = cursor.index
    cursor.expect("<")
    arguments: list[TypeName] = []
    while True:
        argument = try_type(cursor)
        if argument is None:
            break
        arguments.append(argument)
        if cursor.accept(","):
            continue
        if cursor.accept(">"):
            return arguments
        break
    cursor.reset(start)
    return None


def parse_call_types(cursor: Cursor) -> list[TypeName] | None:
    """Type arguments after a name in an expression: only where what follows allows no comparison."""
    start = cursor.index
    arguments = parse_type_arguments(cursor)
    follows = cursor.token.kind in ("op", "end") and cursor.token.text in _AFTER_TYPE_ARGUMENTS
    if arguments is not None and follows:
        return arguments
    cursor.reset(start)
    return None


def rank_at(cursor: Cursor) -> int | None:
    """The dimensions of the empty array bracket at the cursor."""
    ahead = 1
    while cursor.peek(ahead).kind == "op" and cursor.peek(ahead).text == ",":
        ahead += 1
    closing = cursor.peek(ahead)
    return ahead if closing.kind == "op" and closing.text == "]" else None


def _nullable_mark(cursor: Cursor) -> bool:
    """Whether the `?` at the cursor belongs to a type rather than to `a ? b : c`."""
    after = cursor.peek()
    if after.kind == "op":
        return after.text in _AFTER_NULLABLE
    return after.kind == "end" or (after.kind == "id" and _declares(cursor.peek(2)))


def _declares(token: Token) -> bool:
    return (token.kind == "op" and token.text in ("=", ";", ",", ")")) or (
        token.kind == "keyword" and token.text == "in"
    )
