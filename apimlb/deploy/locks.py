"""Management locks: what may not be deleted, or not be changed at all.

A lock holds for its scope and all below it, and what holds a locked thing cannot be deleted either (Microsoft
Learn, "Lock your resources to protect your infrastructure").
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apimlb.deploy.cloud import Cloud
from apimlb.deploy.ids import group_of, is_within, short, subscription_of
from apimlb.errors import ApimlbError, ConflictError
from apimlb.http import last_segment

_MARKER = "/providers/microsoft.authorization/locks/"


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock: its id, and whether it forbids every change, not deletions alone."""

    id: str
    read_only: bool = False

    @property
    def scope(self) -> str:
        return self.id[: self.id.lower().rindex(_MARKER)]

    @property
    def name(self) -> str:
        return last_segment(self.id)

    def holds(self, id: str) -> bool:
        """Whether it forbids to delete the resource."""
        return self.covers(id) or is_within(self.scope, id)

    def covers(self, id: str) -> bool:
        """Whether the resource is in its scope."""
        return id.lower() == self.scope.lower() or is_within(id, self.scope)


def locks_in(cloud: Cloud, group: str) -> tuple[Lock, ...]:
    """The locks on the group with this id, on what is above it and on what is in it."""
    found = []
    for body in cloud.locks(subscription_of(group)):
        level = str((body.get("properties") or {}).get("level"))
        lock = Lock(str(body["id"]), level == "ReadOnly")
        if lock.covers(group) or is_within(lock.scope, group) or not group_of(lock.scope):
            found.append(lock)
    return tuple(found)


def refusals(locks: Iterable[Lock], *, what: str) -> Iterator[ApimlbError]:
    """What to say of locks that stand in the way of `what`, "the deletion of the gateway"."""
    for lock in locks:
        yield ConflictError(
            f"The lock {lock.name} forbids {what}",
            where=short(lock.scope),
            why="Somebody locked it so that it is not changed or deleted by mistake.",
            next_step=f"Remove it if that is meant: az lock delete --ids {lock.id}",
        )
