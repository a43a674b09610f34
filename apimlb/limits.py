"""Windows and buckets as pure data: `take(now, cost)` gives the next state and the decision.

Times are seconds on the caller's clock; costs and limits are in whatever the caller counts (calls, tokens).
A refused cost is not counted; whoever counts refusals, or learns a cost afterwards, adds it with `charge` or
`correct`. They are named tuples, and not dataclasses, because every call to every deployment makes several.
"""

import math
from typing import NamedTuple

# Seconds since 1970 as a float are good to about a quarter of a microsecond; whoever waits exactly as long
# as told must not come that much too early.
_TICK = 1e-6
_SINGLE_ENTRIES = 256


class Decision(NamedTuple):
    """`remaining` of the limit after this call, and the seconds until all of it is there again (`reset`) and
    until the same cost would pass if nobody else came (`wait`: 0 when allowed, infinite when never)."""

    allowed: bool
    remaining: float
    reset: float
    wait: float


class FixedWindow(NamedTuple):
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

    def wait(self, now: float, cost: float = 1.0) -> float:
        """Seconds until `cost` would pass if nobody else came: 0 when it does now, infinite when never."""
        end = self.start + self.seconds
        if now >= end - _TICK:
            return 0.0 if cost <= self.limit else math.inf
        if self.used + cost <= self.limit:
            return 0.0
        return end - now if cost <= self.limit else math.inf

    def take(self, now: float, cost: float = 1.0) -> tuple["FixedWindow", Decision]:
        window = self.at(now)
        wait = window.wait(now, cost)
        if not wait:
            window = window._plus(cost)
        return window, Decision(not wait, max(0.0, window.limit - window.used), window.reset(now), wait)

    def reset(self, now: float) -> float:
        """Seconds until all of the limit is there again."""
        return max(0.0, self.start + self.seconds - now)

    def charge(self, now: float, cost: float) -> "FixedWindow":
        """Count `cost` whether or not it fits."""
        return self.at(now)._plus(cost)

    def correct(self, now: float, surplus: float, since: float) -> "FixedWindow":
        """What was counted at the time `since` came to `surplus` more (or less); a window that is over keeps
        its mistake."""
        window = self.at(now)
        return window._plus(max(surplus, -window.used)) if window.start <= since else window

    def _plus(self, cost: float) -> "FixedWindow":
        return FixedWindow(self.limit, self.seconds, self.aligned, self.start, self.used + cost)


class SlidingWindow(NamedTuple):
    """At most `limit` in any `seconds` that end now; `log` holds (time, cost), oldest first, and `used` what
    they come to.

    From some hundred entries on, what comes within a small part of `seconds` after the last one is counted
    with it: a window of many thousand calls must not take longer with each of them.
    """

    limit: float
    seconds: float
    log: tuple[tuple[float, float], ...] = ()
    used: float = 0.0

    def at(self, now: float) -> "SlidingWindow":
        """The same window without what is older than `seconds`."""
        edge = now - self.seconds + _TICK
        if not self.log or self.log[0][0] > edge:
            return self
        gone = next((i for i, (time, _) in enumerate(self.log) if time > edge), len(self.log))
        left = self.log[gone:]
        return SlidingWindow(self.limit, self.seconds, left, sum(cost for _, cost in left))

    def wait(self, now: float, cost: float = 1.0) -> float:
        """Seconds until `cost` would pass if nobody else came: 0 when it does now, infinite when never."""
        window = self.at(now)
        surplus = window.used + cost - window.limit
        if surplus <= 0:
            return 0.0
        for time, gone in window.log:
            surplus -= gone
            if surplus <= 0:
                return max(_TICK, time + self.seconds - now)
        return math.inf

    def take(self, now: float, cost: float = 1.0) -> tuple["SlidingWindow", Decision]:
        window = self.at(now)
        wait = window.wait(now, cost)
        if not wait:
            window = window._plus(now, cost)
        return window, Decision(not wait, max(0.0, window.limit - window.used), window.reset(now), wait)

    def reset(self, now: float) -> float:
        """Seconds until all of the limit is there again."""
        return max(0.0, self.log[-1][0] + self.seconds - now) if self.log else 0.0

    def charge(self, now: float, cost: float) -> "SlidingWindow":
        """Count `cost` whether or not it fits."""
        return self.at(now)._plus(now, cost)

    def correct(self, now: float, surplus: float, since: float) -> "SlidingWindow":
        """What was counted at the time `since` came to `surplus` more (or less); what has left the window
        keeps its mistake."""
        window = self.at(now)
        place = sum(time <= since for time, _ in window.log) - 1
        if place < 0:
            return window
        time, cost = window.log[place]
        change = max(surplus, -cost)
        log = (*window.log[:place], (time, cost + change), *window.log[place + 1 :])
        return SlidingWindow(self.limit, self.seconds, log, window.used + change)

    def _plus(self, now: float, cost: float) -> "SlidingWindow":
        log = self.log
        if len(log) >= _SINGLE_ENTRIES and now < log[-1][0] + self.seconds / _SINGLE_ENTRIES:
            time, before = log[-1]
            log = (*log[:-1], (time, before + cost))
        else:
            log = (*log, (now, cost))
        return SlidingWindow(self.limit, self.seconds, log, self.used + cost)


class Bucket(NamedTuple):
    """At most `capacity`, which drains at `rate` per second: a token bucket seen from its empty side.

    `level` is what was in it at the time `since`.
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
        return Bucket(self.capacity, self.rate, max(0.0, drained), now)

    def wait(self, now: float, cost: float = 1.0) -> float:
        """Seconds until `cost` would pass if nobody else came: 0 when it does now, infinite when never."""
        surplus = self.at(now).level + cost - self.capacity
        if surplus <= self.rate * _TICK:
            return 0.0
        return self._drain(surplus) if cost <= self.capacity else math.inf

    def take(self, now: float, cost: float = 1.0) -> tuple["Bucket", Decision]:
        bucket = self.at(now)
        wait = bucket.wait(now, cost)
        if not wait:
            bucket = Bucket(self.capacity, self.rate, bucket.level + cost, bucket.since)
        return bucket, Decision(not wait, max(0.0, bucket.capacity - bucket.level), bucket.reset(now), wait)

    def reset(self, now: float) -> float:
        """Seconds until all of the limit is there again."""
        return self._drain(self.at(now).level)

    def charge(self, now: float, cost: float) -> "Bucket":
        """Pour in `cost` whether or not it fits; a negative one takes out."""
        bucket = self.at(now)
        return Bucket(self.capacity, self.rate, max(0.0, bucket.level + cost), bucket.since)

    def correct(self, now: float, surplus: float, since: float) -> "Bucket":
        """What was poured in earlier came to `surplus` more (or less)."""
        return self.charge(now, surplus)

    def _drain(self, amount: float) -> float:
        if amount <= 0:
            return 0.0
        return amount / self.rate if self.rate > 0 else math.inf
