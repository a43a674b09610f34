"""APIs and their operations. Recorded: apim_cli_api_policy 1-2, apim_cli_core_service m2-m3 and t1-t5."""

import re

from apimlb.http import is_url
from apimlb.local.arm.apim import deferred
from apimlb.local.arm.apim.children import Child, Content, children_of_kind, fields, require_fields
from apimlb.local.arm.call import Call, objects, section
from apimlb.local.arm.errors import apim_error, validation_error
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
_KEY_NAMES = {"header": "Ocp-Apim-Subscription-Key", "query": "subscription-key"}
_METHOD = re.compile(r"[A-Za-z*]{1,32}")


def _content(call: Call, existing: Document | None, sent: Json) -> Content:
    """Synchronous, without an operation (recorded: apim_cli_core_service m2)."""
    if sent.get("value") or sent.get("format") or sent.get("sourceApiId"):
        text = "The local Azure does not import APIs: send the API's properties, then its operations."
        raise validation_error(("format", text))
    require_fields(sent, "displayName")
    if sent.get("serviceUrl") and not is_url(sent["serviceUrl"]):
        raise validation_error(("serviceUrl", "'serviceUrl' must be an absolute http or https address."))
    path = str(sent.get("path") or "").strip("/")
    _refuse_taken_path(call, path, sent)
    names = {**_KEY_NAMES, **section(sent, "subscriptionKeyParameterNames")}
    sign_in = section(sent, "authenticationSettings")
    revision = re.fullmatch(r".*;rev=(\d+)", call.name)
    defaults = {
        "displayName": sent["displayName"],
        "apiRevision": revision.group(1) if revision else "1",
        "description": None,
        "subscriptionRequired": True,
        "serviceUrl": None,
        "path": path,
        "protocols": ["https"],
        "authenticationSettings": {"oAuth2": None, "openid": None} | sign_in,
        "subscriptionKeyParameterNames": names,
        "isCurrent": revision is None,
    }
    chosen = ("description", "subscriptionRequired", "serviceUrl", "protocols", "isCurrent")
    made = {**defaults, **{name: sent[name] for name in chosen if sent.get(name) is not None}}
    return made | fields(sent, {}, _ECHOED), {}


def _refuse_taken_path(call: Call, path: str, sent: Json) -> None:
    """Two current APIs share a path only as versions of one set."""
    base = call.name.partition(";rev=")[0].lower()
    for item in children_of_kind(call, "apis"):
        properties = item.body["properties"]
        if (
            item.body["name"].partition(";rev=")[0].lower() == base
            or properties["path"].lower() != path.lower()
        ):
            continue
        if sent.get("apiVersionSetId") and properties.get("apiVersion") != sent.get("apiVersion"):
            continue
        other = properties["displayName"]
        text = f"Cannot create API '{sent['displayName']}' with the same Path '{path}' as API '{other}'."
        raise validation_error(("path", text))


def _listed(call: Call, document: Document) -> Json:
    """In lists two objects are null (recorded: apim_cli_core_service t3)."""
    nulls = {"authenticationSettings": None, "subscriptionKeyParameterNames": None}
    return {**document.body, "properties": {**document.body["properties"], **nulls}}


def _unlink(call: Call, document: Document) -> None:
    """An API that goes leaves its products."""
    for product in children_of_kind(call, "products"):
        call.store.delete(f"{product.id}/apis/{document.body['name']}")


def alone(call: Call) -> Exclusion:
    """One write at a time inside an API (reported in apiops issues 141, 379 and 497)."""
    head, _, tail = call.id.partition("/apis/")
    id = f"{head}/apis/{tail.split('/')[0]}"
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
    listed=_listed,
    guard=_unlink,
    deleted=deferred.deleted,
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
