"""What a policy would have told another service of Azure: kept with its values, and never sent.

A metric, an event, a message or a log entry goes out of a gateway beside the answer, to a service that the
local Azure does not have. The element that sends it is evaluated all the same, and what it made is a record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind = Literal[
    "metric", "event", "message", "request", "trace", "credential", "proxy", "protocol", "telemetry"
]
"""`metric`, `trace` and `telemetry` (about a request as a whole) go to Application Insights, an `event` to an
event hub, a `message` to Service Bus, a `request` to a URL whose answer is not waited for; a `credential`,
a `proxy` and a `protocol` change how the backend is called, which the local gateway does without them."""

Value: TypeAlias = "str | float | bool | Mapping[str, Value] | list[Value] | None"
"""Plain JSON."""

SECRET_HEADERS = frozenset(
    {"authorization", "api-key", "cookie", "ocp-apim-subscription-key", "proxy-authorization"}
    | {"x-api-key", "x-functions-key"}
)
"""Headers whose values no record tells."""

HIDDEN = "(hidden)"
"""Stands for a secret: a record tells that there is one, and not which."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that would have been sent.

    `target` says to what: a metric's namespace and name, the id of an event hub's logger, a queue, a URL.
    `moment` is in epoch seconds; `request_id`, `api` and `operation` are the request's, the ids empty where
    it reached none; `service` is the name of the API Management service, empty in a rehearsal.
    """

    kind: Kind
    element: str
    target: str
    values: Mapping[str, Value]
    moment: float
    request_id: str
    api: str = ""
    operation: str = ""
    service: str = ""
