"""All the questions, asked one after another, and what came of them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from apimlb.errors import ApimlbError
from apimlb.verify import accounts, gateway, language
from apimlb.verify.questions import Question, Unclear
from apimlb.verify.stand import Stand

QUESTIONS: tuple[Question, ...] = (*gateway.QUESTIONS, *language.QUESTIONS, *accounts.QUESTIONS)
UNASKED = {
    "gateway.cache_delay below a round trip": "what is seen within one call of the client counts as at once",
}
"""What cannot be asked from outside, and why."""
HOURLY = "it takes provisioned throughput, which is billed by the hour: --provisioned asks it"


@dataclass(frozen=True, slots=True)
class Found:
    """`answers` by name, and of what stays `open` why."""

    answers: dict[str, Any] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)


def chosen(names: Sequence[str], *, provisioned: bool = True) -> tuple[Question, ...]:
    """The questions about names that begin so, all for none; those that take provisioned throughput only
    where that may be made."""
    return tuple(
        question
        for question in QUESTIONS
        if (provisioned or not question.provisioned)
        and (not names or any(name.startswith(tuple(names)) for name in question.names))
    )


def left_out(names: Sequence[str]) -> dict[str, str]:
    """What stays open where no provisioned throughput may be made, and why."""
    left = [each for each in chosen(names) if each.provisioned]
    return {name: HOURLY for question in left for name in question.names}


def seconds_of(questions: Sequence[Question]) -> float:
    """About how long they take on a real gateway."""
    return sum(question.seconds for question in questions)


async def interview(
    stand: Stand, questions: Sequence[Question], tell: Callable[[str], None], until: float = math.inf
) -> Found:
    """Ask them all; one that fails, or is answered as nobody thought, stays open and stops no other.

    None is begun after `until`, in epoch seconds.
    """
    found = Found()
    for number, question in enumerate(questions, 1):
        if stand.bench.clock.now() >= until:
            found.open.update(dict.fromkeys(question.names, "the time was up"))
            continue
        names = ", ".join(question.names)
        tell(f"{number}/{len(questions)} {names}")
        try:
            told = await question.ask(stand)
        except (ApimlbError, Unclear, ValueError) as error:
            found.open.update(dict.fromkeys(question.names, _said(error)))
            continue
        found.answers.update(told)
    return found


def _said(error: Exception) -> str:
    """Why, without the names of what it was about."""
    return error.what if isinstance(error, ApimlbError) else str(error) or type(error).__name__
