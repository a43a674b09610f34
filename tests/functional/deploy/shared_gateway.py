"""A gateway that others use, and what a stack that is a guest there finds, makes and leaves."""

import json
from typing import Any

from apimlb.deploy.azure import Azure
from apimlb.deploy.cloud import Limits
from apimlb.deploy.deployer import Deployer, Preview
from apimlb.http import Headers, Request
from apimlb.stack.config import Stack
from apimlb.stack.names import Names
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import BODY, Site
from tests.stacks import IDENTITY, SUBSCRIPTION

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/apis"
SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/shared"
PATH = "/search/openai/deployments/chat/chat/completions?api-version=2024-10-21"
OWN: dict[str, Any] = {"gateway": "", "path": "openai"}
"""What of its file differs for a stack with a gateway of its own."""
QUICK = Limits(steady=0, drain=0)
_CHAT = {"chat": {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 400}}
_FORWARDING = (
    "<policies><inbound><base /></inbound><backend><base /></backend><outbound><base /></outbound></policies>"
)


def file(**more: Any) -> dict[str, Any]:
    """A stack that is a guest of the shared gateway."""
    accounts = [{"location": "eastus2"}, {"location": "westus3"}]
    small = {"name": "search", "gateway": "apis/shared", "path": "search/openai", "deployments": _CHAT}
    return {**small, "accounts": accounts, **more}


def occupied(azure: LocalAzure, *, identified: bool = False, **service: Any) -> None:
    """A gateway with an API, a product, a key and other things of others in it, some of which are called as
    those of a stack with a gateway of its own."""
    identities = {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    body = {
        "location": "eastus2",
        "sku": {"name": "BasicV2", "capacity": 2},
        "identity": identities if identified else {"type": "SystemAssigned"},
        "tags": {"owner": "platform"},
        "properties": {"publisherEmail": "platform@contoso.example", "publisherName": "Contoso"},
    }
    web = {"path": "openai", "protocols": ["https"], "serviceUrl": "https://x.example"}
    operation = {"displayName": "any", "method": "POST", "urlTemplate": "/*", "templateParameters": []}
    product = {"displayName": "apimlb", "subscriptionRequired": True, "state": "published"}
    children = {
        "apis/openai": {"displayName": "Azure OpenAI", **web},
        "apis/openai/operations/any": operation,
        "policies/policy": {"format": "rawxml", "value": _FORWARDING},
        "backends/eastus2-chat": {"url": "https://x.example", "protocol": "http"},
        "namedValues/apimlb-drained": {"displayName": "apimlb-drained", "value": "theirs", "secret": False},
        "products/apimlb": product,
        "products/apimlb/apis/openai": {},
        "subscriptions/theirs": {
            "displayName": "theirs",
            "scope": f"{SERVICE}/products/apimlb",
            "state": "active",
        },
    }
    made = [azure.ask("PUT", GROUP, {"location": "eastus2", "tags": {"owner": "platform"}})]
    made.append(azure.ask("PUT", IDENTITY, {"location": "eastus2"}))
    made.append(azure.ask("PUT", SERVICE, {**body, **service}))
    azure.clock.pause(300)
    made += [azure.ask("PUT", f"{SERVICE}/{id}", {"properties": told}) for id, told in children.items()]
    assert {answer.status for answer in made} <= {200, 201, 202}, [answer.body for answer in made]
    azure.clock.pause(300)  # Azure is done with all of it


def everything(azure: LocalAzure) -> dict[str, Any]:
    """All that Resource Manager has, by id, but for what time alone changes."""
    kept = azure.world.store.descendants(f"/subscriptions/{SUBSCRIPTION}")
    return {each.id.lower(): json.dumps([each.body, each.hidden], sort_keys=True) for each in kept}


def touched(before: dict[str, Any], azure: LocalAzure) -> list[str]:
    """The ids of what was there and has changed or gone."""
    now = everything(azure)
    return [id for id, body in before.items() if now.get(id) != body]


def preview(
    azure: LocalAzure, stack: Stack, cloud: Azure | None = None, out: frozenset[str] = frozenset()
) -> Preview:
    site, cloud = Site(azure, QUICK), cloud or azure.connected()
    group = cloud.get(Names(SUBSCRIPTION, stack).group_id)
    return Deployer(cloud, azure.clock).preview(site.wanted(stack, group)(out), group=group)


def asked(azure: LocalAzure, path: str, key: str = "") -> int:
    """What a client of the shared gateway is answered."""
    headers = Headers([("Content-Type", "application/json"), *([("api-key", key)] if key else [])])
    url = f"https://shared.azure-api.net{path}"
    return azure.call(Request("POST", url, headers, BODY)).status


def key_of(azure: LocalAzure, name: str) -> str:
    return azure.primary_key(f"{SERVICE}/subscriptions/{name}")
