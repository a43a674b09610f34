"""The order of resources: what needs what, checked and laid out the same way every time."""

from collections.abc import Sequence

from apimlb.errors import ApimlbError
from apimlb.stack.resources import Resource


class GraphError(ApimlbError):
    """The resources contradict each other: a need that nobody meets, or a circle."""


def order(resources: Sequence[Resource]) -> tuple[Resource, ...]:
    """The resources, each after all that it needs, otherwise in the order given.

    Raises `GraphError` for a need that is not among them and for a circle, naming the first it meets.
    """
    by_key = {resource.key: resource for resource in resources}
    for resource in resources:
        for need in sorted(resource.needs):
            if need.lower() not in by_key:
                raise GraphError(f"{resource.label or resource.name} needs {need}, which is not in the stack")
    placed: dict[str, Resource] = {}
    waiting = list(resources)
    while waiting:
        ready = next((r for r in waiting if all(need.lower() in placed for need in r.needs)), None)
        if ready is None:
            names = ", ".join(r.label or r.name for r in waiting)
            raise GraphError(f"these resources need each other in a circle: {names}")
        placed[ready.key] = ready
        waiting.remove(ready)
    return tuple(placed.values())
