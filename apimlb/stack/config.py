"""`apimlb.toml` -> Stack: every complaint at once, each with the path of the field it is about.

name = "apimlb"                 # goes into every resource's name
location = "eastus2"            # of the gateway; the accounts say their own
gateway = "apis/shared-apim"    # only for one that exists already: its group and name, or its id
gateway_identity = "/subscr…"   # only for such a one: a user-assigned identity of its; left out: its own
path = "openai"                 # of the API at the gateway: openai, or what ends with /openai
tier = "BasicV2"
units = 1                       # of the gateway; left out: 1 at creation, then kept
publisher_name = "apimlb"       # what Azure shows of whoever runs the gateway
publisher_email = "apimlb@example.com"
tags = { team = "search" }      # on everything that can carry some
strategy = "retry"              # or "backend-pool"
streams = true                  # false: responses come as a whole, which the Consumption tier needs

bare_host = true                 # the host alone stands for /openai/v1 as well
allowed_origins = []             # pages whose scripts may call, as https://app.example
backend_header = false          # true: answers name their account in x-apimlb-backend
stream_usage = false            # true: streamed chat completions end with what they used
adapt_parameters = false        # true: reasoning models get max_tokens renamed, what else they refuse dropped

monitoring = true               # or a table: what is told to Azure Monitor; left out: nothing

[[accounts]]                    # one Azure OpenAI account each
location = "eastus2"
priority = 1                    # a lower number is used first
weight = 1                      # share among those of one priority
capacity = { chat = 60 }        # only where it differs from the deployment's own
endpoint = "https://…"          # only for one that exists already, here or anywhere: it is called, not made
key_from = "OTHER_KEY"          # with an endpoint: the environment variable that holds its key at the deploy

[deployments.chat]              # one on every account, under this name
model = "gpt-5.1"
version = "2025-11-13"
sku = "GlobalStandard"
capacity = 30                   # thousands of tokens per minute; left out: 30 at creation, then kept
version_upgrade = "OnceCurrentVersionExpired"
content_filter = "my-filter"    # left out: Azure's own at first, then what it has

[tiers.gold]                    # what each client of this tier may use; `default` is for those of no other
tokens_per_minute = 20000
"""

import tomllib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator

from apimlb.errors import ConfigError, raise_together, unreadable
from apimlb.stack.choices import Strategy, Tier, Upgrade
from apimlb.stack.clients import shard_count
from apimlb.stack.complaints import complaints, follows, path_of
from apimlb.stack.contradictions import contradictions
from apimlb.stack.parts import (
    AUDIENCES,
    ApiPath,
    Audience,
    Client,
    ClientTier,
    Gateway,
    Identity,
    Monitoring,
    Number,
    Origin,
    Part,
    Switch,
    TagName,
    TagValue,
)

FILE = "apimlb.toml"
CAPACITY = 30
"""Thousands of tokens per minute that a deployment is created with when the configuration names none."""

Location = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*$", max_length=32)]
# Scheme, host and port, perhaps a path: what follows it is the API's.
Endpoint = Annotated[str, Field(pattern=r"^(https?://[A-Za-z0-9.\[\]:_-]+(/[^\s?#]*[^\s?#/])?)?$")]
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
Name = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?$", max_length=20)]
Capacity = Annotated[Number, Field(ge=1)]
Variable = Annotated[str, Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")]


class Account(Part):
    """One Azure OpenAI account: where it is and when its turn comes.

    With an `endpoint` it is adopted: nothing of it is made, changed or taken away, and what the gateway sends
    there carries a token of its identity, which must be let in already.
    """

    location: Location = Field(description="The region, by its short name.")
    name: Name = Field(default="", description="Left out: the location.")
    priority: Number = Field(default=1, ge=0, le=100, description="A lower number is used first.")
    weight: Number = Field(default=1, ge=1, le=100, description="Its share among those of one priority.")
    capacity: dict[Name, Capacity] = Field(
        default={}, description="Thousands of tokens per minute by deployment, where it is not the usual."
    )
    endpoint: Endpoint = Field(default="", description="Of one that exists already: it is called, not made.")
    key_from: Variable = Field(
        default="", description="The environment variable that holds the key of one that exists already."
    )

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

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        if self.key_from and not self.endpoint:
            raise ValueError("key_from is for an account with an endpoint: the others take no key")
        if self.capacity and self.endpoint:
            raise ValueError("an account with an endpoint is not ours to size: leave its capacity out")
        return self

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: object) -> object:
        return {"name": data.get("location", ""), **data} if isinstance(data, dict) else data


class Deployment(Part):
    """One model under one name, the same on every account."""

    model: str = Field(min_length=1, description="The model's name, as gpt-5.1.")
    version: str = Field(min_length=1, description="The model's version.")
    sku: str = Field(
        default="GlobalStandard", min_length=1, description="How it is billed and where it runs."
    )
    capacity: Capacity | None = Field(
        default=None,
        description="Thousands of tokens per minute, or units where provisioned; left out: 30, then kept.",
    )
    version_upgrade: Upgrade = Field(
        default=Upgrade.EXPIRED, description="When Azure may move it to a later version of the model."
    )
    content_filter: str = Field(
        default="", max_length=64, description="The name of a content filter (RAI policy) of the accounts."
    )

    @field_validator("version", mode="before")
    @classmethod
    def _whole_number(cls, value: object) -> object:
        """`1` is a version, as flags and the environment have it."""
        return str(value) if type(value) is int else value


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

    name: Name = Field(default="apimlb", description="Goes into every resource's name.")
    location: Location = Field(default="eastus2", description="Of the gateway; the accounts say their own.")
    gateway: Gateway = Field(
        default="", description="An API Management service that exists already: it is used, not made."
    )
    gateway_identity: Identity = Field(
        default="",
        description="A user-assigned identity of such a gateway; left out: its own one.",
    )
    path: ApiPath = Field(default="openai", description="Of the API at the gateway; it ends with openai.")
    tier: Tier = Field(default=Tier.BASIC_V2, description="The gateway's.")
    units: Number | None = Field(
        default=None, ge=1, le=12, description="Of the gateway; left out: 1 at creation, then kept."
    )
    strategy: Strategy = Field(default=Strategy.RETRY, description="How the gateway finds another account.")
    publisher_name: str = Field(
        default="apimlb", min_length=1, max_length=100, description="Whom Azure shows as the gateway's."
    )
    publisher_email: str = Field(
        default="apimlb@example.com", pattern=r"^[^@\s]+@[^@\s]+$", description="Whom Azure writes to."
    )
    tags: dict[TagName, TagValue] = Field(
        default={}, max_length=40, description="On everything that can carry some."
    )
    accept_retry_after: Switch = Field(
        default=False, description="A breaker opens for as long as the account asks, be it a day."
    )
    streams: Switch = Field(
        default=True, description="False: responses come as a whole, which the Consumption tier needs."
    )
    clients: tuple[Client, ...] | None = Field(
        default=None, description="Ids of applications, people or groups in Entra that may call."
    )
    audiences: tuple[Audience, ...] = Field(
        default=AUDIENCES, min_length=1, max_length=20, description="Of the tokens that clients bring."
    )
    bare_host: Switch = Field(
        default=True, description="The gateway's host alone stands for /openai/v1, too."
    )
    allowed_origins: tuple[Origin, ...] = Field(
        default=(), max_length=100, description="Web pages whose scripts may call."
    )
    backend_header: Switch = Field(
        default=False, description="Answers name their account in x-apimlb-backend."
    )
    stream_usage: Switch = Field(
        default=False, description="Streamed chat completions end with what they used."
    )
    adapt_parameters: Switch = Field(
        default=False, description="What reasoning models refuse is renamed or dropped."
    )
    tiers: dict[Name, ClientTier] = Field(
        default={}, max_length=10, description="What each client may use, by its tier; none: all."
    )
    monitoring: Monitoring | None = Field(
        default=None, description="Metrics, a workbook and an alert; true for the usual ones, false for none."
    )
    accounts: tuple[Account, ...] = Field(
        default=DEFAULT_ACCOUNTS, min_length=1, max_length=30, description="One Azure OpenAI account each."
    )
    deployments: dict[Name, Deployment] = Field(
        default=DEFAULT_DEPLOYMENTS,
        min_length=1,
        max_length=32,
        description="One on every account, by its name.",
    )

    @field_validator("tags")
    @classmethod
    def _not_ours(cls, value: dict[str, str]) -> dict[str, str]:
        ours = sorted(name for name in value if name.lower().startswith("apimlb-"))
        if ours:
            raise ValueError(f"{ours[0]} is apimlb's own: tags that begin with apimlb- tell it what is whose")
        return value

    @field_validator("monitoring", mode="before")
    @classmethod
    def _switched(cls, value: object) -> object:
        """`true` is a table that says nothing, `false` is none."""
        return ({} if value else None) if isinstance(value, bool) else value

    @model_validator(mode="before")
    @classmethod
    def _beside_others(cls, data: object) -> object:
        """The host alone is whoever's the gateway is."""
        return {"bare_host": False, **data} if isinstance(data, dict) and data.get("gateway") else data

    @property
    def root(self) -> str:
        """What is between the gateway's address and `/openai`: `/search`, usually nothing."""
        return f"/{self.path}".removesuffix("/openai")

    @field_validator("clients")
    @classmethod
    def _placed(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        shard_count(value or ())
        return value

    @classmethod
    def known(cls, path: Sequence[str | int]) -> tuple[str, ...]:
        """The settings that there are in the table at a path, as the validation library gives it."""
        match tuple(path):
            case ():
                return tuple(cls.model_fields)
            case ("accounts", int()):
                return tuple(Account.model_fields)
            case ("deployments", str()):
                return tuple(Deployment.model_fields)
            case ("tiers", str()):
                return tuple(ClientTier.model_fields)
            case ("monitoring",):
                return tuple(Monitoring.model_fields)
            case _:
                return ()

    def listed(self) -> Iterator[tuple[str, Any]]:
        """Every setting with its path, an account's by its name, and its value as JSON has it."""
        tables = self.model_dump(mode="json")
        for row in tables["accounts"]:
            yield from _paths({k: v for k, v in row.items() if k != "name"}, f"accounts.{row['name']}.")
        yield from _paths({name: value for name, value in tables.items() if name != "accounts"}, "")

    def capacity_of(self, account: Account, deployment: str) -> int | None:
        """Thousands of tokens per minute that the configuration wants there, `None` where it says nothing."""
        return account.capacity.get(deployment, self.deployments[deployment].capacity)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        found = [*contradictions(self, self.model_fields_set)]
        if found:
            raise ValueError(*found)
        return self


def parse(
    data: dict[str, object],
    *,
    source: str = FILE,
    blamed: Callable[[Sequence[str]], str] | None = None,
    wrong: Iterable[ConfigError] = (),
) -> Stack:
    """The stack in the tables; raises `ConfigError` for every field that is wrong, together with what was
    `wrong` before.

    They are from `source`, or from what is `blamed` for the fields at some paths.
    """
    found = list(wrong)
    try:
        made = Stack.model_validate(data)
    except ValidationError as error:
        entries = [entry for entry in error.errors() if not follows(entry, error.errors())]
        for entry in entries:
            where = (blamed([path_of(entry)]) if blamed else "") or source
            for said in complaints(entry, Stack.known(entry["loc"][:-1])):
                found.append(ConfigError(said, where=where, next_step=f"Correct {where}."))
    raise_together(found)
    return made


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
        if path.read_bytes().startswith(BOM_UTF8):
            raise ConfigError(
                "The file begins with a byte order mark, which TOML does not know.",
                where=str(path),
                next_step=f"Save {path} in UTF-8 without one.",
            ) from None
        raise unreadable("TOML", error, path) from None


def _paths(tables: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, value in tables.items():
        if isinstance(value, dict) and value:
            yield from _paths(value, f"{above}{name}.")
        elif value != {}:
            yield f"{above}{name}", value


def defaults() -> dict[str, Any]:
    """The tables of a whole stack that says nothing."""
    return Stack().model_dump(mode="json", include={"accounts", "deployments"}, exclude_defaults=False)


def schema() -> dict[str, object]:
    """The file's JSON schema (draft 2020-12), for editors."""
    made = Stack.model_json_schema()
    made["properties"]["monitoring"]["anyOf"].append({"type": "boolean"})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
