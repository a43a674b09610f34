"""What a setting is one of, where it is one of a few."""

from enum import StrEnum


class Tier(StrEnum):
    """The APIM tiers that a stack can be on (Microsoft Learn: API Management features by tier)."""

    CONSUMPTION = "Consumption"
    DEVELOPER = "Developer"
    BASIC = "Basic"
    BASIC_V2 = "BasicV2"
    STANDARD = "Standard"
    STANDARD_V2 = "StandardV2"
    PREMIUM = "Premium"

    @property
    def has_breakers(self) -> bool:
        """Consumption alone has no circuit breakers (Microsoft Learn: API Management gateways overview)."""
        return self is not Tier.CONSUMPTION

    @property
    def most_buffered_mib(self) -> int:
        """Of a request's body, in MiB: a larger one can be neither read by a policy nor sent twice (Microsoft
        Learn: API Management service limits)."""
        return 2 if self in (Tier.CONSUMPTION, Tier.BASIC_V2, Tier.STANDARD_V2) else 500

    @property
    def most_units(self) -> int:
        """Of a service in one region; none are bought of Consumption (Microsoft Learn: feature-based
        comparison of the tiers, and the v2 tiers; API Management pricing)."""
        return _MOST_UNITS[self.value]


_MOST_UNITS = {
    "Consumption": 0,
    "Developer": 1,
    "Basic": 2,
    "BasicV2": 10,
    "Standard": 4,
    "StandardV2": 10,
    "Premium": 12,
}


class Strategy(StrEnum):
    """How the gateway finds another account: in the policy itself, or by its own pool and breakers.

    RETRY is the default because of what the simulator shows (benchmarks/balancer.py, load 1.3): over all
    profiles it answers 96 % and more of what an omniscient balancer does, where BACKEND_POOL falls to 62 %
    (requests scarce) and 91 % (a sliding minute). In the default profile it asks accounts in vain 0.015 times
    a request instead of 0.159 times, and tells clients the right time to come back in 95 % of its 429s
    instead of in 61 %. It costs more CPU (the benchmark prints how much), and a lookup of the cache for each
    account.
    """

    RETRY = "retry"
    BACKEND_POOL = "backend-pool"


class Upgrade(StrEnum):
    """When Azure moves a deployment to a later version of its model (Microsoft Learn: model versions)."""

    NEW = "OnceNewDefaultVersionAvailable"
    EXPIRED = "OnceCurrentVersionExpired"
    NEVER = "NoAutoUpgrade"
