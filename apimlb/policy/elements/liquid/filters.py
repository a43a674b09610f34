"""The filters of DotLiquid's C# mode, each paid for by the sizes of its input and its result. Most are the
library's. Filters whose time or result could grow faster than their input are written anew.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from liquid.exceptions import FilterArgumentError
from liquid.filter import sequence_filter, string_filter

from apimlb.numerals import real
from apimlb.policy.clr.budget import BUDGET, bounded_length, charge_text
from apimlb.policy.clr.dates.calendar import CALENDAR
from apimlb.policy.clr.dates.formatting import format_date
from apimlb.policy.clr.dates.instants import UTC, DateTime
from apimlb.policy.clr.dates.parsing import parse_date
from apimlb.policy.clr.exceptions import OVER_LIMIT, ClrException, over_limit
from apimlb.policy.clr.numbers.formatting import format_number
from apimlb.policy.elements.liquid.weights import weight

Filter = Callable[..., object]
Price = int | Callable[[Any, int], int]
"""Steps beside those of a call: so many for each of the weight of input and arguments, or a function of the
input and that weight."""

_CALL = 3
_LARGEST = 1 << 128
"""Whole numbers that are larger are no results: .NET's have 64 bits, its decimals 96."""

_PIECE = 60
"""Bytes of memory that a short text takes."""


def _lines(value: object, whole: int) -> int:
    return whole + (value.count("\n") >> 1 if isinstance(value, str) else whole << 3)


def _pieces(value: object, whole: int) -> int:
    """As many pieces as there are characters, at worst."""
    BUDGET.make(_PIECE * (whole << 4))
    return whole << 2


def _sorted(value: object, whole: int) -> int:
    count = len(value) if isinstance(value, list | range) else 1
    return 2 * whole + (count * count.bit_length() >> 3) + (whole * count.bit_length() >> 4)


_SAME: Mapping[Price, str] = {
    0: "Default First Last Size",
    1: "Abs Append AtLeast AtMost DividedBy Escape Lstrip Minus Modulo Plus Prepend Remove RemoveFirst "
    "ReplaceFirst Round Rstrip Slice Strip Times Truncate",
    3: "Compact Map",
    8: "Capitalize Downcase Upcase UrlDecode UrlEncode",
    _lines: "NewlineToBr StripNewlines",
    _pieces: "Split TruncateWords",
    _sorted: "Sort",
}
"""The page's filters whose work is the same in any Liquid, by what they cost."""


def _date(value: object, layout: object = "") -> object:
    """A date in .NET's format; a value that is no date stays as it is."""
    text = str(value)
    try:
        moment = DateTime(CALENDAR.now(), UTC) if text == "now" else parse_date(text)
        return format_date(moment, str(layout)) if layout else value
    except ClrException as error:
        if error.type_name == OVER_LIMIT:
            raise
        return value


def _currency(value: object, culture: object = "") -> object:
    """An amount as .NET's invariant culture writes it, whatever culture is asked for."""
    try:
        amount = format_number(real(str(value)), "N2")
    except (ValueError, ClrException):
        return value
    return f"(\u00a4{amount[1:]})" if amount.startswith("-") else f"\u00a4{amount}"


@string_filter
def _replace(text: str, old: object, new: object = "") -> str:
    old, new = str(old), str(new)
    places = text.count(old)
    bounded_length(len(text) + places * (len(new) - len(old)))
    BUDGET.spend(places >> 3)
    return text.replace(old, new)


@sequence_filter
def _joined(values: Iterable[object], separator: object = " ") -> str:
    texts, between = [*map(str, values)], str(separator)
    bounded_length(sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)


@sequence_filter
def _unique(values: Iterable[object], key: object = None) -> list[object]:
    """Each value once, in its first place; with a key the values whose members of that name differ."""
    found: dict[object, object] = {}
    for value in values:
        found.setdefault(_comparable(value if key is None else _member(value, key)), value)
    return [*found.values()]


_ABSENT = ("nothing",)


def _member(value: Any, key: object) -> object:
    try:
        return value[key]
    except (KeyError, IndexError):
        return _ABSENT
    except TypeError as error:
        raise FilterArgumentError(f"can't read property '{key}'", token=None) from error


def _comparable(value: object) -> object:
    """What is equal where the values are, and can be hashed."""
    if isinstance(value, dict):
        return ("members", frozenset((name, _comparable(value[name])) for name in value))
    if isinstance(value, list):
        return ("items", *map(_comparable, value))
    return value


_NOT_SHOWN = re.compile(r"<(script|style)\b", re.IGNORECASE)


@string_filter
def _without_tags(text: str) -> str:
    """The text between tags; scripts, styles and comments are left out. A bracket without an end is text."""
    pieces: list[str] = []
    at = 0
    while (start := text.find("<", at)) >= 0 and (end := _end_of_tag(text, start)) >= 0:
        BUDGET.spend()
        pieces.append(text[at:start])
        at = end
    return "".join((*pieces, text[at:]))


def _end_of_tag(text: str, start: int) -> int:
    """Where what begins with a bracket ends, below zero where it does not."""
    if text.startswith("<!--", start):
        close = text.find("-->", start)
        return -1 if close < 0 else close + len("-->")
    hidden = _NOT_SHOWN.match(text, start)
    if hidden is None:
        return text.find(">", start) + 1 or -1
    closed = re.compile(f"</{hidden[1]}[^<>]*>", re.IGNORECASE).search(text, start)
    return -1 if closed is None else closed.end()


def priced(call: Filter, price: Price) -> Filter:
    """The filter; before it runs it pays for its input, and afterwards for its result."""

    @wraps(call)
    def run(value: object, *arguments: object, **options: object) -> object:
        whole = weight(value) + sum(map(weight, arguments))
        BUDGET.spend(_CALL + (price * whole if isinstance(price, int) else price(value, whole)))
        made = call(value, *arguments, **options)
        if isinstance(made, int) and abs(made) > _LARGEST:
            raise over_limit("what a number of a template may be")
        if isinstance(made, str):
            charge_text(made)
        elif isinstance(made, list):
            BUDGET.spend(len(made) >> 4)
            BUDGET.make(8 * len(made))
        return made

    return run


def filters(known: Mapping[str, Filter]) -> dict[str, Filter]:
    """All filters by name; `known` are the library's, by names in snake_case."""
    library = {name.replace("_", ""): call for name, call in known.items()}
    made = {
        name: priced(library[name.lower()], price) for price, names in _SAME.items() for name in names.split()
    }
    own = {
        "Currency": priced(_currency, 1),
        "Date": priced(_date, 1),
        "Join": priced(_joined, 3),
        "Replace": priced(_replace, 1),
        "StripHtml": priced(_without_tags, 1),
        "Uniq": priced(_unique, 3),
    }
    return {**made, **own, "H": made["Escape"]}
