"""Whether a gateway that others use can take a stack in, told before anything is written."""

from typing import Any

import pytest

from apimlb.deploy import hosting
from apimlb.deploy.guests import Former
from apimlb.deploy.ids import SERVICE as SERVICE_KIND
from apimlb.deploy.observer import Observed
from apimlb.errors import ApimlbError
from apimlb.stack.planner import plan
from apimlb.stack.resources import Resource
from tests.stacks import MARK, SUBSCRIPTION, desired

SERVICE = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/apis/providers/Microsoft.ApiManagement/service/shared"
)
IDENTITIES = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/apis/providers/Microsoft.ManagedIdentity"
    "/userAssignedIdentities"
)
OURS, OTHER = f"{IDENTITIES}/for-apps", f"{IDENTITIES}/other"


def guest(**config: Any) -> tuple[Resource, ...]:
    return desired(gateway="apis/shared", path="search/openai", **config)


def gateway(tier: str = "BasicV2", **more: Any) -> dict[str, Any]:
    """A gateway of others as Azure shows it."""
    usual = {
        "id": SERVICE,
        "name": "shared",
        "sku": {"name": tier},
        "identity": {"type": "SystemAssigned", "principalId": "p"},
        "properties": {"provisioningState": "Succeeded"},
    }
    return {**usual, **more}


def seen(service: dict[str, Any] | None, **more: Any) -> Observed:
    return Observed({} if service is None else {SERVICE.lower(): service}, **more)


def problems(
    service: dict[str, Any] | None, stack: tuple[Resource, ...] = (), **more: Any
) -> list[ApimlbError]:
    stack, found = stack or guest(), seen(service, **more)
    return list(hosting.problems(plan(stack, found.replies, found.strays), found))


def notices(service: dict[str, Any], stack: tuple[Resource, ...] = (), **more: Any) -> list[str]:
    return list(hosting.notices(stack or guest(), seen(service, **more)))


def api(name: str, path: str = "other") -> dict[str, Any]:
    return {"id": f"{SERVICE}/apis/{name}", "name": name, "properties": {"path": path}}


def test_a_gateway_that_fits_is_no_problem() -> None:
    assert problems(gateway()) == []
    assert notices(gateway()) == []


@pytest.mark.parametrize(
    ("service", "said", "next_step"),
    [
        (None, "There is no API Management service shared", "az apim list"),
        (
            gateway(tags={"apimlb-stack": MARK.stack, "apimlb-stack-id": MARK.id}),
            "is the stack's own",
            "Leave gateway out",
        ),
        (
            gateway(properties={"provisioningState": "Activating"}),
            "shared is activating",
            "when it has succeeded",
        ),
        (gateway("Consumption"), "less breakers, a cache and streams", 'tier = "Consumption"'),
        (gateway(identity=None), "no system-assigned identity", "--enable-managed-identity true"),
        (
            gateway(identity={"userAssignedIdentities": {OTHER: {}}}),
            "no system-assigned identity",
            f'Set gateway_identity = "{OTHER}"',
        ),
    ],
)
def test_what_a_gateway_lacks_is_told_with_a_way_out(
    service: dict[str, Any] | None, said: str, next_step: str
) -> None:
    (problem,) = problems(service)
    assert said in problem.what
    assert next_step in problem.next_step


@pytest.mark.parametrize(
    ("tier", "advice"), [("BasicV2", "BasicV2"), ("StandardV2", "StandardV2"), ("PremiumV2", "StandardV2")]
)
def test_a_policy_for_a_larger_tier_is_to_be_written_for_one_that_a_stack_can_be_on(
    tier: str, advice: str
) -> None:
    (problem,) = problems(gateway(tier), guest(tier="Developer"))
    assert "less room to buffer large requests" in problem.what
    assert problem.next_step == f'Set tier = "{advice}" in apimlb.toml.'


def test_a_tier_that_azure_names_since_takes_as_much_as_the_largest() -> None:
    assert problems(gateway("PremiumV3"), guest(tier="Premium")) == []
    (notice,) = notices(gateway("PremiumV3"))
    assert 'with tier = "Premium" in apimlb.toml a request of more than 2 MiB' in notice


@pytest.mark.parametrize(
    ("held", "next_step"),
    [
        ({OTHER: {}}, f"Set gateway_identity to one that it has: {OTHER}."),
        ({}, "Leave gateway_identity out: then its system-assigned one is used."),
    ],
)
def test_an_identity_that_the_gateway_does_not_have_is_told(held: dict[str, Any], next_step: str) -> None:
    service = gateway(identity={"principalId": "p", "userAssignedIdentities": held})
    (problem,) = problems(service, guest(gateway_identity=OURS))
    assert problem.what == "The gateway shared does not have the identity for-apps"
    assert problem.next_step == next_step


@pytest.mark.parametrize(
    ("rows", "said", "next_step"),
    [
        ([api("theirs", "/search/openai/")], "The path search/openai is taken by the API theirs", "path ="),
        ([api("theirs", "APIMLB-keys")], "The path apimlb-keys is taken by the API theirs", "another name"),
    ],
)
def test_a_path_that_another_api_has_is_told(rows: list[dict[str, Any]], said: str, next_step: str) -> None:
    found = problems(gateway(), inside=tuple(rows))
    assert [said in problem.what for problem in found] == [True], [problem.what for problem in found]
    assert next_step in found[0].next_step


def test_a_path_that_the_stack_changes_to_may_be_taken_in_its_own_gateway_too() -> None:
    there = {resource.key: {**resource.body, "id": resource.id} for resource in desired()}
    stack = desired(path="search/openai")
    (service,) = [resource for resource in stack if resource.type.lower() == SERVICE_KIND]
    body = {"path": "search/openai"}
    row = {"id": f"{service.id}/apis/theirs", "name": "theirs", "properties": body}
    assert list(hosting.problems(plan(desired(), there), Observed(there, inside=(row,)))) == []
    (problem,) = hosting.problems(plan(stack, there), Observed(there, inside=(row,)))
    assert "The path search/openai is taken by the API theirs" in problem.what


def test_the_host_alone_may_be_taken_too() -> None:
    stack = desired(bare_host=True)
    (service,) = [resource for resource in stack if resource.type.lower() == SERVICE_KIND]
    row = {"id": f"{service.id}/apis/theirs", "name": "theirs", "properties": {"path": ""}}
    found = Observed({}, inside=(row,))
    (problem,) = hosting.problems(plan(stack, {}), found)
    assert problem.what == "The host alone is taken by the API theirs, which is not the stack's"
    assert problem.next_step == "Set bare_host = false in apimlb.toml."


def rows(count: int) -> tuple[dict[str, Any], ...]:
    """So many APIs of others, every second one a revision of the one before it."""
    return tuple(
        api(f"theirs-{number // 2}" + (f";rev={number}" if number % 2 else "")) for number in range(count)
    )


def test_revisions_count_and_what_goes_does_not() -> None:
    ours = sum(resource.type == "Microsoft.ApiManagement/service/apis" for resource in guest())
    full = rows(150 - ours)
    assert notices(gateway(), inside=full) == []
    (notice,) = notices(gateway(), inside=(*full, api("last;rev=2")))
    assert "would have 151 APIs with those of others, revisions counted, and the tier BasicV2" in notice
    going = Resource(f"{SERVICE}/apis/ours-once", "microsoft.apimanagement/service/apis", {}, "API")
    assert notices(gateway(), inside=(*full, api("ours-once")), strays=(going,)) == []


def test_what_stays_at_a_gateway_of_before_is_told() -> None:
    own = Former({"id": SERVICE}, (Resource(SERVICE, SERVICE_KIND, {}),))
    keys = (Resource(f"{SERVICE}/subscriptions/app", "x", {}), Resource(f"{SERVICE}/apis/openai", "x", {}))
    (first, second) = notices(gateway(), former=(own, Former({"id": SERVICE}, keys)))
    assert "stays: its keys and clients. `apimlb deploy --prune` takes it away." in first
    assert "stays: 2 things of the stack, keys among them. `apimlb deploy --prune` takes them away." in second
