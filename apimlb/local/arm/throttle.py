"""How many requests Azure Resource Manager takes: a token bucket for each caller and kind of request.

Source: Microsoft Learn, "Understand how Azure Resource Manager throttles requests": in one subscription a
caller has 250 reads at once and 25 a second after that, 200 writes and 200 deletes and 10 of each a second.
The refusal's code was reported in azure-metrics-exporter issue 36.
"""

import math

from apimlb.limits import Bucket
from apimlb.local.arm.call import Call
from apimlb.local.arm.errors import GATEWAY, ArmError

_LIMITS = {"read": (250, 25.0), "write": (200, 10.0), "delete": (200, 10.0)}
_KINDS = {"GET": "read", "HEAD": "read", "DELETE": "delete"}


class Throttle:
    """Counts every caller's requests since the start."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def admit(self, call: Call) -> None:
        """Count the request; raise 429 with Retry-After when the caller has used up what there is."""
        settings = call.azure.settings
        if not settings.throttles:
            return
        kind = _KINDS.get(call.request.method, "write")
        key = (call.caller.principal_id, kind)
        burst, rate = _LIMITS[kind]
        bucket = self._buckets.get(key) or Bucket(burst, rate / settings.time_scale)
        self._buckets[key], decision = bucket.take(call.azure.clock.now())
        if decision.allowed:
            return
        seconds = max(1, math.ceil(decision.wait))
        raise ArmError(
            429,
            "SubscriptionRequestsThrottled",
            f"Number of '{kind}' requests for subscription '{settings.subscription_id}' actor "
            f"'{call.caller.principal_id}' exceeded. Please try again after '{seconds}' seconds.",
            headers=[("Retry-After", str(seconds)), *GATEWAY],
        )
