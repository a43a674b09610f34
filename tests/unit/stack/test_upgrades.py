"""A version that Azure moved on is kept; one that the file moved on is written."""

import pytest

from apimlb.stack.config import parse
from apimlb.stack.planner import Action, step_for
from apimlb.stack.resources import Json, Resource
from apimlb.stack.upgrades import notices
from tests.stacks import desired

MODEL = {"model": "gpt-5.1", "version": "2025-11-13"}


def deployment(**more: object) -> Resource:
    stack = desired(deployments={"chat": {**MODEL, "capacity": 30, **more}})
    return next(r for r in stack if r.label == "deployment eastus2/chat")


def there(resource: Resource, version: str, **more: object) -> Json:
    properties = {**resource.body["properties"], "model": {"format": "OpenAI", **MODEL, "name": "gpt-5.1"}}
    properties["model"].pop("model")
    properties["model"]["version"] = version
    return {**resource.body, "properties": {**properties, **more}}


def test_a_later_version_is_azures_doing_and_kept() -> None:
    chat = deployment()
    moved = there(chat, "2026-03-05")
    assert step_for(chat, {chat.key: moved}).action is Action.KEEP
    [told] = notices([chat], {chat.key: moved})
    assert "from 2025-11-13 to 2026-03-05" in told


def test_a_repair_of_something_else_keeps_it_too() -> None:
    chat = deployment(capacity=40)
    moved = {**there(chat, "2026-03-05"), "sku": {"name": "GlobalStandard", "capacity": 30}}
    step = step_for(chat, {chat.key: moved})
    assert [change.path for change in step.changes] == ["sku.capacity"]
    assert step.body["properties"]["model"]["version"] == "2026-03-05"


@pytest.mark.parametrize(
    ("version", "option"), [("2025-08-07", "OnceCurrentVersionExpired"), ("2026-03-05", "NoAutoUpgrade")]
)
def test_an_earlier_one_and_one_that_azure_may_not_move_are_written(version: str, option: str) -> None:
    chat = deployment(version_upgrade=option)
    step = step_for(chat, {chat.key: there(chat, version)})
    assert [change.path for change in step.changes] == ["properties.model.version"]
    assert list(notices([chat], {chat.key: there(chat, version)})) == []


def test_a_version_that_is_no_date_is_the_files() -> None:
    stack = desired(deployments={"e": {"model": "text-embedding-3-small", "version": "1"}})
    embedding = next(r for r in stack if r.label == "deployment eastus2/e")
    found = {**embedding.body, "properties": {**embedding.body["properties"]}}
    found["properties"]["model"] = {**found["properties"]["model"], "version": "2"}
    assert step_for(embedding, {embedding.key: found}).action is Action.UPDATE
    assert parse({}).deployments["embedding"].version == "1"


def test_an_account_that_was_made_one_of_foundry_stays_so() -> None:
    account = next(r for r in desired() if r.label == "account eastus2")
    upgraded = {**account.body, "kind": "AIServices", "identity": {"type": "SystemAssigned"}}
    assert step_for(account, {account.key: upgraded}).action is Action.KEEP
    opened = {**upgraded, "properties": {**account.body["properties"], "disableLocalAuth": False}}
    step = step_for(account, {account.key: opened})
    assert (step.action, [change.path for change in step.changes]) == (
        Action.UPDATE,
        ["properties.disableLocalAuth"],
    )
    assert (step.body["kind"], step.body["identity"]) == ("AIServices", {"type": "SystemAssigned"})
