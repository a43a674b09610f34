"""Object, Nullable, Enum, Exception, Array, Tuple, Random, Guid and the plain interfaces."""

import random
import uuid
from collections.abc import Callable
from functools import cmp_to_key

from apimlb.policy.context import Context
from apimlb.policy.csharp.arrays import make_array
from apimlb.policy.csharp.casts import enum_of
from apimlb.policy.csharp.types import Definition, Needs, Type
from apimlb.policy.library.type_codes import CODES
from apimlb.policy.values.budget import BUDGET, charge_each
from apimlb.policy.values.collections import ClrArray
from apimlb.policy.values.compare import compare
from apimlb.policy.values.exceptions import ClrException, argument, argument_null, argument_range
from apimlb.policy.values.guids import EMPTY, Guid, format_guid, parse_guid
from apimlb.policy.values.iteration import elements
from apimlb.policy.values.metering import charge_sorting
from apimlb.policy.values.numbers import Byte
from apimlb.policy.values.objects import ClrTuple, Enum
from apimlb.policy.values.random_net import SeededRandom
from apimlb.policy.values.text import clr_equals, format_enum, key_of, same, text_of, to_string


def hash_code(value: object) -> int:
    """GetHashCode(): some stable 32-bit number; .NET's own differ from run to run for strings."""
    seed = 0
    text = str(key_of(value))
    charge_each(len(text))
    for char in text:
        seed = (seed * 31 + ord(char)) & 0xFFFFFFFF
    return seed - 0x100000000 if seed > 0x7FFFFFFF else seed


def is_null(value: object) -> bool:
    return value is not None


def nullable_value(value: object) -> object:
    if value is None:
        raise ClrException("System.InvalidOperationException", "Nullable object must have a value.")
    return value


def value_or(value: object, other: object) -> object:
    return other if value is None else value


def value_or_default(kind: Type, value: object) -> object:
    return kind.default if value is None else value


def parse_enum(kind: Type, text: str | None, ignore_case: bool = False) -> Enum:
    """Enum.Parse(typeof...) cannot be written; TryParse<T> can."""
    definition = kind.definition
    assert definition is not None
    if text is None:
        raise argument_null("value")
    number = 0
    for part in text.split(","):
        word = part.strip()
        found = [
            value
            for name, value in definition.constants.items()
            if name == word or (ignore_case and name.lower() == word.lower())
        ]
        if not found and not word.lstrip("+-").isdigit():
            raise argument(f"Requested value '{word}' was not found.")
        number |= found[0] if found else int(word)
    return enum_of(kind, number)


def try_parse_enum(kind: Type, text: str | None, ignore_case: bool = False) -> tuple[bool, Enum]:
    try:
        return True, parse_enum(kind, text, ignore_case)
    except ClrException:
        return False, enum_of(kind, 0)


def new_exception(message: str | None = None, inner: ClrException | None = None) -> ClrException:
    text = message if message is not None else "Exception of type 'System.Exception' was thrown."
    return ClrException("System.Exception", text, inner)


def _items(array: ClrArray | bytearray | None) -> list[object] | bytearray:
    if array is None:
        raise argument_null("array")
    return array if isinstance(array, bytearray) else array.items


def array_sort(array: ClrArray | bytearray | None) -> None:
    items = _items(array)
    charge_sorting(len(items))
    items[:] = sorted(items, key=cmp_to_key(compare))  # type: ignore[arg-type]


def array_reverse(array: ClrArray | bytearray | None) -> None:
    _items(array).reverse()


def array_index(array: ClrArray | bytearray | None, value: object) -> int:
    return next(
        (i for i, item in enumerate(elements(_items(array))) if clr_equals(_boxed(item, array), value)), -1
    )


def _boxed(item: object, array: object) -> object:
    return Byte(item) if isinstance(array, bytearray) and isinstance(item, int) else item


def array_copy(source: ClrArray | bytearray | None, target: ClrArray | bytearray | None, count: int) -> None:
    block_copy(source, 0, target, 0, count)


def block_copy(
    source: ClrArray | bytearray | None,
    start: int,
    target: ClrArray | bytearray | None,
    place: int,
    count: int,
) -> None:
    """Array.Copy with both starts."""
    given, taken = _items(source), _items(target)
    if start < 0 or place < 0 or count < 0:
        raise argument_range("Non-negative number required.", "length")
    if start + count > len(given):
        raise argument(
            "Source array was not long enough. Check the source index, length, and the array's lower bounds.",
            "sourceArray",
        )
    if place + count > len(taken):
        raise argument(
            "Destination array was not long enough. Check the destination index, length, and the "
            "array's lower bounds.",
            "destinationArray",
        )
    taken[place : place + count] = given[start : start + count]  # type: ignore[assignment]


def array_find(array: ClrArray | bytearray | None, test: Callable[[object], bool]) -> object:
    return next((item for item in elements(_items(array)) if test(_boxed(item, array))), None)


def array_exists(array: ClrArray | bytearray | None, test: Callable[[object], bool]) -> bool:
    return any(test(_boxed(item, array)) for item in elements(_items(array)))


def array_length(array: ClrArray | bytearray) -> int:
    return len(array)


def array_get_length(array: ClrArray | bytearray, dimension: int) -> int:
    shape = getattr(array, "shape", ()) or (len(array),)
    return int(shape[dimension])


def array_empty(kind: Type) -> ClrArray | bytearray:
    return bytearray() if kind.name == "System.Byte" else make_array(kind, 0)


def tuple_of(*arguments: object) -> ClrTuple:
    """Tuple.Create: the types come first, one for each item."""
    count = len(arguments) // 2
    names = ",".join(kind.name for kind in arguments[:count])  # type: ignore[attr-defined]
    return ClrTuple(arguments[count:], names)


def tuple_item(index: int) -> str:
    return f"{{0}}.items[{index}]"


class ContextRandom:
    """new Random(): numbers from the policy's own source of chance."""

    clr_name = "System.Random"

    def __init__(self, source: random.Random) -> None:
        self._source = source

    def sample(self) -> float:
        return self._source.random()

    def below(self, lowest: int, highest: int) -> int:
        return lowest + int(self._source.random() * (highest - lowest))


Chance = ContextRandom | SeededRandom


def new_random(context: Context) -> Chance:
    return ContextRandom(context.rng)


def next_int(chance: Chance) -> int:
    return chance.below(0, 0x7FFFFFFF)


def next_below(chance: Chance, highest: int) -> int:
    if highest < 0:
        raise argument_range("'maxValue' must be greater than zero.", "maxValue")
    return chance.below(0, highest)


def next_between(chance: Chance, lowest: int, highest: int) -> int:
    if lowest > highest:
        raise argument_range("'minValue' cannot be greater than maxValue.", "minValue")
    return chance.below(lowest, highest)


def next_double(chance: Chance) -> float:
    return chance.sample()


def next_bytes(chance: Chance, target: bytearray) -> None:
    BUDGET.spend(len(target))
    for index in range(len(target)):
        target[index] = chance.below(0, 0x7FFFFFFF) % 256


def new_guid(context: Context) -> Guid:
    return Guid(uuid.UUID(int=context.rng.getrandbits(128), version=4))


def guid_from_bytes(content: bytearray) -> Guid:
    if len(content) != 16:
        raise argument("Byte array for GUID must be exactly 16 bytes long.", "b")
    return Guid(uuid.UUID(bytes_le=bytes(content)))


def guid_bytes(value: Guid) -> bytearray:
    return bytearray(value.value.bytes_le)


def try_parse_guid(text: str | None) -> tuple[bool, Guid]:
    try:
        return True, parse_guid(text)
    except ClrException:
        return False, EMPTY


def clr_compare(left: object, right: object) -> int:
    return compare(left, right)


_TUPLE_NAMES = ("T1", "T2", "T3", "T4", "T5", "T6", "T7")


def _tuple_definitions() -> list[Definition]:
    made = []
    for count in range(1, 8):
        names = _TUPLE_NAMES[:count]
        parameters = ", ".join(f"{name} item{i}" for i, name in enumerate(names, 1))
        rows = [(f"{name} Item{i}", tuple_item(i - 1)) for i, name in enumerate(names, 1)]
        made.append(
            Definition(
                f"System.Tuple`{count}", "class", names,
                rows=(*rows, (f"new({parameters})", Needs(tuple_of, types=names))),
            )
        )  # fmt: skip
    return made


def _create(count: int) -> tuple[str, Needs]:
    names = ", ".join(_TUPLE_NAMES[:count])
    parameters = ", ".join(f"{name} item{i}" for i, name in enumerate(_TUPLE_NAMES[:count], 1))
    return (
        f"static Tuple<{names}> Create<{names}>({parameters})",
        Needs(tuple_of, types=_TUPLE_NAMES[:count]),
    )


DEFINITIONS = (
    Definition(
        "System.Object", "class", keyword="object",
        rows=(
            ("string ToString()", to_string),
            ("bool Equals(object other)", clr_equals),
            ("int GetHashCode()", hash_code),
            ("static bool Equals(object left, object right)", clr_equals),
            ("static bool ReferenceEquals(object left, object right)", same),
        ),
    ),
    Definition("System.ValueType", "class", nameable=False),
    Definition(
        "System.Enum", "class", bases=("System.ValueType",),
        rows=(
            ("string ToString(string format)", format_enum),
            ("static bool TryParse<T>(string value, out T result)", Needs(try_parse_enum, types=("T",))),
            ("static bool TryParse<T>(string value, bool ignoreCase, out T result)",
             Needs(try_parse_enum, types=("T",))),
        ),
    ),
    Definition(
        "System.Nullable`1", "struct", ("T",), ("System.ValueType",),
        rows=(
            ("bool HasValue", is_null),
            ("T Value", nullable_value),
            ("T GetValueOrDefault()", Needs(value_or_default, types=("T",))),
            ("T GetValueOrDefault(T other)", value_or),
            ("string ToString()", text_of),
        ),
    ),
    Definition(
        "System.Exception", "class",
        rows=(
            ("string Message", "{0}.message"),
            ("Exception InnerException", "{0}.inner"),
            ("new()", new_exception),
            ("new(string message)", new_exception),
            ("new(string message, Exception inner)", new_exception),
        ),
    ),
    Definition(
        "System.Array", "class", bases=("System.Collections.IEnumerable",),
        rows=(
            ("int Length", array_length),
            ("int GetLength(int dimension)", array_get_length),
            ("static void Sort<T>(T[] array)", array_sort),
            ("static void Reverse<T>(T[] array)", array_reverse),
            ("static int IndexOf<T>(T[] array, T value)", array_index),
            ("static void Copy(Array source, Array target, int count)", array_copy),
            ("static void Copy(Array source, int start, Array target, int place, int count)", block_copy),
            ("static T Find<T>(T[] array, Predicate<T> match)", array_find),
            ("static bool Exists<T>(T[] array, Predicate<T> match)", array_exists),
            ("static T[] Empty<T>()", Needs(array_empty, types=("T",))),
        ),
    ),
    *_tuple_definitions(),
    Definition("System.Tuple", "class", rows=tuple(_create(count) for count in range(1, 8))),
    Definition(
        "System.Random", "class",
        rows=(
            ("new()", Needs(new_random, context=True)),
            ("new(int Seed)", SeededRandom),
            ("int Next()", next_int),
            ("int Next(int maxValue)", next_below),
            ("int Next(int minValue, int maxValue)", next_between),
            ("double NextDouble()", next_double),
            ("void NextBytes(byte[] buffer)", next_bytes),
        ),
    ),
    Definition(
        "System.Guid", "struct", bases=("System.ValueType",), default=EMPTY,
        rows=(
            ("static Guid Empty", lambda: EMPTY),
            ("static Guid NewGuid()", Needs(new_guid, context=True)),
            ("static Guid Parse(string input)", parse_guid),
            ("static bool TryParse(string input, out Guid result)", try_parse_guid),
            ("new(string g)", parse_guid),
            ("new(byte[] b)", guid_from_bytes),
            ("string ToString(string format)", format_guid),
            ("byte[] ToByteArray()", guid_bytes),
            ("int CompareTo(Guid other)", clr_compare),
            ("bool Equals(Guid other)", clr_equals),
            ("static bool operator ==(Guid a, Guid b)", "{0} == {1}"),
            ("static bool operator !=(Guid a, Guid b)", "{0} != {1}"),
        ),
    ),
    Definition("System.TypeCode", "enum", constants=CODES, nameable=False),
    Definition("System.DBNull", "class", nameable=False),
    Definition("System.IComparable", "interface", nameable=False),
    Definition("System.IDisposable", "interface", nameable=False, rows=(("void Dispose()", "None and {0}"),)),
    Definition("System.Type", "class", nameable=False),
    Definition("System.Void", "struct", nameable=False),
)  # fmt: skip
