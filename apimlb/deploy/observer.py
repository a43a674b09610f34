"""observe(cloud, desired): what Azure has of the resources that a stack wants."""

from collections.abc import Iterable

from apimlb.deploy.cloud import Cloud
from apimlb.deploy.ids import is_within
from apimlb.deploy.reads import each
from apimlb.stack.resources import Json, Resource


def observe(cloud: Cloud, desired: Iterable[Resource]) -> dict[str, Json]:
    """Replies by lower-case id; what does not exist is absent, and what hangs on it is not asked for.

    Raises what the cloud raises.
    """
    waiting = {resource.key: resource.id for resource in desired}
    seen: dict[str, Json] = {}
    while waiting:
        level = [id for key, id in waiting.items() if not any(is_within(key, other) for other in waiting)]
        found = each(cloud.get, level)
        absent = [id.lower() for id, body in found.items() if body is None]
        seen |= {id.lower(): body for id, body in found.items() if body is not None}
        waiting = {
            key: id
            for key, id in waiting.items()
            if id not in found and not any(is_within(key, gone) for gone in absent)
        }
    return seen
