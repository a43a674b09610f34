"""Tables of the stack's file that stand by themselves, the forms of its texts, and what every table has in
common."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Part(BaseModel):
    """A table of the file: nothing in it goes unread, and nothing changes it afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Switch = Annotated[bool, Field(strict=True)]
"""`true` or `false`: "yes" and 1 are none of these."""
Number = Annotated[int, Field(strict=True)]
"""A number as TOML has it: "30" is a text."""

# What Azure takes for a tag (Microsoft Learn, Use tags to organize your Azure resources); ours are our own.
TagName = Annotated[str, Field(pattern=r"^[^<>%&\\?/]+$", max_length=512)]
TagValue = Annotated[str, Field(max_length=256)]

Client = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
"""The id of an application, of a user or service principal, or of a group in Entra."""

Audience = Annotated[str, Field(pattern=r"^[A-Za-z0-9][^\s<>&\"'{}]*$", max_length=256)]
AUDIENCES = (
    "https://cognitiveservices.azure.com",
    "https://cognitiveservices.azure.com/",
    "https://ai.azure.com",
    "https://ai.azure.com/",
)
"""What the samples of Azure OpenAI's clients ask Entra for a token to."""

Origin = Annotated[str, Field(pattern=r"^(\*|https?://[A-Za-z0-9.\[\]:_-]+)$")]
"""Scheme, host and port of a page, as a browser sends them in `Origin`; `*` for any."""

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

    sampling: Number = Field(default=10, ge=1, le=100, description="Percent of the requests that are logged.")
    retention_days: Number = Field(default=30, ge=30, le=730, description="Days for which all of it is kept.")
    action_groups: tuple[ActionGroup, ...] = Field(
        default=(), max_length=5, description="Ids of the action groups that hear of an alert."
    )


Tokens = Annotated[Number, Field(ge=1)]


class ClientTier(Part):
    """How many tokens each of its clients may use, of all deployments together.

    A quota is for a day or a month of UTC, not both: one element of a policy has one (Microsoft Learn, API
    Management policy reference: llm-token-limit).
    """

    tokens_per_minute: Tokens | None = Field(default=None, description="Of each client; over it: 429.")
    tokens_per_day: Tokens | None = Field(default=None, description="The quota of each client for a day.")
    tokens_per_month: Tokens | None = Field(default=None, description="The same for a month.")

    @model_validator(mode="after")
    def _limiting(self) -> Self:
        if not (self.tokens_per_minute or self.tokens_per_day or self.tokens_per_month):
            raise ValueError("it limits nothing: set tokens_per_minute, tokens_per_day or tokens_per_month")
        if self.tokens_per_day and self.tokens_per_month:
            raise ValueError("a tier has one quota: set tokens_per_day or tokens_per_month")
        return self
