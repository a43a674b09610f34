"""Number, character and string literals as CLR values."""

import re
from decimal import Decimal, InvalidOperation

from apimlb.errors import PolicyError
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.numbers.arithmetic import Char, Long, Single, UInt, ULong, decimal_of
from apimlb.policy.csharp.syntax.lexer import SourceText, Token
from apimlb.policy.csharp.syntax.nodes import Literal

_INT_MAX, _UINT_MAX, _LONG_MAX, _ULONG_MAX = 2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1
_MISPLACED = re.compile(r"(?<![0-9_])_|_(?![0-9_])")
_MISPLACED_HEX = re.compile(r"(?<![0-9a-f_])_|_(?![0-9a-f_])")
_WORDS = {"true": True, "false": False, "null": None}


def literal(source: SourceText, token: Token) -> Literal:
    """The literal that a token is; raises `PolicyError` where C# has no such number."""
    if token.kind == "string":
        return Literal(token.at, token.value)
    if token.kind == "char":
        text = str(token.value)
        if len(text) != 1:
            raise source.error("Too many characters in character literal", token.at, "CS1012")
        return Literal(token.at, Char(text))
    if token.kind == "int":
        return _integer(source, token)
    if token.kind == "real":
        return _real(source, token)
    return Literal(token.at, _WORDS[token.text])


def _digits(source: SourceText, token: Token) -> str:
    """The number without its separators, which stand between digits only."""
    text = token.text.lower()
    if "_" in text:
        plain = text[2:] if text[:2] in ("0x", "0b") else text
        if (_MISPLACED_HEX if text.startswith("0x") else _MISPLACED).search(plain):
            raise source.error("Invalid number", token.at, "CS1013")
        text = text.replace("_", "")
    return text


def _integer(source: SourceText, token: Token) -> Literal:
    text = _digits(source, token)
    digits = text.rstrip("ul")
    suffix = "".join(sorted(text[len(digits) :]))
    base = {"0x": 16, "0b": 2}.get(digits[:2], 10)
    value = int(digits, base) if base != 10 or len(digits) < 100 else _ULONG_MAX + 1
    if value > _ULONG_MAX:
        raise source.error("Integral constant is too large", token.at, "CS1021")
    if suffix == "" and value <= _INT_MAX:
        return Literal(token.at, value)
    if suffix in ("", "u") and value <= _UINT_MAX:
        return Literal(token.at, UInt(value))
    if suffix in ("", "l") and value <= _LONG_MAX:
        return Literal(token.at, Long(value))
    return Literal(token.at, ULong(value))


def _real(source: SourceText, token: Token) -> Literal:
    text = _digits(source, token)
    if text[-1] == "m":
        try:
            value = Decimal(text[:-1])
        except InvalidOperation:  # an exponent out of Python's range
            value = Decimal("0e-28" if "e-" in text else "Infinity")
        try:
            return Literal(token.at, decimal_of(value))
        except ClrException:
            raise _too_large(source, token, "decimal") from None
    kind, make = ("float", Single) if text[-1] == "f" else ("double", float)
    number = make(float(text.rstrip("fd")))
    if number == float("inf"):
        raise _too_large(source, token, kind)
    return Literal(token.at, number)


def _too_large(source: SourceText, token: Token, kind: str) -> PolicyError:
    what = f"Floating-point constant is outside the range of type '{kind}'"
    return source.error(what, token.at, "CS0594")
