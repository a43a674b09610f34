"""C# 7 tokens of a policy expression."""

import re
from dataclasses import dataclass
from typing import NoReturn

from apimlb.errors import PolicyError
from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.utf16 import enter

_KEYWORDS = """
abstract as base bool break byte case catch char checked class const continue decimal default delegate do
double else enum event explicit extern false finally fixed float for foreach goto if implicit in int
interface internal is lock long namespace new null object operator out override params private protected
public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true
try typeof uint ulong unchecked unsafe ushort using virtual void volatile while
"""
KEYWORDS = frozenset(_KEYWORDS.split())

_TOKEN = re.compile(
    r"""
    # Once found, space stays space: nothing is tried again inside of it.
    (?:\s|//[^\r\n\x85\u2028\u2029]*|/\*.*?\*/)*+
  (?:  # the most frequent first
    (?P<id>@?[^\W\d]\w*)
  | (?P<real>(?:[0-9][0-9_]*)?\.[0-9][0-9_]*(?:[eE][+-]?[0-9][0-9_]*)?[fFdDmM]?
        |[0-9][0-9_]*[eE][+-]?[0-9][0-9_]*[fFdDmM]?|[0-9][0-9_]*[fFdDmM])
  | (?P<int>0[xX][0-9a-fA-F_]+(?:[uU][lL]?|[lL][uU]?)?|0[bB][01_]+(?:[uU][lL]?|[lL][uU]?)?
        |[0-9][0-9_]*(?:[uU][lL]?|[lL][uU]?)?)
  | (?P<op>[.,;(){}\[\]~]|\?\?|\?\.(?![0-9])|=>|&&|\|\||\+\+|--|<<=?|::|[-+*/%&|^!=<>]=
        |[-+*%&|^!=<>?:]|/(?!\*))
  | (?P<interp>\$@?")
  | (?P<verbatim>@"(?:[^"]|"")*")
  | (?P<string>"(?:[^"\\\r\n\x85\u2028\u2029]|\\[^\r\n\x85\u2028\u2029])*")
  | (?P<char>'(?:[^'\\\r\n\x85\u2028\u2029]|\\(?:x[0-9a-fA-F]{1,4}|u[0-9a-fA-F]{4}|.))')
  | (?P<end>\Z)
  | (?P<other>)
  )
    """,
    re.VERBOSE | re.DOTALL,
)

_LINE_END = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")

_ESCAPES = {
    "'": "'", '"': '"', "\\": "\\", "0": "\0", "a": "\a", "b": "\b",
    "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,4}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)


@dataclass(slots=True)
class Token:
    """`kind` is id, keyword, op, int, real, string, char, interp or end; `text` is as written, without the
    `@` of `@name`; `value` of a string or char is its content, of an interp its parts: texts, and the tokens
    of each hole. Those end behind the hole's last brace, with its format, as it is written, as `value`."""

    kind: str
    text: str
    at: int
    end: int
    value: "str | list[str | list[Token]]" = ""


class SourceText:
    """The text with its place in the policy document, to turn offsets into lines and columns."""

    def __init__(self, text: str, line: int, column: int) -> None:
        self.text = text
        self._line = line
        self._column = column
        self.bracketed: dict[int, object] = {}
        """The nodes that round brackets stand around, and queries, by their ids, which stay theirs while they
        are kept."""
        self.has_functions = False
        """Whether the parser has come across a lambda or a local function."""

    def position(self, at: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset."""
        before = self.text[:at]
        ends = [found.end() for found in _LINE_END.finditer(before)]
        if ends:
            return self._line + len(ends), at - ends[-1] + 1
        return self._line, self._column + at

    def error(self, what: str, at: int, code: str, next_step: str = "") -> PolicyError:
        line, column = self.position(at)
        return PolicyError(what, line=line, column=column, code=code, next_step=next_step)


_TOKEN_STEPS = 5
"""Of reading a token and what it stands in."""
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


def tokens(source: SourceText, start: int, end: int, *, hole: bool = False) -> list[Token]:
    """The tokens between two offsets, ending in one of kind "end". Those of an interpolation hole end at its
    format or its last brace."""
    found: list[Token] = []
    closers: list[str] = []
    text, at = source.text, start
    match_at = _TOKEN.match
    while True:
        match = match_at(text, at, end)
        assert match is not None
        kind = match.lastgroup or ""
        first, at = match.span(kind)
        if kind == "op" and not (hole and _ends_hole(match[kind], closers)):
            found.append(Token(kind, match[kind], first, at))
        elif kind == "interp":
            found.append(_interpolated(source, first, at, end))
            at = found[-1].end
        elif kind == "other":
            _refuse(source, first)
        elif kind in ("op", "end"):
            found.append(Token("end", "", first, first))
            BUDGET.spend(_TOKEN_STEPS * len(found))
            return found
        else:
            found.append(_token(source, kind, match[kind], first, at))


def _ends_hole(operator: str, closers: list[str]) -> bool:
    """Whether an operator stands behind the value of an interpolation hole. `closers` are those of the
    brackets that are open in it."""
    if operator in _CLOSERS:
        closers.append(_CLOSERS[operator])
    elif closers and operator == closers[-1]:
        closers.pop()
    else:
        return not closers and operator in ("}", ":", "::")
    return False


def _token(source: SourceText, kind: str, text: str, at: int, end: int) -> Token:
    if kind == "id":
        if text[0] == "@":
            return Token("id", text[1:], at, end)
        return Token("keyword" if text in KEYWORDS else "id", text, at, end)
    if kind == "verbatim":
        return Token("string", text, at, end, enter(text[2:-1].replace('""', '"')))
    if kind in ("string", "char"):
        return Token(kind, text, at, end, enter(unescape(source, text[1:-1], at + 1)))
    return Token(kind, text, at, end)


def unescape(source: SourceText, text: str, at: int) -> str:
    """The content of a regular string; `at` is where it starts."""
    if "\\" not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        body = match[1]
        if body in _ESCAPES:
            return _ESCAPES[body]
        code = int(body[1:], 16) if len(body) > 1 else -1
        if not 0 <= code <= 0x10FFFF:
            raise source.error("Unrecognized escape sequence", at + match.start(), "CS1009")
        return chr(code)

    return _ESCAPE.sub(replace, text)


_NO_TOKENS = (
    ('@$"', "CS1525", "In C# 7 an interpolated verbatim string starts with $@", ""),
    ("''", "CS1011", "Empty character literal", ""),
    ('"', "CS1010", "Newline in constant", ""),
    ("'", "CS1012", "Too many characters in character literal", 'Strings take double quotes: "text".'),
    ("/*", "CS1035", "End-of-file found, '*/' expected", ""),
)
"""What is wrong with a text that is no token, by what it starts with, and what to do about it."""


def _refuse(source: SourceText, at: int) -> NoReturn:
    """What is wrong with the text at an offset."""
    for start, code, what, next_step in _NO_TOKENS:
        if source.text.startswith(start, at):
            raise source.error(what, at, code, next_step)
    raise source.error(f"Unexpected character '{source.text[at]}'", at, "CS1056")


_PIECE = re.compile(r'(?:\{\{|\}\}|\\.|[^{}"\\\r\n\x85\u2028\u2029])*', re.DOTALL)
_VERBATIM_PIECE = re.compile(r'(?:\{\{|\}\}|""|[^{}"])*')
_SINGLE_BRACE = "A '{}' character must be escaped (by doubling) in an interpolated string."
_OPEN_HOLE = "Missing close delimiter '}' for interpolated expression started with '{'."


def _piece(at: int, end: int, text: str, *, verbatim: bool) -> str:
    """The text in an interpolated string up to a quote, a single brace or the end of a line."""
    found = (_VERBATIM_PIECE if verbatim else _PIECE).match(text, at, end)
    return found[0] if found else ""


def _meant(source: SourceText, piece: str, at: int, *, verbatim: bool) -> str:
    return enter(piece.replace('""', '"') if verbatim else unescape(source, piece, at))


def _interpolated(source: SourceText, at: int, content: int, end: int) -> Token:
    """`$"..."` from its first character on."""
    text = source.text
    verbatim = "@" in text[at:content]
    parts: list[str | list[Token]] = []
    here = content
    while True:
        plain = _piece(here, end, text, verbatim=verbatim)
        if plain:
            single = plain.replace("{{", "{").replace("}}", "}")
            parts.append(_meant(source, single, here, verbatim=verbatim))
        here += len(plain)
        char = text[here] if here < end else ""
        if char == '"':
            return Token("interp", text[at : here + 1], at, here + 1, parts)
        if char == "}":
            raise source.error(_SINGLE_BRACE.format("}"), here, "CS8086")
        if char != "{":
            raise source.error("Newline in constant", here - 1, "CS1010")
        hole = _hole(source, here + 1, end, verbatim=verbatim)
        parts.append(hole)
        here = hole[-1].end


def _hole(source: SourceText, at: int, end: int, *, verbatim: bool) -> list[Token]:
    """The hole that starts at `at`, just after its brace."""
    text = source.text
    found = tokens(source, at, end, hole=True)
    last = found[-1]
    here = last.at
    if here == end or (not verbatim and _LINE_END.search(text, at, here)):
        raise source.error(_OPEN_HOLE, at - 2, "CS8076")
    if not text[at:here].strip():
        raise source.error("Expected expression", here, "CS1733")
    if text[here] == "}":
        last.end = here + 1
        return found
    layout = _piece(here + 1, end, text, verbatim=verbatim)
    close = here + 1 + len(layout)
    if close >= end or text[close] not in "{}":
        raise source.error(_OPEN_HOLE, at - 2, "CS8076")
    if text[close] == "{":
        raise source.error(_SINGLE_BRACE.format("{"), close, "CS8086")
    if not layout:
        raise source.error("Empty format specifier.", here, "CS8089")
    last.end, last.value = close + 1, _meant(source, layout, here + 1, verbatim=verbatim)
    return found
