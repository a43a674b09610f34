"""The default stack's resources, for tests of what is done with them."""

from apimlb.stack.config import parse
from apimlb.stack.desired import Policies, resources
from apimlb.stack.marks import Mark
from apimlb.stack.resources import Resource

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
TENANT = "00000000-0000-0000-0000-000000000002"
STACK = "apimlb"
MARK = Mark(STACK, "00000000-0000-0000-0000-00000000000a")
IDENTITY = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/apis"
    "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/for-apps"
)
"""A user-assigned identity that others made."""
POLICY = (
    "<policies><inbound><base /></inbound><backend><base /></backend>"
    "<outbound><base /></outbound><on-error><base /></on-error></policies>"
)
POLICIES = Policies(POLICY, POLICY, POLICY, POLICY)
CHAT = {"chat": {"model": "gpt-5.1", "version": "2025-11-13"}}
SMALL: dict[str, object] = {
    "strategy": "backend-pool",
    "accounts": [{"location": "eastus2"}],
    "deployments": CHAT,
}


def desired(**config: object) -> tuple[Resource, ...]:
    """What the stack of this configuration wants, with pools; one account and one deployment where none are
    given."""
    return resources(parse({**SMALL, **config}), SUBSCRIPTION, POLICIES, MARK)


def without_ids() -> tuple[Resource, ...]:
    """The same as it was made before stacks had ids."""
    return resources(parse(SMALL), SUBSCRIPTION, POLICIES)


def whole() -> tuple[Resource, ...]:
    """A stack with pools: three accounts, two deployments each."""
    return resources(parse({"strategy": "backend-pool"}), SUBSCRIPTION, POLICIES, MARK)


def watched() -> tuple[Resource, ...]:
    """The default stack with monitoring: a stack that has every type of resource there is."""
    return resources(parse({"monitoring": True}), SUBSCRIPTION, POLICIES, MARK)


def labelled(made: tuple[Resource, ...], label: str) -> Resource:
    """The resource with this label."""
    return next(resource for resource in made if resource.label == label)
