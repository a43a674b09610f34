"""What a JSON body may look like, and what is wrong with one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Problems = Iterator[str]
_KINDS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "truth": lambda value: isinstance(value, bool),
    "whole number": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "anything": lambda value: True,
}


class Shape(Protocol):
    """Says what is wrong with a value at a place; `sent` when a client sent it, or else a server answered."""

    def wrong(self, value: Any, place: str, sent: bool) -> Problems: ...


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value without parts; `values`, in lower case, are all that there are."""

    kind: str
    values: frozenset[str] = frozenset()

    def wrong(self, value: Any, place: str, sent: bool) -> Problems:
        if not _KINDS[self.kind](value):
            yield f"{place}: {value!r} is no {self.kind}"
        elif self.values and str(value).lower() not in self.values:
            yield f"{place}: {value!r} is none of {', '.join(sorted(self.values))}"


@dataclass(frozen=True, slots=True)
class Rows:
    """A list."""

    of: Shape

    def wrong(self, value: Any, place: str, sent: bool) -> Problems:
        if not isinstance(value, list):
            yield f"{place}: {value!r} is no list"
            return
        for number, each in enumerate(value):
            yield from self.of.wrong(each, f"{place}/{number}", sent)


@dataclass(frozen=True, slots=True)
class Table:
    """An object whose keys are data."""

    of: Shape

    def wrong(self, value: Any, place: str, sent: bool) -> Problems:
        if not isinstance(value, dict):
            yield f"{place}: {value!r} is no object"
            return
        for key, each in value.items():
            if each is not None:
                yield from self.of.wrong(each, f"{place}/{key}", sent)


@dataclass(frozen=True, slots=True)
class Field:
    shape: Shape
    required: bool = False
    read_only: bool = False


@dataclass(slots=True)
class Object:
    """An object whose keys are known; an `open` one may have others too.

    A client sends no null and nothing that is read-only. A server may answer null for what is not set.
    """

    fields: Mapping[str, Field] = field(default_factory=dict)
    open: bool = False

    def wrong(self, value: Any, place: str, sent: bool) -> Problems:
        if not isinstance(value, dict):
            yield f"{place}: {value!r} is no object"
            return
        for key, each in value.items():
            known = self.fields.get(key)
            if known is not None:
                yield from _field(known, each, f"{place}/{key}", sent)
            elif not self.open:
                yield f"{place}/{key}: there is no such field"
        for key, known in self.fields.items():
            if known.required and key not in value and not (sent and known.read_only):
                yield f"{place}/{key}: is required"


def _field(known: Field, value: Any, place: str, sent: bool) -> Problems:
    if sent and known.read_only:
        yield f"{place}: is read-only"
    elif value is not None:
        yield from known.shape.wrong(value, place, sent)
    elif sent:
        yield f"{place}: null is sent"
