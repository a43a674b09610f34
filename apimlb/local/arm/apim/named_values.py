"""Named values. Recorded: apim_cli_core_service t7-t11."""

import re

from apimlb.local.arm.apim import deferred
from apimlb.local.arm.apim.children import Child, Content, children_of_kind, require, require_fields
from apimlb.local.arm.call import Call, Reply
from apimlb.local.arm.errors import apim_error, validation_error
from apimlb.local.store import Document, Json

_DISPLAY_NAME = re.compile(r"[A-Za-z0-9._-]{1,256}")
_VALUE_LIMIT = 4096


def _content(call: Call, existing: Document | None, sent: Json) -> Content:
    require_fields(sent, "displayName")
    name, secret = str(sent["displayName"]), bool(sent.get("secret"))
    if not _DISPLAY_NAME.fullmatch(name):
        raise validation_error(
            (
                "displayName",
                "'displayName' may contain only letters, digits, periods, dashes and underscores.",
            )
        )
    twin = next(
        (item for item in children_of_kind(call, "namedvalues") if _display(item).lower() == name.lower()),
        None,
    )
    if twin is not None and twin.id.lower() != call.id.lower():
        raise validation_error(
            ("displayName", f"A named value with the display name '{name}' already exists.")
        )
    if sent.get("keyVault"):
        raise apim_error(
            400, "ValidationError", "The local Azure has no Key Vault: give the named value a value instead."
        )
    value = sent.get("value")
    if value is None and call.request.method == "PATCH" and existing:
        value = existing.hidden["value"]
    if not isinstance(value, str) or not 0 < len(value) <= _VALUE_LIMIT:
        raise validation_error(("value", f"'value' must be between 1 and {_VALUE_LIMIT} characters long."))
    # The value of a secret is in no answer but that of listValue.
    shown = {"displayName": name, **({} if secret else {"value": value})}
    return {**shown, "tags": sent.get("tags"), "secret": secret, "provisioningState": "Succeeded"}, {
        "value": value
    }


def _display(item: Document) -> str:
    return str(item.body["properties"]["displayName"])


def _shown(call: Call, document: Document) -> Json:
    """provisioningState is there since 2024-05-01 (recorded: apim_cli_core_service t8 without)."""
    if call.api_version >= "2024-05-01":
        return document.body
    properties = {
        name: value for name, value in document.body["properties"].items() if name != "provisioningState"
    }
    return {**document.body, "properties": properties}


def _guard(call: Call, document: Document) -> None:
    """A named value that a policy refers to cannot be deleted."""
    wanted = "{{" + _display(document).lower() + "}}"
    for item in call.store.descendants(document.id.rsplit("/", 2)[0]):
        if wanted in str(item.hidden.get("rawxml", "")).lower():
            text = f"Named value '{_display(document)}' is in use by '{item.id}' and cannot be deleted."
            raise validation_error(("namedValue", text))


def list_value(call: Call) -> Reply:
    """The value, secret or not, with the resource's etag (recorded: apim_cli_core_service t9)."""
    found = require(NAMED_VALUE, call.subject())
    return Reply(200, {"value": found.hidden["value"]}, etag=found.etag)


NAMED_VALUE = Child(
    "namedValues/{namedValue}",
    "Property",
    _content,
    shown=_shown,
    listed=_shown,
    guard=_guard,
    answer=deferred.answer,
    poll=deferred.poll,
    types={"displayName": str, "value": str, "secret": bool, "tags": list},
    posts={"listValue": list_value},
)
ROUTES = NAMED_VALUE.routes
