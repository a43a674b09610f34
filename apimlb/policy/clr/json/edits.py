"""Changing trees of tokens: Add, AddFirst, AddAfterSelf, Replace and RemoveAll, for every kind of
container."""

from apimlb.policy.clr.exceptions import argument, required
from apimlb.policy.clr.json import tokens
from apimlb.policy.clr.json.serialization import content_tokens


def _insert(target: tokens.JContainer, index: int, content: object) -> None:
    for child in content_tokens(content):
        index += target.insert_child(index, child)


def add(target: tokens.JContainer, content: object) -> None:
    _insert(target, target.count(), content)


def add_first(target: tokens.JContainer, content: object) -> None:
    _insert(target, 0, content)


def add_after(token: tokens.JToken, content: object) -> None:
    owner = tokens.holder(token)
    _insert(owner, owner.place(token) + 1, content)


def add_before(token: tokens.JToken, content: object) -> None:
    owner = tokens.holder(token)
    _insert(owner, owner.place(token), content)


def replace_all(target: tokens.JContainer, content: object) -> None:
    target.clear()
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
