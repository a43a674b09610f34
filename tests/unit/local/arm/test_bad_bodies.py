"""Whatever JSON a body holds, the answer is one of ARM's, and nothing that was there is lost."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from apimlb.http import Headers
from apimlb.local.gateway.keys import presented
from apimlb.local.gateway.routes import read_service
from tests.unit.local.arm.scene import ACCOUNTS, GROUP, IDENTITY, SERVICE, Scene, account, deployment, service

RULE = {
    "name": "trip",
    "failureCondition": {"count": 1, "interval": "PT10S", "statusCodeRanges": [{"min": 429, "max": 429}]},
    "tripDuration": "PT1M",
}
BLOCK = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
BODIES: dict[str, Any] = {
    GROUP: {"location": "eastus", "tags": {"a": "b"}},
    IDENTITY: {"location": "eastus", "tags": {"a": "b"}},
    f"{ACCOUNTS}/east": {**account("east"), "identity": BLOCK, "tags": {"a": "b"}},
    f"{ACCOUNTS}/east/deployments/gpt": deployment(),
    SERVICE: {**service(), "identity": BLOCK, "tags": {"a": "b"}},
    f"{SERVICE}/backends/one": {
        "properties": {
            "url": "https://one.example.com",
            "protocol": "http",
            "tls": {"validateCertificateChain": True},
            "credentials": {
                "header": {"x": ["y"]},
                "query": {"x": ["y"]},
                "authorization": {"scheme": "Basic", "parameter": "x"},
                "managedIdentity": {"resource": "r", "clientId": "c"},
            },
            "circuitBreaker": {"rules": [RULE]},
        }
    },
    f"{SERVICE}/backends/pool": {
        "properties": {
            "type": "Pool",
            "pool": {
                "services": [{"id": f"{SERVICE}/backends/one", "weight": 1, "priority": 1}],
                "sessionAffinity": {"sessionId": {"name": "s", "source": "cookie"}},
            },
        }
    },
    f"{SERVICE}/namedValues/who": {"properties": {"displayName": "who", "value": "me", "tags": ["a"]}},
    f"{SERVICE}/apis/openai": {
        "properties": {
            "displayName": "A",
            "path": "a",
            "serviceUrl": "https://one.example.com",
            "subscriptionKeyParameterNames": {"header": "h", "query": "q"},
            "authenticationSettings": {},
        }
    },
    f"{SERVICE}/apis/openai/operations/post": {
        "properties": {
            "displayName": "P",
            "method": "POST",
            "urlTemplate": "/{x}",
            "templateParameters": [{"name": "x", "type": "string"}],
        }
    },
    f"{SERVICE}/apis/openai/policies/policy": {
        "properties": {"format": "rawxml", "value": "<policies><inbound /></policies>"}
    },
    f"{SERVICE}/policyFragments/f": {
        "properties": {"format": "rawxml", "value": "<fragment><base /></fragment>"}
    },
    f"{SERVICE}/products/p": {"properties": {"displayName": "P", "state": "published"}},
    f"{SERVICE}/subscriptions/s": {"properties": {"displayName": "S", "scope": "/apis/openai"}},
    f"{SERVICE}/users/u": {"properties": {"email": "u", "firstName": "u", "lastName": "u", "identities": []}},
    f"{SERVICE}/loggers/l": {"properties": {"loggerType": "azureMonitor"}},
    f"{SERVICE}/diagnostics/d": {"properties": {"loggerId": "/loggers/l"}},
    f"{GROUP}/providers/Microsoft.Insights/components/c": {
        "location": "eastus",
        "kind": "web",
        "properties": {"Application_Type": "web"},
    },
    f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/w": {
        "location": "eastus",
        "properties": {"sku": {"name": "PerGB2018"}, "workspaceCapping": {}},
    },
    f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/7b83888d-03fb-55bb-8209-aec4e36328a8": {
        "properties": {
            "principalId": "d4a34ed9-c189-4b60-84cb-2d4f8b81f44f",
            "roleDefinitionId": "/x/5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
            "principalType": "User",
        }
    },
}
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "odd",
    "http://[odd",
    "\ud800",
    [],
    ["x"],
    [None],
    {},
    {"x": "y"},
    [{"id": 1}],
    [{}],
)


def spoiled(body: Any) -> Iterator[Any]:
    """The body with each of its values, at any depth, replaced by something of another kind."""
    for path in paths(body):
        for odd in ODD:
            copied = copy.deepcopy(body)
            place = copied
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = odd
            yield copied


def paths(value: Any) -> Iterator[list[Any]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield [step]
        yield from ([step, *rest] for rest in paths(inner))


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_no_body_brings_the_plane_down(method: str) -> None:
    scene = Scene()
    for path, body in BODIES.items():
        assert (await scene.put(path, body)).status in (200, 201), path
    every = [(path, bad) for path, body in BODIES.items() for bad in spoiled(body)]
    for path, bad in random.Random(3).sample(every, 900):
        answer = await scene.ask(method, path, bad)
        assert answer.status in (200, 201, 202, 400, 404, 405, 409, 501), (path, bad)
    for path in BODIES:
        assert (await scene.get(path)).status in (200, 405), path


async def test_whatever_is_taken_a_gateway_can_read() -> None:
    """One body that it trips over would take every API of the service down."""
    scene = Scene()
    for path, body in BODIES.items():
        await scene.put(path, body)
    for path, body in BODIES.items():
        for bad in spoiled(body) if path.startswith(f"{SERVICE}/") else ():
            if (await scene.ask("PUT", path, bad)).status in (200, 201):
                found = scene.store.get(SERVICE)
                assert found is not None
                service = read_service([found, *scene.store.descendants(found.id)])
                for api in service.apis.values():
                    presented(api.rules, Headers(), {})
                await scene.put(path, body)
