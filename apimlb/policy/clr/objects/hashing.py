"""GetHashCode(): .NET Core's numbers where those are the same in every run, else numbers that stay the same
here.

Source: dotnet/runtime 3.1, GetHashCode of each type, confirmed by running it. .NET salts the hashes of texts
anew in every process; here they are made of the characters, so that runs can be repeated. Equal values hash
equally.
"""

import struct
from collections.abc import Callable
from decimal import Decimal
from functools import singledispatch
from typing import Any

from apimlb.policy.clr.budget import BUDGET, charge_each
from apimlb.policy.clr.collections.containers import KeyValuePair
from apimlb.policy.clr.dates.instants import DateTime, DateTimeOffset, TimeSpan
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.guids import Guid
from apimlb.policy.clr.numbers.arithmetic import Char, Long, Single, ULong, units_of, wrap32
from apimlb.policy.clr.objects.anonymous import Anonymous
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.objects.tuples import ClrTuple

_MASK = 0xFFFFFFFF


def _halves(bits: int) -> int:
    """The lower and the upper 32 bits of a number, combined."""
    return wrap32(bits ^ (bits >> 32))


def hash_code(value: object) -> int:
    """GetHashCode() as an Int32; 0 for null and for a Nullable without a value."""
    BUDGET.spend()
    if type(value) is int:
        return value
    return 0 if value is None else hash_of(value)


def combined(hashes: list[int]) -> int:
    """Tuple.CombineHashCodes: in groups of four from the front, each group in pairs."""
    if len(hashes) == 1:
        return hashes[0]
    half = 4 if len(hashes) > 4 else 2 if len(hashes) > 2 else 1
    first, second = combined(hashes[:half]), combined(hashes[half:])
    return wrap32(((first << 5) + first) ^ second)


def text_hash(text: str) -> int:
    charge_each(len(text))
    seed = 0
    for char in text:
        seed = (seed * 31 + ord(char)) & _MASK
    return wrap32(seed)


@singledispatch
def hash_of(value: object) -> int:
    """The hash of what is not null; objects that are equal only to themselves are numbered as they come."""
    if type(value).__eq__ is object.__eq__:
        return wrap32(BUDGET.number_of(value) * 0x9E3779B1)
    return text_hash(text_of(value))


def _guid(value: Guid) -> int:
    first, second, third, fourth = struct.unpack("<4I", value.bytes_le)
    return wrap32(first ^ second ^ third ^ fourth)


def _double(value: float) -> int:
    """Both zeros alike, and all that is not a number."""
    if value == 0:
        return 0
    return 0x7FF00000 if value != value else _halves(struct.unpack("<Q", struct.pack("<d", value))[0])


def _single(value: Single) -> int:
    if float(value) == 0:
        return 0
    return 0x7F800000 if value != value else int(struct.unpack("<i", struct.pack("<f", value))[0])


def _decimal(value: Decimal) -> int:
    """Numbers that differ in trailing zeros alone are alike."""
    whole, scale = units_of(value)
    if whole == 0:
        return 0
    while scale and whole % 10 == 0:
        whole, scale = whole // 10, scale - 1
    return wrap32(value.is_signed() << 31 ^ scale << 16 ^ whole ^ whole >> 32 ^ whole >> 64)


_HASHES: dict[type, Callable[[Any], int]] = {
    str: text_hash,
    int: wrap32,
    Long: _halves,
    ULong: _halves,
    Char: lambda value: wrap32(ord(value) | ord(value) << 16),
    float: _double,
    Single: _single,
    Decimal: _decimal,
    Guid: _guid,
    DateTime: lambda value: _halves(value.ticks),
    TimeSpan: lambda value: _halves(value.ticks),
    DateTimeOffset: lambda value: _halves(value.utc_ticks),
    Enum: lambda value: wrap32(value.number),
    ClrTuple: lambda value: combined([hash_code(item) for item in value.parts]),
    # Of its first part that is not null.
    KeyValuePair: lambda value: hash_code(value.value if value.key is None else value.key),
    Anonymous: lambda value: combined(
        [text_hash(name) ^ hash_code(item) for name, item in value.members.items()] or [0]
    ),
}
for kind, call in _HASHES.items():
    hash_of.register(kind, call)
