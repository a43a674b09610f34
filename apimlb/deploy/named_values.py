"""Named values of the gateway, read and written one by one: what a policy looks up and no deploy decides."""

from apimlb.deploy.cloud import Cloud
from apimlb.deploy.ids import NAMED_VALUE
from apimlb.deploy.refusals import SECRETS
from apimlb.errors import AuthError
from apimlb.stack.access import named_value_body, named_value_id
from apimlb.stack.names import Names
from apimlb.stack.resources import Json


def rows_of(cloud: Cloud, names: Names) -> dict[str, Json]:
    """All that the gateway has, by the name that each has in Azure; raises what the cloud raises."""
    return {str(row["name"]): row for row in cloud.children(names.service_id, NAMED_VALUE)}


def value_of(cloud: Cloud, row: Json) -> str:
    """What it holds, also when somebody has made it a secret; raises `AuthError` where that may not be
    read."""
    if not row["properties"].get("secret"):
        return str(row["properties"].get("value") or "")
    found = cloud.get(str(row["id"])) or {}
    value = (found.get("properties") or {}).get("value")
    if value is None:
        raise AuthError(
            "This login may not read who the clients are", where=str(row["name"]), next_step=SECRETS
        )
    return str(value)


def write_value(cloud: Cloud, names: Names, name: str, value: str) -> None:
    """Write the one that is usually called so, which keeps its tags; raises what the cloud raises."""
    id, body = named_value_id(names, name), named_value_body(names.inside(name), value)
    there = cloud.get(id) or {}
    tags = (there.get("properties") or {}).get("tags")
    cloud.put(id, {"properties": {**body["properties"], **({"tags": tags} if tags else {})}})
