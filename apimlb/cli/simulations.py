"""What `apimlb simulate` and `apimlb capacity` do: options into scenarios, and a run with its progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from apimlb.cli.prose import say
from apimlb.cli.workspace import Workspace
from apimlb.clock import SystemClock
from apimlb.errors import ConfigError
from apimlb.render import render
from apimlb.simulator.candidate import Candidate, read_candidate
from apimlb.simulator.clients import Progress
from apimlb.simulator.scenario import Scenario, Shape
from apimlb.simulator.simulate import Outcome, simulate
from apimlb.stack import config
from apimlb.stack.config import Stack, Strategy

_SAY_EVERY = 2.0


def run(place: Workspace, scenario: Scenario, asked: "Asked", progress: Progress | None = None) -> Outcome:
    """Play the scenario with the policies that were asked for; says how far it is every few seconds."""
    candidates = [_candidate(place, asked, each) for each in (asked.policy or "", *asked.compared)]
    return simulate(scenario, candidates, progress=progress or Telling())


@dataclass(frozen=True, slots=True)
class Asked:
    """Which policies: the stack's own with `strategy`, or `policy` (a strategy or a file) in its place, and
    each of `compared`. `checkouts` is where files of other people's policies are."""

    strategy: str | None = None
    policy: str | None = None
    compared: Sequence[str] = ()
    checkouts: Path | None = None


def _candidate(place: Workspace, asked: Asked, policy: str) -> Candidate:
    """The stack's own policy ("" for its own strategy, else by the strategy's name), or one in a file."""
    if policy in ("", *Strategy):
        stack = stack_of(place, policy or asked.strategy)
        return Candidate(str(stack.strategy), render(stack), stack)
    return read_candidate(Path(policy), stack_of(place, asked.strategy), asked.checkouts)


def stack_of(place: Workspace, strategy: str | None) -> Stack:
    """The stack in the workspace's file, with the strategy of the command line."""
    said = {} if strategy is None else {"strategy": strategy}
    tables = {**config.load(place.config), **said, "name": place.stack}
    stack = config.parse(tables, source=str(place.config))
    # What is there already is simulated like the rest.
    accounts = tuple(account.model_copy(update={"endpoint": ""}) for account in stack.accounts)
    return stack.model_copy(update={"accounts": accounts})


def sizes(text: str) -> tuple[int, int, int]:
    """`PROMPT,COMPLETION` or the mean of both together: (prompt, completion, mean); raises `ConfigError`."""
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not (1 <= len(numbers) <= 2 and all(number > 0 for number in numbers)):
        raise ConfigError(f"{text!r} are no tokens.", next_step="Write 500, or 400,100.")
    return (numbers[0], numbers[1], sum(numbers)) if len(numbers) == 2 else (0, 0, numbers[0])


def shape(text: str) -> Shape:
    """Raises `ConfigError` for one that there is not."""
    for known in get_args(Shape):
        if text == known:
            return known  # type: ignore[no-any-return]
    raise ConfigError(
        f"There is no shape {text!r}.", next_step=f"Choose one of {', '.join(get_args(Shape))}."
    )


class Telling:
    """Says every few seconds which share of the work is done."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._next = self._clock.now() + _SAY_EVERY

    def __call__(self, share: float) -> None:
        if self._clock.now() >= self._next:
            self._next = self._clock.now() + _SAY_EVERY
            say(f"{share:.0%}")
