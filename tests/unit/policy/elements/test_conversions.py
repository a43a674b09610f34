"""xml-to-json, json-to-xml, jsonp."""

import json
from typing import Any

import pytest

from tests.unit.policy.play import play, replies

XML = "<o:order xmlns:o='urn:o' id='7'><line>a</line><line>b</line><note/><kind k='1'>t</kind></o:order>"
AS_XML = {"headers": {"Content-Type": "application/xml"}, "body": XML}


async def answered(element: str, answer: Any, accept: str = "*/*", url: str = "https://gateway.test/") -> Any:
    request = {"url": url, "headers": {"Accept": accept}}
    return (await play(outbound=element, backends=replies(answer), request=request)).response


async def test_xml_becomes_the_json_that_newtonsoft_writes() -> None:
    made = await answered(
        "<xml-to-json kind='direct' apply='always' consider-accept-header='false'/>", AS_XML
    )
    assert json.loads(made.body) == {
        "o:order": {
            "@xmlns:o": "urn:o",
            "@id": "7",
            "line": ["a", "b"],
            "note": None,
            "kind": {"@k": "1", "#text": "t"},
        }
    }
    assert made.headers.get("Content-Type") == "application/json"


async def test_friendly_json_has_no_marks_and_children_may_always_be_lists() -> None:
    element = (
        "<xml-to-json kind='javascript-friendly' apply='always' consider-accept-header='@(false)' "
        "always-array-child-elements='true'/>"
    )
    made = await answered(element, {"body": "<a b='1'><c>x</c></a>"})
    assert json.loads(made.body) == {"a": {"b": "1", "c": ["x"]}}


@pytest.mark.parametrize(
    ("apply", "considers", "accept", "kind", "converted"),
    [
        ("content-type-xml", "false", "*/*", "application/xml", True),
        ("content-type-xml", "false", "*/*", "text/plain", False),
        ("always", "true", "application/json", "text/plain", True),
        ("always", "true", "application/xml", "application/xml", False),
    ],
)
async def test_it_may_hang_on_what_is_there_and_what_is_wanted(
    apply: str, considers: str, accept: str, kind: str, converted: bool
) -> None:
    element = f"<xml-to-json kind='direct' apply='{apply}' consider-accept-header='{considers}'/>"
    made = await answered(element, {"headers": {"Content-Type": kind}, "body": "<a/>"}, accept)
    assert made.body == (b'{"a": null}' if converted else b"<a/>")


async def test_a_request_is_converted_on_its_way_in() -> None:
    element = "<json-to-xml apply='always' consider-accept-header='false'/>"
    played = await play(element, request={"method": "POST", "body": {"a": {"b": [1, True, None, "x & y"]}}})
    assert played.requests[0].body == b"<a><b>1</b><b>true</b><b /><b>x &amp; y</b></a>"
    assert played.requests[0].headers.get("Content-Type") == "text/xml"


async def test_namespaces_and_attributes_are_made_of_members() -> None:
    element = (
        "<json-to-xml apply='always' consider-accept-header='false' parse-date='false' "
        "namespace-separator=':' namespace-prefix='xmlns' attribute-block-name='#attrs'/>"
    )
    envelope = {
        "soap:Envelope": {
            "xmlns:soap": "urn:soap",
            "xmlns": "urn:plain",
            "soap:Header": {},
            "soap:Body": {"Query": {"#attrs": {"name": "t"}, "at": "2026-01-02T03:04:05Z"}},
        }
    }
    made = await answered(element, {"body": envelope})
    assert made.body == (
        b'<soap:Envelope xmlns:soap="urn:soap" xmlns="urn:plain"><soap:Header /><soap:Body><Query name="t">'
        b"<at>2026-01-02T03:04:05Z</at></Query></soap:Body></soap:Envelope>"
    )


@pytest.mark.parametrize(
    ("body", "xml"),
    [
        ({"a": 1, "b c": 2}, b"<Document><a>1</a><b_x0020_c>2</b_x0020_c></Document>"),
        ([1, 2], b"<Document><Array>1</Array><Array>2</Array></Document>"),
    ],
)
async def test_what_has_no_root_is_given_one(body: object, xml: bytes) -> None:
    element = "<json-to-xml apply='always' consider-accept-header='false'/>"
    assert (await answered(element, {"body": body})).body == xml


@pytest.mark.parametrize(
    "element",
    [
        "<json-to-xml apply='always' consider-accept-header='false'/>",
        "<xml-to-json kind='direct' apply='always' consider-accept-header='false'/>",
    ],
)
async def test_a_body_that_is_something_else_is_an_error(element: str) -> None:
    assert (await answered(element, {"body": "neither"})).status == 500


JSON_TO_XML = "<json-to-xml apply='always' consider-accept-header='false'/>"
XML_TO_JSON = "<xml-to-json kind='direct' apply='always' consider-accept-header='false'/>"


@pytest.mark.parametrize(
    ("element", "body"),
    [(JSON_TO_XML, f"[{'1,' * 200_000}1]"), (XML_TO_JSON, f"<a>{'<b/>' * 200_000}</a>")],
)
async def test_a_body_that_would_hold_the_gateway_is_not_converted(element: str, body: str) -> None:
    assert (await answered(element, {"body": body})).status == 500


@pytest.mark.parametrize(
    ("element", "body"),
    [(JSON_TO_XML, f"[{'1,' * 20_000}1]"), (XML_TO_JSON, f"<a>{'<b/>' * 20_000}</a>")],
)
async def test_one_request_does_not_pay_for_what_another_converts(element: str, body: str) -> None:
    for _ in range(8):
        assert (await answered(element, {"body": body})).status == 200


@pytest.mark.parametrize(
    ("query", "status", "body"),
    [("", 200, b'{"a": 1}'), ("?cb=my.call", 200, b'my.call({"a": 1});'), ("?cb=a(b", 400, None)],
)
async def test_an_answer_is_wrapped_in_the_callback(query: str, status: int, body: bytes | None) -> None:
    element = "<jsonp callback-parameter-name='cb'/>"
    made = await answered(element, {"body": {"a": 1}}, url=f"https://gateway.test/{query}")
    assert made.status == status
    assert body is None or made.body == body


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"a": x}', "The body is no JSON. Unexpected text on line 1, position 7."),
        ("9" * 5_000, "The body is no JSON. Unexpected text."),
        ('{"a":' * 700 + "1" + "}" * 700, "The body is nested too deep."),
        ("[" * 9_000, "The body is nested too deep."),
    ],
)
async def test_it_is_told_why_a_body_does_not_become_xml(body: str, said: str) -> None:
    element = "<json-to-xml apply='always' consider-accept-header='false'/>"
    played = await play(element, request={"method": "POST", "body": body})
    assert played.last_error is not None
    assert (played.last_error.reason, played.last_error.message) == ("JsonToXmlFailed", said)
