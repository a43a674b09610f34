"""Carries out one step of a removal: deletes, purges until nothing is left, spares a group in use."""

from dataclasses import dataclass, field

from apimlb.clock import Clock
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.executor import Task
from apimlb.deploy.ids import is_within, short
from apimlb.deploy.refusals import AGAIN
from apimlb.deploy.removal import PURGE, Removal
from apimlb.deploy.writer import settle
from apimlb.errors import CloudError

APPEARS = (1.0, 2.0, 4.0, 8.0, 15.0, 15.0)
"""Seconds between looks for a resource among the soft-deleted ones, where it shows up some time after."""
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
            self._purge(id, awaited=bool(task.needs))
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

    def _purge(self, id: str, *, awaited: bool) -> None:
        for pause in APPEARS if awaited else ():
            if self.cloud.get(id) is not None:
                break
            self.clock.pause(pause)
        for pause in VANISHES:
            self.cloud.delete(id)
            if self.cloud.get(id) is None:
                return
            self.clock.pause(pause)
        raise CloudError("Azure has not purged it", where=short(id), next_step=AGAIN)

    def _delete_group(self, id: str) -> None:
        gone = [task.key for task in self.removal.tasks]
        listed = [str(entry["id"]) for entry in self.cloud.resources_in_group(id)]
        # The group's listing lags behind the deletions.
        others = [
            other
            for other in listed
            if other.lower() not in gone
            and not any(is_within(other, key) for key in gone if key != id.lower())
        ]
        self.left.extend(others)
        if not others:
            self.cloud.delete(id)
