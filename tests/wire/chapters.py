"""One exchange or more of each operation that the local ARM has, in the order of a stack's life."""

from typing import Any

from tests.unit.local.arm.scene import (
    ACCOUNTS,
    APIM,
    COGNITIVE,
    GROUP,
    IDENTITY,
    ROOT,
    SERVICE,
    Scene,
    account,
    service,
)

Json = dict[str, Any]
ROLE = (
    f"{ACCOUNTS}/east/providers/Microsoft.Authorization/roleAssignments/7b83888d-03fb-55bb-8209-aec4e36328a8"
)
POLICY = "<policies><inbound><base /></inbound><backend><base /></backend><outbound /><on-error /></policies>"


async def resources(scene: Scene) -> None:
    await scene.group()
    await scene.put(GROUP, {"location": "eastus", "tags": {"a": "b"}})
    await scene.get(GROUP)
    await scene.patch(GROUP, {"tags": {"a": "c"}})
    await scene.get(f"{ROOT}/resourcegroups")
    await scene.get(f"{GROUP}/resources")
    await scene.get(f"{ROOT}/resources")
    await scene.get(f"{ROOT}/providers", version="2025-04-01")
    await scene.get(f"{ROOT}/providers/Microsoft.ApiManagement", version="2025-04-01")
    await scene.post(f"{ROOT}/providers/Microsoft.ApiManagement/register", version="2025-04-01")
    await scene.get("/providers", version="2025-04-01")
    await scene.get("/providers/Microsoft.ApiManagement", version="2025-04-01")
    await scene.put(IDENTITY, {"location": "eastus"})
    await scene.get(IDENTITY)
    await scene.get(IDENTITY.rsplit("/", 1)[0])


async def monitoring(scene: Scene) -> None:
    bodies: dict[str, Json] = {
        "Microsoft.OperationalInsights/workspaces/logs": {},
        "Microsoft.Insights/components/insights": {"Application_Type": "web"},
    }
    for path, properties in bodies.items():
        whole = f"{GROUP}/providers/{path}"
        for _ in range(2):
            kind = {"kind": "web"} if "components" in path else {}
            await scene.put(whole, {"location": "eastus", **kind, "properties": properties})
        await scene.get(whole)
        await scene.get(whole.rpartition("/")[0])
        await scene.patch(whole, {"tags": {"a": "b"}})
    await scene.post(f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs/sharedKeys")
    for path in bodies:
        await scene.delete(f"{GROUP}/providers/{path}")


async def cognitive(scene: Scene) -> None:
    east = f"{ACCOUNTS}/east"
    await scene.put(east, {**account("east"), "identity": {"type": "SystemAssigned"}, "tags": {"a": "b"}})
    await scene.get(east)
    await scene.put(east, account("east"))
    await scene.patch(east, {"tags": {"a": "c"}})
    await scene.get(ACCOUNTS)
    await scene.post(f"{east}/listKeys")
    await scene.post(f"{east}/regenerateKey", {"keyName": "Key1"})
    for path in ("models", "skus", "usages"):
        await scene.get(f"{east}/{path}")
    await scene.deploy()
    await scene.deploy(capacity=31)
    await scene.patch(f"{east}/deployments/gpt", {"sku": {"name": "GlobalStandard", "capacity": 32}})
    await scene.get(f"{east}/deployments/gpt")
    await scene.get(f"{east}/deployments/gpt/skus")
    await scene.get(f"{east}/deployments")
    for path in ("models", "usages"):
        await scene.get(f"{COGNITIVE}/locations/eastus/{path}")
    capacities = "modelCapacities?modelFormat=OpenAI&modelName=gpt-5.1&modelVersion=2025-11-13"
    await scene.get(f"{COGNITIVE}/{capacities}")
    await scene.get(f"{COGNITIVE}/locations/eastus/{capacities}")
    await scene.get(f"{COGNITIVE}/skus")


async def authorization(scene: Scene) -> None:
    identity = await scene.get(IDENTITY)
    properties = {
        "principalId": identity.properties["principalId"],
        "roleDefinitionId": f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions/"
        "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
    }
    await scene.put(ROLE, {"properties": properties})
    await scene.get(ROLE)
    await scene.get(ROLE.rsplit("/", 1)[0])
    await scene.get(f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions")
    await scene.get(properties["roleDefinitionId"])
    await scene.get(f"{GROUP}/providers/Microsoft.Authorization/permissions")
    await scene.delete(ROLE)


async def gateway(scene: Scene) -> None:
    await scene.put(
        SERVICE,
        service(identity={"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}, tags={"a": "b"}),
    )
    await scene.get(SERVICE)
    await scene.put(SERVICE, service())
    await scene.patch(SERVICE, {"tags": {"a": "c"}}, If_Match="*")
    await scene.get(SERVICE.rsplit("/", 1)[0])
    await scene.post(f"{APIM}/checkNameAvailability", {"name": "chat-gw"})
    await scene.get(f"{APIM}/skus")
    await scene.get(f"{SERVICE}/skus")
    pool = {"services": [{"id": f"{SERVICE}/backends/one", "weight": 1, "priority": 1}]}
    one = {"url": "https://one.example.com", "protocol": "http"}
    bodies: dict[str, Json] = {
        "backends/one": one,
        "backends/pool": {"type": "Pool", "pool": pool},
        "namedValues/who": {"displayName": "who", "value": "me", "secret": True},
        "policyFragments/shared": {"value": "<fragment><base /></fragment>", "format": "rawxml"},
        "apis/openai": {"displayName": "OpenAI", "path": "openai", "protocols": ["https"]},
        "apis/openai/operations/post": {"displayName": "Post", "method": "POST", "urlTemplate": "/x"},
        "products/chat": {"displayName": "Chat"},
        "subscriptions/app": {"displayName": "App", "scope": "/apis/openai"},
        "policies/policy": {"format": "rawxml", "value": POLICY.replace("<base />", "")},
        "apis/openai/policies/policy": {"format": "rawxml", "value": POLICY},
        "apis/openai/operations/post/policies/policy": {"format": "xml", "value": POLICY},
        "products/chat/policies/policy": {"format": "rawxml", "value": POLICY},
        "loggers/log": {"loggerType": "azureMonitor"},
        "diagnostics/azuremonitor": {"loggerId": "/loggers/log"},
        "apis/openai/diagnostics/azuremonitor": {"loggerId": f"{SERVICE}/loggers/log", "verbosity": "error"},
        "apis/openai;rev=2": {"path": "openai", "sourceApiId": f"{SERVICE}/apis/openai"},
        "apis/openai/releases/first": {"apiId": f"{SERVICE}/apis/openai;rev=1", "notes": "as it was"},
        "apiVersionSets/v": {"displayName": "V", "versioningScheme": "Segment"},
        "groups/friends": {"displayName": "Friends"},
        "tags/blue": {"displayName": "Blue"},
    }
    for path, properties in bodies.items():
        for _ in range(2):
            await scene.put(f"{SERVICE}/{path}", {"properties": properties})
        await scene.get(f"{SERVICE}/{path}")
        await scene.ask("HEAD", f"{SERVICE}/{path}")
        await scene.get(f"{SERVICE}/{path.rpartition('/')[0]}")
    await scene.ask("PUT", f"{SERVICE}/products/chat/apis/openai")
    await scene.ask("PUT", f"{SERVICE}/products/chat/groups/friends")
    for path in ("products/chat/apis", "products/chat/groups", "products/chat/subscriptions"):
        await scene.get(f"{SERVICE}/{path}")
    await scene.get(f"{SERVICE}/apis/openai/products")
    await scene.get(f"{SERVICE}/apis/openai/revisions")
    await scene.patch(f"{SERVICE}/apis/openai/releases/first", {"properties": {"notes": "x"}}, If_Match="*")
    await scene.ask("HEAD", f"{SERVICE}/products/chat/groups/friends")
    await scene.delete(f"{SERVICE}/products/chat/groups/friends")
    await scene.post(f"{SERVICE}/policyFragments/shared/listReferences")
    for path in ("products/chat", "subscriptions/app", "backends/one", "apis/openai"):
        await scene.patch(f"{SERVICE}/{path}", {"properties": {}}, If_Match="*")
    await scene.patch(f"{SERVICE}/namedValues/who", {"properties": {"tags": ["a"]}}, If_Match="*")
    for action in ("listSecrets", "regeneratePrimaryKey", "regenerateSecondaryKey"):
        await scene.post(f"{SERVICE}/subscriptions/app/{action}")
    await scene.post(f"{SERVICE}/namedValues/who/listValue")
    for path in reversed([*bodies, "products/chat/apis/openai"]):
        for _ in range(2):
            await scene.delete(f"{SERVICE}/{path}", If_Match="*")


async def removal(scene: Scene) -> None:
    await scene.delete(f"{ACCOUNTS}/east/deployments/gpt")
    await scene.delete(f"{ACCOUNTS}/east")
    await scene.get(f"{COGNITIVE}/deletedAccounts")
    gone = f"{COGNITIVE}/locations/eastus/resourceGroups/chat/deletedAccounts/east"
    await scene.get(gone)
    await scene.delete(gone)
    await scene.delete(SERVICE)
    await scene.get(f"{APIM}/deletedservices")
    await scene.get(f"{APIM}/locations/eastus/deletedservices/chat-gw")
    await scene.delete(f"{APIM}/locations/eastus/deletedservices/chat-gw")
    await scene.delete(IDENTITY)
    await scene.delete(GROUP)


CHAPTERS = (resources, monitoring, cognitive, authorization, gateway, removal)
