"""`apimlb.toml` -> Stack: every complaint at once, each with the path of the field it is about.

name = "apimlb"                 # goes into every resource's name
location = "eastus2"            # of the gateway; the accounts say their own
tier = "BasicV2"
strategy = "backend-pool"       # or "retry"
streams = true                  # false: responses come as a whole, which the Consumption tier needs

bare_host = true                 # takes /responses and others without /openai/v1 as well
allowed_origins = []             # pages whose scripts may call, as https://app.example
backend_header = false          # true: answers name their account in x-apimlb-backend
stream_usage = false            # true: streamed chat completions end with what they used
adapt_parameters = false        # true: reasoning models get max_tokens renamed, what else they refuse dropped

[[accounts]]                    # one Azure OpenAI account each
location = "eastus2"
priority = 1                    # a lower number is used first
weight = 1                      # share among those of one priority
endpoint = "https://…"          # only for one that exists already, here or anywhere: it is called, not made

[deployments.chat]              # one on every account, under this name
model = "gpt-5.1"
version = "2025-11-13"
sku = "GlobalStandard"
capacity = 30                   # thousands of tokens per minute; left out: 30 at creation, then kept
"""

import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from apimlb.errors import ConfigError
from apimlb.stack.clients import shard_count
from apimlb.stack.complaints import complaint

FILE = "apimlb.toml"
CAPACITY = 30
"""Thousands of tokens per minute that a deployment is created with when the configuration names none."""

Location = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*$", max_length=32)]
# Scheme, host and port, perhaps a path: what follows it is the API's.
Endpoint = Annotated[str, Field(pattern=r"^(https?://[A-Za-z0-9.\[\]:_-]+(/[^\s?#]*[^\s?#/])?)?$")]
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
Name = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?$", max_length=20)]


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


class Tier(StrEnum):
    """The APIM tiers that a stack can be on (Microsoft Learn: API Management features by tier)."""

    CONSUMPTION = "Consumption"
    DEVELOPER = "Developer"
    BASIC = "Basic"
    BASIC_V2 = "BasicV2"
    STANDARD = "Standard"
    STANDARD_V2 = "StandardV2"
    PREMIUM = "Premium"

    @property
    def has_breakers(self) -> bool:
        """Consumption alone has no circuit breakers (Microsoft Learn: API Management gateways overview)."""
        return self is not Tier.CONSUMPTION


class Strategy(StrEnum):
    """How the gateway finds another account: by its own pool and breakers, or in the policy itself."""

    BACKEND_POOL = "backend-pool"
    RETRY = "retry"


class Part(BaseModel):
    """A table of the file: nothing in it goes unread, and nothing changes it afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Account(Part):
    """One Azure OpenAI account: where it is and when its turn comes.

    With an `endpoint` it is adopted: nothing of it is made, changed or taken away, and what the gateway sends
    there carries a token of its identity, which must be let in already.
    """

    location: Location
    name: Name = ""
    priority: int = Field(default=1, ge=0, le=100)
    weight: int = Field(default=1, ge=1, le=100)
    endpoint: Endpoint = ""

    @field_validator("endpoint", mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return value.rstrip("/") if isinstance(value, str) else value

    @field_validator("endpoint")
    @classmethod
    def _private(cls, value: str) -> str:
        plain = value.startswith("http://")
        if plain and (urlsplit(value).hostname or "") not in _LOOPBACK:
            raise ValueError("the gateway's token goes there, so that it has to be https (but for 127.0.0.1)")
        return value

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: object) -> object:
        return {"name": data.get("location", ""), **data} if isinstance(data, dict) else data


class Deployment(Part):
    """One model under one name, the same on every account."""

    model: str = Field(min_length=1)
    version: str = Field(min_length=1)
    sku: str = "GlobalStandard"
    capacity: int | None = Field(default=None, ge=1)


DEFAULT_ACCOUNTS = tuple(
    Account.model_validate({"location": location}) for location in ("eastus2", "swedencentral", "westus3")
)
# Chosen for the longest life among the current models: gpt-5.1 retires on 2027-05-15, the embeddings on
# 2027-04-15 (Microsoft Learn, Azure OpenAI model retirements, 2026-07-07).
DEFAULT_DEPLOYMENTS = {
    "chat": Deployment(model="gpt-5.1", version="2025-11-13"),
    "embedding": Deployment(model="text-embedding-3-small", version="1"),
}


class Stack(Part):
    """What the user wants. The default is a whole stack."""

    name: Name = "apimlb"
    location: Location = "eastus2"
    tier: Tier = Tier.BASIC_V2
    strategy: Strategy = Strategy.BACKEND_POOL
    publisher_email: str = Field(default="apimlb@example.com", pattern=r"^[^@\s]+@[^@\s]+$")
    accept_retry_after: bool = False
    streams: bool = True
    clients: tuple[Client, ...] | None = None
    audiences: tuple[Audience, ...] = Field(default=AUDIENCES, min_length=1, max_length=20)
    bare_host: bool = True
    allowed_origins: tuple[Origin, ...] = Field(default=(), max_length=100)
    backend_header: bool = False
    stream_usage: bool = False
    adapt_parameters: bool = False
    accounts: tuple[Account, ...] = Field(default=DEFAULT_ACCOUNTS, min_length=1, max_length=30)
    deployments: dict[Name, Deployment] = Field(default=DEFAULT_DEPLOYMENTS, min_length=1, max_length=32)

    @field_validator("clients")
    @classmethod
    def _placed(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        shard_count(value or ())
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [account.name for account in self.accounts]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"accounts {', '.join(twice)} stand there twice: give each a 'name' of its own")
        backends = [f"{account}-{deployment}" for account in names for deployment in self.deployments]
        same = sorted({name for name in backends if backends.count(name) > 1})
        if same:
            raise ValueError(
                f"an account and a deployment make the backend {same[0]} in two ways: rename one of them"
            )
        if self.strategy is Strategy.BACKEND_POOL and not self.tier.has_breakers:
            raise ValueError(
                f"the {self.tier} tier has no circuit breakers, so a pool could never fail over: "
                'use strategy = "retry", or another tier'
            )
        return self


def parse(data: dict[str, object], *, source: str = FILE, flags: Mapping[str, str] | None = None) -> Stack:
    """The stack in the file's tables; raises `ConfigError` naming every field that is wrong.

    `flags` says which fields come from another place than the file, and from which: what is wrong with such a
    field alone is not the file's fault.
    """
    try:
        return Stack.model_validate(data)
    except ValidationError as error:
        entries = error.errors()
    from_flags = [(flags or {}).get(str(entry["loc"][0]) if entry["loc"] else "", "") for entry in entries]
    place = " and ".join(dict.fromkeys(from_flags)) if all(from_flags) else source
    said = " ".join(complaint(entry, _fields_at(entry["loc"])) for entry in entries)
    raise ConfigError(said, where=place, next_step=f"Correct {place}.")


def _fields_at(loc: tuple[int | str, ...]) -> Iterable[str]:
    """The fields of the table in which something is wrong."""
    tables: dict[str, type[Part]] = {"accounts": Account, "deployments": Deployment}
    return (tables.get(str(loc[0]), Stack) if len(loc) > 1 else Stack).model_fields


def load(path: Path) -> dict[str, object]:
    """The tables of the file, none when there is no file; raises `ConfigError` when it is not TOML."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{error.strerror}.", where=str(path), next_step=f"Correct {path}.") from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"The file is not in UTF-8, as TOML is: byte {error.start} is {error.object[error.start]:#04x}.",
            where=str(path),
            next_step=f"Save {path} in UTF-8.",
        ) from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(str(error), where=str(path), next_step=f"Correct {path}.") from None
