"""What moved on by Azure's doing or somebody's and goes on as before: kept as it is, not fought.

A deployment whose `versionUpgradeOption` lets it is moved by Azure to a later version, at its retirement or
before (Microsoft Learn, Azure OpenAI model versions). Versions are dates, so that the later one can be told.
Who wants the earlier one back forbids it in the file: `version_upgrade = "NoAutoUpgrade"`.

An account of Azure OpenAI becomes one of Foundry, of the kind AIServices, in its place, by Azure or somebody:
its name, endpoint, keys and deployments stay (Microsoft Learn, Automatic upgrade of Azure OpenAI to Foundry).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from apimlb.stack.differences import at
from apimlb.stack.resources import Json, Resource

ACCOUNT = "microsoft.cognitiveservices/accounts"
FOUNDRY = "AIServices"
DEPLOYMENT = "microsoft.cognitiveservices/accounts/deployments"
_NEVER = "NoAutoUpgrade"
_MODEL = "properties.model"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def keeping(resource: Resource, there: Json) -> Resource:
    """The resource with the version or the kind that Azure has, where that moved on; else as it is."""
    if is_foundry(resource, there):
        return replace(resource, body={**resource.body, "kind": FOUNDRY})
    if not is_moved(resource, there):
        return resource
    properties = resource.body["properties"]
    model = {**properties["model"], "version": at(there, f"{_MODEL}.version")}
    return replace(resource, body={**resource.body, "properties": {**properties, "model": model}})


def is_foundry(resource: Resource, there: Json) -> bool:
    """Whether the account, wanted as one of Azure OpenAI, was made one of Foundry."""
    return resource.type.lower() == ACCOUNT and there.get("kind") == FOUNDRY != resource.body["kind"]


def is_moved(resource: Resource, there: Json) -> bool:
    """Whether Azure may have moved the deployment to the later version that it has."""
    if resource.type.lower() != DEPLOYMENT or _NEVER in (_option(resource.body), _option(there)):
        return False
    wanted, found = at(resource.body, f"{_MODEL}.version"), at(there, f"{_MODEL}.version")
    same = at(resource.body, f"{_MODEL}.name") == at(there, f"{_MODEL}.name")
    dates = all(_DATE.fullmatch(str(version)) for version in (wanted, found))
    return bool(same and dates and str(found) > str(wanted))


def notices(resources: Iterable[Resource], observed: Mapping[str, Json]) -> Iterator[str]:
    """A sentence for each model that was moved, once."""
    told: dict[str, None] = {}
    for resource in resources:
        there = observed.get(resource.key)
        if there is not None and is_moved(resource, there):
            name, version = at(there, f"{_MODEL}.name"), at(there, f"{_MODEL}.version")
            wanted = at(resource.body, f"{_MODEL}.version")
            told[
                f"Azure moved {name} from {wanted} to {version}, which is kept: write version = "
                f'"{version}" in the stack\'s file.'
            ] = None
    yield from told


def _option(body: Json) -> str:
    return str(at(body, "properties.versionUpgradeOption") or "")
