"""Facts about API Management that its documents leave open or contradict, as settings of the local gateway.

Every field is read by the code that it names; `Switches()` holds the likeliest reading of each, `ADVERSE` the
reading that is worse for a policy that fails over between backends.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Switches:
    """One reading of every open question; immutable, so that a gateway can share it between requests."""

    response_before_forward: Literal["synthetic", "null"] = "synthetic"
    """`context.Response` before anything was forwarded. Three of Microsoft's repositories test its status in
    retry without a guard, and the published logs of a run on Azure (genai gateway toolkit, 2024-05-03) show
    the branch for a status that is neither 429 nor at least 500. The number is not published; 200 is what the
    pipeline answers where nothing is ever forwarded."""

    response_after_failure: Literal["synthetic", "null"] = "synthetic"
    """`context.Response` in a retry condition after an attempt that no backend answered. A trace in an issue
    of Azure-Samples/openai-apim-lb shows a condition getting past `context.Response != null` after a timeout;
    Azure-Samples/Apim-Samples guards against null."""

    lookup_miss: Literal["unset", "null"] = "unset"
    """What cache-lookup-value does to its variable on a miss without default; its page says both."""

    absent_variable: Literal["throws", "null"] = "throws"
    """What `context.Variables["name"]` is for a variable that was not set: a KeyNotFoundException, as of
    a dictionary's indexer, or null. Not documented; samples test `ContainsKey` first, as if it threw."""

    other_type: Literal["throws", "default"] = "throws"
    """What `GetValueOrDefault<T>` makes of a variable of another type: documented to throw (Microsoft Learn,
    API Management policy expressions); Microsoft's policy toolkit gives the default."""

    attribute_types: Literal["exact", "any"] = "exact"
    """Whether a policy is refused whose expression has another static type than its attribute or text needs,
    an object where a string is wanted, say, as C# refuses to return it. Not documented; in public policies
    every condition is a bool, and every name, key and header value a string, by a cast where it takes one."""

    first_fast_retry_index: Literal[0, 1] = 0
    """The k of the wait formula for the first retry that waits, when `first-fast-retry` made the one before
    it immediate."""


ADVERSE = Switches(
    response_before_forward="null",
    response_after_failure="null",
    lookup_miss="null",
    absent_variable="null",
    other_type="default",
    first_fast_retry_index=1,
)
