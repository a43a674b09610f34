"""Microsoft.Authorization/locks: what may not be deleted, or not be changed at all.

Source: Microsoft Learn, "Lock your resources to protect your infrastructure". A lock holds for its scope and
all below it, and what holds a locked thing cannot be deleted either; the refusal's words were reported in
apiops issue 606.
"""

from apimlb.local.arm.call import Call, Reply
from apimlb.local.arm.errors import GATEWAY, ArmError, invalid_content
from apimlb.local.arm.routes import crud
from apimlb.local.store import Document

TYPE = "Microsoft.Authorization/locks"
KIND = TYPE.lower()
_LEVELS = ("CanNotDelete", "ReadOnly")
_MARKER = f"/providers/{KIND}/"
# What asks and changes nothing, although it is a POST.
_READING = (
    "/checknameavailability",
    "/checkdomainavailability",
    "/checkpolicyrestrictions",
    "/checkskuavailability",
    "/register",
)


def put_lock(call: Call) -> Reply:
    sent = call.properties()
    if sent.get("level") not in _LEVELS:
        raise invalid_content(f"The lock level '{sent.get('level')}' is invalid: {' or '.join(_LEVELS)}.")
    existing = call.document()
    notes = {"notes": sent["notes"]} if sent.get("notes") is not None else {}
    body = {
        "properties": {"level": sent["level"], **notes},
        "id": existing.id if existing else call.id,
        "type": TYPE,
        "name": existing.body["name"] if existing else call.name,
        "systemData": call.system_data(existing.body["systemData"] if existing else None),
    }
    call.stored(body, {})
    return Reply(200 if existing else 201, body)


def get_lock(call: Call) -> Reply:
    found = call.document()
    if found is None:
        raise ArmError(404, "LockNotFound", f"The lock '{call.name}' could not be found.", headers=GATEWAY)
    return Reply(200, found.body)


def delete_lock(call: Call) -> Reply:
    found = call.document()
    call.store.delete(call.id)
    return Reply(200 if found else 204)


def list_locks(call: Call) -> Reply:
    """Those at the scope, above it and below it."""
    scope = "/" + call.names.get("scope", "")
    rows = [item.body for item in call.store.of_kind(KIND) if _reaches(item, scope, below=True)]
    return Reply(200, {"value": rows})


def refuse_locked(call: Call) -> None:
    """Raise ScopeLocked for a delete that a lock forbids, and for any other change of what is read-only."""
    method, id = call.request.method, call.id
    if method in ("GET", "HEAD") or _MARKER in id.lower() + "/" or id.lower().endswith(_READING):
        return
    deleting = method == "DELETE"
    held = [item for item in call.store.of_kind(KIND) if _reaches(item, id, below=deleting)]
    held = [item for item in held if deleting or item.body["properties"]["level"] == "ReadOnly"]
    if held:
        scopes = ", ".join(f"'{_scope(item)}'" for item in held)
        verb = "delete" if deleting else "write"
        raise ArmError(
            409,
            "ScopeLocked",
            f"The scope '{id}' cannot perform {verb} operation because following scope(s) are locked: "
            f"{scopes}. Please remove the lock and try again.",
            headers=GATEWAY,
        )


def _reaches(lock: Document, id: str, *, below: bool) -> bool:
    scope, wanted = _scope(lock).lower() + "/", id.lower() + "/"
    return wanted.startswith(scope) or (below and scope.startswith(wanted))


def _scope(lock: Document) -> str:
    return lock.id[: lock.id.lower().rindex(_MARKER)]


ROUTES = crud(
    f"/{{scope*}}/providers/{TYPE}/{{lock}}",
    get=get_lock,
    put=put_lock,
    delete=delete_lock,
    listed=list_locks,
)
