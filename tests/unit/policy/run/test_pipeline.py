"""A request on its way through the sections, and off it when something fails."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from apimlb.http import Headers, Request, Response, close, read
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, RequestView, Url
from apimlb.policy.apim.credentials import Authorization
from apimlb.policy.clr.budget import Allowance
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.rehearse.services import MemoryCache, ScriptedClock, ScriptedServices
from apimlb.policy.run.exchange import Exchange, ForwardOptions
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.pipeline import refuse, run
from apimlb.policy.run.records import Record
from apimlb.policy.run.steps import STEP_LIMIT
from tests.unit.policy.play import FORWARD, document, play, posted, replies

BODY_READER = "<set-header name='n'><value>@(context.Response.Body.As<string>(true))</value></set-header>"


NEEDS_HEADER = (
    "<check-header name='k' failed-check-httpcode='401' failed-check-error-message='no' ignore-case='true'/>"
)


class Stream:
    """A body that comes in pieces and knows whether it was closed."""

    def __init__(self, *pieces: bytes, breaks: bool = False) -> None:
        self.pieces = list(pieces)
        self.breaks = breaks
        self.closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self.pieces:
            return self.pieces.pop(0)
        if self.breaks:
            raise ConnectionResetError("the backend went away")
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.closed = True


class StuckClock(ScriptedClock):
    """A clock whose sleepers never wake."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


class Gateway:
    """Services whose backends are a list of answers."""

    def __init__(self, *answers: Response | Exception, clock: ScriptedClock | None = None) -> None:
        self.clock = clock or ScriptedClock(1_800_000_000.0)
        self.rng = random.Random(1)
        self.cache = MemoryCache(self.clock)
        self.answers = list(answers)

    async def forward(self, exchange: Exchange, options: ForwardOptions) -> Response:
        exchange.outgoing(exchange.service_url)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def send(self, request: Request, timeout: float) -> Response:
        raise ConnectionRefusedError

    async def managed_identity_token(self, resource: str, client_id: str | None) -> str:
        return "token"

    async def call(self, backend: str, request: Request, timeout: float) -> Response:
        raise ConnectionRefusedError

    async def authorization(self, provider: str, connection: str, identity: str | None) -> Authorization:
        return Authorization("token")

    def record(self, record: Record) -> None:
        raise AssertionError("nothing here sends anything")


def exchange_with(gateway: Gateway) -> Exchange:
    url = Url("https://gateway.test/chat")
    view = RequestView("POST", url, url, Headers(), MessageBody(b"{}"))
    return Exchange(Context(gateway.clock, gateway.rng, view), gateway, "https://backend.test")


async def test_the_sections_run_in_their_order() -> None:
    note = '<set-variable name=\'seen\' value=\'@(context.Variables.GetValueOrDefault("seen", "") + "{}")\'/>'
    played = await play(
        note.format("i"),
        f"<retry condition='false' count='1' interval='0'>{note.format('b')}{FORWARD}</retry>",
        note.format("o"),
        note.format("e"),
    )
    assert played.variables["seen"] == "ibo"


async def test_what_is_not_forwarded_is_answered_with_an_empty_200() -> None:
    played = await play(backend="", outbound="<set-header name='a'><value>1</value></set-header>")
    assert played.response.status == 200
    assert played.response.body == b""
    assert played.response.headers.get("a") == "1"
    assert played.requests == ()


async def test_base_stands_for_the_section_of_the_next_broader_scope() -> None:
    note = "<set-header name='path' exists-action='append'><value>{}</value></set-header>"
    broad = compile_policy(document(note.format("global")), scope="global")
    product = compile_policy(
        document(note.format("before") + "<base/>" + note.format("after"), "<base/>"), scope="product"
    )
    api = compile_policy(document("<base/>" + note.format("api"), "<base/>"), scope="api")
    exchange = exchange_with(Gateway(Response(200)))
    await run(effective([broad, product, api]), exchange)
    assert exchange.context.request.headers.get("path") == "before,global,after,api"


async def test_a_section_without_base_drops_what_is_broader() -> None:
    broad = compile_policy(document("<set-header name='a'><value>1</value></set-header>"), scope="global")
    api = compile_policy(document("", "<base/>"), scope="api")
    exchange = exchange_with(Gateway(Response(200)))
    await run(effective([broad, api]), exchange)
    assert "a" not in exchange.context.request.headers


async def test_base_may_stand_inside_another_policy() -> None:
    api = compile_policy(
        document(
            backend="<retry condition='@(context.Response.StatusCode == 429)' count='1' interval='0'>"
            "<base/></retry>"
        )
    )
    exchange = exchange_with(Gateway(Response(429), Response(200)))
    assert (await run(effective([api]), exchange)).status == 200


async def test_an_error_skips_to_on_error_with_the_whole_story() -> None:
    played = await play(
        "<choose><when condition='true'><set-variable name='ok' value='1'/>"
        "<set-variable id='mine' name='a' value='@((int)context.Variables[\"ok\"])'/></when></choose>",
        on_error="<set-header name='why'><value>@{ var e = context.LastError; return e.Source + \"|\" + "
        'e.Reason + "|" + e.Section + "|" + e.Path + "|" + e.Scope + "|" + e.PolicyId; }'
        "</value></set-header>",
        outbound="<set-header name='never'><value>1</value></set-header>",
    )
    assert played.requests == ()
    assert "never" not in played.response.headers
    assert played.response.headers.get("why") == (
        "set-variable|ExpressionValueEvaluationFailure|inbound|choose/when/set-variable[2]|api|mine"
    )
    assert played.last_error is not None
    assert played.last_error.message == (
        "Expression evaluation failed. Unable to cast object of type 'System.String' to type 'System.Int32'."
    )


async def test_an_unhandled_error_has_the_default_body() -> None:
    played = await play("<set-variable name='a' value='@((int)context.Variables[\"b\"])'/>")
    assert played.response.status == 500
    assert played.response.headers.get("Content-Type") == "application/json"
    body = played.response.body
    assert isinstance(body, bytes)
    assert body.startswith(b'{ "statusCode": 500, "message": "Internal server error", "activityId": "')
    assert body.endswith(b'" }')


async def test_on_error_may_make_another_answer() -> None:
    played = await play(
        backend="<set-backend-service base-url='https://x.test'/>",
        inbound=NEEDS_HEADER,
        on_error="<set-status code='418' reason='teapot'/><set-body>@(context.LastError.Reason)</set-body>",
    )
    assert (played.response.status, played.response.reason, played.response.body) == (
        418,
        "teapot",
        b"HeaderNotFound",
    )


async def test_an_error_in_on_error_is_the_last_word() -> None:
    played = await play(
        NEEDS_HEADER,
        on_error="<set-header name='a'><value>@(((string)null).Trim())</value></set-header>",
    )
    assert played.response.status == 500
    assert played.last_error is not None
    assert played.last_error.section == "on-error"


async def test_return_response_ends_the_pipeline_wherever_it_stands() -> None:
    played = await play(
        backend="<retry condition='true' count='3' interval='9'><return-response><set-status code='202'/>"
        "</return-response></retry>",
        outbound="<set-header name='never'><value>1</value></set-header>",
    )
    assert played.response.status == 202
    assert played.response.reason == "Accepted"
    assert played.waited == 0
    assert "never" not in played.response.headers


async def test_a_request_that_failed_before_its_policies_runs_on_error_alone() -> None:
    policy = effective([compile_policy(document("<set-variable name='a' value='1'/>", on_error="<base/>"))])
    exchange = exchange_with(Gateway())
    fault = PolicyFault(
        "SubscriptionKeyNotFound",
        "Access denied due to missing subscription key. Make sure to include subscription key when making "
        "requests to this API.",
        source="authorization",
        status=401,
        status_reason="Access Denied",
        shown="Access denied due to missing subscription key. Make sure to include subscription key when "
        "making requests to an API.",
        headers=[("WWW-Authenticate", "AzureApiManagementKey")],
    )
    response = await refuse(policy, exchange, fault)
    assert (response.status, response.reason) == (401, "Access Denied")
    assert response.headers.get("WWW-Authenticate") == "AzureApiManagementKey"
    assert len(await read(response)) == 152
    assert exchange.context.variables == {}
    assert exchange.context.last_error is not None
    assert exchange.context.last_error.source == "authorization"


async def test_a_response_that_nobody_reads_is_streamed() -> None:
    stream = Stream(b"a", b"b")
    exchange = exchange_with(Gateway(Response(200, body=stream)))
    policy = effective([compile_policy(document(backend="<forward-request buffer-response='false'/>"))])
    response = await run(policy, exchange)
    assert not isinstance(response.body, bytes)
    assert [chunk async for chunk in response.body] == [b"a", b"b"]


async def test_a_buffered_response_comes_in_larger_pieces() -> None:
    stream = Stream(*[b"x" * 3000] * 4)
    exchange = exchange_with(Gateway(Response(200, body=stream)))
    response = await run(effective([compile_policy(document())]), exchange)
    assert not isinstance(response.body, bytes)
    assert [len(chunk) async for chunk in response.body] == [8192, 12000 - 8192]


@pytest.mark.parametrize("buffer", ["true", "false"])
@pytest.mark.parametrize("begun", [True, False])
async def test_closing_a_streamed_response_reaches_the_backend(buffer: str, begun: bool) -> None:
    stream = Stream(b"a" * 9000, b"b")
    exchange = exchange_with(Gateway(Response(200, body=stream)))
    policy = effective([compile_policy(document(backend=f"<forward-request buffer-response='{buffer}'/>"))])
    response = await run(policy, exchange)
    assert not isinstance(response.body, bytes)
    if begun:
        await anext(response.body)
    await close(response)
    assert stream.closed


async def test_a_policy_that_may_read_the_body_holds_the_whole_response_even_if_it_does_not() -> None:
    stream = Stream(b"a", b"b")
    exchange = exchange_with(Gateway(Response(200, body=stream)))
    guarded = f"<choose><when condition='false'>{BODY_READER}</when></choose>"
    response = await run(effective([compile_policy(document(outbound=guarded))]), exchange)
    assert response.body == b"ab"


async def test_an_attempt_that_is_thrown_away_is_closed() -> None:
    streams = [Stream(b"busy"), Stream(b"fine")]
    gateway = Gateway(Response(429, body=streams[0]), Response(200, body=streams[1]))
    backend = (
        "<retry condition='@(context.Response.StatusCode == 429)' count='1' interval='0'>"
        + FORWARD
        + "</retry>"
    )
    response = await run(effective([compile_policy(document(backend=backend))]), exchange_with(gateway))
    assert await read(response) == b"fine"
    assert [stream.closed for stream in streams] == [True, False]


async def test_a_stream_that_breaks_while_a_policy_reads_it_is_an_error() -> None:
    stream = Stream(b"a", breaks=True)
    exchange = exchange_with(Gateway(Response(200, body=stream)))
    response = await run(effective([compile_policy(document(outbound=BODY_READER))]), exchange)
    assert response.status == 500
    assert exchange.context.last_error is not None
    assert exchange.context.last_error.reason == "BackendConnectionFailure"


async def test_a_cancelled_request_lets_go_of_the_backend() -> None:
    stream = Stream(b"a")
    gateway = Gateway(Response(200, body=stream), clock=StuckClock(0.0))
    inbound = "<retry condition='true' count='1' interval='5'><set-variable name='a' value='1'/></retry>"
    exchange = exchange_with(gateway)
    policy = effective([compile_policy(document(outbound=inbound))])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await run(policy, exchange)
    assert stream.closed


async def test_a_policy_that_never_ends_is_stopped() -> None:
    inner = "<set-variable name='a' value='1'/>"
    for _ in range(3):
        inner = f"<retry condition='true' count='50' interval='0'>{inner}</retry>"
    played = await play(backend=inner)
    assert played.response.status == 500
    assert len(played.steps) <= STEP_LIMIT + 1


async def test_a_backend_that_answers_badly_is_no_error() -> None:
    played = await play(backends=replies({"status": 503, "body": "busy", "headers": {"Retry-After": "7"}}))
    assert played.response.status == 503
    assert played.response.body == b"busy"
    assert played.response.headers.get("Retry-After") == "7"
    assert played.last_error is None


async def test_a_url_that_no_server_takes_is_a_fault_when_it_is_sent() -> None:
    played = await play(request={"url": f"https://gateway.test/?{'a' * 140_000}"})
    assert (played.response.status, played.requests) == (500, ())
    assert played.last_error is not None
    assert played.last_error.message == "The policies exceed the 131072 characters that a URL may have."


@pytest.mark.parametrize(
    ("allowance", "said"), [(Allowance(steps=1_000), b"steps"), (Allowance(room=1_000), b"bytes")]
)
async def test_on_error_can_answer_for_a_request_that_has_spent_all_it_may(
    allowance: Allowance, said: bytes
) -> None:
    dear = "<set-variable name='a' value='@(new string((char)97, 100000))'/>"
    told = "<set-body>@(context.LastError.Message + new string('.', 100000))</set-body>"
    exchange = posted(ScriptedServices({}), b"")
    exchange.context.allowance = allowance
    body = await read(await run(effective([compile_policy(document(dear, on_error=told))]), exchange))
    assert said in body
    assert len(body) > 100_000
