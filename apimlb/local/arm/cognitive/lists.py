"""What a region or an account can do: usages, models, SKUs, capacities, names; and the operations' polls."""

import re

from apimlb.clock import utc
from apimlb.http import last_segment
from apimlb.local.arm import errors
from apimlb.local.arm.call import Call, Reply
from apimlb.local.arm.cognitive import catalogue, deleted_accounts, quota
from apimlb.local.arm.cognitive.accounts import ACCOUNT, require_account
from apimlb.local.arm.cognitive.catalogue import Model, Offer
from apimlb.local.arm.errors import ArmError, invalid_content
from apimlb.local.arm.locations import OPENAI_REGIONS, REGIONS, Region, region
from apimlb.local.arm.operations import Operation
from apimlb.local.arm.routes import SUBSCRIPTION, Route
from apimlb.local.store import Json

_PROVIDER = f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices"
_LOCATION = f"{_PROVIDER}/locations/{{location}}"


def _region(call: Call) -> Region:
    found = region(call.names["location"])
    if found is None or not found.openai:
        kind = last_segment(call.id)
        raise errors.no_registered_provider(
            call.names["location"], call.api_version, f"locations/{kind}", OPENAI_REGIONS
        )
    return found


def list_usages(call: Call) -> Reply:
    """All of the region's, or by a `$filter` that of a name, the only parameter that its description has."""
    rows, text = quota.usages(call.azure, _region(call).name), call.query.get("$filter", "")
    wanted = re.fullmatch(r"\s*name\.value\s+eq\s+'([^']*)'\s*", text, re.IGNORECASE)
    if text and wanted is None:
        raise invalid_content(f"The filter '{text}' is not supported: write name.value eq 'name'.")
    found = [row for row in rows if wanted is None or row["name"]["value"].lower() == wanted[1].lower()]
    return Reply(200, {"value": found})


def list_account_usages(call: Call) -> Reply:
    require_account(call)
    return Reply(200, {"value": []})


def list_models(call: Call) -> Reply:
    """One row per model and kind of account (recorded: cog_cli_list_models 1)."""
    place = _region(call)
    # The region as this provider writes it here: the display name without spaces.
    location = place.display.replace(" ", "")
    base = f"/subscriptions/{call.azure.settings.subscription_id}/providers/Microsoft.CognitiveServices"
    rows = []
    for model in catalogue.in_region(place.name):
        name = f"OpenAI.{model.name}.{model.version}"
        for kind in ("OpenAI", "AIServices"):
            rows.append(
                {
                    "id": f"{base}/locations/{location}/models/{name}",
                    "type": "Microsoft.CognitiveServices/locations/models",
                    "name": name,
                    "location": location,
                    "kind": kind,
                    "skuName": "S0",
                    "model": _model(call, model, place.name),
                }
            )
    return Reply(200, {"value": rows})


def _model(call: Call, model: Model, place: str) -> Json:
    made = f"{model.created}T00:00:00Z"
    retired = model.retired(call.azure.clock.now())
    who = {"createdBy": "Microsoft", "createdByType": "Application", "createdAt": made}
    return {
        "format": "OpenAI",
        "name": model.name,
        "version": model.version,
        **({"description": model.described} if model.described else {}),
        "isDefaultVersion": model.default,
        "skus": [_sku(model, offer) for offer in model.offers if offer.in_region(place)],
        "maxCapacity": model.maximum,
        "capabilities": dict(model.capabilities),
        "deprecation": _deprecation(model),
        "lifecycleStatus": "Deprecated" if retired else "GenerallyAvailable",
        "systemData": {
            **who,
            "lastModifiedBy": "Microsoft",
            "lastModifiedByType": "Application",
            "lastModifiedAt": made,
        },
        "modelCatalogAssetId": model.asset,
        **_replacement(model),
    }


def _deprecation(model: Model) -> Json:
    inference = {"inference": f"{model.retires}T00:00:00Z"}
    if not model.tunes:
        return inference
    return {"fineTune": f"{model.tunes}T00:00:00Z", **inference, "deprecationStatus": "Planned"}


def _replacement(model: Model) -> Json:
    if model.follower is None:
        return {}
    name, version, day = model.follower
    return {
        "replacementConfig": {
            "targetModelName": name,
            "targetModelVersion": version,
            "autoUpgradeStartDate": f"{day}T00:00:00Z",
            "upgradeOnExpiryLeadTimeDays": 15,
        }
    }


def _sku(model: Model, offer: Offer) -> Json:
    """A minimum and a step are told of provisioned throughput alone (recorded: cog_cli_list_models 1)."""
    sizes = {"maximum": offer.maximum, "default": offer.default}
    if offer.provisioned:
        sizes = {
            "minimum": offer.minimum,
            "maximum": offer.maximum,
            "step": offer.step,
            "default": offer.default,
        }
    rates = offer.rates(1)
    return {
        "name": offer.sku,
        "usageName": offer.usage_name(model.name),
        "capacity": sizes,
        "deprecationDate": f"{model.retires}T00:00:00Z",
        **({"rateLimits": rates} if rates else {}),
    }


def list_account_models(call: Call) -> Reply:
    place = region(require_account(call).body["location"])
    models = catalogue.in_region(place.name) if place else []
    return Reply(200, {"value": [_model(call, model, place.name) for model in models if place]})


def list_capacities(call: Call) -> Reply:
    """What is left of the quota, per region and SKU; retired models too (Microsoft Learn, quotas)."""
    wanted = catalogue.find(call.query.get("modelname", ""), call.query.get("modelversion"))
    if wanted is None:
        return Reply(200, {"value": []})
    places = [_region(call)] if "location" in call.names else [REGIONS[name] for name in OPENAI_REGIONS]
    rows = [
        _capacity(call, wanted, offer, place)
        for place in places
        for offer in wanted.offers
        if offer.in_region(place.name)
    ]
    return Reply(200, {"value": rows})


def _capacity(call: Call, model: Model, offer: Offer, place: Region) -> Json:
    azure, name = call.azure, f"OpenAI.{model.name}.{model.version}.{offer.sku}"
    left = quota.limit(azure, place.name, model, offer)
    left -= quota.used(azure, place.name, offer.usage_name(model.name))
    base = f"/subscriptions/{azure.settings.subscription_id}/providers/Microsoft.CognitiveServices"
    return {
        "id": f"{base}/locations/{place.name}/modelCapacities/{name}",
        "type": "Microsoft.CognitiveServices/locations/modelCapacities",
        "name": name,
        "location": place.name,
        "properties": {
            "model": {"format": "OpenAI", "name": model.name, "version": model.version},
            "skuName": offer.sku,
            "availableCapacity": max(0, left),
            "availableFinetuneCapacity": 0,
        },
    }


def list_skus(call: Call) -> Reply:
    rows = [
        {
            "resourceType": "accounts",
            "name": "S0",
            "tier": "Standard",
            "kind": kind,
            "locations": [name.upper()],
            "restrictions": [],
        }
        for kind in ("OpenAI", "AIServices")
        for name in OPENAI_REGIONS
    ]
    return Reply(200, {"value": rows})


def list_account_skus(call: Call) -> Reply:
    require_account(call)
    row = {"resourceType": "Microsoft.CognitiveServices/accounts", "sku": {"name": "S0", "tier": "Standard"}}
    return Reply(200, {"value": [row]})


def check_domain(call: Call) -> Reply:
    sent = call.body()
    name = sent.get("subdomainName")
    if not isinstance(name, str) or not name:
        raise invalid_content("The request content was invalid: 'subdomainName' is required.")
    free = name.lower() not in deleted_accounts.subdomains(call.store)
    reason = None if free else f"Sub domain name '{name}' is already used. Please pick a different name."
    answer = {"isSubdomainAvailable": free, "reason": reason, "subdomainName": name, "type": sent.get("type")}
    return Reply(200, answer)


def check_skus(call: Call) -> Reply:
    _region(call)
    sent = call.body()
    rows = [
        {"kind": sent.get("kind"), "type": sent.get("type"), "skuName": sku, "skuAvailable": sku == "S0"}
        for sku in sent.get("skus") or []
    ]
    return Reply(200, {"value": rows})


def poll(call: Call) -> Reply:
    """Recorded: cog_aso_deployment 3, 6; with operationResultResponseType=Location 202 until done."""
    operation = call.azure.operations.find(call.names["operation"])
    if operation is None:
        raise ArmError(404, "NotFound", f"The operation '{call.names['operation']}' could not be found.")
    wait = None if operation.done else call.azure.settings.retry_after(None)
    headers = [("Retry-After", str(wait))] if wait else []
    if call.query.get("operationresultresponsetype") == "Location":
        if operation.error:
            return Reply(400, {"error": operation.error})
        return Reply(200 if operation.done else 202, None, headers)
    return Reply(200, _status(call, operation), headers)


def _status(call: Call, operation: Operation) -> Json:
    body: Json = {"id": call.id, "name": operation.token, "status": operation.facts["running"]}
    if operation.done:
        body["status"] = operation.status
    body["startTime"] = _whole(operation.started)
    if operation.done:
        body["endTime"] = _whole(operation.ended)
    if operation.error:
        body["error"] = operation.error
    return body


def _whole(seconds: float) -> str:
    return f"{utc(seconds):%Y-%m-%dT%H:%M:%SZ}"


ROUTES = (
    Route("GET", f"{_LOCATION}/usages", list_usages),
    Route("GET", f"{_LOCATION}/models", list_models),
    Route("GET", f"{_LOCATION}/modelCapacities", list_capacities),
    Route("GET", f"{_PROVIDER}/modelCapacities", list_capacities),
    Route("GET", f"{_PROVIDER}/skus", list_skus),
    Route("GET", f"{ACCOUNT}/models", list_account_models),
    Route("GET", f"{ACCOUNT}/usages", list_account_usages),
    Route("GET", f"{ACCOUNT}/skus", list_account_skus),
    Route("POST", f"{_PROVIDER}/checkDomainAvailability", check_domain),
    Route("POST", f"{_LOCATION}/checkSkuAvailability", check_skus),
    Route("GET", f"{_LOCATION}/operationResults/{{operation}}", poll, checked=False),
)
