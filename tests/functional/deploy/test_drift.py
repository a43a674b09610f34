"""What somebody changes by hand is seen by the next plan: repaired, or told."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apimlb.deploy.azure import Azure
from apimlb.deploy.deployer import Preview
from apimlb.http import last_segment
from apimlb.render import render_all
from apimlb.stack.config import parse
from apimlb.stack.desired import resources
from apimlb.stack.planner import Action
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import deploy, preview
from tests.stacks import MARK, SUBSCRIPTION, desired, labelled

STACK = desired(accounts=[{"location": "eastus2"}, {"location": "westus3"}])
PLAIN = "<policies><inbound><base /></inbound><backend><base /></backend></policies>"
OPEN = PLAIN.replace("<base />", '<set-header name="x" exists-action="delete" />', 1)
SERVICE = labelled(STACK, "gateway (BasicV2)").id
API = labelled(STACK, "API").id
ACCOUNT = labelled(STACK, "account eastus2").id
BACKEND = labelled(STACK, "backend eastus2-chat")
POOL = labelled(STACK, "pool pool-chat")


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[LocalAzure, Azure]]:
    azure = LocalAzure()
    cloud = azure.connected()
    deploy(azure, cloud, STACK)
    yield azure, cloud
    azure.close()


@pytest.fixture(autouse=True)
def undisturbed(world: tuple[LocalAzure, Azure]) -> Iterator[None]:
    yield
    deploy(*world, STACK)


def planned(world: tuple[LocalAzure, Azure]) -> Preview:
    return preview(*world, STACK)


def with_properties(cloud: Azure, id: str, **properties: Any) -> None:
    """What somebody does in the portal: the resource as it is, with some fields otherwise."""
    there = cloud.get(id)
    assert there is not None
    known = {"displayName", "path", "protocols", "subscriptionRequired", "description"}
    known |= {"url", "protocol", "circuitBreaker", "type", "pool"}
    held = {name: value for name, value in there["properties"].items() if name in known and value is not None}
    sent = {name: value for name, value in {**held, **properties}.items() if value is not None}
    cloud.put(id, {"properties": sent})


REPAIRED: dict[str, tuple[str, str, Callable[[Azure], None]]] = {
    "TLS is not checked": (
        "backend eastus2-chat",
        "properties.tls.validateCertificateChain",
        lambda cloud: with_properties(
            cloud, BACKEND.id, tls={"validateCertificateChain": False, "validateCertificateName": True}
        ),
    ),
    "a proxy": (
        "backend eastus2-chat",
        "properties.proxy",
        lambda cloud: with_properties(cloud, BACKEND.id, proxy={"url": "http://proxy.example"}),
    ),
    "credentials": (
        "backend eastus2-chat",
        "properties.credentials",
        lambda cloud: with_properties(cloud, BACKEND.id, credentials={"header": {"api-key": ["x"]}}),
    ),
    "no breaker": (
        "backend eastus2-chat",
        "properties.circuitBreaker",
        lambda cloud: with_properties(cloud, BACKEND.id, circuitBreaker=None),
    ),
    "a member less": (
        "pool pool-chat",
        "properties.pool.services",
        lambda cloud: with_properties(cloud, POOL.id, pool={"services": members(POOL.body)[:1]}),
    ),
    "a service URL": (
        "API",
        "properties.serviceUrl",
        lambda cloud: with_properties(cloud, API, serviceUrl="https://elsewhere.example"),
    ),
    "another key header": (
        "API",
        "properties.subscriptionKeyParameterNames.header",
        lambda cloud: with_properties(
            cloud, API, subscriptionKeyParameterNames={"header": "x-key", "query": "subscription-key"}
        ),
    ),
    "another path": (
        "API",
        "properties.path",
        lambda cloud: with_properties(cloud, API, path="elsewhere"),
    ),
    "keys instead of tokens": (
        "account eastus2",
        "properties.disableLocalAuth",
        lambda cloud: void(cloud.patch(ACCOUNT, {"properties": {"disableLocalAuth": False}})),
    ),
    "no public access": (
        "account eastus2",
        "properties.publicNetworkAccess",
        lambda cloud: void(cloud.patch(ACCOUNT, {"properties": {"publicNetworkAccess": "Disabled"}})),
    ),
    "an operation that is gone": (
        "operation post",
        "",
        lambda cloud: cloud.delete(labelled(STACK, "operation post").id),
    ),
}


def void(reply: Any) -> None:
    """Nothing of a reply."""


def members(body: Any) -> list[Any]:
    found: list[Any] = body["properties"]["pool"]["services"]
    return found


@pytest.mark.parametrize("what", REPAIRED)
def test_it_is_repaired(world: tuple[LocalAzure, Azure], what: str) -> None:
    label, path, tamper = REPAIRED[what]
    tamper(world[1])
    steps = {s.resource.label: s for s in planned(world).plan.of(Action.UPDATE, Action.CREATE)}
    assert list(steps) == [label]
    assert [c.path for c in steps[label].changes] == ([path] if path else [])
    deploy(*world, STACK)
    assert planned(world).plan.is_empty


WARNED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a policy of an operation": (
        f"{labelled(STACK, 'operation post').id}/policies/policy",
        "The policy of operation post",
        {"format": "rawxml", "value": OPEN},
    ),
    "an operation beside the API's own": (
        f"{API}/operations/theirs",
        "The operation theirs is not the stack's and takes requests from API",
        {"displayName": "theirs", "method": "POST", "urlTemplate": "/v1/chat/completions"},
    ),
    "a policy of the product": (
        f"{SERVICE}/products/apimlb/policies/policy",
        "The policy of product apimlb",
        {"format": "rawxml", "value": OPEN},
    ),
    "the global policy": (
        f"{SERVICE}/policies/policy",
        "The policy of the whole gateway",
        {"format": "rawxml", "value": OPEN.replace("<base />", "")},
    ),
    "an API on a longer path": (
        f"{SERVICE}/apis/shadow",
        "The API shadow on the path openai/deployments takes requests from API",
        {"displayName": "shadow", "path": "openai/deployments", "protocols": ["https"]},
    ),
    "a credential of the gateway's identity": (
        f"{labelled(STACK, 'identity').id}/federatedIdentityCredentials/theirs",
        "The federated credential theirs is not the stack's: whoever it names can act as the identity",
        {
            "issuer": "https://token.actions.example.com",
            "subject": "repo:somebody/else:ref:refs/heads/main",
            "audiences": ["api://AzureADTokenExchange"],
        },
    ),
    "a key to everything": (
        f"{SERVICE}/subscriptions/spare",
        "The key spare, which is not the stack's, opens every API",
        {"displayName": "spare", "scope": f"{SERVICE}/apis", "state": "active"},
    ),
    "a key to the API": (
        f"{SERVICE}/subscriptions/one",
        "The key one, which is not the stack's, opens openai",
        {"displayName": "one", "scope": API, "state": "active"},
    ),
}


@pytest.mark.parametrize("what", WARNED)
def test_it_is_told_and_left(world: tuple[LocalAzure, Azure], what: str) -> None:
    id, told, properties = WARNED[what]
    cloud = world[1]
    before = planned(world).notices
    cloud.put(id, {"properties": properties})
    made = planned(world)
    assert made.plan.is_empty
    assert [notice for notice in made.notices if notice.startswith(told)]
    assert not [notice for notice in before if notice.startswith(told)]
    deploy(*world, STACK)
    assert cloud.get(id) is not None
    cloud.delete(id)


@pytest.mark.parametrize("label", ["API", "API of the bare host", "API apimlb-keys", "API apimlb-probe"])
def test_a_product_whose_keys_open_an_api_of_the_stack_is_told_and_left(
    world: tuple[LocalAzure, Azure], label: str
) -> None:
    """An API that another product holds as well is open to the keys of that product too."""
    product, api = f"{SERVICE}/products/theirs", last_segment(labelled(STACK, label).id)
    world[1].put(product, {"properties": {"displayName": "theirs", "state": "published"}})
    world[1].put(f"{product}/apis/{api}", {})
    told = f"The product theirs holds {label}, where the stack did not put it: its keys open it."
    made = planned(world)
    assert made.plan.is_empty
    assert told in made.notices
    deploy(*world, STACK)
    world[1].delete(f"{product}/apis/{api}")
    assert told not in planned(world).notices
    world[1].delete(product)


def test_an_api_that_the_stacks_product_should_not_hold_is_told(world: tuple[LocalAzure, Azure]) -> None:
    place = f"{SERVICE}/products/apimlb/apis/apimlb-probe"
    told = "The product apimlb holds API apimlb-probe, where the stack did not put it: its keys open it."
    assert told not in planned(world).notices
    world[1].put(place, {})
    assert told in planned(world).notices
    world[1].delete(place)


@pytest.mark.parametrize(
    ("id", "body", "told"),
    [
        (ACCOUNT, {"properties": {"networkAcls": {"defaultAction": "Deny"}}}, "account eastus2"),
        (SERVICE, {"properties": {"publicNetworkAccess": "Disabled"}}, "gateway (BasicV2)"),
    ],
)
def test_network_rules_are_told(
    world: tuple[LocalAzure, Azure], id: str, body: dict[str, Any], told: str
) -> None:
    world[1].patch(id, body)
    made = planned(world)
    assert made.plan.is_empty
    assert [notice for notice in made.notices if notice.startswith(told)]


def test_a_policy_that_does_nothing_is_not_worth_a_word(world: tuple[LocalAzure, Azure]) -> None:
    id = f"{labelled(STACK, 'operation post').id}/policies/policy"
    world[1].put(id, {"properties": {"format": "rawxml", "value": f"<!-- <set-body> -->{PLAIN}"}})
    assert not [notice for notice in planned(world).notices if "policy of operation" in notice]
    world[1].delete(id)


def test_members_in_another_order_are_no_drift(world: tuple[LocalAzure, Azure]) -> None:
    with_properties(world[1], POOL.id, pool={"services": members(POOL.body)[::-1]})
    assert planned(world).plan.is_empty


def test_white_space_in_a_string_of_the_policy_is_drift() -> None:
    stack = parse({"accounts": [{"location": "eastus2"}]})
    wanted = resources(stack, SUBSCRIPTION, render_all(stack), MARK)
    azure = LocalAzure()
    cloud = azure.connected()
    deploy(azure, cloud, wanted)
    policy = labelled(wanted, "policy")
    text = policy.body["properties"]["value"]
    assert '"Bearer "' in text
    for changed, is_drift in (
        (text.replace('"Bearer "', '"Bearer  "'), True),
        (text.replace("\n", "\r\n").replace("    <", "\t<"), False),
    ):
        cloud.put(policy.id, {"properties": {"format": "rawxml", "value": changed}})
        assert preview(azure, cloud, wanted).plan.is_empty is not is_drift
    azure.close()


@pytest.mark.parametrize("label", ["gateway (BasicV2)", "resource group"])
def test_what_lost_the_stacks_tags_is_its_own_again_once_it_has_them_back(
    world: tuple[LocalAzure, Azure], label: str
) -> None:
    """As when somebody sets a tag in a way that takes all others away."""
    lost = labelled(STACK, label)
    world[1].patch(lost.id, {"tags": {"owner": "somebody"}})
    [problem] = planned(world).problems
    _, _, given = problem.next_step.partition("`az tag update --operation merge --resource-id ")
    id, _, tags = given.partition("`")[0].partition(" --tags ")
    back = dict(tag.split("=") for tag in tags.split())
    world[1].patch(id, {"tags": {"owner": "somebody", **back}})
    made = planned(world)
    assert (made.problems, made.plan.is_empty) == ((), True)


def test_the_global_policy_is_never_written(world: tuple[LocalAzure, Azure]) -> None:
    assert not [path for _, path in world[0].writes if path.lower().endswith("service/policies/policy")]
    assert f"{SERVICE}/policies/policy".lower() not in {resource.key for resource in STACK}
