"""How accounts charge and what they say, by name: nobody outside Azure knows which is right.

Names can be joined: `sliding+absent` is a sliding minute without x-ratelimit-* headers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from apimlb.errors import ConfigError
from apimlb.local.openai.switches import Charging, Settings, Switches


@dataclass(frozen=True, slots=True)
class Profile:
    """What differs from the likely: fields of the accounts' `Charging`, `Switches` and `Settings`, and of the
    traffic.

    `unstated` is the share of questions without max_completion_tokens; `beside` the share of each account's
    quota that others use, past the gateway; with `halved` every limit is halved when half the time is over;
    `scarce` deployments have a model with 1 request a minute for 1,000 tokens.
    """

    charging: Mapping[str, Any] = field(default_factory=dict)
    switches: Mapping[str, Any] = field(default_factory=dict)
    accounts: Mapping[str, Any] = field(default_factory=dict)
    unstated: float = 0.0
    beside: float = 0.0
    halved: bool = False
    scarce: bool = False
    names: tuple[str, ...] = ()

    def __add__(self, other: "Profile") -> "Profile":
        return Profile(
            {**self.charging, **other.charging},
            {**self.switches, **other.switches},
            {**self.accounts, **other.accounts},
            max(self.unstated, other.unstated),
            max(self.beside, other.beside),
            self.halved or other.halved,
            self.scarce or other.scarce,
            (*self.names, *other.names),
        )

    def settings(self, **more: Any) -> Settings:
        """The accounts' settings under this profile, with `more` of them."""
        charging = Charging(**self.charging)
        return Settings(**{**more, **self.accounts}, switches=Switches(charging=charging, **self.switches))


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        # When the minute begins, and what is in it.
        "opened": Profile(),
        "aligned": Profile({"minute": "aligned"}),
        "sliding": Profile({"minute": "sliding"}),
        "leaky": Profile({"minute": "leaky"}),
        # What a request counts for.
        "two-characters": Profile({"characters_per_token": 2.0}),
        "three-characters": Profile({"characters_per_token": 3.0}),
        "six-characters": Profile({"characters_per_token": 6.0}),
        "words": Profile({"prompt": "words"}),
        "uncounted": Profile({"prompt": "nothing"}),
        "unstated": Profile({"unstated": 800}, unstated=0.5),
        "settled": Profile({"settled": True}),
        "refused-count": Profile(switches={"refused_tokens_count": True}),
        # What the headers say.
        "no-resets": Profile(switches={"rate_headers": "no-resets"}),
        "stale": Profile(switches={"rate_headers": "stale"}),
        "sentinel": Profile(switches={"rate_headers": "sentinel"}),
        "absent": Profile(switches={"rate_headers": "absent"}),
        "absurd-headers": Profile(switches={"rate_headers": "absurd"}),
        # What Retry-After says.
        "seconds": Profile(switches={"retry_after": "seconds"}),
        "milliseconds": Profile(switches={"retry_after": "milliseconds"}),
        "silent": Profile(switches={"token_retry_after": False}),
        "day": Profile(switches={"day_in": 5}),
        # What there is.
        "lowered": Profile(accounts={"hidden_pressure": 1.25}),
        "scarce": Profile(scarce=True),
        "beside": Profile(beside=0.25),
        "halved": Profile(halved=True),
    }
)


def profile(text: str) -> Profile:
    """The profile of this name, or of several joined by `+`; raises `ConfigError`."""
    made = Profile()
    for name in text.split("+"):
        if name not in PROFILES:
            known = ", ".join(PROFILES)
            raise ConfigError(f"There is no profile {name!r}.", next_step=f"Choose of {known}.")
        made += replace(PROFILES[name], names=(name,))
    return made
