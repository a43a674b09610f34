"""What Azure demands of `format: xml`: XML proper, expressions escaped; its refusals in .NET's words.

The words are those that users report: Azure/apiops issues 160 and 204, pulumi-azure issue 611,
azure-api-management-devops-resource-kit issue 202.
"""

import re
from xml.parsers import expat

from apimlb.errors import PolicyError

DTD_PROHIBITED = "For security reasons DTD is prohibited in this XML document."
_TOKEN = re.compile(r"[\w.:-]+|.", re.DOTALL)
_ENTITY = re.compile(r"&[A-Za-z_][\w.-]*$")
_ESCAPE = "Escape quotes, '<' and '&' inside expressions, or send the policy as rawxml."
_INVALID, _UNDEFINED = 4, 11
"""expat's codes: not well-formed, undefined entity."""


def check_well_formed(text: str) -> None:
    """Raises PolicyError, with line and position, for what is no XML."""
    parser = expat.ParserCreate()

    def refuse_doctype(*_: object) -> None:
        raise unreadable(DTD_PROHIBITED, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, _ESCAPE)

    parser.StartDoctypeDeclHandler = refuse_doctype
    text = text.removeprefix("\ufeff")
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        line, place = error.lineno, error.offset
        lines = text.split("\n")
        before, after = (lines[line - 1][:place], lines[line - 1][place:]) if line <= len(lines) else ("", "")
        raise unreadable(_said(error, before, after), line, place + 1, _ESCAPE) from error


def unreadable(what: str, line: int, column: int, next_step: str = "") -> PolicyError:
    """What is wrong with a document's text, and where."""
    return PolicyError(
        f"{what} Line {line}, position {column}.",
        line=line,
        column=column,
        code="ValidationError",
        next_step=next_step,
    )


def _said(error: expat.ExpatError, before: str, after: str) -> str:
    """What .NET's reader says where expat stopped, between `before` and `after` in the line."""
    token = _TOKEN.match(after)
    found = token[0] if token else ""
    if error.code == _UNDEFINED:
        name = re.match(r"&([\w.-]+)", after)
        return f"Reference to undeclared entity '{name[1] if name else ''}'."
    if error.code != _INVALID or not found:
        said = expat.ErrorString(error.code) or "the document is not well-formed"
        return f"{said[:1].upper()}{said[1:]}."
    if before.endswith("&"):
        return "An error occurred while parsing EntityName."
    if _ENTITY.search(before):
        return f"'{found}' is an unexpected token. The expected token is ';'."
    if found == "<":
        return "'<', hexadecimal value 0x3C, is an invalid attribute character."
    if before.endswith(('"', "'")):
        return f"'{found}' is an unexpected token. Expecting white space."
    return f"'{found}' is an unexpected token."
