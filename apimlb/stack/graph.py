"""The order of resources: what needs what, checked and laid out the same way every time."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from apimlb.errors import ApimlbError
from apimlb.http import last_segment
from apimlb.stack.resources import Resource

Item = TypeVar("Item")


class GraphError(ApimlbError):
    """The resources contradict each other: a need that nobody meets, or a circle."""


def order(resources: Sequence[Resource]) -> tuple[Resource, ...]:
    """The resources, each after all that it needs, otherwise in the order given.

    Raises `GraphError` for a need that is not among them and for a circle, naming the first it meets.
    """
    keys = {resource.key for resource in resources}
    for resource in resources:
        for need in sorted(resource.needs):
            if need.lower() not in keys:
                raise GraphError(f"{resource.label or resource.name} needs {need}, which is not in the stack")
    return sorted_by_needs(
        resources, lambda resource: resource.key, lambda resource: (need.lower() for need in resource.needs)
    )


def sorted_by_needs(
    items: Sequence[Item], key: Callable[[Item], str], needs: Callable[[Item], Iterable[str]]
) -> tuple[Item, ...]:
    """The items, each after those whose keys it needs, otherwise in the order given; a need that is no item's
    key counts as met. Raises `GraphError` for a circle."""
    keys = {key(item) for item in items}
    placed: dict[str, Item] = {}
    waiting = list(items)
    while waiting:
        ready = next((i for i in waiting if all(need in placed for need in needs(i) if need in keys)), None)
        if ready is None:
            names = ", ".join(last_segment(key(item)) for item in waiting)
            raise GraphError(f"these need each other in a circle: {names}")
        placed[key(ready)] = ready
        waiting.remove(ready)
    return tuple(placed.values())
