"""Products, and the APIs that they hold.

Recorded: apim_aso_20240501_crud_a 46-56, apim_cli_core_service t1.
"""

from apimlb.local.arm.apim.children import (
    Child,
    Content,
    delete,
    list_,
    not_found,
    open_service,
    require_fields,
    service_id,
)
from apimlb.local.arm.apim.operations import SERVICE
from apimlb.local.arm.apim.services import require_service
from apimlb.local.arm.call import Call, Reply
from apimlb.local.arm.errors import validation_error
from apimlb.local.arm.routes import crud
from apimlb.local.store import Document, Json

_ADMINISTRATORS = (
    "Administrators is a built-in group containing the admin email account provided at the time of service "
    "creation. Its membership is managed by the system."
)


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
    return properties, {}


def _created(call: Call, document: Document) -> Json:
    """The creating answer alone lists a group (recorded: apim_aso_20240501_crud_a 46, 49)."""
    group = {
        "id": f"{service_id(call)}/groups/administrators",
        "name": "Administrators",
        "description": _ADMINISTRATORS,
        "builtIn": True,
        "type": "system",
        "externalId": None,
    }
    return {**document.body, "properties": {**document.body["properties"], "groups": [group]}}


def _linked(call: Call, existing: Document | None, sent: Json) -> Content:
    """A link has no content of its own."""
    return {}, {}


def _with_api(call: Call, document: Document) -> Json:
    """The link with the API's own properties, as they are now."""
    api = call.store.get(f"{service_id(call)}/apis/{document.body['name']}")
    return {**document.body, "properties": api.body["properties"] if api else {}}


PRODUCT = Child(
    "products/{product}",
    "Product",
    _content,
    created=_created,
    types={"displayName": str, "state": str, "subscriptionRequired": bool},
)
LINK = Child("products/{product}/apis/{api}", "Api", _linked, listed=_with_api)


def put_link(call: Call) -> Reply:
    """Adds the API to the product and answers with it: 201, 200 when it was there."""
    open_service(call, LINK.type)
    if call.store.get(call.id.rsplit("/", 2)[0]) is None:
        raise not_found("Product")
    api = call.store.get(f"{service_id(call)}/apis/{call.name}")
    if api is None:
        raise not_found("Api")
    existing = call.document()
    body = {"id": call.id, "type": LINK.type, "name": api.body["name"], "properties": {}}
    document = call.stored(body, {})
    return Reply(200 if existing else 201, _with_api(call, document), indented=True)


def head_link(call: Call) -> Reply:
    require_service(call)
    return Reply(204 if call.document() else 404)


def delete_link(call: Call) -> Reply:
    return delete(LINK, call)


def list_links(call: Call) -> Reply:
    return list_(LINK, call)


ROUTES = (
    *PRODUCT.routes,
    *crud(f"{SERVICE}/{LINK.path}", put=put_link, delete=delete_link, head=head_link, listed=list_links),
)
