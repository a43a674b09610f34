"""How a stack stands, and accounts that are sent nothing: asked of a local Azure as of Azure."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from apimlb.cli.standings import document, lines
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.draining import Moved, Traffic
from apimlb.deploy.ids import OPERATION
from apimlb.deploy.stacks import stacks
from apimlb.deploy.status import Status, status
from apimlb.errors import ConflictError
from apimlb.stack.config import Stack, parse
from apimlb.stack.draining import drained_in
from apimlb.stack.names import Names
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import Site
from tests.stacks import SUBSCRIPTION

TWO: dict[str, Any] = {"accounts": [{"location": "eastus2"}, {"location": "westus3", "priority": 2}]}
STRATEGIES = pytest.mark.parametrize("strategy", ["backend-pool", "retry"])


def standing(site: Site, stack: Stack) -> Status:
    names, cloud = Names(SUBSCRIPTION, stack), site.azure.connected()
    wanted = site.wanted(stack)(drained_in(cloud.get(names.group_id), stack))
    made = Deployer(cloud, site.azure.clock).preview(wanted, checked=False)
    return status(cloud, site.azure.clock, names, wanted, made, site.visit(stack))


def traffic(site: Site, stack: Stack) -> Traffic:
    return Traffic(site.azure.connected(), site.azure.clock, Names(SUBSCRIPTION, stack), site.wanted(stack))


def asked(site: Site) -> dict[str, int]:
    """How often each account was asked something that it answered."""
    found: dict[str, int] = {}
    for row in site.azure.world.openai.standings():
        region = re.sub(r"^oai-apimlb-|-[0-9a-f]{8}$", "", row.count.account)
        found[region] = found.get(region, 0) + row.count.answered
    return found


@STRATEGIES
def test_a_whole_stack_is_healthy(azure: LocalAzure, strategy: str) -> None:
    site, stack = Site(azure), parse({**TWO, "strategy": strategy})
    site.deploy(**TWO, strategy=strategy)
    writes = len(azure.writes)
    found = standing(site, stack)
    assert len(azure.writes) == writes
    told = document("apimlb", found)
    assert told["healthy"]
    assert told["drift"] == []
    assert told["gateway"]["refuses_strangers"] is True
    assert [a["name"] for a in told["accounts"]] == ["eastus2", "westus3"]
    chat = told["accounts"][0]["deployments"][0]
    assert (chat["name"], chat["model"], chat["capacity"], chat["ready"]) == ("chat", "gpt-5.1", 30, True)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", chat["retires"])
    assert_fits(list(lines(found)))


def test_an_account_that_does_not_let_the_gateway_in_is_told(azure: LocalAzure) -> None:
    site, stack = Site(azure), parse(TWO)
    site.deploy(**TWO)
    names = Names(SUBSCRIPTION, stack)
    azure.connected().delete(names.role_id(stack.accounts[1]))
    found = standing(site, stack)
    says = {d["name"]: d["probe"]["says"] for d in document("x", found)["accounts"][1]["deployments"]}
    assert set(says) == {"chat", "embedding"}
    assert all(text == "401: does not let the gateway in" for text in says.values())
    assert [drift.label for drift in found.drift] == ["role on westus3"]
    assert any("westus3/chat" in problem for problem in found.problems)
    assert_fits(list(lines(found)))


def test_an_api_that_is_not_finished_is_told_as_that_and_lets_nobody_in(azure: LocalAzure) -> None:
    """A run that ended early leaves the API without its policy and its operations: the gateway knows no path
    of it, which is no open door."""
    site, stack = Site(azure), parse(TWO)
    site.deploy(**TWO)
    api, cloud = Names(SUBSCRIPTION, stack).child("apis", "openai"), azure.connected()
    for operation in cloud.children(api, OPERATION):
        cloud.delete(str(operation["id"]))
    cloud.delete(f"{api}/policies/policy")
    found = standing(site, stack)
    assert found.gateway.shut is None
    assert any("API is not finished: " in problem for problem in found.problems)
    assert not any("strangers" in problem for problem in found.problems)
    told = "\n".join(lines(found))
    assert "its API is not finished" in told
    assert "STRANGERS" not in told
    assert_fits(told.splitlines())


def test_a_gateway_that_lets_strangers_in_is_told_as_that(azure: LocalAzure) -> None:
    """Also while an operation beside the open one is missing."""
    site, stack = Site(azure), parse(TWO)
    site.deploy(**TWO)
    api, cloud = Names(SUBSCRIPTION, stack).child("apis", "openai"), azure.connected()
    operations = sorted(str(row["id"]) for row in cloud.children(api, OPERATION))
    cloud.delete(next(id for id in operations if "completions" not in id))
    open_door = "<policies><inbound><base /><return-response /></inbound></policies>"
    cloud.put(f"{api}/policies/policy", {"properties": {"format": "rawxml", "value": open_door}})
    found = standing(site, stack)
    assert found.gateway.shut is False
    assert "STRANGERS GET IN" in "\n".join(lines(found))


def test_a_gateway_that_is_to_be_made_anew_is_one_drift(azure: LocalAzure) -> None:
    site = Site(azure)
    site.deploy(**TWO)
    found = standing(site, parse({**TWO, "tier": "Standard"}))
    assert [drift.action for drift in found.drift if "gateway" in drift.label] == ["replace"]
    assert not [drift.label for drift in found.drift if drift.label.startswith(("operation", "backend"))]


def test_who_may_not_read_the_probes_key_sees_all_the_rest(azure: LocalAzure) -> None:
    site, stack = Site(azure), parse(TWO)
    site.deploy(**TWO)
    names, cloud = Names(SUBSCRIPTION, stack), azure.reader()
    wanted = site.wanted(stack)(frozenset())
    made = Deployer(cloud, azure.clock).preview(wanted, checked=False)
    found = status(cloud, azure.clock, names, wanted, made, site.visit(stack))
    assert found.accounts[0].deployments[0].probe is None
    assert found.gateway.shut is None
    assert any("could not be asked" in notice for notice in found.notices)


@STRATEGIES
def test_a_drained_account_is_asked_nothing_until_it_is_taken_in(azure: LocalAzure, strategy: str) -> None:
    roomy = {"chat": {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 900}}
    configuration = {**TWO, "strategy": strategy, "deployments": roomy}
    site, stack = Site(azure), parse(configuration)
    site.deploy(**configuration)
    moved = traffic(site, stack).drain("eastus2")
    assert moved.changed
    before = asked(site)
    site.serve(stack)
    site.deploy(**configuration)  # keeps it out
    after = asked(site)
    assert after["eastus2"] == before["eastus2"]
    assert after["westus3"] > before["westus3"]
    assert standing(site, stack).accounts[0].drained
    assert standing(site, stack).drift == ()
    assert traffic(site, stack).undrain("eastus2", site.visit(stack)).changed
    assert not standing(site, stack).accounts[0].drained
    site.deploy(**configuration)
    assert asked(site)["eastus2"] > after["eastus2"]
    assert site.statuses.keys() <= {200, 429}, site.notes[:5]  # one account is soon at its limit


@STRATEGIES
def test_a_drain_that_was_cut_off_is_carried_on_by_a_deploy(azure: LocalAzure, strategy: str) -> None:
    configuration = {**TWO, "strategy": strategy}
    site, stack = Site(azure), parse(configuration)
    site.deploy(**configuration)
    cloud, group = azure.connected(), Names(SUBSCRIPTION, stack).group_id
    tags = (cloud.get(group) or {})["tags"]
    cloud.patch(group, {"tags": {**tags, "apimlb-drained": "eastus2"}})  # killed after its first write
    site.deploy(**configuration)
    assert standing(site, stack).drift == ()
    assert traffic(site, stack).drain("eastus2") == Moved("eastus2", (), changed=False)


def test_the_last_account_is_not_drained(azure: LocalAzure) -> None:
    site, stack = Site(azure), parse(TWO)
    site.deploy(**TWO)
    traffic(site, stack).drain("eastus2")
    writes = len(azure.writes)
    with pytest.raises(ConflictError, match="No account would be left"):
        traffic(site, stack).drain("westus3")
    assert len(azure.writes) == writes


def test_stacks_are_listed_by_whoever_looks(azure: LocalAzure) -> None:
    site = Site(azure)
    assert stacks(azure.connected(), f"/subscriptions/{SUBSCRIPTION}") == ()
    site.deploy(**TWO)
    [found] = stacks(azure.reader(), f"/subscriptions/{SUBSCRIPTION}")
    assert (found.name, found.location, found.tier, found.state) == (
        "apimlb",
        "eastus2",
        "BasicV2",
        "Succeeded",
    )
    assert found.gateway_url.startswith("https://apim-apimlb-")


def assert_fits(told: Sequence[str]) -> None:
    assert all(len(line) <= 80 for line in told), "\n".join(told)
