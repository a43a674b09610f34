"""What a caller is told of the limits: the 429 and its wordings, and the headers of answers and refusals."""

import math
from dataclasses import replace

from apimlb.local.openai import refusals
from apimlb.local.openai.models import Model
from apimlb.local.openai.refusals import Refused, region
from apimlb.local.openai.routes import Call
from apimlb.local.openai.switches import Switches
from apimlb.local.openai.throttle import Admission
from apimlb.local.store import Document

_WINDOW = {"call": "call", "token": "token", "utilization": "token"}
_DAY = 86_400
_MORE = "if you would like to further increase the default rate limit."
_FREE = " For Free Account customers, upgrade to Pay as you Go here: https://aka.ms/429TrialUpgrade."


def said(call: Call, switches: Switches) -> Switches:
    """The switches by which the call is told of limits."""
    if call.operation != "responses" or switches.responses_headers == "alike":
        return switches
    return replace(switches, rate_headers="sentinel", token_retry_after=False)


def throttled(
    call: Call, account: Document, deployment: str, model: Model, admission: Admission, switches: Switches
) -> Refused:
    """The 429 of a call that was not admitted, with what it may know about when to come back."""
    seconds = admission.wait
    told = switches.token_retry_after or admission.refused_by != "token"
    if admission.oversize and switches.oversize_retry_after:
        seconds, told = float(switches.oversize_retry_after), True
    window = _WINDOW[admission.refused_by]
    retry = f"Please retry after {math.ceil(seconds)} seconds."
    if switches.body == "RateLimitReached":
        message = _since_2025(call, account, deployment, model, f"the {window}", retry)
    else:
        message = _before(call, account, window, retry) + (_FREE if switches.body == "429-free" else "")
    refused = refusals.error(429, switches.body.partition("-")[0], message)
    if told and switches.retry_after != "milliseconds":
        refused.response.headers.set("Retry-After", str(math.ceil(seconds)))
    if told and switches.retry_after != "seconds":
        refused.response.headers.set("retry-after-ms", str(math.ceil(seconds * 1000)))
    return refused


def _since_2025(call: Call, account: Document, deployment: str, model: Model, window: str, retry: str) -> str:
    api = f"Azure OpenAI API version {call.api_version}"
    api = api if call.api_version else "OpenAI Language Model Instance API"
    return (
        f"Your requests to {deployment} for {model.name} in {region(account)} have exceeded {window} "
        f"rate limit for your current {_tier(account)} S0 pricing tier. This request was for {call.formal} "
        f"under {api}. {retry} To increase your default rate limit, visit: https://aka.ms/oai/quotaincrease."
    )


def _before(call: Call, account: Document, window: str, retry: str) -> str:
    version, tier = call.api_version or "v1", _tier(account)
    aid = (
        "contact Azure support service"
        if tier == "AIServices"
        else "go here: https://aka.ms/oai/quotaincrease"
    )
    return (
        f"Requests to the {call.formal} Operation under Azure OpenAI API version {version} have exceeded "
        f"{window} rate limit of your current {tier} S0 pricing tier. {retry} Please {aid} {_MORE}"
    )


def _tier(account: Document) -> str:
    return "AIServices" if account.body.get("kind") == "AIServices" else "OpenAI"


def headers(admission: Admission, before: Admission, switches: Switches) -> list[tuple[str, str]]:
    """The headers about limits, resets in whole seconds; `before` is what the call before was told."""
    match switches.rate_headers:
        case "absent":
            return []
        case "of-2023":
            return _of_2023(admission)
        case "stale":
            return _numbers(before)
        case "sentinel":
            return _numbers(admission, limit_tokens=-1, remaining_tokens=-1, reset_tokens=0)
        case "no-resets":
            return [(name, value) for name, value in _numbers(admission) if "-reset-" not in name]
        case "absurd":
            more = 1000 * admission.limit_tokens
            return _numbers(admission, remaining_tokens=more, reset_tokens=_DAY, reset_requests=_DAY)
        case "numbers":
            return _numbers(admission)


def _numbers(admission: Admission, **others: float) -> list[tuple[str, str]]:
    return [
        (f"x-ratelimit-{name.replace('_', '-')}", str(math.ceil(others.get(name, getattr(admission, name)))))
        for name in _NAMES
    ]


_NAMES = (
    "limit_requests",
    "limit_tokens",
    "remaining_requests",
    "remaining_tokens",
    "reset_requests",
    "reset_tokens",
)


def _of_2023(admission: Admission) -> list[tuple[str, str]]:
    found = [("x-ratelimit-remaining-requests", str(admission.remaining_requests))]
    if not admission.refused_by:
        return [*found, ("x-ratelimit-remaining-tokens", str(admission.remaining_tokens))]
    if admission.refused_by == "call":
        return [*found, ("policy-id", "DeploymentRatelimit-Call")]
    reset = str(math.ceil(admission.reset_tokens))
    return [*found, ("x-rate-limit-reset-tokens", reset), ("policy-id", "DeploymentRatelimit-Token")]
