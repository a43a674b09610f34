"""What a command answers: data for a program, and the same as lines for a person. Both go to stdout."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apimlb.cli.prose import show, show_json


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON `document`, the `lines` that a person reads instead, and the exit code.

    A person may be told everything as talk already; then there are no lines.
    """

    document: Any
    lines: Iterable[str] = ()
    code: int = 0


def publish(answer: Answer, *, as_json: bool) -> None:
    """Print it: exactly one document, or the lines."""
    if as_json:
        show_json(answer.document)
        return
    for line in answer.lines:
        show(line)
