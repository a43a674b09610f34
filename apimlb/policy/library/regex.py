"""Regex, Match, Group, Capture and their collections, as far as the allow-list goes."""

from collections.abc import Callable

from apimlb.policy.csharp.types import Definition
from apimlb.policy.values.collections import ClrArray
from apimlb.policy.values.exceptions import argument_null, argument_range
from apimlb.policy.values.objects import Enum
from apimlb.policy.values.regex import OPTIONS, Capture, Group, Match, Regex, expand, unescape

R = "System.Text.RegularExpressions."


class Captures:
    """MatchCollection, GroupCollection or CaptureCollection."""

    def __init__(
        self, items: list[Match] | list[Group] | list[Capture], clr_name: str, owner: Match | None = None
    ):
        self.items = items
        self.clr_name = R + clr_name
        self.owner = owner

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def new_regex(pattern: str | None) -> Regex:
    return Regex(pattern)


def new_regex_options(pattern: str | None, options: Enum) -> Regex:
    return Regex(pattern, options.number)


def is_match(regex: Regex, text: str | None) -> bool:
    return regex.first(text).success


def match(regex: Regex, text: str | None) -> Match:
    return regex.first(text)


def matches(regex: Regex, text: str | None) -> Captures:
    if text is None:
        raise argument_null("input")
    return Captures(list(regex.matches(text)), "MatchCollection")


def replace(regex: Regex, text: str | None, replacement: str | None) -> str:
    if replacement is None:
        raise argument_null("replacement")
    return regex.replace(text, lambda found: expand(found, replacement))


def replace_count(regex: Regex, text: str | None, replacement: str, count: int) -> str:
    return regex.replace(text, lambda found: expand(found, replacement), count)


def replace_with(regex: Regex, text: str | None, evaluate: Callable[[Match], str | None]) -> str:
    return regex.replace(text, evaluate)


def split(regex: Regex, text: str | None) -> ClrArray:
    return ClrArray(list(regex.split(text)), "System.String")


def split_count(regex: Regex, text: str | None, count: int) -> ClrArray:
    return ClrArray(list(regex.split(text, count)), "System.String")


def _static(call: Callable[..., object]) -> Callable[..., object]:
    """The static twin of an instance method: input first, then the pattern, then the rest and the options."""

    def static(text: str | None, pattern: str | None, *rest: object) -> object:
        options = rest[-1].number if rest and isinstance(rest[-1], Enum) else 0
        plain = rest[:-1] if rest and isinstance(rest[-1], Enum) else rest
        return call(Regex(pattern, options), text, *plain)

    static.__name__ = f"static_{call.__name__}"
    return static


def groups(found: Match) -> Captures:
    return Captures(found.groups, "GroupCollection", found)


def group_at(collection: Captures, index: int) -> object:
    if not 0 <= index < len(collection.items):
        return Group("", [], str(index))
    return collection.items[index]


def group_named(collection: Captures, name: str) -> object:
    assert collection.owner is not None
    return collection.owner.group(name)


def item_at(collection: Captures, index: int) -> object:
    if not 0 <= index < len(collection.items):
        raise argument_range("Specified argument was out of the range of valid values.", "i")
    return collection.items[index]


def captures(group: Group) -> Captures:
    return Captures(group.captures, "CaptureCollection")


def count(collection: Captures) -> int:
    return len(collection.items)


def result(found: Match, replacement: str) -> str:
    return expand(found, replacement)


_EMPTY = Regex("")
_ENUMERABLE = "System.Collections.Generic.IEnumerable"

DEFINITIONS = (
    Definition(R + "RegexOptions", "enum", constants=OPTIONS),
    Definition(
        R + "Regex", "class",
        rows=(
            ("new(string pattern)", new_regex),
            ("new(string pattern, RegexOptions options)", new_regex_options),
            ("bool IsMatch(string input)", is_match),
            ("Match Match(string input)", match),
            ("MatchCollection Matches(string input)", matches),
            ("string Replace(string input, string replacement)", replace),
            ("string Replace(string input, string replacement, int count)", replace_count),
            ("string Replace(string input, MatchEvaluator evaluator)", replace_with),
            ("string[] Split(string input)", split),
            ("string[] Split(string input, int count)", split_count),
            ("static bool IsMatch(string input, string pattern)", _static(is_match)),
            ("static bool IsMatch(string input, string pattern, RegexOptions options)", _static(is_match)),
            ("static Match Match(string input, string pattern)", _static(match)),
            ("static Match Match(string input, string pattern, RegexOptions options)", _static(match)),
            ("static MatchCollection Matches(string input, string pattern)", _static(matches)),
            ("static MatchCollection Matches(string input, string pattern, RegexOptions options)",
             _static(matches)),
            ("static string Replace(string input, string pattern, string replacement)", _static(replace)),
            ("static string Replace(string input, string pattern, string replacement, RegexOptions options)",
             _static(replace)),
            ("static string Replace(string input, string pattern, MatchEvaluator evaluator)",
             _static(replace_with)),
            ("static string Replace(string input, string pattern, MatchEvaluator map, RegexOptions options)",
             _static(replace_with)),
            ("static string[] Split(string input, string pattern)", _static(split)),
            ("static string[] Split(string input, string pattern, RegexOptions options)", _static(split)),
            ("static string Unescape(string str)", unescape),
        ),
    ),
    Definition(
        R + "Capture", "class",
        rows=(("int Index", "{0}.index"), ("int Length", "{0}.length"), ("string Value", "{0}.value")),
    ),
    Definition(
        R + "Group", "class", bases=(R + "Capture",),
        rows=(("bool Success", "{0}.success"), ("CaptureCollection Captures", captures)),
    ),
    Definition(
        R + "Match", "class", bases=(R + "Group",),
        rows=(
            ("static Match Empty", lambda: Match(_EMPTY, "", None)),
            ("GroupCollection Groups", groups),
            ("string Result(string replacement)", result),
        ),
    ),
    Definition(
        R + "MatchCollection", "class", bases=(f"{_ENUMERABLE}<Match>",), nameable=False,
        rows=(("int Count", count), ("Match this[int i]", item_at)),
    ),
    Definition(
        R + "GroupCollection", "class", bases=(f"{_ENUMERABLE}<Group>",),
        rows=(("int Count", count), ("Group this[int groupnum]", group_at), ("Group this[string name]",
        group_named)),
    ),
    Definition(
        R + "CaptureCollection", "class", bases=(f"{_ENUMERABLE}<Capture>",),
        rows=(("int Count", count), ("Capture this[int i]", item_at)),
    ),
)  # fmt: skip
