"""What .NET says of XML that is not well-formed, by what expat says of it. Source: .NET Core 3.1, by running
it."""

import re
from xml.parsers import expat

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.xml.names import xml_error

_EMPTY, _INVALID, _UNCLOSED, _MISMATCH, _DUPLICATE, _JUNK, _ENTITY, _CDATA = 3, 4, 5, 7, 8, 9, 11, 20
"""Codes of expat."""

_AT_ROOT = "Data at the root level is invalid."
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)([^\s/>!?<]++)[^<>]*?(/?)>", re.DOTALL)
"""A tag, or what may hold the text of one."""

_NAME = re.compile(r"[\w.:-]*")
_LOCAL_NAME = re.compile(r"[^\W\d][\w.-]*")
_IN_VALUE = r"<[^<>]*=\s*(?:'[^'<]*|\"[^\"<]*)"
_COMMENT = re.compile(r"<!--(?:-?[^-])*+--\Z")
_NO_CHARACTER = "'{char}', {code}, is an invalid character."
_NO_NAME = "Name cannot begin with the '{char}' character, {code}."
_EXPECTED = {
    re.compile(rf"(?:{before})\Z"): what
    for before, what in {
        "&": "An error occurred while parsing EntityName.",
        r"&[^\W\d][\w.:-]*": "'{char}' is an unexpected token. The expected token is ';'.",
        _IN_VALUE: _NO_CHARACTER,
        "</?": _NO_NAME,
        r"<[^\s<>/!]+": "The '{char}' character, {code}, cannot be included in a name.",
        r"<\w[^<>]*=\s*": "'{token}' is an unexpected token. The expected token is '\"' or '''.",
        r"<\w[^<>]*\s[\w.:-]+\s*": "'{token}' is an unexpected token. The expected token is '='.",
        r"<\w[^<>]*[\"']": "'{token}' is an unexpected token. Expecting whitespace.",
        r"<\w[^<>]*\s": _NO_NAME,
    }.items()
}
"""What is wrong with a character that may not stand behind such a text. The first that fits counts."""


def fault_of(text: str, error: expat.ExpatError) -> ClrException:
    """System.Xml.XmlException for what expat found."""
    what, line, column = explained(text, error)
    return xml_error(f"{what} Line {line}, position {column}." if text.strip() else what)


def explained(text: str, error: expat.ExpatError) -> tuple[str, int, int]:
    """What .NET says is wrong, and the line and the column that it names."""
    line, column = error.lineno, error.offset + 1
    if not text.strip():
        return "Root element is missing.", line, column
    if len(text) < 4:  # .NET looks for an encoding in four characters
        return _AT_ROOT, 1, 1
    if not text.lstrip().startswith("<"):
        return _AT_ROOT, line, column
    rows = text.split("\n")
    at = sum(len(row) + 1 for row in rows[: line - 1]) + column - 1
    if error.code in (_EMPTY, _UNCLOSED):
        return _unclosed(text), len(rows), len(rows[-1]) + 1
    if error.code == _MISMATCH:
        return _mismatched(text, at), line, column
    what, offset = _at_character(text, error.code, at)
    return what, line, column + offset


def _opened(text: str, end: int) -> list[re.Match[str]]:
    """The start tags before a place that nothing closes there."""
    found: list[re.Match[str]] = []
    for tag in _TAG.finditer(text, 0, end):
        BUDGET.spend()
        if tag[1] and found:
            found.pop()
        elif tag[2] and not tag[1] and not tag[3]:
            found.append(tag)
    return found


def _unclosed(text: str) -> str:
    names = [tag[2] for tag in reversed(_opened(text, len(text)))]
    what = "Unexpected end of file has occurred."
    return f"{what} The following elements are not closed: {', '.join(names)}." if names else what


def _mismatched(text: str, at: int) -> str:
    """An end tag that closes another element than the last one that is open."""
    opened = _opened(text, at - 2)
    wrong = re.compile(r"[^\s>]*").match(text, at)
    if not opened or wrong is None:
        return "Unexpected end tag."
    last = opened[-1]
    before = text[: last.start() + 1]
    place = f"line {before.count(chr(10)) + 1} position {len(before) - before.rfind(chr(10))}"
    return f"The '{last[2]}' start tag on {place} does not match the end tag of '{wrong[0]}'."


def _at_character(text: str, code: int, at: int) -> tuple[str, int]:
    """What is wrong, and how many columns behind expat .NET says so."""
    char = text[at : at + 1]
    if code == _JUNK:
        return ("There are multiple root elements.", 1) if char == "<" else (_AT_ROOT, 0)
    if code == _DUPLICATE:
        return f"'{_name(text, at)}' is a duplicate attribute name.", 0
    if code == _ENTITY:
        return f"Reference to undeclared entity '{_name(text, at + 1)}'.", 1
    if code == _CDATA:
        return "Unexpected end of file while parsing CDATA has occurred.", 0
    if code == _INVALID and text[at - 2 : at + 1] == "]]>":
        return "']]>' is not allowed in character data.", -2
    if code == _INVALID and _COMMENT.search(text[:at]):
        return "An XML comment cannot contain '--', and '-' cannot be the last character.", -2
    if code == _INVALID:
        return _invalid(text, at, char), 0
    what = expat.ErrorString(code)
    return f"{what[0].upper()}{what[1:]}.", 0


def _invalid(text: str, at: int, char: str) -> str:
    """What is wrong with a character that may not stand where it does."""
    code = f"hexadecimal value 0x{ord(char or chr(0)):02X}"
    control = char < " " and char not in "\t\r\n"
    other = _NO_CHARACTER if control else "Not well-formed (invalid token)."
    what = next((what for place, what in _EXPECTED.items() if place.search(text[:at])), other)
    if what is _NO_CHARACTER and char == "<":
        return f"'<', {code}, is an invalid attribute character."
    name = _NAME.match(text, at)
    if what.endswith("whitespace."):
        name = _LOCAL_NAME.match(text, at)
        what = _NO_NAME if name is None else what
    return what.format(char=char, code=code, token=(name and name[0]) or char)


def _name(text: str, at: int) -> str:
    found = _NAME.match(text, at)
    return "" if found is None else found[0]
