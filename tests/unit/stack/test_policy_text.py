"""Azure's layout of a policy is no change; what an expression or a text says is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.local.arm.apim.policy_text import written
from apimlb.render import references
from apimlb.stack.policy_text import canonical, laid_out

POLICY = """<policies>
    <inbound>
        <base />
        <set-variable name="a" value="@{
            var text = "two  blanks";  // why
            return text + 'x';
        }" />
        <set-body>{"error": "two  blanks"}</set-body>
    </inbound>
</policies>
"""


@pytest.mark.parametrize("name", references())
def test_azure_s_own_layout_of_what_we_send_is_no_change(name: str) -> None:
    text = references()[name]
    assert canonical(written(text, escape=False)) == canonical(text)
    assert canonical(text.replace("\n", "\r\n")) == canonical(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    <base />", "\t<base/>"),
        ('name="a" value', 'name="a"\r\n   value'),
        ("var text =", "var   text\t="),
        ("\n            return", "\r\n  return"),
        ("<policies>\n", "<policies>\n\n\n"),
    ],
)
def test_white_space_that_means_nothing_is_no_change(before: str, after: str) -> None:
    assert before in POLICY
    assert canonical(POLICY.replace(before, after)) == canonical(POLICY)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"two  blanks";', '"two blanks";'),
        ('"two  blanks";', '"twoblanks";'),
        ('{"error": "two  blanks"}', '{"error": "two blanks"}'),
        ("// why\n", "// why "),
        ("'x'", "' '"),
        ('name="a"', 'name=" a"'),
        ("<base />", ""),
    ],
)
def test_white_space_and_all_else_that_means_something_is_a_change(before: str, after: str) -> None:
    assert before in POLICY
    assert canonical(POLICY.replace(before, after)) != canonical(POLICY)


def test_an_interpolated_string_keeps_what_stands_in_it() -> None:
    text = '<a b="@($"{x["k  k"]} y")" />'
    assert canonical(text) != canonical(text.replace("k  k", "k k"))


@given(st.text(alphabet="<>/ab=\"'@({})! -\n\r\t", max_size=40))
def test_whatever_stands_in_azure_can_be_compared(text: str) -> None:
    assert canonical(text) == canonical(text)
    laid_out(text)


def test_it_is_shown_an_element_a_line() -> None:
    assert laid_out("<a><b c='1'/><d>text</d></a>") == [
        "<a>",
        '  <b c="1" />',
        "  <d>",
        "    text",
        "  </d>",
        "</a>",
    ]
