"""Types as C# writes them, and the guesses by which it tells `a<b>(c)` from two comparisons."""

from apimlb.policy.csharp.syntax.cursor import Cursor
from apimlb.policy.csharp.syntax.nodes import TypedName, TypeName

_PREDEFINED = "bool byte char decimal double float int long object sbyte short string uint ulong ushort"
PREDEFINED = frozenset(_PREDEFINED.split())

_MOST_RANKS = 32  # .NET allows as many dimensions
_TYPE_ARGUMENTS_END = ") ] } : ; , . ?. ? == != | ^ && || & [ ?? => ("
_AFTER_TYPE_ARGUMENTS = frozenset(("", *_TYPE_ARGUMENTS_END.split()))
_NULLABLE_END = "? ?? ) > , ; : ] [ = } == != < <= >= && || | ^ / % { ( is as"
_AFTER_NULLABLE = frozenset(_NULLABLE_END.split())


def parse_type(cursor: Cursor) -> TypeName:
    found = try_type(cursor)
    if found is None:
        cursor.refuse("Type expected", "CS1031")
    return found


def try_declared(cursor: Cursor, *follows: str) -> TypeName | None:
    """The type at the cursor, where a name stands behind it; else None with the cursor where it was. Behind
    the name must be one of the texts of `follows`, if there are any."""
    start = cursor.index
    found = try_type(cursor)
    if found is not None and cursor.token.kind == "id" and (not follows or cursor.peek().text in follows):
        return found
    cursor.reset(start)
    return None


def parse_typed_name(cursor: Cursor, written: TypeName) -> TypedName:
    """The local whose type has been read, and whose name comes next."""
    name = cursor.identifier()
    return TypedName(written.at, written, name.text, name.at)


def try_type(cursor: Cursor) -> TypeName | None:
    """The type at the cursor, or None with the cursor where it was."""
    found = try_plain_type(cursor)
    while found is not None and (rank := accept_rank(cursor)):
        found.ranks = (*found.ranks, rank)
        if len(found.ranks) > _MOST_RANKS or rank > _MOST_RANKS:
            cursor.refuse("The type is nested too deeply", "CS8078")
    return found


def try_plain_type(cursor: Cursor) -> TypeName | None:
    """The same without what makes a type an array."""
    start, at = cursor.index, cursor.token.at
    tested = cursor.peek(-1).text in ("is", "as")
    parts = cursor.nested(_type_parts)
    if not parts:
        cursor.reset(start)
        return None
    nullable = cursor.at_text("?") and _nullable_mark(cursor, tested)
    if nullable:
        cursor.advance()
    return TypeName(at, parts, nullable)


def _type_parts(cursor: Cursor) -> list[tuple[str, list[TypeName]]]:
    """The parts of a type's name; an empty list where there is no type."""
    if cursor.token.kind == "keyword" and cursor.token.text in PREDEFINED:
        return [(cursor.advance().text, [])]
    parts: list[tuple[str, list[TypeName]]] = []
    skip_global(cursor)
    while cursor.token.kind == "id":
        name = cursor.advance().text
        arguments = _type_arguments(cursor) if cursor.at_text("<") else []
        if arguments is None:
            break
        parts.append((name, arguments))
        if not (cursor.at_text(".") and cursor.peek().kind == "id"):
            return parts
        cursor.advance()
    return []


def skip_global(cursor: Cursor) -> None:
    """Step over `global::`, which changes no meaning here."""
    if cursor.token.text == "global" and cursor.peek().text == "::":
        cursor.advance()
        cursor.advance()


def _type_arguments(cursor: Cursor) -> list[TypeName] | None:
    """`<T, U>` at the cursor. With None the cursor stands somewhere behind it."""
    cursor.expect("<")
    arguments: list[TypeName] = []
    while (argument := try_type(cursor)) is not None:
        arguments.append(argument)
        if cursor.accept(">"):
            return arguments
        if not cursor.accept(","):
            break
    return None


def parse_call_types(cursor: Cursor) -> list[TypeName] | None:
    """Type arguments after a name in an expression: only where what follows allows no comparison."""
    start = cursor.index
    arguments = _type_arguments(cursor)
    if arguments is not None and cursor.token.text in _AFTER_TYPE_ARGUMENTS:
        return arguments
    cursor.reset(start)
    return None


def accept_rank(cursor: Cursor) -> int:
    """Step over the empty array bracket at the cursor. Its dimensions, or 0 where there is none."""
    rank = 1
    if not cursor.at_text("["):
        return 0
    while cursor.peek(rank).text == ",":
        rank += 1
    if cursor.peek(rank).text != "]":
        return 0
    cursor.reset(cursor.index + rank + 1)
    return rank


def _nullable_mark(cursor: Cursor, tested: bool) -> bool:
    """Whether the `?` at the cursor belongs to a type rather than to `a ? b : c`. A type is `tested` behind
    `is` and `as`: there `x is T ? (b) : c` and `x is T ? f(b) : c` may stand."""
    after, behind = cursor.peek(), cursor.peek(2)
    named = after.kind == "id" and not cursor.in_query(after)
    if tested and (named or after.text == "("):
        return False
    if named:  # the name is declared
        return behind.text in ("=", ";", ",", ")", "(") or (behind.kind == "keyword" and behind.text == "in")
    return after.kind in ("end", "id") or after.text in _AFTER_NULLABLE
