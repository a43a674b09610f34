"""Elements that need more of a gateway than a request: records, connections, the API's definition."""

import pytest

from apimlb.http import Headers, Request, read
from apimlb.policy.apim.credentials import Authorization
from tests.functional.local.gateway_scene import Local
from tests.unit.local.gateway.documents import ServiceDocuments, policy_of

METRIC = '<emit-metric name="Calls" namespace="mine"><dimension name="API ID" /></emit-metric>'


async def test_what_would_have_been_told_is_kept_for_the_service() -> None:
    local = Local()
    local.azure.policy(policy_of(inbound=METRIC), "apis/chat")
    await local.call()
    record = next(iter(local.records))
    assert (record.service, record.api, record.operation) == ("apim", "chat", "any")
    assert record.target == "mine/Calls"
    assert record.moment == local.clock.now()
    assert local.records.clear() == 1
    assert len(local.records) == 0


async def test_a_connection_is_there_once_it_is_ordered() -> None:
    local = Local()
    auth = '<get-authorization-context provider-id="GitHub" authorization-id="Mine" {} ignore-error="true" />'
    token = '@(((Authorization)context.Variables["auth"])?.AccessToken ?? "none")'
    header = f'<set-header name="token"><value>{token}</value></set-header>'
    inbound = auth.format('context-variable-name="auth"') + header
    local.azure.policy(policy_of(inbound=inbound), "apis/chat")
    await local.call()
    local.connections.keep("github", "mine", Authorization("t0ken"))
    await local.call()
    local.connections.keep("github", "mine", None)
    await local.call()
    assert [request.headers.get("token") for request in local.backends.requests] == ["none", "t0ken", "none"]


async def test_a_mock_answers_with_the_example_of_the_operation() -> None:
    local = Local()
    example = {"statusCode": 200, "representations": [
        {"contentType": "application/json", "examples": {"default": {"value": {"a": [1]}}}}
    ]}  # fmt: skip
    local.azure.operation(responses=[example])
    local.azure.policy(policy_of(inbound="<mock-response />"), "apis/chat")
    response = await local.call()
    assert (response.body, response.headers.get("Content-Type")) == (b'{"a": [1]}', "application/json")
    assert local.backends.requests == []


CORS = (
    "<cors><allowed-origins><origin>https://a.example</origin></allowed-origins>"
    "<allowed-headers><header>*</header></allowed-headers></cors>"
)
ASKED = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
REFUSING = "<return-response><set-status code='418' /></return-response>"


@pytest.mark.parametrize("required", [True, False])
async def test_a_preflight_needs_neither_operation_nor_key(required: bool) -> None:
    local = Local()
    local.azure.api(serviceUrl="https://plain.test/base", subscriptionRequired=required)
    local.azure.policy(policy_of(inbound=CORS + REFUSING), "apis/chat")
    granted = await local.call(method="OPTIONS", headers=ASKED)
    assert (granted.status, granted.headers.get("Access-Control-Allow-Origin")) == (200, "https://a.example")
    stranger = await local.call(method="OPTIONS", headers={**ASKED, "Origin": "https://b.example"})
    assert (stranger.status, stranger.headers.get("Access-Control-Allow-Origin")) == (200, None)
    assert local.backends.requests == []


async def test_a_preflight_for_what_is_not_there_or_has_no_cors_is_not_found() -> None:
    local = Local()
    local.azure.policy(policy_of(inbound=REFUSING), "apis/chat")
    assert (await local.call(method="OPTIONS", headers=ASKED)).status == 404
    local.azure.policy(policy_of(inbound=CORS), "apis/chat")
    asked = {**ASKED, "Access-Control-Request-Method": "DELETE"}
    assert (await local.call(method="OPTIONS", headers=asked)).status == 404


async def test_an_operation_for_options_sees_the_preflight_itself() -> None:
    local = Local()
    local.azure.operation(method="OPTIONS", name="asked")
    local.azure.policy(policy_of(inbound=CORS + REFUSING), "apis/chat")
    assert (await local.call(method="OPTIONS", headers=ASKED)).status == 418


async def test_a_second_service_sees_the_urls_that_it_has_in_azure() -> None:
    local = Local()
    other = ServiceDocuments(local.azure.store, name="other", gateway_path="/other")
    other.api(serviceUrl="https://plain.test/base")
    other.operation()
    note = '<set-header name="seen"><value>@(context.Request.OriginalUrl.ToString())</value></set-header>'
    other.policy(policy_of(inbound=note), "apis/chat")
    request = Request("POST", "http://localhost:4580/other/openai/chat?a=1", Headers(), b"{}")
    await read(await local.gateway.send(request))
    assert local.backends.requests[0].headers.get("seen") == "http://localhost:4580/openai/chat?a=1"
    assert local.backends.requests[0].url == "https://plain.test/base/chat?a=1"


async def test_content_safety_is_asked_with_what_its_backend_holds() -> None:
    local = Local()
    local.azure.backend(
        "safe",
        "https://safe.cognitiveservices.azure.com",
        credentials={"managedIdentity": {"resource": "https://cognitiveservices.azure.com"}},
    )
    element = (
        '<llm-content-safety backend-id="safe"><categories><category name="Hate" threshold="2" />'
        "</categories></llm-content-safety>"
    )
    local.azure.policy(policy_of(inbound=element), "apis/chat")
    local.backends.answers["safe.cognitiveservices.azure.com"] = 500
    body = b'{"messages": [{"role": "user", "content": "hello"}]}'
    assert (await local.call(body=body)).status == 403
    asked = local.backends.requests[0]
    assert asked.url.startswith("https://safe.cognitiveservices.azure.com/contentsafety/text:analyze?")
    assert asked.headers.get("Authorization") == (
        "Bearer token-for-https://cognitiveservices.azure.com-of-None"
    )
