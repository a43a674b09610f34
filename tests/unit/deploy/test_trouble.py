"""Trouble that passes ends no operation before the deadline of the resource's type, and none outlasts it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ServiceRequestError
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apimlb.deploy import operations, patience
from apimlb.deploy.ids import kind_of
from apimlb.deploy.patience import HOUR, PATIENCE, patience_for
from apimlb.deploy.waiting import Audience, Wait, heard_by
from apimlb.errors import ApimlbError, AuthError, CloudError, ConflictError
from apimlb.http import Headers, Request, Response
from tests.arm import (
    ACCOUNT,
    AT_END,
    BACKEND,
    DEPLOYMENT,
    DONE,
    GROUP,
    SERVICE,
    Arm,
    Script,
    begun,
    error,
    reply,
)

# What passes by itself, with the status and code that it is told by when it does not.
TROUBLES: dict[str, tuple[Script, int, str]] = {
    "another operation": (error(409, "AnotherOperationInProgress"), 409, "AnotherOperationInProgress"),
    "a conflict": (error(409, "Conflict"), 409, "Conflict"),
    "a conflict of requests": (error(409, "RequestConflict"), 409, "RequestConflict"),
    "a conflict in an API": (
        error(409, "PessimisticConcurrencyConflict"),
        409,
        "PessimisticConcurrencyConflict",
    ),
    "a conflict of a new kind": (error(409, "SomethingNew"), 409, "SomethingNew"),
    "a conflict without words": (reply(409), 409, ""),
    "a parent that is not settled": (
        error(400, "AccountProvisioningStateInvalid"),
        400,
        "AccountProvisioningStateInvalid",
    ),
    "a gateway that is updated": (
        error(422, "ManagementApiRequestFailed"),
        422,
        "ManagementApiRequestFailed",
    ),
    "a pause": (error(429, "TooManyRequests"), 429, "TooManyRequests"),
    "a long pause": (
        reply(
            429, {"error": {"code": "SubscriptionRequestsThrottled", "message": "wait"}}, Retry_After="300"
        ),
        429,
        "SubscriptionRequestsThrottled",
    ),
    "a server's failure": (error(500, "InternalServerError"), 500, "InternalServerError"),
    "a proxy's page": (Response(502, Headers(), b"<html>bad gateway</html>"), 502, ""),
    "a service out of order": (error(503, "ServiceUnavailable"), 503, "ServiceUnavailable"),
    "a gateway's timeout": (error(504, "GatewayTimeout"), 504, "GatewayTimeout"),
    "a request's timeout": (error(408, "RequestTimeout"), 408, "RequestTimeout"),
    "a reset": (requests.ConnectionError("reset by peer"), 0, ""),
}
OF_TROUBLE = pytest.mark.parametrize("trouble", TROUBLES)


def met(arm: Arm) -> Arm:
    """The same, which has answered before: a reset is no dead endpoint."""
    script, endless, arm.script, arm.endless = arm.script, arm.endless, [reply(200, {"id": GROUP})], False
    cloud = arm.cloud
    cloud.get(GROUP)
    arm.script, arm.endless = script, endless
    arm.requests.clear()
    arm.clock.slept.clear()
    return _Same(arm, cloud)


class _Same(Arm):
    """An `Arm` whose cloud is one and the same."""

    def __init__(self, arm: Arm, cloud: Any) -> None:
        self.__dict__ = arm.__dict__
        self._cloud = cloud

    @property
    def cloud(self) -> Any:
        return self._cloud


@OF_TROUBLE
def test_a_write_meets_trouble_until_it_passes(trouble: str) -> None:
    line, _, _ = TROUBLES[trouble]
    arm = met(Arm(line, line, line, line, reply(200, {"id": BACKEND})))
    assert arm.cloud.put(BACKEND, {"properties": {}}) == {"id": BACKEND}
    assert len(arm.clock.slept) == 4
    assert arm.clock.slept == sorted(arm.clock.slept), "ever more slowly"


@OF_TROUBLE
def test_a_write_is_given_up_at_the_deadline_of_its_type(trouble: str) -> None:
    line, status, code = TROUBLES[trouble]
    arm = met(Arm(line, endless=True))
    with pytest.raises(CloudError) as caught:
        arm.cloud.put(BACKEND, {"properties": {}})
    assert (caught.value.status, caught.value.code) == (status, code)
    deadline = patience_for(kind_of(BACKEND)).deadline
    assert deadline - 300 <= sum(arm.clock.slept) <= deadline
    assert caught.value.where == "service/apim/backends/chat"


@OF_TROUBLE
@pytest.mark.parametrize("verb", ["get", "delete", "patch", "list", "usages"])
def test_everything_that_is_asked_meets_trouble_until_it_passes(trouble: str, verb: str) -> None:
    line, _, _ = TROUBLES[trouble]
    arm = met(Arm(line, line, reply(200, {"id": DEPLOYMENT, "value": []})))
    calls: dict[str, Callable[[], Any]] = {
        "get": lambda: arm.cloud.get(DEPLOYMENT),
        "delete": lambda: arm.cloud.delete(DEPLOYMENT),
        "patch": lambda: arm.cloud.patch(DEPLOYMENT, {"sku": {}}),
        "list": lambda: arm.cloud.children(ACCOUNT, kind_of(DEPLOYMENT)),
        "usages": lambda: arm.cloud.usages("eastus"),
    }
    calls[verb]()
    assert len(arm.requests) == 3


@OF_TROUBLE
def test_an_operation_under_way_is_followed_through_trouble(trouble: str) -> None:
    line, _, _ = TROUBLES[trouble]
    arm = met(Arm(begun(), line, reply(200, {"status": "Creating"}), line, line, DONE, line, AT_END))
    assert arm.cloud.put(DEPLOYMENT, {"sku": {}})["id"] == DEPLOYMENT
    assert [method for method, _ in arm.asked].count("PUT") == 1


@pytest.mark.parametrize("kind", operations.KINDS)
def test_every_type_has_a_deadline(kind: str) -> None:
    assert kind in PATIENCE
    assert PATIENCE[kind].first < PATIENCE[kind].longest < PATIENCE[kind].deadline


def test_a_gateway_has_longer_than_the_longest_that_was_reported() -> None:
    assert PATIENCE[kind_of(SERVICE)].deadline > 1.5 * HOUR
    arm = met(Arm(begun(), *[reply(200, {"status": "InProgress"}, Retry_After="20")] * 270, DONE, AT_END))
    arm.cloud.put(SERVICE, {})
    assert sum(arm.clock.slept) > 1.5 * HOUR
    endless = met(Arm(begun(), reply(200, {"status": "InProgress"}, Retry_After="20"), endless=True))
    with pytest.raises(CloudError, match="not done after 180 minutes"):
        endless.cloud.put(SERVICE, {})


@pytest.mark.parametrize("code", ["FlagMustBeSetForRestore", "CustomDomainInUse", "ServiceAlreadyExists"])
def test_a_conflict_that_stays_is_told_at_once(code: str) -> None:
    arm = Arm(error(409, code))
    with pytest.raises(ConflictError):
        arm.cloud.put(ACCOUNT, {})
    assert arm.clock.slept == []


def test_an_answer_that_ends_too_soon_is_asked_for_again() -> None:
    half = Response(200, Headers([("Content-Type", "application/json")]), b'{"id": "/subscrip')
    arm = Arm(half, half, reply(200, {"id": GROUP}))
    assert arm.cloud.get(GROUP) == {"id": GROUP}
    never = Arm(half, endless=True)
    with pytest.raises(CloudError, match="no JSON object"):
        never.cloud.get(GROUP)
    assert 200 < sum(never.clock.slept) <= 300


# What hangs on something that was just made.


@pytest.mark.parametrize("code", ["ParentResourceNotFound", "ResourceGroupNotFound", "ResourceNotFound"])
def test_a_parent_that_azure_does_not_know_yet_is_waited_for(code: str) -> None:
    arm = Arm(error(404, code), error(404, code), reply(201, {"id": BACKEND}))
    arm.cloud.put(BACKEND, {})
    never = Arm(error(404, code), endless=True)
    with pytest.raises(CloudError, match=code) as caught:
        never.cloud.put(BACKEND, {})
    assert caught.value.status == 404
    assert 240 < sum(never.clock.slept) <= 300


def test_no_longer_wait_is_announced_than_there_will_be() -> None:
    """A parent that is not there is hoped for less long than the type's deadline."""
    arm, heard = Arm(*[error(404, "ParentResourceNotFound")] * 40), list[Wait]()
    began = arm.clock.now()
    with heard_by(Audience(heard.append)), pytest.raises(CloudError):
        arm.cloud.put(BACKEND, {})
    assert heard[0].left <= 300
    assert arm.clock.now() - began <= 300


def test_a_resource_that_cannot_be_read_yet_after_it_was_made_is_waited_for() -> None:
    arm = Arm(begun(), DONE, error(404, "NotFound"), AT_END)
    assert arm.cloud.put(DEPLOYMENT, {})["id"] == DEPLOYMENT


# Tokens.


def test_a_token_that_azure_does_not_take_any_more_is_renewed() -> None:
    expired = error(401, "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than now")
    arm = Arm(begun(), reply(200, {"status": "Creating"}), expired, DONE, expired, AT_END)
    assert arm.cloud.put(DEPLOYMENT, {})["id"] == DEPLOYMENT
    tokens = [request.headers.get("Authorization") for request in arm.requests]
    assert tokens[:4] == [f"Bearer token {n}" for n in (1, 1, 1, 2)]
    assert tokens[5] == "Bearer token 3"


def test_a_login_that_azure_never_takes_is_told() -> None:
    arm = Arm(error(401, "InvalidAuthenticationToken", "The access token is invalid."), endless=True)
    with pytest.raises(AuthError, match="access token is invalid"):
        arm.cloud.get(GROUP)
    assert len(arm.requests) == 3


class Entra:
    """Gives a token now and then: it raises each of the errors first."""

    def __init__(self, arm: Arm, *errors: Exception) -> None:
        self.errors = list(errors)
        self._source = arm.credential

    def get_token(self, *scopes: str, **options: Any) -> Any:
        if self.errors:
            raise self.errors.pop(0)
        return self._source.get_token(*scopes, **options)


@dataclass
class _Unavailable:
    """As much of a response as an error of the SDK reads."""

    status_code: int
    reason: str = "Service Unavailable"


def out_of_order(status: int = 503) -> ClientAuthenticationError:
    """What azure-identity makes of such an answer of Entra's."""
    cause = HttpResponseError("Service Unavailable", response=_Unavailable(status))  # type: ignore[arg-type]
    wrapped = ClientAuthenticationError("Authentication failed: Unexpected response from Microsoft Entra ID")
    wrapped.__cause__ = cause
    return wrapped


@pytest.mark.parametrize(
    "refusal",
    [
        out_of_order(503),
        out_of_order(500),
        out_of_order(429),
        ClientAuthenticationError("AADSTS90033: A transient error has occurred. Please try again."),
        ClientAuthenticationError("Azure CLI: ERROR: 503 Server Error: Service Unavailable for url"),
    ],
)
def test_entra_out_of_order_is_no_missing_login(refusal: Exception) -> None:
    arm = Arm(reply(200, {"id": GROUP}))
    arm.credential = Entra(arm, refusal, refusal, refusal)
    assert arm.cloud.get(GROUP) == {"id": GROUP}
    endless = Arm()
    endless.credential = Entra(endless, *[refusal] * 400)
    with pytest.raises(CloudError, match="Microsoft Entra") as caught:
        endless.cloud.get(GROUP)
    assert "az login" not in caught.value.next_step


def test_entra_that_cannot_be_reached_after_an_hour_is_waited_for() -> None:
    arm = met(Arm(reply(200, {"id": GROUP})))
    refused = ClientAuthenticationError("Authentication failed: refused")
    refused.__cause__ = ServiceRequestError("refused")
    entra = Entra(arm, *[refused] * 30)
    arm.credential = entra
    arm.clock.advance(3600)
    assert arm.cloud.get(GROUP) == {"id": GROUP}


# Dates, and what is heard.


def test_a_pause_beyond_the_deadline_is_not_begun() -> None:
    arm = Arm(reply(429, {"error": {"code": "Throttled", "message": "later"}}, Retry_After="86400"))
    with pytest.raises(CloudError, match="asks for a pause of 86400 s"):
        arm.cloud.put(BACKEND, {})
    assert arm.clock.slept == []


def test_a_pause_can_be_asked_for_until_a_date() -> None:
    arm = Arm(reply(429, {}, Retry_After="Fri, 15 Jan 2027 08:02:00 GMT"), reply(200, {"id": GROUP}))
    arm.clock.advance(1_799_999_990.0 - arm.clock.now() if arm.clock.now() < 1_799_999_990.0 else 0)
    arm.cloud.get(GROUP)
    assert len(arm.clock.slept) == 1
    assert arm.clock.slept[0] == pytest.approx(120, abs=11)


def test_who_listens_hears_what_is_waited_for_and_why() -> None:
    heard: list[Wait] = []
    arm = Arm(error(409, "RequestConflict", "Another operation\nis being performed"), begun(), DONE, AT_END)
    with heard_by(Audience(heard.append)):
        arm.cloud.put(DEPLOYMENT, {})
    first, second = heard
    assert first.where == second.where == "accounts/oai/deployments/chat"
    assert first.reason == "409 RequestConflict: Another operation is being performed"
    assert (first.trouble, second.trouble) == (True, False)
    assert first.left == patience.patience_for(kind_of(DEPLOYMENT)).deadline


# Whatever comes in whichever order.


class Busy:
    """An account's deployment in the making: an operation of `seconds`, and trouble before some requests."""

    def __init__(self, trouble: list[str], seconds: float, last: str = "") -> None:
        self.trouble = trouble
        self.seconds = seconds
        self.last = last
        self.arm = met(Arm(self.answer, endless=True))
        self.due: float | None = None

    def answer(self, request: Request) -> Response:
        name = self.trouble.pop(0) if self.trouble else self.last
        if name:
            line, _, _ = TROUBLES[name]
            if isinstance(line, Exception):
                raise line
            assert isinstance(line, Response)
            return line
        now = self.arm.clock.now()
        if request.method == "PUT":
            self.due = now + self.seconds
            return begun()
        assert self.due is not None
        done = now >= self.due
        if request.path.startswith("/subscriptions/s/operations"):
            return reply(200, {"status": "Succeeded" if done else "Creating"})
        assert done, "the resource is read when the operation is over"
        return AT_END


PASSING = st.lists(st.sampled_from(["", *TROUBLES]), max_size=14)


@given(PASSING, st.floats(0, 120))
def test_no_order_of_passing_trouble_ends_a_write(trouble: list[str], seconds: float) -> None:
    busy = Busy([name for name in trouble if name != "a long pause"], seconds)
    assert busy.arm.cloud.put(DEPLOYMENT, {"sku": {}})["properties"]["provisioningState"] == "Succeeded"


@pytest.mark.parametrize("last", TROUBLES)
@settings(max_examples=4)
@given(trouble=PASSING)
def test_trouble_that_stays_ends_a_write_at_its_deadline_as_what_it_is(last: str, trouble: list[str]) -> None:
    few = [name for name in trouble if name != "a long pause"]
    # Three answers are enough for a write that does not meet the trouble: begun, over, shown.
    assume(few.count("") < 3)
    busy = Busy(few, 60.0, last)
    with pytest.raises(ApimlbError) as caught:
        busy.arm.cloud.put(DEPLOYMENT, {"sku": {}})
    assert isinstance(caught.value, CloudError)
    assert (caught.value.status, caught.value.code) == TROUBLES[last][1:]
    deadline = patience_for(kind_of(DEPLOYMENT)).deadline
    assert deadline - 300 <= sum(busy.arm.clock.slept) <= deadline + 1
