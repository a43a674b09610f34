"""A local Azure with a deployed stack and an account that takes a key, and the two ways to talk to them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from azure.identity import ClientSecretCredential

from apimlb.local import process
from tests.integration.command_line import CommandLine, free_port
from tests.patience import PATIENCE

API_VERSION = "2024-10-21"
STACK = """
[deployments.chat]
model = "gpt-5.1"
version = "2025-11-13"
capacity = 300

[deployments.embedding]
model = "text-embedding-3-small"
version = "1"
capacity = 300

# A request a second on each account.
[deployments.tiny]
model = "gpt-5.1"
version = "2025-11-13"
capacity = 6

# Too small for a request that the tests make: it closes every account's breaker for the rest of the minute.
[deployments.small]
model = "gpt-5.1"
version = "2025-11-13"
capacity = 1
"""
_DIRECT = [
    ("chat", "gpt-5.1", "2025-11-13", 300),
    ("embedding", "text-embedding-3-small", "1", 300),
    ("tiny", "gpt-5.1", "2025-11-13", 6),
    ("small", "gpt-5.1", "2025-11-13", 1),
]


@dataclass(frozen=True)
class Way:
    """How a client gets to the models: an origin, a key, and headers that lead there."""

    name: str
    origin: str
    key: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def v1(self) -> str:
        return f"{self.origin}/openai/v1"


@dataclass(frozen=True)
class Site:
    """What runs."""

    apimlb: CommandLine
    gateway: Way
    account: Way
    credential: ClientSecretCredential

    def throttled(self) -> int:
        """Calls of `tiny` that an account refused so far."""
        rows = json.loads(self.apimlb.ok("local", "status", "--output", "json").out)["accounts"]
        return sum(row["throttled"] for row in rows if row["deployment"] == "tiny")


def start(folder: Path) -> Site:
    """Start a local Azure in this folder, deploy to it, and add the account; `stop` ends it."""
    apimlb = CommandLine(folder, {"APIMLB_TARGET": "local"})
    apimlb.write(STACK)
    apimlb.ok("local", "up", "--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    apimlb.ok("deploy", "--yes")
    seen = apimlb.environment()
    endpoint = process.read(folder / ".apimlb" / "local")
    assert endpoint is not None
    owner = _Owner(endpoint)
    gateway = Way("gateway", seen["AZURE_OPENAI_ENDPOINT"], seen["AZURE_OPENAI_API_KEY"])
    # A resolver would lead to the account by its name; here its name stands in the Host header.
    host = {"Host": "direct.openai.azure.com"}
    account = Way("account", endpoint.gateway_url, owner.account("direct"), host)
    return Site(apimlb, gateway, account, owner.credential)


def stop(site: Site) -> None:
    site.apimlb("local", "down")


class _Owner:
    """Writes to ARM as the owner of the subscription."""

    def __init__(self, endpoint: process.Endpoint) -> None:
        self._endpoint = endpoint
        self.credential = ClientSecretCredential(
            endpoint.tenant_id,
            endpoint.client_id,
            endpoint.client_secret,
            authority=endpoint.arm_url,
            disable_instance_discovery=True,
            connection_verify=endpoint.ca,
        )

    def account(self, name: str) -> str:
        """Make an account with the same deployments as the stack's; its key."""
        self._arm("PUT", "/resourcegroups/direct", "2025-04-01", {"location": "swedencentral"})
        path = f"/resourceGroups/direct/providers/Microsoft.CognitiveServices/accounts/{name}"
        body = {
            "location": "swedencentral",
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "properties": {"customSubDomainName": name},
        }
        self._arm("PUT", path, "2025-09-01", body)
        for deployment, model, version, capacity in _DIRECT:
            properties = {"model": {"format": "OpenAI", "name": model, "version": version}}
            wanted = {"sku": {"name": "GlobalStandard", "capacity": capacity}, "properties": properties}
            self._arm("PUT", f"{path}/deployments/{deployment}", "2025-09-01", wanted)
        return str(self._arm("POST", f"{path}/listKeys", "2025-09-01")["key1"])

    def _arm(self, method: str, path: str, version: str, body: Any = None) -> Any:
        token = self.credential.get_token(f"{self._endpoint.arm_url}/.default").token
        subscription = f"{self._endpoint.arm_url}/subscriptions/{self._endpoint.subscription_id}"
        reply = requests.request(
            method,
            f"{subscription}{path}?api-version={version}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            verify=self._endpoint.ca,
            timeout=PATIENCE,
        )
        assert reply.status_code < 300, reply.text
        return reply.json()
