"""What the elements of one request may cost together, expressions included: counted, as theirs are."""

import pytest

from apimlb.policy.clr.budget import STEPS
from tests.unit.policy.play import play

KEEP = "<set-variable name='sent' value='@(context.Request.Body.As<string>(true))'/>"
PUT_BACK = (
    "<set-header name='Content-Type'><value>{type}</value></set-header>"
    '<set-body>@((string)context.Variables["sent"])</set-body>'
)
ELEMENTS = {
    "xml-to-json": (
        "<xml-to-json kind='direct' apply='always' consider-accept-header='false'/>",
        "text/xml",
        f"<a>{'<b/>' * 30_000}</a>",
    ),
    "json-to-xml": (
        "<json-to-xml apply='always' consider-accept-header='false'/>",
        "application/json",
        f"[{'1,' * 40_000}1]",
    ),
    "a template on XML": (
        "<set-body template='liquid'>{{body.a}}</set-body>",
        "text/xml",
        f"<a>{'<b/>' * 30_000}</a>",
    ),
    "a template on JSON": (
        "<set-body template='liquid'>{{body[0]}}</set-body>",
        "application/json",
        f"[{'{},' * 160_000}1]",
    ),
}


@pytest.mark.parametrize("name", ELEMENTS)
async def test_they_draw_on_the_budget_of_the_request(name: str) -> None:
    element, kind, body = ELEMENTS[name]
    request = {"method": "POST", "headers": {"Content-Type": kind}, "body": body}
    turn = PUT_BACK.format(type=kind) + element
    assert (await play(KEEP + turn, request=request)).response.status == 200
    assert (await play(KEEP + turn * 6, request=request)).response.status == 500


async def test_what_elements_spend_the_expressions_behind_them_lack() -> None:
    dear = f"@{{ var n = 0; for (var i = 0; i &lt; {STEPS // 4}; i++) n ^= i; return n; }}"
    element, kind, body = ELEMENTS["xml-to-json"]
    request = {"method": "POST", "headers": {"Content-Type": kind}, "body": body}
    behind = f"<set-variable name='n' value='{dear}'/>" * 2
    assert (await play(behind, request=request)).response.status == 200
    turn = KEEP + (PUT_BACK.format(type=kind) + element) * 2
    assert (await play(turn + behind, request=request)).response.status == 500
