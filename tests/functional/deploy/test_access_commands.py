"""Keys and clients come and go by what a deployed stack has in Azure; its policy stays as it is."""

import pytest

from apimlb.deploy import clients, keys, tiers
from apimlb.deploy.azure import Azure
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.ids import NAMED_VALUE
from apimlb.errors import ConfigError, ConflictError, NotFoundError
from apimlb.stack.clients import ROOM, shard_names
from apimlb.stack.config import parse
from apimlb.stack.names import Names
from apimlb.stack.tiers import tier_value
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import deploy, preview
from tests.stacks import SUBSCRIPTION, desired

APP, PERSON = "0A0A0A0A-0000-4000-8000-000000000001", "f00a0a0a-0000-4000-8000-000000000002"
NAMES = Names(SUBSCRIPTION, parse({}))
POLICY = f"{NAMES.service_id}/apis/openai/policies/policy"


@pytest.fixture
def cloud(azure: LocalAzure) -> Azure:
    """A cloud with a stack in it."""
    connected = azure.connected()
    deploy(azure, connected, desired())
    azure.requests.clear()
    return connected


def test_a_key_is_made_renewed_and_revoked(azure: LocalAzure, cloud: Azure) -> None:
    made = keys.create(cloud, NAMES, "team-a")
    assert [key.name for key in keys.listed(cloud, NAMES)] == ["apimlb-default", "team-a"]
    renewed = keys.rotate(cloud, NAMES, "team-a", "secondary")
    assert (renewed.primary, renewed.secondary != made.secondary) == (made.primary, True)
    keys.revoke(cloud, NAMES, "team-a", delete=False)
    assert {key.name: key.state for key in keys.listed(cloud, NAMES)}["team-a"] == "cancelled"
    keys.revoke(cloud, NAMES, "team-a", delete=True)
    assert [key.name for key in keys.listed(cloud, NAMES)] == ["apimlb-default"]
    assert not [path for _, path in azure.writes if "policies" in path]


def test_a_deploy_leaves_a_revoked_key_revoked(azure: LocalAzure, cloud: Azure) -> None:
    keys.revoke(cloud, NAMES, "apimlb-default", delete=False)
    deploy(azure, cloud, desired())
    assert [key.state for key in keys.listed(cloud, NAMES)] == ["cancelled"]


def test_the_name_of_a_revoked_key_is_free_once_it_is_deleted(cloud: Azure) -> None:
    keys.create(cloud, NAMES, "team-a")
    keys.revoke(cloud, NAMES, "team-a", delete=False)
    with pytest.raises(ConflictError, match="already, and it is cancelled") as caught:
        keys.create(cloud, NAMES, "team-a")
    assert "`apimlb keys revoke team-a --delete`" in caught.value.next_step
    keys.revoke(cloud, NAMES, "team-a", delete=True)
    assert keys.create(cloud, NAMES, "team-a").state == "active"


def test_a_revoked_key_is_renewed_and_stays_revoked(cloud: Azure) -> None:
    keys.create(cloud, NAMES, "team-a")
    assert keys.rotate(cloud, NAMES, "team-a", "primary").notice == ""
    keys.revoke(cloud, NAMES, "team-a", delete=False)
    renewed = keys.rotate(cloud, NAMES, "team-a", "primary")
    assert (renewed.state, "team-a is cancelled" in renewed.notice) == ("cancelled", True)
    shown = keys.secrets_of(cloud, f"{NAMES.service_id}/subscriptions/team-a")
    assert shown == renewed


def test_a_key_of_the_stack_goes_along_as_its_own(azure: LocalAzure, cloud: Azure) -> None:
    keys.create(cloud, NAMES, "team-a")
    other = f"{NAMES.service_id}/subscriptions/other"
    scope = {"displayName": "other", "scope": f"{NAMES.service_id}/products/apimlb", "state": "active"}
    azure.ask("PUT", other, {"properties": scope})
    what = Deployer(cloud, azure.clock).survey(desired(), "apimlb", purge=True)
    assert [id.rpartition("/")[2] for id in what.others] == ["other"]


def test_a_name_is_given_once_and_only_a_fitting_one(cloud: Azure) -> None:
    keys.create(cloud, NAMES, "team-a")
    with pytest.raises(ConflictError, match="already"):
        keys.create(cloud, NAMES, "team-a")
    for name in ("", "Team A", "-a", "a/b", "a" * 65):
        with pytest.raises(ConfigError):
            keys.create(cloud, NAMES, name)


@pytest.mark.parametrize("name", ["master", "apimlb-probe"])
def test_a_name_of_a_key_that_is_not_for_clients_is_not_proposed_to_be_renewed(
    cloud: Azure, name: str
) -> None:
    with pytest.raises(ConflictError, match="another key called") as caught:
        keys.create(cloud, NAMES, name)
    assert "rotate" not in caught.value.next_step


def test_the_services_own_key_is_none_of_the_stacks(cloud: Azure) -> None:
    assert "master" not in [key.name for key in keys.listed(cloud, NAMES)]
    with pytest.raises(NotFoundError, match="no key master"):
        keys.revoke(cloud, NAMES, "master", delete=True)


def test_clients_come_and_go_by_one_write_each(azure: LocalAzure, cloud: Azure) -> None:
    for id in (APP, PERSON):
        there = clients.held(cloud, NAMES)
        clients.write(cloud, NAMES, clients.with_clients(there, [id]))
    assert clients.listed(clients.held(cloud, NAMES)) == (APP.lower(), PERSON)
    there = clients.held(cloud, NAMES)
    assert clients.with_clients(there, [APP]) == {}
    clients.write(cloud, NAMES, clients.without_clients(there, [APP]))
    there = clients.held(cloud, NAMES)
    assert clients.listed(there) == (PERSON,)
    with pytest.raises(NotFoundError, match="is not a client"):
        clients.without_clients(there, [APP])
    # The file names it still: a run was cut off before that was written.
    assert clients.without_clients(there, [APP], [APP.lower()]) == {}
    written = [path.rsplit("/", 2)[-2] for _, path in azure.writes]
    assert written == ["namedValues"] * 3


def test_a_deploy_of_a_file_without_clients_keeps_them(azure: LocalAzure, cloud: Azure) -> None:
    clients.write(cloud, NAMES, clients.with_clients(clients.held(cloud, NAMES), [APP]))
    assert preview(azure, cloud, desired()).plan.is_empty


def test_while_the_named_values_are_exchanged_those_count_that_the_policy_reads(cloud: Azure) -> None:
    clients.write(cloud, NAMES, clients.with_clients(clients.held(cloud, NAMES), [APP]))
    first, *others = shard_names(16)
    clients.write(cloud, NAMES, {first: [PERSON]})
    assert clients.listed(clients.held(cloud, NAMES)) == (APP.lower(),)
    clients.write(cloud, NAMES, {name: [PERSON] for name in others})
    with pytest.raises(ConflictError, match="cut off"):
        clients.held(cloud, NAMES)


def test_clients_that_somebody_made_a_secret_are_kept(azure: LocalAzure, cloud: Azure) -> None:
    clients.write(cloud, NAMES, clients.with_clients(clients.held(cloud, NAMES), [APP]))
    hidden = [each for each in cloud.children(NAMES.service_id, NAMED_VALUE) if APP.lower() in str(each)]
    for each in hidden:
        sent = {name: each["properties"][name] for name in ("displayName", "value", "tags")}
        cloud.put(each["id"], {"properties": {**sent, "secret": True}})
    clients.write(cloud, NAMES, clients.with_clients(clients.held(cloud, NAMES), [PERSON]))
    deployer = Deployer(cloud, azure.clock)
    deployer.apply(deployer.preview(desired())).outcome.raise_failure()
    assert deployer.preview(desired()).plan.is_empty
    assert clients.listed(clients.held(cloud, NAMES)) == (APP.lower(), PERSON)


def test_a_file_that_lists_no_clients_any_more_does_not_make_many_be_forgotten(
    azure: LocalAzure, cloud: Azure
) -> None:
    many = [f"{number % 256:02x}000000-0000-4000-8000-{number:012d}" for number in range(ROOM * 5)]
    deployer = Deployer(cloud, azure.clock)
    for few in (many[:ROOM], many):
        deployer.apply(deployer.preview(desired(clients=few))).outcome.raise_failure()
    assert clients.listed(clients.held(cloud, NAMES)) == tuple(sorted(many))
    with pytest.raises(ConfigError, match="500 clients would be forgotten"):
        deployer.apply(deployer.preview(desired()))
    deployer.apply(deployer.preview(desired(clients=[]))).outcome.raise_failure()
    assert deployer.preview(desired()).plan.is_empty


def test_what_is_not_there_cannot_be_taken_away(cloud: Azure) -> None:
    with pytest.raises(NotFoundError, match="not a client"):
        clients.without_clients(clients.held(cloud, NAMES), [APP])


def test_a_full_named_value_says_where_there_is_more_room(cloud: Azure) -> None:
    ids = [f"00000000-0000-4000-8000-{index:012d}" for index in range(ROOM + 1)]
    with pytest.raises(ConfigError, match="no room") as caught:
        clients.with_clients(clients.held(cloud, NAMES), ids)
    assert "apimlb.toml" in caught.value.next_step


def test_without_a_stack_there_are_neither(azure: LocalAzure) -> None:
    connected = azure.connected()
    assert keys.listed(connected, NAMES) == ()
    with pytest.raises(NotFoundError):
        keys.create(connected, NAMES, "team-a")
    with pytest.raises(NotFoundError):
        clients.held(connected, NAMES)


TIERS = {
    "gold": {"tokens_per_minute": 9000},
    "silver": {"tokens_per_day": 90},
    "default": {"tokens_per_day": 9},
}


WITH_TIERS = Names(SUBSCRIPTION, parse({"tiers": TIERS}))


def assign(cloud: Azure, tier: str, *who: str) -> None:
    tiers.write(cloud, WITH_TIERS, tiers.with_tier(tiers.held(cloud, WITH_TIERS), who, tier))


def settle(azure: LocalAzure, cloud: Azure, **configuration: object) -> None:
    """Deploy the stack of this configuration and see that nothing is left to do."""
    deploy(azure, cloud, desired(**configuration))
    assert preview(azure, cloud, desired(**configuration)).plan.is_empty


def test_who_is_in_a_tier_changes_without_its_policy_and_outlives_a_deploy(
    azure: LocalAzure, cloud: Azure
) -> None:
    settle(azure, cloud, tiers=TIERS)
    assert tiers.held(cloud, WITH_TIERS) == {"gold": frozenset(), "silver": frozenset()}
    azure.requests.clear()
    assign(cloud, "gold", "apimlb-default", APP)
    assign(cloud, "silver", APP.lower())
    assert tiers.held(cloud, WITH_TIERS) == {"gold": {"apimlb-default"}, "silver": {APP.lower()}}
    written = [path.partition("?")[0].rsplit("/", 2)[-2:] for _, path in azure.writes]
    values = ["namedValues", tier_value("gold")], ["namedValues", tier_value("silver")]
    assert written == [values[0], values[1], values[0]]
    settle(azure, cloud, tiers=TIERS)
    assert tiers.held(cloud, WITH_TIERS)["silver"] == {APP.lower()}
    assign(cloud, "default", APP, "apimlb-default")
    assert tiers.held(cloud, WITH_TIERS) == {"gold": frozenset(), "silver": frozenset()}


def test_a_tier_that_the_file_lost_is_forgotten_and_others_are_not(azure: LocalAzure, cloud: Azure) -> None:
    settle(azure, cloud, tiers=TIERS)
    assign(cloud, "gold", "apimlb-default")
    settle(azure, cloud, tiers={"gold": {"tokens_per_minute": 8000}})
    assert tiers.held(cloud, WITH_TIERS) == {"gold": {"apimlb-default"}}
    settle(azure, cloud)
    assert tiers.held(cloud, WITH_TIERS) == {}


def test_a_named_value_of_a_tier_that_somebody_spoilt_is_mended(azure: LocalAzure, cloud: Azure) -> None:
    settle(azure, cloud, tiers=TIERS)
    assign(cloud, "gold", "apimlb-default")
    azure.ask("DELETE", f"{NAMES.service_id}/namedValues/{tier_value('silver')}", None)
    settle(azure, cloud, tiers=TIERS)
    assert tiers.held(cloud, WITH_TIERS) == {"gold": {"apimlb-default"}, "silver": frozenset()}


def test_nobody_is_put_into_a_tier_that_is_not_there(azure: LocalAzure, cloud: Azure) -> None:
    with pytest.raises(NotFoundError, match="no tier gold") as caught:
        assign(cloud, "gold", "apimlb-default")
    assert "apimlb deploy" in caught.value.next_step
    assign(cloud, "default", "apimlb-default")
    with pytest.raises(NotFoundError, match="team-a is neither a key nor a client"):
        tiers.require_known(cloud, NAMES, ["apimlb-default", "team-a"])


def test_a_full_tier_names_the_one_that_needs_no_list(azure: LocalAzure, cloud: Azure) -> None:
    settle(azure, cloud, tiers=TIERS)
    with pytest.raises(ConfigError, match="no room") as caught:
        assign(cloud, "gold", *(f"{number:08x}-0000-4000-8000-000000000000" for number in range(111)))
    assert "default" in caught.value.next_step
