"""set-header, set-body, set-status, set-method, set-query-parameter, rewrite-uri."""

from typing import Any

import pytest

from tests.unit.policy.play import play, replies


def set_header(name: str, *values: str, action: str = "override") -> str:
    inner = "".join(f"<value>{value}</value>" for value in values)
    return f"<set-header name='{name}' exists-action='{action}'>{inner}</set-header>"


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (set_header("X-A", "new"), ["new"]),
        (set_header("x-a", "1", "2"), ["1,2"]),
        (set_header("X-A", "new", action="skip"), ["old"]),
        (set_header("X-A", "new", action="append"), ["old,new"]),
        (set_header("X-A", action="delete"), []),
        (set_header("X-A"), []),
    ],
)
async def test_set_header_heeds_what_is_there(element: str, expected: list[str]) -> None:
    played = await play(element, request={"headers": {"x-A": "old"}})
    assert played.requests[0].headers.get_all("X-A") == expected


async def test_set_header_adds_what_is_not_there_whatever_the_action() -> None:
    played = await play(
        "".join(set_header(f"X-{action}", "1", action=action) for action in ("skip", "append"))
    )
    assert played.requests[0].headers.get("X-skip") == "1"
    assert played.requests[0].headers.get("X-append") == "1"


async def test_values_of_some_headers_stay_apart() -> None:
    played = await play(outbound=set_header("Set-Cookie", "a=1", "b=2"))
    assert played.response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


async def test_headers_of_the_connection_cannot_be_set() -> None:
    played = await play(set_header("Content-Length", "99"), request={"method": "POST", "body": "hi"})
    assert "Content-Length" not in played.requests[0].headers


async def test_expressions_are_written_as_dot_net_writes_them() -> None:
    values = (
        '@("" + (1 == 1))',
        "@(1.50m.ToString())",
        "@((string)null)",
        "@(new JArray(1, 2).ToString(Newtonsoft.Json.Formatting.None))",
    )
    played = await play("".join(set_header(f"v{at}", value) for at, value in enumerate(values)))
    assert [played.requests[0].headers.get(f"v{at}") for at in range(4)] == ["True", "1.50", "", "[1,2]"]


async def test_the_section_says_which_message_is_changed() -> None:
    played = await play(set_header("where", "request"), outbound=set_header("where", "response"))
    assert played.requests[0].headers.get("where") == "request"
    assert played.response.headers.get("where") == "response"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("hello", b"hello"),
        ('@("a" + 1)', b"a1"),
        ('@(new JObject(new JProperty("a", 1)).ToString(Newtonsoft.Json.Formatting.None))', b'{"a":1}'),
        ('@(Encoding.UTF8.GetBytes("é"))', "é".encode()),
        ("@((string)null)", b""),
        ("<soap><b>1</b></soap>", b"<soap><b>1</b></soap>"),
        ("", b""),
    ],
)
async def test_set_body_replaces_the_body(body: str, expected: bytes) -> None:
    asked: dict[str, Any] = {"method": "POST", "body": "old", "headers": {"Content-Length": "3"}}
    played = await play(
        f"<set-body>{body}</set-body>", outbound=f"<set-body>{body}</set-body>", request=asked
    )
    assert played.requests[0].body == expected
    assert played.requests[0].headers.get("Content-Length") == str(len(expected))
    assert played.response.body == expected


async def test_a_body_that_an_expression_consumed_is_gone() -> None:
    reading = "<set-variable name='b' value='@(context.Request.Body.As<string>({}))'/>"
    asked = {"method": "POST", "body": "old"}
    consumed = await play(reading.format(""), request=asked)
    kept = await play(reading.format("preserveContent: true"), request=asked)
    assert consumed.requests[0].body == b""
    assert kept.requests[0].body == b"old"


async def test_set_status_changes_the_response_and_knows_the_usual_phrases() -> None:
    played = await play(outbound="<set-status code='404'/>", backends=replies(200))
    assert (played.response.status, played.response.reason) == (404, "Not Found")


async def test_set_method_changes_the_method() -> None:
    played = await play('<set-method>@("pa" + "tch")</set-method>', request={"method": "GET"})
    assert played.requests[0].method == "PATCH"


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("override", "?b=%202&A=n%20w"),
        ("skip", "?a=1&b=%202"),
        ("append", "?a=1&b=%202&A=n%20w"),
        ("delete", "?b=%202"),
    ],
)
async def test_set_query_parameter_leaves_the_others_as_they_are(action: str, expected: str) -> None:
    element = (
        f"<set-query-parameter name='A' exists-action='{action}'><value>n w</value></set-query-parameter>"
    )
    played = await play(element, request={"url": "https://gateway.test/p?a=1&b=%202"})
    assert played.requests[0].url == f"https://backend.test/p{expected}"


@pytest.mark.parametrize(
    ("template", "copy", "expected"),
    [
        ("/new", "true", "/new?q=1&id=7"),
        ("/new", "false", "/new"),
        ("new?x=2", "true", "/new?x=2&q=1&id=7"),
        ("/items/{name}?id={id}", "true", "/items/a%20b?id=7&q=1"),
        ("/new?q=mine", "true", "/new?q=mine&id=7"),
        ("/new?x={id}&{id}=t", "false", "/new?x=7&7=t"),
        ('@("/" + context.Request.Method)', "false", "/GET"),
    ],
)
async def test_rewrite_uri_builds_path_and_query(template: str, copy: str, expected: str) -> None:
    played = await play(
        f"<rewrite-uri template='{template}' copy-unmatched-params='{copy}'/>",
        request={"url": "https://gateway.test/old?q=1&id=7", "parameters": {"name": "a b", "id": "7"}},
        service_url="https://backend.test/v1",
    )
    assert played.requests[0].url == f"https://backend.test/v1{expected}"


async def test_a_rewritten_url_is_what_expressions_see() -> None:
    played = await play(
        "<rewrite-uri template='/new'/><set-variable name='seen' value='@(context.Request.Url.Path)'/>",
        service_url="https://backend.test/v1",
    )
    assert played.variables["seen"] == "/v1/new"


async def test_a_template_that_asks_for_a_parameter_that_is_not_there_is_an_error() -> None:
    played = await play("<rewrite-uri template='/{nope}'/>")
    assert played.response.status == 500


@pytest.mark.parametrize(
    ("element", "said"),
    [
        (set_header("h", "@(new string('a', 140000))"), "131072 characters that a header may have"),
        (
            "<set-query-parameter name='q'><value>@(new string('a', 140000))</value></set-query-parameter>",
            "131072 characters that a URL may have",
        ),
        (
            "<rewrite-uri template='@(new string((char)47, 140000))'/>",
            "131072 characters that a URL may have",
        ),
    ],
)
async def test_what_no_server_takes_is_refused_where_it_is_made(element: str, said: str) -> None:
    played = await play(element)
    assert played.last_error is not None
    assert said in played.last_error.message
    assert (played.response.status, played.requests) == (500, ())
