"""The order of the tests where several processes run them.

With xdist's `worksteal` each process gets as many tests in a row, and one that has nothing left takes over
from the end of another's row. So each begins with modules that take long; quick ones are left for the end.
"""

from collections.abc import Callable, Hashable, Iterable
from itertools import chain, groupby
from typing import TypeVar

Test = TypeVar("Test")


def dealt(
    tests: Iterable[Test], processes: int, module: Callable[[Test], Hashable], is_slow: Callable[[Test], bool]
) -> list[Test]:
    """The same tests, those of a module in a row as before: so many processes each begin with slow ones."""
    modules = [list(together) for _, together in groupby(tests, module)]
    slow = [each for each in modules if is_slow(each[0])]
    quick = list(chain.from_iterable(each for each in modules if not is_slow(each[0])))
    hands = [list(chain.from_iterable(slow[place::processes])) for place in range(processes)]
    left = sum(map(len, hands)) + len(quick)
    made: list[Test] = []
    for place, hand in enumerate(hands):
        room = max(0, left // (processes - place) - len(hand))
        made += hand + quick[:room]
        del quick[:room]
        left -= len(hand) + room
    return made + quick
