"""Quota: per subscription, region and usage name, in thousands of tokens per minute, or in units of
provisioned throughput.

It is held by deployments, and by those of a soft-deleted account until that is purged. Source: Microsoft
Learn, "Manage Azure OpenAI quota".
"""

import re
from collections.abc import Iterator

from apimlb.local.arm.call import Azure
from apimlb.local.arm.cognitive.catalogue import Model, Offer, find, in_region
from apimlb.local.arm.cognitive.deleted_accounts import ACCOUNT, DELETED
from apimlb.local.arm.errors import ArmError
from apimlb.local.arm.locations import region
from apimlb.local.store import Json

DEPLOYMENT = "microsoft.cognitiveservices/accounts/deployments"


def limit(azure: Azure, location: str, model: Model, offer: Offer) -> int:
    name = offer.usage_name(model.name)
    chosen = azure.settings.quota
    return chosen.get(f"{location}:{name}", chosen.get(name, offer.quota))


def used(azure: Azure, location: str, usage_name: str, *, without: str = "") -> int:
    """What the deployments of the region hold under a usage name, except the one with the id `without`."""
    return sum(
        capacity
        for id, place, name, capacity in _holdings(azure)
        if place == location and name == usage_name and id.lower() != without.lower()
    )


def require(azure: Azure, location: str, model: Model, offer: Offer, capacity: int, id: str) -> None:
    """Raise InsufficientQuota unless deployment `id` can hold `capacity`.

    The words, grammar included, are Azure's (reported in PubSec-Info-Assistant issue 880).
    """
    total, held = (
        limit(azure, location, model, offer),
        used(azure, location, offer.usage_name(model.name), without=id),
    )
    if held + capacity <= total:
        return
    before = azure.store.get(id)
    own = int(before.body["sku"]["capacity"]) if before and before.body["sku"]["name"] == offer.sku else 0
    label = localized(model, offer)
    raise ArmError(
        400,
        "InsufficientQuota",
        f"This operation require {capacity - own} new capacity in quota {label}, which is bigger than the "
        f"current available capacity {max(0, total - held - own)}. The current quota usage is {held + own} "
        f"and the quota limit is {total} for quota {label}.",
    )


def localized(model: Model, offer: Offer) -> str:
    """Recorded: cog_cli_list_usages 1; a regional Standard quota and that of an embedding have no suffix, and
    one of provisioned throughput names no model (the regional one after the others)."""
    if offer.provisioned:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", offer.sku) + " Throughput Unit"
    if offer.sku == "Standard":
        return f"Tokens Per Minute (thousands) - {model.label or model.name}"
    suffix = "" if model.name.startswith("text-embedding-3") else f" - {offer.sku}"
    return f"Tokens Per Minute (thousands) - {model.name}{suffix}"


def usages(azure: Azure, location: str) -> list[Json]:
    """The rows of `locations/{location}/usages`; AccountCount comes last."""
    offers = {
        offer.usage_name(model.name): (model, offer)
        for model in in_region(location)
        for offer in model.offers
        if offer.in_region(location)
    }
    rows = [
        _row(name, localized(model, offer), used(azure, location, name), limit(azure, location, model, offer))
        for name, (model, offer) in offers.items()
    ]
    accounts = [item for item in azure.store.of_kind(ACCOUNT) if _place(item.body["location"]) == location]
    openai = [item for item in accounts if item.body["kind"] == "OpenAI"]
    return [
        *rows,
        _row("OpenAI.S0.AccountCount", "Maximum resources for OpenAI S0 sku.", len(openai), 40),
        _row("AccountCount", "Maximum Resources per Region", len(accounts), 200),
    ]


def _row(name: str, text: str, current: int, maximum: int) -> Json:
    return {
        "name": {"value": name, "localizedValue": text},
        "currentValue": current,
        "limit": maximum,
        "unit": "Count",
    }


def _holdings(azure: Azure) -> Iterator[tuple[str, str, str, int]]:
    """(deployment id, region, usage name, capacity) of all that holds quota."""
    for item in azure.store.of_kind(DEPLOYMENT):
        account = azure.store.get(item.id.rsplit("/", 2)[0])
        if account is not None:
            yield from _holding(item.id, account.body["location"], item.body)
    for gone in azure.store.of_kind(DELETED):
        for part in gone.hidden["tree"]:
            if part["kind"] == DEPLOYMENT:
                # Its id is free again: a new deployment under it must not count as this one.
                yield from _holding(f"{gone.id}/{part['body']['name']}", gone.body["location"], part["body"])


def _holding(id: str, location: str, body: Json) -> Iterator[tuple[str, str, str, int]]:
    wanted = body["properties"]["model"]
    model = find(wanted["name"], wanted.get("version"))
    offer = model.offer(body["sku"]["name"]) if model else None
    if model and offer:
        yield id, _place(location), offer.usage_name(model.name), int(body["sku"]["capacity"])


def _place(location: str) -> str:
    found = region(location)
    return found.name if found else location.lower()
