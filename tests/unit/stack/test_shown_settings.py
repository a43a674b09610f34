"""A setting that is taken shows in what Azure is sent, or in the policy that it runs."""

from typing import Any

import pytest

from apimlb.render import render_all
from apimlb.stack.config import Account, Deployment, Stack, parse
from apimlb.stack.desired import resources
from apimlb.stack.differences import at
from apimlb.stack.parts import Monitoring
from apimlb.stack.resources import Resource
from tests.stacks import IDENTITY, POLICIES, SUBSCRIPTION

CHAT = {"model": "gpt-5.1", "version": "2025-11-13"}
GROUP = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/ops"
    "/providers/Microsoft.Insights/actionGroups/on-call"
)
ADOPTED = {"location": "eastus2", "name": "other", "endpoint": "https://other.example"}


def made(tables: dict[str, Any], **more: Any) -> dict[str, Resource]:
    return {r.label: r for r in resources(parse(tables), SUBSCRIPTION, POLICIES, **more)}


SHOWN: list[tuple[str, dict[str, Any], str, str, Any]] = [
    ("location", {"location": "westeurope"}, "gateway (BasicV2)", "location", "westeurope"),
    ("tier", {"tier": "StandardV2"}, "gateway (StandardV2)", "sku.name", "StandardV2"),
    ("units", {"units": 3}, "gateway (BasicV2)", "sku.capacity", 3),
    (
        "publisher_name",
        {"publisher_name": "Contoso"},
        "gateway (BasicV2)",
        "properties.publisherName",
        "Contoso",
    ),
    (
        "publisher_email",
        {"publisher_email": "a@b.example"},
        "gateway (BasicV2)",
        "properties.publisherEmail",
        "a@b.example",
    ),
    ("tags", {"tags": {"team": "search"}}, "account eastus2", "tags.team", "search"),
    ("tags", {"tags": {"team": "search"}}, "deployment eastus2/chat", "tags.team", "search"),
    ("tags", {"tags": {"team": "search"}}, "resource group", "tags.team", "search"),
    (
        "accounts.location",
        {"accounts": [{"location": "japaneast"}]},
        "account japaneast",
        "location",
        "japaneast",
    ),
    (
        "accounts.capacity",
        {"accounts": [{"location": "eastus2", "capacity": {"chat": 7}}]},
        "deployment eastus2/chat",
        "sku.capacity",
        7,
    ),
    (
        "deployments.capacity",
        {"deployments": {"chat": {**CHAT, "capacity": 44}}},
        "deployment westus3/chat",
        "sku.capacity",
        44,
    ),
    (
        "deployments.model",
        {"deployments": {"chat": {**CHAT, "model": "gpt-5.4"}}},
        "deployment westus3/chat",
        "properties.model.name",
        "gpt-5.4",
    ),
    (
        "deployments.version",
        {"deployments": {"chat": {**CHAT, "version": "2"}}},
        "deployment westus3/chat",
        "properties.model.version",
        "2",
    ),
    (
        "deployments.sku",
        {"deployments": {"chat": {**CHAT, "sku": "Standard"}}},
        "deployment westus3/chat",
        "sku.name",
        "Standard",
    ),
    (
        "deployments.version_upgrade",
        {"deployments": {"chat": {**CHAT, "version_upgrade": "NoAutoUpgrade"}}},
        "deployment westus3/chat",
        "properties.versionUpgradeOption",
        "NoAutoUpgrade",
    ),
    (
        "deployments.content_filter",
        {"deployments": {"chat": {**CHAT, "content_filter": "strict"}}},
        "deployment westus3/chat",
        "properties.raiPolicyName",
        "strict",
    ),
    (
        "accounts.endpoint",
        {"accounts": [ADOPTED]},
        "backend other-chat",
        "properties.url",
        "https://other.example/openai",
    ),
    (
        "accounts.key_from",
        {"accounts": [{**ADOPTED, "key_from": "OTHER"}]},
        "backend other-chat",
        "properties.credentials.header",
        {"api-key": ["{{apimlb-key-other}}"]},
    ),
    (
        "monitoring.sampling",
        {"monitoring": {"sampling": 50}},
        "diagnostics of openai",
        "properties.sampling.percentage",
        50,
    ),
    (
        "monitoring.retention_days",
        {"monitoring": {"retention_days": 90}},
        "log workspace",
        "properties.retentionInDays",
        90,
    ),
    (
        "monitoring.action_groups",
        {"monitoring": {"action_groups": [GROUP]}},
        "alert on refusals",
        "properties.actions.actionGroups",
        [GROUP],
    ),
]


@pytest.mark.parametrize(("tables", "label", "path", "value"), [row[1:] for row in SHOWN])
def test_a_setting_shows_in_the_body(tables: dict[str, Any], label: str, path: str, value: Any) -> None:
    assert at(made(tables)[label].body, path) == value
    bare = made({name: rows for name, rows in tables.items() if name in ("accounts", "tier")})
    if label in bare and path not in ("location", "properties.url", "sku.name") and "accounts" not in tables:
        assert at(bare[label].body, path) != value


IN_POLICY: dict[str, dict[str, Any]] = {
    "name": {"name": "other"},
    "strategy": {"strategy": "backend-pool"},
    "streams": {"streams": False},
    "audiences": {"audiences": ["api://other"]},
    "clients": {"clients": [f"{n:08x}-0000-4000-8000-000000000000" for n in range(0, 2**32, 2**32 // 500)]},
    "allowed_origins": {"allowed_origins": ["https://app.example"]},
    "backend_header": {"backend_header": True},
    "stream_usage": {"stream_usage": True},
    "adapt_parameters": {"adapt_parameters": True},
    "tiers": {"tiers": {"default": {"tokens_per_minute": 9000}}},
    "accounts.name": {"accounts": [{"location": "eastus2", "name": "other"}]},
    "accounts.priority": {"strategy": "retry", "accounts": [{"location": "eastus2", "priority": 7}]},
    "accounts.weight": {"strategy": "retry", "accounts": [{"location": "eastus2", "weight": 7}]},
}
SHARED = {"gateway": "apis/shared"}
IN_RESOURCES: dict[str, dict[str, Any]] = {
    "gateway": SHARED,
    "gateway_identity": {**SHARED, "gateway_identity": IDENTITY},
    "path": {"path": "search/openai"},
    "accept_retry_after": {"strategy": "backend-pool", "accept_retry_after": True},
    "bare_host": {"bare_host": False},
}


def everything(tables: dict[str, Any]) -> str:
    stack = parse(tables)
    policies = render_all(stack)
    return str([(r.id, r.body) for r in resources(stack, SUBSCRIPTION, policies)])


@pytest.mark.parametrize("setting", [*IN_POLICY, *IN_RESOURCES])
def test_a_setting_changes_what_azure_is_sent(setting: str) -> None:
    tables = {**IN_POLICY, **IN_RESOURCES}[setting]
    first = setting.partition(".")[0]
    plain = {name: value for name, value in tables.items() if name != first}
    if setting.startswith("accounts."):
        plain["accounts"] = [{"location": "eastus2"}]
    assert everything(tables) != everything(plain)


def test_no_setting_is_left_out_here() -> None:
    every = {name for name in Stack.model_fields if name not in ("accounts", "deployments", "monitoring")}
    every |= {f"monitoring.{name}" for name in Monitoring.model_fields}
    every |= {f"accounts.{name}" for name in Account.model_fields}
    every |= {f"deployments.{name}" for name in Deployment.model_fields}
    assert every == {row[0] for row in SHOWN} | IN_POLICY.keys() | IN_RESOURCES.keys()


def test_a_key_is_in_a_secret_named_value_and_nowhere_else() -> None:
    tables = {"accounts": [{**ADOPTED, "key_from": "OTHER"}]}
    found = made(tables, keys={"other": "the-key"})
    held = found.pop("key of account other")
    assert held.body["properties"] == {
        "displayName": "apimlb-key-other",
        "secret": True,
        "value": "the-key",
    }
    assert "the-key" not in str([resource.body for resource in found.values()])
    assert "the-key" not in repr(held)
    assert held.id in found["backend other-chat"].needs
