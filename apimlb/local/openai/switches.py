"""What is uncertain or chosen about Azure OpenAI: open facts as switches, the accounts' behaviour as
settings.

`Switches()` holds the likeliest reading of every fact that documents leave open or contradict; `ADVERSE` the
reading that is worse for a gateway that fails over between accounts. Every field is read by code that it
names.
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Switches:
    """One reading of every open question about throttling."""

    unstated_max_tokens: int = 16
    """Tokens that a request without max_tokens counts for beside its prompt. Not documented; 16 is the
    default of the completions operation and what microsoft/aoai-api-simulator found for pay-as-you-go
    models."""

    request_slice: Literal["by-rate", "one-second"] = "by-rate"
    """Requests are counted "typically over 1 or 10 seconds" (Microsoft Learn, Azure OpenAI quota). By rate:
    over one second where the limit gives at least one request a second, else over ten; a recorded deployment
    of the smallest capacity has 1 request in 10 s."""

    refused_calls_count: bool = True
    """Whether a refused call uses up requests: "unsuccessful requests contribute to your per-minute
    limit"."""

    refused_tokens_count: bool = False
    """Whether the tokens of a refused call are added to the minute's sum, so that one call that is too large
    closes the deployment until the reset."""

    body: Literal["RateLimitReached", "429"] = "RateLimitReached"
    """The error code of a 429, and with it the wording: of 2025-10 and later, or before."""

    token_retry_after: bool = True
    """Whether a token 429 says Retry-After and retry-after-ms; reported without in 2023 (openai-python
    #937)."""

    oversize_retry_after: int = 0
    """Retry-After in seconds for a call that can never fit; 0 says the time until the minute's reset. Three
    reports have 86400 (for one, TinyLLM #17)."""

    rate_headers: Literal["numbers", "sentinel", "absent"] = "numbers"
    """The x-ratelimit-* headers. Sentinel: limit -1, remaining -1 and reset 0 (openai-dotnet #838)."""


ADVERSE = Switches(
    unstated_max_tokens=1000,
    request_slice="one-second",
    refused_tokens_count=True,
    body="429",
    token_retry_after=False,
    oversize_retry_after=86_400,
    rate_headers="sentinel",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """How the accounts behave, by choice and not by doubt.

    `seed` makes answers reproducible. `first_token_seconds` pass before an answer, `token_seconds` for
    each of its tokens. `answer_tokens` are the least and the most that an answer has when max_tokens
    allows. A prompt that holds one of `blocked_terms` meets the content filter. `pressure` above 1 divides
    every limit, as Azure may for hours ("effective limit lowered"). A provisioned unit is worth
    `unit_tokens` a minute.
    """

    seed: int = 0
    first_token_seconds: float = 0.0
    token_seconds: float = 0.0
    answer_tokens: tuple[int, int] = (8, 40)
    blocked_terms: tuple[str, ...] = ()
    pressure: float = 1.0
    unit_tokens: int = 2_500
    switches: Switches = field(default_factory=Switches)
