"""Releases of an API, which make a revision current, and the list of its revisions.

Shapes: Microsoft's description of 2024-05-01 (ApiReleaseContract, ApiRevisionContract) and Microsoft Learn,
Revisions in Azure API Management.
"""

from apimlb.http import last_segment
from apimlb.local.arm.apim import revisions, shape
from apimlb.local.arm.apim.apis import alone
from apimlb.local.arm.apim.children import not_found, open_service, service_id
from apimlb.local.arm.apim.etags import apim_etag
from apimlb.local.arm.apim.operations import SERVICE
from apimlb.local.arm.apim.services import require_service, stale
from apimlb.local.arm.call import Call, Reply, check_match
from apimlb.local.arm.errors import validation_error
from apimlb.local.arm.routes import Route, crud
from apimlb.local.store import Document, Json, kind_of

TYPE = f"{shape.TYPE}/apis/releases"


def put_release(call: Call) -> Reply:
    """201, or 200 for one that is there; either makes its revision current."""
    sent = call.properties()
    open_service(call, TYPE)
    target = _target(call, str(sent.get("apiId") or ""))
    existing = _find(call)
    check_match(call, existing, stale)
    now = call.azure.time()
    properties = {
        "apiId": f"{target.id.rsplit('/', 1)[0]}/{_api(call)};rev={revisions.number(target)}",
        "createdDateTime": existing.body["properties"]["createdDateTime"] if existing else now,
        "updatedDateTime": now,
        "notes": sent.get("notes"),
    }
    if existing:
        call.store.delete(existing.id)
    id = f"{target.id}/releases/{call.name}"
    body = {"id": _shown_id(call), "type": TYPE, "name": call.name, "properties": properties}
    etag = apim_etag(call.azure)
    call.store.put(Document(id, kind_of(id), body, {}, etag))
    revisions.release(call.store, service_id(call), target)
    return Reply(200 if existing else 201, body, etag=etag, indented=True)


def patch_release(call: Call) -> Reply:
    """Its notes; which revision is current stays."""
    existing = _require(call)
    check_match(call, existing, stale)
    sent = call.properties()
    properties = {**existing.body["properties"], "updatedDateTime": call.azure.time()}
    if "notes" in sent:
        properties["notes"] = sent["notes"]
    body, etag = {**existing.body, "properties": properties}, apim_etag(call.azure)
    call.store.put(Document(existing.id, existing.kind, body, {}, etag))
    return Reply(200, body, etag=etag, indented=True)


def get_release(call: Call) -> Reply:
    found = _require(call)
    return Reply(200, found.body, etag=found.etag, indented=True)


def delete_release(call: Call) -> Reply:
    """Which revision is current stays."""
    open_service(call, TYPE)
    found = _find(call)
    if found is None:
        return Reply(204)
    check_match(call, found, stale)
    call.store.delete(found.id)
    return Reply(200)


def list_releases(call: Call) -> Reply:
    rows: list[Json] = [item.body for item in _releases(call)]
    return Reply(200, {"value": rows, "count": len(rows)}, indented=True)


def list_revisions(call: Call) -> Reply:
    """The API's revisions, the newest first."""
    now = revisions.current(call.store, service_id(call), _api(call))
    rows = [_revision(call, item, item == now) for item in reversed(_revisions(call))]
    return Reply(200, {"value": rows, "count": len(rows)}, indented=True)


def _revision(call: Call, document: Document, is_current: bool) -> Json:
    properties, number = document.body["properties"], revisions.number(document)
    url = f"/{properties['path']}" if is_current else f"/{properties['path']};rev={number}"
    return {
        "apiId": f"/apis/{_api(call)};rev={number}",
        "apiRevision": number,
        "description": properties.get("apiRevisionDescription"),
        "privateUrl": url,
        "isOnline": True,
        "isCurrent": is_current,
    }


def _api(call: Call) -> str:
    return revisions.split(call.names["api"])[0]


def _shown_id(call: Call) -> str:
    return f"{service_id(call)}/apis/{_api(call)}/releases/{call.name}"


def _revisions(call: Call) -> list[Document]:
    """All revisions; raises `ArmError` for an API that is not there."""
    require_service(call)
    found = revisions.revisions(call.store, service_id(call), _api(call))
    if not found:
        raise not_found("Api")
    return found


def _releases(call: Call) -> list[Document]:
    kind = TYPE.lower()
    return [item for each in _revisions(call) for item in call.store.children(each.id, kind)]


def _find(call: Call) -> Document | None:
    return next((item for item in _releases(call) if item.body["name"].lower() == call.name.lower()), None)


def _require(call: Call) -> Document:
    found = _find(call)
    if found is None:
        raise not_found("ApiRelease")
    return found


def _target(call: Call, api_id: str) -> Document:
    """The revision that is to become current: of this API, and there."""
    name = last_segment(api_id.rstrip("/"))
    if not api_id or revisions.split(name)[0].lower() != _api(call).lower():
        raise validation_error(("apiId", f"'apiId' must name a revision of the API '{_api(call)}'."))
    found = revisions.find(call.store, service_id(call), name)
    if found is None:
        raise validation_error(("apiId", f"Api '{name}' not found."))
    return found


ROUTES = (
    *crud(
        f"{SERVICE}/apis/{{api}}/releases/{{release}}",
        get=get_release,
        head=get_release,
        put=put_release,
        patch=patch_release,
        delete=delete_release,
        listed=list_releases,
        exclusive=alone,
    ),
    Route("GET", f"{SERVICE}/apis/{{api}}/revisions", list_revisions),
)
