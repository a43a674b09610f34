"""Annotations of XObject and JToken: objects that hang on a node or token and are found by their type."""

from typing import Protocol

from apimlb.policy.clr.budget import charge_each
from apimlb.policy.clr.casts import RUNTIME
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Row


class Annotated(Protocol):
    """`notes` is not set before the first annotation, since hardly any node or token has one."""

    notes: list[object]


def _notes(target: Annotated) -> list[object]:
    found: list[object] = getattr(target, "notes", None) or []
    return found


def annotate(target: Annotated, annotation: object) -> None:
    target.notes = [*_notes(target), annotation]
    charge_each(len(target.notes))


def annotations(kind: Type, target: Annotated) -> LazySequence:
    return LazySequence(lambda: (note for note in elements(_notes(target)) if RUNTIME.is_a(note, kind)))


def annotation(kind: Type, target: Annotated) -> object:
    return next(iter(annotations(kind, target)), None)


def forget(kind: Type, target: Annotated) -> None:
    """RemoveAnnotations<T>"""
    target.notes = [note for note in elements(_notes(target)) if not RUNTIME.is_a(note, kind)]


ANNOTATIONS: tuple[Row, ...] = (
    ("void AddAnnotation(object! annotation)", annotate),
    ("T Annotation<T>()", Call(annotation, types=("T",))),
    ("IEnumerable<T> Annotations<T>()", Call(annotations, types=("T",))),
    ("void RemoveAnnotations<T>()", Call(forget, types=("T",))),
)
