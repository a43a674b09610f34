"""What the elements of one request may cost together, expressions included: counted, as theirs are."""

import ast
import base64
import tracemalloc
from pathlib import Path

import pytest

from apimlb.policy import elements
from apimlb.policy.clr.budget import REQUEST_STEPS, STEPS
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.document.problems import NOT_IMPLEMENTED
from apimlb.policy.rehearse.rehearsal import exchange_of
from apimlb.policy.rehearse.services import ScriptedServices
from apimlb.policy.run.pipeline import preflight
from tests.fuzz import dear
from tests.unit.policy.play import document, play
from tests.unit.policy.test_compiler import refusal

HOME = Path(elements.__file__).parent

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


_SENT = {"method": "POST", "body": "a" * 1_000_000}
_PREFLIGHT = {
    "Origin": "https://a.test",
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": ",".join(f"x{n}" for n in range(12_000)),
}
_TEXT = "@(context.Request.Body.As&lt;string&gt;(true))"
JOINED = {
    "a path of many parameters": (
        f'<rewrite-uri template="/{"{p}" * 6_000}"/>',
        {"parameters": {"p": "a" * 60_000}},
    ),
    "a list of exposed headers": (
        f"<cors><allowed-origins><origin>*</origin></allowed-origins>"
        f"<expose-headers>{f'<header>{_TEXT}</header>' * 50}</expose-headers></cors>",
        _SENT | {"headers": {"Origin": "https://a.test"}},
    ),
    "a key of many headers": (
        '<cache-lookup vary-by-developer="false" vary-by-developer-groups="false">'
        f"{'<vary-by-header>x</vary-by-header>' * 2_000}</cache-lookup>",
        {"method": "GET", "headers": {"x": "a" * 60_000}},
    ),
}


@pytest.mark.parametrize("name", JOINED)
async def test_a_text_is_refused_before_it_is_put_together(name: str) -> None:
    element, request = JOINED[name]
    tracemalloc.start()
    try:
        played = await play(element, request=request)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert played.response.status == 500
    assert peak < 100_000_000


async def test_the_names_that_a_preflight_asks_for_are_paid_for() -> None:
    listed = "".join(f"<header>x{n}</header>" for n in range(1_000))
    held = f"<allowed-origins><origin>*</origin></allowed-origins><allowed-headers>{listed}</allowed-headers>"
    element = f'<cors terminate-unmatched-request="false">{held}</cors>'
    case = {"request": {"method": "OPTIONS", "headers": _PREFLIGHT}}
    exchange = exchange_of(case, ScriptedServices(case))
    await preflight(effective([compile_policy(document(element * 2))]), exchange)
    assert REQUEST_STEPS - exchange.context.allowance.steps >= 2 * (1_000 + 5_000)


async def test_each_look_at_a_claim_is_paid_for() -> None:
    element = (
        '<validate-jwt token-value="@(context.Request.Body.As&lt;string&gt;(true))" '
        'require-signed-tokens="false"><required-claims>{}</required-claims></validate-jwt>'
    )
    claim = '<claim name="a" match="any" separator=","><value>[]</value></claim>'
    head, _, rest = dear.token(f"[{'[],' * 20_000}1]").partition(".")
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    request = {"method": "POST", "body": f"{head}.{rest}"}
    assert (await play(element.format(claim), request=request)).response.status == 200
    assert (await play(element.format(claim * 60), request=request)).response.status == 500


async def test_what_elements_spend_the_expressions_behind_them_lack() -> None:
    dear = f"@{{ var n = 0; for (var i = 0; i &lt; {STEPS // 4}; i++) n ^= i; return n; }}"
    element, kind, body = ELEMENTS["xml-to-json"]
    request = {"method": "POST", "headers": {"Content-Type": kind}, "body": body}
    behind = f"<set-variable name='n' value='{dear}'/>" * 2
    assert (await play(behind, request=request)).response.status == 200
    turn = KEEP + (PUT_BACK.format(type=kind) + element) * 2
    assert (await play(turn + behind, request=request)).response.status == 500


def test_every_element_has_a_case_that_makes_it_dear() -> None:
    here = {tag for tag in elements.ELEMENTS if tag not in dear.CASES}
    for tag in here:
        assert refusal(document(f"<{tag}/>")).problems[0].code == NOT_IMPLEMENTED, f"{tag} has no case"
    assert set(dear.CASES) <= set(elements.ELEMENTS)


PLACES = [(tag, place) for tag, cases in dear.CASES.items() for place in range(len(cases))]


@pytest.mark.parametrize(("tag", "place"), PLACES)
def test_what_an_element_does_is_paid_for(tag: str, place: int) -> None:
    assert dear.fault(tag, place, seed=1, size=6_000) == ""


HANDED_ON = {
    "callouts": "MessageBody(rest_of(held.body))",
    "mocks": "MessageBody(body)",
    "response_cache": "MessageBody(self.body)",
}
"""The bodies that elements put in a message without making them, by module: a message, the API or a cache
holds them already."""

READERS = {"json", "xml", "expat", "html", "binascii"}


@pytest.mark.parametrize("path", sorted(HOME.rglob("*.py")), ids=lambda path: str(path.relative_to(HOME)))
def test_elements_look_into_bodies_by_way_of_their_formats_alone(path: Path) -> None:
    """A new element cannot read a body, or put one in a message, without paying for it."""
    tree = ast.parse(path.read_text())
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    taken = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    made = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert "octets" not in taken, "bytes that nobody pays for"
    if path.stem == "formats":
        return
    quoting = {"xml.sax.saxutils"}  # writes, for a document that its maker pays for
    assert {name for name in imported if name.partition(".")[0] in READERS} - quoting == set()
    assert {call for call in made if call.startswith("MessageBody(")} - {HANDED_ON.get(path.stem)} == set()


async def test_an_answer_that_costs_too_much_to_count_is_a_fault_like_any_other() -> None:
    limit = '<llm-token-limit counter-key="a" tokens-per-minute="9" estimate-prompt-tokens="false"/>'
    answer = {"status": 200, "body": f"[{'[],' * 1_500_000}1]"}
    played = await play(limit, backends=[{"reply": answer}])
    assert played.response.status == 500
    assert played.last_error is not None
    assert played.last_error.reason == "StepLimitExceeded"
