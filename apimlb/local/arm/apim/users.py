"""Users of a service and the groups that they are in; whoever owns a subscription is one of them.

Microsoft Learn, API Management REST reference, User and Group User (2024-05-01).
"""

from apimlb.local.arm.apim.children import Child, Content, fields, require_fields, service_id
from apimlb.local.arm.apim.products import Link
from apimlb.local.arm.call import Call, Reply, objects
from apimlb.local.arm.errors import validation_error
from apimlb.local.store import Document, Json, kind_of

MEMBERS = Link("users", "User", "groups", "Group")
_STATES = ("active", "blocked", "pending", "deleted")


def _content(call: Call, existing: Document | None, sent: Json) -> Content:
    require_fields(sent, "email", "firstName", "lastName")
    objects(sent, "identities")
    state = sent.get("state") or "active"
    if state not in _STATES:
        raise validation_error(("state", f"'{state}' is not one of {', '.join(_STATES)}."))
    if existing is None:
        _join_developers(call)
    registered = existing.body["properties"]["registrationDate"] if existing else call.azure.time()
    defaults = {
        "firstName": "",
        "lastName": "",
        "email": "",
        "state": "active",
        "registrationDate": registered,
        "note": None,
        "groups": [],
        "identities": [{"provider": "Basic", "id": sent["email"]}],
    }
    kept = {name: value for name, value in sent.items() if name not in ("groups", "registrationDate")}
    return fields(kept, defaults), {}


def _join_developers(call: Call) -> None:
    """Whoever has signed up is one of the developers, where there are any."""
    group = f"{service_id(call)}/groups/developers"
    if call.store.get(group):
        id = f"{group}/users/{call.name}"
        body = {"id": id, "type": MEMBERS.type, "name": call.name, "properties": {}}
        call.store.put(Document(id, kind_of(id), body))


USER = Child(
    "users/{user}",
    "User",
    _content,
    deleted=lambda call, document: Reply(204),
    types={"email": str, "firstName": str, "lastName": str, "state": str, "note": str, "identities": list},
)
ROUTES = (*USER.routes, *MEMBERS.routes)
