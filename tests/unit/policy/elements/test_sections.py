"""What an element does, it does in each of the sections that it may stand in."""

from typing import Any

import pytest

from apimlb.policy.rehearse.rehearsal import Rehearsal
from tests.unit.policy.play import FORWARD, play

SECTIONS = ("inbound", "backend", "outbound", "on-error")
ONCE = '<retry condition="@(false)" count="1" interval="0">{}</retry>'
"""The backend section holds one policy, which may hold others."""

FAIL = '<set-variable name="x" value="@(1 / (int)context.Variables["zero"])"/>'
REQUEST = {
    "method": "POST",
    "url": "https://gateway.test/a?q=1",
    "headers": {"X-A": "old"},
    "body": "asked",
}
REPLY = {"status": 201, "headers": {"X-A": "old"}, "body": "answered"}


async def play_in(section: str, element: str, **case: Any) -> Rehearsal:
    """Play with an element in a section; something fails before on-error is reached."""
    given = {"request": REQUEST, "backends": [{"reply": REPLY}], **case}
    zero = '<set-variable name="zero" value="@(0)"/>'
    if section == "inbound":
        return await play(element, **given)
    if section == "backend":
        return await play(backend=ONCE.format(element + FORWARD), **given)
    if section == "outbound":
        return await play(outbound=element, **given)
    return await play(zero, outbound=FAIL, on_error=element, **given)


def headers_of(played: Rehearsal, section: str) -> list[str]:
    """X-A of the message that a section works on."""
    message = played.requests[0] if section in ("inbound", "backend") else played.response
    return message.headers.get_all("X-A")


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(
    ("action", "values", "expected"),
    [
        ("override", ["new"], ["new"]),
        ("append", ["new"], ["old,new"]),
        ("skip", ["new"], ["old"]),
        ("delete", [], []),
    ],
)
async def test_a_header_is_set(section: str, action: str, values: list[str], expected: list[str]) -> None:
    inner = "".join(f"<value>{value}</value>" for value in values)
    first = "<set-header name='X-A'><value>old</value></set-header>"  # an error's response has none yet
    element = f"<set-header name='X-A' exists-action='{action}'>{inner}</set-header>"
    played = await play_in(section, first + element)
    assert headers_of(played, section) == expected


@pytest.mark.parametrize("section", SECTIONS)
async def test_a_header_that_is_not_there_is_appended_or_deleted(section: str) -> None:
    append = "<set-header name='X-B' exists-action='append'><value>1</value></set-header>"
    played = await play_in(section, append + "<set-header name='X-C' exists-action='delete'/>")
    message = played.requests[0] if section in ("inbound", "backend") else played.response
    assert message.headers.get_all("X-B") == ["1"]
    assert "X-C" not in message.headers


@pytest.mark.parametrize("section", ["inbound", "backend"])
@pytest.mark.parametrize(
    ("action", "name", "expected"),
    [
        ("append", "q", "q=1&q=2"),
        ("append", "r", "q=1&r=2"),
        ("override", "q", "q=2"),
        ("skip", "q", "q=1"),
        ("delete", "q", ""),
        ("delete", "r", "q=1"),
    ],
)
async def test_a_query_parameter_is_set(section: str, action: str, name: str, expected: str) -> None:
    value = "" if action == "delete" else "<value>2</value>"
    element = f"<set-query-parameter name='{name}' exists-action='{action}'>{value}</set-query-parameter>"
    played = await play_in(section, element)
    assert played.requests[0].url.partition("?")[2] == expected


@pytest.mark.parametrize("section", SECTIONS)
async def test_a_variable_is_set_and_set_again(section: str) -> None:
    played = await play_in(section, "<set-variable name='v' value='1'/><set-variable name='v' value='@(2)'/>")
    assert played.variables["v"] == 2


@pytest.mark.parametrize("section", ["inbound", "backend"])
async def test_the_body_of_the_request_is_set_over_what_is_there(section: str) -> None:
    played = await play_in(section, "<set-body>first</set-body><set-body>second</set-body>")
    assert played.requests[0].body == b"second"


@pytest.mark.parametrize("section", ["outbound", "on-error"])
async def test_the_body_of_the_response_is_set(section: str) -> None:
    played = await play_in(section, "<set-body>new</set-body>")
    assert played.response.body == b"new"


async def test_the_method_is_set() -> None:
    played = await play_in("inbound", "<set-method>PATCH</set-method>")
    assert played.requests[0].method == "PATCH"


@pytest.mark.parametrize("section", ["outbound", "on-error"])
async def test_the_status_is_set(section: str) -> None:
    played = await play_in(section, "<set-status code='418' reason='Teapot'/>")
    assert (played.response.status, played.response.reason) == (418, "Teapot")


@pytest.mark.parametrize("section", SECTIONS)
async def test_a_response_is_returned_and_nothing_runs_after_it(section: str) -> None:
    answer = (
        "<return-response><set-status code='299' reason='Here'/>"
        "<set-header name='X-B' exists-action='override'><value>1</value><value>2</value></set-header>"
        "<set-body>here</set-body></return-response>"
    )
    played = await play_in(section, answer + "<set-variable name='after' value='1'/>")
    assert (played.response.status, played.response.reason, played.response.body) == (299, "Here", b"here")
    assert played.response.headers.get("X-B") == "1,2"
    assert "after" not in played.variables
    assert len(played.requests) == (section in ("outbound", "on-error"))


@pytest.mark.parametrize("section", SECTIONS)
async def test_an_event_is_kept(section: str) -> None:
    played = await play_in(
        section, "<log-to-eventhub logger-id='hub'>@(context.Request.Method)</log-to-eventhub>"
    )
    assert [(each.target, each.values["message"]) for each in played.records] == [("hub", "POST")]


@pytest.mark.parametrize("section", ["inbound", "outbound", "on-error"])
async def test_a_mock_is_the_answer_and_nothing_runs_after_it(section: str) -> None:
    examples = [{"status": 203, "content_type": "text/plain", "body": "mock"}]
    element = "<mock-response status-code='203'/><set-variable name='after' value='1'/>"
    played = await play_in(section, element, operation={"examples": examples})
    assert (played.response.status, played.response.body) == (203, b"mock")
    assert "after" not in played.variables


@pytest.mark.parametrize("section", SECTIONS)
async def test_children_run_again_while_the_condition_holds(section: str) -> None:
    counted = '@((int)context.Variables.GetValueOrDefault("n", 0) + 1)'
    element = (
        '<retry condition="@((int)context.Variables["n"] &lt; 3)" count="5" interval="0">'
        f"<set-variable name='n' value='{counted}'/></retry>"
    )
    played = await play_in(section, element)
    assert played.variables["n"] == 3


@pytest.mark.parametrize("section", SECTIONS)
async def test_text_that_is_not_there_is_not_replaced(section: str) -> None:
    played = await play_in(section, "<find-and-replace from='nowhere' to='x'/>")
    assert played.requests[0].body == b"asked"
    assert played.response.body == (b"answered" if section != "on-error" else played.response.body)


async def test_replacing_text_in_a_request_without_body_is_no_error() -> None:
    played = await play_in("inbound", "<find-and-replace from='a' to='b'/>", request={"method": "GET"})
    assert (played.requests[0].body, played.response.status) == (b"", 201)


@pytest.mark.parametrize("section", SECTIONS)
async def test_a_value_is_stored_found_and_removed(section: str) -> None:
    lookup = "<cache-lookup-value key='k' variable-name='{0}' default-value='none'/>"
    store = "<cache-store-value key='k' value='kept' duration='60'/>"
    element = lookup.format("before") + store + lookup.format("found")
    played = await play_in(section, element + "<cache-remove-value key='k'/>" + lookup.format("after"))
    assert [played.variables[name] for name in ("before", "found", "after")] == ["none", "kept", "none"]
