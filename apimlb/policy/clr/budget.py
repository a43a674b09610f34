"""How much one request may do, so that no request holds the gateway or fills the memory. It is counted,
because a clock would make it uncertain.

A request has an allowance of steps, for time, and of room, for memory (`Allowance`). Expressions and elements
spend from the one that is in use, which is that of the request that runs (`BUDGET`). So does what an upload
has compiled.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NoReturn

from apimlb.policy.clr import exceptions

REQUEST_STEPS: Final = 1_000_000
"""Of all that the policies of one request do, however often they try again. A step pays for a microsecond at
most, as benchmarks/policy_costs.py measures it."""

STEPS: Final = 750_000
"""Of one evaluation, so that one which fails leaves something to what handles its failure."""

FAILURE_STEPS: Final = 50_000
"""What on-error may do in any case, also of a request that has done all it may."""

FAILURE_ROOM: Final = 4_000_000
"""Bytes that on-error may make in any case."""

UPLOAD_STEPS: Final = 1_000_000
"""Of reading and compiling what one upload brings: a document with its fragments and expressions."""

ROOM: Final = 256_000_000
"""Bytes of all that one request makes: texts, bodies and values, whether or not it keeps them."""

_ROUND: Final = 2
"""Of a round of a loop with a short body."""

SEARCHING: Final = 7e7
EVALUATION: Final = 4
"""Steps of an evaluation, beside those of what it does."""

SMALL: Final = 256
"""Characters, bytes or elements of a value that is made and looked at for nothing."""

LONGEST_TEXT: Final = 8_000_000
LONGEST_LAYOUT: Final = 1_000
_UNBOUNDED_STEPS: Final = 1 << 62


@dataclass(slots=True, eq=False)
class Allowance:
    """What is left to one request, or to one upload: steps, bytes, and searching, the worst that Python's
    engine for regular expressions may have cost so far, in characters."""

    steps: int = REQUEST_STEPS
    room: int = ROOM
    searching: float = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Within it, everything is paid for from this allowance; nothing in it may wait."""
        before = BUDGET.open(self)
        try:
            yield
        finally:
            BUDGET.close(before)


_UNBOUNDED: Final = Allowance(_UNBOUNDED_STEPS, _UNBOUNDED_STEPS)


@dataclass(slots=True, eq=False)
class Budget:
    """The allowance that is in use. There is one at a time: nothing waits while it is in use, and the event
    loop's thread is the only one that runs policies. While none is in use, nothing is counted.

    `left` are the steps that may be spent now, and `kept` those that an evaluation may not touch.
    """

    allowance: Allowance = _UNBOUNDED
    left: int = _UNBOUNDED.steps
    kept: int = 0
    numbered: dict[int, tuple[int, object]] | None = None

    @property
    def idle(self) -> bool:
        """Whether no allowance is in use."""
        return self.allowance is _UNBOUNDED

    def open(self, allowance: Allowance) -> Allowance:
        """Let everything be paid from `allowance`, until `close` gets the one that this returns."""
        before = self.allowance
        before.steps = self.left
        self.allowance, self.left = allowance, allowance.steps
        return before

    def close(self, before: Allowance) -> None:
        self.allowance.steps = self.left
        self.allowance, self.left = before, before.steps

    def grant(self, steps: int, room: int) -> None:
        """Leave no less than so much to what comes now."""
        self.left = max(self.left, steps)
        self.allowance.room = max(self.allowance.room, room)

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

    def make(self, size: int) -> None:
        """Pay for a number of bytes of memory."""
        self.allowance.room -= size
        if self.allowance.room < 0:
            raise over_request(f"the {ROOM} bytes that one request may make")

    def build(self, steps: int, size: int) -> None:
        """Pay for both."""
        self.left -= steps
        self.allowance.room -= size
        if self.left < 0 or self.allowance.room < 0:
            self.spend(0)
            self.make(0)


BUDGET: Final = Budget()
spend: Final = BUDGET.spend
"""Steps of what runs."""


def spend_rounds(rounds: int) -> int:
    """Pay for rounds of a loop, and return 0: the rounds that are still to be paid for."""
    BUDGET.spend(rounds * _ROUND)
    return 0


def out_of_steps() -> NoReturn:
    if BUDGET.kept:
        raise exceptions.over_limit("the number of steps that one evaluation may take")
    raise over_request("the number of steps that one request may take")


def over_request(what: str) -> exceptions.ClrException:
    """The bound of all that a request causes."""
    return exceptions.ClrException(exceptions.OVER_LIMIT, f"The policies exceed {what}.")


def bounded_text(text: str) -> str:
    """A text that was made, if it is not too long."""
    if len(text) > SMALL:
        bounded_length(len(text))
        charge_text(text)
    return text


def charge_text(text: str) -> None:
    """Pay for a text that was made."""
    BUDGET.spend(len(text) >> 6)
    BUDGET.make(sys.getsizeof(text))


def charge_looked_at(text: str) -> None:
    """Pay for going through a text in one go: its case, or whether it is another."""
    if len(text) > SMALL:
        BUDGET.spend(len(text) >> 6)


def charge_each(count: int) -> None:
    """Pay for going through a number of characters or bytes one by one, in Python."""
    BUDGET.spend(count >> 2)


def charge_fields(text: str) -> None:
    """Pay for reading or writing a text as fields of a query."""
    BUDGET.spend((len(text) >> 6) + 2 * text.count("&") + (text.count("%") >> 1))


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
