"""Windows and buckets as pure data: `take(now, cost)` gives the next state and the decision.

Times are seconds on the caller's clock; costs and limits are in whatever the caller counts (calls, tokens).
A refused cost is not counted; whoever counts refusals, or learns a cost afterwards, adds it with `charge`.
"""

import math
from dataclasses import dataclass, replace

# Seconds since 1970 as a float are good to about a quarter of a microsecond; whoever waits exactly as long
# as told must not come that much too early.
_TICK = 1e-6
_SINGLE_ENTRIES = 256


@dataclass(frozen=True, slots=True)
class Decision:
    """`remaining` of the limit after this call, and the seconds until all of it is there again (`reset`) and
    until the same cost would pass if nobody else came (`wait`: 0 when allowed, infinite when never)."""

    allowed: bool
    remaining: float
    reset: float
    wait: float


@dataclass(frozen=True, slots=True)
class FixedWindow:
    """At most `limit` in each window of `seconds`.

    A window opens when somebody asks after the last one ended; with `aligned` windows lie on multiples of
    `seconds` since the epoch instead.
    """

    limit: float
    seconds: float
    aligned: bool = False
    start: float = -math.inf
    used: float = 0.0

    def at(self, now: float) -> "FixedWindow":
        """The window that holds `now`, as far as it is used."""
        if now < self.start + self.seconds - _TICK:
            return self
        start = math.floor((now + _TICK) / self.seconds) * self.seconds if self.aligned else now
        return FixedWindow(self.limit, self.seconds, self.aligned, start, 0.0)

    def take(self, now: float, cost: float = 1.0) -> tuple["FixedWindow", Decision]:
        window = self.at(now)
        allowed = window.used + cost <= window.limit
        if allowed:
            window = window._plus(cost)
        return window, window._decision(now, cost, allowed)

    def charge(self, now: float, cost: float) -> "FixedWindow":
        """Count `cost` whether or not it fits."""
        return self.at(now)._plus(cost)

    def correct(self, now: float, surplus: float, since: float) -> "FixedWindow":
        """What was counted at the time `since` came to `surplus` more (or less); a window that is over keeps
        its mistake."""
        window = self.at(now)
        return window._plus(max(surplus, -window.used)) if window.start <= since else window

    def _plus(self, cost: float) -> "FixedWindow":
        # Not `replace`, which takes three times as long: every call to every deployment comes through here.
        return FixedWindow(self.limit, self.seconds, self.aligned, self.start, self.used + cost)

    def _decision(self, now: float, cost: float, allowed: bool) -> Decision:
        reset = max(0.0, self.start + self.seconds - now)
        wait = 0.0 if allowed else reset if cost <= self.limit else math.inf
        return Decision(allowed, max(0.0, self.limit - self.used), reset, wait)


@dataclass(frozen=True, slots=True)
class SlidingWindow:
    """At most `limit` in any `seconds` that end now; `log` holds (time, cost), oldest first.

    From some hundred entries on, what comes within a small part of `seconds` after the last one is counted
    with it: a window of many thousand calls must not take longer with each of them.
    """

    limit: float
    seconds: float
    log: tuple[tuple[float, float], ...] = ()

    def at(self, now: float) -> "SlidingWindow":
        """The same window without what is older than `seconds`."""
        edge = now - self.seconds + _TICK
        gone = next((i for i, (time, _) in enumerate(self.log) if time > edge), len(self.log))
        return replace(self, log=self.log[gone:]) if gone else self

    @property
    def used(self) -> float:
        """What counts as of the time that the window was last looked at."""
        return sum(cost for _, cost in self.log)

    def take(self, now: float, cost: float = 1.0) -> tuple["SlidingWindow", Decision]:
        window = self.at(now)
        used = window.used
        allowed = used + cost <= window.limit
        wait = 0.0 if allowed else window._wait(now, used + cost - window.limit)
        if allowed:
            window, used = window._plus(now, cost), used + cost
        reset = window.log[-1][0] + window.seconds - now if window.log else 0.0
        return window, Decision(allowed, max(0.0, window.limit - used), reset, wait)

    def charge(self, now: float, cost: float) -> "SlidingWindow":
        """Count `cost` whether or not it fits."""
        return self.at(now)._plus(now, cost)

    def correct(self, now: float, surplus: float, since: float) -> "SlidingWindow":
        """What was counted at the time `since` came to `surplus` more (or less); what has left the window
        keeps its mistake."""
        window = self.at(now)
        counted = [place for place, (time, _) in enumerate(window.log) if time <= since]
        if not counted:
            return window
        time, cost = window.log[counted[-1]]
        corrected = (time, max(0.0, cost + surplus))
        return replace(window, log=(*window.log[: counted[-1]], corrected, *window.log[counted[-1] + 1 :]))

    def _plus(self, now: float, cost: float) -> "SlidingWindow":
        log = self.log
        if len(log) >= _SINGLE_ENTRIES and now < log[-1][0] + self.seconds / _SINGLE_ENTRIES:
            time, before = log[-1]
            return replace(self, log=(*log[:-1], (time, before + cost)))
        return replace(self, log=(*log, (now, cost)))

    def _wait(self, now: float, surplus: float) -> float:
        """The seconds until `surplus` has left the window."""
        for time, cost in self.log:
            surplus -= cost
            if surplus <= 0:
                return max(0.0, time + self.seconds - now)
        return math.inf


@dataclass(frozen=True, slots=True)
class Bucket:
    """At most `capacity`, which drains at `rate` per second: a token bucket seen from its empty side.

    `level` is what was in it at the time `at`.
    """

    capacity: float
    rate: float
    level: float = 0.0
    since: float = -math.inf

    @property
    def limit(self) -> float:
        return self.capacity

    @property
    def used(self) -> float:
        """What counts as of the time that the bucket was last looked at."""
        return self.level

    def at(self, now: float) -> "Bucket":
        """The bucket as it has drained by `now`."""
        if now <= self.since:
            return self
        drained = self.level - self.rate * (now - self.since) if self.level else 0.0
        return replace(self, level=max(0.0, drained), since=now)

    def take(self, now: float, cost: float = 1.0) -> tuple["Bucket", Decision]:
        bucket = self.at(now)
        surplus = bucket.level + cost - bucket.capacity
        allowed = surplus <= bucket.rate * _TICK
        if allowed:
            bucket = replace(bucket, level=bucket.level + cost)
        wait = 0.0 if allowed else bucket._drain(surplus) if cost <= bucket.capacity else math.inf
        remaining = max(0.0, bucket.capacity - bucket.level)
        return bucket, Decision(allowed, remaining, bucket._drain(bucket.level), wait)

    def charge(self, now: float, cost: float) -> "Bucket":
        """Pour in `cost` whether or not it fits; a negative one takes out."""
        bucket = self.at(now)
        return replace(bucket, level=max(0.0, bucket.level + cost))

    def correct(self, now: float, surplus: float, since: float) -> "Bucket":
        """What was poured in earlier came to `surplus` more (or less)."""
        return self.charge(now, surplus)

    def _drain(self, amount: float) -> float:
        if amount <= 0:
            return 0.0
        return amount / self.rate if self.rate > 0 else math.inf
