"""System.Text.RegularExpressions: patterns, matches and replacements."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET, bounded_length
from apimlb.policy.clr.regex.engine import Engine, engine_of
from apimlb.policy.clr.regex.machine import Spans
from apimlb.policy.clr.regex.parser import ESCAPES, group_number

OPTIONS = {
    "None": 0, "IgnoreCase": 1, "Multiline": 2, "ExplicitCapture": 4, "Compiled": 8, "Singleline": 16,
    "IgnorePatternWhitespace": 32, "RightToLeft": 64, "ECMAScript": 256, "CultureInvariant": 512,
}  # fmt: skip

_LONGEST_PATTERN = 10_000
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
    """One match; it knows the groups of its pattern and how to go on."""

    clr_name = "System.Text.RegularExpressions.Match"

    def __init__(self, regex: "Regex", text: str, hit: Spans | None) -> None:
        super().__init__(text, [] if hit is None else [hit[0][-1]])
        self.regex = regex
        self.text = text
        self.hit = hit
        self.complete = False

    @cached_property
    def groups(self) -> list[Group]:
        if self.hit is None:
            return [Group(self.text, [])]
        BUDGET.spend(_GROUP * len(self.hit))
        return [self, *(Group(self.text, spans) for spans in self._spans(self.hit)[1:])]

    def _spans(self, hit: Spans) -> Spans:
        """Every capture of every group, which only the machine that counts its steps remembers."""
        if self.complete or not self.regex.engine.repeats_groups:
            return hit
        try:
            found = self.regex.engine.machine.search(self.text, self.index)
        except exceptions.ClrException:
            return hit  # too long for the machine: the last captures will do
        return found if found is not None and found[0] == hit[0] else hit

    def group(self, name: str) -> Group:
        """A group by its name; an unnamed one has its number for a name. One that does not exist has captured
        nothing."""
        names = self.regex.engine.names
        if name.isdecimal() and all(map(str.isdecimal, names)):
            name = name.lstrip("0") or "0"
        captured = name in names and self.hit is not None
        return self.groups[names.index(name)] if captured else Group(self.text, [])


class Regex:
    """A pattern with its options; throws System.ArgumentException for a pattern that .NET cannot read."""

    clr_name = "System.Text.RegularExpressions.Regex"

    def __init__(self, pattern: str | None, options: int = 0) -> None:
        pattern = exceptions.required(pattern, "pattern")
        if options & ~_KNOWN or (options & _ECMA_SCRIPT and options & ~_WITH_ECMA_SCRIPT):
            raise exceptions.out_of_range("options")
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
        at = start
        price = _MATCH + (len(self.engine.names) >> 1)
        while at <= len(text):
            hit = self.engine.search(text, at)
            BUDGET.spend(price)
            if hit is None:
                return
            yield Match(self, text, hit)
            begin, end = hit[0][-1]
            at = end + 1 if end == begin else end

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
        if hit is None:
            return Match(self, text, None)
        spans = [[(begin + start, end + start) for begin, end in group] for group in hit]
        found = Match(self, text, spans)
        found.complete = True
        return found

    def replace(
        self, text: str, evaluate: Callable[[Match], str | None], count: int = -1, start: int = 0
    ) -> str:
        if count < -1:
            raise exceptions.argument_range("Count cannot be less than -1.", "count")
        pieces: list[str] = []
        at = size = 0
        for match in self.matches(text, start):
            if count == 0:
                break
            count -= 1
            piece = evaluate(match) or ""
            size = bounded_length(size + match.index - at + len(piece))
            pieces += (text[at : match.index], piece)
            at = match.index + match.length
        return "".join((*pieces, text[at:]))

    def split(self, text: str, count: int = 0, start: int = 0) -> list[str]:
        exceptions.not_negative(count, "count", "Count cannot be less than -1.")
        pieces: list[str] = []
        at = 0
        for cuts, match in enumerate(self.matches(text, start), 1):
            if cuts == count:
                break
            pieces.append(text[at : match.index])
            pieces += [group.value for group in match.groups[1:] if group.success]
            at = match.index + match.length
        return [*pieces, text[at:]]


def _check_start(text: str, start: int) -> None:
    if not 0 <= start <= len(text):
        raise exceptions.argument_range(
            "Start index cannot be less than 0 or greater than input length.", "startat"
        )


_REPLACEMENT = re.compile(r"\$(?:\$|(\d+)|\{(\w+)\}|([&`'+_]))")


def expand(match: Match, pattern: str) -> str:
    """A replacement pattern: $1, ${name}, $&, $$, $`, $', $+ and $_."""
    if "$" not in pattern:
        return pattern
    BUDGET.spend(_GROUP)
    size = 0

    def piece(found: re.Match[str]) -> str:
        nonlocal size
        BUDGET.spend(_GROUP)
        text = _reference(match, found)
        size = bounded_length(size + len(text))
        return text

    return _REPLACEMENT.sub(piece, pattern)


def _reference(match: Match, found: re.Match[str]) -> str:
    """The text in place of a reference in a replacement; a reference to no group stays as it is."""
    if found[0] == "$$":
        return "$"
    if name := found[1] or found[2]:
        number = group_number(name, match.regex.engine.names)
        return found[0] if number is None else match.groups[number].value
    return {
        "&": match.value,
        "`": match.text[: match.index],
        "'": match.text[match.index + match.length :],
        "+": match.groups[-1].value,
        "_": match.text,
    }[found[3]]


def check_replacement(pattern: str) -> None:
    """Throws RegexParseException for the number of a group that is no Int32."""
    for found in _REPLACEMENT.finditer(pattern):
        name = found[1] or found[2] or ""
        if name.isdecimal() and int(name) > 2**31 - 1:
            end = found.end(1 if found[1] else 2)
            raise exceptions.ClrException(
                "System.Text.RegularExpressions.RegexParseException",
                f"Invalid pattern '{pattern}' at offset {end}. Capture group numbers must be less than or "
                "equal to Int32.MaxValue.",
            )


def unescape(text: str) -> str:
    """Regex.Unescape"""

    def piece(found: re.Match[str]) -> str:
        body = found[1]
        if body[0] in "xu" and len(body) > 1:
            return chr(int(body[1:], 16))
        if body in ESCAPES:
            return ESCAPES[body]
        if body.isalnum():
            raise exceptions.ClrException(
                "System.ArgumentException", f'parsing "{text}" - Unrecognized escape sequence \\{body}.'
            )
        return body

    return re.sub(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", piece, text, flags=re.DOTALL)
