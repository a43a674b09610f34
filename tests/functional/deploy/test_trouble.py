"""A deploy to the local Azure through trouble on order: it waits, says why, and ends where it would have."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apimlb.deploy.azure import Azure
from apimlb.deploy.claims import TAG, Claims
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.executor import Event
from apimlb.deploy.ids import GROUP
from apimlb.deploy.runs import Run
from apimlb.errors import AuthError, CloudError
from apimlb.local.codes import CODES
from apimlb.local.faults import Fault
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import preview
from tests.stacks import SUBSCRIPTION, desired, labelled

OPERATION = "*operation*esults/*"
RETRY_LATE = (("Retry-After", "300"),)
TOLD_AT_ONCE = {"AuthorizationFailed", "temporarily_unavailable"}
PASSING = sorted(CODES.keys() - TOLD_AT_ONCE)


def refusal(code: str) -> str:
    return json.dumps({"error": {"code": code, "message": "as ordered"}})


TROUBLES = {
    "a conflict of a new kind": Fault("PUT", "*/accounts/*", "arm", 6, 409, body=refusal("SomethingNew")),
    "a long pause again and again": Fault("PUT", plane="arm", count=6, status=429, headers=RETRY_LATE),
    "a long pause for reads": Fault("GET", plane="arm", count=6, status=429, headers=RETRY_LATE),
    "a server's failure": Fault(plane="arm", status=500, count=12),
    "a proxy's page": Fault(plane="arm", status=502, body="<html>bad gateway</html>", count=12),
    "a service out of order for minutes": Fault(plane="arm", status=503, seconds=400.0),
    "a reset": Fault("PUT", plane="arm", reset=True, count=6),
    "a reset after the write": Fault("PUT", plane="arm", reset=True, applied=True, count=6),
    "an operation that vanished": Fault("PUT", plane="arm", operation="vanished", count=2),
    "an operation that tells garbage": Fault("PUT", plane="arm", operation="garbage", count=2),
    "an operation without a status": Fault("GET", OPERATION, "arm", 2, 200, body="{}"),
    "an operation that is cancelled": Fault("PUT", "*/accounts/*", "arm", 1, operation="canceled"),
    "an operation that fails and may be tried again": Fault(
        "PUT", "*/service/*", "arm", 1, operation="failed", code="InternalServerError"
    ),
}


@pytest.fixture
def azure() -> Iterator[LocalAzure]:
    """Operations take as long as was recorded."""
    made = LocalAzure(lro="realistic")
    yield made
    made.close()


def deploy(azure: LocalAzure, cloud: Azure, heard: list[Event]) -> None:
    deployer = Deployer(cloud, azure.clock, heard.append)
    deployer.apply(deployer.preview(desired())).outcome.raise_failure()


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_deploy_goes_on_after_trouble(azure: LocalAzure, trouble: str) -> None:
    order = azure.world.faults.add(TROUBLES[trouble])
    heard: list[Event] = []
    deploy(azure, azure.logged_in("the-secret"), heard)
    assert order.happened >= max(1, order.fault.count)
    assert preview(azure, azure.connected(), desired()).plan.is_empty


@pytest.mark.parametrize("applied", [False, True], ids=["before the write", "after the write"])
@pytest.mark.parametrize("code", PASSING)
def test_a_deploy_goes_on_after_every_code_that_passes(azure: LocalAzure, code: str, applied: bool) -> None:
    count = 2 if code == "ExpiredAuthenticationToken" else 4
    order = azure.world.faults.add(Fault("PUT", plane="arm", code=code, applied=applied, count=count))
    deploy(azure, azure.connected(), [])
    assert order.happened == count
    assert preview(azure, azure.connected(), desired()).plan.is_empty


def test_an_operation_that_fails_for_good_is_told_with_azure_s_words(azure: LocalAzure) -> None:
    azure.world.faults.add(
        Fault("PUT", "*/accounts/*", "arm", 1, operation="failed", code="SpecialFeatureOrQuotaIdRequired")
    )
    with pytest.raises(CloudError, match="cannot have Azure OpenAI") as caught:
        deploy(azure, azure.connected(), [])
    assert "SpecialFeatureOrQuotaIdRequired" in caught.value.raw
    deploy(azure, azure.connected(), [])


ORDERS = st.lists(
    st.builds(
        lambda fault, skip, count: replace(fault, skip=skip, count=count, seconds=0.0),
        st.sampled_from(
            [
                *TROUBLES.values(),
                *(Fault(plane="arm", code=code) for code in PASSING if CODES[code].status not in (401, 404)),
            ]
        ),
        st.integers(0, 30),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=15)
@given(ORDERS)
def test_no_mixture_of_passing_trouble_ends_a_deploy(orders: list[Fault]) -> None:
    azure = LocalAzure(lro="realistic")
    for order in orders:
        azure.world.faults.add(order)
    deploy(azure, azure.connected(), [])
    azure.world.faults.clear()
    assert preview(azure, azure.connected(), desired()).plan.is_empty
    azure.close()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_entra_out_of_order_is_waited_for_and_a_refused_secret_is_not(azure: LocalAzure, status: int) -> None:
    tokens = azure.world.faults.add(Fault("POST", plane="entra", status=status, count=3))
    metadata = azure.world.faults.add(Fault("GET", plane="entra", status=status, count=3))
    deploy(azure, azure.logged_in("the-secret"), [])
    assert (tokens.happened, metadata.happened) == (3, 3)
    began = azure.clock.now()
    with pytest.raises(AuthError, match="AADSTS7000215"):
        azure.logged_in("wrong").get(labelled(desired(), "resource group").id)
    assert azure.clock.now() == began


def test_what_is_waited_for_is_told_with_azure_s_words(azure: LocalAzure) -> None:
    azure.world.faults.add(Fault("PUT", "*/accounts/*", "arm", 2, 409, body=refusal("RequestConflict")))
    heard: list[Event] = []
    deploy(azure, azure.connected(), heard)
    waits = [event for event in heard if event.wait is not None and event.wait.trouble]
    assert {event.wait.reason for event in waits if event.wait} == {"409 RequestConflict: as ordered"}
    work = {event.task.label for event in heard if event.wait is not None and not event.wait.trouble}
    assert "gateway (BasicV2)" in work


def test_trouble_that_stays_is_told_as_what_it_is_and_the_rest_is_done(azure: LocalAzure) -> None:
    azure.world.faults.add(Fault("PUT", "*/deployments/*", "arm", code="RequestConflict"))
    with pytest.raises(CloudError, match="Something else is being done") as caught:
        deploy(azure, azure.connected(), [])
    assert "RequestConflict" in caught.value.raw
    assert caught.value.where.endswith("/deployments/chat")
    azure.world.faults.clear()
    left = preview(azure, azure.connected(), desired()).plan
    assert [step.resource.label for step in left.steps if step.action != "keep"] == [
        "deployment eastus2/chat"
    ]


def test_a_provider_is_registered_before_anything_is_written() -> None:
    wanted = ("Microsoft.ApiManagement", "Microsoft.CognitiveServices")
    azure = LocalAzure()
    for namespace in wanted:
        azure.ask("POST", f"/subscriptions/{SUBSCRIPTION}/providers/{namespace}/unregister")
    azure.requests.clear()
    deploy(azure, azure.connected(), [])
    first = [path.rpartition("/providers/")[2] for _, path in azure.writes[:2]]
    assert sorted(first) == [f"{namespace}/register" for namespace in wanted]
    azure.close()


def test_a_claim_is_on_the_group_while_it_is_changed(azure: LocalAzure) -> None:
    cloud = azure.connected()
    deploy(azure, cloud, [])
    group = labelled(desired(), "resource group").id
    mine = Claims(cloud, azure.clock, group, Run("deploy", "a1", "ada", "desk", 1))
    with mine.held():
        assert "user=ada host=desk" in azure.world.store.of_kind(GROUP)[0].body["tags"][TAG]
    assert TAG not in azure.world.store.of_kind(GROUP)[0].body["tags"]
