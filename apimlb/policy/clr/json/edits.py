"""Changing trees of tokens: Add, AddFirst, AddAfterSelf, Replace and RemoveAll, for every kind of
container."""

from apimlb.policy.clr.budget import charge_each
from apimlb.policy.clr.exceptions import ClrException, argument, required
from apimlb.policy.clr.json import serialization, tokens


def _insert(target: tokens.JContainer, index: int, child: tokens.JToken) -> int:
    """Put a token at a place; how many tokens were put: 0 for a comment in an object, which is left out."""
    if isinstance(target, tokens.JList):
        target.insert(index, child)
        return 1
    if child.type_name == "Comment":
        return 0
    if not isinstance(target, tokens.JObject):
        raise ClrException(
            "Newtonsoft.Json.JsonException", "Newtonsoft.Json.Linq.JProperty cannot have multiple values."
        )
    if not isinstance(child, tokens.JProperty):
        raise tokens.not_a_property(child)
    target.add_property(child)
    if index < len(target.properties) - 1:
        charge_each(len(target.properties))
        pairs = list(target.properties.items())
        pairs.insert(index, pairs.pop())
        target.properties = dict(pairs)
    return 1


def _insert_all(target: tokens.JContainer, index: int, content: object) -> None:
    for child in serialization.content_tokens(content):
        index += _insert(target, index, child)


def _size(target: tokens.JContainer) -> int:
    if isinstance(target, tokens.JList):
        return len(target.items)
    return len(target.properties) if isinstance(target, tokens.JObject) else 1


def add(target: tokens.JContainer, content: object) -> None:
    _insert_all(target, _size(target), content)


def add_first(target: tokens.JContainer, content: object) -> None:
    _insert_all(target, 0, content)


def _place(token: tokens.JToken) -> tuple[tokens.JContainer, int]:
    owner = tokens.holder(token)
    if isinstance(owner, tokens.JList):
        return owner, owner.place(token)
    if isinstance(owner, tokens.JObject):
        charge_each(len(owner.properties))
        return owner, next(i for i, prop in enumerate(owner.properties.values()) if prop is token)
    return owner, 0


def add_after(token: tokens.JToken, content: object) -> None:
    owner, place = _place(token)
    _insert_all(owner, place + 1, content)


def add_before(token: tokens.JToken, content: object) -> None:
    owner, place = _place(token)
    _insert_all(owner, place, content)


def clear(target: tokens.JContainer) -> None:
    """RemoveAll"""
    if isinstance(target, tokens.JProperty):
        raise tokens.fixed_property()
    assert isinstance(target, tokens.JList | tokens.JObject)
    target.clear()


def replace_all(target: tokens.JContainer, content: object) -> None:
    clear(target)
    add(target, content)


# Constructors


def new_constructor(name: str | None, content: object = ()) -> tokens.JConstructor:
    """new JConstructor(name, content)"""
    name = required(name, "name")
    if not name:
        raise argument("Constructor name cannot be empty.", "name")
    made = tokens.JConstructor(name)
    if content != ():
        add(made, content)
    return made
