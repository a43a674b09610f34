"""A key opens what its subscription is for, and every refusal reads as Azure's does."""

from typing import Any, get_args

import pytest

from apimlb.http import Headers
from apimlb.local.gateway.keys import AccessRules, Admission, Holder, Scope, admit, parse_scope, presented
from apimlb.local.gateway.switches import GatewaySwitches, OptionalKey
from apimlb.policy.apim.context import SubscriptionKeyParameterNames
from apimlb.policy.run.faults import PolicyFault

SERVICE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/apim"
REALM = "https://apim.azure-api.net/openai"
CHAT = AccessRules("chat", names=SubscriptionKeyParameterNames("api-key", "key"), products=(("gold", False),))


def holder(scope: Scope, *, active: bool = True) -> Holder:
    return Holder("sub", "Sub", scope, active, "primary", "secondary")


def knock(
    rules: AccessRules = CHAT,
    key: str | None = "primary",
    scope: Scope | None = None,
    *,
    active: bool = True,
    switches: GatewaySwitches | None = None,
) -> Admission:
    """Ask for admission with a key of a subscription for `scope`."""
    owner = holder(scope or Scope("apis"), active=active)
    subscription_keys = {owner.primary_key: owner, owner.secondary_key: owner}
    return admit(key, rules, subscription_keys, switches or GatewaySwitches(), realm=REALM)


def refused(
    rules: AccessRules = CHAT,
    key: str | None = "primary",
    scope: Scope | None = None,
    *,
    active: bool = True,
    switches: GatewaySwitches | None = None,
) -> PolicyFault:
    with pytest.raises(PolicyFault) as caught:
        knock(rules, key, scope, active=active, switches=switches)
    return caught.value


@pytest.mark.parametrize("key", ["primary", "secondary"])
@pytest.mark.parametrize(
    "scope", [Scope("service"), Scope("apis"), Scope("api", "chat"), Scope("product", "gold")]
)
def test_either_key_of_a_fitting_scope_opens_the_api(key: str, scope: Scope) -> None:
    subscription = knock(key=key, scope=scope).subscription
    assert subscription is not None
    assert (subscription.id, subscription.key) == ("sub", key)


def test_only_a_key_of_a_product_brings_its_product() -> None:
    assert knock(scope=Scope("product", "gold")).product == "gold"
    assert knock(scope=Scope("api", "chat")).product is None
    assert knock(scope=Scope("service")).product is None


@pytest.mark.parametrize("scope", [Scope("api", "other"), Scope("product", "silver")])
def test_a_key_for_something_else_is_invalid(scope: Scope) -> None:
    assert refused(scope=scope).reason == "SubscriptionKeyInvalid"


def test_a_key_of_a_suspended_subscription_is_invalid() -> None:
    assert refused(active=False).reason == "SubscriptionKeyInvalid"


def test_a_missing_key_reads_as_on_azure() -> None:
    fault = refused(key=None)
    assert (fault.source, fault.reason) == ("authorization", "SubscriptionKeyNotFound")
    assert (fault.status, fault.status_reason) == (401, "Access Denied")
    assert fault.message.endswith("when making requests to this API.")
    assert fault.shown == (
        "Access denied due to missing subscription key. "
        "Make sure to include subscription key when making requests to an API."
    )
    assert dict(fault.headers)["WWW-Authenticate"] == (
        'AzureApiManagementKey realm="https://apim.azure-api.net/openai",name="api-key",type="header"'
    )


def test_an_unknown_key_reads_as_on_azure() -> None:
    fault = refused(key="wrong")
    assert (fault.source, fault.reason, fault.status) == ("authorization", "SubscriptionKeyInvalid", 401)
    assert fault.shown == fault.message
    assert fault.shown == (
        "Access denied due to invalid subscription key. "
        "Make sure to provide a valid key for an active subscription."
    )
    assert "WWW-Authenticate" in dict(fault.headers)


def test_without_a_key_an_open_product_lets_in_under_its_policies() -> None:
    rules = AccessRules("chat", products=(("gold", False), ("free", True)))
    assert knock(rules, None) == Admission(product="free")


OPTIONAL = AccessRules("chat", required=False)


Knock = dict[str, Any]
NO_USE: dict[str, Knock] = {
    "unknown": {"key": "wrong"},
    "suspended": {"active": False},
    "of another API": {"scope": Scope("api", "other")},
    "of another product": {"scope": Scope("product", "silver")},
}
"""Keys that open nothing here."""


class TestAnApiThatRequiresNoKey:
    """Its three readings; the likely one first."""

    @pytest.mark.parametrize("reading", get_args(OptionalKey))
    def test_lets_in_without_one(self, reading: OptionalKey) -> None:
        assert knock(OPTIONAL, None, switches=GatewaySwitches(optional_key=reading)) == Admission()

    @pytest.mark.parametrize("reading", ["resolved", "refused"])
    def test_resolves_one_that_opens_it(self, reading: OptionalKey) -> None:
        assert knock(OPTIONAL, switches=GatewaySwitches(optional_key=reading)).subscription is not None

    def test_or_takes_no_notice_of_it(self) -> None:
        assert knock(OPTIONAL, switches=GatewaySwitches(optional_key="ignored")) == Admission()

    @pytest.mark.parametrize("reading", ["resolved", "ignored"])
    @pytest.mark.parametrize("useless", NO_USE.values(), ids=NO_USE)
    def test_takes_no_notice_of_one_that_does_not(self, reading: OptionalKey, useless: Knock) -> None:
        assert knock(OPTIONAL, **useless, switches=GatewaySwitches(optional_key=reading)) == Admission()

    @pytest.mark.parametrize("useless", NO_USE.values(), ids=NO_USE)
    def test_or_refuses_it(self, useless: Knock) -> None:
        fault = refused(OPTIONAL, **useless, switches=GatewaySwitches(optional_key="refused"))
        assert (fault.reason, fault.status) == ("SubscriptionKeyInvalid", 401)


@pytest.mark.parametrize("useless", NO_USE.values(), ids=NO_USE)
def test_in_an_open_product_a_useless_key_is_refused_or_ignored(useless: Knock) -> None:
    rules = AccessRules("chat", products=(("free", True),))
    assert refused(rules, **useless).reason == "SubscriptionKeyInvalid"
    ignoring = GatewaySwitches(open_product_key="ignored")
    assert knock(rules, **useless, switches=ignoring) == Admission(product="free")
    assert refused(CHAT, **useless, switches=ignoring).reason == "SubscriptionKeyInvalid"


def test_the_query_counts_only_where_the_header_is_absent() -> None:
    assert presented(CHAT, Headers([("API-Key", "a")]), {"key": "b"}) == "a"
    assert presented(CHAT, Headers(), {"key": "b"}) == "b"
    assert presented(CHAT, Headers([("Ocp-Apim-Subscription-Key", "a")]), {"subscription-key": "b"}) is None


def test_a_bearer_key_is_read_only_where_the_api_says_so() -> None:
    headers = Headers([("Authorization", "bearer k")])
    assert presented(CHAT, headers, {}) is None
    assert presented(AccessRules("chat", bearer=True), headers, {}) == "k"
    assert presented(AccessRules("chat", bearer=True), Headers([("Authorization", "Basic k")]), {}) is None


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (SERVICE, Scope("service")),
        (SERVICE + "/", Scope("service")),
        (SERVICE + "/apis", Scope("apis")),
        ("/apis", Scope("apis")),
        ("/apis/Chat", Scope("api", "chat")),
        (SERVICE + "/apis/chat;rev=2", Scope("api", "chat")),
        (SERVICE + "/products/Gold", Scope("product", "gold")),
        ("/products/gold/", Scope("product", "gold")),
        ("/products", None),
        ("/users/1", None),
    ],
)
def test_scopes_are_read_in_every_form(text: str, scope: Scope | None) -> None:
    assert parse_scope(text) == scope
