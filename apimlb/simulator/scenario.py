"""What is simulated: how many ask for how much, when, of how many gateways, and what goes wrong meanwhile."""

from dataclasses import dataclass

LARGEST = 12_000
SMALLEST = 50


@dataclass(frozen=True, slots=True)
class Outage:
    """An account that answers nobody from `start` to `end`, in seconds from the beginning."""

    account: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run.

    `load` is what is asked as a share of what the accounts grant; with `rpm` so many requests a minute come
    instead. A request is worth `mean_tokens` on average, prompt and `max_completion_tokens` together: all the
    same with `sigma` 0, else lognormal. An answer takes `reply_seconds` on average. A client sends a request
    that was refused again up to `retries` times, as the OpenAI SDKs do.
    """

    load: float = 1.0
    rpm: float | None = None
    minutes: float = 60.0
    seed: int = 0
    mean_tokens: int = 500
    sigma: float = 0.9
    reply_seconds: float = 3.0
    streams: float = 0.0
    retries: int = 0
    gateways: int = 1
    profile: str = "likely"
    outages: tuple[Outage, ...] = ()

    @property
    def seconds(self) -> float:
        return self.minutes * 60
