"""A stack in a gateway that others use: it is a guest there, from its first deploy to its last trace."""

import itertools
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from apimlb.cli.standings import document, lines
from apimlb.deploy import clients, keys
from apimlb.deploy.azure import Azure
from apimlb.deploy.cloud import Limits
from apimlb.deploy.deployer import Deployer, Preview
from apimlb.deploy.draining import Traffic
from apimlb.deploy.ids import SERVICE as SERVICE_KIND
from apimlb.deploy.stacks import stacks
from apimlb.deploy.status import status
from apimlb.errors import ApimlbError, AuthError, ConfigError, ConflictError
from apimlb.http import Headers, Request
from apimlb.local.gateway.switches import ADVERSE, GatewaySwitches
from apimlb.policy.switches import ADVERSE as ADVERSE_POLICY
from apimlb.stack.config import Stack, parse
from apimlb.stack.marks import guests_in
from apimlb.stack.names import Names
from tests.clouds import Killed
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import BODY, Site
from tests.stacks import SUBSCRIPTION

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/apis"
SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/shared"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/for-apps"
APP = "0a0a0a0a-0000-4000-8000-000000000001"
CHAT = {"chat": {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 400}}
FORWARDING = (
    "<policies><inbound><base /></inbound><backend><base /></backend><outbound><base /></outbound></policies>"
)
QUICK = Limits(steady=0, drain=0)


def file(**more: Any) -> dict[str, Any]:
    """A stack that is a guest of the shared gateway."""
    accounts = [{"location": "eastus2"}, {"location": "westus3"}]
    small = {"name": "search", "gateway": "apis/shared", "path": "search/openai", "deployments": CHAT}
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
        "policies/policy": {"format": "rawxml", "value": FORWARDING},
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


def untouched(before: dict[str, Any], azure: LocalAzure) -> bool:
    """Whether nothing that was there has changed or gone."""
    now = everything(azure)
    changed = [id for id, body in before.items() if now.get(id) != body]
    assert changed == []
    return True


def preview(
    azure: LocalAzure, stack: Stack, cloud: Azure | None = None, out: frozenset[str] = frozenset()
) -> Preview:
    site, cloud = Site(azure, QUICK), cloud or azure.connected()
    group = cloud.get(Names(SUBSCRIPTION, stack).group_id)
    return Deployer(cloud, azure.clock).preview(site.wanted(stack, group)(out), group=group)


def destroy(azure: LocalAzure, stack: Stack, *, purge: bool = True) -> None:
    cloud = azure.connected()
    deployer = Deployer(cloud, azure.clock)
    deployer.destroy(deployer.survey(Site(azure).wanted(stack)(frozenset()), stack.name, purge=purge))


def asked(azure: LocalAzure, path: str, key: str = "") -> int:
    """What a client of the shared gateway is answered."""
    headers = Headers([("Content-Type", "application/json"), *([("api-key", key)] if key else [])])
    url = f"https://shared.azure-api.net{path}"
    return azure.call(Request("POST", url, headers, BODY)).status


def key_of(azure: LocalAzure, name: str) -> str:
    held = azure.world.store.get(f"{SERVICE}/subscriptions/{name}")
    assert held is not None
    return str(held.hidden["primaryKey"])


PATH = "/search/openai/deployments/chat/chat/completions?api-version=2024-10-21"
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
    assert untouched(before, azure)
    assert asked(azure, PATH, key_of(azure, "search-default")) == 200
    assert asked(azure, "/search/openai/v1/chat/completions", key_of(azure, "search-default")) == 200
    assert [asked(azure, PATH), asked(azure, PATH, key_of(azure, "theirs"))] == [401, 401]
    assert preview(azure, stack).plan.is_empty
    destroy(azure, stack)
    assert everything(azure).keys() - before.keys() == set()
    assert untouched(before, azure)


def test_a_key_of_others_opens_nothing_whatever_azure_makes_of_it() -> None:
    for reading in ("resolved", "ignored", "refused"):
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
    assert untouched(alone, azure)
    theirs = PATH.replace("search", "chats", 1)
    keys_ = key_of(azure, "search-default"), key_of(azure, "chats-default")
    assert [asked(azure, PATH, key) for key in keys_] == [200, 401]
    assert [asked(azure, theirs, key) for key in keys_] == [401, 200]
    assert preview(azure, parse(file())).plan.is_empty
    destroy(azure, parse(other))
    assert untouched(alone, azure)
    assert everything(azure).keys() == alone.keys()


def test_a_namesake_of_others_is_not_overwritten(azure: LocalAzure) -> None:
    occupied(azure)
    theirs = {"displayName": "search-drained", "value": "theirs", "secret": False}
    azure.ask("PUT", f"{SERVICE}/namedValues/search-drained", {"properties": theirs})
    azure.clock.pause(60)
    before = everything(azure)
    with pytest.raises(ConflictError, match="named value search-drained exists and does not carry the mark"):
        Site(azure, QUICK).deploy(**file())
    assert everything(azure) == before


def test_a_path_of_others_is_theirs(azure: LocalAzure) -> None:
    occupied(azure)
    before = everything(azure)
    with pytest.raises(ConflictError, match="The path openai is taken by the API openai") as caught:
        Site(azure, QUICK).deploy(**file(path="openai"))
    assert 'path = "search/openai"' in caught.value.next_step
    assert everything(azure) == before


@pytest.mark.parametrize(
    ("service", "more", "words", "step"),
    [
        ({"identity": {"type": "None"}}, {}, "no system-assigned identity", "--enable-managed-identity true"),
        ({"sku": {"name": "Consumption", "capacity": 0}}, {}, "less breakers", 'tier = "Consumption"'),
        ({}, {"tier": "Developer"}, "less room to buffer", 'tier = "BasicV2"'),
        ({}, {"gateway": "apis/nobody"}, "There is no API Management service nobody", "az apim list"),
        ({}, {"gateway_identity": IDENTITY}, "does not have the identity", "Leave gateway_identity out"),
    ],
)
def test_a_gateway_that_cannot_take_the_stack_in_is_told_before_anything_is_written(
    azure: LocalAzure, service: dict[str, Any], more: dict[str, Any], words: str, step: str
) -> None:
    occupied(azure, **service)
    before = everything(azure)
    with pytest.raises(ApimlbError, match=words) as caught:
        Site(azure, QUICK).deploy(**file(**more))
    assert step in caught.value.next_step
    assert everything(azure) == before


def test_a_gateway_that_has_user_assigned_identities_alone_is_told_to_name_one(azure: LocalAzure) -> None:
    occupied(azure, identity={"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}})
    with pytest.raises(ConfigError) as caught:
        Site(azure, QUICK).deploy(**file())
    assert f'gateway_identity = "{IDENTITY}"' in caught.value.next_step


def test_backends_of_others_count(azure: LocalAzure) -> None:
    occupied(azure)
    backend = {"url": "https://x.example", "protocol": "http"}
    for number in range(98):
        azure.ask("PUT", f"{SERVICE}/backends/theirs-{number}", {"properties": backend})
    with pytest.raises(ConfigError, match="2 backends beside 99 of others, and Azure allows 100"):
        Site(azure, QUICK).deploy(**file())


def test_apis_of_others_count_and_azure_decides(azure: LocalAzure) -> None:
    occupied(azure)
    for number in range(147):
        body = {"displayName": f"theirs {number}", "path": f"theirs-{number}", "protocols": ["https"]}
        azure.ask("PUT", f"{SERVICE}/apis/theirs-{number}", {"properties": body})
    made = preview(azure, parse(file()))
    assert made.problems == ()
    assert any("would have 151 APIs with those of others" in notice for notice in made.notices)


def test_rights_are_asked_for_at_the_gateway(azure: LocalAzure) -> None:
    occupied(azure)
    made = preview(azure, parse(file()), cloud=azure.reader())
    assert any("API Management Service Contributor on shared" in notice for notice in made.notices)
    assert not any("Contributor on shared" in notice for notice in preview(azure, parse(file())).notices)


def test_a_lock_on_the_gateways_group_is_told(azure: LocalAzure) -> None:
    occupied(azure)
    lock = f"{GROUP}/providers/Microsoft.Authorization/locks/hands-off"
    azure.ask("PUT", lock, {"properties": {"level": "ReadOnly"}})
    with pytest.raises(ConflictError, match="hands-off forbids any change"):
        Site(azure, QUICK).deploy(**file())


@pytest.mark.parametrize("writes", [1, 4, 9, 20, 28])
def test_a_deploy_that_was_killed_is_finished_by_the_next(azure: LocalAzure, writes: int) -> None:
    occupied(azure)
    before, left = everything(azure), itertools.count()

    def kill(request: Request) -> None:
        if request.method == "PUT" and next(left) >= writes:
            raise Killed(request.path)

    azure.before = kill
    with pytest.raises(Killed):
        Site(azure, QUICK).deploy(**file())
    azure.before = lambda request: None
    assert untouched(before, azure)
    Site(azure, QUICK).deploy(**file())
    assert preview(azure, parse(file())).plan.is_empty
    assert untouched(before, azure)


@pytest.mark.parametrize("deletions", [1, 5, 12, 25])
def test_a_destroy_that_was_killed_is_finished_by_the_next(azure: LocalAzure, deletions: int) -> None:
    occupied(azure)
    before, left = everything(azure), itertools.count()
    Site(azure, QUICK).deploy(**file(monitoring=True))

    def kill(request: Request) -> None:
        if request.method == "DELETE" and next(left) >= deletions:
            raise Killed(request.path)

    azure.before = kill
    with pytest.raises(Killed):
        destroy(azure, parse(file(monitoring=True)))
    azure.before = lambda request: None
    destroy(azure, parse(file(monitoring=True)))
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
    destroy(azure, stack)
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
    assert untouched(before, azure)
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
    assert untouched(before, azure)
    azure.before, azure.clock.meanwhile = (lambda request: None), (lambda: None)
    destroy(azure, parse(file()))
    assert everything(azure) == before
    azure.close()


OWN: dict[str, Any] = {"gateway": "", "path": "openai"}


def test_a_stack_moves_to_a_gateway_of_others_and_back_while_clients_go_on(azure: LocalAzure) -> None:
    """What it leaves behind serves its clients until somebody says that it may go."""
    occupied(azure)
    before, site = everything(azure), Site(azure, QUICK)
    own, guest = parse({**file(), **OWN}), parse(file())
    site.deploy(**{**file(), **OWN})
    site.serve(own, key="apimlb-default")
    site.deploy(**file())
    told = preview(azure, guest)
    assert told.plan.is_empty
    assert any("still serves who calls it" in notice for notice in told.notices)
    assert asked(azure, PATH, key_of(azure, "search-default")) == 200
    assert site.statuses.keys() == {200}, site.notes
    azure.before, azure.clock.meanwhile = (lambda request: None), (lambda: None)
    site.deploy(retires=True, **file())
    assert [id.rsplit("/", 1)[1] for id in azure.ids(SERVICE_KIND)] == ["shared"]
    assert len(azure.ids("microsoft.managedidentity/userassignedidentities")) == 1
    assert preview(azure, guest).notices == ()

    site.deploy(**{**file(), **OWN}, on_soft_deleted="purge")
    assert asked(azure, PATH, key_of(azure, "search-default")) == 200
    assert preview(azure, own).plan.is_empty
    assert any("things of the stack" in notice for notice in preview(azure, own).notices)
    site.deploy(retires=True, **{**file(), **OWN})
    assert untouched(before, azure)
    assert [id for id in everything(azure) if id.startswith(SERVICE.lower()) and id not in before] == []
    site.deploy(**{**file(), **OWN})
    group = azure.connected().get(Names(SUBSCRIPTION, own).group_id)
    assert group is not None
    assert guests_in(group) == {}
    destroy(azure, own)
    assert everything(azure) == before


def test_a_destroy_takes_what_is_left_at_gateways_of_before(azure: LocalAzure) -> None:
    occupied(azure)
    before, site = everything(azure), Site(azure, QUICK)
    site.deploy(**file())
    site.deploy(**{**file(), **OWN})
    destroy(azure, parse({**file(), **OWN}))
    assert everything(azure) == before
    site.deploy(**{**file(), **OWN})
    site.deploy(**file())
    destroy(azure, parse(file()))
    assert everything(azure) == before


@pytest.mark.parametrize("seed", range(6))
def test_whatever_way_a_stack_moves_others_keep_what_is_theirs(azure: LocalAzure, seed: int) -> None:
    """Between its own gateway and two of others, by deploys that end or are killed, until it is destroyed."""
    rng = random.Random(seed)
    occupied(azure)
    second = SERVICE.replace("shared", "another")
    body = azure.connected().get(SERVICE) or {}
    kept = {name: body[name] for name in ("location", "sku", "properties")}
    azure.ask("PUT", second, {**kept, "identity": {"type": "SystemAssigned"}})
    azure.clock.pause(300)
    before, site = everything(azure), Site(azure, QUICK)
    one = file(accounts=[{"location": "eastus2"}])
    places = ({**one, **OWN}, one, {**one, "gateway": "apis/another", "monitoring": True})
    for _ in range(6):
        tables, retires = rng.choice(places), rng.random() < 0.4
        left = iter(range(rng.choice([2, 9, 25, 60])))

        def kill(request: Request, left: Iterator[int] = left) -> None:
            if request.method in ("PUT", "DELETE") and next(left, None) is None:
                raise Killed(request.path)

        azure.before = kill if rng.random() < 0.5 else (lambda request: None)
        with suppress(Killed):
            site.deploy(retires=retires, on_soft_deleted="purge", **tables)
            azure.before = lambda request: None
            assert preview(azure, parse(tables)).plan.is_empty
        azure.before = lambda request: None
        assert untouched(before, azure)
    destroy(azure, parse(rng.choice(places)))
    assert everything(azure) == before


def test_the_stacks_own_gateway_is_not_one_of_others(azure: LocalAzure) -> None:
    own = parse({**file(), **OWN})
    Site(azure, QUICK).deploy(**{**file(), **OWN})
    with pytest.raises(ConfigError, match="is the stack's own"):
        Site(azure, QUICK).deploy(**file(gateway=Names(SUBSCRIPTION, own).service_id))


def test_a_gateway_in_the_stacks_own_group_stays_with_it(azure: LocalAzure) -> None:
    Site(azure, QUICK).deploy(**{**file(), **OWN})
    mine = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-search"
    service = f"{mine}/providers/Microsoft.ApiManagement/service/shared"
    body = {
        "location": "eastus2",
        "sku": {"name": "BasicV2", "capacity": 1},
        "identity": {"type": "SystemAssigned"},
        "properties": {"publisherEmail": "platform@contoso.example", "publisherName": "Contoso"},
    }
    azure.ask("PUT", service, body)
    azure.clock.pause(300)
    there = azure.ids("microsoft.apimanagement/service")
    azure.ask("PUT", f"{service}/apis/theirs", {"properties": {"displayName": "a", "path": "a"}})
    stack = parse(file(gateway="shared"))
    Site(azure, QUICK).deploy(retires=True, **file(gateway="shared"))
    wanted = Site(azure).wanted(stack)(frozenset())
    what = Deployer(azure.connected(), azure.clock).survey(wanted, stack.name, purge=True)
    assert what.beside == (service,)
    destroy(azure, stack)
    assert azure.ids("microsoft.apimanagement/service") == [id for id in there if id.endswith("/shared")]
    assert azure.connected().get(mine) is not None


def test_a_gateway_that_its_owners_took_away_does_not_keep_the_rest(azure: LocalAzure) -> None:
    occupied(azure)
    Site(azure, QUICK).deploy(**file())
    azure.ask("DELETE", SERVICE)
    azure.clock.pause(3000)
    left = everything(azure)
    with pytest.raises(ApimlbError, match="There is no API Management service shared"):
        Site(azure, QUICK).deploy(**file())
    assert everything(azure) == left
    destroy(azure, parse(file()))
    assert not [id for id in everything(azure) if "search" in id and "deletedservices" not in id]


def test_who_may_not_see_the_gateway_is_told_so(azure: LocalAzure) -> None:
    occupied(azure)
    before = everything(azure)
    azure.forbidden = ("/service/shared",)
    with pytest.raises(AuthError) as caught:
        Site(azure, QUICK).deploy(**file())
    assert caught.value.where == "service/shared"
    assert everything(azure) == before
