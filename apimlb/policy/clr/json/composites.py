"""What Newtonsoft.Json makes of JSON by the type that is wanted, of a text and of tokens.

An object that becomes anything but a token may begin with members about itself: `$id` and `$type` are left
out, `$values` holds the items of a list, and `$ref` stands for the value that had that `$id`, or for null.
Source: Newtonsoft.Json 10, confirmed by running it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.collections import containers
from apimlb.policy.clr.collections.containers import DEFAULT_COMPARER
from apimlb.policy.clr.collections.hash_tables import ClrDictionary, ClrSet, ReadOnlyDictionary
from apimlb.policy.clr.collections.queues import ClrQueue
from apimlb.policy.clr.exceptions import ClrException, argument, argument_null, invalid_cast, null_reference
from apimlb.policy.clr.json.items import items_of, members_of, plain
from apimlb.policy.clr.json.scalar_casts import NULLABLE_CASTS, TOKEN_CASTS
from apimlb.policy.clr.json.scalars import array_of, object_of, scalar
from apimlb.policy.clr.json.tokens import (
    LINQ,
    JArray,
    JConstructor,
    JContainer,
    JObject,
    JToken,
    JValue,
    string_value,
)
from apimlb.policy.clr.json.typed_scalars import (
    READINGS,
    SERIALIZATION,
    cast_scalar,
    no_conversion,
    read_scalar,
    refuse,
)
from apimlb.policy.clr.objects.text import clr_type_name, text_of
from apimlb.policy.clr.objects.tuples import ClrTuple
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.utf16 import enter

_G = "System.Collections.Generic."


def _set(items: list[object], element: str) -> ClrSet:
    made = ClrSet(element, DEFAULT_COMPARER)
    for item in items:
        made.add(item)
    return made


_LISTS: dict[str, Callable[[list[object], str], object]] = {
    **dict.fromkeys((_G + "List`1", _G + "IList`1", _G + "IEnumerable`1", _G + "ICollection`1"),
                    containers.ClrList),
    **dict.fromkeys((_G + "HashSet`1", _G + "ISet`1"), _set),
    **dict.fromkeys((_G + "IReadOnlyCollection`1", _G + "IReadOnlyList`1"), containers.ReadOnlyList),
    _G + "Queue`1": ClrQueue,
    _G + "Stack`1": lambda items, element: ClrQueue(items, element, "Stack"),
}  # fmt: skip
_MAPS = {
    _G + "Dictionary`2": ClrDictionary,
    _G + "IDictionary`2": ClrDictionary,
    _G + "IReadOnlyDictionary`2": ReadOnlyDictionary,
}
_PAIR, _TUPLE = _G + "KeyValuePair`2", "System.Tuple`"

_OBJECT = Type("class", "System.Object", "object")
_BEHIND = "Additional text found in JSON string after finishing deserializing object."


Members = Sequence[tuple[str, Any]]


def _name_of(kind: Type) -> str:
    """The name of a type without its arguments."""
    return "" if kind.definition is None else kind.definition.name


def is_token_type(kind: Type) -> bool:
    """Whether the values of a type are tokens."""
    return kind.kind != "array" and kind.name.startswith(LINQ)


def to_object(kind: Type, token: JToken) -> object:
    """token.ToObject<T>(): scalars are cast, and all else is made as of a text."""
    if is_token_type(kind):
        BUDGET.spend(2)
        found = _fitting(kind, token)
        return None if found is None else found.clone()
    casts = NULLABLE_CASTS if kind.is_nullable else TOKEN_CASTS
    cast = casts.get(kind.underlying.name.removeprefix("System."))
    if cast is None or kind.name == "System.Byte[]":
        return Composer(lambda item: item.clone()).element(kind, token)
    BUDGET.spend(2)
    return cast(token)


def untyped(token: JToken) -> object:
    """A token of an own document as a value of type `object`: scalars as they are, all else as tokens."""
    if isinstance(token, JObject) and next(iter(token.properties), "").startswith("$"):
        return Composer(lambda item: item).element(_OBJECT, token)
    return scalar(token) if isinstance(token, JValue) else token


def _fitting(kind: Type, token: JToken) -> JToken | None:
    """A token as a value of a type of tokens; throws System.InvalidCastException for one of another class."""
    if kind.name in (f"{LINQ}JToken", f"{LINQ}J{token.type_name}"):
        return token
    if isinstance(token, JValue):
        if kind.name == f"{LINQ}JValue":
            return token
        if token.value is None:
            return None
    raise invalid_cast(clr_type_name(token), kind.name)


def _text(item: object) -> str | None:
    """The text of a scalar; None for null and for what is no scalar."""
    held = item.value if isinstance(item, JValue) else item
    return None if held is None or isinstance(held, list | JContainer) else text_of(held)


class Composer:
    """Makes the values that one document holds, of its items: tokens, or lists, TextObjects and scalars, with
    TextNumbers for numbers. `token_of` makes a token of an item that no other token holds."""

    def __init__(self, token_of: Callable[[Any], JToken]) -> None:
        self._token_of = token_of
        self._known: dict[str, object] = {}

    def element(self, kind: Type, item: Any) -> object:
        """The value of a type that an item becomes."""
        BUDGET.spend(2)
        reading = READINGS.get(kind.underlying.name)
        if reading is not None:
            return read_scalar(kind, reading, item)
        if is_token_type(kind):
            return self._token(kind, item)
        items = items_of(item)
        if items is not None:
            return self._of_items(kind, items)
        members = members_of(item)
        return self._of_scalar(kind, item) if members is None else self._of_members(kind, members)

    def _token(self, kind: Type, item: Any) -> JToken | None:
        """A token among others; throws System.ArgumentException for one of another class."""
        token = self._token_of(item)
        try:
            return _fitting(kind, token)
        except ClrException:
            raise argument(
                f'The value "{text_of(token)}" is not of type "{kind.name}" and cannot be used in this '
                "generic collection.",
                "value",
            ) from None

    def _of_scalar(self, kind: Type, item: Any) -> object:
        if isinstance(item, JConstructor):
            no_conversion(kind, item.name)
        token = self._token_of(item)
        assert isinstance(token, JValue)
        if kind.name == "System.Object":
            return scalar(token)
        if token.value in (None, "") and kind.takes_null:
            return None
        return cast_scalar(kind, token)

    def _of_items(self, kind: Type, items: Sequence[Any], identity: str | None = None) -> object:
        """The value of a type for an array; throws JsonSerializationException for a type without items."""
        if kind.name == "System.Object":
            return array_token(items, self._token_of)
        make = containers.ClrArray if kind.kind == "array" else _LISTS.get(_name_of(kind))
        if make is None:
            refuse(f"Cannot deserialize the current JSON array into type '{kind.name}'.", SERIALIZATION)
        inner = kind.arguments[0]
        made = make([self.element(inner, item) for item in items], inner.name)
        if identity is not None and isinstance(made, containers.ClrArray):
            refuse(
                "Cannot preserve reference to array or readonly list, or list created from a non-default "
                f"constructor: {kind.name}.",
                SERIALIZATION,
            )
        self._remember(identity, made)
        return made

    def _of_members(self, kind: Type, members: Members) -> object:
        """The value of a type for an object, or for what its metadata names in its place."""
        if _name_of(kind) == _PAIR:
            key, value = self._named(kind, members, ("key", "value"))
            return containers.KeyValuePair(key, value, _names(kind))
        identity: str | None = None
        for place, (name, item) in enumerate(members):
            rest, held = members[place + 1 :], plain(item)
            if name == "$ref":
                if not (held is None or type(held) is str):
                    refuse("JSON reference $ref property must have a string or null value.", SERIALIZATION)
                if held is not None:
                    return self._referred(kind, held, rest)
            elif name == "$values":
                return self._of_items(kind, _values(item, rest), identity)
            elif name == "$id":
                identity = _text(item)
                if identity is None and held is not None:
                    refuse(_BEHIND, SERIALIZATION)
            elif name != "$type":
                return self._of_rest(kind, members[place:], identity)
            elif _text(item) is None:
                raise null_reference()
        return self._of_rest(kind, (), identity)

    def _referred(self, kind: Type, identity: str, rest: Members) -> object:
        if rest:
            refuse(
                "Additional content found in JSON reference object. A JSON reference object should only have "
                "a $ref property.",
                SERIALIZATION,
            )
        found = self._known.get(identity)
        if found is None and not kind.takes_null:
            raise argument_null("item")
        return found

    def _of_rest(self, kind: Type, members: Members, identity: str | None) -> object:
        """The value of a type for the members that an object has beside those about itself; throws
        JsonSerializationException for a type without members."""
        if kind.name == "System.Object":
            return object_token(members, self._token_of)
        name = _name_of(kind)
        if name in _MAPS:
            key, value = kind.arguments
            made = _MAPS[name](_names(kind), DEFAULT_COMPARER)
            self._remember(identity, made)
            for member, item in members:
                made.put(self._key(key, member), self.element(value, item))
            return made
        if name.startswith(_TUPLE):
            places = [f"item{place}" for place in range(1, len(kind.arguments) + 1)]
            items = ClrTuple(tuple(self._named(kind, members, places)), _names(kind))
            self._remember(identity, items)
            return items
        refuse(f"Cannot deserialize the current JSON object into type '{kind.name}'.", SERIALIZATION)

    def _key(self, kind: Type, name: str) -> object:
        """The key of a dictionary that a member's name becomes."""
        token = string_value(enter(name))
        if kind.name in ("System.String", "System.Object"):
            return token.value
        return self._token(kind, token) if is_token_type(kind) else cast_scalar(kind, token)

    def _named(self, kind: Type, members: Members, names: Sequence[str]) -> list[Any]:
        """What the members give the parameters of a type's constructor, by their names without case."""
        types = dict(zip(names, kind.arguments, strict=True))
        found: dict[str, Any] = {name: each.default for name, each in types.items()}
        for name, item in members:
            place = name.lower()
            if place in types:
                found[place] = self.element(types[place], item)
        return list(found.values())

    def _remember(self, identity: str | None, made: object) -> None:
        if identity is None:
            return
        if identity in self._known:
            refuse(f"Error reading object reference '{identity}'.", SERIALIZATION)
        self._known[identity] = made


def _values(item: Any, rest: Members) -> Sequence[Any]:
    """The items under `$values`."""
    found = items_of(item)
    if found is None:
        refuse("Unexpected token while deserializing object: EndObject.", SERIALIZATION)
    if rest:
        refuse(_BEHIND, SERIALIZATION)
    return found


def array_token(items: Sequence[Any], token_of: Callable[[Any], JToken]) -> JArray:
    """A JArray of items."""
    BUDGET.spend(4 * len(items))
    return array_of([token_of(item) for item in items])


def object_token(members: Members, token_of: Callable[[Any], JToken]) -> JObject:
    """A JObject of members."""
    BUDGET.spend(5 * len(members))
    return object_of([(name, token_of(item)) for name, item in members])


def _names(kind: Type) -> str:
    return ",".join(each.name for each in kind.arguments)
