"""An account that exists already and takes a key is called with it, and with nothing of the gateway's."""

import json
from typing import Any

import pytest

from apimlb.cli.consent import plan_document
from apimlb.cli.outline import change_lines
from apimlb.stack.config import parse
from apimlb.stack.names import Names
from apimlb.stack.planner import Action
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import Site, preview
from tests.stacks import SUBSCRIPTION

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-theirs"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/theirs"
CHAT = {"chat": {"model": "gpt-5.1", "version": "2025-11-13"}}
ADOPTED = {
    "location": "westus3",
    "name": "theirs",
    "endpoint": "https://theirs.openai.azure.com",
    "key_from": "THEIR_KEY",
}


def their_key(azure: LocalAzure) -> str:
    """The key of an account with a chat deployment that somebody else made."""
    azure.ask("PUT", GROUP, {"location": "westus3"})
    body = {
        "location": "westus3",
        "kind": "OpenAI",
        "sku": {"name": "S0"},
        "properties": {"customSubDomainName": "theirs"},
    }
    azure.ask("PUT", ACCOUNT, body)
    model = {"format": "OpenAI", "name": "gpt-5.1", "version": "2025-11-13"}
    deployment = {"sku": {"name": "GlobalStandard", "capacity": 100}, "properties": {"model": model}}
    azure.ask("PUT", f"{ACCOUNT}/deployments/chat", deployment)
    answered = azure.ask("POST", f"{ACCOUNT}/listKeys").body
    assert isinstance(answered, bytes)
    key: str = json.loads(answered)["key1"]
    return key


def test_a_key_made_anew_takes_the_place_of_the_one_before_and_is_shown_to_nobody(azure: LocalAzure) -> None:
    before = their_key(azure)
    site = Site(azure, keys={"theirs": before})
    configuration: dict[str, Any] = {"accounts": [ADOPTED], "deployments": CHAT}
    stack = parse(configuration)
    site.deploy(**configuration)
    renewed = azure.ask("POST", f"{ACCOUNT}/regenerateKey", {"keyName": "Key1"}).body
    assert isinstance(renewed, bytes)
    site.keys = {"theirs": json.loads(renewed)["key1"]}
    plan = preview(azure, azure.connected(), site.wanted(stack)(frozenset())).plan
    (step,) = plan.of(Action.UPDATE)
    shown = json.dumps(plan_document(plan)) + "".join(
        line for each in step.changes for line in change_lines(each)
    )
    assert step.resource.label == "key of account theirs"
    assert before not in shown
    assert site.keys["theirs"] not in shown
    site.deploy(**configuration)  # asks the backend, too
    assert preview(azure, azure.connected(), site.wanted(stack)(frozenset())).plan.is_empty


def test_a_plan_that_makes_a_key_does_not_show_it(azure: LocalAzure) -> None:
    site = Site(azure, keys={"theirs": their_key(azure)})
    wanted = site.wanted(parse({"accounts": [ADOPTED], "deployments": CHAT}))
    document = plan_document(preview(azure, azure.connected(), wanted(frozenset())).plan)
    (made,) = (row for row in document["changes"] if row["label"] == "key of account theirs")
    assert {"path": "properties.value", "before": "(secret)", "after": "(secret)"} in made["fields"]
    assert site.keys["theirs"] not in json.dumps(document)


@pytest.mark.parametrize("strategy", ["backend-pool", "retry"])
def test_their_account_answers_through_the_gateway(azure: LocalAzure, strategy: str) -> None:
    site = Site(azure, keys={"theirs": their_key(azure)})
    configuration: dict[str, Any] = {"accounts": [ADOPTED], "deployments": CHAT, "strategy": strategy}
    stack = parse(configuration)
    site.deploy(**configuration)  # asks the backend, too
    site.serve(stack)
    # A deploy that knows no key leaves the one that is there, and finds nothing to do.
    site.keys = {}
    made = preview(azure, azure.connected(), site.wanted(stack)(frozenset()))
    assert made.plan.is_empty
    # Its clock stands still, so that the account soon has answered as often as it does in ten seconds.
    assert site.statuses[200]
    assert set(site.statuses) <= {200, 429}, site.notes[:3]
    held = azure.ask("GET", f"{Names(SUBSCRIPTION, stack).service_id}/namedValues/apimlb-key-theirs").body
    assert isinstance(held, bytes)
    assert "value" not in json.loads(held)["properties"]
