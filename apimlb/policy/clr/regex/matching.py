"""Regex, Match, Group, Capture and their collections, as far as the allow-list goes."""

from collections.abc import Callable

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.dates.instants import TICKS_PER_MILLISECOND, TimeSpan
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.regex import patterns
from apimlb.policy.clr.types.definitions import Call, Definition

_KEPT = 4
"""Steps of a match that a collection keeps."""

R = "System.Text.RegularExpressions."


class Captures:
    """MatchCollection, GroupCollection or CaptureCollection."""

    def __init__(
        self,
        items: list[patterns.Match] | list[patterns.Group] | list[patterns.Capture],
        clr_name: str,
        owner: patterns.Match | None = None,
    ):
        self.items = items
        self.clr_name = R + clr_name
        self.owner = owner

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


_LONGEST_TIME = (2**31 - 2) * TICKS_PER_MILLISECOND
_NO_TIME_LIMIT = -TICKS_PER_MILLISECOND


def new_regex(
    pattern: str | None, options: Enum | None = None, time: TimeSpan | None = None
) -> patterns.Regex:
    """new Regex(...). Searches are bounded by their steps, not by the time limit; it must be one that .NET
    takes."""
    made = patterns.Regex(pattern, 0 if options is None else options.number)
    if time is not None and time.ticks != _NO_TIME_LIMIT and not 0 < time.ticks <= _LONGEST_TIME:
        raise exceptions.out_of_range("matchTimeout")
    return made


def refusal(pattern: object, options: Enum | None) -> str | None:
    """Why no search here can do what a constant pattern asks for; None of one that .NET refuses as well."""
    if not isinstance(pattern, str):
        return None
    try:
        new_regex(pattern, options)
    except exceptions.ClrException as error:
        if BUDGET.left < 0:  # it is the upload that is too dear
            raise
        return error.message if error.type_name == exceptions.OVER_LIMIT else None
    return None


def _checked(call: Callable[..., object], static: bool = False) -> Call:
    """A call that takes a pattern, first or behind the input, and perhaps options."""

    def check(constants: list[object]) -> str | None:
        options = next((each for each in constants if isinstance(each, Enum)), None)
        return refusal(constants[1 if static else 0], options)

    return Call(call, check=check)


def is_match(regex: patterns.Regex, text: str, start: int = 0) -> bool:
    return regex.first(text, start).success


def matches(regex: patterns.Regex, text: str, start: int = 0) -> Captures:
    found = []
    for each in regex.matches(text, start):
        BUDGET.spend(_KEPT)
        found.append(each)
    return Captures(found, "MatchCollection")


def replace(
    regex: patterns.Regex, text: str, replacement: str | None, count: int = -1, start: int = 0
) -> str:
    replacement = exceptions.required(replacement, "replacement")
    patterns.check_replacement(replacement)
    return regex.replace(text, lambda found: patterns.expand(found, replacement), count, start)


def replace_with(
    regex: patterns.Regex,
    text: str,
    evaluate: Callable[[patterns.Match], str | None] | None,
    count: int = -1,
    start: int = 0,
) -> str:
    return regex.replace(text, exceptions.required(evaluate, "evaluator"), count, start)


def split(regex: patterns.Regex, text: str, count: int = 0, start: int = 0) -> ClrArray:
    return ClrArray(list(regex.split(text, count, start)), "System.String")


def _static(call: Callable[..., object]) -> Callable[..., object]:
    """The static twin of an instance method: input first, then the pattern, then the rest, and the options
    with a time limit behind them."""

    def static(text: str | None, pattern: str | None, *rest: object) -> object:
        settings = [each for each in rest if isinstance(each, Enum | TimeSpan)]
        regex = new_regex(pattern, *settings)  # type: ignore[arg-type]
        return call(regex, exceptions.required(text, "input"), *rest[: len(rest) - len(settings)])

    return static


def group_at(collection: Captures, index: int) -> object:
    if not 0 <= index < len(collection.items):
        return patterns.Group("", [])
    return collection.items[index]


def group_named(collection: Captures, name: str) -> object:
    assert collection.owner is not None
    return collection.owner.group(name)


def item_at(collection: Captures, index: int) -> object:
    if not 0 <= index < len(collection.items):
        raise exceptions.out_of_range("i")
    return collection.items[index]


def result(found: patterns.Match, replacement: str) -> str:
    if found.hit is None:
        raise exceptions.not_supported("Result cannot be called on a failed Match.")
    patterns.check_replacement(replacement)
    return patterns.expand(found, replacement)


_STATIC: tuple[tuple[str, str, str, Callable[..., object]], ...] = (
    ("bool", "IsMatch", "", is_match),
    ("Match", "Match", "", patterns.Regex.first),
    ("MatchCollection", "Matches", "", matches),
    ("string", "Replace", ", string replacement", replace),
    ("string", "Replace", ", MatchEvaluator evaluator", replace_with),
    ("string[]", "Split", "", split),
)

_EMPTY = patterns.Regex("")
_ENUMERABLE = "System.Collections.Generic.IEnumerable"

DEFINITIONS = (
    Definition(R + "RegexOptions", "enum", constants=patterns.OPTIONS),
    Definition(
        R + "Regex", "class",
        rows=(
            ("new(string pattern[, RegexOptions options[, TimeSpan matchTimeout]])", _checked(new_regex)),
            ("bool IsMatch(string! input[, int startat])", is_match),
            ("Match Match(string! input[, int startat])", patterns.Regex.first),
            ("Match Match(string! input, int beginning, int length)", patterns.Regex.first_within),
            ("MatchCollection Matches(string! input[, int startat])", matches),
            ("string Replace(string! input, string replacement[, int count[, int startat]])", replace),
            ("string Replace(string! input, MatchEvaluator evaluator[, int count[, int startat]])",
             replace_with),
            ("string[] Split(string! input[, int count[, int startat]])", split),
            *(
                (f"static {kind} {name}(string input, string pattern{by}[, RegexOptions options"
                 "[, TimeSpan matchTimeout]])", _checked(_static(call), static=True))
                for kind, name, by, call in _STATIC
            ),
            ("static string Unescape(string! str)", patterns.unescape),
        ),
    ),
    Definition(
        R + "Capture", "class",
        rows=(("int Index", "{0}.index"), ("int Length", "{0}.length"), ("string Value", "{0}.value")),
    ),
    Definition(
        R + "Group", "class", bases=(R + "Capture",),
        rows=(
            ("bool Success", "{0}.success"),
            ("CaptureCollection Captures", lambda group: Captures(group.captures, "CaptureCollection")),
        ),
    ),
    Definition(
        R + "Match", "class", bases=(R + "Group",),
        rows=(
            ("static Match Empty", lambda: patterns.Match(_EMPTY, "", None)),
            ("GroupCollection Groups", lambda found: Captures(found.groups, "GroupCollection", found)),
            ("string Result(string! replacement)", result),
        ),
    ),
    Definition(
        R + "MatchCollection", "class", bases=(f"{_ENUMERABLE}<Match>",),
        rows=(("int Count", Captures.__len__), ("Match this[int i]", item_at)),
    ),
    Definition(
        R + "GroupCollection", "class", bases=(f"{_ENUMERABLE}<Group>",),
        rows=(
            ("int Count", Captures.__len__),
            ("Group this[int groupnum]", group_at),
            ("Group this[string name]", group_named),
        ),
    ),
    Definition(
        R + "CaptureCollection", "class", bases=(f"{_ENUMERABLE}<Capture>",),
        rows=(("int Count", Captures.__len__), ("Capture this[int i]", item_at)),
    ),
)  # fmt: skip
