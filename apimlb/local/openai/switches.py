"""What is uncertain or chosen about Azure OpenAI: open facts as switches, the accounts' behaviour as
settings.

`Switches()` holds the likeliest reading of every fact that documents leave open or contradict; `ADVERSE` the
reading that is worse for a gateway that fails over between accounts. Every field is read by code that it
names. How a call is charged is a profile of its own: `CHARGES` names them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Minute = Literal["opened", "aligned", "sliding", "leaky"]
Count = Literal["characters", "words", "nothing"]
RateHeaders = Literal["numbers", "sentinel", "absent", "stale", "no-resets", "absurd", "of-2023"]


@dataclass(frozen=True, slots=True)
class Charging:
    """What a call counts for when it arrives, and over which minute that is summed up.

    Microsoft Learn, Azure OpenAI quota: the estimate is of "prompt text and count", max_tokens and best_of,
    "based in part on the character count", in "a running counter of all requests that resets each minute".
    Nothing there says when the minute begins, what stands for max_tokens where it is absent, or how
    characters become tokens.
    """

    minute: Minute = "opened"
    """`opened` by the first call after the last minute ended; `aligned` to the clock's minutes; `sliding`:
    any sixty seconds that end now; `leaky`: a bucket of a minute's worth that drains steadily."""

    prompt: Count = "characters"
    """Of the prompt's text: so many `characters` to a token; three `words` to four tokens; or `nothing`."""

    characters_per_token: float = 4.0
    """What counts as one token of a prompt that is counted by its characters."""

    unstated: int | Literal["model-maximum"] = 16
    """Tokens that stand for an absent max_tokens; `model-maximum` is the most that the model can answer."""

    settled: bool = False
    """Whether the estimate is replaced by what was used once the answer is there. For pay-as-you-go
    deployments no refund is described."""


CHARGES: Mapping[str, Charging] = MappingProxyType(
    {
        # 16 is the default of the completions operation.
        "likely": Charging(),
        "clock-minutes": Charging(minute="aligned"),
        # microsoft/aoai-api-simulator's limiter, "based on experimentation": the prompt is not counted.
        "simulator": Charging(minute="sliding", prompt="nothing"),
        "words": Charging(prompt="words"),
        "thousand": Charging(unstated=1000),
        "leaky": Charging(minute="leaky"),
        "two-characters": Charging(characters_per_token=2.0),
        "six-characters": Charging(characters_per_token=6.0),
        "settled": Charging(settled=True),
        # The worst for a client that states no max_tokens: one call may be worth a whole minute.
        "model-maximum": Charging(minute="sliding", unstated="model-maximum"),
    }
)
"""Profiles by name. Nobody outside Azure knows which is right, so that a design should hold under each."""


@dataclass(frozen=True, slots=True)
class Switches:
    """One reading of every open question about throttling."""

    charging: Charging = CHARGES["likely"]
    """What a call counts for, and over which minute."""

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

    body: Literal["RateLimitReached", "429", "429-free"] = "RateLimitReached"
    """The error code of a 429, and with it the wording: of 2025-10 and later, or before; `429-free` is the
    earlier one as accounts of a free subscription get it."""

    token_retry_after: bool = True
    """Whether a token 429 says Retry-After and retry-after-ms; reported without in 2023 (openai-python
    #937)."""

    retry_after: Literal["both", "seconds", "milliseconds"] = "both"
    """What a 429 that says when to come back says it in: Retry-After, retry-after-ms, or both. The former is
    on most, the latter documented since 2026."""

    day_in: int = 0
    """One 429 of so many says to come back in a day, as several clients' issues report; 0: none does."""

    oversize_retry_after: int = 0
    """Retry-After in seconds for a call that can never fit; 0 says the time until the minute's reset. Three
    reports have 86400 (for one, TinyLLM #17)."""

    rate_headers: RateHeaders = "numbers"
    """The x-ratelimit-* headers. Sentinel: limit -1, remaining -1 and reset 0 (openai-dotnet #838). Stale:
    what the call before was told. No resets: limits and what remains, not until when. Absurd: more left than
    the limit, and a reset in a day. Of 2023: on a token 429 `x-rate-limit-reset-tokens` and `policy-id`,
    otherwise remaining numbers only (openai-python #937)."""

    responses_headers: Literal["alike", "sentinel"] = "alike"
    """What the Responses API tells of limits: what chat completions do, or, whatever those tell, limit -1,
    remaining -1, reset 0 and on a token 429 no time to come back (openai-dotnet #838, November 2025)."""

    spillover_failure: Literal["standard", "provisioned"] = "standard"
    """What a caller gets whose call spilled over and was refused there too: the standard deployment's answer
    (Microsoft Learn, spillover, 2026-06), or the provisioned one's first (the same page, 2026-03). In the
    first reading `x-ms-spillover-error` tells why the call spilled over, in the second why that failed."""


ADVERSE = Switches(
    charging=CHARGES["thousand"],
    request_slice="one-second",
    refused_tokens_count=True,
    body="429",
    token_retry_after=False,
    retry_after="seconds",
    day_in=5,
    oversize_retry_after=86_400,
    rate_headers="sentinel",
    responses_headers="sentinel",
    spillover_failure="provisioned",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """How the accounts behave, by choice and not by doubt.

    `seed` makes answers reproducible. `first_token_seconds` pass before an answer, `token_seconds` for
    each of its tokens. `answer_tokens` are the least and the most that an answer has when max_tokens
    allows; with `fills_limit` it has as many as max_tokens allows. With `filler` above 0 it has that share of
    max_tokens (all of `answer_tokens` where there is none) in one word over and over, which costs next to
    nothing to make: for traffic that nobody reads. A prompt that holds one of `blocked_terms` meets the
    content filter. `pressure` above 1 divides every limit, as Azure may for hours ("effective limit
    lowered"); `hidden_pressure` does too, but headers go on saying what the limit was. A provisioned unit is
    worth `unit_tokens` a minute.
    """

    seed: int = 0
    first_token_seconds: float = 0.0
    token_seconds: float = 0.0
    answer_tokens: tuple[int, int] = (8, 40)
    fills_limit: bool = False
    filler: float = 0.0
    blocked_terms: tuple[str, ...] = ()
    pressure: float = 1.0
    hidden_pressure: float = 1.0
    unit_tokens: int = 2_500
    switches: Switches = field(default_factory=Switches)
