"""The options that several commands share, each with its help and its environment variable."""

from enum import StrEnum
from typing import Annotated

import typer

from apimlb.cli.workspace import Workspace, workspace

Local = Annotated[
    bool | None,
    typer.Option(
        "--local/--azure", help="Work on the local Azure. Also APIMLB_TARGET=local.", show_default=False
    ),
]
StackName = Annotated[
    str,
    typer.Option("--stack", metavar="NAME", help="The stack's name. Also APIMLB_STACK.", show_default=False),
]
Config = Annotated[
    str,
    typer.Option(
        "--config", metavar="FILE", help="The stack's file. Also APIMLB_CONFIG.", show_default=False
    ),
]
State = Annotated[
    str,
    typer.Option("--state", metavar="DIR", help="Instead of .apimlb. Also APIMLB_STATE.", show_default=False),
]
Subscription = Annotated[
    str,
    typer.Option(
        "--subscription",
        metavar="ID",
        help="Azure subscription. Also AZURE_SUBSCRIPTION_ID; else the one that az has as default.",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


class SoftDeleted(StrEnum):
    """What becomes of a soft-deleted namesake of what is to be made."""

    RESTORE = "restore"
    PURGE = "purge"
    FAIL = "fail"


OnSoftDeleted = Annotated[
    SoftDeleted | None,
    typer.Option(
        "--on-soft-deleted",
        help="What becomes of a deleted gateway or account whose name Azure keeps; a terminal is asked.",
        show_default=False,
    ),
]
Prune = Annotated[
    bool,
    typer.Option(
        "--prune",
        help="With --yes, also delete accounts, deployments and the gateway, or replace what cannot change.",
    ),
]


class Format(StrEnum):
    """How a command's data is printed."""

    TEXT = "text"
    JSON = "json"


Output = Annotated[Format, typer.Option("--output", "-o", help="JSON is exactly one document on stdout.")]


def placed(local: bool | None, stack: str, config: str, state: str) -> Workspace:
    """The workspace that the shared options name."""
    return workspace(local=local, stack=stack, config=config, state=state)
