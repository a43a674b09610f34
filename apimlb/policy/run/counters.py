"""What callers have used of a rate or a quota: the counters of one gateway instance, by key.

Microsoft Learn: classic tiers count rates in a sliding window, v2 tiers in a token bucket; quotas are counted
in UTC periods of the calendar. Nothing of it is shared between instances.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar

from apimlb.limits import Bucket, SlidingWindow

V = TypeVar("V")
Algorithm = Literal["sliding", "bucket"]

MINUTE = 60.0
_MOST_KEYS = 10_000


@dataclass(slots=True)
class Counters:
    """Rates and quotas by key; of more than ten thousand keys the oldest are forgotten. `running` are the
    requests that are inside a limit-concurrency now, by its key."""

    algorithm: Algorithm = "sliding"
    running: Counter[str] = field(default_factory=Counter)
    _rates: dict[str, tuple[tuple[int, float], SlidingWindow | Bucket]] = field(default_factory=dict)
    _quotas: dict[str, tuple[float, int]] = field(default_factory=dict)

    def wait(self, key: str, limit: int, now: float, cost: int, seconds: float = MINUTE) -> int:
        """Whole seconds until `cost` (at least one) fits under `limit` in `seconds`; 0 when it fits now."""
        decision = self._rate(key, limit, seconds).take(now, max(1, cost))[1]
        if decision.allowed:
            return 0
        return max(1, math.ceil(decision.wait if math.isfinite(decision.wait) else seconds))

    def spend(self, key: str, limit: int, now: float, cost: int, seconds: float = MINUTE) -> None:
        """Count `cost`, whether or not it fits."""
        _keep(self._rates, key, ((limit, seconds), self._rate(key, limit, seconds).charge(now, cost)))

    def left(self, key: str, limit: int, now: float, seconds: float = MINUTE) -> int:
        return int(self._rate(key, limit, seconds).take(now, 0)[1].remaining)

    def spent(self, key: str, start: float) -> int:
        """What was counted in the period that began at `start`."""
        began, used = self._quotas.get(key, (start, 0))
        return used if began == start else 0

    def draw(self, key: str, start: float, cost: int) -> None:
        _keep(self._quotas, key, (start, self.spent(key, start) + cost))

    def _rate(self, key: str, limit: int, seconds: float) -> SlidingWindow | Bucket:
        """The key's counter; another limit starts a new one."""
        known, rate = self._rates.get(key, (None, None))
        if rate is not None and known == (limit, seconds):
            return rate
        return Bucket(limit, limit / seconds) if self.algorithm == "bucket" else SlidingWindow(limit, seconds)


def _keep(kept: dict[str, V], key: str, value: V) -> None:
    if key not in kept and len(kept) >= _MOST_KEYS:
        del kept[next(iter(kept))]
    kept[key] = value


PERIODS: Mapping[str, tuple[timedelta, Callable[[datetime], datetime]]] = {
    "Hourly": (timedelta(hours=1), lambda hour: hour),
    "Daily": (timedelta(days=1), lambda hour: hour.replace(hour=0)),
    "Weekly": (timedelta(days=7), lambda hour: hour.replace(hour=0) - timedelta(days=hour.weekday())),
    "Monthly": (timedelta(days=31), lambda hour: hour.replace(day=1, hour=0)),
    "Yearly": (timedelta(days=366), lambda hour: hour.replace(month=1, day=1, hour=0)),
}
"""The longest that each period lasts, so that the next one holds the hour so long after its beginning; and
when the one that holds an hour begins: a week on Monday."""


def bounds(period: str, now: float) -> tuple[float, float]:
    """When the period that holds `now` begins and ends, epoch seconds."""
    longest, beginning = PERIODS[period]
    start = beginning(datetime.fromtimestamp(now, UTC).replace(minute=0, second=0, microsecond=0))
    return start.timestamp(), beginning(start + longest).timestamp()


def spoken(seconds: int) -> str:
    """A time as refusals say it: "21 minutes and 33 seconds"."""
    parts, rest = [], seconds
    for name, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts) or "0 seconds"
