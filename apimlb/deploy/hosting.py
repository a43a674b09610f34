"""Whether a gateway that others use can take a stack in: judged before anything is written.

Nothing of the gateway itself is ever changed. What the stack needs of it and it does not have is told as the
command that gives it: to attach an identity takes such a gateway minutes, in which its owners can change
nothing, and two who write its identities at once may each undo what the other did.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apimlb.deploy.cloud import state_of
from apimlb.deploy.ids import API, IDENTITY, SERVICE, group_of, kind_of, names_of, short, subscription_of
from apimlb.deploy.limits import APIS
from apimlb.deploy.observer import Observed
from apimlb.errors import ApimlbError, ConfigError, ConflictError, NotFoundError
from apimlb.http import last_segment
from apimlb.stack.choices import Tier
from apimlb.stack.differences import at
from apimlb.stack.marks import Mark, mark_in, mark_of
from apimlb.stack.planner import Action, Plan
from apimlb.stack.resources import Json, Resource

_NOT_YET = frozenset({"created", "creating", "activating", "deleting", "terminating"})
_THEIRS = "Nothing of a gateway that others use is changed, its identities neither."


def problems(plan: Plan, seen: Observed) -> Iterator[ApimlbError]:
    """What would stop the plan at a gateway of others, and paths that others have."""
    wanted = [step.resource for step in plan.steps if step.action is not Action.DELETE]
    gateway = next((r for r in wanted if r.adopted and kind_of(r.id) == SERVICE), None)
    if gateway is not None:
        yield from _unusable(gateway, wanted, seen.replies)
    yield from _paths(plan, seen.inside)


def notices(desired: Sequence[Resource], seen: Observed) -> Iterator[str]:
    """What is worth knowing of it."""
    for resource in desired:
        there = seen.replies.get(resource.key)
        if not resource.adopted or kind_of(resource.id) != SERVICE or there is None:
            continue
        tier, taken = str(at(there, "sku.name")), str(at(resource.body, "sku.name"))
        if _most_buffered(tier) > _most_buffered(taken):
            yield (
                f'{resource.label} is of the tier {tier}: with tier = "{_known(tier)}" in apimlb.toml a '
                f"request of more than {_most_buffered(taken)} MiB is tried at another account, too."
            )
        going = {stray.key for stray in seen.strays}
        apis = {r.key for r in desired if kind_of(r.id) == API}
        apis |= {id for row in seen.inside if kind_of(id := str(row["id"]).lower()) == API} - going
        most = APIS.get(tier.removesuffix("V2"), len(apis))
        if len(apis) > most:
            yield (
                f"{resource.label} would have {len(apis)} APIs with those of others, revisions counted, and "
                f"the tier {tier} has {most} at most: Azure may refuse them."
            )
    for former in seen.former:
        many = len(former.things)
        what = "its keys and clients" if former.is_own else f"{many} things of the stack, keys among them"
        yield (
            f"The gateway {former.name}, where the stack was before, still serves who calls it, and stays: "
            f"{what}. `apimlb deploy --prune` takes {'it' if former.is_own else 'them'} away."
        )


def _unusable(
    gateway: Resource, wanted: Sequence[Resource], observed: Mapping[str, Json]
) -> Iterator[ApimlbError]:
    there = observed.get(gateway.key)
    if there is None:
        yield NotFoundError(
            f"There is no API Management service {gateway.name}, or this login does not see it",
            where=gateway.id,
            next_step="Correct gateway in apimlb.toml: `az apim list --output table` shows what there is.",
        )
        return
    if _is_own(mark_of(SERVICE, there), mark_in(wanted)):
        yield ConfigError(
            f"The gateway {gateway.name} is the stack's own",
            where=short(gateway.id),
            next_step="Leave gateway out of apimlb.toml: it is for one that others made.",
        )
    if state_of(there) in _NOT_YET:
        yield ConflictError(
            f"The gateway {gateway.name} is {state_of(there)}",
            where=short(gateway.id),
            why="Nothing can be written into it in that state.",
            next_step="Run the same command again when it has succeeded.",
        )
    yield from _less_than(gateway, there)
    identity = next((r for r in wanted if r.adopted and kind_of(r.id) == IDENTITY), None)
    if identity is None:
        yield from _without_identity(gateway, there)
    else:
        yield from _not_attached(identity, gateway, there, observed)


def _is_own(found: Mark | None, mark: Mark) -> bool:
    return found is not None and found.stack == mark.stack and found.id in ("", mark.id)


def _less_than(gateway: Resource, there: Json) -> Iterator[ApimlbError]:
    """Its tier can less than the one that the stack's policies were written for."""
    tier, taken = str(at(there, "sku.name")), str(at(gateway.body, "sku.name"))
    consumption = tier == Tier.CONSUMPTION and taken != tier
    if consumption or _most_buffered(tier) < _most_buffered(taken):
        lacks = "breakers, a cache and streams" if consumption else "room to buffer large requests"
        yield ConfigError(
            f"The gateway {gateway.name} is of the tier {tier}, which has less {lacks} than {taken}",
            where=short(gateway.id),
            next_step=f'Set tier = "{_known(tier)}" in apimlb.toml.',
        )


def _most_buffered(tier: str) -> int:
    return _known(tier).most_buffered_mib


def _known(tier: str) -> Tier:
    """The tier, or one that a stack can be on and that can no more: of those of v2 for PremiumV2."""
    if tier == "PremiumV2":
        return Tier.STANDARD_V2
    return Tier(tier) if tier in list(Tier) else Tier.PREMIUM


def _without_identity(gateway: Resource, there: Json) -> Iterator[ApimlbError]:
    if at(there, "identity.principalId"):
        return
    held: Any = at(there, "identity.userAssignedIdentities")
    ids = [*held] if isinstance(held, dict) else []
    give = (
        f"az apim update --name {gateway.name} --resource-group {group_of(gateway.id)} "
        f"--subscription {last_segment(subscription_of(gateway.id))} --enable-managed-identity true"
    )
    if ids:
        step = f'Set gateway_identity = "{ids[0]}" in apimlb.toml, if the stack may use that one.'
    else:
        step = f"Give it one, which changes nothing for others: `{give}`"
    yield ConfigError(
        f"The gateway {gateway.name} has no system-assigned identity to call the accounts with",
        where=short(gateway.id),
        why=_THEIRS,
        next_step=step,
    )


def _not_attached(
    identity: Resource, gateway: Resource, there: Json, observed: Mapping[str, Json]
) -> Iterator[ApimlbError]:
    held: Any = at(there, "identity.userAssignedIdentities")
    ids = [str(id) for id in held] if isinstance(held, dict) else []
    if identity.key not in {id.lower() for id in ids} or identity.key not in observed:
        yield ConfigError(
            f"The gateway {gateway.name} does not have the identity {identity.name}",
            where=identity.id,
            why=_THEIRS,
            next_step=f"Set gateway_identity to one that it has: {', '.join(ids)}."
            if ids
            else "Leave gateway_identity out: then its system-assigned one is used.",
        )


def _paths(plan: Plan, rows: Sequence[Json]) -> Iterator[ApimlbError]:
    """Paths that APIs are to get, and that another API has."""
    wanted = {step.key for step in plan.steps}
    taken = {
        str(at(row, "properties.path") or "").strip("/").lower(): str(row["name"])
        for row in rows
        if kind_of(str(row["id"])) == API and str(row["id"]).lower().partition(";rev=")[0] not in wanted
    }
    moved = [step for step in plan.steps if any(c.path == "properties.path" for c in step.changes)]
    for step in (*plan.of(Action.CREATE), *moved):
        path = at(step.body, "properties.path") if kind_of(step.key) == API else None
        if isinstance(path, str) and path.lower() in taken:
            place = f"The path {path}" if path else "The host alone"
            yield ConflictError(
                f"{place} is taken by the API {taken[path.lower()]}, which is not the stack's",
                where=names_of(step.resource.id)[0],
                why="A path of a gateway leads to one API.",
                next_step=_other_path(path, mark_in([step.resource]).stack),
            )


def _other_path(path: str, stack: str) -> str:
    if not path:
        return "Set bare_host = false in apimlb.toml."
    if path.rpartition("/")[2] == "openai":
        return f'Set another one in apimlb.toml: path = "{stack}/openai"'
    return "Choose another name in apimlb.toml."
