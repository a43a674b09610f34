"""A stack in a gateway that others use: it is a guest there, from its first deploy to its last trace."""

from typing import Any, Literal

import pytest

from apimlb.cli.standings import document, lines
from apimlb.deploy import clients, keys
from apimlb.deploy.draining import Traffic
from apimlb.deploy.stacks import stacks
from apimlb.deploy.status import status
from apimlb.local.gateway.switches import ADVERSE, GatewaySwitches
from apimlb.policy.switches import ADVERSE as ADVERSE_POLICY
from apimlb.stack.config import parse
from apimlb.stack.names import Names
from tests.clouds import Killed
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import Site
from tests.functional.deploy.shared_gateway import (
    PATH,
    QUICK,
    SERVICE,
    asked,
    everything,
    file,
    key_of,
    occupied,
    preview,
    touched,
)
from tests.stacks import IDENTITY, SUBSCRIPTION

APP = "0a0a0a0a-0000-4000-8000-000000000001"
STACKS: dict[str, dict[str, Any]] = {
    "retry": {},
    "pools": {"strategy": "backend-pool"},
    "monitored": {"monitoring": True},
    "its own user-assigned identity": {"gateway_identity": IDENTITY},
}


@pytest.mark.parametrize("more", STACKS.values(), ids=STACKS.keys())
def test_a_stack_is_made_in_a_gateway_of_others_and_leaves_it_as_it_was(
    azure: LocalAzure, more: dict[str, Any]
) -> None:
    occupied(azure, identified=bool(more.get("gateway_identity")))
    before, stack = everything(azure), parse(file(**more))
    Site(azure, QUICK).deploy(**file(**more))
    assert touched(before, azure) == []
    assert asked(azure, PATH, key_of(azure, "search-default")) == 200
    assert asked(azure, "/search/openai/v1/chat/completions", key_of(azure, "search-default")) == 200
    assert [asked(azure, PATH), asked(azure, PATH, key_of(azure, "theirs"))] == [401, 401]
    assert preview(azure, stack).plan.is_empty
    Site(azure).destroy(**file(**more))
    assert everything(azure).keys() - before.keys() == set()
    assert touched(before, azure) == []


@pytest.mark.parametrize("reading", ["resolved", "ignored", "refused"])
def test_a_key_of_others_opens_nothing_whatever_azure_makes_of_it(
    reading: Literal["resolved", "ignored", "refused"],
) -> None:
    azure = LocalAzure(gateway=GatewaySwitches(optional_key=reading))
    occupied(azure)
    Site(azure, QUICK).deploy(**file())
    ours, theirs = key_of(azure, "search-default"), key_of(azure, "theirs")
    assert [asked(azure, PATH, ours), asked(azure, PATH, theirs)] == [200, 401]
    azure.close()


def test_two_stacks_share_a_gateway_and_know_nothing_of_each_other(azure: LocalAzure) -> None:
    occupied(azure)
    Site(azure, QUICK).deploy(**file())
    alone = everything(azure)
    other = file(name="chats", path="chats/openai")
    Site(azure, QUICK).deploy(**other)
    assert touched(alone, azure) == []
    theirs = PATH.replace("search", "chats", 1)
    keys_ = key_of(azure, "search-default"), key_of(azure, "chats-default")
    assert [asked(azure, PATH, key) for key in keys_] == [200, 401]
    assert [asked(azure, theirs, key) for key in keys_] == [401, 200]
    assert preview(azure, parse(file())).plan.is_empty
    Site(azure).destroy(**other)
    assert touched(alone, azure) == []
    assert everything(azure).keys() == alone.keys()


@pytest.mark.parametrize("writes", [1, 4, 9, 20, 28])
def test_a_deploy_that_was_killed_is_finished_by_the_next(azure: LocalAzure, writes: int) -> None:
    occupied(azure)
    before = everything(azure)
    with pytest.raises(Killed), azure.dies_after(writes, "PUT"):
        Site(azure, QUICK).deploy(**file())
    assert touched(before, azure) == []
    Site(azure, QUICK).deploy(**file())
    assert preview(azure, parse(file())).plan.is_empty
    assert touched(before, azure) == []


@pytest.mark.parametrize("deletions", [1, 5, 12, 25])
def test_a_destroy_that_was_killed_is_finished_by_the_next(azure: LocalAzure, deletions: int) -> None:
    occupied(azure)
    before = everything(azure)
    Site(azure, QUICK).deploy(**file(monitoring=True))
    with pytest.raises(Killed), azure.dies_after(deletions, "DELETE"):
        Site(azure).destroy(**file(monitoring=True))
    Site(azure).destroy(**file(monitoring=True))
    assert everything(azure) == before


def test_keys_and_clients_of_the_stack_go_along(azure: LocalAzure) -> None:
    occupied(azure)
    before, stack, cloud = everything(azure), parse(file()), azure.connected()
    names = Names(SUBSCRIPTION, stack)
    Site(azure, QUICK).deploy(**file())
    made = keys.create(cloud, names, "team-a")
    assert asked(azure, PATH, made.primary) == 200
    assert [key.name for key in keys.listed(cloud, names)] == ["search-default", "search-team-a"]
    clients.write(cloud, names, clients.with_clients(clients.held(cloud, names), [APP]))
    assert clients.listed(clients.held(cloud, names)) == (APP,)
    assert preview(azure, stack).plan.is_empty
    keys.revoke(cloud, names, "team-a", delete=False)
    Site(azure).destroy(**file())
    assert everything(azure) == before


@pytest.mark.parametrize("strategy", ["retry", "backend-pool"])
def test_an_account_is_drained_and_taken_in(azure: LocalAzure, strategy: str) -> None:
    occupied(azure)
    tables = file(strategy=strategy)
    site, stack = Site(azure, QUICK), parse(tables)
    site.deploy(**tables)
    before = everything(azure)
    traffic = Traffic(azure.connected(), azure.clock, Names(SUBSCRIPTION, stack), site.wanted(stack))
    assert traffic.drain("eastus2").changed
    assert preview(azure, stack, out=frozenset({"eastus2"})).plan.is_empty
    assert traffic.undrain("eastus2", site.visit(stack)).changed
    assert everything(azure).keys() == before.keys()
    assert preview(azure, stack).plan.is_empty


def test_its_status_says_that_others_use_the_gateway(azure: LocalAzure) -> None:
    occupied(azure)
    site, stack = Site(azure, QUICK), parse(file())
    site.deploy(**file())
    names, cloud, made = Names(SUBSCRIPTION, stack), azure.connected(), preview(azure, stack)
    wanted = site.wanted(stack)(frozenset())
    found = status(cloud, azure.clock, names, wanted, made, site.visit(stack))
    assert document("search", found)["healthy"]
    told = [*lines(found)]
    assert told[:3] == [
        "gateway   https://shared.azure-api.net/search",
        "          shared, which others use",
        "          BasicV2 in eastus2: Succeeded; strangers are refused",
    ]
    assert [(row.name, row.gateway_url) for row in stacks(cloud, f"/subscriptions/{SUBSCRIPTION}")] == [
        ("search", "https://shared.azure-api.net")
    ]


def test_what_drifts_is_repaired_and_what_is_not_wanted_goes(azure: LocalAzure) -> None:
    occupied(azure)
    before = everything(azure)
    Site(azure, QUICK).deploy(**file(monitoring=True))
    azure.ask("DELETE", f"{SERVICE}/namedValues/search-insights")
    one = file(accounts=[{"location": "eastus2"}])
    Site(azure, QUICK).deploy(**one)
    left = [id.rsplit("/", 1)[1] for id in azure.ids("microsoft.apimanagement/service/backends")]
    assert sorted(left) == ["eastus2-chat", "search-eastus2-chat"]
    assert azure.ids("microsoft.apimanagement/service/loggers") == []
    assert touched(before, azure) == []
    assert preview(azure, parse(one)).plan.is_empty


@pytest.mark.parametrize("worse", [False, True])
def test_clients_notice_nothing_when_a_guest_changes(worse: bool) -> None:
    """Also where everything that is not known of Azure is as it should not be."""
    switches: dict[str, Any] = {"gateway": ADVERSE, "policy": ADVERSE_POLICY} if worse else {}
    azure = LocalAzure(**switches)
    occupied(azure)
    before, site = everything(azure), Site(azure, QUICK)
    site.deploy(**file())
    site.serve(parse(file()), path=PATH, key="search-default")
    three = [{"location": place} for place in ("eastus2", "westus3", "swedencentral")]
    for more in ({"accounts": three}, {"strategy": "backend-pool"}, {"backend_header": True}, {}):
        site.deploy(**file(**more))
        site.settle()
    assert site.statuses.keys() == {200}, site.notes
    assert touched(before, azure) == []
    site.rest()
    Site(azure).destroy(**file())
    assert everything(azure) == before
    azure.close()
