"""A long-running operation that fails, vanishes or says nothing: what came of it is read off the resource."""

import pytest

from apimlb.deploy.patience import HOUR
from apimlb.deploy.waiting import Audience, Wait, heard_by
from apimlb.errors import CloudError
from apimlb.http import Headers, Request, Response
from tests.arm import AT_END, AT_END_BODY, DEPLOYMENT, DONE, OPERATION, SERVICE, Arm, begun, error, reply

LOST = {
    "vanished": error(404, "OperationNotFound", "The operation could not be found"),
    "gone": error(410, "Gone"),
    "no JSON": Response(200, Headers([("Content-Type", "text/html")]), b"<html>welcome</html>"),
    "half a document": Response(200, Headers([("Content-Type", "application/json")]), b'{"status": "Succ'),
    "no status": reply(200, {"hello": "world"}),
    "a status that is none": reply(200, {"status": 7}),
    "a list": reply(200, []),
}
STARTED = reply(202, None, Location=OPERATION)


def test_a_cancelled_operation_is_begun_again_once_it_is_told() -> None:
    cancelled = reply(200, {"status": "Canceled"})
    arm = Arm(begun(), cancelled, begun(), DONE, AT_END)
    heard: list[Wait] = []
    with heard_by(Audience(heard.append)):
        assert arm.cloud.put(DEPLOYMENT, {})["id"] == DEPLOYMENT
    assert [wait.reason for wait in heard if wait.trouble] == [
        "200 OperationCanceled: Azure cancelled the operation"
    ]


def test_an_operation_that_is_cancelled_each_time_is_told_as_that() -> None:
    def answer(request: Request) -> Response:
        return begun() if request.method == "PUT" else reply(200, {"status": "Canceled"})

    arm = Arm(answer, endless=True)
    with pytest.raises(CloudError, match="Azure cancelled the operation") as caught:
        arm.cloud.put(DEPLOYMENT, {})
    assert "activity log" in caught.value.next_step
    assert sum(arm.clock.slept) < 200


@pytest.mark.parametrize("lost", LOST)
def test_an_operation_that_vanishes_or_tells_garbage_is_followed_at_the_resource(lost: str) -> None:
    creating = reply(200, {"id": DEPLOYMENT, "properties": {"provisioningState": "Creating"}})
    arm = Arm(begun(), LOST[lost], creating, AT_END)
    heard: list[Wait] = []
    with heard_by(Audience(heard.append)):
        assert arm.cloud.put(DEPLOYMENT, {}) == AT_END_BODY
    assert "looking at the resource" in next(wait.reason for wait in heard if wait.trouble)


@pytest.mark.parametrize("lost", LOST)
def test_a_deletion_whose_operation_is_lost_has_happened_when_the_resource_is_gone(lost: str) -> None:
    still = reply(200, {"id": SERVICE, "properties": {"provisioningState": "Deleting"}})
    started = reply(202, None, Azure_AsyncOperation=OPERATION)
    arm = Arm(started, LOST[lost], still, error(404, "ResourceNotFound"))
    arm.cloud.delete(SERVICE)
    assert [method for method, _ in arm.asked].count("DELETE") == 1
    again = Arm(started, LOST[lost], AT_END, started, DONE)
    again.cloud.delete(SERVICE)
    assert [method for method, _ in again.asked].count("DELETE") == 2


def test_an_operation_that_is_lost_with_its_resource_is_begun_again() -> None:
    arm = Arm(begun(), LOST["vanished"], error(404, "NotFound"), begun(), DONE, AT_END)
    assert arm.cloud.put(DEPLOYMENT, {})["id"] == DEPLOYMENT


def test_a_failure_that_passes_begins_the_operation_again_and_another_is_told() -> None:
    busy = reply(200, {"status": "Failed", "error": {"code": "RequestConflict", "message": "busy"}})
    arm = Arm(begun(), busy, begun(), DONE, AT_END)
    arm.cloud.put(DEPLOYMENT, {})
    silent = Arm(begun(), reply(200, {"status": "Failed"}))
    with pytest.raises(CloudError, match="does not say why"):
        silent.cloud.put(DEPLOYMENT, {})


def test_an_operation_that_answers_with_why_it_failed_is_begun_again_where_that_passes() -> None:
    """As a Location does whose operation is over: it answers with the refusal, for as long as it is asked."""
    failed = [error(400, "InternalServerError")] * 3
    arm = Arm(STARTED, reply(202), *failed, STARTED, reply(204))
    arm.cloud.delete(SERVICE)
    assert [method for method, _ in arm.asked].count("DELETE") == 2
    assert sum(arm.clock.slept) < 120


def test_an_operation_that_answers_with_why_it_failed_is_told_where_that_does_not_pass() -> None:
    """The resource is as it was before, and says nothing about it."""
    arm = Arm(STARTED, error(400, "ValidationError", "no such tier"), AT_END, AT_END)
    with pytest.raises(CloudError) as caught:
        arm.cloud.patch(SERVICE, {"sku": {}})
    assert "no such tier" in caught.value.raw


@pytest.mark.parametrize(("there", "deleting"), [(AT_END, False), (error(404, "ResourceNotFound"), True)])
def test_where_an_operation_cannot_be_asked_for_long_the_resource_says_what_came_of_it(
    there: Response, deleting: bool
) -> None:
    def answer(request: Request) -> Response:
        if request.method != "GET":
            return STARTED
        return error(500, "InternalServerError") if request.path.endswith("/operations/1") else there

    arm = Arm(answer, endless=True)
    if deleting:
        arm.cloud.delete(SERVICE)
    else:
        arm.cloud.put(SERVICE, {})
    assert sum(arm.clock.slept) < HOUR / 2
    assert sum(method != "GET" for method, _ in arm.asked) == 1


def test_an_operation_elsewhere_gets_no_token() -> None:
    elsewhere = reply(201, {"id": DEPLOYMENT}, Azure_AsyncOperation="https://example.org/operation")
    arm = Arm(elsewhere, AT_END)
    assert arm.cloud.put(DEPLOYMENT, {})["id"] == DEPLOYMENT
    assert {request.url.split("/")[2] for request in arm.requests} == {"management.azure.com"}
