"""Errors into prose on stderr, without colour library: what, where, what next."""

import json
import sys
from typing import Any

from apimlb.errors import ApimlbError


def say(line: str = "") -> None:
    """One line of talk."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 talk goes to stderr


def show(data: str) -> None:
    """Data: what a script reads."""
    print(data, flush=True)  # noqa: T201 data goes to stdout


def show_json(document: Any) -> None:
    """One JSON document."""
    show(json.dumps(document, indent=2))


def complain(error: ApimlbError) -> None:
    """What went wrong, where, what else did, and what to do next."""
    say(f"Error: {error.what}")
    if error.where:
        say(f"  where: {error.where}")
    for note in getattr(error, "__notes__", ()):
        say(f"  also:  {note}")
    if error.next_step:
        say(f"  next:  {error.next_step}")
