"""Format xml: .NET's words for what is no XML, with line and position."""

import pytest

from apimlb.errors import PolicyError
from apimlb.policy.document.well_formed import check_well_formed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '<fragment>\n <set-variable name="i" value="@(Get("x-id", 1))"/></fragment>',
            "'x-id' is an unexpected token. Expecting white space. Line 2, position 39.",
        ),
        ('<a>\n<b c="@(x && y)"/></a>', "An error occurred while parsing EntityName. Line 2, position 12."),
        ("<a>@(x && y)</a>", "An error occurred while parsing EntityName. Line 1, position 9."),
        ("<a>u?a=1&b=2</a>", "'=' is an unexpected token. The expected token is ';'. Line 1, position 11."),
        (
            '<a b="x < y"/>',
            "'<', hexadecimal value 0x3C, is an invalid attribute character. Line 1, position 9.",
        ),
        ('<a b="?c&d;"/>', "Reference to undeclared entity 'd'. Line 1, position 10."),
        ("<a>&nbsp;</a>", "Reference to undeclared entity 'nbsp'. Line 1, position 5."),
        (
            "<a><b></a>",
            "The 'b' start tag on line 1 position 5 does not match the end tag of 'a'. Line 1, position 9.",
        ),
        ("<!DOCTYPE a><a/>", "For security reasons DTD is prohibited in this XML document. Line 1"),
    ],
)
def test_it_is_told_where_and_why(text: str, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        check_well_formed(text)
    assert caught.value.what.startswith(said)
    assert caught.value.code == "ValidationError"


def test_xml_proper_passes() -> None:
    check_well_formed('\ufeff<a b="&quot;x&quot;"><!-- c --></a>')


def test_a_text_is_read_whatever_encoding_it_declares() -> None:
    check_well_formed('<?xml version="1.0" encoding="none"?><a>é</a>')
