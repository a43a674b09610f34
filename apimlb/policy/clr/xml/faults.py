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
_TAG = re.compile(r"<(/?)([^\s/>!?<]++)[^<>]*?(/?)>")
_NAME = re.compile(r"[^\s=/>;]*")
_UNQUOTED = re.compile(r"=\s*\Z")
_IN_VALUE = re.compile(r"<[^<>]*=\s*(?:'[^'<]*|\"[^\"<]*)\Z")


def fault_of(text: str, error: expat.ExpatError) -> ClrException:
    """System.Xml.XmlException for what expat found."""
    if not text.strip():
        return xml_error("Root element is missing.")
    if len(text) < 4:  # .NET looks for an encoding in four characters
        return _at(_AT_ROOT, 1, 1)
    line, column = error.lineno, error.offset + 1
    if not text.lstrip().startswith("<"):
        return _at(_AT_ROOT, line, column)
    rows = text.split("\n")
    at = sum(len(row) + 1 for row in rows[: line - 1]) + column - 1
    if error.code in (_EMPTY, _UNCLOSED):
        return _unclosed(text, rows)
    if error.code == _MISMATCH:
        return _mismatched(text, line, column, at)
    what, offset = _explained(text, error.code, at)
    return _at(what, line, column + offset)


def _at(what: str, line: int, column: int) -> ClrException:
    return xml_error(f"{what} Line {line}, position {column}.")


def _opened(text: str, end: int) -> list[re.Match[str]]:
    """The start tags before a place that nothing closes there."""
    found: list[re.Match[str]] = []
    for tag in _TAG.finditer(text, 0, end):
        BUDGET.spend()
        if tag[1] and found:
            found.pop()
        elif not tag[1] and not tag[3]:
            found.append(tag)
    return found


def _unclosed(text: str, rows: list[str]) -> ClrException:
    names = [tag[2] for tag in reversed(_opened(text, len(text)))]
    what = "Unexpected end of file has occurred."
    if names:
        what += f" The following elements are not closed: {', '.join(names)}."
    return _at(what, len(rows), len(rows[-1]) + 1)


def _mismatched(text: str, line: int, column: int, at: int) -> ClrException:
    """An end tag that closes another element than the last one that is open."""
    opened = _opened(text, at - 2)
    wrong = re.compile(r"[^\s>]*").match(text, at)
    if not opened or wrong is None:
        return _at("Unexpected end tag.", line, column)
    last = opened[-1]
    before = text[: last.start() + 1]
    place = f"line {before.count(chr(10)) + 1} position {len(before) - before.rfind(chr(10))}"
    return _at(
        f"The '{last[2]}' start tag on {place} does not match the end tag of '{wrong[0]}'.", line, column
    )


def _explained(text: str, code: int, at: int) -> tuple[str, int]:
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
    if code == _INVALID:
        return _invalid(text[:at], char), 0
    what = expat.ErrorString(code)
    return f"{what[0].upper()}{what[1:]}.", 0


def _invalid(before: str, char: str) -> str:
    """What is wrong with a character that may not stand where it does."""
    code = f"hexadecimal value 0x{ord(char or chr(0)):02X}"
    if before.endswith("&"):
        return "An error occurred while parsing EntityName."
    if before.endswith("<"):
        return f"Name cannot begin with the '{char}' character, {code}."
    if char < " " and char not in "\t\r\n":
        return f"'{char}', {code}, is an invalid character."
    if _UNQUOTED.search(before):
        return f"'{char}' is an unexpected token. The expected token is '\"' or '''."
    if char == "<" and _IN_VALUE.search(before):
        return f"'<', {code}, is an invalid attribute character."
    return "Not well-formed (invalid token)."


def _name(text: str, at: int) -> str:
    found = _NAME.match(text, at)
    return "" if found is None else found[0]
