"""Cognitive Services accounts: create, read, update, delete, keys.

Answers as recorded in cog_aso_deployment 2-16 and cog_cli_softdelete 1-9.
"""

import re

from apimlb.local.arm import errors
from apimlb.local.arm.call import Azure, Call, Reply, check_match, merged, section
from apimlb.local.arm.cognitive import deleted_accounts, shape
from apimlb.local.arm.cognitive.deleted_accounts import account_etag
from apimlb.local.arm.errors import ArmError, invalid_content
from apimlb.local.arm.groups import require_group
from apimlb.local.arm.identities import identity_block
from apimlb.local.arm.locations import OPENAI_REGIONS, region
from apimlb.local.arm.operations import Effect, Operation
from apimlb.local.arm.routes import GROUP, Exclusion, Route, crud
from apimlb.local.store import Document, Json, kind_of

TYPE = "Microsoft.CognitiveServices/accounts"
KIND = TYPE.lower()
ACCOUNT = f"{GROUP}/providers/{TYPE}/{{account}}"
CREATE_SECONDS = 15.0
UPDATE_SECONDS = 5.0

# What a request may set in `properties`, besides the subdomain.
_WRITABLE = (
    "allowedFqdnList",
    "apiProperties",
    "disableLocalAuth",
    "dynamicThrottlingEnabled",
    "encryption",
    "networkAcls",
    "publicNetworkAccess",
    "restrictOutboundNetworkAccess",
    "userOwnedStorage",
    *shape.FOUNDRY,
)
_DEFAULTS: Json = {"apiProperties": {}, "publicNetworkAccess": "Enabled"}


def require_account(call: Call) -> Document:
    """The account that the path names; raises ResourceNotFound (recorded: cog_aso_deployment 16)."""
    group = require_group(call)
    found = call.store.get(f"{group.id}/providers/{TYPE}/{call.names['account']}")
    if found is None:
        raise errors.resource_not_found(f"{TYPE}/{call.names['account']}", call.names["group"])
    return found


def alone(call: Call, seconds: float = 0.0) -> Exclusion:
    """One write at a time under an account."""
    id = f"{call.id.rsplit('/accounts/', 1)[0]}/accounts/{call.names['account']}"
    text = f"Another operation is being performed on the parent resource '{id}'. Please try again later."
    return Exclusion(id, seconds, lambda: ArmError(409, "RequestConflict", text))


def put_account(call: Call) -> Reply:
    sent = call.body()
    require_group(call, writing=True)
    if section(sent, "properties").get("restore") is True:
        return deleted_accounts.restore(call)
    existing = call.document()
    if existing:
        return _write(call, existing, _update(call, existing, sent))
    _check_new(call, sent)
    return _create(call, sent)


def _check_new(call: Call, sent: Json) -> None:
    if not re.fullmatch(r"[a-zA-Z0-9][\w.-]{1,63}", call.name):
        text = f"The account name '{call.name}' is invalid: 2 to 64 letters, digits, '-', '_' or '.'."
        raise ArmError(400, "AccountNameInvalid", text)
    location, kind = sent.get("location"), sent.get("kind")
    place = region(location)
    if place is None or not place.openai:
        raise errors.location_not_available(str(location), TYPE, OPENAI_REGIONS)
    if kind not in shape.KINDS:
        text = f"The account type '{kind}' is either invalid or unavailable in given region."
        raise ArmError(400, "InvalidApiSetId", text)
    if section(sent, "sku").get("name") != "S0":
        raise ArmError(
            400, "InvalidSku", f"The sku '{section(sent, 'sku').get('name')}' is invalid for kind '{kind}'."
        )
    deleted_accounts.refuse_soft_deleted(call)
    _check_subdomain(call, section(sent, "properties").get("customSubDomainName"))


def _check_subdomain(call: Call, subdomain: object) -> None:
    if subdomain is None:
        return
    if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,62}[a-zA-Z0-9]", str(subdomain)):
        raise ArmError(400, "BadRequest", f"The subdomain name '{subdomain}' is invalid.")
    if str(subdomain).lower() in deleted_accounts.subdomains(call.store):
        raise ArmError(
            409,
            "CustomDomainInUse",
            f"Please pick a different name. The subdomain name '{subdomain}' is not available as it's "
            "already used by a resource. If the resource using the name was deleted in the last 48 hours, "
            "you may need to purge it.",
        )


def _create(call: Call, sent: Json) -> Reply:
    """201 with provisioningState Creating, and the operation to poll; no Location, no Retry-After (recorded:
    cog_aso_deployment 2)."""
    azure, kind, location = call.azure, sent["kind"], str(sent["location"])
    properties = section(sent, "properties")
    etag = account_etag(azure)
    body: Json = {
        "id": call.id,
        "name": call.name,
        "type": TYPE,
        "etag": f'"{etag}"',
        "location": location,
        **({"tags": sent["tags"]} if sent.get("tags") else {}),
        "sku": {"name": "S0"},
        "kind": kind,
        "properties": _properties(azure, kind, location, properties),
    }
    body = _with_identity(body, identity_block(azure, call.name, sent.get("identity"), None))
    body["systemData"] = call.system_data()
    call.stored(body, {"key1": azure.hex(32), "key2": azure.hex(32)}, etag)
    token = azure.guid()
    azure.operations.start(
        "create-account", call.id, azure.settings.seconds(CREATE_SECONDS), token, running="Creating"
    )
    headers = [("Azure-AsyncOperation", operation_url(call, location, token)), *_wait(call)]
    return Reply(201, shape.shown(body, call.api_version), headers, etag)


def _wait(call: Call) -> list[tuple[str, str]]:
    """When to look again while something is under way. Azure does not say (recorded: cog_aso_deployment 2),
    so only a scaled clock does."""
    pending = call.azure.operations.pending(call.id)
    seconds = call.azure.settings.retry_after(None) if pending else None
    return [("Retry-After", str(seconds))] if seconds else []


def operation_url(call: Call, location: str, token: str, **query: str) -> str:
    """Always with this old api-version (recorded: cog_aso_deployment 2)."""
    subscription = call.azure.settings.subscription_id
    path = f"/subscriptions/{subscription}/providers/Microsoft.CognitiveServices/locations/{location}"
    return call.url(f"{path}/operationResults/{token}", **{"api-version": "2017-04-18", **query})


def _properties(azure: Azure, kind: str, location: str, sent: Json) -> Json:
    subdomain = sent.get("customSubDomainName")
    chosen = {**_DEFAULTS, **{name: sent[name] for name in _WRITABLE if sent.get(name) is not None}}
    return {
        "endpoint": shape.endpoint(kind, location, subdomain),
        "internalId": azure.hex(32),
        "dateCreated": azure.time(),
        "apiProperties": chosen.pop("apiProperties"),
        "callRateLimit": shape.call_rate_limit(),
        "isMigrated": False,
        **({"customSubDomainName": subdomain} if subdomain else {}),
        "privateEndpointConnections": [],
        **chosen,
        "capabilities": shape.capabilities(),
        "endpoints": shape.endpoints(kind, location, subdomain),
        "provisioningState": "Creating",
    }


def end_create_account(azure: Azure, operation: Operation) -> None:
    """The etag changes when creation ends (recorded: cog_aso_deployment 7), and when an update does."""
    found = azure.store.get(operation.target)
    if found is None:
        return
    etag = account_etag(azure)
    body = merged(found.body, {"etag": f'"{etag}"', "properties": {"provisioningState": "Succeeded"}})
    azure.store.put(Document(found.id, found.kind, body, found.hidden, etag))


def patch_account(call: Call) -> Reply:
    existing, sent = require_account(call), call.body()
    body = existing.body
    before = {name: body["properties"][name] for name in _WRITABLE if name in body["properties"]}
    before["customSubDomainName"] = body["properties"].get("customSubDomainName")
    whole: Json = {"location": body["location"], "kind": body["kind"], "identity": body.get("identity")}
    whole |= {"tags": body.get("tags"), "sku": body["sku"], "properties": before}
    reply = _write(call, existing, _update(call, existing, merged(whole, sent)))
    seconds = call.azure.settings.seconds(UPDATE_SECONDS)
    return _under_way(call, reply, seconds) if seconds else reply


def _under_way(call: Call, reply: Reply, seconds: float) -> Reply:
    """202 with both headers while Azure is at it (Microsoft's description: 200 or 202)."""
    token, account = call.azure.guid(), require_account(call)
    body = merged(account.body, {"properties": {"provisioningState": "Accepted"}})
    call.stored(body, account.hidden, account.etag)
    call.azure.operations.start("update-account", account.id, seconds, token, running="Accepted")
    url = operation_url(call, str(body["location"]), token)
    headers = [("Azure-AsyncOperation", url), *_wait(call)]
    return Reply(202, shape.shown(body, call.api_version), headers, reply.etag)


def _update(call: Call, existing: Document, sent: Json) -> Json:
    """The account's body with what can be changed as sent; provisioningState moves to the second place
    (recorded: cog_cli_model)."""
    body = existing.body
    if sent.get("location") is not None and region(sent["location"]) != region(body["location"]):
        text = f"The resource '{call.name}' already exists in location '{body['location']}'."
        raise ArmError(409, "InvalidResourceLocation", text)
    kind = _kind(sent, body)
    old, new = body["properties"], section(sent, "properties")
    subdomain = _kept_subdomain(call, old.get("customSubDomainName"), new.get("customSubDomainName"))
    chosen = {**_DEFAULTS, **{name: new[name] for name in _WRITABLE if new.get(name) is not None}}
    made: Json = {"endpoint": old["endpoint"], "provisioningState": "Succeeded"}
    made |= {name: value for name, value in old.items() if name not in _WRITABLE or name in chosen}
    made |= chosen
    if subdomain:
        made["customSubDomainName"] = subdomain
        if subdomain != old.get("customSubDomainName"):  # a change of kind keeps where it answers
            made["endpoint"] = shape.endpoint(kind, body["location"], subdomain)
        made["endpoints"] = shape.endpoints(kind, body["location"], subdomain)
    made["provisioningState"] = "Succeeded"
    result = {**body, "kind": kind, "properties": made, "systemData": call.system_data(body["systemData"])}
    return _with_tags_and_identity(call, result, sent, body.get("identity"))


def _kind(sent: Json, body: Json) -> str:
    """An account of Azure OpenAI with a subdomain becomes one of Foundry in its place, by Azure's doing or
    somebody's, and can go back (Microsoft Learn, Automatic upgrade of Azure OpenAI to Foundry)."""
    kind = str(sent.get("kind") or body["kind"])
    if kind == body["kind"]:
        return kind
    if kind not in shape.KINDS:
        raise invalid_content(f"The kind of an account cannot be changed to '{kind}'.")
    if not body["properties"].get("customSubDomainName"):
        raise invalid_content(f"A custom subdomain is required to change the account's kind to '{kind}'.")
    return kind


def _with_tags_and_identity(call: Call, body: Json, sent: Json, before: Json | None) -> Json:
    body.pop("tags", None)
    if sent.get("tags"):
        body["tags"] = sent["tags"]
    return _with_identity(body, identity_block(call.azure, call.name, sent.get("identity"), before))


def _with_identity(body: Json, identity: Json | None) -> Json:
    """The names inside in alphabetical order (recorded: cog_aso_deployment 2)."""
    body.pop("identity", None)
    return body | ({"identity": dict(sorted(identity.items()))} if identity else {})


def _kept_subdomain(call: Call, old: str | None, new: object) -> str | None:
    """A subdomain can be given once and then neither changed nor taken away."""
    if new is None or new == old:
        return old
    if old is not None:
        raise ArmError(400, "BadRequest", f"The subdomain name '{old}' of the account cannot be changed.")
    _check_subdomain(call, new)
    return str(new)


def _write(call: Call, existing: Document, body: Json) -> Reply:
    check_match(call, existing, _stale)
    etag = account_etag(call.azure)
    body = {**body, "etag": f'"{etag}"'}
    call.stored(body, existing.hidden, etag)
    return Reply(200, shape.shown(body, call.api_version), etag=etag)


def _stale() -> ArmError:
    return ArmError(412, "IfMatchPreconditionFailed", "The specified precondition 'If-Match' failed.")


def get_account(call: Call) -> Reply:
    found = require_account(call)
    return Reply(200, shape.shown(found.body, call.api_version), _wait(call), found.etag)


def delete_account(call: Call) -> Reply:
    """200 at once, and the account is soft-deleted (recorded: cog_cli_softdelete 5)."""
    require_group(call)
    found = call.document()
    if found is None:
        return Reply(204)
    check_match(call, found, _stale)
    deleted_accounts.soft_delete(call.azure, found)
    return Reply(200)


def list_accounts(call: Call) -> Reply:
    found = (
        call.store.children(require_group(call).id, KIND)
        if "group" in call.names
        else call.store.of_kind(KIND)
    )
    return Reply(200, {"value": [shape.shown(item.body, call.api_version) for item in found]})


def list_keys(call: Call) -> Reply:
    found = require_account(call)
    _refuse_without_keys(found)
    return Reply(200, {"key1": found.hidden["key1"], "key2": found.hidden["key2"]})


def regenerate_key(call: Call) -> Reply:
    found = require_account(call)
    _refuse_without_keys(found, "regenerate")
    name = str(call.body().get("keyName"))
    if name not in ("Key1", "Key2"):
        raise invalid_content(f"The key name '{name}' is invalid: Key1 or Key2.")
    hidden = {**found.hidden, name.lower(): call.azure.hex(32)}
    call.store.put(Document(found.id, kind_of(found.id), found.body, hidden, found.etag))
    return Reply(200, {"key1": hidden["key1"], "key2": hidden["key2"]})


def _refuse_without_keys(account: Document, verb: str = "list") -> None:
    """The words are Azure's for a list of keys; for another key they are taken to be alike."""
    if account.body["properties"].get("disableLocalAuth"):
        raise ArmError(400, "BadRequest", f"Failed to {verb} key. disableLocalAuth is set to be true")


ROUTES = (
    *crud(
        ACCOUNT,
        get=get_account,
        put=put_account,
        patch=patch_account,
        delete=delete_account,
        listed=list_accounts,
        posts={"listKeys": list_keys, "regenerateKey": regenerate_key},
        exclusive=alone,
    ),
    Route("GET", f"/subscriptions/{{subscription}}/providers/{TYPE}", list_accounts),
)
EFFECTS: dict[str, Effect] = {"create-account": end_create_account, "update-account": end_create_account}
