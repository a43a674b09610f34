"""APIs and their operations. Recorded: apim_cli_api_policy 1-2, apim_cli_core_service m2-m3 and t1-t5."""

import re
from collections.abc import Sequence

from apimlb.http import is_url, last_segment
from apimlb.local.arm.apim import deferred, revisions
from apimlb.local.arm.apim.children import (
    Child,
    Content,
    children_of_kind,
    fields,
    open_service,
    require_fields,
    service_id,
)
from apimlb.local.arm.apim.etags import apim_etag
from apimlb.local.arm.apim.imports import imported
from apimlb.local.arm.apim.services import stale
from apimlb.local.arm.call import Call, Reply, check_match, objects, section
from apimlb.local.arm.errors import apim_error, validation_error
from apimlb.local.arm.retention import uproot
from apimlb.local.arm.routes import Exclusion
from apimlb.local.store import Document, Json

WRITE_SECONDS = 1.0
_ECHOED = (
    "apiRevisionDescription",
    "apiVersion",
    "apiVersionDescription",
    "apiVersionSetId",
    "termsOfServiceUrl",
    "contact",
    "license",
)
_HANDED_ON = (
    "displayName",
    "description",
    "subscriptionRequired",
    "serviceUrl",
    "path",
    "protocols",
    "authenticationSettings",
    "subscriptionKeyParameterNames",
    "apiVersion",
    "apiVersionDescription",
    "apiVersionSetId",
)
_KEY_NAMES = {"header": "Ocp-Apim-Subscription-Key", "query": "subscription-key"}
_METHOD = re.compile(r"[A-Za-z*]{1,32}")


def _content(call: Call, existing: Document | None, sent: Json) -> Content:
    """Synchronous, without an operation (recorded: apim_cli_core_service m2)."""
    operations: tuple[tuple[str, Json], ...] | None = None
    if sent.get("value") or sent.get("format"):
        sent, operations = imported(sent)
    source = _source(call, sent)
    if source is not None:
        sent = _inherited(source) | sent
    require_fields(sent, "displayName")
    if sent.get("serviceUrl") and not is_url(sent["serviceUrl"]):
        raise validation_error(("serviceUrl", "'serviceUrl' must be an absolute http or https address."))
    path = str(sent.get("path") or "").strip("/")
    _refuse_taken_path(call, path, sent)
    names = {**_KEY_NAMES, **section(sent, "subscriptionKeyParameterNames")}
    sign_in = section(sent, "authenticationSettings")
    if source is not None and existing is None:
        revisions.copy_children(call, source, call.id)
    if operations is not None:
        _plant(call, operations)
    defaults = {
        "displayName": sent["displayName"],
        "apiRevision": _revision(call, existing, sent),
        "description": None,
        "subscriptionRequired": True,
        "serviceUrl": None,
        "path": path,
        "protocols": ["https"],
        "authenticationSettings": {"oAuth2": None, "openid": None} | sign_in,
        "subscriptionKeyParameterNames": names,
        # Where it stands; what it says is found out when it is shown.
        "isCurrent": True,
    }
    chosen = ("description", "subscriptionRequired", "serviceUrl", "protocols")
    made = {**defaults, **{name: sent[name] for name in chosen if sent.get(name) is not None}}
    return made | fields(sent, {}, _ECHOED), {}


def _plant(call: Call, operations: Sequence[tuple[str, Json]]) -> None:
    """The operations of an imported document in the place of those that there were."""
    for old in call.store.children(call.id, OPERATION.kind):
        uproot(call.store, old.id)
    for name, properties in operations:
        id = f"{call.id}/operations/{name}"
        body = {"id": id, "type": OPERATION.type, "name": name, "properties": properties}
        call.store.put(Document(id, OPERATION.kind, body, {}, apim_etag(call.azure)))


def _revision(call: Call, existing: Document | None, sent: Json) -> str:
    if existing is not None:
        return revisions.number(existing)
    return revisions.split(call.name)[1] or str(sent.get("apiRevision") or "1")


def _source(call: Call, sent: Json) -> Document | None:
    """The API or revision that a new one is made from."""
    wanted = str(sent.get("sourceApiId") or "")
    if not wanted:
        return None
    name = last_segment(wanted.rstrip("/"))
    found = revisions.find(call.store, service_id(call), name)
    if found is None:
        raise validation_error(("sourceApiId", f"Api '{name}' not found."))
    return found


def _inherited(source: Document) -> Json:
    """What a new revision has of its source unless the request says otherwise."""
    properties = source.body["properties"]
    return {name: properties[name] for name in _HANDED_ON if properties.get(name) is not None}


def _refuse_taken_path(call: Call, path: str, sent: Json) -> None:
    """Two current APIs share a path only as versions of one set."""
    base = revisions.split(call.name)[0].lower()
    for item in children_of_kind(call, "apis"):
        properties = item.body["properties"]
        if (
            revisions.split(item.body["name"])[0].lower() == base
            or properties["path"].lower() != path.lower()
        ):
            continue
        if sent.get("apiVersionSetId") and properties.get("apiVersion") != sent.get("apiVersion"):
            continue
        other = properties["displayName"]
        text = f"Cannot create API '{sent['displayName']}' with the same Path '{path}' as API '{other}'."
        raise validation_error(("path", text))


def _shown(call: Call, document: Document) -> Json:
    return revisions.shown(call.store, document)


def _listed(call: Call, document: Document) -> Json:
    """In lists two objects are null (recorded: apim_cli_core_service t3)."""
    body = _shown(call, document)
    nulls = {"authenticationSettings": None, "subscriptionKeyParameterNames": None}
    return {**body, "properties": {**body["properties"], **nulls}}


def _remove(child: Child, call: Call) -> Reply:
    """One revision, or with deleteRevisions the whole API; the current one does not go alone (reported in
    apiops issue 184)."""
    open_service(call, child.type)
    found = call.document()
    if found is None:
        return Reply(204)
    api = revisions.split(found.body["name"])[0]
    service = service_id(call)
    all_of_it = revisions.revisions(call.store, service, api)
    whole = len(all_of_it) == 1 or call.query.get("deleterevisions", "").lower() == "true"
    if not whole and found == revisions.current(call.store, service, api):
        raise apim_error(400, "ValidationError", "Cannot delete the current revision of an API.")
    check_match(call, found, stale)
    for document in all_of_it if whole else [found]:
        uproot(call.store, document.id)
    if whole:
        _unlink(call, api)
        revisions.forget(call.store, service, api)
    return deferred.deleted(call, found)


def _unlink(call: Call, api: str) -> None:
    """An API that goes leaves its products."""
    for product in children_of_kind(call, "products"):
        call.store.delete(f"{product.id}/apis/{api}")


def alone(call: Call) -> Exclusion:
    """One write at a time inside an API (reported in apiops issues 141, 379 and 497)."""
    head, _, tail = call.id.partition("/apis/")
    id = f"{head}/apis/{revisions.split(tail.split('/')[0])[0]}"
    text = "Operation on the API is in progress"
    return Exclusion(id, WRITE_SECONDS, lambda: apim_error(409, "PessimisticConcurrencyConflict", text))


def _operation(call: Call, existing: Document | None, sent: Json) -> Content:
    require_fields(sent, "displayName", "method", "urlTemplate")
    method, template = str(sent["method"]), str(sent["urlTemplate"])
    if not _METHOD.fullmatch(method):
        raise validation_error(("method", f"'{method}' is not an HTTP method."))
    wanted = set(re.findall(r"\{\*?([^{}?]+)\}", template.split("?")[0]))
    declared = {str(item.get("name")) for item in objects(sent, "templateParameters")}
    if not wanted <= declared:
        text = "All template parameters used in the UriTemplate must be defined in the Operation."
        raise validation_error(("templateParameters", text))
    for item in call.store.children(call.id.rsplit("/", 2)[0], OPERATION.kind):
        other = item.body["properties"]
        if item.id.lower() != call.id.lower() and (other["method"], other["urlTemplate"]) == (
            method,
            template,
        ):
            text = f"Operation with the same METHOD and URL template already exists: {method}, {template}"
            raise validation_error(("urlTemplate", text))
    defaults: Json = {
        "displayName": None,
        "method": None,
        "urlTemplate": None,
        "templateParameters": [],
        "description": None,
        "request": None,
        "responses": [],
        "policies": None,
    }
    return fields(sent, defaults), {}


API = Child(
    "apis/{api}",
    "Api",
    _content,
    shown=_shown,
    listed=_listed,
    remove=_remove,
    poll=deferred.poll,
    exclusive=alone,
    types={
        **dict.fromkeys(
            ("displayName", "description", "serviceUrl", "path", "apiVersion", "apiVersionSetId"), str
        ),
        **dict.fromkeys(("subscriptionRequired", "isCurrent"), bool),
        **dict.fromkeys((f"subscriptionKeyParameterNames.{name}" for name in (*_KEY_NAMES, "bearer")), str),
        "protocols": list,
    },
)
OPERATION = Child(
    "apis/{api}/operations/{operation}",
    "Operation",
    _operation,
    exclusive=alone,
    types=dict.fromkeys(("displayName", "description", "method", "urlTemplate"), str),
)
ROUTES = (*API.routes, *OPERATION.routes)
