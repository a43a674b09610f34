"""Elements that need more of a gateway than a request: records, connections, the API's definition."""

from apimlb.policy.apim.credentials import Authorization
from tests.functional.local.gateway_scene import Local
from tests.unit.local.gateway.documents import policy_of

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
