"""What stands between here and Azure answers in its place with a page: that is no answer, and is told."""

from collections.abc import Iterator

import pytest

from apimlb.deploy.deployer import Deployer
from apimlb.deploy.ids import ACCOUNT, DELETED_ACCOUNT, GROUP, SERVICE
from apimlb.errors import CloudError
from apimlb.http import Request
from apimlb.local.faults import Fault
from tests.functional.deploy.local_azure import LocalAzure
from tests.stacks import STACK, SUBSCRIPTION, desired

HTML = (("Content-Type", "text/html; charset=utf-8"),)
PAGE = "<html><body>Please sign in to the network.</body></html>"


def page(method: str = "*", url: str = "*", count: int = 1) -> Fault:
    """A proxy's page instead of the answer; what was asked for is not done."""
    return Fault(method, url, "arm", count, 200, HTML, PAGE)


@pytest.fixture
def azure() -> Iterator[LocalAzure]:
    made = LocalAzure(lro="realistic")
    yield made
    made.close()


def deploy(azure: LocalAzure, **config: object) -> None:
    deployer = Deployer(azure.connected(), azure.clock)
    deployer.apply(deployer.preview(desired(**config))).outcome.raise_failure()


def is_whole(azure: LocalAzure, **config: object) -> bool:
    return Deployer(azure.connected(), azure.clock).preview(desired(**config)).plan.is_empty


def test_every_request_of_a_stacks_life_is_asked_again(azure: LocalAzure) -> None:
    met: set[tuple[str, str]] = set()

    def meet(request: Request) -> None:
        """Each path shows a page once to each method."""
        asked = request.method, request.path.lower()
        if asked not in met:
            met.add(asked)
            azure.world.faults.add(page(request.method, f"*{asked[1]}?*"))

    azure.before = meet
    deploy(azure, monitoring=True)
    assert is_whole(azure, monitoring=True)
    deploy(azure, accept_retry_after=True)
    assert is_whole(azure, accept_retry_after=True)
    deployer = Deployer(azure.connected(), azure.clock)
    (change,) = deployer.resize(desired(accept_retry_after=True), 40)
    capacities = azure.connected().get(change.id)
    assert capacities is not None
    assert capacities["sku"]["capacity"] == 40
    deployer.destroy(deployer.survey(desired(), STACK, purge=True))
    assert {method for method, _ in met} == {"GET", "PUT", "PATCH", "POST", "DELETE"}
    assert [azure.ids(kind) for kind in (SERVICE, ACCOUNT, GROUP)] == [[], [], []]
    assert azure.connected().children(f"/subscriptions/{SUBSCRIPTION}", DELETED_ACCOUNT) == []


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_a_page_that_stays_is_told_within_minutes(azure: LocalAzure, method: str) -> None:
    azure.world.faults.add(page(method, count=0))
    before = azure.clock.now()
    with pytest.raises(CloudError, match="Azure's answer is text/html instead of JSON") as caught:
        deploy(azure)
    assert azure.clock.now() - before < 15 * 60
    assert "a proxy" in caught.value.why
    assert "proxy settings" in caught.value.next_step


def test_an_answer_without_a_body_is_no_answer(azure: LocalAzure) -> None:
    order = azure.world.faults.add(Fault("PUT", "*/resourcegroups/*", "arm", 1, 200, body=" "))
    deploy(azure)
    assert order.happened == 1
    assert is_whole(azure)


@pytest.mark.parametrize("body", ["null", "[]", "{}", '{"value": null}', '{"value": "none"}'])
def test_an_answer_without_a_list_is_none_of_a_listing(azure: LocalAzure, body: str) -> None:
    deploy(azure)
    json = (("Content-Type", "application/json"),)
    order = azure.world.faults.add(Fault("GET", "*/backends?*", "arm", 2, 200, json, body))
    assert is_whole(azure)
    assert order.happened == 2


def test_a_deletion_that_a_page_answers_is_not_taken_for_done(azure: LocalAzure) -> None:
    deploy(azure)
    azure.world.faults.add(page("DELETE", count=0))
    deployer = Deployer(azure.connected(), azure.clock)
    with pytest.raises(CloudError, match="text/html instead of JSON"):
        deployer.destroy(deployer.survey(desired(), STACK, purge=False))
    azure.world.faults.clear()
    deployer.destroy(deployer.survey(desired(), STACK, purge=False))
    assert azure.ids(GROUP) == []
