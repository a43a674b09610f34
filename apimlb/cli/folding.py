"""Lines that are longer than a terminal is wide, continued below what they are about."""

import shutil
import sys
from collections.abc import Iterable, Iterator
from textwrap import wrap

_LEAST = 20
"""Columns that what continues a line has at least."""


def terminal_columns() -> int | None:
    """How wide a line of data may be where stdout is a terminal; None where it is none: a script reads each
    line whole."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def folded(lines: Iterable[str], indent: int, columns: int | None) -> Iterator[str]:
    """The lines in so many columns; what continues one begins `indent` columns from the left, or nearer where
    a terminal is narrow."""
    for line in lines:
        if columns is None or len(line) <= columns:
            yield line
        else:
            below = " " * max(0, min(indent, columns - _LEAST))
            yield from wrap(line, max(columns, 1), subsequent_indent=below, break_on_hyphens=False)
