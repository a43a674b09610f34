"""Searching: a .NET pattern on Python's own engine."""

import re
from dataclasses import dataclass
from functools import lru_cache

from apimlb.policy.values.exceptions import argument


@dataclass(slots=True)
class Hit:
    """Where a match lies: for each group the spans that it captured, the last one counting."""

    spans: list[list[tuple[int, int]]]


class Engine:
    """One compiled pattern; `names` are the groups' names in .NET's order, "0" first."""

    def __init__(self, pattern: str, options: int) -> None:
        flags = re.RegexFlag(0)
        for bit, flag in ((1, re.IGNORECASE), (2, re.MULTILINE), (16, re.DOTALL), (32, re.VERBOSE)):
            flags |= flag if options & bit else re.RegexFlag(0)
        translated = re.sub(r"\(\?<(?![=!])", "(?P<", pattern)
        try:
            self._compiled = re.compile(translated, flags)
        except re.error as error:
            raise argument(f'parsing "{pattern}" - {error.msg}.') from None
        by_number = {number: name for name, number in self._compiled.groupindex.items()}
        self._order = [i for i in range(1, self._compiled.groups + 1) if i not in by_number]
        self.names = ["0", *(str(i) for i in range(1, len(self._order) + 1))]
        for number in sorted(by_number):
            self._order.append(number)
            self.names.append(by_number[number])

    def search(self, text: str, start: int) -> Hit | None:
        found = self._compiled.search(text, start)
        if found is None:
            return None
        spans = [[found.span()]]
        spans += [[found.span(i)] if found.start(i) >= 0 else [] for i in self._order]
        return Hit(spans)


@lru_cache(maxsize=256)
def engine_of(pattern: str, options: int) -> Engine:
    """The engine for a pattern; throws System.ArgumentException."""
    return Engine(pattern, options)
