"""Policies: compiled before they are stored, told in two formats, kept when the next one is bad."""

from dataclasses import replace

import pytest

from tests.unit.local.arm.apim.test_children import API, ONE, POST, problems
from tests.unit.local.arm.scene import SERVICE, Scene

POLICY = f"{SERVICE}/apis/openai/policies/policy"
RAW = """<policies>
    <inbound>
        <base />
        <set-header name="x" exists-action="override">
            <value>@(context.Request.Headers.GetValueOrDefault("a", "<none>"))</value>
        </set-header>
    </inbound>
    <backend><base /></backend>
    <outbound />
</policies>"""


@pytest.fixture
async def scene() -> Scene:
    made = Scene()
    await made.group()
    await made.service()
    await made.put(f"{SERVICE}/apis/openai", API)
    return made


def policy(value: str, format: str = "rawxml") -> dict[str, dict[str, str]]:
    return {"properties": {"format": format, "value": value}}


def inbound(text: str) -> str:
    return f"<policies><inbound>{text}</inbound><backend /><outbound /><on-error /></policies>"


async def test_a_policy_is_given_back_raw_or_escaped(scene: Scene) -> None:
    made = await scene.put(POLICY, policy(RAW))
    assert made.status == 201
    raw = await scene.get(f"{POLICY}?format=rawxml")
    assert raw.properties == {"format": "rawxml", "value": RAW}
    escaped = (await scene.get(POLICY)).properties
    assert escaped["format"] == "xml"
    assert "GetValueOrDefault(&quot;a&quot;, &quot;&lt;none&gt;&quot;)" in escaped["value"]
    assert escaped["value"].startswith("<policies>\r\n\t<inbound>\r\n\t\t<base />\r\n")
    again = await scene.put(POLICY, policy(escaped["value"], "xml"))
    assert again.status == 200
    assert (await scene.get(POLICY)).properties == escaped


async def test_a_cloud_may_rewrite_raw_policies_too() -> None:
    scene = Scene(replace(Scene().settings, rewrites_policies=True))
    await scene.group()
    await scene.service()
    await scene.put(f"{SERVICE}/apis/openai", API)
    await scene.put(POLICY, policy(RAW))
    value = (await scene.get(f"{POLICY}?format=rawxml")).properties["value"]
    assert value == RAW.replace("    ", "\t").replace(
        "<backend><base /></backend>", "<backend>\n\t\t<base />\n\t</backend>"
    ).replace("\n", "\r\n")


async def test_what_is_stored_for_the_gateway_is_the_raw_text(scene: Scene) -> None:
    await scene.put(POLICY, policy(RAW))
    stored = scene.store.get(POLICY)
    assert stored is not None
    assert stored.hidden["rawxml"] == RAW


async def test_a_bad_policy_is_refused_and_the_old_one_stays(scene: Scene) -> None:
    await scene.put(POLICY, policy(RAW))
    before = await scene.get(POLICY)
    refused = await scene.put(POLICY, policy("<policies><inbound></policies>"))
    assert problems(refused)[0][0] == "representation"
    after = await scene.get(POLICY)
    assert (after.json, after.headers.get("ETag")) == (before.json, before.headers.get("ETag"))
    assert problems(await scene.put(POLICY, policy(RAW, "xml-link")))[0][0] == "format"
    assert problems(await scene.put(POLICY, {"properties": {}}))[0][0] == "value"


async def test_every_scope_has_a_policy_of_one_name(scene: Scene) -> None:
    await scene.put(f"{SERVICE}/apis/openai/operations/post", POST)
    await scene.put(f"{SERVICE}/products/chat", {"properties": {"displayName": "Chat"}})
    for scope in ("/apis/openai", "/apis/openai/operations/post", "/products/chat"):
        path = f"{SERVICE}{scope}/policies/policy"
        assert (await scene.get(path)).message == "Policy not found."
        assert (await scene.put(path, policy(inbound("")))).status == 201
        assert (await scene.get(path.rpartition("/")[0])).json["count"] == 1
        assert (await scene.delete(path)).status == 200
    assert (await scene.put(f"{SERVICE}/policies/mine", policy(inbound("")))).status == 400


async def test_a_new_service_has_a_policy_of_all_apis(scene: Scene) -> None:
    path = f"{SERVICE}/policies/policy"
    assert "<forward-request />" in (await scene.get(path)).properties["value"]
    assert (await scene.put(path, policy(inbound("")))).status == 200
    assert (await scene.get(f"{SERVICE}/policies")).json["count"] == 1


async def test_a_policy_may_only_name_what_exists(scene: Scene) -> None:
    header = '<set-header name="x"><value>{{who}}</value></set-header>'
    assert "who" in problems(await scene.put(POLICY, policy(inbound(header))))[0][1]
    await scene.put(f"{SERVICE}/namedValues/n1", {"properties": {"displayName": "who", "value": "me"}})
    assert (await scene.put(POLICY, policy(inbound(header)))).status == 201
    backend = '<set-backend-service backend-id="one" />'
    [(target, message)] = problems(await scene.put(POLICY, policy(inbound(backend))))
    assert (target, message.endswith("Backend with id 'one' could not be found.")) == (
        "set-backend-service",
        True,
    )
    await scene.put(f"{SERVICE}/backends/one", ONE)
    assert (await scene.put(POLICY, policy(inbound(backend)))).status == 200


async def test_what_a_policy_uses_cannot_be_deleted(scene: Scene) -> None:
    await scene.put(f"{SERVICE}/namedValues/n1", {"properties": {"displayName": "who", "value": "me"}})
    fragment = f"{SERVICE}/policyFragments/shared"
    await scene.put(
        fragment, policy('<fragment><set-header name="x"><value>y</value></set-header></fragment>')
    )
    text = '<set-variable name="a" value="{{who}}" /><include-fragment fragment-id="shared" />'
    assert (await scene.put(POLICY, policy(inbound(text)))).status == 201
    assert "in use" in problems(await scene.delete(f"{SERVICE}/namedValues/n1"))[0][1]
    assert "in use" in problems(await scene.delete(fragment))[0][1]
    await scene.delete(POLICY)
    assert (await scene.delete(fragment)).status == 200
    assert (await scene.delete(f"{SERVICE}/namedValues/n1")).status == 200


@pytest.mark.parametrize(
    ("include", "in_use"),
    [
        ("<include-fragment fragment-id='shared' />", True),
        ('<include-fragment fragment-id = "Shared" />', True),
        ('<include-fragment fragment-id="{{which}}" />', True),
        ('<!-- <include-fragment fragment-id="shared" /> -->', False),
    ],
)
async def test_a_fragment_is_in_use_where_a_policy_includes_it(
    scene: Scene, include: str, in_use: bool
) -> None:
    await scene.put(f"{SERVICE}/namedValues/n1", {"properties": {"displayName": "which", "value": "shared"}})
    fragment = f"{SERVICE}/policyFragments/shared"
    await scene.put(fragment, policy("<fragment><set-method>GET</set-method></fragment>"))
    assert (await scene.put(POLICY, policy(inbound(include)))).status == 201
    assert (await scene.post(f"{fragment}/listReferences")).json["count"] == int(in_use)
    assert (await scene.delete(fragment)).status == (400 if in_use else 200)


async def test_a_fragment_is_checked_too(scene: Scene) -> None:
    fragment = f"{SERVICE}/policyFragments/shared"
    assert problems(await scene.put(fragment, policy("<policies />")))[0][0] == "representation"
    quoted = await scene.put(fragment, policy('<fragment>\n<trace source="@("x")" /></fragment>', "xml"))
    assert quoted.json["error"] == {
        "code": "ValidationError",
        "message": "The policy fragment is not a valid XML: 'x' is an unexpected token. "
        "Expecting white space. Line 2, position 19.",
        "details": None,
    }
    assert (await scene.put(fragment, policy("<fragment><base /></fragment>"))).status == 201
    raw = await scene.get(f"{fragment}?format=rawxml")
    assert raw.properties["format"] == "rawxml"


async def test_an_expression_that_does_not_compile_is_refused_with_its_place(scene: Scene) -> None:
    text = inbound('<set-variable name="a" value="@(context.Request.Nothing)" />')
    [(target, message)] = problems(await scene.put(POLICY, policy(text)))
    assert target == "set-variable"
    assert message.startswith("Error in element 'set-variable' on line 1, column ")
    assert "Nothing" in message


async def test_every_problem_is_told(scene: Scene) -> None:
    text = inbound('<nonsense /><set-variable name="a" />')
    assert len(problems(await scene.put(POLICY, policy(text)))) == 2


async def test_a_policy_sent_as_xml_is_told_raw(scene: Scene) -> None:
    rule = '<set-variable name="a" value="@(1 + 2 == 3 ? &quot;x&quot; : null)" />'
    assert (await scene.put(POLICY, policy(inbound(rule), "xml"))).status == 201
    raw = (await scene.get(f"{POLICY}?format=rawxml")).properties["value"]
    assert '@(1 + 2 == 3 ? "x" : null)' in raw
    assert "&quot;x&quot;" in (await scene.get(POLICY)).properties["value"]


async def test_a_policy_of_format_xml_with_raw_expressions_is_refused_with_their_place(scene: Scene) -> None:
    text = inbound('\n<set-variable name="a" value="@("x")" />')
    assert problems(await scene.put(POLICY, policy(text, "xml"))) == [
        ("representation", "'x' is an unexpected token. Expecting white space. Line 2, position 34.")
    ]


@pytest.mark.parametrize(
    ("expression", "position"), [('@("x" + "y")', 34), ("@(1 == 1 && true)", 41)], ids=["quote", "ampersands"]
)
async def test_raw_expressions_of_format_xml_are_placed_and_a_fragment_says_that_it_is_no_xml(
    scene: Scene, expression: str, position: int
) -> None:
    element = f'<set-variable name="a" value="{expression}" />'
    [(_, said)] = problems(await scene.put(POLICY, policy(inbound(f"\n{element}"), "xml")))
    assert said.endswith(f"Line 2, position {position}.")
    body = {"properties": {"value": f"<fragment>\n{element}</fragment>", "format": "xml"}}
    refused = await scene.put(f"{SERVICE}/policyFragments/f", body)
    assert (refused.status, refused.code) == (400, "ValidationError")
    assert refused.message == f"The policy fragment is not a valid XML: {said}"
