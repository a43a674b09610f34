"""Newtonsoft.Json's tokens, with parents: JObject, JArray, JProperty and JValue (rules of version 10)."""

from collections.abc import Callable, Iterator
from typing import Any, Self

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET, MAX_DEPTH, charge_each, charge_moved, charge_passed
from apimlb.policy.clr.collections.containers import MISSING, MODIFIED, bounded
from apimlb.policy.clr.objects.text import equal_values

LINQ = "Newtonsoft.Json.Linq."


class JToken:
    """`parent` is a JArray, a JProperty or (of a JProperty) a JObject."""

    # `notes` are the annotations, which hardly a token has.
    __slots__ = ("notes", "parent")
    notes: list[object]
    parent: "JContainer | None"
    type_name = "None"
    clr_name = LINQ + "JToken"
    clone: "Callable[..., JToken]"

    def __iter__(self) -> Iterator["JToken"]:
        return iter(())


class JValue(JToken):
    """A scalar; an Integer is a plain int for Int64, else ULong or BigInteger."""

    __slots__ = ("type_name", "value")
    clr_name = LINQ + "JValue"
    type_name: str

    def __init__(self, value: object, type_name: str) -> None:
        self.parent = None
        self.value = value
        self.type_name = type_name

    def clone(self, depth: int = 0) -> "JValue":
        return type(self)(self.value, self.type_name)


class JRaw(JValue):
    """JSON that is written as it stands."""

    __slots__ = ()
    clr_name = LINQ + "JRaw"


class JContainer(JToken):
    """A token that holds others."""

    __slots__ = ("version",)
    element = LINQ + "JToken"
    count: Callable[[], int]
    clear: Callable[[], None]
    insert: Callable[[int, JToken | None], None]
    replace_child: Callable[[Any, JToken], None]
    remove_child: Callable[[Any], None]

    def place(self, child: JToken | None) -> int:
        """Where a token stands, -1 if it does not (by identity)."""
        charge_each(self.count())
        return next((i for i, each in enumerate(self) if each is child), -1)


class JProperty(JContainer):
    """A name with a value inside (or for) a JObject."""

    __slots__ = ("name", "value")
    type_name = "Property"
    clr_name = LINQ + "JProperty"

    def __init__(self, name: str, value: JToken | None) -> None:
        self.parent = None
        self.version = 0
        self.name = name
        self.value = adopt(value, self)

    def count(self) -> int:
        return 1

    def __iter__(self) -> Iterator[JToken]:
        yield self.value

    def clone(self, depth: int = 0) -> "JProperty":
        return JProperty(self.name, self.value.clone(depth + 1))

    @property
    def key(self) -> str:
        """The name, as of a pair of the object's IDictionary."""
        return self.name

    def set_value(self, value: JToken | None) -> None:
        self.value = replaced(self.value, value, self)

    def insert(self, index: int, value: JToken | None) -> None:
        raise json_error(f"{self.clr_name} cannot have multiple values.")

    def replace_child(self, old: JToken, new: JToken) -> None:
        self.set_value(new)

    def remove_child(self, child: JToken) -> None:
        self.clear()

    def clear(self) -> None:
        raise json_error(f"Cannot add or remove items from {self.clr_name}.")


class JList(JContainer):
    """Tokens one after another: an array, or the arguments of a constructor."""

    __slots__ = ("items",)

    def __init__(self) -> None:
        self.parent = None
        self.version = 0
        self.items: list[JToken] = []

    def count(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[JToken]:
        version = self.version
        for item in self.items:
            yield item
            if self.version != version:
                raise exceptions.invalid_operation(MODIFIED)

    def clone(self, depth: int = 0) -> Self:
        made = type(self)()
        BUDGET.spend(4 * len(self.items))
        for item in self.items:
            made.add(item.clone(deeper(depth)))
        return made

    def add(self, value: JToken | None) -> None:
        items = self.items
        if len(items) >= 1000:
            bounded(len(items) + 1)
        items.append(adopt(value, self))
        self.version += 1

    def item(self, index: int) -> JToken:
        """`list[index]`; throws System.ArgumentOutOfRangeException."""
        if not 0 <= index < len(self.items):
            raise exceptions.index_range()
        return self.items[index]

    def insert(self, index: int, value: JToken | None) -> None:
        if index < 0:
            raise exceptions.index_range()
        if index > len(self.items):
            raise exceptions.argument_range("Index must be within the bounds of the List.", "index")
        charge_moved(bounded(len(self.items) + 1) - index)
        self.items.insert(index, adopt(value, self))
        self.version += 1

    def put(self, index: int, value: JToken | None) -> None:
        _check_place(index, len(self.items))
        held = self.items[index]
        self.items[index] = replaced(held, value, self)
        self.version += self.items[index] is not held

    def remove_at(self, index: int) -> None:
        _check_place(index, len(self.items))
        charge_moved(len(self.items) - index)
        self.items.pop(index).parent = None
        self.version += 1

    def clear(self) -> None:
        for item in self.items:
            item.parent = None
        self.items.clear()
        self.version += 1

    def place(self, child: JToken | None) -> int:
        charge_each(len(self.items) >> 2)
        return next((i for i, item in enumerate(self.items) if item is child), -1)

    def replace_child(self, old: JToken, new: JToken) -> None:
        self.put(self.place(old), new)

    def remove_child(self, child: JToken) -> None:
        self.remove_at(self.place(child))


def _check_place(index: int, count: int) -> None:
    exceptions.not_negative(index, "index", "Index is less than 0.")
    if index >= count:
        raise exceptions.argument_range("Index is equal to or greater than Count.", "index")


class JArray(JList):
    """An array of tokens."""

    __slots__ = ()
    type_name = "Array"
    clr_name = LINQ + "JArray"


class JConstructor(JList):
    """`new Name(...)`, which is no JSON but is read and written all the same."""

    __slots__ = ("name",)
    type_name = "Constructor"
    clr_name = LINQ + "JConstructor"

    def __init__(self, name: str | None = None) -> None:
        super().__init__()
        self.name = name

    def clone(self, depth: int = 0) -> Self:
        made = super().clone(depth)
        made.name = self.name
        return made


class JObject(JContainer):
    """An object; its properties keep their order."""

    __slots__ = ("properties",)
    type_name = "Object"
    clr_name = LINQ + "JObject"

    def __init__(self) -> None:
        self.parent = None
        self.version = 0
        self.properties: dict[str, JProperty] = {}

    def count(self) -> int:
        return len(self.properties)

    def __iter__(self) -> Iterator[JProperty]:
        version = self.version
        charge_passed(len(self.properties))
        for prop in list(self.properties.values()):
            yield prop
            if self.version != version:
                raise exceptions.invalid_operation(MODIFIED)

    def clone(self, depth: int = 0) -> "JObject":
        made = JObject()
        BUDGET.spend(2 + 5 * len(self.properties))
        for prop in self.properties.values():
            made.append(JProperty(prop.name, prop.value.clone(deeper(depth))))
        return made

    def get(self, name: str | None) -> JToken | None:
        """`object["name"]`: null where there is no such property."""
        prop = self.properties.get(name)  # type: ignore[arg-type]
        if prop is None:
            exceptions.required(name, "propertyName")
            return None
        return prop.value

    def put(self, name: str | None, value: JToken | None) -> None:
        """`object["name"] = value`"""
        name = exceptions.required(name, "name")
        prop = self.properties.get(name)
        if prop is None:
            self.add_property(JProperty(name, value))
        else:
            prop.set_value(value)

    def find(self, name: object) -> object:
        """As the object's IDictionary: the value under a name, or MISSING."""
        prop = self.properties.get(name)  # type: ignore[call-overload]
        return MISSING if prop is None else prop.value

    def absent(self, name: object) -> None:
        """What the IDictionary yields under a name that is not there: null."""
        exceptions.required(name, "propertyName")

    def append(self, prop: JProperty) -> None:
        """Add a property without a parent, whose name the object does not have."""
        bounded(len(self.properties) + 1)
        prop.parent = self
        self.properties[prop.name] = prop
        self.version += 1

    def add(self, name: str | None, value: JToken | None) -> None:
        """`object.Add("name", value)`; throws System.ArgumentException for a name that is there."""
        self.add_property(JProperty(exceptions.required(name, "name"), value))

    def add_property(self, prop: JProperty) -> None:
        self._check_new(prop.name)
        self.append(self._free(prop))

    def _free(self, prop: JProperty) -> JProperty:
        """The property, or a copy of one that has a parent or holds this object."""
        held = prop.parent is not None or (isinstance(prop.value, JContainer) and root(self) is prop)
        return prop.clone() if held else prop

    def _check_new(self, name: str, old: JProperty | None = None) -> None:
        """Refuse a name that another property has than the `old` one."""
        if self.properties.get(name, old) is not old:
            raise exceptions.argument(
                f"Can not add property {name} to {self.clr_name}. "
                "Property with the same name already exists on object."
            )

    def insert(self, index: int, value: JToken | None) -> None:
        if not isinstance(value, JProperty):
            raise cannot_add(value or null(), self)
        self.add_property(value)
        if index < len(self.properties) - 1:
            charge_each(len(self.properties))
            pairs = list(self.properties.items())
            pairs.insert(index, pairs.pop())
            self.properties = dict(pairs)

    def remove(self, name: str | None) -> bool:
        prop = self.properties.pop(name, None)  # type: ignore[arg-type]
        if prop is None:
            return False
        prop.parent = None
        self.version += 1
        return True

    def clear(self) -> None:
        for prop in self.properties.values():
            prop.parent = None
        self.properties.clear()
        self.version += 1

    def replace_child(self, old: JProperty, new: JToken) -> None:
        if not isinstance(new, JProperty):
            raise cannot_add(new, self)
        self._check_new(new.name, old)
        place, new = self.place(old), self._free(new)
        self.remove(old.name)
        self.insert(place, new)

    def remove_child(self, child: JProperty) -> None:
        self.remove(child.name)


def deeper(depth: int) -> int:
    if depth > MAX_DEPTH:
        raise exceptions.argument(f"The JSON is nested more than {MAX_DEPTH} levels deep.")
    return depth + 1


def json_error(message: str) -> exceptions.ClrException:
    return exceptions.ClrException("Newtonsoft.Json.JsonException", message)


def cannot_add(child: JToken, parent: JContainer) -> exceptions.ClrException:
    return exceptions.argument(f"Can not add {child.clr_name} to {parent.clr_name}.")


def null() -> JValue:
    return JValue(None, "Null")


def string_value(text: str | None) -> JValue:
    return JValue(text, "String")


def replaced(held: JToken, value: JToken | None, parent: JContainer) -> JToken:
    """What stands in `parent` when a token is put in place of another: a scalar gives way to no equal one."""
    new = null() if value is None else value
    if isinstance(held, JValue) and isinstance(new, JValue) and equal_values(held, new):
        return held
    new = adopt(value, parent)
    held.parent = None
    return new


def adopt(value: JToken | None, parent: JContainer) -> JToken:
    """The token as a child of `parent`: a copy when it already has a parent, or would hold itself."""
    if value is None:
        value = null()
    elif value.parent is not None or (isinstance(value, JContainer) and root(parent) is value):
        value = value.clone()
    if type(value) is JProperty:
        raise cannot_add(value, parent)
    value.parent = parent
    return value


def root(token: JToken) -> JToken:
    while token.parent is not None:
        BUDGET.spend()
        token = token.parent
    return token
