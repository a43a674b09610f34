"""Functions that generated Python calls where Python has no expression: assignments, and checks for null."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

from apimlb.policy.clr.collections.arrays import check_element, place_in
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.exceptions import ClrException, array_range, null_reference, overflow
from apimlb.policy.clr.numbers.arithmetic import Byte, Char


def throw_null() -> NoReturn:
    raise null_reference()


def throw_no_value() -> NoReturn:
    raise ClrException("System.InvalidOperationException", "Nullable object must have a value.")


def decimal_character(value: Decimal) -> Char:
    """`(char)value`"""
    whole = int(value)
    if not 0 <= whole < 65536:
        raise overflow("character")
    return Char(chr(whole))


def call_on(call: Callable[..., object], place: int, *values: object) -> object:
    """The call, if the value at `place` is not null."""
    if values[place] is None:
        throw_null()
    return call(*values)


def set_cell(cell: list[object], value: object) -> object:
    """Assign a local that closures share."""
    cell[0] = value
    return value


def set_through(setter: Callable[..., object], *arguments: object) -> object:
    """Call a setter whose last argument is the value; that value is the result."""
    setter(*arguments)
    return arguments[-1]


def keep(*values: object) -> object:
    """The last of several values that were computed in order."""
    return values[-1]


def array_item(array: "ClrArray | bytearray", index: int, *further: int) -> object:
    """`array[i]` or `array[i, j]`; throws System.IndexOutOfRangeException."""
    if isinstance(array, bytearray):
        if not 0 <= index < len(array):
            raise array_range()
        return Byte(array[index])
    if further:
        return array.items[place_in(array.shape, (index, *further))]
    items = array.items
    if not 0 <= index < len(items):
        raise array_range()
    return items[index]


def array_store(array: "ClrArray | bytearray", *rest: Any) -> None:
    """`array[i] = value` or `array[i, j] = value`"""
    *indices, value = rest
    index = indices[0]
    if not isinstance(array, bytearray) and len(indices) > 1:
        array.items[place_in(array.shape, indices)] = value
    elif not 0 <= index < len(array):
        raise array_range()
    elif isinstance(array, bytearray):
        array[index] = value
    else:
        check_element(array, value)
        array.items[index] = value
