"""System.Text.RegularExpressions: patterns, matches and replacements."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET, bounded_length
from apimlb.policy.clr.dates.instants import TICKS_PER_MILLISECOND, TimeSpan
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.regex.engine import Engine, engine_of
from apimlb.policy.clr.regex.machine import Spans
from apimlb.policy.clr.regex.parser import group_key

OPTIONS = {
    "None": 0, "IgnoreCase": 1, "Multiline": 2, "ExplicitCapture": 4, "Compiled": 8, "Singleline": 16,
    "IgnorePatternWhitespace": 32, "RightToLeft": 64, "ECMAScript": 256, "CultureInvariant": 512,
}  # fmt: skip

_LONGEST_PATTERN = 10_000
_LONGEST_TIME = (2**31 - 2) * TICKS_PER_MILLISECOND
_NO_TIME_LIMIT = -TICKS_PER_MILLISECOND
_KNOWN = 0x3FF
_ECMA_SCRIPT = 256
_WITH_ECMA_SCRIPT = 256 | 1 | 2 | 8 | 512
_MATCH = 8
"""Steps of finding a match, beside those of its groups."""

_GROUP = 2
"""Steps of a group that is asked for, and of a reference to one."""


class Capture:
    """A piece of the input: Group and Match are captures too."""

    clr_name = "System.Text.RegularExpressions.Capture"

    def __init__(self, text: str, start: int, end: int) -> None:
        self.index = max(start, 0)
        self.length = max(end - start, 0)
        self.value = text[start:end] if start >= 0 else ""

    def __str__(self) -> str:
        return self.value


class Group(Capture):
    clr_name = "System.Text.RegularExpressions.Group"

    def __init__(self, text: str, spans: list[tuple[int, int]]) -> None:
        super().__init__(text, *(spans[-1] if spans else (-1, -1)))
        self.success = bool(spans)
        earlier = [Capture(text, start, end) for start, end in spans[:-1]]
        self.captures: list[Capture] = [*earlier, self] if spans else []


class Match(Group):
    """One match; it knows the groups of its pattern. A `complete` one has every capture in its hit."""

    clr_name = "System.Text.RegularExpressions.Match"

    def __init__(self, regex: "Regex", text: str, hit: Spans | None, complete: bool = False) -> None:
        super().__init__(text, [] if hit is None else [hit[0][-1]])
        self.regex = regex
        self.text = text
        self.hit = hit
        self._complete = complete

    @cached_property
    def groups(self) -> list[Group]:
        if self.hit is None:
            return [self]
        BUDGET.spend(_GROUP * len(self.hit))
        return [self, *(Group(self.text, spans) for spans in self._spans(self.hit)[1:])]

    def _spans(self, hit: Spans) -> Spans:
        """Every capture of every group, which only the machine that counts its steps remembers."""
        if self._complete or not self.regex.engine.repeats_groups:
            return hit
        try:
            found = self.regex.engine.machine.search(self.text, self.index)
        except exceptions.ClrException:
            return hit  # too long for the machine: the last captures will do
        return found if found is not None and found[0] == hit[0] else hit

    def group(self, key: int | str) -> Group:
        """A group by its number or name; an unnamed one has its number for a name. One that does not exist
        has captured nothing."""
        places = self.regex.engine.places
        if isinstance(key, str) and key.isdecimal() and not self.regex.engine.named:
            key = key.lstrip("0") or "0"
        place = places.get(key)
        return Group("", []) if place is None or self.hit is None else self.groups[place]


class Regex:
    """A pattern with its options; throws System.ArgumentException for a pattern that .NET cannot read."""

    clr_name = "System.Text.RegularExpressions.Regex"

    def __init__(self, pattern: str | None, chosen: Enum | None = None, time: TimeSpan | None = None) -> None:
        """Searches are bounded by their steps, not by the time limit; it must be one that .NET takes."""
        pattern = exceptions.required(pattern, "pattern")
        options = 0 if chosen is None else chosen.number
        if options & ~_KNOWN or (options & _ECMA_SCRIPT and options & ~_WITH_ECMA_SCRIPT):
            raise exceptions.out_of_range("options")
        if time is not None and time.ticks != _NO_TIME_LIMIT and not 0 < time.ticks <= _LONGEST_TIME:
            raise exceptions.out_of_range("matchTimeout")
        if options & 64:
            raise exceptions.unsupported("RegexOptions.RightToLeft")
        if len(pattern) > _LONGEST_PATTERN:
            raise exceptions.over_limit(f"{_LONGEST_PATTERN} characters in one regular expression")
        self.pattern = pattern
        self.engine: Engine = engine_of(pattern, options)

    def __str__(self) -> str:
        return self.pattern

    def matches(self, text: str, start: int = 0) -> Iterator[Match]:
        """All matches from a place on."""
        _check_start(text, start)
        at = origin = start
        price = _MATCH + (self.engine.size >> 1)
        while at <= len(text):
            hit = self.engine.search(text, at, origin)
            BUDGET.spend(price)
            if hit is None:
                return
            yield Match(self, text, hit)
            begin, origin = hit[0][-1]
            at = origin + 1 if origin == begin else origin

    def first(self, text: str, start: int = 0) -> Match:
        found = next(self.matches(text, start), None)
        return Match(self, text, None) if found is None else found

    def first_within(self, text: str, start: int, length: int) -> Match:
        """The first match in a part of the text, as if there was no more."""
        _check_start(text, start)
        if not 0 <= length <= len(text):
            raise exceptions.argument_range("Length cannot be less than 0 or exceed input length.", "length")
        part = text[start : start + length]
        machine = self.engine.machine if self.engine.repeats_groups else self.engine
        hit = machine.search(part, 0)
        spans = hit and [[(begin + start, end + start) for begin, end in group] for group in hit]
        return Match(self, text, spans, complete=True)


def _check_start(text: str, start: int) -> None:
    if not 0 <= start <= len(text):
        raise exceptions.argument_range(
            "Start index cannot be less than 0 or greater than input length.", "startat"
        )


_REPLACEMENT = re.compile(r"\$(?:\$|([0-9]+)|\{(\w+)\}|([&`'+_]))")


def replacement(pattern: str) -> Callable[[Match], str]:
    """What a replacement pattern with $1, ${name}, $&, $$, $`, $', $+ and $_ makes of a match; throws
    RegexParseException for the number of a group that is no Int32."""
    for found in _REPLACEMENT.finditer(pattern):
        if found[1] or found[2]:
            group_key(found, 1 if found[1] else 2)
    return lambda match: _expanded(match, pattern)


def _expanded(match: Match, pattern: str) -> str:
    if "$" not in pattern:
        return pattern
    BUDGET.spend(_GROUP)
    size = 0

    def piece(found: re.Match[str]) -> str:
        nonlocal size
        BUDGET.spend(_GROUP)
        text = _referred(match, found)
        size = bounded_length(size + len(text))
        return text

    return _REPLACEMENT.sub(piece, pattern)


def _referred(match: Match, found: re.Match[str]) -> str:
    """The text in place of a reference in a replacement; a reference to no group stays as it is."""
    if found[0] == "$$":
        return "$"
    if found[1] or found[2]:
        place = match.regex.engine.places.get(group_key(found, 1 if found[1] else 2))
        return found[0] if place is None else match.groups[place].value
    return {
        "&": match.value,
        "`": match.text[: match.index],
        "'": match.text[match.index + match.length :],
        "+": match.groups[-1].value,
        "_": match.text,
    }[found[3]]
