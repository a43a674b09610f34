"""What `facts.yaml` says: operations that no SDK has, where Azure differs from SDKs, what answers have."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from apimlb.http import Request, Response
from tests.wire.operations import Operation
from tests.wire.shapes import Field, Object, Rows, Scalar, Shape

_FACTS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "facts.yaml").read_text())


def written(text: Any) -> Shape:
    """A shape as the facts write it."""
    if isinstance(text, list):
        return Rows(written(text[0]))
    if isinstance(text, str):
        return Scalar(text)
    named = {key: each for key, each in text.items() if key != "..."}
    fields = {key.strip("()"): Field(written(each), required=key[0] != "(") for key, each in named.items()}
    return Object(fields, open="..." in text)


def _operation(row: dict[str, Any]) -> Operation:
    return Operation(
        row["name"],
        row["method"],
        row["path"],
        row.get("version", ""),
        frozenset(row["statuses"]),
        written(row["sent"]) if "sent" in row else None,
        written(row["answered"]) if "answered" in row else None,
        frozenset(row.get("needs", ())),
        row.get("empty", False),
    )


OUTSIDE = tuple(_operation(row) for row in _FACTS["outside"])


def differs(operation: str, text: str) -> bool:
    """Whether a complaint about an operation is one of the differences."""
    return any(
        re.fullmatch(row["operation"], operation) and re.fullmatch(row["says"], text)
        for row in _FACTS["differences"]
    )


def untrue(request: Request, response: Response, answer: Any) -> Iterator[str]:
    """The fields and headers that an answer should have and has not."""
    path = request.path.rpartition("/providers/")[2]
    for row in _FACTS["answers"]:
        if (
            request.method in row["methods"]
            and response.status in row["statuses"]
            and "asyncId" not in request.query
            and "export" not in request.query
            and re.fullmatch(row["path"], path, re.IGNORECASE)
        ):
            yield from (
                f"header {name}: missing" for name in row.get("headers", ()) if name not in response.headers
            )
            yield from (
                f"answer: no {name}" for name in row.get("fields", ()) if not _has(answer, name.split("."))
            )


def _has(document: Any, path: list[str]) -> bool:
    for key in path:
        if not isinstance(document, dict) or key not in document:
            return False
        document = document[key]
    return True
