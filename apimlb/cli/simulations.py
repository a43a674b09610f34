"""What `apimlb simulate` and `apimlb capacity` do: options into scenarios, and a run with its progress."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, get_args

from apimlb.cli import stack_settings
from apimlb.cli.prose import counted, say
from apimlb.cli.workspace import Workspace
from apimlb.errors import ConfigError, PolicyError
from apimlb.local.entra.keys import make_key
from apimlb.render import check, render
from apimlb.simulator.candidate import Candidate, read_candidate
from apimlb.simulator.capacity import fit
from apimlb.simulator.clients import Progress
from apimlb.simulator.scenario import Scenario, Shape
from apimlb.simulator.simulate import Outcome, simulate
from apimlb.simulator.stage import DEPLOYMENT
from apimlb.stack.choices import Strategy
from apimlb.stack.config import Account, Stack
from apimlb.wall_clock import SystemClock

_SAY_EVERY = 2.0
_REGIONS = ("eastus2", "swedencentral", "westus3", "northcentralus", "francecentral", "japaneast")
"""Where accounts beyond the stack's own would be: regions that have all of the default models."""


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
    candidate = read_candidate(Path(policy), stack_of(place, asked.strategy), asked.checkouts)
    try:
        check(candidate.stack, candidate.policy, candidate.foreign.values if candidate.foreign else {})
    except PolicyError as error:
        where = f"{policy}, line {error.line}, column {error.column}"
        raise ConfigError(
            error.what,
            where=where,
            why="Azure would not take this policy.",
            next_step=f"Correct {policy}.",
        ) from None
    return candidate


def capacities(
    place: Workspace, scenario: Scenario, strategy: str | None, goal: float, accounts: int
) -> list[dict[str, Any]]:
    """The least capacity for each number of accounts, as data; says which is being looked at."""
    stack = stack_of(place, strategy)
    if not 1 <= accounts <= len(_REGIONS):
        raise ConfigError(f"{accounts} accounts are not looked at.", next_step=f"Give 1 to {len(_REGIONS)}.")
    key, found = make_key(), []
    for count in range(1, accounts + 1):
        say(f"{count} of {accounts}")
        size = fit(scenario, partial(_sized, stack), count, goal, key)
        if size is not None:
            found.append({**asdict(size), "total": size.total})
    return found


def capacity_lines(found: Sequence[Mapping[str, Any]], goal: float) -> Iterator[str]:
    """The sizes for a person."""
    if not found:
        yield f"No number of accounts refuses as few as {goal:.2%}: allow for more accounts."
        return
    yield "accounts, each in a region   capacity of each   together   clients that see a 429   with one away"
    for size in found:
        yield (
            f"{size['accounts']:25}{size['capacity']:17}K{size['total']:10}K{size['refused']:24.2%}"
            f"{size['refused_with_one_away']:16.2%}"
        )
    yield ""
    best = min(found, key=lambda size: size["refused_with_one_away"])
    yield (
        f"Capacity is in thousands of tokens per minute on each deployment. With one account away, "
        f"{counted(best['accounts'], 'account serves', 'accounts serve')} the most."
    )


def _sized(stack: Stack, accounts: int, capacity: int) -> Candidate:
    """The stack with so many accounts, its own first, and that capacity on its chat deployment."""
    own = [account.location for account in stack.accounts]
    places = [*own, *(region for region in _REGIONS if region not in own)][:accounts]
    chat = stack.deployments[DEPLOYMENT].model_copy(update={"capacity": capacity})
    made = stack.model_copy(
        update={
            "accounts": tuple(Account.model_validate({"location": place}) for place in places),
            "deployments": {**stack.deployments, DEPLOYMENT: chat},
        }
    )
    return Candidate(str(made.strategy), render(made), made)


def stack_of(place: Workspace, strategy: str | None) -> Stack:
    """The stack of the file and the environment, with the strategy of the command line."""
    stack = stack_settings.stack_of(place, {"strategy": strategy})
    # What is there already is simulated like the rest.
    accounts = tuple(account.model_copy(update={"endpoint": ""}) for account in stack.accounts)
    made = {"gateway": "", "gateway_identity": "", "path": "openai"}
    return stack.model_copy(update={"accounts": accounts, **made})


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
