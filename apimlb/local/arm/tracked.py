"""Types that stand directly in a resource group and are written at once: one row each."""

from collections.abc import Callable
from dataclasses import dataclass, field

from apimlb.local.arm.call import Call, Reply, merged, section
from apimlb.local.arm.errors import location_not_available, resource_not_found
from apimlb.local.arm.groups import require_group
from apimlb.local.arm.locations import REGIONS, region
from apimlb.local.arm.retention import uproot
from apimlb.local.arm.routes import GROUP, SUBSCRIPTION, Route, crud
from apimlb.local.store import Document, Json


def _gone(call: Call, document: Document) -> None:
    uproot(call.store, document.id)


def _as_it_is(call: Call) -> None:
    """Nothing comes back by itself."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """A type directly in a resource group. `properties(call, existing, sent)` makes what is stored; `top` are
    the fields besides the usual ones. `remove` takes it away, `revive` brings back what a write would. What
    Azure alone makes is not `written` by anybody."""

    type: str
    properties: Callable[[Call, Document | None, Json], Json] = lambda call, existing, sent: sent
    written: bool = True
    created: int = 201
    top: tuple[str, ...] = ()
    secret: Callable[[Call], Json] = field(default=lambda call: {})
    remove: Callable[[Call, Document], None] = _gone
    revive: Callable[[Call], None] = _as_it_is

    @property
    def routes(self) -> tuple[Route, ...]:
        listed = Route("GET", f"{SUBSCRIPTION}/providers/{self.type}", lambda call: _list(self, call))
        return (
            *crud(
                f"{GROUP}/providers/{self.type}/{{resource}}",
                get=lambda call: Reply(200, self.require(call).body),
                put=(lambda call: _put(self, call, call.body())) if self.written else None,
                patch=(lambda call: _patch(self, call)) if self.written else None,
                delete=lambda call: _delete(self, call),
                listed=lambda call: _list(self, call),
            ),
            listed,
        )

    def require(self, call: Call) -> Document:
        """The resource that the path is in; raises `ArmError` when it is not there."""
        group = require_group(call)
        found = call.store.get(f"{group.id}/providers/{self.type}/{call.names['resource']}")
        if found is None:
            raise resource_not_found(f"{self.type}/{call.names['resource']}", call.names["group"])
        return found


def _put(row: Tracked, call: Call, sent: Json) -> Reply:
    require_group(call, writing=True)
    row.revive(call)
    place, existing = region(sent.get("location")), call.document()
    if place is None:
        raise location_not_available(str(sent.get("location")), row.type, list(REGIONS))
    body = {
        "id": existing.id if existing else call.id,
        "name": existing.body["name"] if existing else call.name,
        "type": row.type,
        "location": place.name,
        **({"tags": sent["tags"]} if sent.get("tags") else {}),
        **{name: sent[name] for name in row.top if sent.get(name) is not None},
        "etag": f'"{call.azure.guid()}"',
        "properties": row.properties(call, existing, section(sent, "properties")),
    }
    call.stored(body, existing.hidden if existing else row.secret(call))
    return Reply(200 if existing else row.created, body)


def _patch(row: Tracked, call: Call) -> Reply:
    return _put(row, call, merged(row.require(call).body, call.body()))


def _delete(row: Tracked, call: Call) -> Reply:
    require_group(call)
    found = call.document()
    if found is not None:
        row.remove(call, found)
    return Reply(200 if found else 204)


def _list(row: Tracked, call: Call) -> Reply:
    kind = row.type.lower()
    found = (
        call.store.children(require_group(call).id, kind)
        if "group" in call.names
        else call.store.of_kind(kind)
    )
    return Reply(200, {"value": [item.body for item in found]})
