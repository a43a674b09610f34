"""What the members of `context` do: its maps, bodies and tokens as CLR values."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from apimlb.policy.apim import context as views
from apimlb.policy.apim.credentials import Jwt
from apimlb.policy.clr.budget import BUDGET, SMALL, charge_each, charge_looked_at, charge_text, out_of_steps
from apimlb.policy.clr.casts import RUNTIME
from apimlb.policy.clr.collections.containers import MISSING, ClrArray, ReadOnlyMap
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.dates.instants import DateTime, from_epoch
from apimlb.policy.clr.exceptions import argument_null, invalid_cast, required
from apimlb.policy.clr.objects.text import clr_type_name
from apimlb.policy.clr.strings.encodings import url_encode
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.utf16 import enter, leave
from apimlb.policy.switches import Switches

T = TypeVar("T")

STRING = "System.String"
_FEW = 32
"""Headers that a call's own price pays for looking through."""

_LOOKUP = 3
"""Steps of a look for one value."""


def strings(items: Iterable[str]) -> ClrArray:
    made: list[object] = [enter(item) for item in items]
    BUDGET.spend(len(made) >> 3)
    return ClrArray(made, STRING)


def _looked_up(key: object) -> str:
    """A name that is looked for, paid for by its length."""
    name = str(key)
    charge_looked_at(name)
    return name


class HeaderMap(ReadOnlyMap):
    """Headers as IReadOnlyDictionary<string, string[]>; names ignore case."""

    types = "System.String,System.String[]"

    def __init__(self, message: views.RequestView | views.ResponseView) -> None:
        self.headers = message.headers

    def find(self, key: object) -> object:
        key = required(key, "key")
        BUDGET.spend(len(self.headers) >> 4)
        found = self.headers.get_all(_looked_up(key))
        return strings(found) if found else MISSING

    def pairs(self) -> Iterable[tuple[object, object]]:
        charge_each(len(self.headers) << 2)
        return [(enter(name), strings(values)) for name, values in self.headers.grouped()]

    def __len__(self) -> int:
        charge_each(len(self.headers))
        return len(self.headers.grouped())


class MemberMap(ReadOnlyMap):
    """Query parameters, form fields, claims, certificates: values by name, each `shown` as .NET has it."""

    def __init__(self, items: Mapping[str, T], types: str, shown: Callable[[T], object]) -> None:
        self._items: Mapping[str, Any] = items
        self._shown: Callable[[Any], object] = shown
        self.types = types

    def find(self, key: object) -> object:
        found = self._items.get(leave(_looked_up(required(key, "key"))), MISSING)
        return MISSING if found is MISSING else self._shown(found)

    def pairs(self) -> Iterable[tuple[object, object]]:
        return [(enter(name), self._shown(value)) for name, value in self._items.items()]

    def __len__(self) -> int:
        return len(self._items)


def list_map(items: Mapping[str, list[str]]) -> MemberMap:
    """Several texts under a name: IReadOnlyDictionary<string, string[]>."""
    return MemberMap(items, HeaderMap.types, strings)


class VariableMap(MemberMap):
    """context.Variables: what the policy put there, as CLR values."""

    def __init__(self, variables: dict[str, object], switches: Switches) -> None:
        super().__init__(variables, MemberMap.types, entered)
        self.switches = switches

    def absent(self, key: object) -> object:
        return None if self.switches.absent_variable == "null" else super().absent(key)

    def find(self, key: object) -> object:
        try:
            value = self._items[key]  # type: ignore[index]
        except KeyError:
            if key is None:
                raise argument_null("key") from None
            return MISSING
        if len(key) > SMALL:  # type: ignore[arg-type]
            charge_looked_at(key)  # type: ignore[arg-type]
        kind = type(value)
        return value if kind is bool or kind is int else entered(value)


def entered(value: object) -> object:
    """A value from outside, as expressions hold it."""
    if type(value) is str:
        return value if value.isascii() else enter(value)
    return bytearray(value) if type(value) is bytes else value


def variables(context: views.Context) -> VariableMap:
    shown = context.shown_variables
    if type(shown) is not VariableMap:
        shown = context.shown_variables = VariableMap(context.variables, context.switches)
    return shown


def variable_or_default(kind: Type, target: ReadOnlyMap, name: str, default: object) -> object:
    """GetValueOrDefault<T>; of a value of another type what the switch says."""
    value = target.find(name)
    if value is MISSING:
        return default
    if value is None:
        return kind.default
    if type(value) is str and kind.name == STRING:
        return value
    if not RUNTIME.is_a(value, kind):
        if isinstance(target, VariableMap) and target.switches.other_type == "default":
            return default
        raise invalid_cast(clr_type_name(value), kind.underlying.name)
    return value


def map_value_or(target: ReadOnlyMap, key: object, default: object = None) -> object:
    """GetValueOrDefault of any map."""
    value = target.find(key)
    return default if value is MISSING else value


def joined_or_default(target: ReadOnlyMap, name: str, default: str | None = None) -> str | None:
    """GetValueOrDefault of headers, query parameters and claims: several values are joined by a
    comma. It pays for itself: most policies read a header, and what pays for other calls takes as long."""
    BUDGET.left -= _LOOKUP
    if BUDGET.left < 0:
        out_of_steps()
    if type(target) is HeaderMap and name is not None:
        held = target.headers
        if len(held.parts) > _FEW:
            BUDGET.spend(len(held) >> 4)
        if len(name) > SMALL:
            charge_looked_at(name)
        found = held.get(name)
        if found is None:
            return default
        made = found if found.isascii() else enter(found)
    else:
        value = target.find(name)
        if value is MISSING:
            return default
        made = ",".join(map(str, value.items)) if isinstance(value, ClrArray) else str(value)
    if len(made) > SMALL:
        charge_text(made)
    return made


def form_text(fields: ReadOnlyMap) -> str:
    return "&".join(
        f"{url_encode(str(name))}={url_encode(str(value))}"
        for name, values in fields.pairs()
        for value in elements(values)
    )


def things(items: Iterable[object]) -> LazySequence:
    return LazySequence(items.__iter__)


def moment(seconds: float | None) -> DateTime | None:
    return None if seconds is None else from_epoch(seconds)


def jwt_moment(name: str) -> Callable[[Jwt], DateTime | None]:
    return lambda jwt: moment(float(text) if (text := jwt.claim(name)) else None)


def tried(read: Callable[[str | None], T | None]) -> Callable[[str | None], tuple[bool, T | None]]:
    """TryParseX of what AsX reads."""

    def parse(text: str | None) -> tuple[bool, T | None]:
        found = read(text)
        return found is not None, found

    return parse
