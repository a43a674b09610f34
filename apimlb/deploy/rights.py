"""What a login may do, by Azure's own list of the permissions at a scope.

The list counts groups and inherited roles (Microsoft Learn, Azure RBAC, Permissions - List). It knows no deny
assignments and no conditions, so that what is missing in it is told and tried all the same: Azure decides.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from apimlb.deploy.cloud import Cloud
from apimlb.deploy.ids import ACCOUNT, GROUP, SERVICE, is_within, kind_of, names_of
from apimlb.errors import ApimlbError
from apimlb.stack.planner import Action, Plan, Revival, Step

_GROUP_WRITE = "Microsoft.Resources/subscriptions/resourceGroups"
PURGES = {
    SERVICE: "Microsoft.ApiManagement/locations/deletedservices/delete",
    ACCOUNT: "Microsoft.CognitiveServices/locations/resourceGroups/deletedAccounts/delete",
}
"""What a purge of a type needs, at the subscription."""

_ROLES = (
    "Contributor on the resource group covers all but role assignments; those take Owner, or Role Based "
    "Access Control Administrator."
)
_GUEST = "API Management Service Contributor on {service} covers what the stack has there."


@dataclass(frozen=True, slots=True)
class Grant:
    """What one role allows: actions with `*` for anything, less those of `but`."""

    actions: tuple[str, ...]
    but: tuple[str, ...] = ()

    def allows(self, action: str) -> bool:
        return _matches(self.actions, action) and not _matches(self.but, action)


def grants_at(cloud: Cloud, scope: str) -> tuple[Grant, ...]:
    """What this login's roles allow at the scope, a subscription's or a group's id."""
    return tuple(
        Grant(tuple(row.get("actions") or ()), tuple(row.get("notActions") or ()))
        for row in cloud.permissions(scope)
    )


def actions_of(steps: Iterable[Step]) -> dict[str, str]:
    """What steps do, in Azure's words, each with the label of the first step that does it."""
    needed: dict[str, str] = {}
    for step in steps:
        if step.action is Action.KEEP:
            continue
        kind = kind_of(step.resource.id)
        type = _GROUP_WRITE if kind == GROUP else step.resource.type
        if step.removes:
            needed.setdefault(f"{type}/delete", step.resource.label)
        if step.action is not Action.DELETE:
            needed.setdefault(f"{type}/write", step.resource.label)
        if step.revival is Revival.PURGE or (step.action is Action.REPLACE and kind in PURGES):
            needed.setdefault(PURGES[kind], step.resource.label)
    return needed


def missing(needed: Iterable[str], grants: Mapping[str, Sequence[Grant]]) -> tuple[str, ...]:
    """Those that no grant at any of the scopes allows; none when nothing is known."""
    known = [grant for held in grants.values() for grant in held]
    return tuple(action for action in needed if grants and not any(g.allows(action) for g in known))


def notices(plan: Plan, grants: Mapping[str, Sequence[Grant]]) -> Iterator[str]:
    """A sentence about what this login seems not to be allowed to do; what is in a gateway of others is
    judged by what is granted there."""
    guests = [step.resource.id for step in plan.steps if step.resource.adopted and step.resource.id in grants]
    there = {id: [step for step in plan.steps if is_within(step.key, id)] for id in guests}
    elsewhere = [s for s in plan.steps if not any(is_within(s.key, id) for id in guests)]
    held = {scope: found for scope, found in grants.items() if scope not in guests}
    yield from _notice(actions_of(elsewhere), held, _ROLES)
    for id, steps in there.items():
        at = {id: grants[id]}
        yield from _notice(actions_of(steps), at, _GUEST.format(service=names_of(id)[-1]))


def _notice(needed: Mapping[str, str], grants: Mapping[str, Sequence[Grant]], roles: str) -> Iterator[str]:
    lacking = missing(needed, grants)
    if not lacking:
        return
    first = ", ".join(f"{action} ({needed[action]})" for action in lacking[:3])
    more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
    yield f"This login seems not to have the right to {first}{more}: Azure decides. {roles}"


def before_a_purge(cloud: Cloud, subscription: str) -> tuple[str, ...]:
    """What a purge of the stack seems not to be allowed; nothing where the list itself may not be read."""
    try:
        grants = grants_at(cloud, subscription)
    except ApimlbError:
        return ()
    return tuple(purge_notices((SERVICE, ACCOUNT), grants))


def purge_notices(kinds: Iterable[str], grants: Sequence[Grant]) -> Iterator[str]:
    """The same about the purge of what is of these types."""
    for kind in sorted(set(kinds) & PURGES.keys()):
        if not any(grant.allows(PURGES[kind]) for grant in grants):
            yield (
                f"This login seems not to have the right to {PURGES[kind]} at the subscription, which a "
                "purge takes: Azure decides."
            )


def _matches(patterns: Iterable[str], action: str) -> bool:
    return any(_expression(pattern).fullmatch(action) for pattern in patterns)


def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.IGNORECASE)
