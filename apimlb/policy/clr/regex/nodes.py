"""A .NET regular expression as a tree, and the characters of its classes."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import groupby


@dataclass(slots=True)
class RegexNode:
    """Any part of a pattern."""

    @property
    def children(self) -> list["RegexNode"]:
        return []

    def whole(self) -> Iterator["RegexNode"]:
        """The part itself, and all that is in it."""
        yield self
        for child in self.children:
            yield from child.whole()


@dataclass(slots=True)
class Chars(RegexNode):
    """One character of a set, which `pattern` is as Python's engine writes it."""

    pattern: str
    ignore_case: bool = False


def chars(source: str, ignore_case: bool, negated: bool = False, minus: Chars | None = None) -> Chars:
    """A set that is written in Python's syntax without its brackets; `minus` takes characters away again."""
    others = _other_cases(source) if ignore_case else ""
    taken = "" if minus is None else f"(?!{minus.pattern})"
    return Chars(f"{taken}[{'^' if negated else ''}{source}{others}]", ignore_case)


@lru_cache(maxsize=1024)
def _other_cases(source: str) -> str:
    """The characters that the set has in the other case. Characters are the same without case where their
    lower case is, which is one character for one (.NET Core 3.1, asked of each character that has a case);
    Python also takes `ı` for `i`, `ſ` for `s` and `ς` for `σ`."""
    alike = _alike()
    if len(source) == 1:
        return alike.get(source, "").replace(source, "")
    within = frozenset("".join(compiled(f"[{source}]+").findall("".join(alike))))
    return "".join(sorted(frozenset("".join(map(alike.__getitem__, within))) - within))


@cache
def _alike() -> dict[str, str]:
    """The UTF-16 code units of one lower case, where they are several, by each of them."""
    groups: dict[str, str] = {}
    for char in map(chr, range(0x10000)):
        lower = char.lower()
        if len(lower) == 1:
            groups[lower] = groups.get(lower, "") + char
    return {char: chars for chars in groups.values() if len(chars) > 1 for char in sorted(chars)}


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of Python's."""
    return re.compile(pattern, re.DOTALL)


@dataclass(slots=True)
class Sequence(RegexNode):
    children: list[RegexNode] = field(default_factory=list)


@dataclass(slots=True)
class Choice(RegexNode):
    children: list[RegexNode]


@dataclass(slots=True)
class Around(RegexNode):
    """A part that says something of another one."""

    body: RegexNode

    @property
    def children(self) -> list[RegexNode]:
        return [self.body]


@dataclass(slots=True)
class Repeat(Around):
    """`most` None is no limit."""

    least: int
    most: int | None
    lazy: bool = False


@dataclass(slots=True)
class GroupConstruct(Around):
    """An atomic group, or one that captures: as `number` (None: nothing), and taking back the last capture of
    the group `minus`."""

    number: int | None = None
    atomic: bool = False
    minus: int | None = None


@dataclass(slots=True)
class Look(Around):
    ahead: bool
    negated: bool


@dataclass(slots=True)
class Back(RegexNode):
    """A reference to what a group captured."""

    number: int
    ignore_case: bool = False


@dataclass(slots=True)
class Condition(RegexNode):
    """`(?(group)yes|no)`"""

    number: int
    children: list[RegexNode]


@dataclass(slots=True)
class Edge(RegexNode):
    """A place in the text, such as its start, as Python's engine writes it."""

    pattern: str


START = r"\A"
END = r"(?=\n?\Z)"
CONTIGUOUS = r"\G"
"""The edge where the search began; Python's engine does not have it."""


@lru_cache(maxsize=128)
def category(name: str | tuple[str, ...], others: bool = False) -> str | None:
    """The characters of a Unicode category or block, or of several categories, or all others, as ranges for a
    set; None for an unknown one."""
    low, high = _BLOCKS.get(name, (-1, -1))
    runs = [
        (inside, list(run))
        for inside, run in groupby(
            range(0x10000),
            lambda code: low <= code <= high or unicodedata.category(chr(code)).startswith(name),
        )
    ]
    if len(runs) == 1:
        return None
    return "".join(f"\\u{run[0]:04x}-\\u{run[-1]:04x}" for inside, run in runs if inside != others)


_BLOCKS: dict[str | tuple[str, ...], tuple[int, int]] = {
    "IsBasicLatin": (0x0000, 0x007f), "IsLatin-1Supplement": (0x0080, 0x00ff), "IsGreek": (0x0370, 0x03ff),
    "IsGreekandCoptic": (0x0370, 0x03ff), "IsCyrillic": (0x0400, 0x04ff), "IsHebrew": (0x0590, 0x05ff),
    "IsArabic": (0x0600, 0x06ff), "IsHiragana": (0x3040, 0x309f), "IsKatakana": (0x30a0, 0x30ff),
    "IsCJKUnifiedIdeographs": (0x4e00, 0x9fff), "IsLatinExtended-A": (0x0100, 0x017f),
}  # fmt: skip
