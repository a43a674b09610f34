"""Random and Guid: what draws from the policy's own source of chance."""

import random

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.catching import tried
from apimlb.policy.clr.chance.generator import SeededRandom
from apimlb.policy.clr.exceptions import argument, argument_range, not_negative
from apimlb.policy.clr.guids import EMPTY, Guid, format_guid, guid_from_bytes, parse_exact, parse_guid
from apimlb.policy.clr.objects.ordering import compare
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.definitions import Call, Definition


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


def next_below(chance: Chance, highest: int) -> int:
    not_negative(highest, "maxValue", "'maxValue' must be greater than zero.")
    return chance.below(0, highest)


def next_between(chance: Chance, lowest: int, highest: int) -> int:
    if lowest > highest:
        raise argument_range("'minValue' cannot be greater than maxValue.", "minValue")
    return chance.below(lowest, highest)


def next_bytes(chance: Chance, target: bytearray) -> None:
    BUDGET.spend(len(target))
    for index in range(len(target)):
        target[index] = chance.below(0, 0x7FFFFFFF) % 256


def guid_from_parts(first: int, second: int, third: int, *rest: int) -> Guid:
    """new Guid(a, b, c, d, e, f, g, h, i, j, k)"""
    number = (first & 0xFFFFFFFF) << 96 | (second & 0xFFFF) << 80 | (third & 0xFFFF) << 64
    return Guid(int=number | int.from_bytes(bytes(rest), "big"))


def guid_from_part_bytes(first: int, second: int, third: int, rest: bytearray) -> Guid:
    """new Guid(a, b, c, d[])"""
    if len(rest) != 8:
        raise argument("Byte array for GUID must be exactly 8 bytes long.", "d")
    return guid_from_parts(first, second, third, *rest)


def compare_guid(value: Guid, other: object) -> int:
    """CompareTo(object)"""
    if other is not None and not isinstance(other, Guid):
        raise argument("Object must be of type GUID.", "value")
    return compare(value, other)


_BYTES = ", ".join(f"byte {name}" for name in "defghijk")

DEFINITIONS = (
    Definition(
        "System.Random", "class",
        rows=(
            ("new()", Call(lambda host: ContextRandom(host.rng), context=True, cost="none")),
            ("new(int Seed)", SeededRandom),
            ("int Next()", Call(lambda chance: chance.below(0, 0x7FFFFFFF), cost="none")),
            ("int Next(int maxValue)", Call(next_below, cost="none")),
            ("int Next(int minValue, int maxValue)", Call(next_between, cost="none")),
            ("double NextDouble()", Call(lambda chance: chance.sample(), cost="none")),
            ("void NextBytes(byte[]! buffer)", next_bytes),
        ),
    ),
    Definition(
        "System.Guid", "struct", bases=("System.ValueType",), default=EMPTY,
        rows=(
            ("static Guid Empty", lambda: EMPTY),
            ("static Guid NewGuid()",
             Call(lambda host: Guid(int=host.rng.getrandbits(128), version=4), context=True)),
            ("static Guid Parse(string input)", parse_guid),
            ("static bool TryParse(string input, out Guid result)", tried(parse_guid, EMPTY)),
            ("static Guid ParseExact(string input, string format)", parse_exact),
            ("static bool TryParseExact(string input, string format, out Guid result)",
             tried(parse_exact, EMPTY)),
            ("new(string! g)", parse_guid),
            ("new(byte[]! b)", guid_from_bytes),
            (f"new(int a, short b, short c, {_BYTES})", guid_from_parts),
            (f"new(uint a, ushort b, ushort c, {_BYTES})", guid_from_parts),
            ("new(int a, short b, short c, byte[]! d)", guid_from_part_bytes),
            ("string ToString(string format)", format_guid),
            ("byte[] ToByteArray()", lambda value: bytearray(value.bytes_le)),
            ("int CompareTo(Guid other)", compare),
            ("int CompareTo(object value)", compare_guid),
            ("bool Equals(Guid other)", clr_equals),
            ("static bool operator ==(Guid a, Guid b)", "{0} == {1}"),
            ("static bool operator !=(Guid a, Guid b)", "{0} != {1}"),
        ),
    ),
)  # fmt: skip
