"""Takes an account out of everything that sends to it, or in again, at once: not by way of a whole deploy.

The tag on the resource group comes first on the way out and last on the way in (`apimlb.stack.draining`): a
command that is cut off in between leaves an account out that the next deploy keeps out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from apimlb.clock import Clock
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.ids import short
from apimlb.deploy.reads import each, together
from apimlb.deploy.rollout import Visit, readiness_at
from apimlb.errors import ConflictError, NotFoundError
from apimlb.http import last_segment
from apimlb.stack.access import named_value_id
from apimlb.stack.differences import at
from apimlb.stack.draining import LIST, drained_in, require_one_left, tags_with
from apimlb.stack.names import Names
from apimlb.stack.planner import POOL, kind_of, step_for
from apimlb.stack.resources import Json, Resource

Wanted = Callable[[frozenset[str]], tuple[Resource, ...]]
"""What the stack wants when the accounts of these names are out."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An account and the pools that it left or entered; `changed` is false when it was there already."""

    account: str
    pools: tuple[str, ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class Traffic:
    """Who is sent something, at the gateway of one stack."""

    cloud: Cloud
    clock: Clock
    names: Names
    wanted: Wanted

    def drain(self, account: str) -> Moved:
        """Send the account nothing more; what is under way there goes on.

        Raises `NotFoundError` without a stack, and `ConflictError` when nobody would be left.
        """
        group, out = self._standing()
        require_one_left(self.names.stack, out | {account})
        writes = dict(self._writes(out | {account}, lambda pool, there: self._without(pool, there, account)))
        if account not in out:
            self.cloud.patch(self.names.group_id, {"tags": tags_with(group, out | {account})})
        self._write(writes)
        return Moved(account, self._pools(writes), bool(writes) or account not in out)

    def undrain(self, account: str, visit: Visit) -> Moved:
        """Send to the account again once it answers; raises `NotReadyError` when it does not in time."""
        group, out = self._standing()
        writes = dict(self._writes(out - {account}, lambda pool, there: self._with(pool, there, account)))
        if writes:
            service = self.cloud.get(self.names.service_id) or {}
            readiness = readiness_at(self.cloud, self.clock, visit, service)
            known = [name for name, owner in visit.site.backends.items() if owner == account]
            together({name: partial(readiness.await_backend, name) for name in known})
            self._write(writes)
        if account in out:
            self.cloud.patch(self.names.group_id, {"tags": tags_with(group, out - {account})})
        return Moved(account, self._pools(writes), bool(writes) or account in out)

    def _standing(self) -> tuple[Json, frozenset[str]]:
        """The group, and who is out."""
        group = self.cloud.get(self.names.group_id)
        if group is None:
            raise NotFoundError(
                f"There is no stack {self.names.stack.name}.",
                where=self.names.group,
                next_step="Run `apimlb deploy`.",
            )
        return group, drained_in(group, self.names.stack)

    def _writes(
        self, out: frozenset[str], members: Callable[[Resource, Json], list[Json]]
    ) -> Iterator[tuple[str, Json]]:
        """The pools and the list whose bodies change, by id."""
        sending = [r for r in self.wanted(out) if kind_of(r) == POOL or r.id == self._list]
        there = each(self.cloud.get, [resource.id for resource in sending])
        for resource in sending:
            found = there[resource.id]
            if found is None:
                raise NotFoundError(
                    f"The {resource.label} is not there.",
                    where=short(resource.id),
                    next_step="Run `apimlb deploy`: it keeps out who is drained.",
                )
            if kind_of(resource) == POOL:
                resource = _pooled(resource, members(resource, found))
            step = step_for(resource, {resource.key: found})
            if step.changes:
                yield resource.id, step.body

    def _without(self, pool: Resource, there: Json, account: str) -> list[Json]:
        """The members that Azure has but for the account's."""
        gone = self._backend_id(pool, account)
        left = [m for m in at(there, "properties.pool.services") or [] if m["id"].lower() != gone]
        if not left:
            raise ConflictError(
                f"The {pool.label} would be empty without {account}.",
                where=short(pool.id),
                why="A pool without a member refuses every request.",
                next_step="Run `apimlb deploy` first: the file names other accounts that are not in it.",
            )
        return left

    def _with(self, pool: Resource, there: Json, account: str) -> list[Json]:
        """The members that Azure has and the account's."""
        held: list[Json] = at(there, "properties.pool.services") or []
        known = {member["id"].lower() for member in held}
        mine = self._backend_id(pool, account)
        members: list[Json] = at(pool.body, "properties.pool.services")
        return held + [m for m in members if m["id"].lower() == mine and mine not in known]

    def _backend_id(self, pool: Resource, account: str) -> str:
        deployment = next(d for d in self.names.stack.deployments if self.names.pool(d) == pool.name)
        owner = next(a for a in self.names.stack.accounts if a.name == account)
        return self.names.backend_id(owner, deployment).lower()

    @property
    def _list(self) -> str:
        return named_value_id(self.names, LIST)

    def _pools(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(last_segment(id) for id in ids if id != self._list)

    def _write(self, writes: dict[str, Json]) -> None:
        together({id: partial(self.cloud.put, id, body) for id, body in writes.items()})


def _pooled(pool: Resource, members: list[Json]) -> Resource:
    properties: dict[str, Any] = {**pool.body["properties"], "pool": {"services": members}}
    return replace(pool, body={**pool.body, "properties": properties})
