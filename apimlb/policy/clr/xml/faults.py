"""What .NET says of XML that is not well-formed, by what expat says of it. Source: .NET Core 3.1, by running
it."""

import re
from contextlib import suppress
from xml.parsers import expat

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.utf16 import enter
from apimlb.policy.clr.xml.names import xml_error

_EMPTY, _INVALID, _UNCLOSED, _MISMATCH, _DUPLICATE, _JUNK, _ENTITY = 3, 4, 5, 7, 8, 9, 11
"""Codes of expat."""

_NO_ROOT = "Root element is missing."
_AT_ROOT = "Data at the root level is invalid."
_OTHERS = {
    2: (_AT_ROOT, 0),
    17: (
        "Unexpected XML declaration. The XML declaration must be the first node in the document, and no "
        "whitespace characters are allowed to appear before it.",
        2,
    ),
    20: ("Unexpected end of file while parsing CDATA has occurred.", 0),
}
"""What .NET says for codes that need no look at the text, and how many characters behind expat."""

_UNDECLARED = re.compile("&(?!(?:lt|gt|amp|quot|apos);|#)")
_NAME = re.compile(r"[\w.:-]*")
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


def fault_of(content: bytes, parser: expat.XMLParserType) -> ClrException:
    """System.Xml.XmlException for what expat found in a text in UTF-8."""
    what, line, column = explained(content, parser)
    return xml_error(what) if what == _NO_ROOT else _placed(what, line, column)


def fault_behind(before: bytes, what: str) -> ClrException:
    """System.Xml.XmlException for what is wrong behind a text in UTF-8."""
    return _placed(what, *_position(before.decode()))


def explained(content: bytes, parser: expat.XMLParserType) -> tuple[str, int, int]:
    """What .NET says is wrong, and the line and the column that it names."""
    text = content.decode("utf-8", "replace")
    before = content[: max(parser.ErrorByteIndex, 0)].decode("utf-8", "replace")
    what, at = _found(text, parser.ErrorCode, len(before))
    return what, *_position(text[:at])


def _placed(what: str, line: int, column: int) -> ClrException:
    return xml_error(enter(f"{what} Line {line}, position {column}."))


def _position(before: str) -> tuple[int, int]:
    """The line and the column behind a text, counted in UTF-16."""
    line = before.count("\n") + before.count("\r") - before.count("\r\n") + 1
    row = before[max(before.rfind("\n"), before.rfind("\r")) + 1 :]
    return line, len(enter(row)) + 1


def _opened(text: str) -> list[tuple[str, int]]:
    """The start tags that nothing closes before the fault: names, and how many bytes are before them."""
    found: list[tuple[str, int]] = []
    parser = expat.ParserCreate("utf-8")

    def start(name: str, attributes: dict[str, str]) -> None:
        BUDGET.spend(2)  # for its end too
        found.append((name, parser.CurrentByteIndex))

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: found.pop()
    with suppress(expat.ExpatError):
        parser.Parse(text.encode(), True)
    parser.StartElementHandler = None  # which holds the parser, and that is large
    return found


def _found(text: str, code: int, at: int) -> tuple[str, int]:
    """What is wrong, and where .NET says so."""
    begun = text.lstrip(" \t\r\n")
    if begun and len(text) < 4:  # .NET looks for an encoding in four characters
        return _AT_ROOT, 0
    if begun[:1] > " " and not begun.startswith("<"):
        return _AT_ROOT, len(text) - len(begun)
    if code in (_EMPTY, _UNCLOSED):
        return _unclosed(text, code), len(text)
    if code == _MISMATCH:
        return _mismatched(text, at), at
    if code == _JUNK:
        another = text[at : at + 1] == "<"
        return ("There are multiple root elements.", at + 1) if another else (_AT_ROOT, at)
    if code == _DUPLICATE:
        return f"'{_name(text, at)}' is a duplicate attribute name.", at
    if code == _ENTITY:
        at += len(_UNDECLARED.split(text[at:], maxsplit=1)[0]) + 1  # expat names the tag around a value
        return f"Reference to undeclared entity '{_name(text, at)}'.", at
    if code == _INVALID:
        return _invalid(text, at)
    what, offset = _OTHERS.get(code) or (f"{expat.ErrorString(code)}.", 0)
    return what[0].upper() + what[1:], at + offset


def _unclosed(text: str, code: int) -> str:
    names = [name for name, _ in reversed(_opened(text))]
    if not names and code == _EMPTY:
        return _NO_ROOT
    what = "Unexpected end of file has occurred."
    return f"{what} The following elements are not closed: {', '.join(names)}." if names else what


def _mismatched(text: str, at: int) -> str:
    """An end tag that closes another element than the last one that is open."""
    opened = _opened(text)
    if not opened:
        return "Unexpected end tag."
    last, size = opened[-1]
    line, column = _position(text.encode()[: size + 1].decode())
    wrong = re.split(r"[\s>]", text[at:], maxsplit=1)[0]
    return f"The '{last}' start tag on line {line} position {column} does not match the end tag of '{wrong}'."


def _invalid(text: str, at: int) -> tuple[str, int]:
    """What is wrong with a character that may not stand where it does."""
    before, char = text[:at], text[at : at + 1]
    if before.endswith("<") and char == "/":
        return _mismatched(text, at + 1), at + 1
    if before.endswith("]]") and char == ">":
        return "']]>' is not allowed in character data.", at - 2
    if _COMMENT.search(before):
        return "An XML comment cannot contain '--', and '-' cannot be the last character.", at - 2
    code = f"hexadecimal value 0x{ord(char or chr(0)):02X}"
    control = char < " " and char not in "\t\r\n"
    other = _NO_CHARACTER if control else "Not well-formed (invalid token)."
    what = next((what for place, what in _EXPECTED.items() if place.search(before)), other)
    if what is _NO_CHARACTER and char == "<":
        return f"'<', {code}, is an invalid attribute character.", at
    token = _name(text, at)
    if what.endswith("whitespace."):
        token = token.partition(":")[0]
        what = what if token[:1].isidentifier() else _NO_NAME
    return what.format(char=char, code=code, token=token or char), at


def _name(text: str, at: int) -> str:
    found = _NAME.match(text, at)
    return "" if found is None else found[0]
