"""How long each type of resource is waited for, and how often it is looked at meanwhile: a table.

A write or deletion may take its type's `deadline` in all: the work itself, and the trouble on the way that
passes by itself (see `apimlb.deploy.refusals`). The deadlines are a good deal above what was recorded or
reported of each type, because a deploy that gives up has to be run again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

MINUTE = 60.0
HOUR = 3600.0

READING = 30 * MINUTE
"""Seconds for which a read is tried, if the deadline of what is read is not sooner."""

_GROWTH = 1.5


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: `deadline` for the whole, `first` before the first look at a running operation, `longest`
    between two looks. A Retry-After that the service sends takes the place of the latter two."""

    deadline: float
    first: float = 0.5
    longest: float = 5.0

    def looks(self) -> Iterator[float]:
        """Seconds before each look: short at first, then longer and longer."""
        seconds = self.first
        while True:
            yield seconds
            seconds = min(self.longest, seconds * _GROWTH)


# While a service is changed, what is in it may be refused: for three quarters of an hour in classic tiers.
_CHILD = Patience(deadline=45 * MINUTE)

PATIENCE = {
    "microsoft.resources/subscriptions": Patience(deadline=10 * MINUTE),
    "microsoft.resources/providers": Patience(deadline=30 * MINUTE, first=1, longest=10),
    # A group goes with all that is in it (recorded: two minutes with a gateway).
    "microsoft.resources/resourcegroups": Patience(deadline=2 * HOUR, first=1, longest=15),
    "microsoft.resources/resources": Patience(deadline=10 * MINUTE),
    "microsoft.managedidentity/userassignedidentities": Patience(deadline=20 * MINUTE),
    "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials": Patience(
        deadline=10 * MINUTE
    ),
    "microsoft.operationalinsights/workspaces": Patience(deadline=20 * MINUTE),
    "microsoft.insights/components": Patience(deadline=20 * MINUTE),
    "microsoft.insights/workbooks": Patience(deadline=10 * MINUTE),
    "microsoft.insights/scheduledqueryrules": Patience(deadline=10 * MINUTE),
    "microsoft.alertsmanagement/smartdetectoralertrules": Patience(deadline=10 * MINUTE),
    # The directory may not know a new principal for some minutes.
    "microsoft.authorization/roleassignments": Patience(deadline=20 * MINUTE),
    "microsoft.cognitiveservices/accounts": Patience(deadline=45 * MINUTE, first=1, longest=10),
    "microsoft.cognitiveservices/accounts/deployments": Patience(deadline=30 * MINUTE),
    "microsoft.cognitiveservices/accounts/raipolicies": Patience(deadline=10 * MINUTE),
    "microsoft.cognitiveservices/locations/resourcegroups/deletedaccounts": Patience(
        deadline=HOUR, first=1, longest=10
    ),
    # Recorded: more than 60 minutes for Developer; reported: 90.
    "microsoft.apimanagement/service": Patience(deadline=3 * HOUR, first=2, longest=15),
    "microsoft.apimanagement/locations/deletedservices": Patience(deadline=HOUR, first=1, longest=15),
    "microsoft.apimanagement/service/apis": _CHILD,
    "microsoft.apimanagement/service/apis/operations": _CHILD,
    "microsoft.apimanagement/service/apis/releases": _CHILD,
    "microsoft.apimanagement/service/apis/revisions": _CHILD,
    "microsoft.apimanagement/service/apis/products": _CHILD,
    "microsoft.apimanagement/service/apis/operations/policies": _CHILD,
    "microsoft.apimanagement/service/apis/policies": _CHILD,
    "microsoft.apimanagement/service/apis/diagnostics": _CHILD,
    "microsoft.apimanagement/service/backends": _CHILD,
    "microsoft.apimanagement/service/caches": _CHILD,
    "microsoft.apimanagement/service/diagnostics": _CHILD,
    "microsoft.apimanagement/service/loggers": _CHILD,
    "microsoft.apimanagement/service/namedvalues": _CHILD,
    "microsoft.apimanagement/service/policies": _CHILD,
    "microsoft.apimanagement/service/policyfragments": _CHILD,
    "microsoft.apimanagement/service/products": _CHILD,
    "microsoft.apimanagement/service/products/apis": _CHILD,
    "microsoft.apimanagement/service/products/policies": _CHILD,
    "microsoft.apimanagement/service/subscriptions": _CHILD,
}
"""By the resource's type in lower case."""


def patience_for(kind: str) -> Patience:
    """The type's row; what the table does not name is a gateway's child that is still to come."""
    return PATIENCE.get(kind, _CHILD)


def for_reading(kind: str) -> Patience:
    """The type's row for a read on its own."""
    patience = patience_for(kind)
    return replace(patience, deadline=min(READING, patience.deadline))
