"""Trouble on order at ARM and Entra: what each looks like to who asks, and what became of the resource."""

import json
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest

from apimlb.http import Headers, Request, read
from apimlb.local.arm.operations import End
from apimlb.local.faults import Fault
from apimlb.local.world import OWNER, SUBSCRIPTION_ID, TENANT_ID
from tests.unit.local.tenant import ARM, EAST, GATE, GROUP, Tenant

SERVICE = {
    "location": "swedencentral",
    "sku": {"name": "BasicV2", "capacity": 1},
    "properties": {"publisherEmail": "a@b.example", "publisherName": "a"},
}
ACCOUNT = {
    "location": "swedencentral",
    "kind": "OpenAI",
    "sku": {"name": "S0"},
    "properties": {"customSubDomainName": "east"},
}
NAMED_VALUE = {"properties": {"displayName": "word", "value": "one"}}
Json = dict[str, Any]


class Caller(Tenant):
    """Whoever starts operations and follows their headers."""

    async def begin(self, method: str, id: str, version: str, body: Json | None = None) -> dict[str, str]:
        """The headers of a request's answer that is a success."""
        headers = Headers([("Authorization", f"Bearer {self.token}")])
        data = b"" if body is None else json.dumps(body).encode()
        url = f"{ARM}{id}?api-version={version}"
        response = await self.world.send(Request(method, url, headers, data))
        assert response.status in (200, 201, 202), await read(response)
        return dict(response.headers)

    async def follow(self, url: str) -> tuple[int, bytes]:
        status, body = await self.send("GET", url, Authorization=f"Bearer {self.token}")
        return status, body

    async def state(self, id: str, version: str) -> str:
        return str((await self.arm("GET", id, version))[1]["properties"]["provisioningState"])


Start = Callable[..., Caller]


@pytest.fixture(params=["at-once", "realistic"])
def start(request: pytest.FixtureRequest) -> Iterator[Start]:
    """A tenant where work takes no time, and one where it does, with these faults on order."""
    made: list[Caller] = []

    def tenant(*faults: Fault) -> Caller:
        made.append(Caller(lro=request.param))
        for fault in faults:
            made[-1].world.faults.add(fault)
        return made[-1]

    yield tenant
    for each in made:
        each.store.close()


class TestOperations:
    @pytest.mark.parametrize(("end", "word"), [("failed", "Failed"), ("canceled", "Canceled")])
    @pytest.mark.parametrize(
        ("type", "id", "version", "body"),
        [
            ("Microsoft.ApiManagement/service", GATE, "2024-05-01", SERVICE),
            ("Microsoft.CognitiveServices/accounts", EAST, "2024-10-01", ACCOUNT),
        ],
        ids=["service", "account"],
    )
    async def test_that_fail_leave_a_resource_that_says_so_and_can_be_written_again(
        self, start: Start, type: str, id: str, version: str, body: Json, end: End, word: str
    ) -> None:
        caller = start(Fault(method="PUT", type=type, operation=end, code="Busy", count=1))
        await caller.put(GROUP, "2024-11-01", {"location": "swedencentral"})
        headers = await caller.begin("PUT", id, version, body)
        caller.wait(3000)
        status, told = await caller.follow(headers["Azure-AsyncOperation"])
        assert status == 200
        assert (json.loads(told)["status"], json.loads(told)["error"]["code"]) == (word, "Busy")
        assert await caller.state(id, version) == word
        await caller.begin("PUT", id, version, body)
        caller.wait(3000)
        assert await caller.state(id, version) == "Succeeded"

    async def test_of_deployments_fail_for_want_of_quota_that_was_there_a_moment_ago(
        self, start: Start
    ) -> None:
        caller = start(
            Fault(type="*/accounts/deployments", operation="failed", code="InsufficientQuota", count=1)
        )
        await caller.account()
        path = f"{EAST}/deployments/chat"
        model = {"format": "OpenAI", "name": "gpt-5.1", "version": "2025-11-13"}
        body = {"sku": {"name": "GlobalStandard", "capacity": 90}, "properties": {"model": model}}
        caller.wait(60)
        assert await caller.state(path, "2024-10-01") == "Failed"
        await caller.begin("PUT", path, "2024-10-01", body)
        assert await caller.state(path, "2024-10-01") == "Succeeded"

    @pytest.mark.parametrize("end", ["vanished", "garbage"])
    async def test_that_cannot_be_asked_after_did_their_work(self, start: Start, end: End) -> None:
        caller = start(Fault(method="PUT", operation=end))
        await caller.put(GROUP, "2024-11-01", {"location": "swedencentral"})
        headers = await caller.begin("PUT", EAST, "2024-10-01", ACCOUNT)
        caller.wait(3000)
        status, told = await caller.follow(headers["Azure-AsyncOperation"])
        if end == "vanished":
            assert (status, json.loads(told)["error"]["code"]) == (404, "OperationNotFound")
        else:
            assert status == 200
            with pytest.raises(ValueError, match="Unterminated"):
                json.loads(told)
        assert await caller.state(EAST, "2024-10-01") == "Succeeded"

    @pytest.mark.parametrize("end", get_args(End))
    async def test_of_a_named_value_are_asked_after_in_two_places(self, start: Start, end: End) -> None:
        caller = start(Fault(type="*/namedValues", operation=end))
        await self.service(caller)
        headers = await caller.begin("PUT", f"{GATE}/namedValues/word", "2024-05-01", NAMED_VALUE)
        caller.clock.advance(10)
        answers = [await caller.follow(headers[name]) for name in ("Azure-AsyncOperation", "Location")]
        seen = {"vanished": [404, 404], "garbage": [200, 200]}.get(end, [200, 400])
        assert [status for status, _ in answers] == seen

    @pytest.mark.parametrize("end", ["failed", "canceled"])
    async def test_that_delete_leave_what_was_to_go(self, start: Start, end: End) -> None:
        caller = start(Fault(method="DELETE", operation=end, count=2))
        await self.service(caller)
        headers = await caller.begin("DELETE", GATE, "2024-05-01")
        caller.wait(3000)
        assert json.loads((await caller.follow(headers["Azure-AsyncOperation"]))[1])["status"].lower() == end
        headers = await caller.begin("DELETE", GROUP, "2024-11-01")
        caller.wait(3000)
        assert (await caller.follow(headers["Location"]))[0] == 409
        assert await caller.state(GROUP, "2024-11-01") == "Succeeded"
        await caller.begin("DELETE", GROUP, "2024-11-01")
        caller.wait(3000)
        assert (await caller.arm("GET", GROUP, "2024-11-01"))[0] == 404

    async def test_that_update_a_service_and_fail_let_it_serve_on(self, start: Start) -> None:
        caller = start()
        await caller.give_role(await caller.gateway())
        caller.world.faults.add(Fault(method="PUT", type="*/service", operation="failed"))
        await caller.begin("PUT", GATE, "2024-05-01", SERVICE)
        caller.wait(3000)
        assert await caller.state(GATE, "2024-05-01") == "Failed"
        assert (await caller.chat("gate.azure-api.net"))[0] == 200

    async def service(self, caller: Caller) -> None:
        await caller.put(GROUP, "2024-11-01", {"location": "swedencentral"})
        await caller.put(GATE, "2024-05-01", SERVICE)
        caller.wait(3000)


async def test_a_write_may_succeed_and_be_answered_otherwise(start: Start) -> None:
    caller = start(Fault(method="PUT", code="GatewayTimeout", applied=True, count=1))
    answer = await caller.arm("PUT", GROUP, "2024-11-01", {"location": "swedencentral"})
    assert (answer[0], answer[1]["error"]["code"]) == (504, "GatewayTimeout")
    assert (await caller.arm("GET", GROUP, "2024-11-01"))[0] == 200


async def test_or_it_may_never_have_arrived(start: Start) -> None:
    caller = start(Fault(method="PUT", code="GatewayTimeout", count=1))
    await caller.arm("PUT", GROUP, "2024-11-01", {"location": "swedencentral"})
    assert (await caller.arm("GET", GROUP, "2024-11-01"))[0] == 404


async def test_throttling_goes_on_and_on(start: Start) -> None:
    caller = start(Fault(plane="arm", code="TooManyRequests", headers=(("Retry-After", "120"),), seconds=600))
    for _ in range(5):
        assert (await caller.arm("GET", GROUP, "2024-11-01"))[0] == 429
        caller.clock.advance(120)
    assert (await caller.arm("GET", GROUP, "2024-11-01"))[0] == 404


async def test_entra_is_out_of_order_in_its_own_words(start: Start) -> None:
    caller = start(Fault(plane="entra", code="temporarily_unavailable", count=1))
    form = (
        f"grant_type=client_credentials&scope={ARM}/.default&client_id={OWNER.client_id}&client_secret=s3cret"
    )
    url = f"https://login.microsoftonline.com/{TENANT_ID}/oauth2/v2.0/token"
    answers = [await caller.world.send(Request("POST", url, Headers(), form.encode())) for _ in range(2)]
    assert [each.status for each in answers] == [503, 200]
    assert json.loads(await read(answers[0]))["error"] == "temporarily_unavailable"


async def test_a_token_that_ran_out_is_told_apart_from_a_bad_one(start: Start) -> None:
    caller = start()
    caller.clock.advance(7200)
    path = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups"
    told = await caller.arm("GET", path, "2024-11-01")
    assert (told[0], told[1]["error"]["code"]) == (401, "ExpiredAuthenticationToken")
    told = await caller.arm("GET", path, "2024-11-01", Authorization="Bearer nonsense")
    assert (told[0], told[1]["error"]["code"]) == (401, "InvalidAuthenticationToken")
