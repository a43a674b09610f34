"""JContainer.Merge: one tree of tokens into another, with its default settings."""

from collections.abc import Iterable

from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.exceptions import invalid_cast
from apimlb.policy.clr.json.serialization import is_listed
from apimlb.policy.clr.json.tokens import (
    JArray,
    JConstructor,
    JContainer,
    JList,
    JObject,
    JProperty,
    JToken,
)
from apimlb.policy.clr.objects.text import clr_type_name


def merge(target: JContainer, content: object) -> None:
    """Arrays are joined, objects merged, the rest is replaced. What is no token counts as the items that it
    holds, and for an array alone."""
    if isinstance(target, JObject) and isinstance(content, JObject):
        for prop in list(content.properties.values()):
            _merge_property(target, prop)
    elif isinstance(target, JProperty) and isinstance(content, JProperty):
        if content.value.type_name != "Null":
            target.set_value(content.value)
    elif isinstance(target, JConstructor) and isinstance(content, JConstructor):
        target.name = content.name or target.name
        _join(target, content.items)
    elif isinstance(target, JArray) and isinstance(content, JArray):
        _join(target, content.items)
    elif isinstance(target, JArray) and is_listed(content):
        _join(target, elements(content))


def _join(target: JList, items: Iterable[object]) -> None:
    for item in list(items):
        if item is not None and not isinstance(item, JToken):
            raise invalid_cast(clr_type_name(item), "Newtonsoft.Json.Linq.JToken")
        target.add(item)


def _merge_property(target: JObject, prop: JProperty) -> None:
    known = target.properties.get(prop.name)
    if known is None:
        target.append(JProperty(prop.name, prop.value))
    elif prop.value.type_name == "Null":
        return
    elif isinstance(known.value, JContainer) and known.value.type_name == prop.value.type_name:
        merge(known.value, prop.value)
    else:
        known.set_value(prop.value)
