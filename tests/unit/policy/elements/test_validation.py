"""validate-status-code, -headers, -parameters, -content: what fits the API's definition, and what is done."""

from dataclasses import replace
from typing import Any

import pytest

from apimlb.local.gateway.definitions import read_declared
from apimlb.policy.apim.context import Declared, DeclaredParameter
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.document.problems import NOT_IMPLEMENTED
from apimlb.policy.elements.validation import _fits
from apimlb.policy.rehearse.rehearsal import Rehearsal, exchange_of
from apimlb.policy.rehearse.services import ScriptedServices
from apimlb.policy.run.pipeline import run
from tests.unit.policy.play import document, play, replies
from tests.unit.policy.test_compiler import refusal

DECLARED = {
    "query": ["v"],
    "headers": ["x-known"],
    "contents": ["application/json"],
    "responses": {200: {"headers": ["x-known"], "contents": ["application/json"]}},
}


async def validated(
    *, inbound: str = "", outbound: str = "", answer: Any = 200, request: Any = None
) -> Rehearsal:
    return await play(
        inbound,
        outbound=outbound,
        backends=replies(answer),
        request=request or {},
        operation={"declared": DECLARED},
    )


@pytest.mark.parametrize(
    ("action", "status", "noted"), [("ignore", 404, False), ("detect", 404, True), ("prevent", 502, True)]
)
async def test_a_status_that_is_not_declared_meets_its_action(action: str, status: int, noted: bool) -> None:
    element = (
        f"<validate-status-code unspecified-status-code-action='{action}' errors-variable-name='errors'>"
        "<status-code code='418' action='ignore'/></validate-status-code>"
    )
    played = await validated(outbound=element, answer=404)
    assert played.response.status == status
    assert ("errors" in played.variables) == noted
    assert (await validated(outbound=element, answer=418)).response.status == 418
    assert (await validated(outbound=element, answer=200)).response.status == 200


async def test_a_header_of_the_answer_has_to_be_declared() -> None:
    element = (
        "<validate-headers specified-header-action='ignore' unspecified-header-action='prevent'>"
        "<header name='X-Allowed' action='ignore'/></validate-headers>"
    )
    good = await validated(outbound=element, answer={"headers": {"x-known": "1", "x-allowed": "1"}})
    bad = await validated(outbound=element, answer={"headers": {"x-other": "1"}})
    assert (good.response.status, bad.response.status) == (200, 502)
    assert bad.last_error is not None
    assert bad.last_error.message == "Unspecified header x-other is not allowed."


@pytest.mark.parametrize(
    ("url", "status"), [("https://gateway.test/?v=1", 200), ("https://gateway.test/?w=1", 400)]
)
async def test_a_query_parameter_has_to_be_declared(url: str, status: int) -> None:
    element = (
        "<validate-parameters specified-parameter-action='prevent' unspecified-parameter-action='prevent'>"
        "<headers unspecified-parameter-action='ignore'/></validate-parameters>"
    )
    assert (await validated(inbound=element, request={"url": url})).response.status == status


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("n=1", None),
        ("n=one", "The value of query parameter n is not allowed: integer was expected."),
        ("", "Required query parameter n is missing."),
    ],
)
async def test_a_parameter_has_to_be_there_and_of_its_type(query: str, said: str | None) -> None:
    element = (
        "<validate-parameters specified-parameter-action='prevent' unspecified-parameter-action='ignore'/>"
    )
    services = ScriptedServices({})
    exchange = exchange_of({"request": {"url": f"https://gateway.test/?{query}"}}, services)
    assert exchange.context.operation is not None
    declared = Declared(query=(DeclaredParameter("n", True, "integer"),))
    exchange.context.operation = replace(exchange.context.operation, declared=declared)
    await run(effective([compile_policy(document(element))]), exchange)
    assert (exchange.context.last_error and exchange.context.last_error.message) == said


async def test_a_named_parameter_has_an_action_of_its_own() -> None:
    element = (
        "<validate-parameters specified-parameter-action='ignore' unspecified-parameter-action='ignore' "
        "errors-variable-name='e'><headers><parameter name='x-bad' action='prevent'/></headers>"
        "<query><parameter name='w' action='detect'/></query></validate-parameters>"
    )
    detected = await validated(inbound=element, request={"url": "https://gateway.test/?w=1"})
    prevented = await validated(inbound=element, request={"headers": {"X-Bad": "1"}})
    assert (detected.response.status, prevented.response.status) == (200, 400)
    assert "e" in detected.variables


CONTENT = (
    "<validate-content unspecified-content-type-action='prevent' max-size='20' "
    "size-exceeded-action='prevent' errors-variable-name='e'>"
    "<content-type-map missing-content-type-value='application/json'>"
    "<type from='text/json' to='application/json'/></content-type-map>"
    "<content type='application/json' validate-as='json' action='{}'/></validate-content>"
)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "application/json; charset=utf-8"}, '{"a": 1}', 200),
        ({"Content-Type": "text/json"}, '{"a": 1}', 200),
        ({}, '{"a": 1}', 200),
        ({"Content-Type": "text/plain"}, "", 200),
        ({"Content-Type": "text/plain"}, "a", 400),
        ({"Content-Type": "application/json"}, "{", 400),
        ({"Content-Type": "application/json"}, '"' + "x" * 20 + '"', 400),
    ],
)
async def test_a_body_is_held_to_size_type_and_form(headers: dict[str, str], body: str, status: int) -> None:
    request = {"method": "POST", "headers": headers, "body": body}
    assert (await validated(inbound=CONTENT.format("prevent"), request=request)).response.status == status


async def test_an_answer_that_does_not_fit_is_the_backends_fault() -> None:
    answer = {"headers": {"Content-Type": "application/json"}, "body": "<a/>"}
    assert (await validated(outbound=CONTENT.format("prevent"), answer=answer)).response.status == 502
    detected = await validated(outbound=CONTENT.format("detect"), answer=answer)
    assert (detected.response.status, detected.response.body) == (200, b"<a/>")


def test_schemas_that_are_not_kept_here_are_said_to_be_missing() -> None:
    element = CONTENT.format("prevent").replace("validate-as", "schema-id='orders' validate-as")
    assert refusal(document(element)).code == NOT_IMPLEMENTED


@pytest.mark.parametrize(
    ("value", "parameter", "fits"),
    [
        ("1", DeclaredParameter("a", type="integer"), True),
        ("1.5", DeclaredParameter("a", type="integer"), False),
        ("1_0", DeclaredParameter("a", type="integer"), False),
        (" 1 ", DeclaredParameter("a", type="integer"), False),
        ("٣", DeclaredParameter("a", type="integer"), False),
        ("1.5", DeclaredParameter("a", type="number"), True),
        ("-1e3", DeclaredParameter("a", type="number"), True),
        ("nan", DeclaredParameter("a", type="number"), False),
        ("Infinity", DeclaredParameter("a", type="number"), False),
        ("1_0.5", DeclaredParameter("a", type="number"), False),
        ("true", DeclaredParameter("a", type="boolean"), True),
        ("yes", DeclaredParameter("a", type="boolean"), False),
        ("b", DeclaredParameter("a", values=("a",)), False),
        ("anything", DeclaredParameter("a"), True),
    ],
)
def test_values_have_the_type_that_is_declared(value: str, parameter: DeclaredParameter, fits: bool) -> None:
    assert _fits(value, parameter) == fits


def test_what_arm_holds_of_an_operation_is_what_is_declared() -> None:
    declared = read_declared(
        {
            "templateParameters": [{"name": "id", "required": True, "type": "integer"}],
            "request": {
                "queryParameters": [{"name": "v", "values": ["1"]}],
                "representations": [{"contentType": "application/json"}],
            },
            "responses": [{"statusCode": 200, "headers": [{"name": "h"}]}],
        }
    )
    assert declared.path == (DeclaredParameter("id", True, "integer"),)
    assert declared.query == (DeclaredParameter("v", values=("1",)),)
    assert declared.contents == ("application/json",)
    assert declared.response_headers == {200: (DeclaredParameter("h"),)}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!DOCTYPE a><a/>", None),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "DTD is prohibited"),
        ("<a>", "Data at the root level is invalid. Line 1, position 1."),
    ],
)
async def test_a_document_type_may_declare_nothing(body: str, said: str | None) -> None:
    element = (
        "<validate-content unspecified-content-type-action='ignore' max-size='100' "
        "size-exceeded-action='ignore' errors-variable-name='errors'>"
        "<content validate-as='xml' type='text/xml' action='prevent'/></validate-content>"
    )
    played = await validated(
        inbound=element, request={"method": "POST", "body": body, "headers": {"Content-Type": "text/xml"}}
    )
    assert (played.last_error is None) == (said is None)
    assert said is None or (played.last_error is not None and said in played.last_error.message)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("UTF-16", "utf-16"),
        ("UTF-16BE", "utf-16-be"),
        ("utf-16le", "utf-16-le"),
        ("ascii", "ascii"),
        ("ISO_8859-1", "latin-1"),
        ("iso8859-1", "latin-1"),
    ],
)
async def test_a_body_conforms_in_encodings_that_dotnet_reads(name: str, encoding: str) -> None:
    body = f"<?xml version='1.0' encoding='{name}'?><a/>".encode(encoding)
    element = (
        "<validate-content unspecified-content-type-action='ignore' max-size='9999' "
        "size-exceeded-action='ignore'><content validate-as='xml' action='prevent'/></validate-content>"
    )
    assert (await validated(inbound=element, request={"method": "POST", "body": body})).last_error is None


@pytest.mark.parametrize(
    ("form", "body", "said"),
    [
        ("json", '{"a"}', "Unexpected text on line 1, position 5"),
        ("json", "[" * 9_000, "Values are nested too deep"),
        (
            "xml",
            "<a>\n</b>",
            "start tag on line 1 position 2 does not match the end tag of 'b'. Line 2, position 3.",
        ),
        ("xml", "<?xml version='1.0' encoding='x'?><a/>", "System does not support 'x' encoding."),
        ("xml", "<?xml version='1.0' encoding='idna'?><a/>", "System does not support 'idna' encoding."),
        ("xml", "<?xml version='1.0' encoding='Big5'?><a/>", "System does not support 'Big5' encoding."),
        ("xml", "\ufeff<a>&b;</a>", "Reference to undeclared entity 'b'. Line 1, position 5."),
    ],
)
async def test_it_is_told_why_a_body_does_not_conform(form: str, body: str, said: str) -> None:
    element = (
        "<validate-content unspecified-content-type-action='ignore' max-size='9999' "
        f"size-exceeded-action='ignore'><content validate-as='{form}' action='prevent'/></validate-content>"
    )
    played = await validated(inbound=element, request={"method": "POST", "body": body})
    assert played.last_error is not None
    assert played.last_error.message.endswith(said)
