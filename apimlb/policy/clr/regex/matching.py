"""Regex, Match, Group, Capture and their collections, as far as the allow-list goes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET, bounded_length
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.dates.instants import TimeSpan
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.regex import patterns
from apimlb.policy.clr.regex.characters import CharacterReader
from apimlb.policy.clr.types.definitions import Call, Definition

_KEPT = 4
"""Steps of a match that a collection keeps."""

R = "System.Text.RegularExpressions."


@dataclass(slots=True, eq=False)
class Captures:
    """MatchCollection, GroupCollection or CaptureCollection."""

    items: Sequence[patterns.Capture]
    clr_name: str
    owner: patterns.Match | None = None

    def __iter__(self) -> Iterator[patterns.Capture]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def _checked(call: Callable[..., object], place: int = 0) -> Call:
    """A call that takes a pattern, in that place among its arguments, and perhaps options. A constant pattern
    is refused before it runs where no search here can do what it asks for, unless .NET refuses it as well."""

    def check(constants: list[object]) -> str | None:
        pattern = constants[place]
        if not isinstance(pattern, str):
            return None
        try:
            patterns.Regex(pattern, next((each for each in constants if isinstance(each, Enum)), None))
        except exceptions.ClrException as error:
            if BUDGET.left < 0:  # it is the upload that is too dear
                raise
            return error.message if error.type_name == exceptions.OVER_LIMIT else None
        return None

    return Call(call, check=check)


def matches(regex: patterns.Regex, text: str, start: int = 0) -> Captures:
    found = []
    for each in regex.matches(text, start):
        BUDGET.spend(_KEPT)
        found.append(each)
    return Captures(found, R + "MatchCollection")


def replace(
    regex: patterns.Regex, text: str, replacement: str | None, count: int = -1, start: int = 0
) -> str:
    made = patterns.replacement(exceptions.required(replacement, "replacement"))
    return replace_with(regex, text, made, count, start)


def replace_with(
    regex: patterns.Regex,
    text: str,
    evaluate: Callable[[patterns.Match], str | None] | None,
    count: int = -1,
    start: int = 0,
) -> str:
    evaluate = exceptions.required(evaluate, "evaluator")
    if count < -1:
        raise exceptions.argument_range("Count cannot be less than -1.", "count")
    pieces: list[str] = []
    at = size = 0
    for match in regex.matches(text, start):
        if count == 0:
            break
        count -= 1
        piece = evaluate(match) or ""
        size = bounded_length(size + match.index - at + len(piece))
        pieces += (text[at : match.index], piece)
        at = match.index + match.length
    return "".join((*pieces, text[at:]))


def split(regex: patterns.Regex, text: str, count: int = 0, start: int = 0) -> ClrArray:
    exceptions.not_negative(count, "count", "Count cannot be less than -1.")
    pieces: list[str] = []
    at = 0
    for cuts, match in enumerate(regex.matches(text, start), 1):
        if cuts == count:
            break
        pieces.append(text[at : match.index])
        pieces += [group.value for group in match.groups[1:] if group.success]
        at = match.index + match.length
    return ClrArray([*pieces, text[at:]], "System.String")


def _static(call: Callable[..., object], text: str | None, pattern: str | None, *rest: object) -> object:
    """The static twin of an instance method: input first, then the pattern, then the rest, and the options
    with a time limit behind them."""
    settings = [each for each in rest if isinstance(each, Enum | TimeSpan)]
    regex = patterns.Regex(pattern, *settings)  # type: ignore[arg-type]
    return call(regex, exceptions.required(text, "input"), *rest[: len(rest) - len(settings)])


def groups(found: patterns.Match) -> Captures:
    """The groups of a match; going through them, .NET also takes them by number, so that where numbers are
    left out the last ones do not come."""
    return Captures(
        [found.group(number) for number in range(len(found.groups))], R + "GroupCollection", found
    )


def item_at(collection: Captures, index: int) -> object:
    if not 0 <= index < len(collection.items):
        raise exceptions.out_of_range("i")
    return collection.items[index]


def result(found: patterns.Match, replacement: str) -> str:
    if found.hit is None:
        raise exceptions.not_supported("Result cannot be called on a failed Match.")
    return patterns.replacement(replacement)(found)


_START = "[, int startat]"
_COUNT = "[, int count[, int startat]]"
_CALLS: tuple[tuple[str, str, str, str, Callable[..., object]], ...] = (
    ("bool", "IsMatch", "", _START, lambda regex, text, start=0: regex.first(text, start).success),
    ("Match", "Match", "", _START, patterns.Regex.first),
    ("MatchCollection", "Matches", "", _START, matches),
    ("string", "Replace", ", string replacement", _COUNT, replace),
    ("string", "Replace", ", MatchEvaluator evaluator", _COUNT, replace_with),
    ("string[]", "Split", "", _COUNT, split),
)
"""Methods that a Regex has, and, with its pattern and options as arguments, the class as well."""

_EMPTY = patterns.Regex("")
_ENUMERABLE = "System.Collections.Generic.IEnumerable"

DEFINITIONS = (
    Definition(R + "RegexOptions", "enum", constants=patterns.OPTIONS),
    Definition(
        R + "Regex", "class",
        rows=(
            ("new(string pattern[, RegexOptions options[, TimeSpan matchTimeout]])",
             _checked(patterns.Regex)),
            ("Match Match(string! input, int beginning, int length)", patterns.Regex.first_within),
            *(
                row for kind, name, by, part, call in _CALLS
                for row in (
                    (f"{kind} {name}(string! input{by}{part})", call),
                    (f"static {kind} {name}(string input, string pattern{by}[, RegexOptions options"
                     "[, TimeSpan matchTimeout]])", _checked(partial(_static, call), place=1)),
                )
            ),
            ("static string Unescape(string! str)", lambda text: CharacterReader(text, 0).unescaped()),
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
            ("CaptureCollection Captures", lambda group: Captures(group.captures, R + "CaptureCollection")),
        ),
    ),
    Definition(
        R + "Match", "class", bases=(R + "Group",),
        rows=(
            ("static Match Empty", lambda: patterns.Match(_EMPTY, "", None)),
            ("GroupCollection Groups", groups),
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
            *((f"Group this[{key}]", lambda collection, key: collection.owner.group(key))
              for key in ("int groupnum", "string name")),
        ),
    ),
    Definition(
        R + "CaptureCollection", "class", bases=(f"{_ENUMERABLE}<Capture>",),
        rows=(("int Count", Captures.__len__), ("Capture this[int i]", item_at)),
    ),
)  # fmt: skip
