"""What every element of a policy did, in order, for `apimlb policy trace`."""

from collections.abc import Callable
from dataclasses import dataclass, field

from apimlb.policy.clr.budget import Allowance
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.objects.text import clr_type_name, to_clr_string
from apimlb.policy.run.exchange import Exchange, Section, Step

_SHOWN_LENGTH = 200


@dataclass(slots=True)
class TracedStep:
    """One element that ran.

    `depth` counts the elements around it; `started` and `elapsed` are seconds on the exchange's clock;
    `changed` maps variables to their text before and after (None where there was none); `outcome` is what
    stopped the element, or empty; `status` is that of `context.Response` when it was done.
    """

    element: str
    section: Section
    scope: str
    path: str
    line: int
    column: int
    depth: int
    started: float
    elapsed: float = 0.0
    status: int | None = None
    outcome: str = ""
    changed: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)


class Recorder:
    """Keeps everything that is told to a Trace, in the order in which elements began."""

    def __init__(self) -> None:
        self.steps: list[TracedStep] = []
        self._depth = 0

    def entered(self, step: Step, exchange: Exchange) -> Callable[[str], None]:
        clock, before = exchange.services.clock, shown_variables(exchange)
        place = (step.tag, exchange.section, step.scope, step.path, step.line, step.column)
        traced = TracedStep(*place, self._depth, clock.now())
        self.steps.append(traced)
        self._depth += 1

        def left(outcome: str) -> None:
            self._depth -= 1
            after = shown_variables(exchange)
            traced.changed = {
                name: (before.get(name), after.get(name))
                for name in before | after
                if before.get(name) != after.get(name)
            }
            traced.elapsed = clock.now() - traced.started
            traced.outcome = outcome
            traced.status = exchange.context.response.status_code if exchange.context.response else None

        return left


def shown_variables(exchange: Exchange) -> dict[str, str]:
    """Every variable as a person reads it: `System.Int32 3`, cut to a bearable length."""
    return {name: shown(value) for name, value in exchange.context.variables.items()}


def shown(value: object) -> str:
    """One value with its CLR type."""
    text = told(value)
    cut = text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "…"
    return cut if value is None else f"{clr_type_name(value)} {cut}"


def told(value: object) -> str:
    """One value's text, or why it has none."""
    if value is None:
        return "null"
    try:
        with Allowance().turn():  # the trace is not charged to the request
            return to_clr_string(value)
    except ClrException as error:
        return error.message
