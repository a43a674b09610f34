"""What is simulated: how many ask for how much, when, of how many gateways, and what goes wrong meanwhile."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from apimlb.errors import ConfigError
from apimlb.simulator.profiles import Profile

LARGEST = 12_000
SMALLEST = 50
"""The most and the least tokens that a request is worth."""

Shape = Literal["steady", "bursts", "day"]

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_SPAN = re.compile(r"(?P<name>[^@]*)@(?P<start>[^-]+)-(?P<end>[^=]+)(=(?P<status>\d{3}))?")
_TIME = re.compile(r"(\d+(?:\.\d+)?)([smh]?)")


@dataclass(frozen=True, slots=True)
class Span:
    """Something that is away from `start` to `end`, in seconds from the beginning: the account of this name,
    which answers with `status` (0: not at all), or, without a name, the gateway's cache."""

    start: float
    end: float
    name: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run.

    `load` is what is asked as a share of what the accounts grant; with `rpm` so many requests a minute come
    instead, and with a `trace` what stands in the file (see `apimlb.simulator.trace`). They come at random
    (Poisson): `steady`, in `bursts`, or as many as the hour of the `day` lets expect.

    A request is worth `mean_tokens` on average, prompt and `max_completion_tokens` together: all the same
    with `sigma` 0, else lognormal. `prompt` and `completion` above 0 are their means instead. An answer takes
    `reply_seconds` on average and fills 0.6 of what it may; `streams` is the share of those that are
    streamed. A client sends what was refused again up to `retries` times, as the OpenAI SDKs do.
    With `adverse` the gateway behaves in the worse way wherever Azure's is not known.
    """

    load: float = 1.0
    rpm: float | None = None
    trace: Path | None = None
    shape: Shape = "steady"
    minutes: float = 60.0
    seed: int = 0
    mean_tokens: int = 500
    prompt: int = 0
    completion: int = 0
    sigma: float = 0.9
    reply_seconds: float = 3.0
    streams: float = 0.0
    retries: int = 0
    gateways: int = 1
    adverse: bool = False
    profile: Profile = field(default_factory=Profile)
    outages: tuple[Span, ...] = ()
    cache_outages: tuple[Span, ...] = ()
    flushes: tuple[float, ...] = ()

    @property
    def seconds(self) -> float:
        return self.minutes * 60


def span(text: str) -> Span:
    """`swedencentral@10m-20m` (nobody there), `swedencentral@10m-20m=503`, `@10m-20m`; raises
    `ConfigError`."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ConfigError(f"{text!r} is no outage.", next_step="Write it as swedencentral@10m-20m.")
    start, end = seconds(found["start"]), seconds(found["end"])
    if end <= start:
        raise ConfigError(f"The outage {text!r} ends before it begins.", next_step="Swap the two times.")
    return Span(start, end, found["name"], int(found["status"] or 0))


def seconds(text: str) -> float:
    """`90`, `90s`, `10m`, `2h`; raises `ConfigError`."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ConfigError(f"{text!r} is no time.", next_step="Write it as 90s, 10m or 2h.")
    return float(found[1]) * _UNITS[found[2]]
