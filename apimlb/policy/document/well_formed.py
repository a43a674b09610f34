"""What Azure demands of `format: xml`: XML proper, expressions escaped; its refusals in .NET's words.

The words are those that users report: Azure/apiops issues 160 and 204, pulumi-azure issue 611,
azure-api-management-devops-resource-kit issue 202.
"""

from xml.parsers import expat

from apimlb.errors import PolicyError

DTD_PROHIBITED = "For security reasons DTD is prohibited in this XML document."
_ESCAPE = "Escape quotes, '<' and '&' inside expressions, or send the policy as rawxml."


def check_well_formed(text: str) -> None:
    """Raises PolicyError, with line and position, for what is no XML."""
    parser = expat.ParserCreate("utf-8")  # whatever the text declares

    def refuse_doctype(*_: object) -> None:
        raise unreadable(DTD_PROHIBITED, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, _ESCAPE)

    parser.StartDoctypeDeclHandler = refuse_doctype
    content = text.removeprefix("\ufeff").encode("utf-8", "replace")
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        from apimlb.policy.clr.xml.faults import explained  # few documents are no XML

        what, line, column = explained(content, parser)
        # .NET Framework, by which Azure says it, writes one word as two.
        raise unreadable(what.replace("whitespace", "white space"), line, column, _ESCAPE) from error


def unreadable(what: str, line: int, column: int, next_step: str = "") -> PolicyError:
    """What is wrong with a document's text, and where."""
    return PolicyError(
        f"{what} Line {line}, position {column}.",
        line=line,
        column=column,
        code="ValidationError",
        next_step=next_step,
    )
