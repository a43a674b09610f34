"""Files that a user wrote, read with every way to be wrong told: what, where, what next."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from apimlb.errors import ConfigError, unreadable

Document = TypeVar("Document", dict[str, Any], list[Any])


def text_in(file: Path) -> str:
    """The file's text, without a byte order mark; raises `ConfigError` unless it is UTF-8, and `OSError`."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"The file is not in UTF-8: byte {error.start} is {error.object[error.start]:#04x}.",
            where=str(file),
            next_step="Save it in UTF-8.",
        ) from None


def json_in(file: Path, kind: type[Document]) -> Document:
    """The document in the file; raises `ConfigError` when it is not JSON of that kind."""
    text = text_in(file)
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise unreadable("JSON", error, file) from None
    if not isinstance(read, kind):
        wanted = "a list of cases" if kind is list else "an object"
        raise ConfigError(
            f"The document is not {wanted}.", where=str(file), next_step=f"Give a file that holds {wanted}."
        )
    return read


def yaml_in(file: Path) -> dict[str, object]:
    """The mapping in the file, empty for an empty file; raises `ConfigError` when it is no YAML mapping."""
    import yaml  # deferred: only one command reads YAML

    text = text_in(file)
    try:
        read = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise unreadable("YAML", error, file) from None
    if not isinstance(read, dict | None):
        raise ConfigError(
            "A case is a mapping.", where=str(file), next_step="Give it `request:` and `backends:`."
        )
    return read or {}


@contextmanager
def from_file(file: Path | None, next_step: str) -> Iterator[None]:
    """Meanwhile a `ConfigError` without a place is about the file."""
    try:
        yield
    except ConfigError as error:
        error.where = error.where or str(file or "")
        error.next_step = error.next_step or next_step
        raise
