"""What Newtonsoft.Json makes of arrays and objects, by the type that is wanted.

An object that becomes anything but a token may begin with members about itself: `$id` and `$type` are left
out, `$values` holds the items of a list, and `$ref` stands for the value that had that `$id`, or for null.
Source: Newtonsoft.Json 10, confirmed by running it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

from apimlb.policy.clr.collections import containers
from apimlb.policy.clr.collections.hash_sets import ClrSet
from apimlb.policy.clr.collections.queues import ClrQueue
from apimlb.policy.clr.exceptions import ClrException, null_reference
from apimlb.policy.clr.objects.ordering import DEFAULT_COMPARER
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.objects.tuples import ClrTuple
from apimlb.policy.clr.types.constructed import Type

_READER = "Newtonsoft.Json.JsonReaderException"
SERIALIZATION = "Newtonsoft.Json.JsonSerializationException"
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
    _G + "Stack`1": lambda items, element: ClrQueue(items, element, last_first=True),
}  # fmt: skip
_MAPS = {
    _G + "Dictionary`2": containers.ClrDictionary,
    _G + "IDictionary`2": containers.ClrDictionary,
    _G + "IReadOnlyDictionary`2": containers.ReadOnlyDictionary,
}
_PAIR, _TUPLE = _G + "KeyValuePair`2", "System.Tuple`"

_BEHIND = "Additional text found in JSON string after finishing deserializing object."

Members = Sequence[tuple[str, Any]]


class _Metadata(NamedTuple):
    """What an object says of itself, and the members that follow. `values` and `reference` are None where it
    says nothing of them."""

    rest: Members
    identity: str | None = None
    values: Sequence[Any] | None = None
    reference: str | None = None


def _name_of(kind: Type) -> str:
    """The name of a type without its arguments."""
    return "" if kind.definition is None else kind.definition.name


def made_of(kind: Type) -> str:
    """`array` or `object`: what a collection or pair is read from; empty for other types."""
    name = _name_of(kind)
    if kind.kind == "array" or name in _LISTS:
        return "array"
    return "object" if name in _MAPS or name == _PAIR or name.startswith(_TUPLE) else ""


class Composer(ABC):
    """Makes the values that one document holds, of items as its reader yields them."""

    def __init__(self) -> None:
        self._known: dict[str, object] = {}

    @abstractmethod
    def element(self, kind: Type, item: Any) -> object:
        """The value of a type that an item becomes inside a collection."""

    @abstractmethod
    def key(self, kind: Type, name: str) -> object:
        """The key of a dictionary that a member's name becomes."""

    @abstractmethod
    def array_token(self, items: Sequence[Any]) -> object:
        """A JArray of items."""

    @abstractmethod
    def object_token(self, members: Members) -> object:
        """A JObject of members."""

    @abstractmethod
    def text(self, item: Any) -> str | None:
        """The text of a scalar; None for null and for what is no scalar."""

    @abstractmethod
    def items(self, item: Any) -> Sequence[Any] | None:
        """The items of an array, None for what is none."""

    @abstractmethod
    def can_refer(self, item: Any) -> bool:
        """Whether an item is a string or null."""

    def of_items(self, kind: Type, items: Sequence[Any], identity: str | None = None) -> object:
        """The value of a type for an array; throws JsonSerializationException for a type without items."""
        if kind.name == "System.Object":
            return self.array_token(items)
        make = containers.ClrArray if kind.kind == "array" else _LISTS.get(_name_of(kind))
        if make is None:
            mismatch(kind, "array")
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

    def of_members(self, kind: Type, members: Members) -> object:
        """The value of a type for an object; throws JsonSerializationException for a type without members."""
        name = _name_of(kind)
        if name == _PAIR:
            key, value = self._named(kind, members, ("key", "value"))
            return containers.KeyValuePair(key, value, _names(kind))
        if name == "System.Object":
            return self.untyped(members)
        said = self._metadata(members)
        if said.reference is not None:
            return self._known.get(said.reference)
        if said.values is not None:
            return self.of_items(kind, said.values, said.identity)
        if name in _MAPS:
            return self._map(kind, said)
        if name.startswith(_TUPLE):
            places = [f"item{place}" for place in range(1, len(kind.arguments) + 1)]
            made = ClrTuple(tuple(self._named(kind, said.rest, places)), _names(kind))
            self._remember(said.identity, made)
            return made
        mismatch(kind, "object")

    def untyped(self, members: Members) -> object:
        """The value of type `object` for an object: a token, or what it refers to."""
        said = self._metadata(members)
        if said.reference is not None:
            return self._known.get(said.reference)
        return self.object_token(said.rest) if said.values is None else self.array_token(said.values)

    def _map(self, kind: Type, said: _Metadata) -> containers.ClrDictionary:
        key, value = kind.arguments
        made = _MAPS[_name_of(kind)](_names(kind), DEFAULT_COMPARER)
        self._remember(said.identity, made)
        for name, item in said.rest:
            made.put(self.key(key, name), self.element(value, item))
        return made

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

    def _metadata(self, members: Members) -> _Metadata:
        identity: str | None = None
        for place, (name, item) in enumerate(members):
            rest = members[place + 1 :]
            if name == "$ref":
                reference = self._reference(item, rest)
                if reference is not None:
                    return _Metadata(rest, identity, reference=reference)
            elif name == "$values":
                return _Metadata(rest, identity, self._values(item, rest))
            elif name == "$id":
                identity = self._identity(item)
            elif name != "$type":
                return _Metadata(members[place:], identity)
            elif self.text(item) is None:
                raise null_reference()
        return _Metadata((), identity)

    def _identity(self, item: Any) -> str | None:
        found = self.text(item)
        if found is None and not self.can_refer(item):
            refuse(_BEHIND, SERIALIZATION)
        return found

    def _reference(self, item: Any, rest: Members) -> str | None:
        if not self.can_refer(item):
            refuse("JSON reference $ref property must have a string or null value.", SERIALIZATION)
        found = self.text(item)
        if found is not None and rest:
            refuse(
                "Additional content found in JSON reference object. A JSON reference object should only have "
                "a $ref property.",
                SERIALIZATION,
            )
        return found

    def _values(self, item: Any, rest: Members) -> Sequence[Any]:
        found = self.items(item)
        if found is None:
            refuse("Unexpected token while deserializing object: EndObject.", SERIALIZATION)
        if rest:
            refuse(_BEHIND, SERIALIZATION)
        return found


def _names(kind: Type) -> str:
    return ",".join(each.name for each in kind.arguments)


def mismatch(kind: Type, what: str) -> NoReturn:
    refuse(f"Cannot deserialize the current JSON {what} into type '{kind.name}'.", SERIALIZATION)


def no_conversion(kind: Type, value: object) -> NoReturn:
    """A scalar that does not become a type."""
    shown = f'"{value}"' if isinstance(value, str) else text_of(value)
    refuse(
        f"Error converting value {'{null}' if value is None else shown} to type '{kind.name}'.", SERIALIZATION
    )


def refuse(what: str, kind: str = _READER) -> NoReturn:
    """Throw an exception of Newtonsoft.Json, with the place that .NET names for a value read alone."""
    raise ClrException(kind, f"{what} Path '', line 1, position 1.")
