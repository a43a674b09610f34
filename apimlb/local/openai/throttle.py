"""Azure OpenAI's throttling as data: what a deployment may use, what it has used, whether the next call
passes.

Microsoft Learn, "Manage Azure OpenAI quota", "Provisioned throughput": tokens are estimated when a call
arrives and summed up to the reset each minute, requests are counted over slices of 1 or 10 seconds; a
provisioned deployment has a bucket that may run over and drains steadily.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from apimlb.limits import Bucket, FixedWindow, SlidingWindow
from apimlb.local.openai.switches import Minute, Settings, Switches
from apimlb.local.store import Document

# What one unit of capacity gives where the deployment does not say: 1,000 tokens a minute and 1 request in
# 10 s (recorded for gpt-4o Standard, capacity 1).
_TOKENS_PER_UNIT = 1000
_DEFAULT_SECONDS = {"token": 60.0, "request": 10.0}


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` in every `seconds`."""

    count: int
    seconds: float

    @property
    def per_minute(self) -> int:
        return round(self.count * 60 / self.seconds)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one deployment may use; `provisioned` deployments have tokens only, and another algorithm.

    Tokens and requests a minute that it says it had beside these are `unsaid_tokens` and `unsaid_requests`.
    """

    tokens: Rate
    requests: Rate
    provisioned: bool = False
    unsaid_tokens: int = 0
    unsaid_requests: int = 0


Obstacle = Literal["", "call", "token", "utilization"]
"""What refuses a call; nothing ("") refuses one that passes."""


class Admission(NamedTuple):
    """Whether a call passes, and the numbers for its headers: per minute, and seconds to the reset.

    `wait` is in seconds, `oversize` says that no wait would help.
    """

    refused_by: Obstacle
    wait: float
    oversize: bool
    limit_requests: int
    remaining_requests: int
    reset_requests: float
    limit_tokens: int
    remaining_tokens: int
    reset_tokens: float

    def shown(self, limits: Limits) -> "Admission":
        """As a deployment tells it whose limits were lowered in secret."""
        if not limits.unsaid_tokens and not limits.unsaid_requests:
            return self
        return self._replace(
            limit_requests=self.limit_requests + limits.unsaid_requests,
            remaining_requests=self.remaining_requests + limits.unsaid_requests,
            limit_tokens=self.limit_tokens + limits.unsaid_tokens,
            remaining_tokens=self.remaining_tokens + limits.unsaid_tokens,
        )


@dataclass(frozen=True, slots=True)
class Use:
    """Tokens used of the `limit` that holds now, and the seconds until all of it is there again."""

    used: int
    limit: int
    reset: float


Window = FixedWindow | SlidingWindow | Bucket


class StandardMeter(NamedTuple):
    """Used so far by a pay-as-you-go deployment: tokens, requests per slice, and requests per minute to
    report."""

    tokens: Window
    slices: tuple[FixedWindow, ...]
    minute: FixedWindow

    def obstacle(self, now: float, cost: int) -> tuple[Obstacle, float]:
        """What refuses a call estimated at `cost` tokens, and the seconds until that is gone."""
        wait = max(each.wait(now) for each in self.slices)
        if wait:
            return "call", wait
        wait = self.tokens.wait(now, cost)
        return ("token", wait) if wait else ("", 0.0)

    def admit(self, now: float, cost: int, switches: Switches) -> tuple["StandardMeter", Admission]:
        """Decide on a call estimated at `cost` tokens, and count it."""
        refused_by, wait = self.obstacle(now, cost)
        if not refused_by or (refused_by == "token" and switches.refused_tokens_count):
            tokens = self.tokens.charge(now, cost)
        else:
            tokens = self.tokens.at(now)
        if not refused_by or switches.refused_calls_count:
            slices = tuple([each.charge(now, 1) for each in self.slices])
            counted = StandardMeter(tokens, slices, self.minute.charge(now, 1))
        else:
            slices = tuple([each.at(now) for each in self.slices])
            counted = StandardMeter(tokens, slices, self.minute.at(now))
        return counted, counted._admission(now, refused_by, wait)

    def use(self, now: float) -> Use:
        """How far the tokens are used up."""
        tokens = self.tokens.at(now)
        return Use(int(tokens.used), int(tokens.limit), tokens.reset(now) if tokens.used else 0.0)

    def settle(self, now: float, surplus: int, since: float, switches: Switches) -> "StandardMeter":
        """Correct the estimate, where that is done at all (see `Charging.settled`)."""
        if not (switches.charging.settled and surplus):
            return self
        return StandardMeter(self.tokens.correct(now, surplus, since), self.slices, self.minute)

    def _admission(self, now: float, refused_by: Obstacle, wait: float) -> Admission:
        tokens, minute = self.tokens, self.minute
        oversize = math.isinf(wait)
        reset = tokens.reset(now)
        return Admission(
            refused_by,
            reset if oversize else wait,
            oversize,
            int(minute.limit),
            max(0, int(minute.limit - minute.used)),
            minute.reset(now),
            int(tokens.limit),
            max(0, int(tokens.limit - tokens.used)),
            reset,
        )


class ProvisionedMeter(NamedTuple):
    """The utilization of provisioned units, in tokens: 100 % is a minute's worth of them."""

    bucket: Bucket

    def obstacle(self, now: float, cost: int) -> tuple[Obstacle, float]:
        """What refuses a call, and the seconds until that is gone: more than 100 % does."""
        wait = self.bucket.wait(now, 0)
        return ("utilization", wait) if wait else ("", 0.0)

    def admit(self, now: float, cost: int, switches: Switches) -> tuple["ProvisionedMeter", Admission]:
        """A call passes while utilization is at most 100 %, and may push it above."""
        refused_by, wait = self.obstacle(now, cost)
        bucket = self.bucket.at(now) if refused_by else self.bucket.charge(now, cost)
        limit = int(bucket.capacity)
        remaining = max(0, int(bucket.capacity - bucket.level))
        reset = bucket.reset(now)
        return ProvisionedMeter(bucket), Admission(
            refused_by, wait, False, -1, -1, 0.0, limit, remaining, reset
        )

    def use(self, now: float) -> Use:
        """How far the minute's worth of tokens is used up."""
        bucket, decision = self.bucket.take(now, 0)
        return Use(int(bucket.level), int(bucket.capacity), decision.reset)

    def settle(self, now: float, surplus: int, since: float, switches: Switches) -> "ProvisionedMeter":
        """Correct the estimate by `surplus` = used - estimated once the call is done."""
        return ProvisionedMeter(self.bucket.correct(now, surplus, since))


Meter = StandardMeter | ProvisionedMeter


def limits_of(deployment: Document, settings: Settings) -> Limits:
    """The limits that ARM stored with the deployment, or those of its capacity, divided by `pressure` and
    `hidden_pressure`."""
    true = _limits_of(deployment, settings.pressure * settings.hidden_pressure, settings.unit_tokens)
    if settings.hidden_pressure == 1:
        return true
    said = _limits_of(deployment, settings.pressure, settings.unit_tokens)
    return replace(
        true,
        unsaid_tokens=said.tokens.count - true.tokens.count,
        unsaid_requests=said.requests.per_minute - true.requests.per_minute,
    )


def _limits_of(deployment: Document, pressure: float, unit_tokens: int) -> Limits:
    sku: Mapping[str, Any] = deployment.body.get("sku") or {}
    capacity = int(sku.get("capacity") or 1)
    stated = {
        str(rule.get("key")): rule
        for rule in (deployment.body.get("properties") or {}).get("rateLimits") or ()
    }
    if "provisioned" in str(sku.get("name", "")).lower():
        rate = Rate(_lowered(capacity * unit_tokens, pressure), 60.0)
        return Limits(rate, rate, provisioned=True)
    tokens = _rate(stated.get("token"), "token", capacity * _TOKENS_PER_UNIT, pressure)
    return Limits(tokens, _rate(stated.get("request"), "request", capacity, pressure))


def new_meter(limits: Limits, switches: Switches) -> Meter:
    """An unused meter with these limits."""
    if limits.provisioned:
        return ProvisionedMeter(Bucket(limits.tokens.count, limits.tokens.count / limits.tokens.seconds))
    tokens, requests = limits.tokens, limits.requests
    minute = switches.charging.minute
    aligned = minute == "aligned"
    return StandardMeter(
        _sum(tokens, minute),
        tuple(FixedWindow(each.count, each.seconds, aligned) for each in _slices(requests, switches)),
        FixedWindow(requests.per_minute, 60.0, aligned),
    )


def changed_meter(meter: Meter, limits: Limits, switches: Switches, now: float) -> Meter:
    """The same use under other limits: capacity changes at once, and nobody gets a fresh minute by it."""
    fresh = new_meter(limits, switches)
    if isinstance(meter, ProvisionedMeter) and isinstance(fresh, ProvisionedMeter):
        drained = meter.bucket.at(now)
        return ProvisionedMeter(fresh.bucket._replace(level=drained.level, since=drained.since))
    if isinstance(meter, StandardMeter) and isinstance(fresh, StandardMeter):
        used = {each.seconds: each for each in meter.slices}
        return StandardMeter(
            _summed(meter.tokens, fresh.tokens),
            tuple(_carried(used.get(each.seconds), each) for each in fresh.slices),
            _carried(meter.minute, fresh.minute),
        )
    return fresh


def _slices(rate: Rate, switches: Switches) -> tuple[Rate, ...]:
    """Where the rate is counted: over the shortest of 1 and 10 seconds that lets in one, and as stated."""
    sparse = switches.request_slice == "one-second"
    for seconds in (1.0, 10.0):
        count = rate.count * seconds / rate.seconds
        if seconds < rate.seconds and (count >= 1 or sparse):
            return (Rate(max(1, math.ceil(count)), seconds), rate)
    return (rate,)


def _sum(rate: Rate, minute: Minute) -> Window:
    match minute:
        case "sliding":
            return SlidingWindow(rate.count, rate.seconds)
        case "leaky":
            return Bucket(rate.count, rate.count / rate.seconds)
        case "opened" | "aligned":
            return FixedWindow(rate.count, rate.seconds, minute == "aligned")


def _summed(old: Window, new: Window) -> Window:
    if isinstance(old, FixedWindow) and isinstance(new, FixedWindow):
        return _carried(old, new)
    if isinstance(old, SlidingWindow) and isinstance(new, SlidingWindow) and old.seconds == new.seconds:
        return old._replace(limit=new.limit)
    if isinstance(old, Bucket) and isinstance(new, Bucket):
        return new._replace(level=old.level, since=old.since)
    return new


def _carried(old: FixedWindow | None, new: FixedWindow) -> FixedWindow:
    if old is None or (old.seconds, old.aligned) != (new.seconds, new.aligned):
        return new
    return old._replace(limit=new.limit)


def _rate(rule: Mapping[str, Any] | None, key: str, default: int, pressure: float) -> Rate:
    if not rule:
        return Rate(_lowered(default, pressure), _DEFAULT_SECONDS[key])
    return Rate(
        _lowered(float(rule.get("count") or default), pressure),
        float(rule.get("renewalPeriod") or _DEFAULT_SECONDS[key]),
    )


def _lowered(count: float, pressure: float) -> int:
    return max(1, int(count / pressure))
