"""What becomes of a change that somebody made by hand, and how a table says it of a field."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Fate(StrEnum):
    """What becomes of a field that is not as the stack wants it."""

    REPAIRED = "repaired"
    REPLACED = "replaced"
    """Azure cannot change it: the resource is deleted and made again, when somebody asks for it."""
    WARNED = "warned about"
    LEFT = "left"
    """It is somebody else's to choose, and a repair of another field keeps it."""
    AZURE = "Azure's own"
    """It cannot be written."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field by its dotted path in a reply.

    `usual` are the values, besides none at all, of a field that nobody has touched. A `whole` field is
    compared with all that is in it, also what the stack's body does not name. `danger` is what a change
    means, for a warning; what is not `sent` stands in no request.
    """

    path: str
    fate: Fate
    usual: tuple[Any, ...] = ()
    whole: bool = False
    danger: str = ""
    sent: bool = True


def repaired(path: str, *usual: Any, whole: bool = False) -> Field:
    """One that is set back."""
    return Field(path, Fate.REPAIRED, usual, whole)


def replaced(*paths: str) -> Iterator[Field]:
    """Those that Azure cannot change."""
    return (Field(path, Fate.REPLACED) for path in paths)


def warned(path: str, danger: str, *usual: Any, sent: bool = True) -> Field:
    """One that is left, with a word about it."""
    return Field(path, Fate.WARNED, usual, danger=danger, sent=sent)


def left(*paths: str) -> Iterator[Field]:
    """Those that are somebody else's."""
    return (Field(path, Fate.LEFT) for path in paths)


def azure(*paths: str) -> Iterator[Field]:
    """Those that cannot be written."""
    return (Field(path, Fate.AZURE, sent=False) for path in paths)


NAMED = ("id", "name", "type", "systemData", "etag", "properties.provisioningState")
"""What every resource has that is Azure's own."""
