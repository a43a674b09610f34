"""return-response, send-request."""

import asyncio

import pytest

from apimlb.http import Response
from apimlb.policy.document.problems import InvalidPolicy
from tests.functional.local.gateway_scene import Local
from tests.patience import PATIENCE
from tests.unit.local.gateway.documents import policy_of
from tests.unit.policy.play import play

ASK = (
    "<send-request mode='new' response-variable-name='r' timeout='5' ignore-error='{ignore}'>"
    '<set-url>@("https://side.test/" + context.Request.Method)</set-url><set-method>put</set-method>'
    "<set-header name='X-A' exists-action='override'><value>1</value></set-header>"
    '<set-body>@("hello")</set-body></send-request>'
)
SIDE = {"match": "https://side.test/*", "reply": {"status": 203, "headers": {"X-B": "2"}, "body": '{"a": 5}'}}


async def test_return_response_builds_an_answer() -> None:
    played = await play(
        "<return-response><set-status code='403' reason='No'/>"
        "<set-header name='A'><value>b</value></set-header>"
        '<set-body>@{ return "body"; }</set-body></return-response>'
    )
    assert (played.response.status, played.response.reason, played.response.body) == (403, "No", b"body")
    assert list(played.response.headers) == [("A", "b")]
    assert played.requests == ()


async def test_return_response_alone_is_an_empty_200() -> None:
    played = await play("<return-response/>")
    assert (played.response.status, played.response.body) == (200, b"")


async def test_send_request_asks_and_keeps_the_answer() -> None:
    played = await play(
        ASK.format(ignore="false")
        + "<set-variable name='a' value='@{ var r = (IResponse)context.Variables[\"r\"]; "
        'return (int)r.Body.As<JObject>()["a"]; }\'/>',
        backends=[SIDE, {"reply": {}}],
    )
    asked = played.requests[0]
    assert (asked.method, asked.url, asked.body) == ("PUT", "https://side.test/GET", b"hello")
    assert asked.headers.get("X-A") == "1"
    assert played.variables["a"] == 5


async def test_what_send_request_got_can_be_returned() -> None:
    played = await play(
        ASK.format(ignore="false")
        + "<return-response response-variable-name='r'><set-header name='C'><value>3</value></set-header>"
        "</return-response>",
        backends=[SIDE],
    )
    assert (played.response.status, played.response.body) == (203, b'{"a": 5}')
    assert (played.response.headers.get("X-B"), played.response.headers.get("C")) == ("2", "3")


async def test_a_response_that_nobody_asked_for_is_an_empty_one() -> None:
    """As a published run on Azure shows (genai gateway toolkit, latency routing, 2024-06-11)."""
    played = await play(
        "<return-response response-variable-name='nobody'><set-status code='200' reason='OK'/>"
        "<set-body>ok</set-body></return-response>"
    )
    assert (played.response.status, played.response.body) == (200, b"ok")


@pytest.mark.parametrize(
    ("fails", "reason"), [("connection", "BackendConnectionFailure"), ("timeout", "Timeout")]
)
async def test_a_side_call_that_fails_is_an_error_or_null(fails: str, reason: str) -> None:
    broken = [{"match": "https://side.test/*", "reply": {"fails": fails}}, {"reply": {}}]
    strict = await play(ASK.format(ignore="false"), backends=broken)
    lenient = await play(ASK.format(ignore="true"), backends=broken)
    assert strict.last_error is not None
    assert (strict.last_error.source, strict.last_error.reason) == ("send-request", reason)
    assert lenient.variables["r"] is None
    assert lenient.response.status == 200


async def test_a_side_call_to_what_is_no_url_fails_like_another() -> None:
    played = await play(
        "<send-request mode='new' response-variable-name='r'><set-url>http://[side</set-url></send-request>"
    )
    assert played.last_error is not None
    assert played.last_error.reason == "BackendConnectionFailure"


class Trickling:
    """A body of which one piece comes, and then nothing more."""

    def __init__(self) -> None:
        self.closed = False
        self.waited_for = asyncio.Event()
        self._left = [b"{"]

    def __aiter__(self) -> "Trickling":
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            self.waited_for.set()
            await asyncio.Event().wait()
        return self._left.pop()

    async def aclose(self) -> None:
        self.closed = True


async def test_the_whole_answer_of_a_side_call_must_come_in_time() -> None:
    local = Local()
    body = Trickling()
    local.backends.answers["side.test"] = lambda _: Response(200, body=body)
    local.azure.policy(
        policy_of(inbound=ASK.format(ignore="true"), backend="<forward-request />"), "apis/chat"
    )
    call = asyncio.create_task(local.call())
    await body.waited_for.wait()
    local.clock.advance(6)
    async with asyncio.timeout(PATIENCE):
        assert (await call).status == 200
    assert body.closed


async def test_mode_copy_starts_from_the_request() -> None:
    played = await play(
        "<send-request mode='copy' response-variable-name='r'><set-url>https://side.test/x</set-url>"
        "</send-request>",
        request={"method": "POST", "body": "mine", "headers": {"A": "b"}},
        backends=[SIDE, {"reply": {}}],
    )
    assert (played.requests[0].method, played.requests[0].body) == ("POST", b"mine")
    assert played.requests[0].headers.get("A") == "b"
    assert "Host" not in played.requests[0].headers
    assert played.requests[1].body == b"mine"


async def test_a_new_request_needs_a_url() -> None:
    with pytest.raises(InvalidPolicy, match="set-url"):
        await play("<send-request response-variable-name='r'/>")


async def test_a_side_call_may_carry_the_identity() -> None:
    played = await play(
        "<send-request mode='new' response-variable-name='r'><set-url>https://side.test/x</set-url>"
        "<authentication-managed-identity resource='https://side.test'/></send-request>",
        backends=[SIDE, {"reply": {}}],
        identity="t0ken",
    )
    assert played.requests[0].headers.get("Authorization") == "Bearer t0ken"
    assert "Authorization" not in played.requests[1].headers


async def test_a_side_call_notes_its_certificate_and_its_proxy() -> None:
    played = await play(
        "<send-request response-variable-name='r'><set-url>https://side.test/x</set-url>"
        "<authentication-certificate thumbprint='AB12'/>"
        "<proxy url='http://proxy.test:8080' username='u' password='p'/></send-request>"
    )
    shown, passed = played.records
    assert (shown.kind, shown.target, shown.values) == (
        "credential",
        "https://side.test/x",
        {"thumbprint": "AB12"},
    )
    assert passed.kind == "proxy"
    assert passed.values == {"url": "http://proxy.test:8080", "username": "u", "password": "(hidden)"}


@pytest.mark.parametrize("before", ["", "<set-variable name='nobody' value='@((string)null)'/>"])
async def test_a_response_that_no_variable_holds_is_made_anew(before: str) -> None:
    played = await play(
        before + "<return-response response-variable-name='nobody'><set-status code='203' reason='OK'/>"
        "<set-body>ok</set-body></return-response>"
    )
    assert (played.response.status, played.response.body) == (203, b"ok")


async def test_a_side_call_may_change_the_query_of_its_url() -> None:
    played = await play(
        "<send-request response-variable-name='r'><set-url>https://side.test/?a=1&amp;b=2</set-url>"
        "<set-query-parameter name='a' exists-action='delete'/>"
        "<set-query-parameter name='c'><value>3</value></set-query-parameter></send-request>",
        backends=[SIDE, {"reply": {}}],
    )
    assert played.requests[0].url == "https://side.test/?b=2&c=3"


async def test_what_is_no_response_is_not_returned() -> None:
    played = await play("<set-variable name='r' value='text'/><return-response response-variable-name='r'/>")
    assert played.response.status == 500
    assert played.last_error is not None
    assert "The variable 'r' holds no response." in played.last_error.message
