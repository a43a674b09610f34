"""What a client can rely on, whichever strategy the stack has and whatever is true of Azure."""

import json

import pytest

from apimlb.local.faults import Fault
from apimlb.local.openai.plane import Outage
from apimlb.policy.document.reader import NAMED_VALUE
from apimlb.policy.rehearse.rehearsal import rehearse
from apimlb.render import render
from apimlb.stack.config import parse
from tests.functional.local.stack_scene import CHAT, REGIONS, V1_CHAT, Raise, Stage

DAY = (("Retry-After", "86400"),)


def refuse(scene: Stage, *headers: tuple[str, str], count: int = 0) -> None:
    """Order so many refusals of every account, 0 for all that come."""
    for region in REGIONS:
        url = f"*{scene.account(region)}*"
        scene.world.faults.add(Fault(plane="openai", url=url, status=429, headers=headers, count=count))


TOLD = {
    "nothing": ((), range(1, 61)),
    "no time": ((("Retry-After", "0"), ("retry-after-ms", "0")), range(1, 61)),
    "less than no time": ((("Retry-After", "-1"),), range(1, 61)),
    "a date": ((("Retry-After", "Fri, 15 Jan 2027 08:00:30 GMT"),), range(1, 61)),
    "a day": (DAY, range(1, 61)),
    "seven seconds": ((("Retry-After", "7"),), range(7, 8)),
    "milliseconds alone": ((("retry-after-ms", "1500"),), range(2, 3)),
}


@pytest.mark.parametrize(("headers", "seconds"), TOLD.values(), ids=TOLD)
async def test_a_client_is_told_whole_seconds_whatever_the_accounts_say(
    scene: Stage, headers: tuple[tuple[str, str], ...], seconds: range
) -> None:
    refuse(scene, *headers)
    reply = await scene.call()
    assert (reply.status, reply.json["error"]["code"]) == (429, "429")
    wait = int(reply.headers.get("Retry-After") or "")
    assert wait in seconds
    assert reply.headers.get("retry-after-ms") == str(1000 * wait)


async def test_a_retry_after_of_a_day_closes_nothing_for_long(scene: Stage) -> None:
    refuse(scene, *DAY, count=1)
    assert (await scene.call()).status == 429
    scene.clock.advance(61)
    assert [(await scene.call()).status for _ in range(6)] == [200] * 6


@pytest.mark.parametrize("status", [401, 403])
async def test_an_account_that_does_not_let_the_gateway_in_goes_unnoticed(scene: Stage, status: int) -> None:
    url = f"*{scene.account('eastus2')}*"
    order = scene.world.faults.add(Fault(plane="openai", url=url, status=status))
    assert [(await scene.call()).status for _ in range(6)] == [200] * 6
    scene.world.faults.remove(order.id)
    assert [(await scene.call()).status for _ in range(30)] == [200] * 30
    assert scene.counts()["eastus2"].answered > 0


@pytest.mark.parametrize("status", [401, 403, 500, 502, 503])
async def test_with_every_account_failing_the_client_is_told_that_nobody_serves(
    scene: Stage, status: int
) -> None:
    for region in REGIONS:
        scene.world.openai.fail(scene.account(region), Outage(status))
    reply = await scene.call()
    assert (reply.status, reply.json["error"]["code"]) == (503, "503")


UNKNOWN = [
    ("GET", "/openai/nothing"),
    ("POST", "/openai/nothing"),
    ("POST", "/openai/responses/resp_1"),
    ("DELETE", "/openai/v1/chat/completions"),
    ("DELETE", "/chat/completions"),
    ("DELETE", "/nothing"),
]


@pytest.mark.parametrize(("method", "path"), UNKNOWN)
async def test_an_unknown_path_is_refused_in_openais_form_with_what_there_is(
    scene: Stage, method: str, path: str
) -> None:
    reply = await scene.call(path, method=method)
    assert (reply.status, reply.json["error"]["code"]) == (404, "404")
    assert "/openai/v1/chat/completions" in reply.json["error"]["message"]
    assert (await scene.call(path, method=method, x_other="1")).status == 401


@pytest.mark.parametrize("base", ["/openai/v1", "/openai", "/openai/deployments/chat", ""])
@pytest.mark.parametrize("path", ["realtime/sessions", "files", "batches", "vector_stores", "conversations"])
async def test_what_cannot_be_balanced_is_refused_by_name(scene: Stage, base: str, path: str) -> None:
    for method in ("GET", "POST"):
        reply = await scene.call(f"{base}/{path}", {"model": "chat"}, method=method)
        assert reply.status == 404
        assert f"cannot balance {path.partition('/')[0]}" in reply.json["error"]["message"]


async def test_a_deployment_may_be_called_like_what_cannot_be_balanced(raise_stage: Raise) -> None:
    model = {"model": "gpt-5.1", "version": "2025-11-13"}
    scene = raise_stage(deployments={"chat": model, "files": model})
    path = CHAT.replace("/chat/", "/files/", 1)
    assert (await scene.call(path, Stage.chat(model="files"))).status == 200


@pytest.mark.parametrize("path", [CHAT, V1_CHAT, "/chat/completions"])
async def test_a_multipart_body_is_refused_in_openais_form(scene: Stage, path: str) -> None:
    for type in ("multipart/form-data; boundary=x", "Multipart/Form-Data; boundary=x"):
        reply = await scene.call(path, api_key=scene.key, Content_Type=type)
        assert reply.status == 404
        assert "multipart" in reply.json["error"]["message"]


async def test_what_nobody_foresaw_is_told_in_openais_form_too(scene: Stage) -> None:
    """A body that is too large to be read, and does not say so beforehand."""
    reply = await scene.call(body=b"a" * 3 * 1024 * 1024, api_key=scene.key)
    assert reply.status >= 400
    assert "could not serve" in reply.json["error"]["message"]


@pytest.mark.parametrize("body", [b"", b"hello", b"[]"])
async def test_a_body_that_is_no_chat_is_for_the_account_to_refuse(scene: Stage, body: bytes) -> None:
    reply = await scene.call(body=body, api_key=scene.key)
    assert (reply.status, reply.json["error"]["type"]) == (400, "invalid_request_error")


async def test_the_case_of_a_path_does_not_matter_but_that_of_a_deployment_does(scene: Stage) -> None:
    assert (await scene.call(CHAT.replace("/openai/deployments/", "/OpenAI/Deployments/"))).status == 200
    reply = await scene.call(CHAT.replace("/chat/", "/Chat/", 1))
    assert (reply.status, reply.json["error"]["code"]) == (404, "DeploymentNotFound")


async def test_an_answer_says_whose_it_is_where_that_is_wanted(raise_stage: Raise) -> None:
    assert (await raise_stage().call()).headers.get("x-apimlb-backend") is None
    scene = raise_stage(backend_header=True)
    answered = {(await scene.call()).headers.get("x-apimlb-backend") for _ in range(30)}
    assert answered == {f"{scene.account(region)}.openai.azure.com" for region in REGIONS}


async def test_a_stream_ends_with_what_it_used_where_that_is_wanted(raise_stage: Raise) -> None:
    asked = Stage.chat(stream=True)
    assert '"total_tokens"' not in (await raise_stage().call(body=asked)).body.decode()
    reply = await raise_stage(stream_usage=True).call(body=asked)
    assert reply.status == 200
    assert '"total_tokens"' in reply.events[-2]


@pytest.mark.parametrize("strategy", ["backend-pool", "retry"])
@pytest.mark.parametrize(
    ("said", "sent"),
    [
        (None, {"include_usage": True}),
        ({"include_usage": False}, {"include_usage": False}),
        ({"include_obfuscation": False}, {"include_obfuscation": False, "include_usage": True}),
    ],
)
async def test_what_a_client_says_of_its_stream_is_left_as_it_is(
    strategy: str, said: dict[str, bool] | None, sent: dict[str, bool]
) -> None:
    policy = render(parse({"strategy": strategy, "stream_usage": True}))
    backends = ("pool-chat", *(f"{region}-chat" for region in REGIONS))
    asked = Stage.chat(stream=True, stream_options=said)
    case = {
        "request": {"method": "POST", "url": f"https://g.test{CHAT}", "body": asked},
        "subscription": {"id": "team"},
        "named_values": dict.fromkeys(NAMED_VALUE.findall(policy), "none"),
        "backend_urls": dict.fromkeys(backends, "https://a.test"),
        "backends": [{"match": "*", "reply": {"status": 200}}],
    }
    [request] = (await rehearse(policy, case)).requests
    assert json.loads(request.body)["stream_options"] == sent


async def test_what_a_reasoning_model_refuses_is_renamed_or_dropped_where_that_is_wanted(
    raise_stage: Raise,
) -> None:
    asked = {
        "messages": [{"role": "user", "content": "Hello"}],
        "model": "chat",
        "max_tokens": 32,
        "temperature": 0.3,
    }
    assert (await raise_stage().call(CHAT, asked)).status == 400
    scene = raise_stage(adapt_parameters=True)
    for path in (CHAT, V1_CHAT):
        reply = await scene.call(path, {**asked, "n": 1})
        assert reply.status == 200
        assert reply.headers.get("x-apimlb-changed") == "max_tokens, temperature"
        assert reply.json["usage"]["completion_tokens"] <= 32
    assert (await scene.call()).headers.get("x-apimlb-changed") is None


async def test_a_page_of_an_allowed_origin_may_call_and_others_may_not(raise_stage: Raise) -> None:
    page = "https://app.example"
    asked = {
        "Access_Control_Request_Method": "POST",
        "Access_Control_Request_Headers": "api-key,x-stainless-os",
    }
    closed = raise_stage()
    refused = await closed.call(method="OPTIONS", Origin=page, **asked)
    assert refused.status == closed.settings.gateway.wrong_method
    scene = raise_stage(allowed_origins=[page])
    granted = await scene.call(method="OPTIONS", Origin=page, **asked)
    assert granted.status == 200
    assert granted.headers.get("Access-Control-Allow-Origin") == page
    assert granted.headers.get("Access-Control-Allow-Headers") == "api-key,x-stainless-os"
    refused = await scene.call(method="OPTIONS", Origin="https://other.example", **asked)
    assert (refused.status, refused.headers.get("Access-Control-Allow-Origin")) == (200, None)
    for headers, status in [({"api_key": scene.key}, 200), ({"api_key": "wrong"}, 401)]:
        reply = await scene.call(Origin=page, **headers)
        assert (reply.status, reply.headers.get("Access-Control-Allow-Origin")) == (status, page)
        assert "Retry-After" in (reply.headers.get("Access-Control-Expose-Headers") or "")


async def test_the_bare_host_stands_for_v1_and_leaves_other_apis_alone(scene: Stage) -> None:
    for path in ("/models", "/v1/models"):
        listed = await scene.call(path, method="GET")
        assert (listed.status, listed.json["object"]) == (200, "list")
    assert (await scene.call("/v1/chat/completions")).status == 200
    reply = await scene.call("/apimlb-keys", method="GET", Ocp_Apim_Subscription_Key=scene.key)
    assert (reply.status, reply.body) == (200, b"")
    unknown = await scene.call("/%7Bnothing%7D/{nothing}", method="GET")
    assert (unknown.status, "error" in unknown.json) == (404, True)


BARE = {
    "/chat/completions": Stage.chat(),
    "/responses": {"model": "chat", "input": "Hello", "max_output_tokens": 20},
    "/embeddings": {"model": "embedding", "input": "Hello"},
}


@pytest.mark.parametrize(("path", "body"), BARE.items(), ids=BARE)
async def test_the_bare_host_is_taken_for_a_base_url(
    raise_stage: Raise, path: str, body: dict[str, object]
) -> None:
    scene = raise_stage()
    reply = await scene.call(path, body)
    assert (reply.status, reply.json["model"].partition("-20")[0]) == (
        200,
        (await scene.call(f"/openai/v1{path}", body)).json["model"].partition("-20")[0],
    )
    assert (await scene.call(path, body, x_other="1")).status == 401
    assert (await raise_stage(bare_host=False).call(path, body)).status == 404
