"""set-body with a template: what it is bound to, and where."""

import sys

import pytest

from apimlb.policy.elements.liquid.weights import Hash
from tests.unit.policy.play import document, play, replies
from tests.unit.policy.test_compiler import refusal

JSON = {"Content-Type": "application/json; charset=utf-8"}
XML = {"Content-Type": "application/soap+xml"}


def template(text: str, attributes: str = "") -> str:
    return f"<set-body template='liquid' {attributes}>{text}</set-body>"


async def made(text: str, body: object, headers: dict[str, str], attributes: str = "") -> str:
    """What the backend gets."""
    request = {"method": "POST", "headers": headers, "body": body}
    return (await play(template(text, attributes), request=request)).requests[0].body.decode()


async def test_json_is_bound_by_its_names() -> None:
    body = {"customer": {"id": 7, "share": 1.0, "open": True, "none": None, "tags": ["a", "b"]}}
    text = "{{body.customer.id}} {{body.customer.share}} {{body.customer.open}} [{{body.customer.none}}] "
    text += "{{body.customer.tags[1]}}{% for tag in body.customer.tags %}-{{tag}}{% endfor %}"
    assert await made(text, body, JSON) == "7 1 true [] b-a-b"


async def test_dates_are_written_as_dotnet_does_unless_they_are_to_be_copied() -> None:
    body = {"at": "2012-03-21T05:40:00Z"}
    assert await made("{{body.at}}", body, JSON) == "03/21/2012 05:40:00"
    assert await made("{{body.at}}", body, JSON, "parse-date='false'") == "2012-03-21T05:40:00Z"


async def test_a_date_without_its_year_is_of_the_year_in_which_the_template_is_rendered() -> None:
    case = {"clock": "2031-05-06T07:08:09+00:00"}
    played = await play(template("{{ 'March 5' | Date: 'yyyy-MM-dd' }}"), request={"method": "POST"}, **case)
    assert played.requests[0].body == b"2031-03-05"


SOAP = (
    "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' "
    "xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><s:Body><Orders kind='k'>"
    "<Order><Id>1</Id></Order><Order><Id>2</Id></Order><Note i:nil='true'/></Orders></s:Body></s:Envelope>"
)


async def test_xml_is_bound_by_its_local_names() -> None:
    text = (
        "{{body.envelope.body.Orders.kind}}[{{body.envelope.body.Orders.Note}}]"
        "{% JSONArrayFor order in body.envelope.body.Orders.Order %}{{order.Id}}{% endJSONArrayFor %}"
    )
    assert await made(text, SOAP, XML) == "k[]1,2"


async def test_a_loop_over_an_element_goes_over_its_children() -> None:
    """So do the templates that API Management makes of a WSDL, where a list holds elements of one name."""
    body = "<r><list><item><Id>1</Id></item><item><Id>2</Id></item><last>3</last></list></r>"
    loop = "{% JSONArrayFor each in body.r.list %}[{{each.Id}}]{% endJSONArrayFor %} {{body.r.list | Size}}"
    assert await made(loop, body, XML) == "[1],[2],[] 3"


@pytest.mark.parametrize(("nil", "text"), [("blank", "yes"), ("null", "no")])
async def test_a_nil_element_is_blank_or_null(nil: str, text: str) -> None:
    source = "{% if body.envelope.body.Orders.Note == '' %}yes{% else %}no{% endif %}"
    assert await made(source, SOAP, XML, f"xsi-nil='{nil}'") == text


async def test_any_other_body_is_text_and_what_does_not_parse_is_empty() -> None:
    assert await made("[{{body}}]", "a=1", {}) == "[a=1]"
    assert await made("[{{body}}]", "{", JSON) == "[]"


async def test_the_context_is_there() -> None:
    text = (
        "{{context.Request.Method}} {{context.Request.Url.Path}} "
        "{{context.Request.MatchedParameters['id']}} {{context.Variables['v'].a}} "
        "{% for h in context.Request.Headers %}{{h.Key}}={{h.Value}};{% endfor %}"
    )
    request = {"method": "POST", "url": "https://gateway.test/a", "headers": {"Host": "h", "x": "1"}}
    played = await play(
        template(text), request={**request, "parameters": {"id": "5"}}, variables={"v": {"a": 9}}
    )
    assert played.requests[0].body == b"POST /a 5 9 Host=h;x=1;"


async def test_markup_in_a_template_stays_markup() -> None:
    text = "<order><id>{{body.id}}</id></order>"
    assert await made(text, {"id": 3}, JSON) == "<order><id>3</id></order>"


async def test_a_response_is_bound_in_outbound() -> None:
    answer = {"headers": JSON, "body": {"a": 1}}
    played = await play(
        outbound=template("{{context.Response.StatusCode}}:{{body.a}}"), backends=replies(answer)
    )
    assert played.response.body == b"200:1"


async def test_inside_return_response_there_is_no_body() -> None:
    played = await play(
        f"<return-response>{template('[{{body}}]{{context.Request.Method}}')}</return-response>",
        request={"method": "POST", "body": "x"},
    )
    assert played.response.body == b"[]POST"


async def test_a_side_request_is_made_of_the_body_and_leaves_it() -> None:
    side = f"<set-url>https://side.test/</set-url><set-method>POST</set-method>{template('{{body.a}}')}"
    request = {"method": "POST", "headers": JSON, "body": {"a": 1}}
    played = await play(f"<send-request response-variable-name='r'>{side}</send-request>", request=request)
    assert [each.body for each in played.requests] == [b"1", b'{"a": 1}']


@pytest.mark.parametrize(
    ("text", "what"), [("{% if a %}", "Liquid syntax error"), ("@(1)", "Expressions are not allowed")]
)
def test_what_is_no_template_is_refused(text: str, what: str) -> None:
    assert what in refusal(document(template(text))).what


async def test_none_is_no_template() -> None:
    played = await play(
        '<set-body template="none">@("{{a}}" + 1)</set-body>', request={"body": "x"}, named_values={"a": "v"}
    )
    assert played.requests[0].body == b"v1"


async def test_one_request_does_not_pay_for_what_another_binds() -> None:
    sent = {
        "method": "POST",
        "headers": {"Content-Type": "text/xml"},
        "body": f"<r><a>1</a>{'<b/>' * 20_000}</r>",
    }
    for _ in range(8):
        played = await play(
            "<set-body template='liquid'>{{body.r.a}}</set-body>", request=sent, backends=replies(200)
        )
        assert played.requests[0].body == b"1"


DEAR = [
    pytest.param(f"<r>{'<b/>' * 200_000}</r>", XML, id="elements"),
    pytest.param(f"[{'{},' * 800_000}1]", JSON, id="objects"),
    pytest.param(f"[{'1,' * 900_000}1]", JSON, id="numbers"),
    pytest.param("[" * 100_000, JSON, id="depth"),
]


@pytest.mark.parametrize(("body", "headers"), DEAR)
async def test_a_body_that_would_hold_the_gateway_is_an_error_and_not_an_empty_one(
    body: str, headers: dict[str, str]
) -> None:
    request = {"method": "POST", "headers": headers, "body": body}
    played = await play(template("[{{body.r}}]"), request=request)
    assert (played.response.status, played.requests) == (500, ())


async def test_a_variable_that_would_hold_the_gateway_is_an_error() -> None:
    kept = "<set-variable name='made' value='@(new JArray(Enumerable.Range(0, 40000)))'/>"
    once = await play(kept + template("{{context.Variables.made[1]}}"))
    assert once.requests[0].body == b"1"
    often = await play(kept + template("{{context.Variables.made[1]}}") * 20)
    assert (often.response.status, often.requests) == (500, ())


async def test_a_long_text_costs_little() -> None:
    body = {"text": "all work and no play " * 100_000, "n": 1}
    assert await made("{{body.n}}", body, JSON) == "1"


class Spelled(str):
    """A name that counts how often its other case is asked for."""

    asked = 0

    def lower(self) -> str:
        self.asked += 1
        return super().lower()


def test_a_name_in_another_case_is_looked_for_once_however_often_it_is_asked_for() -> None:
    first, second = Spelled("Name"), Spelled("NAME")
    found = Hash({first: 1, second: 2})
    assert [found["name"], found["nAme"], found["NAME"], found.get("none")] == [1, 1, 2, None]
    with pytest.raises(KeyError):
        found["none"]
    assert (first.asked, second.asked) == (1, 1)


def test_without_the_library_a_template_is_refused_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "liquid", None)
    told = refusal(document(template("{{body}}")))
    assert "python-liquid, which is not installed" in str(told)
    assert f"{sys.executable} -m pip install 'apimlb[liquid]'" in str(told)
