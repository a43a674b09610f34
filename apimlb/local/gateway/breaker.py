"""The circuit breaker of one backend: a rule, a state, and what an outcome makes of the state.

Microsoft Learn, Backends in API Management: a rule counts failures (a number, or a percentage of the calls)
inside an interval; when they are reached the breaker opens for the trip duration, or for what the response's
Retry-After says where the rule accepts it, and then closes. There is no half-open state. A call that nobody
answered counts only for a rule that names its reason.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from apimlb.errors import ConfigError
from apimlb.numerals import is_digits

Json = Mapping[str, Any]
Window = Literal["sliding", "tumbling"]
LateFailures = Literal["ignored", "extend"]

_DURATION = re.compile(
    r"P(?:(?P<years>[0-9]+)Y)?(?:(?P<months>[0-9]+)M)?(?:(?P<days>[0-9]+)D)?"
    r"(?:T(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?(?:(?P<seconds>[0-9]+(?:\.[0-9]+)?)S)?)?"
)
_SECONDS = {
    "years": 365 * 86400,
    "months": 30 * 86400,
    "days": 86400,
    "hours": 3600,
    "minutes": 60,
    "seconds": 1,
}
_SLICES = 60
_LONGEST = 2**31 - 1
_LONGEST_DURATION = 922_337_203_685.0


@dataclass(frozen=True, slots=True)
class Rule:
    """When to open and for how long; times in seconds, `statuses` as inclusive ranges, `reasons` lower case.

    `count` failures, or failures in `percentage` percent of the calls, within `interval`.
    """

    interval: float
    trip: float
    count: int = 0
    percentage: int = 0
    statuses: tuple[tuple[int, int], ...] = ()
    reasons: frozenset[str] = frozenset()
    accept_retry_after: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """Calls of one moment or slice of time, which began at `start` (epoch seconds)."""

    start: float
    calls: int
    failures: int


@dataclass(frozen=True, slots=True)
class Breaker:
    """What is known of a backend: open until an epoch second, and the calls that still count."""

    open_until: float = 0.0
    slots: tuple[Slot, ...] = ()

    def is_open(self, now: float) -> bool:
        return now < self.open_until


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended: a status and its Retry-After, or the reason of a fault (BackendConnectionFailure)."""

    status: int = 0
    retry_after: str | None = None
    reason: str = ""


def record(
    state: Breaker,
    rule: Rule,
    outcome: Outcome,
    now: float,
    *,
    window: Window = "sliding",
    late: LateFailures = "ignored",
) -> Breaker:
    """The state after `outcome`, which became known at `now`."""
    failed = _failed(rule, outcome)
    if state.is_open(now):
        if late == "ignored" or not failed:
            return state
        return Breaker(max(state.open_until, now + _open_for(rule, outcome, now)))
    if rule.count and not failed:
        return state
    slots = _count(_recent(state.slots, rule, now, window), rule, failed, now, window)
    if failed and _reached(rule, slots):
        return Breaker(now + _open_for(rule, outcome, now))
    return Breaker(state.open_until, slots)


def read_rule(breaker: Json | None) -> Rule | None:
    """The rule in a backend's `properties.circuitBreaker`, None when there is none.

    Raises ConfigError for a rule that cannot be used.
    """
    rules = (breaker or {}).get("rules") or []
    if not rules:
        return None
    try:
        made = _rule(rules[0], rules[0].get("failureCondition") or {})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"a circuit breaker rule cannot be read: {error!r}") from error
    if made.count <= 0 and made.percentage <= 0:
        raise ConfigError("a circuit breaker rule needs failureCondition.count or .percentage")
    if made.interval <= 0:
        raise ConfigError("a circuit breaker rule needs a failureCondition.interval above zero")
    return made


def _rule(rule: Json, failure: Json) -> Rule:
    return Rule(
        interval=parse_duration(failure.get("interval") or "PT1M"),
        trip=parse_duration(rule.get("tripDuration") or "PT1M"),
        count=int(failure.get("count") or 0),
        percentage=int(failure.get("percentage") or 0),
        statuses=tuple(
            (int(span["min"]), int(span["max"])) for span in failure.get("statusCodeRanges") or []
        ),
        reasons=frozenset(reason.lower() for reason in failure.get("errorReasons") or []),
        accept_retry_after=bool(rule.get("acceptRetryAfter")),
    )


def parse_duration(text: str) -> float:
    """Seconds in an ISO 8601 duration such as PT10S or P1D; as in .NET a year has 365 days, a month 30.

    Raises ConfigError for anything else.
    """
    match = _DURATION.fullmatch(text)
    parts = {} if match is None else {name: part for name, part in match.groupdict().items() if part}
    if not parts or text.endswith("T"):
        raise ConfigError(
            f"{text!r} is not a duration", next_step="write an ISO 8601 duration such as PT10S, PT1M or P1D"
        )
    # .NET has no longer one than TimeSpan.MaxValue, and what is not finite is no time to wait.
    return min(_LONGEST_DURATION, sum(float(part) * _SECONDS[name] for name, part in parts.items()))


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds from `now` in a Retry-After header: whole seconds or an HTTP date; None for anything else."""
    text = (value or "").strip()
    if is_digits(text):
        return float(text) if float(text) <= _LONGEST else None
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now)


def _failed(rule: Rule, outcome: Outcome) -> bool:
    if outcome.reason:
        return outcome.reason.lower() in rule.reasons
    return any(low <= outcome.status <= high for low, high in rule.statuses)


def _open_for(rule: Rule, outcome: Outcome, now: float) -> float:
    told = retry_after(outcome.retry_after, now) if rule.accept_retry_after else None
    return rule.trip if told is None else told


def _recent(slots: tuple[Slot, ...], rule: Rule, now: float, window: Window) -> tuple[Slot, ...]:
    if window == "tumbling":
        since = _slice(now, rule.interval)
        return tuple(slot for slot in slots if slot.start >= since)
    since = now - rule.interval
    return slots if not slots or slots[0].start > since else tuple(s for s in slots if s.start > since)


def _count(slots: tuple[Slot, ...], rule: Rule, failed: bool, now: float, window: Window) -> tuple[Slot, ...]:
    """With a count only failures matter, and of those the last `count`; a percentage needs every call, which
    are added up in slices of the interval so that a busy backend does not grow the state."""
    if rule.count:
        return (*slots, Slot(now, 1, 1))[-rule.count :]
    start = _slice(now, rule.interval if window == "tumbling" else rule.interval / _SLICES)
    if slots and slots[-1].start == start:
        last = slots[-1]
        return (*slots[:-1], Slot(start, last.calls + 1, last.failures + failed))
    return (*slots, Slot(start, 1, int(failed)))


def _slice(now: float, width: float) -> float:
    return now // width * width


def _reached(rule: Rule, slots: tuple[Slot, ...]) -> bool:
    failures = sum(slot.failures for slot in slots)
    if rule.count:
        return failures >= rule.count
    return failures * 100 >= rule.percentage * sum(slot.calls for slot in slots)
