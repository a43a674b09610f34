"""What Azure leaves open about its gateway: the likeliest reading of each, and in ADVERSE the worse one."""

from dataclasses import dataclass
from typing import Literal

OptionalKey = Literal["ignored", "resolved", "refused"]


@dataclass(frozen=True, slots=True)
class GatewaySwitches:
    """One reading of every open question; immutable, so that gateways can share it."""

    weighting: Literal["smooth", "random"] = "smooth"
    """How weights become choices. The documents only say that load follows the weights; Microsoft's own test
    of a 50/50 pool sees the members alternate."""

    window: Literal["sliding", "tumbling"] = "sliding"
    """Whether a breaker's interval ends now or starts at fixed times."""

    late_failures: Literal["ignored", "extend"] = "ignored"
    """What a failure does that was sent before the breaker opened and is answered after."""

    pin_selected_member: bool = False
    """Until set-backend-service runs again, a later forward-request of the same call stays on the pool's
    member that the first one chose, whatever its breaker says. Microsoft's samples disagree: one repeats
    set-backend-service inside retry to get away from it, one does not need to."""

    optional_key: OptionalKey = "resolved"
    """What a key does on an API that requires none. `ignored`: it is as if it were not there (Microsoft
    Learn, Subscriptions in Azure API Management, twice). `resolved`: one that opens the API becomes
    `context.Subscription`, any other is as if it were not there (the same page's list of rules; an answer of
    Microsoft's). `refused`: the same for one that opens the API, but one that is invalid or made for
    something else gets 401 before any policy runs (Microsoft Q&A 2082101)."""

    open_product_key: Literal["refused", "ignored"] = "refused"
    """What a key that opens nothing does on an API that requires one and is in an open product: the page's
    sentence that it is ignored was added, reverted and added again in 2024."""

    exhausted_message: str = "Service unavailable"
    """The message in the body of the 503 when every member is open; its wording is not published."""

    exhausted_reason: str = "Service Unavailable"
    """Its reason phrase; it named the backend pool until 2026, what it says since is not published."""

    exhausted_retry_after: Literal["soonest", "absent"] = "soonest"
    """Its Retry-After: seconds until the first member comes back, or none at all."""

    timeout_status: int = 500
    """The status of the default answer when a backend does not send headers in time."""

    wrong_method: int = 404
    """The status for a known URL with a method that no operation has."""

    early_errors_run_on_error: bool = True
    """Whether on-error sees a refusal that comes before the policies: a key, no matching operation."""

    v2_duration: Literal["unlimited", "30-seconds"] = "unlimited"
    """How long a request may take on a v2 tier. The limits page says 30 s in all, the page about server-sent
    events that long-running connections are supported."""

    over_buffer_status: Literal[500, 413] = 500
    """The answer to a body that is larger than the tier buffers, where a policy buffers it. Callers report a
    failure in the policy, "Message payload too large to buffer" (Microsoft Q&A 942975)."""

    cache_delay: float = 0.0
    """Seconds until what cache-store-value wrote can be seen; it is documented as asynchronous."""

    cache_seconds: tuple[float, float] = (0.0, 0.0)
    """The least and the most that a lookup or a store takes: the cache is another machine."""

    cache_loss: float = 0.0
    """The share of stores that never arrive; the cache is documented as volatile."""


ADVERSE = GatewaySwitches(
    weighting="random",
    window="tumbling",
    late_failures="extend",
    pin_selected_member=True,
    optional_key="refused",
    open_product_key="ignored",
    exhausted_message="No backend is available",
    exhausted_reason="Backend pool is not available",
    exhausted_retry_after="absent",
    timeout_status=504,
    wrong_method=405,
    early_errors_run_on_error=False,
    v2_duration="30-seconds",
    over_buffer_status=413,
    cache_delay=0.05,
    cache_seconds=(0.001, 0.005),
    cache_loss=0.01,
)
