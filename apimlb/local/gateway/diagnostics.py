"""What an API's diagnostic has Application Insights told of a request, and of how many.

Microsoft Learn, Integrate Azure API Management with Application Insights: a diagnostic of the API goes before
one of the service; sampling is a percentage, and errors are logged in any case with `alwaysLog`.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from apimlb.http import last_segment
from apimlb.local.gateway.owners import Kinds
from apimlb.local.store import Document
from apimlb.policy.run.records import Value

_NAME = "applicationinsights"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """The logger's name, and which requests it hears of."""

    logger: str
    percentage: float = 100.0
    errors: bool = False

    def takes(self, request_id: uuid.UUID, status: int) -> bool:
        """Whether the request is told; of a hundred ids as many as the percentage says are."""
        return (self.errors and status >= 400) or request_id.int % 10_000 < self.percentage * 100

    def values(self, name: str, status: int, seconds: float) -> dict[str, Value]:
        """What is told of a request; `itemCount` is for how many it stands."""
        certain = self.errors and status >= 400
        return {
            "name": name,
            "resultCode": str(status),
            "success": status < 400,
            "milliseconds": round(1000 * seconds, 3),
            "itemCount": 1.0 if certain else round(100 / self.percentage, 3),
        }


def read_diagnostics(kinds: Kinds) -> dict[str, Diagnostic]:
    """By the lower-case id of what each is about: an API, or the service."""
    return {
        document.id.lower().rsplit("/diagnostics/", 1)[0]: _diagnostic(document)
        for document in _named(kinds.get("diagnostics", []), kinds.get("apis/diagnostics", []))
    }


def _named(*found: Iterable[Document]) -> Iterable[Document]:
    return (document for each in found for document in each if last_segment(document.id).lower() == _NAME)


def _diagnostic(document: Document) -> Diagnostic:
    properties = document.body.get("properties") or {}
    percentage = (properties.get("sampling") or {}).get("percentage")
    return Diagnostic(
        last_segment(str(properties.get("loggerId") or "")),
        100.0 if percentage is None else float(percentage),
        str(properties.get("alwaysLog") or "").lower() == "allerrors",
    )
