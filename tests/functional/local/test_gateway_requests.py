"""How a request gets through the gateway: its key, its operation, its policy, and what a backend is sent."""

from collections.abc import AsyncIterator

import pytest

from apimlb.http import Headers, Request, Response
from apimlb.local.gateway.switches import GatewaySwitches
from tests.functional.local.gateway_scene import NOTE_REASON, TO_POOL, Local, Reading, retrying
from tests.unit.local.gateway.documents import policy_of

MISSING_KEY = (
    b'{ "statusCode": 401, "message": "Access denied due to missing subscription key. '
    b'Make sure to include subscription key when making requests to an API." }'
)
INVALID_KEY = (
    b'{ "statusCode": 401, "message": "Access denied due to invalid subscription key. '
    b'Make sure to provide a valid key for an active subscription." }'
)
NOT_FOUND = b'{ "statusCode": 404, "message": "Resource not found" }'
MARK = '<return-response><set-status code="{}" reason="Marked" /></return-response>'


async def test_without_a_key_the_refusal_is_byte_for_byte_azures(reading: Reading) -> None:
    local = reading.local()
    local.azure.api(
        subscriptionRequired=True, subscriptionKeyParameterNames={"header": "api-key", "query": "key"}
    )
    response = await local.call()
    assert (response.status, response.reason) == (401, "Access Denied")
    assert response.body == MISSING_KEY
    assert dict(response.headers) == {
        "Content-Type": "application/json",
        "Content-Length": "152",
        "WWW-Authenticate": 'AzureApiManagementKey realm="https://apim.azure-api.net/openai",'
        'name="api-key",type="header"',
    }
    assert local.backends.asked() == []


async def test_a_wrong_key_is_refused_and_a_right_one_lets_in(reading: Reading) -> None:
    local = reading.local()
    local.azure.api(serviceUrl="https://plain.test", subscriptionRequired=True)
    local.azure.subscription("app", "apis/chat")
    refused = await local.call(headers={"Ocp-Apim-Subscription-Key": "wrong"})
    assert (refused.status, refused.body) == (401, INVALID_KEY)
    admitted = await local.call(headers={"ocp-apim-subscription-key": "app-2"})
    assert admitted.status == 200
    assert (await local.call("/openai/chat?subscription-key=app-1")).status == 200


async def test_a_key_may_be_resolved_even_where_none_is_required(reading: Reading) -> None:
    local = reading.local()
    local.azure.subscription("app", "apis")
    show = '<set-header name="who"><value>@(context.Subscription?.Id ?? "nobody")</value></set-header>'
    local.azure.policy(policy_of(outbound=show), "apis/chat")
    response = await local.call(headers={"Ocp-Apim-Subscription-Key": "app-1"})
    resolved = reading.gateway.optional_key != "ignored"
    assert response.headers.get("who") == ("app" if resolved else "nobody")
    wrong = await local.call(headers={"Ocp-Apim-Subscription-Key": "wrong"})
    assert wrong.status == (401 if reading.gateway.optional_key == "refused" else 200)


async def test_a_wrong_key_may_be_refused_before_any_policy_even_where_none_is_required() -> None:
    local = Local(GatewaySwitches(optional_key="refused"))
    local.azure.policy(policy_of(inbound=MARK.format(418)), "apis/chat")
    refused = await local.call(headers={"Ocp-Apim-Subscription-Key": "wrong"})
    assert (refused.status, refused.body) == (401, INVALID_KEY)
    assert (await local.call()).status == 418


@pytest.mark.parametrize("path", ["/other/chat", "/openai/unknown", "/"])
async def test_an_unknown_operation_is_not_found(reading: Reading, path: str) -> None:
    local = reading.local()
    local.azure.operation("/chat")
    response = await local.call(path)
    assert (response.status, response.body) == (404, NOT_FOUND)
    assert local.backends.asked() == []


async def test_a_wrong_method_is_not_found_either_unless_switched(reading: Reading) -> None:
    response = await reading.local().call(method="GET", body=b"")
    assert response.status == reading.gateway.wrong_method


async def test_a_host_that_is_no_service_is_not_found(reading: Reading) -> None:
    local = reading.local()
    response = await local.gateway.send(Request("GET", "https://nobody.azure-api.net/openai/chat"))
    assert (response.status, response.body) == (404, NOT_FOUND)


async def test_on_error_sees_refusals_unless_switched(reading: Reading) -> None:
    local = reading.local()
    local.azure.policy(policy_of(on_error=NOTE_REASON), "apis/chat")
    response = await local.call("/openai/chat", method="PUT")
    reason = "OperationNotFound" if reading.gateway.early_errors_run_on_error else None
    assert (response.status, response.headers.get("reason")) == (reading.gateway.wrong_method, reason)


async def test_a_products_policies_run_only_for_its_keys(reading: Reading) -> None:
    local = reading.local()
    local.azure.api(serviceUrl="https://plain.test", subscriptionRequired=True)
    local.azure.product("gold", "chat")
    local.azure.subscription("goldie", "products/gold")
    local.azure.subscription("all", "apis")
    mark = '<set-header name="tier"><value>gold</value></set-header>'
    local.azure.policy(policy_of(outbound=mark), "products/gold")
    gold = await local.call(headers={"Ocp-Apim-Subscription-Key": "goldie-1"})
    assert gold.headers.get("tier") == "gold"
    other = await local.call(headers={"Ocp-Apim-Subscription-Key": "all-1"})
    assert other.headers.get("tier") is None


WHO = (
    "@(context.User == null ? "
    '"nobody" : string.Join(" ", context.User.Id, context.User.Email, context.User.FirstName, '
    'context.User.LastName, context.User.RegistrationDate.Year, context.User.Note ?? "-", '
    'string.Join(",", context.User.Groups.Select(g => g.Id + "=" + g.Name)), '
    'string.Join(",", context.User.Identities.Select(i => i.Provider + "=" + i.Id))))'
)


async def test_policies_see_who_owns_a_subscription(reading: Reading) -> None:
    local = reading.local()
    local.azure.api(serviceUrl="https://plain.test", subscriptionRequired=True)
    local.azure.put("groups/friends", {"displayName": "Friends of ours"})
    local.azure.put("groups/friends/users/ada")
    local.azure.put("groups/gone/users/ada")
    about = {
        "firstName": "Ada",
        "lastName": "L",
        "email": "ada@example.com",
        "registrationDate": "2021-02-03T04:05:06Z",
        "identities": [{"provider": "Basic", "id": "a"}],
    }
    local.azure.put("users/ada", about)
    for name, owner in (
        ("hers", f"{local.azure.id}/users/Ada"),
        ("short", "/users/ada"),
        ("left", "/users/x"),
    ):
        scope = f"{local.azure.id}/apis"
        properties = {"scope": scope, "state": "active", "ownerId": owner}
        local.azure.put(f"subscriptions/{name}", properties, primaryKey=f"{name}-1")
    local.azure.subscription("nobodys", "apis")
    show = f"<set-header name='who'><value>{WHO}</value></set-header>"
    local.azure.policy(policy_of(outbound=show), "apis/chat")
    ada = "ada ada@example.com Ada L 2021 - friends=Friends of ours Basic=a"
    for name, who in (("hers", ada), ("short", ada), ("left", "nobody"), ("nobodys", "nobody")):
        response = await local.call(headers={"Ocp-Apim-Subscription-Key": f"{name}-1"})
        assert (response.status, response.headers.get("who")) == (200, who)


async def test_policies_see_which_groups_a_product_is_for(reading: Reading) -> None:
    local = reading.local()
    local.azure.product("gold", "chat", subscriptionRequired=False)
    local.azure.put("groups/friends", {"displayName": "Friends"})
    local.azure.put("products/gold/groups/friends")
    local.azure.put("products/gold/groups/gone")
    value = '@(string.Join(",", context.Product.Groups.Select(g => g.Name)))'
    show = f"<set-header name='for'><value>{value}</value></set-header>"
    local.azure.policy(policy_of(outbound=show), "apis/chat")
    assert (await local.call()).headers.get("for") == "Friends"


async def test_path_and_query_follow_the_backends_url(reading: Reading) -> None:
    local = reading.local()
    await local.call("/openai/deployments/gpt-5.1/chat/completions?api-version=2024-10-21&x=a%20b")
    local.azure.backend("east", "https://east.test/openai")
    local.azure.policy(policy_of(inbound='<set-backend-service backend-id="east" />'), "apis/chat")
    await local.call("/openai/deployments/gpt-5.1/chat/completions?api-version=2024-10-21&x=a%20b")
    plain, east = local.backends.requests
    tail = "/deployments/gpt-5.1/chat/completions?api-version=2024-10-21&x=a%20b"
    assert plain.url == "https://plain.test/base" + tail
    assert east.url == "https://east.test/openai" + tail
    assert east.body == b'{"messages":[]}'


async def test_the_backend_gets_its_own_host_and_no_header_of_a_connection(
    reading: Reading,
) -> None:
    local = reading.local()
    await local.call(
        headers={"Host": "apim.azure-api.net", "Connection": "keep-alive, x-hop", "x-hop": "1", "x-app": "2"}
    )
    (request,) = local.backends.requests
    assert dict(request.headers) == {"Host": "plain.test", "x-app": "2", "Content-Length": "15"}


async def test_after_forwarding_the_requests_url_is_the_members(reading: Reading) -> None:
    local = reading.pooled(("east", 1), ("west", 2))
    show = '<set-header name="member"><value>@(context.Request.Url.Host)</value></set-header>'
    local.azure.policy(policy_of(inbound=TO_POOL, backend=retrying(), outbound=show), "apis/chat")
    assert (await local.call()).headers.get("member") == "east.test"


async def test_the_gateways_identity_opens_the_backend(reading: Reading) -> None:
    local = reading.local()
    identity = '<authentication-managed-identity resource="https://ai.azure.com" client-id="{}" />'
    local.azure.policy(policy_of(inbound=identity.format("me")), "apis/chat")
    await local.call(headers={"Authorization": "Bearer the client's"})
    (request,) = local.backends.requests
    assert request.headers.get("Authorization") == "Bearer token-for-https://ai.azure.com-of-me"
    local.azure.policy(policy_of(inbound=identity.format("stranger")), "apis/chat")
    assert (await local.call()).status == 500


async def test_a_backends_own_credentials_are_added(reading: Reading) -> None:
    local = reading.local()
    local.azure.backend(
        "plain", "https://plain.test/base", credentials={"managedIdentity": {"resource": "ai"}}
    )
    await local.call()
    assert local.backends.requests[0].headers.get("Authorization") == "Bearer token-for-ai-of-None"


async def test_an_answer_streams_through_chunk_by_chunk(reading: Reading) -> None:
    local = reading.pooled(("east", 1))
    sent: list[str] = []

    async def tokens() -> AsyncIterator[bytes]:
        for word in ("one", "two", "three"):
            sent.append(word)
            yield word.encode()

    local.backends.answers["east.test"] = Response(
        200, Headers([("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")]), tokens()
    )
    response = await local.gateway.send(Request("POST", "https://apim.azure-api.net/openai/chat"))
    assert not isinstance(response.body, bytes)
    assert sent == []
    seen = []
    async for chunk in response.body:
        seen.append((chunk, len(sent)))
    assert seen == [(b"one", 1), (b"two", 2), (b"three", 3)]
    assert dict(response.headers) == {"Content-Type": "text/event-stream"}


async def test_a_new_policy_serves_from_the_next_request_on(reading: Reading) -> None:
    local = reading.local()
    for status in (201, 202):
        local.azure.policy(policy_of(inbound=MARK.format(status)), "apis/chat")
        assert (await local.call()).status == status
    local.azure.delete("apis/chat/policies/policy")
    assert (await local.call()).status == 200


async def test_a_policy_that_does_not_compile_leaves_the_old_one_serving(reading: Reading) -> None:
    local = reading.local()
    local.azure.policy(policy_of(inbound=MARK.format("{{status}}")), "apis/chat")
    local.azure.put("namedValues/status", {"displayName": "status", "value": "201"})
    assert (await local.call()).status == 201
    local.azure.policy("<policies><inbound><oops /></inbound></policies>", "apis/chat")
    assert (await local.call()).status == 201
    assert len(local.gateway.policy_problems()) == 1
    local.azure.policy(policy_of(inbound=MARK.format("{{status}}")), "apis/chat")
    local.azure.put("namedValues/status", {"displayName": "status", "value": "202"})
    assert (await local.call()).status == 202
    assert not local.gateway.policy_problems()


async def test_a_deleted_policy_does_not_come_back_when_its_successor_fails(reading: Reading) -> None:
    local = reading.local()
    local.azure.policy(policy_of(inbound=MARK.format(201)), "apis/chat")
    assert (await local.call()).status == 201
    local.azure.delete("apis/chat/policies/policy")
    assert (await local.call()).status == 200
    local.azure.policy(policy_of(inbound="<oops />"), "apis/chat")
    assert (await local.call()).status == 500


async def test_a_policy_that_never_compiled_lets_nobody_through(reading: Reading) -> None:
    local = reading.local()
    local.azure.policy(policy_of(inbound="<oops />"), "apis/chat")
    assert (await local.call()).status == 500
    assert local.backends.asked() == []
