"""Products, the APIs that they hold, and the groups that see them.

Recorded: apim_aso_20240501_crud_a 46-56, apim_cli_core_service t1.
"""

from dataclasses import dataclass

from apimlb.local.arm.apim import revisions, shape
from apimlb.local.arm.apim.builtins import ADMINISTRATORS
from apimlb.local.arm.apim.children import (
    Child,
    Content,
    children_of_kind,
    not_found,
    open_service,
    require_fields,
    service_id,
)
from apimlb.local.arm.apim.operations import SERVICE
from apimlb.local.arm.apim.services import require_service
from apimlb.local.arm.call import Call, Reply
from apimlb.local.arm.errors import validation_error
from apimlb.local.arm.routes import Route, crud
from apimlb.local.store import Document, Json, kind_of


def _content(call: Call, existing: Document | None, sent: Json) -> Content:
    require_fields(sent, "displayName")
    required = sent.get("subscriptionRequired") is not False
    state = sent.get("state") or "notPublished"
    if state not in ("notPublished", "published"):
        raise validation_error(("state", f"'{state}' is not one of notPublished, published."))
    properties = {
        "displayName": sent["displayName"],
        "description": sent.get("description"),
        "terms": sent.get("terms"),
        "subscriptionRequired": required,
        "approvalRequired": bool(sent.get("approvalRequired")) if required else None,
        "subscriptionsLimit": sent.get("subscriptionsLimit") if required else None,
        "state": state,
        "groups": [],
    }
    if existing is None:
        _show_to_administrators(call)
    return properties, {}


def _show_to_administrators(call: Call) -> None:
    """A new product is seen by the administrators, where there are any."""
    group = call.store.get(f"{service_id(call)}/groups/administrators")
    if group:
        id = f"{call.id}/groups/administrators"
        body = {"id": id, "type": GROUPS.type, "name": group.body["name"], "properties": {}}
        call.store.put(Document(id, kind_of(id), body))


def _created(call: Call, document: Document) -> Json:
    """The creating answer alone lists a group (recorded: apim_aso_20240501_crud_a 46, 49)."""
    group = {
        "id": f"{service_id(call)}/groups/administrators",
        "name": "Administrators",
        "description": ADMINISTRATORS["description"],
        "builtIn": True,
        "type": "system",
        "externalId": None,
    }
    return {**document.body, "properties": {**document.body["properties"], "groups": [group]}}


def _listed(call: Call, document: Document) -> Json:
    """Without groups (recorded: apim_cli_core_service t1)."""
    properties = {name: value for name, value in document.body["properties"].items() if name != "groups"}
    return {**document.body, "properties": properties}


PRODUCT = Child(
    "products/{product}",
    "Product",
    _content,
    created=_created,
    listed=_listed,
    types={"displayName": str, "state": str, "subscriptionRequired": bool},
)


@dataclass(frozen=True, slots=True)
class Link:
    """What a product (or another thing that `parent` names) holds by name: APIs, or groups whose developers
    see it."""

    collection: str
    noun: str
    parent: str = "products"
    parent_noun: str = "Product"

    @property
    def type(self) -> str:
        return f"{shape.TYPE}/{self.parent}/{self.collection}"

    @property
    def routes(self) -> tuple[Route, ...]:
        return crud(
            f"{SERVICE}/{self.parent}/{{holder}}/{self.collection}/{{linked}}",
            put=lambda call: _put(self, call),
            delete=lambda call: _delete(self, call),
            head=_head,
            listed=lambda call: _list(self, call),
        )


APIS, GROUPS = Link("apis", "Api"), Link("groups", "Group")


def _put(link: Link, call: Call) -> Reply:
    """Adds the thing to the product and answers with it: 201, 200 when it was there."""
    open_service(call, link.type)
    _require_holder(link.parent_noun, call)
    thing = _thing(link, call, call.name)
    if thing is None:
        raise not_found(link.noun)
    existing = call.document()
    name = revisions.split(thing.body["name"])[0]
    body = {"id": call.id, "type": link.type, "name": name, "properties": {}}
    call.stored(body, {})
    return Reply(200 if existing else 201, _row(body, thing), indented=True)


def _delete(link: Link, call: Call) -> Reply:
    open_service(call, link.type)
    existing = call.document()
    call.store.delete(call.id)
    return Reply(200 if existing else 204)


def _head(call: Call) -> Reply:
    require_service(call)
    return Reply(204 if call.document() else 404)


def _list(link: Link, call: Call) -> Reply:
    """The things with their own properties, as they are now."""
    require_service(call)
    _require_holder(link.parent_noun, call, f"{call.id}/x")
    found = call.store.children(call.id.rpartition("/")[0], link.type.lower())
    things = [(item, _thing(link, call, item.body["name"])) for item in found]
    rows = [_row(item.body, thing) for item, thing in things if thing]
    return Reply(200, {"value": rows, "count": len(rows)}, indented=True)


def _thing(link: Link, call: Call, name: str) -> Document | None:
    """What a product holds under a name; of an API it holds whichever revision is current."""
    if link.collection == "apis":
        return revisions.find(call.store, service_id(call), revisions.split(name)[0])
    return call.store.get(f"{service_id(call)}/{link.collection}/{name}")


def _row(body: Json, thing: Document) -> Json:
    return {**body, "properties": thing.body["properties"]}


def _require_holder(noun: str, call: Call, id: str = "") -> None:
    if call.store.get((id or call.id).rsplit("/", 2)[0]) is None:
        raise not_found(noun)


def list_products_of(call: Call) -> Reply:
    """The products that hold an API."""
    require_service(call)
    name = revisions.split(call.names["api"])[0]
    products = [
        item for item in children_of_kind(call, "products") if call.store.get(f"{item.id}/apis/{name}")
    ]
    rows = [_listed(call, item) for item in products]
    return Reply(200, {"value": rows, "count": len(rows)}, indented=True)


def list_subscriptions_of(call: Call) -> Reply:
    """The subscriptions whose scope is the product."""
    require_service(call)
    _require_holder("Product", call, f"{call.id}/x")
    product = call.id.rpartition("/")[0].lower()
    found = children_of_kind(call, "subscriptions")
    rows = [item.body for item in found if item.body["properties"]["scope"].lower() == product]
    return Reply(200, {"value": rows, "count": len(rows)}, indented=True)


ROUTES = (
    *PRODUCT.routes,
    *APIS.routes,
    *GROUPS.routes,
    Route("GET", f"{SERVICE}/apis/{{api}}/products", list_products_of),
    Route("GET", f"{SERVICE}/products/{{product}}/subscriptions", list_subscriptions_of),
)
