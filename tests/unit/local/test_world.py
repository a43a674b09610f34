"""The planes joined: a token from Entra opens ARM, a role opens an account, an identity takes the gateway
there."""

import json
import random
from dataclasses import replace

import pytest

from apimlb.http import Headers, Request, read
from apimlb.local.entra.tokens import Principal, User
from apimlb.local.faults import Fault
from apimlb.local.lateness import LATE, STALE
from apimlb.local.store import Store
from apimlb.local.world import OWNER, TENANT_ID, World, WorldSettings
from tests.fakes import ManualClock, ScriptedTransport
from tests.unit.local.tenant import (
    ARM,
    ASSIGNMENT,
    BASE_URL,
    CHAT,
    EAST,
    GATE,
    IDENTITY,
    OPENAI_USER,
    POLICY,
    REMEMBERING,
    SOMEBODY,
    Tenant,
)


@pytest.fixture
def tenant():
    made = Tenant()
    yield made
    made.store.close()


class TestContentSafety:
    async def test_answers_at_an_accounts_host_to_who_has_a_token_for_it(self, tenant):
        tenant.world.safety.rules.severities.append(("bomb", "Violence", 6))
        url = "https://safe.cognitiveservices.azure.com/contentsafety/text:analyze?api-version=2024-09-01"
        token = tenant.world.entra.mint(Principal("c", "p"), "https://cognitiveservices.azure.com")
        body = json.dumps({"text": "a bomb", "categories": ["Violence"]}).encode()
        for given, status in (("no.to.ken", 401), (token, 200)):
            headers = Headers([("Authorization", f"Bearer {given}")])
            response = await tenant.world.send(Request("POST", url, headers, body))
            assert response.status == status
        assert json.loads(await read(response))["categoriesAnalysis"] == [
            {"category": "Violence", "severity": 6}
        ]


class TestTokens:
    async def test_a_secret_buys_the_token_that_arm_wants(self, tenant):
        form = "grant_type=client_credentials&scope=https://management.azure.com/.default"
        form += f"&client_id={OWNER.client_id}&client_secret=s3cret"
        url = f"https://login.microsoftonline.com/{TENANT_ID}/oauth2/v2.0/token"
        response = await tenant.world.send(Request("POST", url, Headers(), form.encode()))
        token = json.loads(await read(response))["access_token"]
        status, _ = await tenant.arm("GET", "/subscriptions", "2022-12-01", Authorization=f"Bearer {token}")
        assert status == 200

    async def test_arm_refuses_none_a_bad_one_and_one_for_somebody_else(self, tenant):
        stranger = tenant.world.entra.mint(Principal("c", "p"), "https://graph.microsoft.com")
        cases = {"AuthenticationFailed": {"Accept": "*/*"}}
        status, body = await tenant.arm(
            "GET", "/subscriptions", "2022-12-01", **cases["AuthenticationFailed"]
        )
        assert (status, body["error"]["code"]) == (401, "AuthenticationFailed")
        for token in (stranger, "no.to.ken"):
            status, body = await tenant.arm(
                "GET", "/subscriptions", "2022-12-01", Authorization=f"Bearer {token}"
            )
            assert (status, body["error"]["code"]) == (401, "InvalidAuthenticationToken")

    async def test_a_person_is_known_to_arm_by_what_they_sign_in_with(self, tenant):
        tenant.token = tenant.world.entra.mint(User(OWNER.object_id), ARM)
        await tenant.account()
        system = (await tenant.arm("GET", EAST, "2024-10-01"))[1]["systemData"]
        assert (system["createdByType"], system["createdBy"].endswith("@local.example")) == ("User", True)


class TestRoads:
    async def test_a_role_opens_an_account_and_its_loss_closes_it(self, tenant):
        await tenant.account()
        token = tenant.world.entra.mint(Principal("c", SOMEBODY), "https://ai.azure.com/")
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await tenant.chat(**bearer))[1]["error"]["code"] == "PermissionDenied"
        await tenant.give_role(SOMEBODY)
        assert (await tenant.chat(**bearer))[0] == 200
        id = f"{EAST}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000001"
        await tenant.arm("DELETE", id, "2022-04-01")
        assert (await tenant.chat(**bearer))[0] == 401

    async def test_capacity_set_through_arm_is_enforced_at_once(self, tenant):
        await tenant.account()
        keys = (await tenant.arm("POST", f"{EAST}/listKeys", "2024-10-01"))[1]
        statuses = [(await tenant.chat(api_key=keys["key1"]))[0] for _ in range(30)]
        assert statuses.count(200) == 17, "1,000 requests a minute are 17 in a second"
        rows = tenant.world.status()["accounts"]
        told = {name: rows[0][name] for name in ("name", "deployment", "calls", "answered", "throttled")}
        assert told == {"name": "east", "deployment": "chat", "calls": 30, "answered": 17, "throttled": 13}

    async def test_the_rest_of_the_world_is_not_there(self, tenant):
        for host in ("example.com", "nobody.openai.azure.com"):
            with pytest.raises(ConnectionError, match=host):
                await tenant.send("GET", f"https://{host}/")

    async def test_the_gateways_port_serves_the_account_that_the_host_names(self, tenant):
        await tenant.account()
        url = f"http://east.openai.azure.com{CHAT}"
        direct = await tenant.world.serve(Request("POST", url, Headers(), b"{}"))
        gateway = await tenant.world.serve(Request("POST", f"http://127.0.0.1:4580{CHAT}", Headers(), b"{}"))
        assert (direct.status, gateway.status) == (401, 404)

    async def test_the_gateway_reaches_an_account_with_its_identity(self, tenant):
        principal = await tenant.gateway()
        status, body = await tenant.chat("gate.azure-api.net")
        assert (status, body["error"]["code"]) == (401, "PermissionDenied")
        await tenant.give_role(principal)
        status, body = await tenant.chat("gate.azure-api.net")
        assert (status, body["object"]) == (200, "chat.completion")

    async def test_what_is_outside_is_asked_for_by_the_gateway_alone(self):
        outside = ScriptedTransport([204])
        world = World(Store(), ManualClock(), random.Random(1), outside=outside)
        response = await world.send(Request("GET", "http://127.0.0.1:9101/health"))
        assert response.status == 204
        assert [request.host for request in outside.requests] == ["127.0.0.1"]
        world.store.close()


class TestFaults:
    async def test_reach_every_plane(self, tenant):
        await tenant.account()
        tenant.world.faults.add(Fault(status=418))
        entra = f"https://login.microsoftonline.com/{TENANT_ID}/v2.0/.well-known/openid-configuration"
        for url in (
            f"{ARM}/subscriptions",
            entra,
            f"https://gate.azure-api.net{CHAT}",
            "https://example.com/",
        ):
            assert (await tenant.send("GET", url))[0] == 418
        assert (await tenant.chat())[0] == 418

    async def test_in_front_of_an_account_are_the_gateways_to_deal_with(self, tenant):
        await tenant.give_role(await tenant.gateway())
        tenant.world.faults.add(Fault(plane="openai", reset=True, count=1))
        tenant.world.faults.add(Fault(plane="openai", status=429, headers=(("Retry-After", "9"),), count=1))
        status, body = await tenant.chat("gate.azure-api.net")
        assert (status, body["statusCode"]) == (500, 500)
        assert (await tenant.chat("gate.azure-api.net"))[0] == 429
        assert (await tenant.chat("gate.azure-api.net"))[0] == 200

    async def test_cut_a_stream_on_its_way_through_the_gateway(self, tenant):
        await tenant.give_role(await tenant.gateway())
        tenant.world.faults.add(Fault(plane="openai", cut=3))
        body = {"messages": [{"role": "user", "content": "Hello"}], "stream": True}
        url = f"https://gate.azure-api.net{CHAT}"
        response = await tenant.world.send(Request("POST", url, Headers(), json.dumps(body).encode()))
        seen: list[bytes] = []
        with pytest.raises(ConnectionResetError):
            await collect(response.body, seen)
        assert len(seen) == 3


async def collect(chunks, seen):
    async for chunk in chunks:
        seen.append(chunk)


class TestSeveralGateways:
    async def test_take_turns_and_learn_each_for_itself(self):
        tenant = Tenant(gateways=2)
        backend = 'backend-id="east"'
        await tenant.give_role(await tenant.gateway(policy=POLICY.replace(BASE_URL, backend)))
        trip = {
            "name": "trip",
            "failureCondition": {
                "count": 1,
                "interval": "PT1M",
                "statusCodeRanges": [{"min": 500, "max": 599}],
            },
            "tripDuration": "PT1M",
        }
        properties = {
            "url": "https://east.openai.azure.com/openai",
            "protocol": "http",
            "circuitBreaker": {"rules": [trip]},
        }
        await tenant.put(f"{GATE}/backends/east", "2024-05-01", {"properties": properties})
        tenant.world.faults.add(Fault(plane="openai", status=500, count=1))
        statuses = [(await tenant.chat("gate.azure-api.net"))[0] for _ in range(4)]
        assert statuses == [500, 200, 503, 200]
        assert [(row["gateway"], row["open_for"]) for row in tenant.world.status()["breakers"]] == [(1, 60.0)]
        tenant.store.close()

    async def test_share_what_they_keep(self):
        tenant = Tenant(gateways=2)
        await tenant.give_role(await tenant.gateway(policy=REMEMBERING))
        told = [await tenant.send("POST", f"https://gate.azure-api.net{CHAT}") for _ in range(2)]
        assert told == [(200, b"nothing"), (200, b"something")]
        tenant.store.close()


class TestAnIdentityThatIsMadeAnew:
    async def test_is_another_and_opens_nothing(self, tenant):
        await tenant.give_role(await tenant.gateway())
        assert (await tenant.arm("DELETE", IDENTITY, "2023-01-31"))[0] == 200
        assert (await tenant.chat("gate.azure-api.net"))[0] == 500
        again = (await tenant.put(IDENTITY, "2023-01-31", {"location": "swedencentral"}))["properties"]
        service = (await tenant.arm("GET", GATE, "2024-05-01"))[1]
        assert service["identity"]["userAssignedIdentities"][IDENTITY]["clientId"] != again["clientId"]
        assert (await tenant.chat("gate.azure-api.net"))[0] == 500

    async def test_cannot_be_given_the_role_under_the_name_of_the_old_ones(self, tenant):
        before = await tenant.gateway()
        await tenant.give_role(before)
        await tenant.arm("DELETE", IDENTITY, "2023-01-31")
        again = (await tenant.put(IDENTITY, "2023-01-31", {"location": "swedencentral"}))["properties"]
        assert again["principalId"] != before
        role = {"roleDefinitionId": OPENAI_USER, "principalId": again["principalId"]}
        assigned = {**role, "principalType": "ServicePrincipal"}
        status, said = await tenant.arm("PUT", ASSIGNMENT, "2022-04-01", {"properties": assigned})
        assert (status, said["error"]["code"]) == (400, "RoleAssignmentUpdateNotPermitted")
        assert (await tenant.arm("DELETE", ASSIGNMENT, "2022-04-01"))[0] == 200
        await tenant.give_role(again["principalId"])
        await tenant.gateway()
        assert (await tenant.chat("gate.azure-api.net"))[0] == 200


def test_adverse_turns_every_plane_to_the_worse_reading():
    likely = WorldSettings()
    adverse = likely.adverse()
    assert adverse.openai.switches != likely.openai.switches
    assert adverse.gateway != likely.gateway
    assert adverse.policy != likely.policy
    assert adverse.lateness == replace(LATE, reads=STALE) != likely.lateness
    assert adverse.openai.seed == likely.openai.seed
