"""Where a C# expression ends, found by brackets alone: what the reader needs, before any grammar.

Only brackets, strings, character literals and comments matter. A quote met inside brackets opens a string, so
it can never be the end of the attribute that holds the expression; generics need no rule.
"""

import re

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_CODE = re.compile(r"""[()\[\]{}"'/@$]""")
_REGULAR = re.compile(r'"(?:\\.|[^"\\\r\n\x85\u2028\u2029])*"')
_VERBATIM = re.compile(r'@"(?:[^"]|"")*"')
_CHARACTER = re.compile(r"'(?:\\[^\n]{1,9}?|[^'\\\n]{1,2})'")
_LINE_COMMENT = re.compile(r"//[^\r\n\x85\u2028\u2029]*")
_BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INTERPOLATED_START = re.compile(r'\$@"|@\$"|\$"')
_TEXT = {  # literal text of an interpolated string up to what ends it or opens a hole
    "$": re.compile(r'(?:\\.|\{\{|\}\}|[^"\\{}\n])*'),
    "@": re.compile(r'(?:""|\{\{|\}\}|[^"{}])*'),
}
_DEPTH_LIMIT = 200


def end_of_expression(text: str, start: int) -> int:
    """The index after the bracket that closes the one at `start`; -1 when it does not close, or a string or
    comment in between does not."""
    end, _, stack = _passed(text, start)
    return end if end > start and not stack else -1


def left_open(text: str, start: int) -> str:
    """Why the bracket at `start` does not close, in a few words."""
    end, index, stack = _passed(text, start)
    if end >= 0:
        return "brackets are nested too deep" if len(stack) > _DEPTH_LIMIT else "a bracket is not closed"
    found = _CODE.search(text, index)
    char = found[0] if found else ""
    if char in ('"', "@", "$") or (stack and stack[-1] in _TEXT):
        return "Newline in constant, a string literal is not closed on its line"
    if char == "'":
        return "a character literal is not closed, or too long"
    return "a comment is not closed" if char == "/" else "a bracket is not closed"


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
    found = _CODE.search(text, index)
    if found is None:
        return -1
    index = found.start()
    char = text[index]
    if char in _CLOSERS:
        stack.append(_CLOSERS[char])
        return index + 1
    if char in ")]}":
        return index + 1 if stack and stack.pop() == char else -1
    return _token(text, index, char, stack)


def _token(text: str, index: int, char: str, stack: list[str]) -> int:
    """Pass a string, character literal or comment, or a lone character that looks like the start of one."""
    if opened := _INTERPOLATED_START.match(text, index):
        stack.append("@" if "@" in opened[0] else "$")
        return opened.end()
    if char == "'":
        literal = _CHARACTER.match(text, index)
        return literal.end() if literal else -1
    if char == '"' or text.startswith('@"', index):
        string = (_REGULAR if char == '"' else _VERBATIM).match(text, index)
        return string.end() if string else -1
    comment = _LINE_COMMENT.match(text, index) or _BLOCK_COMMENT.match(text, index)
    if comment:
        return comment.end()
    return -1 if text.startswith("/*", index) else index + 1


def _interpolated(text: str, index: int, stack: list[str]) -> int:
    """Pass literal text of an interpolated string, then its closing quote or the brace that opens a hole."""
    found = _TEXT[stack[-1]].match(text, index)
    index = found.end() if found else index
    if text.startswith('"', index):
        stack.pop()
        return index + 1
    if text.startswith("{", index):
        stack.append("}")
        return index + 1
    return -1
