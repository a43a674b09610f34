"""Azure Resource Manager by way of the SDK: what goes over the wire, and what becomes of refusals."""

import json
import threading
from typing import Any

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from azure.identity import CredentialUnavailableError

from apimlb.deploy.ids import DELETED_ACCOUNT, deleted_id
from apimlb.deploy.sdk.credential import SharedCredential
from apimlb.errors import AuthError, CloudError, QuotaError
from apimlb.http import Response
from tests.arm import ACCOUNT, BACKEND, DONE, GROUP, OPERATION, SERVICE, Arm, begun, error, reply
from tests.fakes import ManualClock
from tests.sdk import FakeCredential

# What goes over the wire.


def test_a_resource_is_read_as_azure_shows_it() -> None:
    arm = Arm(reply(200, {"id": BACKEND, "properties": {"pool": {"sessionAffinity": {"x": 1}}}}))
    found = arm.cloud.get(BACKEND)
    assert found is not None
    assert found["properties"]["pool"]["sessionAffinity"] == {"x": 1}
    assert arm.asked == [("GET", BACKEND)]
    assert arm.requests[0].headers.get("Authorization") == "Bearer token 1"
    assert arm.requests[0].query["api-version"] == "2024-05-01"


def test_what_is_not_there_is_none_and_as_good_as_deleted() -> None:
    arm = Arm(error(404, "ResourceNotFound"), error(404, "ResourceNotFound"), error(404, "NotFound"))
    assert arm.cloud.get(BACKEND) is None
    arm.cloud.delete(BACKEND)
    assert arm.cloud.children(ACCOUNT, "microsoft.cognitiveservices/accounts/deployments") == []


def test_a_body_goes_out_whole_also_what_the_sdk_does_not_know() -> None:
    body = {"properties": {"type": "Pool", "pool": {"services": [], "sessionAffinity": {"x": 1}}}}
    arm = Arm(reply(201, {"id": BACKEND}))
    assert arm.cloud.put(BACKEND, body) == {"id": BACKEND}
    assert json.loads(arm.requests[0].body) == body
    assert arm.requests[0].headers.get("Content-Type") == "application/json"


def test_a_body_goes_out_whole_again_when_it_is_tried_again() -> None:
    arm = Arm(reply(503), reply(201, {"id": BACKEND}))
    arm.cloud.put(BACKEND, {"properties": {"url": "https://x"}})
    assert arm.requests[0].body == arm.requests[1].body != b""


def test_a_deletion_of_a_gateway_s_child_is_unconditional() -> None:
    arm = Arm(reply(200))
    arm.cloud.delete(BACKEND)
    assert arm.requests[0].headers.get("If-Match") == "*"


def test_an_api_goes_with_all_its_revisions_and_a_revision_alone() -> None:
    arm = Arm(reply(200), reply(200))
    arm.cloud.delete(f"{SERVICE}/apis/openai")
    arm.cloud.delete(f"{SERVICE}/apis/openai;rev=2")
    assert [request.query.get("deleteRevisions") for request in arm.requests] == ["true", None]


def test_what_is_in_another_subscription_is_asked_for_there() -> None:
    other = BACKEND.replace("/subscriptions/s/", "/subscriptions/other/")
    arm = Arm(reply(200, {"id": other}), reply(200, {"value": []}), reply(200, {"id": BACKEND}))
    assert arm.cloud.get(other) == {"id": other}
    arm.cloud.children(SERVICE.replace("/s/", "/other/", 1), "microsoft.apimanagement/service/apis")
    assert arm.cloud.get(BACKEND) == {"id": BACKEND}
    assert [path.split("/")[2] for _, path in arm.asked] == ["other", "other", "s"]


def test_a_policy_is_read_as_it_was_written() -> None:
    arm = Arm(reply(200, {"properties": {"value": "<policies />", "format": "rawxml"}}))
    arm.cloud.get(f"{SERVICE}/apis/openai/policies/policy")
    assert arm.requests[0].query["format"] == "rawxml"


def test_a_subscription_brings_its_keys() -> None:
    subscription = f"{SERVICE}/subscriptions/default"
    keys = {"primaryKey": "one", "secondaryKey": "two"}
    arm = Arm(
        reply(200, {"id": subscription}), reply(200, keys), reply(201, {"id": subscription}), reply(200, keys)
    )
    assert arm.cloud.get(subscription) == {"id": subscription, **keys}
    assert arm.cloud.put(subscription, {"properties": {}}) == {"id": subscription, **keys}
    assert arm.asked[1] == ("POST", f"{subscription}/listSecrets")


def test_soft_deleted_resources_are_read_and_purged_by_their_own_ids() -> None:
    account = deleted_id(ACCOUNT, "eastus")
    service = deleted_id(SERVICE, "East US")
    arm = Arm(reply(200, {"id": account}), reply(204), reply(200, {"id": service}), reply(204))
    for id in (account, service):
        assert arm.cloud.get(id) == {"id": id}
        arm.cloud.delete(id)
    assert arm.asked == [("GET", account), ("DELETE", account), ("GET", service), ("DELETE", service)]


def test_a_role_assignment_hangs_on_another_resource() -> None:
    role = f"{ACCOUNT}/providers/Microsoft.Authorization/roleAssignments/r"
    arm = Arm(reply(201, {"id": role}))
    arm.cloud.put(role, {"properties": {"principalType": "ServicePrincipal"}})
    assert arm.asked == [("PUT", role)]


def test_a_listing_is_read_to_its_last_page() -> None:
    first, second = {"name": {"value": "a"}}, {"name": {"value": "b"}}
    more = "https://management.azure.com/subscriptions/s/more?api-version=1"
    arm = Arm(
        reply(200, {"value": [{**first, "own": 1}], "nextLink": more}),
        reply(200, {"value": [second]}),
    )
    assert arm.cloud.usages("eastus") == [{**first, "own": 1}, second]


def test_the_subscription_itself_can_be_asked_about() -> None:
    arm = Arm(reply(200, {"tenantId": "t"}), reply(200, {"value": []}))
    assert arm.cloud.get("/subscriptions/s") == {"tenantId": "t"}
    assert arm.cloud.children("/subscriptions/s", DELETED_ACCOUNT) == []
    assert arm.asked == [
        ("GET", "/subscriptions/s"),
        ("GET", "/subscriptions/s/providers/Microsoft.CognitiveServices/deletedAccounts"),
    ]


def test_names_are_asked_about() -> None:
    arm = Arm(
        reply(200, {"nameAvailable": False, "reason": "AlreadyExists", "message": "it is in use"}),
        reply(200, {"nameAvailable": True, "reason": "Valid", "message": ""}),
        reply(200, {"isSubdomainAvailable": False, "reason": "it is used"}),
        reply(200, {"isSubdomainAvailable": True}),
    )
    assert arm.cloud.service_name_taken("apim") == "it is in use"
    assert arm.cloud.service_name_taken("apim") == ""
    assert arm.cloud.domain_taken("oai") == "it is used"
    assert arm.cloud.domain_taken("oai") == ""


SAYS_NOTHING = [
    reply(200, {}),
    reply(200, {"nameAvailable": None, "isSubdomainAvailable": None, "value": None}),
]


@pytest.mark.parametrize("nothing", SAYS_NOTHING)
def test_an_answer_that_does_not_say_what_was_asked_is_asked_for_again(nothing: Response) -> None:
    arm = Arm(
        nothing,
        reply(200, {"nameAvailable": False, "reason": "AlreadyExists"}),
        nothing,
        reply(200, {"isSubdomainAvailable": True}),
        nothing,
        reply(200, {"value": [{"id": "a lock"}]}),
    )
    assert arm.cloud.service_name_taken("apim") == "AlreadyExists"
    assert arm.cloud.domain_taken("oai") == ""
    assert arm.cloud.locks(GROUP) == [{"id": "a lock"}]


@pytest.mark.parametrize("nothing", SAYS_NOTHING)
def test_an_answer_that_never_says_what_was_asked_is_told_within_minutes(nothing: Response) -> None:
    arm = Arm(nothing, endless=True)
    with pytest.raises(CloudError, match="Azure's answer does not say nameAvailable"):
        arm.cloud.service_name_taken("apim")
    assert sum(arm.clock.slept) < 600


# Long-running operations.

AT_END = reply(200, {"id": ACCOUNT, "properties": {"provisioningState": "Succeeded"}})


def test_a_creation_is_waited_for_and_read_at_its_end() -> None:
    arm = Arm(begun(), reply(200, {"status": "Creating"}), DONE, AT_END)
    made = arm.cloud.put(ACCOUNT, {"location": "eastus"})
    assert made["properties"]["provisioningState"] == "Succeeded"
    assert arm.asked[-1] == ("GET", ACCOUNT)


def test_looks_are_soon_at_first_and_then_rarer_and_none_is_wasted() -> None:
    arm = Arm(begun(), *[reply(200, {"status": "Creating"})] * 8, reply(200, {"status": "Succeeded"}), AT_END)
    arm.cloud.put(ACCOUNT, {"location": "eastus"})
    assert arm.clock.slept[0] == 1
    assert arm.clock.slept == sorted(arm.clock.slept)
    assert arm.clock.slept[-1] == 10
    assert len(arm.clock.slept) == 9, "a pause before each look, also before the first"


def test_the_service_says_when_to_look() -> None:
    running = reply(200, {"status": "InProgress"}, Retry_After="20")
    arm = Arm(begun(Retry_After="7"), running, reply(200, {"status": "InProgress"}), DONE, AT_END)
    arm.cloud.put(ACCOUNT, {"location": "eastus"})
    assert arm.clock.slept == [7, 20, 1]


def test_a_location_is_followed_where_there_is_no_operation() -> None:
    made = {"id": ACCOUNT, "properties": {"provisioningState": "Succeeded"}}
    arm = Arm(reply(202, None, Location=OPERATION), reply(202), reply(200, made))
    assert arm.cloud.patch(ACCOUNT, {}) == made
    gone = Arm(reply(202, None, Location=OPERATION), reply(202), reply(204))
    gone.cloud.delete(ACCOUNT)


def test_the_resource_is_followed_where_there_is_nothing_else() -> None:
    creating = {"id": ACCOUNT, "properties": {"provisioningState": "Creating"}}
    made = {"id": ACCOUNT, "properties": {"provisioningState": "Succeeded"}}
    arm = Arm(reply(201, creating), reply(200, creating), reply(200, made))
    assert arm.cloud.put(ACCOUNT, {}) == made
    assert [method for method, _ in arm.asked] == ["PUT", "GET", "GET"]


def test_an_operation_that_fails_late_is_told_with_azure_s_words() -> None:
    arm = Arm(
        reply(201, {"properties": {}}, Azure_AsyncOperation=OPERATION),
        reply(200, {"status": "Failed", "error": {"code": "InsufficientQuota", "message": "too much"}}),
    )
    with pytest.raises(QuotaError) as caught:
        arm.cloud.put(f"{ACCOUNT}/deployments/chat", {"sku": {}})
    assert caught.value.raw == "InsufficientQuota: too much"
    assert caught.value.where == "accounts/oai/deployments/chat"
    assert "aka.ms/oai/quotaincrease" in caught.value.next_step


# Refusals.


def test_a_role_that_is_given_under_another_name_is_given() -> None:
    role = f"{ACCOUNT}/providers/Microsoft.Authorization/roleAssignments/r"
    arm = Arm(error(409, "RoleAssignmentExists"))
    assert arm.cloud.put(role, {"properties": {}})["id"] == role


def test_details_are_told() -> None:
    detail = {"code": "ValidationError", "target": "url", "message": "Url is not supported for backend pool."}
    arm = Arm(error(400, "ValidationError", "One or more fields are wrong:", details=[detail]))
    with pytest.raises(CloudError) as caught:
        arm.cloud.put(BACKEND, {})
    assert "url: Url is not supported for backend pool" in caught.value.raw


def test_an_answer_of_another_shape_is_told() -> None:
    with pytest.raises(CloudError, match="not of the expected form"):
        Arm(reply(200, {"value": [{"name": "a"}]})).cloud.usages("eastus")


def test_a_missing_right_is_named() -> None:
    arm = Arm(error(403, "AuthorizationFailed", "The client 'x' does not have authorization to perform 'A'"))
    with pytest.raises(AuthError, match="may not do that") as caught:
        arm.cloud.get(BACKEND)
    assert "does not have authorization" in caught.value.raw


def test_a_foreign_subscription_is_no_missing_resource() -> None:
    with pytest.raises(AuthError, match="does not see the subscription"):
        Arm(error(404, "SubscriptionNotFound", "The subscription 's' could not be found.")).cloud.get(GROUP)


class NoLogin:
    """What azure-identity does when it cannot give a token."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def get_token(self, *scopes: str, **options: Any) -> Any:
        raise self._error


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (CredentialUnavailableError("no account"), "Not logged in to Azure"),
        (
            ClientAuthenticationError("DefaultAzureCredential failed\nfor many reasons"),
            "Not logged in to Azure",
        ),
        (
            ClientAuthenticationError("x AADSTS7000222: The secret has expired.\nTrace ID: 1"),
            "Azure refused the login: AADSTS7000222: The secret has expired.",
        ),
    ],
)
def test_without_a_login_the_next_step_is_az_login(error: Exception, what: str) -> None:
    arm = Arm()
    arm.credential = NoLogin(error)
    with pytest.raises(AuthError) as caught:
        arm.cloud.get(GROUP)
    assert caught.value.what == what
    assert "az login" in caught.value.next_step


def test_a_login_that_does_not_answer_is_no_missing_login() -> None:
    refused = ClientAuthenticationError("Authentication failed: refused")
    refused.__cause__ = ServiceRequestError("refused")
    arm = Arm()
    arm.credential = NoLogin(refused)
    with pytest.raises(CloudError, match="cannot be reached"):
        arm.cloud.get(GROUP)


def test_an_endpoint_that_does_not_answer_is_told_soon() -> None:
    arm = Arm(*[requests.ConnectionError("refused")] * 5)
    with pytest.raises(CloudError, match=r"https://management\.azure\.com cannot be reached") as caught:
        arm.cloud.get(GROUP)
    assert caught.value.status == 0
    assert sum(arm.clock.slept) < 60


# Tokens.


def test_one_token_serves_all_clients_and_threads() -> None:
    arm = Arm(*[reply(200, {"id": "x"})] * 8)
    cloud = arm.cloud
    threads = [
        threading.Thread(target=cloud.get, args=(id,)) for id in (GROUP, ACCOUNT, BACKEND, SERVICE) * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(arm.credential.asked) == 1
    assert arm.credential.asked[0]["scopes"] == ("https://management.azure.com/.default",)


def test_a_token_that_ends_soon_is_replaced_and_the_tenant_is_named() -> None:
    clock = ManualClock()
    source = FakeCredential(clock, lasts=3600)
    shared = SharedCredential(lambda: source, "the-tenant", clock)
    assert shared.get_token("scope").token == shared.get_token("scope").token == "token 1"
    clock.advance(3301)
    assert shared.get_token("scope").token == "token 2"
    assert shared.get_token("scope", claims="fresh").token == "token 3"
    assert source.asked[0]["tenant_id"] == "the-tenant"
