"""The items that values are made of: tokens, or what a text holds, with its numbers and texts as they are
written."""

import re
from typing import Any

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.json.reader import parse_token
from apimlb.policy.clr.json.scalars import token_of
from apimlb.policy.clr.json.tokens import JArray, JObject, JToken, JValue

_SMALL_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")


class TextNumber(str):
    """A number as the text writes it."""

    __slots__ = ()


class TextObject(list[tuple[str, Any]]):
    """An object's names and values, as a text gives them. Arrays of a text are plain lists."""


def items_of(item: object) -> list[Any] | None:
    """The items of an array; None where the item is something else."""
    if isinstance(item, JArray):
        return item.items
    return item if type(item) is list else None


def members_of(item: object) -> list[tuple[str, Any]] | None:
    """The members of an object; None where the item is something else."""
    if isinstance(item, JObject):
        return [(prop.name, prop.value) for prop in item.properties.values()]
    return item if isinstance(item, TextObject) else None


def plain(item: object) -> object:
    """What the token of a string or of null holds; any other item as it is."""
    return item.value if isinstance(item, JValue) and item.type_name in ("String", "Null") else item


def scalar_token(item: object) -> JToken:
    """The token of a scalar."""
    if type(item) is not TextNumber:
        return token_of(item)
    if _SMALL_INTEGER.match(item):
        return JValue(int(item), "Integer")
    BUDGET.spend(2)
    return parse_token(str(item))


def token_name(item: object) -> str:
    """JsonToken: how the reader calls what begins an item."""
    if isinstance(item, list):
        return "StartArray" if type(item) is list else "StartObject"
    token = item if isinstance(item, JToken) else scalar_token(item)
    return token.type_name if isinstance(token, JValue) else f"Start{token.type_name}"
