"""A deploy to the local Azure through trouble on order: it waits, says why, and ends where it would have."""

import json
from collections.abc import Iterator

import pytest

from apimlb.deploy.azure import Azure
from apimlb.deploy.claims import TAG, Claims
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.executor import Event
from apimlb.deploy.ids import GROUP
from apimlb.deploy.runs import Run
from apimlb.errors import AuthError, CloudError
from apimlb.local.faults import Fault
from tests.functional.deploy.local_azure import LocalAzure
from tests.stacks import SUBSCRIPTION, desired, labelled

OPERATION = "*operation*esults/*"
RETRY_LATE = (("Retry-After", "300"),)


def refusal(code: str) -> str:
    return json.dumps({"error": {"code": code, "message": "as ordered"}})


def arm(method: str, url: str, status: int, code: str, **more: object) -> Fault:
    return Fault(method, url, "arm", status=status, body=refusal(code), **{"count": 6, **more})  # type: ignore[arg-type]


TROUBLES = {
    "another operation": arm("PUT", "*", 409, "AnotherOperationInProgress"),
    "a conflict": arm("PUT", "*/service/*", 409, "Conflict"),
    "a conflict of a new kind": arm("PUT", "*/accounts/*", 409, "SomethingNew"),
    "a precondition": arm("PUT", "*/service/apim*", 412, "PreconditionFailed"),
    "a gateway that is updated": arm("PUT", "*/service/*/*", 422, "ManagementApiRequestFailed"),
    "a long pause again and again": arm("PUT", "*", 429, "TooManyRequests", headers=RETRY_LATE),
    "a long pause for reads": arm("GET", "*", 429, "SubscriptionRequestsThrottled", headers=RETRY_LATE),
    "a server's failure": arm("*", "*", 500, "InternalServerError", count=12),
    "a proxy's page": Fault(plane="arm", status=502, body="<html>bad gateway</html>", count=12),
    "a service out of order": arm("*", "*", 503, "ServiceUnavailable", count=12),
    "a timeout": arm("*", "*", 504, "GatewayTimeout", count=12),
    "a reset": Fault("PUT", plane="arm", reset=True, count=6),
    "a parent that is not known yet": arm("PUT", "*/service/*/*", 404, "ParentResourceNotFound", count=3),
    "an expired token": arm("PUT", "*", 401, "ExpiredAuthenticationToken", count=2),
    "an operation that vanished": arm("GET", OPERATION, 404, "NotFound", count=2),
    "an operation that tells garbage": Fault("GET", OPERATION, "arm", 2, 200, body="<p>hello</p>"),
    "an operation without a status": Fault("GET", OPERATION, "arm", 2, 200, body="{}"),
    "an operation that is cancelled": Fault("GET", OPERATION, "arm", 1, 200, body='{"status": "Canceled"}'),
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
    assert order.happened == order.fault.count
    assert Deployer(azure.connected(), azure.clock).preview(desired()).plan.is_empty


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
    azure.world.faults.add(arm("PUT", "*/accounts/*", 409, "RequestConflict", count=2))
    heard: list[Event] = []
    deploy(azure, azure.connected(), heard)
    waits = [event for event in heard if event.wait is not None and event.wait.trouble]
    assert {event.wait.reason for event in waits if event.wait} == {"409 RequestConflict: as ordered"}
    work = {event.task.label for event in heard if event.wait is not None and not event.wait.trouble}
    assert "gateway (BasicV2)" in work


def test_trouble_that_stays_is_told_as_what_it_is_and_the_rest_is_done(azure: LocalAzure) -> None:
    azure.world.faults.add(arm("PUT", "*/deployments/*", 409, "RequestConflict", count=0))
    with pytest.raises(CloudError, match="RequestConflict") as caught:
        deploy(azure, azure.connected(), [])
    assert caught.value.where.endswith("/deployments/chat")
    azure.world.faults.clear()
    left = Deployer(azure.connected(), azure.clock).preview(desired()).plan
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
