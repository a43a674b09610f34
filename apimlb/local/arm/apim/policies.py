"""Policies of every scope, and policy fragments: compiled before they are stored.

Recorded: apim_cli_api_policy 3-4, apim_aso_20240501_crud_a 57-72. A refused document leaves the old one as it
is; the shape of the refusal was reported in azure-docs issue 122455.
"""

from apimlb.errors import PolicyError
from apimlb.local.arm.apim import deferred
from apimlb.local.arm.apim.children import (
    Child,
    Content,
    children_of_kind,
    require,
    require_fields,
    service_id,
)
from apimlb.local.arm.apim.policy_text import written
from apimlb.local.arm.call import Call, PolicySource, Reply
from apimlb.local.arm.errors import apim_error, validation_error
from apimlb.local.arm.policy_check import NO_XML
from apimlb.local.store import Document, Json
from apimlb.policy.document.reader import Element, read, substitute

_TYPES = {"format": str, "value": str}
_FORMATS = {"xml": "xml", "rawxml": "rawxml"}


def _source(call: Call, sent: Json, scope: str) -> PolicySource:
    require_fields(sent, "value")
    format = str(sent.get("format") or "xml").lower()
    if format not in _FORMATS:
        text = (
            f"The local Azure takes policies of format xml and rawxml, not '{format}': send the text itself."
        )
        raise validation_error(("format", text))
    return PolicySource(str(sent["value"]), format, scope, named_values(call), fragments(call))


def named_values(call: Call) -> dict[str, str]:
    """The service's named values by display name, secrets included."""
    found = children_of_kind(call, "namedvalues")
    return {item.body["properties"]["displayName"]: item.hidden["value"] for item in found}


def fragments(call: Call) -> dict[str, str]:
    """The service's policy fragments by id."""
    return {item.body["name"]: item.hidden["rawxml"] for item in children_of_kind(call, "policyfragments")}


def _check(call: Call, source: PolicySource) -> None:
    """Raise ValidationError, with a detail for every problem, for a document that Azure would refuse."""
    try:
        call.azure.check_policy(source)
    except PolicyError as refusal:
        if refusal.code == NO_XML:
            # Azure/apiops issue 160.
            text = f"The policy fragment is not a valid XML: {refusal.what}"
            raise apim_error(400, "ValidationError", text) from refusal
        problems = getattr(refusal, "problems", ()) or (refusal,)
        details = [
            {
                "code": problem.code or "ValidationError",
                "target": getattr(problem, "target", "") or "representation",
                "message": problem.what,
            }
            for problem in problems
        ]
        text = "One or more fields contain incorrect values:"
        raise apim_error(400, "ValidationError", text, details) from refusal
    root = read(substitute(source.text, source.named_values), "rawxml")
    missing = [
        item for item in root.descendants() if item.tag == "set-backend-service" and _dangling(call, item)
    ]
    if missing:
        raise validation_error(*((item.tag, _no_backend(item)) for item in missing))


def _dangling(call: Call, element: Element) -> bool:
    """Whether the element names a backend, not by an expression, that does not exist."""
    wanted = element.attributes.get("backend-id")
    if wanted is None or wanted.is_expression:
        return False
    return call.store.get(f"{service_id(call)}/backends/{wanted.value}") is None


def _no_backend(element: Element) -> str:
    """Reported in apiops issue 797."""
    return (
        f"Error in element '{element.tag}' on line {element.line}, column {element.column}: Backend with id "
        f"'{element.attributes['backend-id'].value}' could not be found."
    )


def _policy(path: str, scope: str) -> Child:
    def content(call: Call, existing: Document | None, sent: Json) -> Content:
        source = _source(call, sent, scope)
        _check(call, source)
        return {"format": "xml", "value": _xml(source)}, {"rawxml": _raw(call, source)}

    return Child(path, "Policy", content, shown=_shown, listed=_shown, named=_named, types=_TYPES)


def _xml(source: PolicySource) -> str:
    return written(source.text, escape=True, escaped=source.format == "xml")


def _raw(call: Call, source: PolicySource) -> str:
    """The text with its expressions as they are: what a gateway reads."""
    if source.format == "rawxml" and not call.azure.settings.rewrites_policies:
        return source.text
    return written(source.text, escape=False, escaped=source.format == "xml")


def _named(call: Call) -> None:
    if call.name.lower() != "policy":
        raise apim_error(400, "ValidationError", f"The policy's name must be 'policy', not '{call.name}'.")


def _shown(call: Call, document: Document) -> Json:
    """`?format=rawxml` asks for the text with its expressions as they are."""
    if call.request.method != "GET" or call.query.get("format", "").lower() != "rawxml":
        return document.body
    return {**document.body, "properties": {"format": "rawxml", "value": document.hidden["rawxml"]}}


def _fragment_content(call: Call, existing: Document | None, sent: Json) -> Content:
    source = _source(call, sent, "fragment")
    others = {name: text for name, text in source.fragments.items() if name.lower() != call.name.lower()}
    _check(call, PolicySource(source.text, source.format, "fragment", source.named_values, others))
    # Recorded without format: apim_aso_20240501_crud_a 64.
    properties = {"description": sent.get("description"), "value": _xml(source)}
    return {**properties, "provisioningState": "Succeeded"}, {"rawxml": _raw(call, source)}


def _fragment_shown(call: Call, document: Document) -> Json:
    """With a lower-case collection in the id (recorded: apim_aso_20240501_crud_a 64)."""
    id = document.id.replace("/policyFragments/", "/policyfragments/")
    body = {**document.body, "id": id}
    if call.query.get("format", "").lower() == "rawxml":
        properties = {**body["properties"], "format": "rawxml", "value": document.hidden["rawxml"]}
        return {**body, "properties": properties}
    return body


def _fragment_guard(call: Call, document: Document) -> None:
    """A fragment that a policy includes cannot be deleted."""
    for item in _including(call, document):
        raise validation_error(
            ("fragment", f"Policy fragment '{document.body['name']}' is in use by '{item.id}'.")
        )


POLICIES = (
    _policy("policies/{policy}", "global"),
    _policy("apis/{api}/policies/{policy}", "api"),
    _policy("apis/{api}/operations/{operation}/policies/{policy}", "operation"),
    _policy("products/{product}/policies/{policy}", "product"),
)
FRAGMENT = Child(
    "policyFragments/{fragment}",
    "Policy fragment",
    _fragment_content,
    shown=_fragment_shown,
    listed=_fragment_shown,
    guard=_fragment_guard,
    answer=deferred.answer,
    poll=deferred.poll,
    little_endian=True,
    types={**_TYPES, "description": str},
    posts={"listReferences": lambda call: list_references(call)},
)


def list_references(call: Call) -> Reply:
    """The policies that include the fragment."""
    found = require(FRAGMENT, call.subject())
    users = _including(call, found)
    rows = [{"id": item.id, "name": item.body["name"], "type": item.body["type"]} for item in users]
    return Reply(200, {"value": rows, "count": len(rows)}, indented=True)


def _including(call: Call, fragment: Document) -> list[Document]:
    """The policies and other fragments that include a fragment."""
    values, wanted = named_values(call), fragment.body["name"].lower()
    return [
        item
        for item in call.store.descendants(service_id(call))
        if item.id != fragment.id and wanted in _included(item, values)
    ]


def _included(item: Document, values: dict[str, str]) -> set[str]:
    """The fragments that a policy includes, in lower case; none for what is no policy, or reads no more with
    the named values as they are now."""
    try:
        root = read(substitute(item.hidden.get("rawxml", ""), values))
    except PolicyError:
        return set()
    includes = (element for element in root.descendants() if element.tag == "include-fragment")
    return {each.attributes["fragment-id"].value.lower() for each in includes}


ROUTES = tuple(route for child in (*POLICIES, FRAGMENT) for route in child.routes)
