"""What is ours: the mark that everything of a stack carries in Azure, and how each type carries it.

A mark names the stack and its id, a uuid that is kept on the resource group, so that two stacks of one name
are told apart. Where a type has tags, two of them are the mark:

    apimlb-stack = <stack>   apimlb-stack-id = <id>

Elsewhere it is a text, `apimlb:<stack>:<id>`, in a description, a display name or a list of words; others may
write around it. A policy carries none, nor does an API's place in a product: they are the API's and the
product's.

A gateway that others use carries nothing: the group has a tag for each in which there is something of the
stack's, `apimlb-in-<hash> = <id>`.

Stacks that were made before there were ids carry `apimlb-stack` alone, and nothing where there are no tags.
"""

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apimlb.stack.resources import Json, Resource

TAG = "apimlb-stack"
TAG_ID = "apimlb-stack-id"

_GUEST = "apimlb-in-"

_TEXT = re.compile(r"apimlb:([a-z][a-z0-9-]*):([0-9a-f-]{36})")
_NAMESPACE = uuid.UUID("5f0f4c3e-3f0c-5d0a-8a55-6d1f2b8c7e21")

OLD_HOME = "old"
"""Instead of the id of a group that has none: a stack that moved away does not adopt the one that stayed."""

_TAGS = "tags"
_GROUP = "microsoft.resources/resourcegroups"
CARRIERS = {
    _GROUP: _TAGS,
    "microsoft.managedidentity/userassignedidentities": _TAGS,
    "microsoft.apimanagement/service": _TAGS,
    "microsoft.cognitiveservices/accounts": _TAGS,
    "microsoft.cognitiveservices/accounts/deployments": _TAGS,
    "microsoft.authorization/roleassignments": "properties.description",
    "microsoft.operationalinsights/workspaces": _TAGS,
    "microsoft.insights/components": _TAGS,
    "microsoft.insights/workbooks": _TAGS,
    "microsoft.insights/scheduledqueryrules": _TAGS,
    "microsoft.apimanagement/service/loggers": "properties.description",
    "microsoft.apimanagement/service/apis": "properties.description",
    "microsoft.apimanagement/service/apis/operations": "properties.description",
    "microsoft.apimanagement/service/backends": "properties.description",
    "microsoft.apimanagement/service/namedvalues": "properties.tags",
    "microsoft.apimanagement/service/policyfragments": "properties.description",
    "microsoft.apimanagement/service/products": "properties.description",
    "microsoft.apimanagement/service/subscriptions": "properties.displayName",
}
"""Where a resource of the type (lower case) carries its mark."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Whose something is; `id` is empty for what was made before there were ids.

    `home` is the id that the resource group keeps, where that is another one: see `identified`.
    """

    stack: str
    id: str = ""
    home: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"apimlb:{self.stack}:{self.id}"

    def owns(self, found: "Mark | None") -> bool:
        """Whether what carries `found` is this stack's; what is older than ids goes by the stack's name."""
        return found is not None and found.stack == self.stack and found.id in ("", self.id)


def tagged(resource: Resource, tags: Mapping[str, str]) -> Resource:
    """The resource with the tags, where its type has some."""
    if not tags or CARRIERS.get(resource.type.lower()) != _TAGS:
        return resource
    return replace(resource, body={**resource.body, "tags": {**tags, **resource.body.get("tags", {})}})


def marked(resource: Resource, mark: Mark) -> Resource:
    """The resource with the mark in its body, where its type carries one."""
    place = CARRIERS.get(resource.type.lower())
    if place is None:
        return resource
    if place == _TAGS:
        id = (mark.home if resource.type.lower() == _GROUP else "") or mark.id
        ids = {TAG_ID: id} if id not in ("", OLD_HOME) else {}
        others = {n: v for n, v in resource.body.get("tags", {}).items() if n not in (TAG, TAG_ID)}
        return replace(resource, body={**resource.body, "tags": {**others, TAG: mark.stack, **ids}})
    if not mark.id:
        return resource
    name = place.partition(".")[2]
    properties = resource.body.get("properties") or {}
    held = properties.get(name)
    carried: Any = [*(held or []), str(mark)] if name == "tags" else f"{held} {mark}" if held else str(mark)
    return replace(resource, body={**resource.body, "properties": {**properties, name: carried}})


def mark_of(type: str, body: Mapping[str, Any]) -> Mark | None:
    """The mark that a reply of the type carries, `None` where it carries none."""
    place = CARRIERS.get(type.lower())
    if place is None:
        return None
    if place == _TAGS:
        tags = body.get("tags") or {}
        return Mark(str(tags[TAG]), str(tags.get(TAG_ID) or "")) if TAG in tags else None
    held = (body.get("properties") or {}).get(place.partition(".")[2])
    return in_text(" ".join(map(str, held)) if isinstance(held, list) else str(held or ""))


def guest_tags(service: str) -> dict[str, str]:
    """What the resource group says of a gateway of others, with this id, that the stack has things in: an id
    fits into a tag's 256 characters."""
    return {f"{_GUEST}{hashlib.sha256(service.lower().encode()).hexdigest()[:8]}": service}


def guests_in(group: Json | None) -> dict[str, str]:
    """The ids of those gateways, by the tag that says so."""
    tags = (group or {}).get("tags") or {}
    return {name: str(id) for name, id in tags.items() if name.startswith(_GUEST)}


def mark_in(resources: Iterable[Resource]) -> Mark:
    """The mark that all of a stack's resources carry."""
    marks = {r.type.lower(): found for r in resources if (found := mark_of(r.type, r.body)) is not None}
    home = marks.pop(_GROUP, Mark(""))
    inner = next(iter(marks.values()), home)
    return replace(inner, home=home.id if home.id != inner.id else "")


def in_text(text: str) -> Mark | None:
    """The first mark in a text."""
    found = _TEXT.search(text)
    return Mark(found[1], found[2]) if found else None


def identified(stack: str, group_id: str, group: Json | None, location: str) -> Mark:
    """The stack's mark, given what Azure has of its resource group.

    The id follows from the group's, unless the group keeps another: so a deploy that was cut off is carried
    on, and what is brought back after a deletion is known again. A group cannot move: a stack that has moved
    to another `location` has an id of its own there, derived from the group's, which is its `home`.
    """
    made = str(uuid.uuid5(_NAMESPACE, group_id.lower()))
    if group is None:
        return Mark(stack, made)
    kept = str((group.get("tags") or {}).get(TAG_ID) or "")
    home = kept or made
    place = str(group.get("location") or location).replace(" ", "").lower()
    if place == location:
        return Mark(stack, home)
    return Mark(stack, str(uuid.uuid5(_NAMESPACE, f"{home}/{location}")), kept or OLD_HOME)
