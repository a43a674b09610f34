"""Subscriptions to APIs: scopes and keys. Recorded: apim_cli_subscription 1-12."""

import re

from apimlb.local.arm.apim import revisions
from apimlb.local.arm.apim.children import Child, Content, fields, require, require_fields, service_id
from apimlb.local.arm.apim.etags import apim_etag
from apimlb.local.arm.call import Call, Reply
from apimlb.local.arm.errors import apim_error, validation_error
from apimlb.local.store import Document, Json, kind_of

_STATES = ("active", "suspended", "submitted", "rejected", "cancelled", "expired")


def _content(call: Call, existing: Document | None, sent: Json) -> Content:
    require_fields(sent, "scope", "displayName")
    state = sent.get("state") or (existing.body["properties"]["state"] if existing else "active")
    if state not in _STATES:
        raise validation_error(("state", f"'{state}' is not one of {', '.join(_STATES)}."))
    defaults = {
        "ownerId": None,
        "scope": _scope(call, str(sent["scope"])),
        "displayName": sent["displayName"],
        "state": state,
        "createdDate": existing.body["properties"]["createdDate"] if existing else call.azure.time(),
        "startDate": None,
        "expirationDate": None,
        "endDate": None,
        "notificationDate": None,
        "stateComment": None,
    }
    dates = ("startDate", "expirationDate", "endDate", "notificationDate", "stateComment", "ownerId")
    made = {**defaults, **{name: sent[name] for name in dates if sent.get(name) is not None}}
    if made["ownerId"] is None:
        del made["ownerId"]
    return made | fields(sent, {}, ("allowTracing",)), _keys(call, existing, sent)


def _scope(call: Call, scope: str) -> str:
    """The full id; refuses what is neither all APIs nor an API or product that exists."""
    service = service_id(call)
    path = scope[len(service) :] if scope.lower().startswith(service.lower()) else scope
    if path in ("", "/") and path != scope:
        return f"{service}/"
    found = re.fullmatch(r"/(apis|products)(?:/([^/]+))?", path, re.IGNORECASE)
    if found is None or (found.group(1).lower() == "products" and not found.group(2)):
        text = "Subscription scope should be one of '/apis', '/apis/{apiId}', '/products/{productId}'."
        raise validation_error(("scope", text))
    full = f"{service}{path}"
    kind, name = found.group(1).lower(), found.group(2)
    if name and not (revisions.find(call.store, service, name) if kind == "apis" else call.store.get(full)):
        noun = "Api" if kind == "apis" else "Product"
        raise validation_error(("scope", f"{noun} '{found.group(2)}' not found."))
    return full


def _keys(call: Call, existing: Document | None, sent: Json) -> Json:
    """As sent, as they were, or new: 32 hexadecimal digits."""
    before = existing.hidden if existing else {}
    return {
        name: str(sent.get(name) or before.get(name) or call.azure.hex(32))
        for name in ("primaryKey", "secondaryKey")
    }


def _created(call: Call, document: Document) -> Json:
    """The creating answer alone shows the keys, before stateComment."""
    properties = dict(document.body["properties"])
    comment = properties.pop("stateComment")
    return {**document.body, "properties": {**properties, **document.hidden, "stateComment": comment}}


def _subject(call: Call) -> Document:
    """The subscription that an action's path ends below."""
    return require(SUBSCRIPTION, call.subject())


def list_secrets(call: Call) -> Reply:
    found = _subject(call)
    keys = {name: found.hidden[name] for name in ("primaryKey", "secondaryKey")}
    return Reply(200, keys, etag=found.etag)


def _regenerate(call: Call, name: str) -> Reply:
    """204, and the etag moves (recorded: apim_cli_subscription 8-10)."""
    found = _subject(call)
    hidden = {**found.hidden, name: call.azure.hex(32)}
    call.store.put(Document(found.id, kind_of(found.id), found.body, hidden, apim_etag(call.azure)))
    return Reply(204)


def regenerate_primary(call: Call) -> Reply:
    return _regenerate(call, "primaryKey")


def regenerate_secondary(call: Call) -> Reply:
    return _regenerate(call, "secondaryKey")


def _guard(call: Call, document: Document) -> None:
    if document.body["name"].lower() == "master":
        raise apim_error(405, "MethodNotAllowed", "The built-in all-access subscription cannot be deleted.")


SUBSCRIPTION = Child(
    "subscriptions/{sid}",
    "Subscription",
    _content,
    created=_created,
    guard=_guard,
    types=dict.fromkeys(("displayName", "scope", "state", "primaryKey", "secondaryKey"), str),
    posts={
        "listSecrets": list_secrets,
        "regeneratePrimaryKey": regenerate_primary,
        "regenerateSecondaryKey": regenerate_secondary,
    },
)
ROUTES = SUBSCRIPTION.routes
