"""How Azure's long-running operations are followed: where to look, and what an answer says. Pure.

Source: "Track asynchronous Azure operations" on Microsoft Learn, and recorded replies. An operation has a URL
of its own in `Azure-AsyncOperation` whose body tells a `status`, or a `Location` that answers 202 until it is
done, or shows in the resource's provisioningState alone.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from apimlb.deploy.cloud import is_settled, state_of
from apimlb.deploy.refusals import Refusal
from apimlb.stack.resources import Json


@dataclass(frozen=True, slots=True)
class Answer:
    """Azure's answer below status 400: header names in lower case; `body` is `{}` for none and `None` for one
    that is no JSON object."""

    status: int
    headers: Mapping[str, str]
    body: Json | None


class Way(StrEnum):
    """Where an operation shows how it stands."""

    OPERATION = "its operation"
    LOCATION = "its location"
    RESOURCE = "the resource itself"


@dataclass(frozen=True, slots=True)
class Track:
    """Where to look: at `url`, or at the resource."""

    way: Way
    url: str = ""


THE_RESOURCE = Track(Way.RESOURCE)


class Standing(StrEnum):
    """How an operation stands; `LOST` when the answer does not say."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look has shown: `said` in words, `refusal` why it failed."""

    standing: Standing
    said: str = ""
    refusal: Refusal | None = None


_STANDINGS = {
    "succeeded": Standing.SUCCEEDED,
    "failed": Standing.FAILED,
    "canceled": Standing.CANCELLED,
    "cancelled": Standing.CANCELLED,
}


def track(answer: Answer, *, deleting: bool) -> Track | None:
    """Where to follow what the answer began, `None` when it is done already."""
    operation = answer.headers.get("azure-asyncoperation") or answer.headers.get("operation-location")
    if operation:
        return Track(Way.OPERATION, operation)
    if answer.headers.get("location") and answer.status in (201, 202):
        return Track(Way.LOCATION, answer.headers["location"])
    if deleting:
        return THE_RESOURCE if answer.status == 202 else None
    if answer.status == 202 or not is_settled(answer.body or {}):
        return THE_RESOURCE
    return None


def judge(way: Way, answer: Answer) -> Sight:
    """How the operation stands by an answer from where it shows."""
    if way is Way.RESOURCE:
        return _of_resource(answer.body)
    if answer.status == 202 and not answer.body:
        return Sight(Standing.RUNNING, "accepted")
    if answer.body is None:
        return Sight(Standing.LOST, "its operation answers what is no JSON")
    if way is Way.LOCATION and "status" not in answer.body:
        return Sight(Standing.RUNNING if answer.status == 202 else Standing.SUCCEEDED)
    return Sight(Standing.SUCCEEDED) if answer.status == 204 else _of_operation(answer.body)


def _of_operation(body: Json) -> Sight:
    status = body.get("status")
    if not isinstance(status, str) or not status:
        return Sight(Standing.LOST, "its operation does not say how it stands")
    standing = _STANDINGS.get(status.lower(), Standing.RUNNING)
    return Sight(standing, status, _why(body) if standing is Standing.FAILED else None)


def _of_resource(body: Json | None) -> Sight:
    state = state_of(body or {})
    standing = _STANDINGS.get(state, Standing.SUCCEEDED if is_settled(body or {}) else Standing.RUNNING)
    return Sight(standing, state, _why(body or {}) if standing is Standing.FAILED else None)


def _why(body: Json) -> Refusal:
    """The error in the body of an operation or a resource that failed."""
    inside: Any = body.get("properties")
    error: Any = body.get("error") or (inside.get("error") if isinstance(inside, dict) else None)
    if not isinstance(error, dict):
        return Refusal(200, "", "Azure's operation failed, and it does not say why")
    return Refusal(200, str(error.get("code") or ""), str(error.get("message") or ""), details_of(error))


def details_of(error: Json) -> tuple[str, ...]:
    """An ARM error's details, each in a line."""
    entries = [entry for entry in error.get("details") or () if isinstance(entry, dict)]
    return tuple(_detail(entry) for entry in entries)


def _detail(entry: Json) -> str:
    target, message = entry.get("target"), entry.get("message") or ""
    return f"{target}: {message}" if target else str(message)


def retry_after(headers: Mapping[str, str], now: float) -> float:
    """Seconds until another attempt is welcome, 0 where the answer does not say: in seconds or as a date."""
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        if name in headers:
            return _number(headers[name]) / 1000
    told = headers.get("retry-after", "").strip()
    try:
        date = parsedate_to_datetime(told)
    except ValueError:
        return _number(told)
    return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0 < number < math.inf else 0.0
