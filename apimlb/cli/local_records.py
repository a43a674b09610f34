"""`apimlb local records`: what policies and diagnostics would have told other services of Azure."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, get_args

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.folding import folded, terminal_columns
from apimlb.cli.grammar import common, verb
from apimlb.cli.local_control import ask
from apimlb.cli.options import STATE
from apimlb.policy.run.records import Kind

_INDENT = 11
"""Columns of a record's kind, below which nothing continues it."""
RECORDS = verb(STATE, examples=("apimlb local records --kind metric --output json",))


def records(
    context: typer.Context,
    kind: Annotated[
        Kind | None,
        typer.Option(metavar="KIND", help=f"Only {', '.join(get_args(Kind))}.", show_default=False),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget them, once they are shown.")] = False,
) -> Answer:
    """Show what would have been sent elsewhere. That is metrics, requests logged, events and messages.

    Nothing of it was sent. The latest 10,000 are kept, until the local Azure stops.
    """
    said = common(context)
    found = [row for row in ask(said, "GET", "records") if kind in (None, row["kind"])]
    if clear:
        ask(said, "DELETE", "records")
    return Answer(found, folded(map(described, found), _INDENT, terminal_columns()))


def described(row: Mapping[str, Any]) -> str:
    """A record in one line: the element, what it would have told, and its values."""
    values = json.dumps(row["values"], ensure_ascii=False)
    return f"{row['kind']:10} {row['element']} would tell {row['target']}: {values}"
