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


class Monitoring(Part):
    """What is told to Azure Monitor, how long that is kept, and who hears of an alert.

    Metrics are told of every call; `sampling` is of the requests and calls that are logged one by one.
    """

    sampling: int = Field(default=10, ge=1, le=100, description="Percent of the requests that are logged.")
    retention_days: int = Field(default=30, ge=30, le=730, description="Days for which all of it is kept.")
    action_groups: tuple[ActionGroup, ...] = Field(
        default=(), max_length=5, description="Ids of the action groups that hear of an alert."
    )
