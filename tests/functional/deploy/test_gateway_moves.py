"""A stack moves between a gateway of its own and those of others, or its gateway goes from under it."""

import random
from contextlib import nullcontext, suppress

import pytest

from apimlb.deploy.deployer import Deployer
from apimlb.deploy.ids import SERVICE as SERVICE_KIND
from apimlb.errors import ApimlbError
from apimlb.stack.config import parse
from apimlb.stack.marks import guests_in
from apimlb.stack.names import Names
from tests.clouds import Killed
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import Site
from tests.functional.deploy.shared_gateway import (
    OWN,
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
from tests.stacks import SUBSCRIPTION


def test_a_stack_moves_to_a_gateway_of_others_and_back_while_clients_go_on(azure: LocalAzure) -> None:
    """What it leaves behind serves its clients until somebody says that it may go."""
    occupied(azure)
    before, site = everything(azure), Site(azure, QUICK)
    own, guest = parse(file(**OWN)), parse(file())
    site.deploy(**file(**OWN))
    site.serve(own, key="apimlb-default")
    site.deploy(**file())
    told = preview(azure, guest)
    assert told.plan.is_empty
    assert any("still serves who calls it" in notice for notice in told.notices)
    assert asked(azure, PATH, key_of(azure, "search-default")) == 200
    assert site.statuses.keys() == {200}, site.notes
    site.rest()
    site.deploy(retires=True, **file())
    assert [id.rsplit("/", 1)[1] for id in azure.ids(SERVICE_KIND)] == ["shared"]
    assert len(azure.ids("microsoft.managedidentity/userassignedidentities")) == 1
    assert preview(azure, guest).notices == ()

    site.deploy(**file(**OWN), on_soft_deleted="purge")
    assert asked(azure, PATH, key_of(azure, "search-default")) == 200
    assert preview(azure, own).plan.is_empty
    assert any("things of the stack" in notice for notice in preview(azure, own).notices)
    site.deploy(retires=True, **file(**OWN))
    assert touched(before, azure) == []
    assert [id for id in everything(azure) if id.startswith(SERVICE.lower()) and id not in before] == []
    site.deploy(**file(**OWN))
    group = azure.connected().get(Names(SUBSCRIPTION, own).group_id)
    assert group is not None
    assert guests_in(group) == {}
    Site(azure).destroy(**file(**OWN))
    assert everything(azure) == before


def test_a_destroy_takes_what_is_left_at_gateways_of_before(azure: LocalAzure) -> None:
    occupied(azure)
    before, site = everything(azure), Site(azure, QUICK)
    site.deploy(**file())
    site.deploy(**file(**OWN))
    Site(azure).destroy(**file(**OWN))
    assert everything(azure) == before
    site.deploy(**file(**OWN))
    site.deploy(**file())
    Site(azure).destroy(**file())
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
        dying = azure.dies_after(rng.choice([2, 9, 25, 60]), "PUT", "DELETE")
        with suppress(Killed):
            with dying if rng.random() < 0.5 else nullcontext():
                site.deploy(retires=retires, on_soft_deleted="purge", **tables)
            assert preview(azure, parse(tables)).plan.is_empty
        assert touched(before, azure) == []
    Site(azure).destroy(**rng.choice(places))
    assert everything(azure) == before


def test_a_gateway_in_the_stacks_own_group_stays_with_it(azure: LocalAzure) -> None:
    Site(azure, QUICK).deploy(**file(**OWN))
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
    Site(azure).destroy(**file(gateway="shared"))
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
    Site(azure).destroy(**file())
    assert not [id for id in everything(azure) if "search" in id and "deletedservices" not in id]
