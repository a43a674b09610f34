"""A tenant of the local Azure: its owner's token, an account, and a gateway in front of it."""

import json
import random

from apimlb.http import Headers, Request, read
from apimlb.local.entra.plane import Application
from apimlb.local.entra.tokens import Principal
from apimlb.local.store import Store
from apimlb.local.world import OWNER, SUBSCRIPTION_ID, World, WorldSettings
from tests.fakes import ManualClock
from tests.signing import provide_key

ARM = "https://management.azure.com"
SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION_ID}"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
EAST = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/east"
GATE = f"{GROUP}/providers/Microsoft.ApiManagement/service/gate"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/who"
ASSIGNMENT = f"{EAST}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000001"
OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
SOMEBODY = "5e0b0d1f-0000-4000-8000-00000000b0d1"
SECRET = Application(OWNER.client_id, OWNER.object_id, "s3cret", OWNER.name)
CHAT = "/openai/deployments/chat/chat/completions?api-version=2024-10-21"
BASE_URL = 'base-url="https://east.openai.azure.com/openai"'
POLICY = """
<policies>
  <inbound>
    <base />
    <set-backend-service {base_url} />
    <authentication-managed-identity resource="https://cognitiveservices.azure.com" client-id="{client_id}" />
  </inbound>
  <backend><forward-request buffer-response="false" /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>
""".replace("{base_url}", BASE_URL)
REMEMBERING = """
<policies>
  <inbound>
    <base />
    <cache-lookup-value key="told" default-value="nothing" variable-name="told" />
    <cache-store-value key="told" value="something" duration="60" />
    <return-response>
      <set-body>@((string)context.Variables["told"])</set-body>
    </return-response>
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>
"""


class Tenant:
    """A world and its owner's token."""

    def __init__(self, path=":memory:", seed=1, **settings):
        self.clock = ManualClock()
        self.path = path
        self.settings = WorldSettings(owner=SECRET, **settings)
        self.start(seed)

    def start(self, seed=1):
        self.store = Store(self.path)
        provide_key(self.store)
        self.world = World(self.store, self.clock, random.Random(seed), self.settings)
        self.log_in()

    def log_in(self):
        self.token = self.world.entra.mint(Principal(OWNER.client_id, OWNER.object_id), ARM)

    def wait(self, seconds):
        """Let time pass, and log in anew."""
        self.clock.advance(seconds)
        self.log_in()

    def work(self):
        """Let what takes its time come to its end."""
        if self.settings.lro == "realistic":
            self.wait(7200)

    def restart(self):
        """Only what the store holds stays."""
        self.store.close()
        self.start(seed=2)

    async def send(self, method, url, body=None, **headers):
        named = Headers((name.replace("_", "-"), value) for name, value in headers.items())
        data = b"" if body is None else json.dumps(body).encode()
        response = await self.world.send(Request(method, url, named, data))
        return response.status, await read(response)

    async def arm(self, method, id, version, body=None, **headers):
        headers = headers or {"Authorization": f"Bearer {self.token}"}
        status, data = await self.send(method, f"{ARM}{id}?api-version={version}", body, **headers)
        return status, json.loads(data) if data else None

    async def put(self, id, version, body):
        status, made = await self.arm("PUT", id, version, body)
        assert status in (200, 201), made
        return made

    async def account(self):
        await self.put(GROUP, "2024-11-01", {"location": "swedencentral"})
        properties = {"customSubDomainName": "east"}
        body = {
            "location": "swedencentral",
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "properties": properties,
        }
        await self.put(EAST, "2024-10-01", body)
        self.work()
        model = {"format": "OpenAI", "name": "gpt-5.1", "version": "2025-11-13"}
        sku = {"name": "GlobalStandard", "capacity": 100}
        await self.put(f"{EAST}/deployments/chat", "2024-10-01", {"sku": sku, "properties": {"model": model}})

    async def gateway(self, policy=POLICY):
        """An account behind a gateway; gives the principal of the gateway's identity."""
        await self.account()
        who = (await self.put(IDENTITY, "2023-01-31", {"location": "swedencentral"}))["properties"]
        service = {
            "location": "swedencentral",
            "sku": {"name": "BasicV2", "capacity": 1},
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}},
            "properties": {"publisherEmail": "a@b.example", "publisherName": "a"},
        }
        await self.put(GATE, "2024-05-01", service)
        self.work()
        api = {"displayName": "openai", "path": "openai", "protocols": ["https"]}
        properties = {**api, "subscriptionRequired": False}
        await self.put(f"{GATE}/apis/openai", "2024-05-01", {"properties": properties})
        operation = {"displayName": "all", "method": "POST", "urlTemplate": "/*"}
        await self.put(f"{GATE}/apis/openai/operations/all", "2024-05-01", {"properties": operation})
        written = {"format": "rawxml", "value": policy.replace("{client_id}", who["clientId"])}
        if "backend-id" in policy:
            backend = {"url": "https://east.openai.azure.com/openai", "protocol": "http"}
            await self.put(f"{GATE}/backends/east", "2024-05-01", {"properties": backend})
        await self.put(f"{GATE}/apis/openai/policies/policy", "2024-05-01", {"properties": written})
        return who["principalId"]

    async def give_role(self, principal):
        role = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{OPENAI_USER}"
        properties = {"roleDefinitionId": role, "principalId": principal, "principalType": "ServicePrincipal"}
        await self.put(ASSIGNMENT, "2022-04-01", {"properties": properties})

    async def chat(self, host="east.openai.azure.com", **headers):
        body = {"messages": [{"role": "user", "content": "Hello"}]}
        status, data = await self.send("POST", f"https://{host}{CHAT}", body, **headers)
        return status, json.loads(data)
