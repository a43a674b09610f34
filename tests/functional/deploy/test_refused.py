"""Plans that cannot work are refused before anything is written, and a reader can plan."""

import pytest

from apimlb.deploy.azure import Azure
from apimlb.errors import ConfigError, ConflictError
from apimlb.render import render_all
from apimlb.stack.config import parse
from apimlb.stack.desired import resources
from apimlb.stack.resources import Resource
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import deploy, destroy, preview
from tests.stacks import MARK, SUBSCRIPTION, desired, labelled

GROUP = labelled(desired(), "resource group").id
SERVICE = labelled(desired(), "gateway (BasicV2)").id
CHAT = {"model": "gpt-5.1", "version": "2025-11-13"}


def rendered(**config: object) -> tuple[Resource, ...]:
    stack = parse({"accounts": [{"location": "eastus2"}], "deployments": {"chat": CHAT}, **config})
    return resources(stack, SUBSCRIPTION, render_all(stack), MARK)


def problems(azure: LocalAzure, cloud: Azure, stack: tuple[Resource, ...]) -> list[str]:
    azure.requests.clear()
    made = preview(azure, cloud, stack)
    assert azure.writes == []
    return [problem.what for problem in made.problems]


def test_streams_on_the_consumption_tier_are_refused_and_whole_responses_are_not(
    azure: LocalAzure, cloud: Azure
) -> None:
    streaming = rendered(tier="Consumption", strategy="retry")
    assert [what for what in problems(azure, cloud, streaming) if "hands responses on" in what]
    whole = rendered(tier="Consumption", strategy="retry", streams=False)
    assert not [what for what in problems(azure, cloud, whole) if "hands responses on" in what]
    assert problems(azure, cloud, rendered()) == []


def test_even_the_smallest_stacks_policy_is_too_long_for_the_consumption_tier(
    azure: LocalAzure, cloud: Azure
) -> None:
    stack = rendered(tier="Consumption", strategy="retry", streams=False, bare_host=False)
    told = [what for what in problems(azure, cloud, stack) if "bytes long" in what]
    assert told
    assert all("Azure allows 16384" in what for what in told)


def test_more_backends_than_a_gateway_has_room_for_are_refused(azure: LocalAzure, cloud: Azure) -> None:
    accounts = [{"location": "eastus2", "name": f"a{n}", "endpoint": "https://x.example"} for n in range(30)]
    four = {f"d{n}": CHAT for n in range(4)}
    [what] = problems(azure, cloud, desired(accounts=accounts, deployments=four))
    assert "would have 124 backends, and Azure allows 100" in what
    three = {f"d{n}": CHAT for n in range(3)}
    assert problems(azure, cloud, desired(accounts=accounts, deployments=three)) == []


def test_what_others_put_into_the_gateway_takes_room_too(azure: LocalAzure, cloud: Azure) -> None:
    accounts = [{"location": "eastus2", "name": f"a{n}", "endpoint": "https://x.example"} for n in range(30)]
    stack = desired(accounts=accounts, deployments={f"d{n}": CHAT for n in range(3)})
    deploy(azure, cloud, stack)
    for number in range(8):
        body = {"properties": {"url": "https://theirs.example", "protocol": "http"}}
        cloud.put(f"{SERVICE}/backends/theirs-{number}", body)
    assert "93 backends beside 8 of others" in problems(azure, cloud, stack)[0]


@pytest.mark.parametrize("strategy", ["retry", "backend-pool"])
def test_a_sku_that_is_not_offered_is_refused_also_for_what_is_there(
    azure: LocalAzure, cloud: Azure, strategy: str
) -> None:
    deploy(azure, cloud, desired(strategy=strategy))
    stack = desired(strategy=strategy, deployments={"chat": {**CHAT, "sku": "GlobalStandrd"}})
    [problem] = preview(azure, cloud, stack).problems
    assert isinstance(problem, ConfigError)
    assert "does not offer gpt-5.1 2025-11-13 as GlobalStandrd" in problem.what
    assert "GlobalStandard" in problem.next_step


# Locks.


def lock(azure: LocalAzure, scope: str, level: str = "CanNotDelete") -> None:
    """What an owner does in the portal."""
    id = f"{scope}/providers/Microsoft.Authorization/locks/keep"
    body = {"properties": {"level": level}}
    azure.ask("PUT", id, body)


def test_a_lock_is_found_before_anything_is_deleted(azure: LocalAzure, cloud: Azure) -> None:
    two = [{"location": "eastus2"}, {"location": "westus3"}]
    deploy(azure, cloud, desired(accounts=two))
    lock(azure, labelled(desired(accounts=two), "account westus3").id)
    assert "The lock keep forbids the deletion of" in problems(azure, cloud, desired())[0]
    assert problems(azure, cloud, desired(accounts=two, publisher_email="b@example.com")) == []
    azure.requests.clear()
    with pytest.raises(ConflictError, match="The lock keep forbids the deletion"):
        destroy(azure, cloud, desired(accounts=two))
    assert azure.writes == []


def test_a_lock_that_forbids_every_change_is_found_before_a_change(azure: LocalAzure, cloud: Azure) -> None:
    deploy(azure, cloud, desired())
    lock(azure, GROUP, "ReadOnly")
    assert problems(azure, cloud, desired()) == []
    [what] = problems(azure, cloud, desired(publisher_email="b@example.com"))
    assert "forbids any change of gateway (BasicV2)" in what


# Who may not do everything.


def test_a_reader_can_plan(azure: LocalAzure, cloud: Azure) -> None:
    """Azure refuses a reader the keys; the plan says what it could not look at."""
    deploy(azure, cloud, desired())
    reader = azure.reader()
    made = preview(azure, reader, desired())
    assert made.plan.is_empty
    more = desired(accounts=[{"location": "eastus2"}, {"location": "westus3"}])
    assert preview(azure, reader, more).problems == ()


@pytest.mark.parametrize("part", ["/usages", "deletedaccounts", "/locks", "checkdomainavailability"])
def test_what_may_not_be_read_is_a_note(azure: LocalAzure, cloud: Azure, part: str) -> None:
    deploy(azure, cloud, desired())
    azure.forbidden = (part,)
    more = desired(accounts=[{"location": "eastus2"}, {"location": "westus3"}])
    made = preview(azure, cloud, more)
    assert made.problems == ()
    assert [notice for notice in made.notices if notice.startswith("This login may not read")]
