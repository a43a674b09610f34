"""What it takes to give deployments another capacity, in place: one PATCH of the sku each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from apimlb.deploy.billing import is_hourly
from apimlb.deploy.catalogue import Demand, capacity_problems
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.executor import Task
from apimlb.deploy.facts import offers_in
from apimlb.deploy.ids import DEPLOYMENT, kind_of, names_of, parent_of, place, short
from apimlb.deploy.observer import observe
from apimlb.errors import ConfigError, NotFoundError, raise_first
from apimlb.stack.resources import Json, Resource


@dataclass(frozen=True, slots=True)
class CapacityChange:
    """One deployment's capacity as it is and as it will be, in what its sku counts."""

    id: str
    label: str
    account: str
    deployment: str
    sku: str
    before: int
    after: int

    @property
    def is_needed(self) -> bool:
        return self.before != self.after

    @property
    def is_dear(self) -> bool:
        """Whether more becomes billed by the hour, used or not."""
        return is_hourly(self.sku) and self.after > self.before

    @property
    def measure(self) -> str:
        """What a capacity of the sku counts."""
        return "units" if is_hourly(self.sku) else "thousand tokens per minute"

    @property
    def body(self) -> Json:
        """What a PATCH sends; without the sku's name Azure would take it for `Standard`."""
        return {"sku": {"name": self.sku, "capacity": self.after}}


def planned(
    cloud: Cloud,
    resources: Sequence[Resource],
    wanted: int,
    accounts: Collection[str] = (),
    deployments: Collection[str] = (),
) -> tuple[CapacityChange, ...]:
    """What giving deployments of a stack another capacity would do, also the unchanged.

    Raises `NotFoundError` for one that is not there, `ConfigError` for a name that the stack does not have,
    `QuotaError` for more than there is.
    """
    meant = chosen(resources, accounts, deployments)
    above = {parent_of(resource.id).lower() for resource in meant}
    observed = observe(cloud, [r for r in resources if r in meant or r.key in above])
    made = changes(meant, observed, wanted)
    asked = demands(tuple(change for change in made if change.is_needed), observed)
    offers = offers_in(cloud, sorted({demand.location for demand in asked}))
    raise_first(list(capacity_problems(asked, offers)))
    return made


def chosen(
    desired: Sequence[Resource], accounts: Collection[str] = (), deployments: Collection[str] = ()
) -> tuple[Resource, ...]:
    """The stack's deployments on these accounts (by resource name) and of these names; empty means all.

    Raises `ConfigError` for a name that the stack does not have.
    """
    every = [resource for resource in desired if kind_of(resource.id) == DEPLOYMENT]
    _known("account", accounts, {names_of(resource.id)[0] for resource in every})
    _known("deployment", deployments, {resource.name for resource in every})
    wanted = ({a.lower() for a in accounts}, {d.lower() for d in deployments})
    return tuple(
        resource
        for resource in every
        if all(
            not names or name.lower() in names
            for name, names in zip(names_of(resource.id), wanted, strict=True)
        )
    )


def _known(thing: str, asked: Collection[str], names: Collection[str]) -> None:
    lowered = {name.lower() for name in names}
    for name in asked:
        if name.lower() not in lowered:
            raise ConfigError(
                f"The stack has no {thing} {name}", next_step=f"It has {', '.join(sorted(names))}."
            )


def changes(
    deployments: Sequence[Resource], observed: Mapping[str, Json], capacity: int
) -> tuple[CapacityChange, ...]:
    """What is and what will be; raises `NotFoundError` when a deployment is not there."""
    absent = [resource for resource in deployments if resource.key not in observed]
    if absent:
        raise NotFoundError(
            f"{absent[0].label or absent[0].name} does not exist",
            where=short(absent[0].id),
            next_step="Run `apimlb deploy` first.",
        )
    return tuple(_change(resource, observed[resource.key]["sku"], capacity) for resource in deployments)


def _change(resource: Resource, sku: Json, capacity: int) -> CapacityChange:
    account, deployment = names_of(resource.id)
    label = resource.label or short(resource.id)
    return CapacityChange(
        resource.id, label, account, deployment, str(sku["name"]), int(sku.get("capacity") or 0), capacity
    )


def demands(changes: Sequence[CapacityChange], observed: Mapping[str, Json]) -> tuple[Demand, ...]:
    """The changes as demands on their account's region; `observed` holds accounts and deployments."""
    return tuple(
        Demand(
            label=change.label,
            location=place(observed[parent_of(change.id).lower()]["location"]),
            model=observed[change.id.lower()]["properties"]["model"],
            sku=change.sku,
            capacity=change.after,
            held=change.before,
            fresh=False,
        )
        for change in changes
    )


def tasks(changes: Sequence[CapacityChange]) -> tuple[Task, ...]:
    """The changes for the executor: one at a time on an account, all accounts at once."""
    return tuple(
        Task(change.id.lower(), change.label, "update", exclusive=change.account.lower())
        for change in changes
    )
