"""Changing trees of tokens, and filling new ones: Add, AddAfterSelf, Replace, ReplaceAll, Merge and
constructors."""

from collections.abc import Iterable
from typing import TypeVar

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.exceptions import argument, invalid_cast, invalid_operation, required
from apimlb.policy.clr.json import tokens
from apimlb.policy.clr.json.scalars import value_of
from apimlb.policy.clr.json.serialization import is_listed
from apimlb.policy.clr.objects.text import clr_type_name

C = TypeVar("C", bound=tokens.JContainer)


def content_tokens(content: object) -> list[tokens.JToken]:
    """What `new JArray(content)` and `Add(object)` make of content: collections are spread, but not texts."""
    if isinstance(content, tokens.JToken):
        return [content]
    if is_listed(content):
        made: list[tokens.JToken] = []
        for at, item in enumerate(elements(content)):  # to its own index, whatever was spread before
            BUDGET.spend(1 + (max(len(made) - at, 0) >> 4))
            made[at:at] = content_tokens(item)
        return made
    return [value_of(content)]


def insert(target: tokens.JContainer, index: int, content: object) -> None:
    for child in content_tokens(content):
        if child.type_name != "Comment" or isinstance(target, tokens.JList):
            target.insert(index, child)
            index += 1


def add(target: tokens.JContainer, content: object) -> None:
    insert(target, target.count(), content)


def holder(token: tokens.JToken) -> tokens.JContainer:
    """The parent that Replace and Remove work on; throws System.InvalidOperationException without one."""
    if token.parent is None:
        raise invalid_operation("The parent is missing.")
    return token.parent


def add_at(token: tokens.JToken, content: object, offset: int) -> None:
    """Add content beside a token: before it (0), or after it (1)."""
    owner = holder(token)
    insert(owner, owner.place(token) + offset, content)


def replace_all(target: tokens.JContainer, content: object) -> None:
    target.clear()
    add(target, content)


# Merge, with its default settings


def merge(target: tokens.JContainer, content: object) -> None:
    """Arrays are joined, objects merged, the rest is replaced. What is no token counts as the items that it
    holds, and for an array alone."""
    if isinstance(target, tokens.JObject) and isinstance(content, tokens.JObject):
        for prop in list(content.properties.values()):
            _merge_property(target, prop)
    elif isinstance(target, tokens.JProperty) and isinstance(content, tokens.JProperty):
        if content.value.type_name != "Null":
            target.set_value(content.value)
    elif isinstance(target, tokens.JConstructor) and isinstance(content, tokens.JConstructor):
        target.name = content.name or target.name
        _join(target, content)
    elif isinstance(target, tokens.JArray) and isinstance(content, tokens.JArray):
        _join(target, content)
    elif isinstance(target, tokens.JArray) and is_listed(content):
        _join(target, elements(content))


def _join(target: tokens.JList, items: Iterable[object]) -> None:
    for item in items:
        if item is not None and not isinstance(item, tokens.JToken):
            raise invalid_cast(clr_type_name(item), "Newtonsoft.Json.Linq.JToken")
        target.add(item)


def _merge_property(target: tokens.JObject, prop: tokens.JProperty) -> None:
    known = target.properties.get(prop.name)
    if known is None:
        target.append(tokens.JProperty(prop.name, prop.value))
    elif isinstance(known.value, tokens.JContainer) and known.value.type_name == prop.value.type_name:
        merge(known.value, prop.value)
    elif prop.value.type_name != "Null":
        known.set_value(prop.value)


# Constructors


def filled(target: C, content: object) -> C:
    """A new container with content."""
    add(target, content)
    return target


def new_property(name: str, content: object) -> tokens.JProperty:
    """new JProperty(name, content): several contents become an array."""
    if is_listed(content):
        return tokens.JProperty(name, filled(tokens.JArray(), content))
    return tokens.JProperty(name, content_tokens(content)[0])


def new_constructor(name: str | None, *content: object) -> tokens.JConstructor:
    """new JConstructor(name, content)"""
    name = required(name, "name")
    if not name:
        raise argument("Constructor name cannot be empty.", "name")
    made = tokens.JConstructor(name)
    return filled(made, *content) if content else made
