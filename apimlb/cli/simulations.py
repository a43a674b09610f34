"""What `apimlb simulate` and `apimlb capacity` do: options into scenarios, and a run with its progress."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from apimlb.cli.prose import say
from apimlb.cli.workspace import Workspace
from apimlb.clock import SystemClock
from apimlb.errors import ConfigError
from apimlb.render import render
from apimlb.simulator.scenario import Scenario, Shape
from apimlb.simulator.simulate import Outcome, simulate
from apimlb.simulator.stage import Candidate
from apimlb.stack import config
from apimlb.stack.config import Stack

_SAY_EVERY = 2.0


def run(
    place: Workspace,
    scenario: Scenario,
    strategy: str | None,
    policy: Path | None,
    compared: Sequence[Path],
) -> Outcome:
    """Play the scenario with the stack's policy, or with that in a file, and with each that it is compared
    to; says how far it is every few seconds."""
    stack = stack_of(place, strategy)
    first = Candidate(str(stack.strategy), render(stack)) if policy is None else _read(policy)
    candidates = [first, *(_read(path) for path in compared)]
    return simulate(scenario, stack, candidates, progress=_Progress())


def stack_of(place: Workspace, strategy: str | None) -> Stack:
    """The stack in the workspace's file, with the strategy of the command line."""
    said = {} if strategy is None else {"strategy": strategy}
    tables = {**config.load(place.config), **said, "name": place.stack}
    return config.parse(tables, source=str(place.config))


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


def _read(path: Path) -> Candidate:
    return Candidate(path.stem, path.read_text())


class _Progress:
    """Says every few seconds which share of the work is done."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._next = self._clock.now() + _SAY_EVERY

    def __call__(self, share: float) -> None:
        if self._clock.now() >= self._next:
            self._next = self._clock.now() + _SAY_EVERY
            say(f"{share:.0%}")
