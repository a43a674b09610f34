"""The cost of members by the size of their arguments and results.

A step of the budget pays for one small operation. Long texts, bytes and lists are charged by their length,
once as an argument and once as a result.
"""

from collections.abc import Callable
from functools import cache, update_wrapper
from typing import Any, Final, Literal

from apimlb.policy.clr.budget import BUDGET, SMALL, charge_text, out_of_steps
from apimlb.policy.clr.collections.containers import ClrArray, ClrList

_CHARACTERS: Final = 6
"""Characters or bytes to a step, as a power of two."""

_ELEMENTS: Final = 4
_CALL: Final = 3
"""Steps of any call; members that take longer pay for more themselves."""

_BULKY: Final = {bytearray: _CHARACTERS, ClrList: _ELEMENTS, ClrArray: _ELEMENTS}
_RATES: Final = {str: _CHARACTERS, **_BULKY}


def charge(value: Any) -> None:
    """Pay for a value by its size; throws when the budget is spent."""
    rate = _RATES.get(type(value))
    if rate is not None and len(value) > SMALL:
        BUDGET.spend(len(value) >> rate)


def charge_sorting(count: int) -> None:
    """Pay for sorting a number of elements."""
    BUDGET.spend(count * count.bit_length() >> 2)


@cache  # one entry a row of the library
def metered(call: Callable[..., object], cost: Literal["sizes", "result"]) -> Callable[..., object]:
    """The call, paying for its arguments and its result, or for the result alone."""
    pays_for_arguments = cost == "sizes"

    # Written out, since it stands around every call: most of what goes in and out are short texts.
    def run(*arguments: object) -> object:
        BUDGET.left -= _CALL
        if BUDGET.left < 0:
            out_of_steps()
        if pays_for_arguments:
            for each in arguments:
                if type(each) is str:
                    if len(each) > SMALL:
                        charge(each)
                elif type(each) in _BULKY:
                    charge(each)
        made: Any = call(*arguments)
        if type(made) is str:
            if len(made) > SMALL:
                charge_text(made)
        elif type(made) in _BULKY:
            charge(made)
            BUDGET.make(len(made) if type(made) is bytearray else 8 * len(made))
        return made

    return update_wrapper(run, call)


def same_text(left: str | None, right: str | None) -> bool:
    """`left == right` of two texts."""
    if left is right:
        return True
    if left is None or right is None or len(left) != len(right):
        return False
    if len(left) > SMALL:
        BUDGET.spend(len(left) >> _CHARACTERS)
    return left == right
