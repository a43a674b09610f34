"""A user's own traffic out of a CSV file, read line by line as it is needed.

The first line names the columns, in any order and case: when (`seconds` from the beginning, or `timestamp`
in ISO form), the prompt's tokens (`prompt_tokens`, `context_tokens`, `contexttokens`), the answer's
(`completion_tokens`, `generated_tokens`, `generatedtokens`), and, where there are such, `max_tokens` and
`stream`. Without `max_tokens` the answer's tokens are the limit. Azure's published LLM inference traces have
TIMESTAMP, ContextTokens and GeneratedTokens.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from apimlb.errors import ConfigError, unreadable

_TIMES = ("seconds", "time", "timestamp")
_PROMPTS = ("prompt_tokens", "context_tokens", "contexttokens")
_COMPLETIONS = ("completion_tokens", "generated_tokens", "generatedtokens")
_FORM = "Correct the line: a time is 12.5 or 2026-01-31T12:00:00, tokens are whole numbers."
_TRUE = {"1", "true", "yes"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One line: `at` in seconds from the first one, tokens, and `limit` as max_completion_tokens."""

    at: float
    prompt: int
    completion: int
    limit: int | None
    stream: bool


def read_trace(path: Path) -> Iterator[Asked]:
    """The lines; raises `ConfigError` for a file that cannot be read, and for a line that makes no sense."""
    try:
        with path.open(newline="") as file:
            rows = csv.DictReader(file)
            names = {name.strip().lower(): name for name in rows.fieldnames or ()}
            columns = [_column(names, choices, path) for choices in (_TIMES, _PROMPTS, _COMPLETIONS)]
            yield from _lines(rows, columns, names, path)
    except OSError as error:
        raise ConfigError(f"{error.strerror}.", where=str(path), next_step="Give a CSV file.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise unreadable("CSV in UTF-8", error, path) from None


def _column(names: Mapping[str, str], choices: tuple[str, ...], path: Path) -> str:
    for choice in choices:
        if choice in names:
            return names[choice]
    raise ConfigError(
        f"The file has no column {choices[0]}.",
        where=str(path),
        next_step=f"Name one of {', '.join(choices)}.",
    )


def _lines(
    rows: "csv.DictReader[str]", columns: list[str], names: Mapping[str, str], path: Path
) -> Iterator[Asked]:
    first: float | None = None
    last = 0.0
    for row in rows:
        where = f"{path}, line {rows.line_num}"
        try:
            line = _line(row, columns, names)
        except (TypeError, ValueError) as error:
            raise ConfigError(_amiss(row, columns), where=where, next_step=_FORM, raw=str(error)) from None
        first = line.at if first is None else first
        line = replace(line, at=line.at - first)
        if line.at < last:
            raise ConfigError("It is earlier than the line before.", where=where, next_step="Sort the file.")
        last = line.at
        yield line


def _line(row: Mapping[str, str], columns: list[str], names: Mapping[str, str]) -> Asked:
    """One line with its own time; raises `TypeError` or `ValueError`."""
    time, prompt, completion = (row[column] for column in columns)
    most = row.get(names["max_tokens"]) if "max_tokens" in names else completion
    stream = row.get(names.get("stream", "")) or ""
    limit = int(most) if most else None
    return Asked(_seconds(time), int(prompt), int(completion), limit, stream.strip().lower() in _TRUE)


def _amiss(row: Mapping[str, str], columns: list[str]) -> str:
    """What a line lacks, or which of its cells cannot be read."""
    cells = [row.get(column) for column in columns]
    if None in cells:
        return f"The line has no {columns[cells.index(None)]}: it has fewer cells than the first one."
    shown = ", ".join(f"{column} {cell!r}" for column, cell in zip(columns, cells, strict=True))
    return f"One of its cells cannot be read: {shown}, max_tokens if there is one."


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return datetime.fromisoformat(text.strip()[:26]).timestamp()
