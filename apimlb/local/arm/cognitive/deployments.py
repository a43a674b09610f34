"""Model deployments. Recorded: cog_aso_deployment 9-14."""

from dataclasses import replace

from apimlb.local.arm import errors
from apimlb.local.arm.call import Azure, Call, Reply, check_match, merged, section
from apimlb.local.arm.cognitive import quota
from apimlb.local.arm.cognitive.accounts import ACCOUNT, alone, operation_url, require_account
from apimlb.local.arm.cognitive.catalogue import Model, Offer, find
from apimlb.local.arm.cognitive.content_filters import require_filter
from apimlb.local.arm.errors import ArmError
from apimlb.local.arm.groups import require_group
from apimlb.local.arm.locations import Region, region
from apimlb.local.arm.operations import Effect, Operation
from apimlb.local.arm.routes import Exclusion, Route, crud
from apimlb.local.store import Document, Json
from apimlb.numerals import is_digits

TYPE = "Microsoft.CognitiveServices/accounts/deployments"
KIND = TYPE.lower()
WRITE_SECONDS = 2.0
_DEPLOYMENT = f"{ACCOUNT}/deployments/{{deployment}}"
_ECHOED = ("raiPolicyName", "dynamicThrottlingEnabled", "spilloverDeploymentName", "parentDeploymentName")


def put_deployment(call: Call) -> Reply:
    """201 or 200, Succeeded at once (recorded: cog_aso_deployment 9, 11)."""
    sent = call.body()
    account = _account_for_write(call)
    existing = call.document()
    check_match(call, existing, _stale)
    properties = section(sent, "properties")
    # Without a sku at the top level Azure takes Standard, capacity 1 (reported in bicep issue 16642).
    sku = section(sent, "sku") or {"name": "Standard", "capacity": 1}
    model, offer = _choose(call, account, properties, sku, existing)
    capacity = _capacity(sku, offer)
    require_filter(call, account, properties.get("raiPolicyName"))
    quota.require(call.azure, _region(account).name, model, offer, capacity, call.id)
    body = _body(call, existing, model, offer, capacity, properties)
    body |= {"tags": sent["tags"]} if sent.get("tags") else {}
    return _store(call, body, 200 if existing else 201)


def patch_deployment(call: Call) -> Reply:
    """Only tags and sku can be patched."""
    sent = call.body()
    account = _account_for_write(call)
    existing = call.document()
    if existing is None:
        raise _missing(call)
    check_match(call, existing, _stale)
    sku = merged(existing.body["sku"], section(sent, "sku"))
    properties = existing.body["properties"]
    model, offer = _choose(call, account, properties, sku, existing)
    capacity = _capacity(sku, offer)
    quota.require(call.azure, _region(account).name, model, offer, capacity, call.id)
    body = _body(call, existing, model, offer, capacity, properties)
    tags = merged(existing.body.get("tags", {}), section(sent, "tags"))
    return _store(call, body | ({"tags": tags} if tags else {}), 200)


def _account_for_write(call: Call) -> Document:
    group = require_group(call, writing=True)
    id = f"{group.id}/providers/Microsoft.CognitiveServices/accounts/{call.names['account']}"
    found = call.store.get(id)
    if found is None:
        raise errors.parent_not_found("accounts/deployments", id)
    return found


def _region(account: Document) -> Region:
    found = region(account.body["location"])
    if found is None:
        raise LookupError(account.body["location"])
    return found


def _choose(
    call: Call, account: Document, properties: Json, sku: Json, existing: Document | None
) -> tuple[Model, Offer]:
    """The model and the SKU that the body asks for; raises `ArmError` in Azure's words when there is none."""
    wanted = section(properties, "model")
    name, version = str(wanted.get("name") or ""), str(wanted.get("version") or "")
    model = find(name, version or None)
    if model is None or wanted.get("format") != "OpenAI":
        text = f"Format: {wanted.get('format')}, Name: {name}, Version: {version}"
        message = f"The model '{text}' of account deployment is not supported."
        raise ArmError(400, "DeploymentModelNotSupported", message)
    _refuse_retired(call, model, existing)
    sku_name = str(sku.get("name") or "")
    offer = model.offer(sku_name)
    if offer is None:
        raise ArmError(
            400,
            "InvalidResourceProperties",
            f"The specified SKU '{sku_name}' of account deployment is not supported by the model "
            f"'{model.name}' version: '{model.version}'.",
        )
    place = _region(account).name
    if not offer.in_region(place):
        raise ArmError(
            400,
            "InvalidResourceProperties",
            f"The specified SKU '{offer.sku}' for model '{model.name} {model.version}' is not supported in "
            f"this region '{place}'.",
        )
    return model, offer


def _refuse_retired(call: Call, model: Model, existing: Document | None) -> None:
    """A retired model cannot be deployed; what runs on it can still be resized."""
    kept = existing and existing.body["properties"]["model"]
    if not model.retired(call.azure.clock.now()) or (
        kept and (kept["name"], kept["version"]) == (model.name, model.version)
    ):
        return
    year, month, day = model.retires.split("-")
    raise ArmError(
        400,
        "ServiceModelDeprecated",
        f"The model 'Format:OpenAI,Name:{model.name},Version:{model.version}' has been deprecated since "
        f"{month}/{day}/{year} 00:00:00.",
    )


def _capacity(sku: Json, offer: Offer) -> int:
    capacity = sku.get("capacity", 1)
    # The Azure CLI sends it as text, and Azure takes it.
    if isinstance(capacity, str) and is_digits(capacity):
        capacity = int(capacity)
    if type(capacity) is not int or not offer.minimum <= capacity <= offer.maximum:
        # Azure's words (reported in microsoft-foundry-for-vscode issues 158 and 331).
        raise _odd_capacity(capacity, f"at least {offer.minimum} and no more than {offer.maximum}")
    if capacity % offer.step:
        raise _odd_capacity(capacity, f"a multiple of {offer.step}")
    return capacity


def _odd_capacity(capacity: object, wanted: str) -> ArmError:
    text = f"The specified capacity '{capacity}' of account deployment should be {wanted}."
    return ArmError(400, "InvalidCapacity", text)


def _body(
    call: Call, existing: Document | None, model: Model, offer: Offer, capacity: int, properties: Json
) -> Json:
    upgrade = properties.get("versionUpgradeOption") or "OnceNewDefaultVersionAvailable"
    rates = offer.rates(capacity)
    described = {"publisher": "OpenAI", "format": "OpenAI", "name": model.name, "version": model.version}
    echoed = {name: properties[name] for name in _ECHOED if properties.get(name) is not None}
    return {
        "id": existing.id if existing else call.id,
        "type": TYPE,
        "name": existing.body["name"] if existing else call.name,
        "sku": {"name": offer.sku, "capacity": capacity},
        "properties": {
            "model": described,
            "versionUpgradeOption": upgrade,
            "currentCapacity": capacity,
            **echoed,
            "capabilities": _capabilities(call, model),
            "provisioningState": "Succeeded",
            **({"rateLimits": rates} if rates else {}),
        },
        "systemData": call.system_data(existing.body["systemData"] if existing else None),
    }


def _capabilities(call: Call, model: Model) -> Json:
    """Recorded: cog_aso_deployment 9, 11."""
    zone = _region(require_account(call)).zone
    return {**({"area": zone.upper()} if model.area and zone else {}), **dict(model.capabilities)}


def _store(call: Call, body: Json, status: int) -> Reply:
    """Only a write that is to end otherwise is an operation, the end of which the caller has to ask for."""
    azure, etag = call.azure, call.azure.guid()
    body = {**body, "etag": f'"{etag}"'}
    outcome = azure.operations.ordered()
    headers: list[tuple[str, str]] = []
    if outcome is not None:
        body["properties"] = {**body["properties"], "provisioningState": "Creating"}
        token, seconds = azure.guid(), azure.settings.seconds(WRITE_SECONDS)
        azure.operations.start(
            "finish-deployment", call.id, seconds, token, outcome=outcome, running="Creating"
        )
        location = _region(require_account(call)).name
        headers.append(("Azure-AsyncOperation", operation_url(call, location, token)))
    call.stored(body, {}, etag)
    return Reply(status, body, headers, etag)


def finish_deployment(azure: Azure, operation: Operation) -> None:
    found = azure.store.get(operation.target)
    if found is not None:
        body = merged(found.body, {"properties": {"provisioningState": "Succeeded"}})
        azure.store.put(replace(found, body=body))


def _missing(call: Call) -> ArmError:
    """The provider's own words, without a failure cause (recorded: cog_aso_deployment 14)."""
    return ArmError(404, "NotFound", f"Specified resource '{call.id}' cannot be found.")


def _stale() -> ArmError:
    return ArmError(412, "IfMatchPreconditionFailed", "The specified precondition 'If-Match' failed.")


def get_deployment(call: Call) -> Reply:
    require_account(call)
    found = call.document()
    if found is None:
        raise _missing(call)
    return Reply(200, found.body, etag=found.etag)


def delete_deployment(call: Call) -> Reply:
    require_account(call)
    found = call.document()
    check_match(call, found, _stale)
    call.store.delete(call.id)
    return Reply(200 if found else 204)


def list_deployments(call: Call) -> Reply:
    found = call.store.children(require_account(call).id, KIND)
    return Reply(200, {"value": [item.body for item in found]})


def list_deployment_skus(call: Call) -> Reply:
    """The SKUs that the deployment could have, with their capacities."""
    require_account(call)
    found = call.store.get(call.id.rpartition("/")[0])
    if found is None:
        raise _missing(call)
    wanted = found.body["properties"]["model"]
    model = find(wanted["name"], wanted["version"])
    rows = [
        {
            "resourceType": TYPE,
            "sku": {"name": offer.sku},
            "capacity": {
                "minimum": offer.minimum,
                "maximum": offer.maximum,
                "step": offer.step,
                "default": offer.default,
            },
        }
        for offer in (model.offers if model else ())
    ]
    return Reply(200, {"value": rows})


def _alone(call: Call) -> Exclusion:
    return alone(call, WRITE_SECONDS)


ROUTES = (
    *crud(
        _DEPLOYMENT,
        get=get_deployment,
        put=put_deployment,
        patch=patch_deployment,
        delete=delete_deployment,
        listed=list_deployments,
        exclusive=_alone,
    ),
    Route("GET", f"{_DEPLOYMENT}/skus", list_deployment_skus),
)
EFFECTS: dict[str, Effect] = {"finish-deployment": finish_deployment}
