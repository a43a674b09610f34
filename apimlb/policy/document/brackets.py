"""Where a C# expression ends, found by brackets alone: what the reader needs, before any grammar.

Only brackets, strings, character literals and comments matter. A quote met inside brackets opens a string, so
it can never be the end of the attribute that holds the expression; generics need no rule.
"""

import re

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_TOKEN = re.compile(
    r"""
    [^()\[\]{}"'/@$]*+
  (?:
    (?P<opens>[(\[{])
  | (?P<closes>[)\]}])
  | (?P<interpolated>\$@"|@\$"|\$")
  | "(?:\\.|[^"\\\r\n\x85\u2028\u2029])*"
  | @"(?:[^"]|"")*"
  | '(?:\\[^\n]{1,9}?|[^'\\\n]{1,2})'
  | //[^\r\n\x85\u2028\u2029]*
  | /\*(?s:.*?)\*/
  | (?P<broken>@?"|'|/\*)
  | [/@$]
  )
    """,
    re.VERBOSE,
)
"""One token of code, and what no bracket is before it."""

_TEXT = {
    "$": re.compile(r'(?:\\.|\{\{|\}\}|[^"\\{}\n])*+(["{])'),
    "@": re.compile(r'(?:""|\{\{|\}\}|[^"{}])*+(["{])'),
}
"""Literal text of an interpolated string up to what ends it or opens a hole."""

_DEPTH_LIMIT = 200


def end_of_expression(text: str, start: int) -> int:
    """The index after the bracket that closes the one at `start`; -1 when it does not close, or a string or
    comment in between does not."""
    end, _, stack = _passed(text, start)
    return end if end > start and not stack else -1


def left_open(text: str, start: int) -> str:
    """Why the bracket at `start` does not close, in a few words."""
    end, index, stack = _passed(text, start)
    if len(stack) > _DEPTH_LIMIT:
        return "brackets are nested too deep"
    found = _TOKEN.match(text, index)
    broken = "" if end >= 0 or found is None else found["broken"]
    if broken in ('"', '@"') or (end < 0 and stack and stack[-1] in _TEXT):
        return "Newline in constant, a string literal is not closed on its line"
    if broken == "'":
        return "a character literal is not closed, or too long"
    return "a comment is not closed" if broken else "a bracket is not closed"


def _passed(text: str, start: int) -> tuple[int, int, list[str]]:
    """Pass tokens until nothing is owed, or none can be passed: where the last one ends (-1 where it does
    not), where it begins, and what is still owed (see `_code`)."""
    stack: list[str] = []
    at, end, length = start, start, len(text)
    while 0 <= end < length and (stack or end == start) and len(stack) <= _DEPTH_LIMIT:
        at = end
        end = _interpolated(text, at, stack) if stack and stack[-1] in _TEXT else _code(text, at, stack)
    return end, at, stack


def _code(text: str, index: int, stack: list[str]) -> int:
    """Pass one token of code; `stack` holds the closers that are owed, and the kind of an open string."""
    found = _TOKEN.match(text, index)
    if found is None or found["broken"]:
        return -1
    if found["opens"]:
        stack.append(_CLOSERS[found["opens"]])
    elif found["closes"] and not (stack and stack.pop() == found["closes"]):
        return -1
    elif found["interpolated"]:
        stack.append("@" if "@" in found["interpolated"] else "$")
    return found.end()


def _interpolated(text: str, index: int, stack: list[str]) -> int:
    """Pass literal text of an interpolated string, then its closing quote or the brace that opens a hole."""
    found = _TEXT[stack[-1]].match(text, index)
    if found is None:
        return -1
    if found[1] == '"':
        stack.pop()
    else:
        stack.append("}")
    return found.end()
