"""One move of a sequence, and its text: the verb and its arguments as JSON, a line each.

start {"late": true, "file": {"accounts": [{"location": "eastus2"}]}}
deploy {"kill": 31, "applied": true}
edit {"label": "backend eastus2-chat", "field": "properties.proxy"}
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Move:
    """`verb` names a method of the player, `arguments` are what it is given."""

    verb: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.verb} {json.dumps(self.arguments)}" if self.arguments else self.verb


Sequence = tuple[Move, ...]
"""The first is `start`, which is never taken out."""


def written(sequence: Iterable[Move]) -> str:
    return "\n".join(map(str, sequence))


def read(text: str) -> Sequence:
    """The sequence in a text; lines that begin with # are not read."""
    lines = [line.strip() for line in text.splitlines()]
    return tuple(_read(line) for line in lines if line and not line.startswith("#"))


def _read(line: str) -> Move:
    verb, _, arguments = line.partition(" ")
    return Move(verb, json.loads(arguments) if arguments else {})
