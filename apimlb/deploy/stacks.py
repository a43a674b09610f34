"""Which stacks a subscription has: by the tags on their resource groups, whoever deployed them."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from apimlb.deploy.cloud import Cloud
from apimlb.deploy.ids import GROUP, SERVICE, place
from apimlb.deploy.reads import each
from apimlb.stack.differences import at
from apimlb.stack.draining import TAG as DRAINED
from apimlb.stack.marks import guests_in, mark_of
from apimlb.stack.resources import Json


@dataclass(frozen=True, slots=True)
class Found:
    """A stack by one of its gateways; without one, `state` is empty: its deploy was cut off."""

    name: str
    id: str
    resource_group: str
    location: str
    gateway_url: str
    tier: str
    state: str
    drained: tuple[str, ...]

    def document(self) -> Json:
        return {**asdict(self), "drained": list(self.drained)}


def stacks(cloud: Cloud, subscription: str) -> tuple[Found, ...]:
    """All stacks below the subscription's id, by name; raises what the cloud raises."""
    groups = [group for group in cloud.children(subscription, GROUP) if mark_of(GROUP, group) is not None]
    services = each(lambda id: cloud.children(id, SERVICE), [str(group["id"]) for group in groups])
    guests = each(cloud.get, {id for group in groups for id in guests_in(group).values()})
    found = [
        stack
        for group in groups
        for stack in _in_group(group, [*services[str(group["id"])], *_hosts(group, guests)])
    ]
    return tuple(sorted(found, key=lambda stack: (stack.name, stack.location)))


def _hosts(group: Json, guests: Mapping[str, Json | None]) -> Iterator[Json]:
    """The gateways of others that the stack is in, as if they were its own."""
    for id in guests_in(group).values():
        there = guests[id]
        if there is not None:
            yield {**there, "tags": group.get("tags")}


def _in_group(group: Json, services: list[Json]) -> Iterator[Found]:
    mark = mark_of(GROUP, group)
    assert mark is not None
    mine = [s for s in services if (m := mark_of(SERVICE, s)) is not None and m.stack == mark.stack]
    drained = tuple(filter(None, str((group.get("tags") or {}).get(DRAINED) or "").split(",")))
    for service in mine or [{}]:
        yield Found(
            mark.stack,
            mark.id,
            str(group["name"]),
            place(str(service.get("location") or group.get("location") or "")),
            str(at(service, "properties.gatewayUrl") or ""),
            str(at(service, "sku.name") or ""),
            str(at(service, "properties.provisioningState") or ""),
            drained,
        )
