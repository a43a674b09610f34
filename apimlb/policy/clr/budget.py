"""How much one evaluation may do, so that no expression hangs: counted, because a clock would make it
uncertain."""

from collections.abc import Iterator, Sized
from contextlib import contextmanager
from typing import Final, NoReturn

from apimlb.policy.clr import exceptions

STEPS: Final = 500_000
"""Of one evaluation. A step pays for a microsecond at most, as benchmarks/policy_costs.py measures it."""

_ROUND: Final = 2
"""Of a round of a loop with a short body."""

REQUEST_STEPS: Final = 1_000_000
"""Of all evaluations and conversions that one request causes, however often its policy tries again."""

KEPT: Final = 32_000_000
"""Characters, bytes and elements that the evaluations of one request may hand on, to variables and bodies."""

SEARCHING: Final = 7e7
EVALUATION: Final = 4
"""Of an evaluation as such."""

SMALL: Final = 1_000
"""What a value may have of them and be kept for nothing."""

SIZELESS: Final = frozenset([bool, int, type(None)])
LONGEST_TEXT: Final = 8_000_000
LONGEST_LAYOUT: Final = 1_000


class Means:
    """What is left to one request: steps, room for the values that its evaluations hand on, and searching."""

    __slots__ = ("room", "searching", "steps")

    def __init__(self) -> None:
        self.steps = REQUEST_STEPS
        self.room = KEPT
        self.searching = 0.0

    def keep(self, value: object) -> None:
        """Pay for a value that outlives the evaluation that made it."""
        if isinstance(value, Sized) and len(value) > SMALL:
            self.room -= len(value)
            if self.room < 0:
                raise exceptions.over_limit(f"{KEPT} characters and elements that one request may keep")

    @contextmanager
    def spending(self) -> Iterator[None]:
        """What an element does with a body has the budget of an evaluation, and is paid for as one. No
        expression is evaluated meanwhile."""
        BUDGET.renew()
        BUDGET.left = granted = min(self.steps, STEPS)
        try:
            yield
        finally:
            self.steps -= granted - max(BUDGET.left, 0)
            BUDGET.renew()


class Budget:
    """What is left to the evaluation that runs. There is one at a time: it neither waits nor is it
    interrupted, and the event loop's thread is the only one that evaluates. Between evaluations it is
    renewed, for what is read and formatted outside of expressions."""

    __slots__ = ("left", "numbered", "searching")

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """`searching` is the worst that Python's engine for regular expressions may have cost so far, in
        characters."""
        self.left = STEPS
        self.searching = 0.0
        self.numbered: dict[int, tuple[int, object]] | None = None

    def number_of(self, value: object) -> int:
        """A number of an object that no other has in this evaluation, which keeps it alive."""
        self.spend(10)
        if self.numbered is None:
            self.numbered = {}
        return self.numbered.setdefault(id(value), (len(self.numbered) + 1, value))[0]

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            out_of_steps()


BUDGET: Final = Budget()


def spend(steps: int = 1) -> None:
    """Steps of the evaluation that runs."""
    BUDGET.spend(steps)


def spend_rounds(rounds: int) -> int:
    """Pay for rounds of a loop; none is left to pay for."""
    BUDGET.spend(rounds * _ROUND)
    return 0


def out_of_steps() -> NoReturn:
    raise exceptions.over_limit("the number of steps that one evaluation may take")


def bounded_text(text: str) -> str:
    """A text that was made, if it is not too long."""
    if len(text) > 1_000:
        BUDGET.spend(len(text) >> 6)
        if len(text) > LONGEST_TEXT:
            raise exceptions.over_limit(f"{LONGEST_TEXT} characters in one string")
    return text


def charge_each(count: int) -> None:
    """Pay for going through so many characters or bytes one by one, in Python."""
    BUDGET.spend(count >> 2)


def charge_json(text: str | bytes, token: int) -> None:
    """Pay for reading a text of JSON and making something of it, `token` steps for each value and member."""
    marks = b",[{:" if isinstance(text, bytes) else ",[{:"
    BUDGET.spend((len(text) >> 6) + token * sum(map(text.count, marks)))  # type: ignore[arg-type]


def charge_passed(count: int) -> None:
    """Pay for elements that are copied or skipped in one go, to get at one of them."""
    BUDGET.spend(count >> 6)


def charge_moved(count: int) -> None:
    """Pay for elements that make room for another, or close its gap."""
    BUDGET.spend(count >> 10)


def bounded_layout(layout: str) -> str:
    """A format string, if it is not too long. Each character of it costs a step: it is read in Python."""
    if len(layout) > LONGEST_LAYOUT:
        raise exceptions.over_limit(f"{LONGEST_LAYOUT} characters in one format string")
    BUDGET.spend(8 + len(layout))
    return layout


def bounded_length(length: int) -> int:
    """A length that a text is about to have."""
    if length > LONGEST_TEXT:
        raise exceptions.over_limit(f"{LONGEST_TEXT} characters in one string")
    return length


MAX_DEPTH: Final = 200
