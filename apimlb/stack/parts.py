"""Tables of the stack's file that stand by themselves, and what every table has in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A table of the file: nothing in it goes unread, and nothing changes it afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")


ActionGroup = Annotated[
    str,
    Field(
        pattern=r"(?i)^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/Microsoft\.Insights/"
        r"actionGroups/[^/]+$"
    ),
]
"""The whole id of an action group of Azure Monitor."""

Gateway = Annotated[
    str,
    Field(
        pattern=r"(?i)^(/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/\s]+/providers/Microsoft\.ApiManagement/"
        r"service/[a-z0-9-]+|([^/\s]+/)?[a-z0-9-]+|)$"
    ),
]
"""An API Management service: its whole id, its resource group and name, or its name in the stack's group."""

Identity = Annotated[
    str,
    Field(
        pattern=r"(?i)^(/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/\s]+/providers/"
        r"Microsoft\.ManagedIdentity/userAssignedIdentities/[^/\s]+|)$"
    ),
]
"""The whole id of a user-assigned managed identity."""

ApiPath = Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9._~-]*/){0,4}openai$", max_length=100)]
"""Where an API is at its gateway. What Azure's clients are given as an endpoint they put before `/openai`."""


class Monitoring(Part):
    """What is told to Azure Monitor, how long that is kept, and who hears of an alert.

    Metrics are told of every call; `sampling` is of the requests and calls that are logged one by one.
    """

    sampling: int = Field(default=10, ge=1, le=100, description="Percent of the requests that are logged.")
    retention_days: int = Field(default=30, ge=30, le=730, description="Days for which all of it is kept.")
    action_groups: tuple[ActionGroup, ...] = Field(
        default=(), max_length=5, description="Ids of the action groups that hear of an alert."
    )
