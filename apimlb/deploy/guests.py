"""Gateways that a stack was in before, its own or others', and what it still has there.

Clients of such a gateway go on being served: what the stack has there stays, with the roles and the identity
that it needs, until somebody asks for it to go.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from apimlb.deploy.cloud import Cloud
from apimlb.deploy.ids import (
    API,
    BACKEND,
    GROUP,
    IDENTITY,
    LOGGER,
    NAMED_VALUE,
    PRODUCT,
    ROLE_ASSIGNMENT,
    SERVICE,
    SUBSCRIPTION_KEY,
    kind_of,
    subscription_of,
)
from apimlb.deploy.reads import together
from apimlb.http import last_segment
from apimlb.stack.differences import at
from apimlb.stack.marks import Mark, mark_in, mark_of
from apimlb.stack.names import suffix
from apimlb.stack.resources import Json, Resource

CHILDREN = (API, BACKEND, LOGGER, NAMED_VALUE, PRODUCT, SUBSCRIPTION_KEY)
"""What a gateway has in it that carries a mark."""


@dataclass(frozen=True, slots=True)
class Former:
    """A gateway as Azure shows it, and the `things` of the stack's there: itself, where it is its own."""

    service: Json = field(repr=False)
    things: tuple[Resource, ...]

    @property
    def name(self) -> str:
        return last_segment(str(self.service["id"]))

    @property
    def is_own(self) -> bool:
        return any(kind_of(thing.id) == SERVICE for thing in self.things)

    def needs(self, stray: Resource) -> bool:
        """Whether what is not wanted any more is its identity, or what lets that in."""
        given = at(self.service, "identity.userAssignedIdentities")
        identities: Mapping[str, Json] = given if isinstance(given, dict) else {}
        if kind_of(stray.id) == IDENTITY:
            return stray.key in {id.lower() for id in identities}
        if kind_of(stray.id) != ROLE_ASSIGNMENT:
            return False
        principals = {(each or {}).get("principalId") for each in identities.values()}
        principals.add(at(self.service, "identity.principalId"))
        return at(stray.body, "properties.principalId") in principals - {None}


def suffix_of(desired: Sequence[Resource]) -> str:
    """What the names of what the stack has at its location end with."""
    group = next(resource for resource in desired if kind_of(resource.id) == GROUP)
    subscription = last_segment(subscription_of(group.id))
    return suffix(subscription, mark_in(desired).stack, str(group.body["location"]))


def things_in(
    cloud: Cloud, services: Iterable[str], mark: Mark, stray: Callable[[Json], Resource]
) -> Iterator[tuple[str, Former | None]]:
    """What there is of the stack in each of others' gateways, by id; `None` where nothing is, also because
    the gateway is gone. Raises what the cloud raises."""
    for id in services:
        service = cloud.get(id)
        rows = together({kind: partial(cloud.children, id, kind) for kind in CHILDREN} if service else {})
        ours = [row for kind in rows for row in rows[kind] if _is_ours(mark, kind, row)]
        yield id, Former(service, tuple(map(stray, ours))) if service and ours else None


def _is_ours(mark: Mark, kind: str, row: Json) -> bool:
    found = mark_of(kind, row)
    return found is not None and mark.owns(found) and found.id == mark.id
