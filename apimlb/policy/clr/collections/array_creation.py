"""New arrays of default values."""

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.collections.containers import ClrArray, bounded
from apimlb.policy.clr.exceptions import arithmetic_overflow
from apimlb.policy.clr.types.constructed import Type


def _checked(sizes: tuple[int, ...]) -> int:
    count = 1
    for size in sizes:
        if size < 0:
            raise arithmetic_overflow()
        count = bounded(count * size)
    BUDGET.spend(count >> 4)
    return count


def make_array(element: Type, *sizes: int) -> ClrArray:
    """`new T[n]`"""
    return ClrArray([element.default] * _checked(sizes), element.name, sizes if len(sizes) > 1 else ())


def make_bytes(size: int) -> bytearray:
    """`new byte[n]`"""
    return bytearray(_checked((size,)))
