"""The library's tables, all of them at once."""

from collections.abc import Iterable, Iterator

from apimlb.policy.clr.types.definitions import Definition, Family


def loaded(entries: Iterable[Definition | Family]) -> Iterator[Definition]:
    """All definitions, those of families too."""
    for entry in entries:
        if isinstance(entry, Family):
            yield from entry.load()
        else:
            yield entry
