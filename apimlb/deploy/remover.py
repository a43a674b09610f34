"""Takes resources away: waits for what is under way, deletes, purges until nothing is left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from apimlb.clock import Clock
from apimlb.deploy.cloud import Cloud, is_settled
from apimlb.deploy.executor import Task
from apimlb.deploy.ids import (
    ACCOUNT,
    DELETED_ACCOUNT,
    DELETED_SERVICE,
    DEPLOYMENT,
    SERVICE,
    deleted_id,
    is_within,
    kind_of,
    names_of,
    short,
    subscription_of,
)
from apimlb.deploy.refusals import AGAIN
from apimlb.deploy.removal import PURGE, Removal, is_azures
from apimlb.deploy.waiting import Wait, wait
from apimlb.deploy.writer import settle
from apimlb.errors import CloudError
from apimlb.stack.resources import Json

APPEARS = (1.0, 2.0, 4.0, 8.0, 15.0, *[15.0] * 38)
"""Seconds between looks for a resource among the soft-deleted ones, where it shows up some time after: ten
minutes in all."""
SURELY = 90.0
"""Seconds after which a name that is free will not turn out to be kept."""
VANISHES = (2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds between a purge that left something behind and the next one."""


@dataclass(frozen=True, slots=True)
class Remover:
    """Does a removal's steps; `left` grows by what is in the group and is not ours."""

    cloud: Cloud
    clock: Clock
    removal: Removal
    left: list[str] = field(default_factory=list)

    def act(self, task: Task) -> None:
        """Do the step; raises what the cloud raises."""
        id = self.removal.ids[task.key]
        if task.verb == PURGE:
            purge(self.cloud, self.clock, id, self._is_free(id) if self._is_awaited(task) else None)
        elif task.key == self.removal.group.lower():
            self._delete_group(id)
        else:
            if task.key in self.removal.unsettled:
                settle(self.cloud, self.clock, id)
            self.cloud.delete(id)

    def remaining(self) -> tuple[str, ...]:
        """The ids of what was purged and is still there."""
        purged = [self.removal.ids[task.key] for task in self.removal.tasks if task.verb == PURGE]
        return tuple(id for id in purged if self.cloud.get(id) is not None)

    def _is_awaited(self, task: Task) -> bool:
        return bool(task.needs) or task.key in self.removal.awaited

    def _is_free(self, id: str) -> Callable[[], bool]:
        return lambda: is_free(self.cloud, id)

    def _delete_group(self, id: str) -> None:
        gone = [task.key for task in self.removal.tasks]
        listed = [str(entry["id"]) for entry in self.cloud.resources_in_group(id)]
        # The group's listing lags behind the deletions.
        others = [
            other
            for other in listed
            if other.lower() not in gone
            and not is_azures(other)
            and not any(is_within(other, key) for key in gone if key != id.lower())
        ]
        self.left.extend(others)
        if not others:
            self.cloud.delete(id)


def clear(cloud: Cloud, clock: Clock, id: str, there: Json, *, purged: bool) -> None:
    """Delete a resource that Azure has as `there`, with what is in it and would stand in the way.

    `purged` frees the name of what Azure would keep for 48 hours. Raises what the cloud raises.
    """
    if not is_settled(there):
        settle(cloud, clock, id)
    if kind_of(id) == ACCOUNT:
        for child in cloud.children(id, DEPLOYMENT):
            cloud.delete(str(child["id"]))
    cloud.delete(id)
    if purged and kind_of(id) in (ACCOUNT, SERVICE):
        kept = deleted_id(id, str(there.get("location")))
        purge(cloud, clock, kept, lambda: is_free(cloud, kept))


def purge(cloud: Cloud, clock: Clock, id: str, is_free: Callable[[], bool] | None = None) -> None:
    """Purge the soft-deleted resource with this id, and look that it is gone.

    With `is_free`, which says whether its name can be had, one that is not there may only not show yet: it is
    waited for. Raises `CloudError` when it does not show, or stays.
    """
    if is_free is not None and not _shows(cloud, clock, id, is_free):
        return
    for turn, pause in enumerate(VANISHES):
        cloud.delete(id)
        if cloud.get(id) is None:
            return
        left = sum(VANISHES[turn:])
        wait(clock, Wait(short(id), "Azure has purged it and shows it still", pause, left, trouble=True))
    raise CloudError("Azure has not purged it", where=short(id), next_step=AGAIN)


def _shows(cloud: Cloud, clock: Clock, id: str, is_free: Callable[[], bool]) -> bool:
    """Whether it shows among the soft-deleted ones; false when it never will."""
    began = clock.now()
    for turn, pause in enumerate(APPEARS):
        if cloud.get(id) is not None:
            return True
        if clock.now() - began >= SURELY and is_free():
            return False
        reason = "Azure does not show it among what can be purged yet"
        wait(clock, Wait(short(id), reason, pause, sum(APPEARS[turn:])))
    raise CloudError(
        "Azure has deleted it, keeps its name, and does not yet show it among what can be purged",
        where=short(id),
        next_step=AGAIN,
    )


def await_shown(cloud: Cloud, clock: Clock, accounts: Sequence[str]) -> None:
    """Return once none of the accounts, which were deleted a moment ago, is where nobody sees it: gone, its
    name kept, and not yet among the soft-deleted ones. After ten minutes it returns anyway."""
    for pause in APPEARS:
        hidden = _hidden(cloud, accounts)
        if not hidden:
            return
        wait(clock, Wait(short(hidden[0]), "it was deleted a moment ago and will show as such", pause, pause))


def _hidden(cloud: Cloud, accounts: Sequence[str]) -> list[str]:
    if not accounts:
        return []
    rows = cloud.children(subscription_of(accounts[0]), DELETED_ACCOUNT)
    shown = {names_of(str(row["id"]))[-1].lower() for row in rows}
    asked = [id for id in accounts if names_of(id)[-1] not in shown]
    return [id for id in asked if cloud.domain_taken(names_of(id)[-1]) and cloud.get(id) is None]


def is_free(cloud: Cloud, id: str) -> bool:
    """Whether the soft-deleted resource's name can be had; an account's is its subdomain."""
    name = names_of(id)[-1]
    taken = cloud.service_name_taken if kind_of(id) == DELETED_SERVICE else cloud.domain_taken
    return not taken(name)
