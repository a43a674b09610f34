"""What a load test asks of a gateway: by whom, how much, for how long."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apimlb.errors import ConfigError

CROWDS = 10
"""Locust users among whom an exported crowd is parted, so that as many engines can share them."""


@dataclass(frozen=True, slots=True)
class Load:
    """`users` people who ask again some `pause` seconds after an answer, or, with `rpm` above 0, so many
    requests a minute at random moments. It lasts `seconds`.

    A chat is worth `tokens` on average, prompt and answer together (or `PROMPT,ANSWER`), spread by `sigma` as
    `apimlb simulate` spreads them; `streams` is the share of the chats that are streamed, `embeddings` the
    share of all requests that are embeddings. What was refused is sent again up to `retries` times. `chat`
    and `embedding` are deployments; without the second nothing is embedded.
    """

    users: int = 0
    rpm: float = 0.0
    seconds: float = 60.0
    pause: float = 5.0
    tokens: str = "500"
    sigma: float = 0.9
    streams: float = 0.3
    embeddings: float = 0.2
    retries: int = 1
    seed: int = 0
    chat: str = "chat"
    embedding: str = "embedding"
    api_version: str = "2024-10-21"

    def settings(self, crowds: int = 1) -> dict[str, Any]:
        """The locustfile's settings; a crowd's requests are those of each of `crowds` Locust users."""
        return {
            "chat": self.chat,
            "embedding": self.embedding,
            "api_version": self.api_version,
            "rpm": self.rpm / crowds,
            "pause": float(self.pause),
            "tokens": self.tokens,
            "sigma": float(self.sigma),
            "streams": float(self.streams),
            "embeddings": float(self.embeddings) if self.embedding else 0.0,
            "retries": self.retries,
            "seed": self.seed,
        }


def require_sense(load: Load) -> None:
    """Raises `ConfigError` for a load that cannot be made."""
    for what, step in _nonsense(load):
        raise ConfigError(what, where="loadtest", next_step=step)


def _nonsense(load: Load) -> Iterator[tuple[str, str]]:
    if (load.users > 0) == (load.rpm > 0):
        said = "Both --users and --rpm are given." if load.users else "Nobody asks anything."
        yield said, "Give one of them: `apimlb loadtest --users 20`, or `apimlb loadtest --rpm 120`."
    if not math.isfinite(load.rpm) or load.users < 0 or load.rpm < 0:
        yield "Less than nobody cannot ask.", "Give a number above 0."
    if load.seconds < 1:
        yield "A load test lasts a second at least.", "Write it as --duration 60s."
    for name in ("streams", "embeddings"):
        share = getattr(load, name)
        if not 0 <= share <= 1:
            yield f"--{name} is a share, and {share:g} is none.", "Give a number from 0 to 1."
    for name in ("pause", "sigma", "retries"):
        if not 0 <= getattr(load, name) < math.inf:
            yield f"--{name} cannot be {getattr(load, name)}.", "Give 0 or more."
