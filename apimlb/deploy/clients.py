"""Who of Entra may call the gateway: ids in named values of the service. No policy changes with them."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from apimlb.deploy.cloud import Cloud
from apimlb.deploy.named_values import rows_of, value_of, write_value
from apimlb.errors import ApimlbError, ConfigError, ConflictError, NotFoundError
from apimlb.stack.clients import (
    COUNTS,
    ROOM,
    SHARD,
    counts_in,
    read,
    shard_name,
    shard_names,
    shard_of,
    written,
)
from apimlb.stack.differences import at
from apimlb.stack.names import Names
from apimlb.stack.planner import Action, Plan, Step

Held = Mapping[str, list[str]]
"""The ids by the named value that holds them, by its usual name."""


def held(cloud: Cloud, names: Names) -> Held:
    """What Azure has; raises `NotFoundError` while there is no stack, `ConflictError` while the named values
    are exchanged for more or fewer."""
    usual = {names.inside(name): name for count in COUNTS for name in shard_names(count)}
    rows = rows_of(cloud, names)
    found = {usual[name]: read(value_of(cloud, row)) for name, row in rows.items() if name in usual}
    if not found:
        raise NotFoundError("The stack has no clients", where=names.service, next_step="Run `apimlb deploy`.")
    counts = counts_in(found)
    if len(counts) != 1:
        raise ConflictError(
            "A deploy that changes where clients are kept was cut off",
            where=names.service,
            why="The named values that hold the clients are partly of the old count, partly of the new one.",
            next_step="Run `apimlb deploy`, then the same command again.",
        )
    # Others are left from such a change, or not all there yet: the policy reads these.
    return {name: found[name] for name in shard_names(counts[0])}


def lost(plan: Plan) -> Iterator[ApimlbError]:
    """Clients that the plan would forget: a file that lists none keeps those that Azure has, unless they are
    too many for where such a file has them looked for."""
    kept = [step for step in plan.of(Action.CREATE) if _holds_clients(step) and step.resource.create_only]
    gone = [step for step in plan.of(Action.DELETE) if _holds_clients(step)]
    ids = [id for step in gone for id in read(str(at(step.body, "properties.value") or ""))]
    if kept and ids:
        yield ConfigError(
            f"{len(ids)} clients would be forgotten: they are too many to be kept by a file without a list",
            where="clients",
            next_step="List those in apimlb.toml that `apimlb clients list` prints.",
        )


def _holds_clients(step: Step) -> bool:
    """Whether it is a named value with clients, by the end of its name: a key's is labelled as such."""
    is_value = step.resource.label.startswith("named value ")
    return is_value and SHARD.search(step.resource.name) is not None


def listed(held: Held) -> tuple[str, ...]:
    """All of the ids, in order."""
    return tuple(sorted(id for ids in held.values() for id in ids))


def with_clients(held: Held, ids: Iterable[str]) -> dict[str, list[str]]:
    """The named values that change when the ids come; raises `ConfigError` when one would be too long."""
    changed: dict[str, list[str]] = {}
    for id in map(str.lower, ids):
        name = shard_name(shard_of(id, len(held)), len(held))
        there = changed.get(name, held[name])
        if id not in there:
            changed[name] = sorted([*there, id])
    full = [name for name, there in changed.items() if len(there) > ROOM]
    if full:
        raise ConfigError(
            f"The named value {full[0]} has no room for another client",
            where="clients add",
            next_step="List all clients in apimlb.toml, which has room for more, or add a group of them.",
        )
    return changed


def without_clients(held: Held, ids: Iterable[str], mentioned: Collection[str] = ()) -> dict[str, list[str]]:
    """The named values that change when the ids go; raises `NotFoundError` for one that is not there. Those
    `mentioned` elsewhere may be gone here already: an earlier run was cut off between the two."""
    gone = {id.lower() for id in ids}
    absent = sorted(gone - {*listed(held), *mentioned})
    if absent:
        raise NotFoundError(
            f"{absent[0]} is not a client of the stack", next_step="See `apimlb clients list`."
        )
    return {name: [id for id in there if id not in gone] for name, there in held.items() if gone & set(there)}


def write(cloud: Cloud, names: Names, changed: Held) -> None:
    """Write the named values, which keep their tags; raises what the cloud raises."""
    for name, ids in changed.items():
        write_value(cloud, names, name, written(ids))
