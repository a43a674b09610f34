"""The options that every command understands, and those that several share.

What stands nearer to the command wins: `apimlb --stack a deploy --stack b` deploys b.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from apimlb.cli.workspace import Workspace, workspace


class Format(StrEnum):
    """How a command's data is printed on stdout."""

    TABLE = "table"
    JSON = "json"


class Common(NamedTuple):
    """What was said with the options that every command understands; nothing is `None` or empty."""

    output: Format = Format.TABLE
    yes: bool = False
    quiet: bool = False
    verbose: bool = False
    debug: bool = False
    no_color: bool = False
    local: bool | None = None
    stack: str = ""
    config: str = ""
    state: str = ""
    subscription: str = ""

    def nearer(self, said: Mapping[str, Any]) -> "Common":
        """The same with what was said nearer to the command."""
        return self._replace(**{name: value for name, value in said.items() if value not in (None, "")})

    @property
    def json(self) -> bool:
        return self.output == Format.JSON

    @property
    def place(self) -> Workspace:
        """The files of the stack that is meant; raises `ConfigError`."""
        return workspace(local=self.local, stack=self.stack, config=self.config, state=self.state)

    @property
    def local_azure(self) -> Path:
        """The directory of the local Azure, whatever the stack."""
        return workspace(state=self.state).local_azure


# What simulated clients and those of a load test have in common.
Sigma = Annotated[float, typer.Option(min=0, help="Spread of the sizes (lognormal); 0: all the same.")]
Retries = Annotated[int, typer.Option(min=0, help="How often a client sends again what was refused.")]


def everywhere(
    output: Annotated[
        Format | None,
        typer.Option("--output", "-o", help="How data is printed; json is one document on stdout."),
    ] = None,
    yes: Annotated[bool | None, typer.Option("--yes", "-y", help="Do not ask.")] = None,
    quiet: Annotated[bool | None, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = None,
    verbose: Annotated[bool | None, typer.Option("--verbose", "-v", help="Say more.")] = None,
    debug: Annotated[
        bool | None, typer.Option("--debug", help="Write a log without secrets, and say where it is.")
    ] = None,
    no_color: Annotated[
        bool | None, typer.Option("--no-color", help="Plain text. Also NO_COLOR.", show_default=False)
    ] = None,
    local: Annotated[
        bool | None,
        typer.Option("--local/--azure", help="Work on the local Azure. Also APIMLB_TARGET=local."),
    ] = None,
    stack: Annotated[
        str, typer.Option("--stack", metavar="NAME", help="The stack's name. Also APIMLB_STACK.")
    ] = "",
    config: Annotated[
        str, typer.Option("--config", metavar="FILE", help="The stack's file. Also APIMLB_CONFIG.")
    ] = "",
    state: Annotated[
        str, typer.Option("--state", metavar="DIR", help="Instead of .apimlb. Also APIMLB_STATE.")
    ] = "",
    subscription: Annotated[
        str,
        typer.Option(
            "--subscription",
            metavar="ID",
            help="Azure subscription. Also AZURE_SUBSCRIPTION_ID; else the one that az has as default.",
        ),
    ] = "",
) -> None:
    """Holds the declarations of the options in `Common`, in its order."""


STACK = frozenset({"local", "stack", "config", "state", "subscription"})
"""Read by a command that works on a stack in Azure."""
FILES = frozenset({"stack", "config"})
"""Read by one that needs the stack's file alone."""
STATE = frozenset({"state"})
"""Read by one that works on the local Azure itself."""
NOTHING: frozenset[str] = frozenset()


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether a command line, be it wrong, asks for JSON; the last of several that contradict each other."""
    after = dict(pairwise(arguments))
    forms = {f"--output={each}": each for each in Format} | {f"-o{each}": each for each in Format}
    said = [after.get(each, "") if each in ("--output", "-o") else forms.get(each, "") for each in arguments]
    return [each for each in said if each][-1:] == [Format.JSON]


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
Hourly = Annotated[
    bool,
    typer.Option(
        "--accept-hourly", help="Also make provisioned throughput, which is billed used or not, unasked."
    ),
]
