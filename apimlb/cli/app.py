"""The commands. Each imports what it needs when it runs, so that `--help` costs little."""

import sys
from typing import Annotated

import typer

from apimlb.cli.options import (
    Config,
    Format,
    Local,
    Output,
    StackName,
    State,
    Subscription,
    Yes,
    placed,
)
from apimlb.cli.prose import complain, say, show
from apimlb.errors import ApimlbError, Interrupted

app = typer.Typer(
    name="apimlb",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="One Azure API Management gateway in front of several Azure OpenAI accounts.",
)
