"""The dialect: python-liquid with the tags and filters of DotLiquid's C# mode."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from liquid import BoundTemplate, Environment, Mode, RenderContext
from liquid.exceptions import LiquidError
from liquid.filter import with_context

from apimlb.policy.clr.dates.formatting import format_date
from apimlb.policy.clr.dates.instants import from_epoch
from apimlb.policy.clr.dates.parsing import parse_date
from apimlb.policy.clr.exceptions import OVER_LIMIT, ClrException
from apimlb.policy.clr.numbers.formatting import format_number
from apimlb.policy.run.faults import PolicyFault

Render = Callable[[Mapping[str, object], float], str]
"""Makes the text of data and the time, epoch seconds; raises PolicyFault."""

_ARRAY = re.compile(r"(\{%-?\s*)JSONArray\s*For\b\s*(.*?)%\}", re.DOTALL)
"""The tag, in the two spellings that the pages have."""
_END_OF_ARRAY = re.compile(r"(\{%-?\s*)endJSONArrayFor\b(\s*-?%\})")

_NOW = "__now"

_SAME_IN_BOTH = {
    "Abs": "abs", "Append": "append", "AtLeast": "at_least", "AtMost": "at_most",
    "Capitalize": "capitalize", "Compact": "compact", "Default": "default", "DividedBy": "divided_by",
    "Downcase": "downcase", "Escape": "escape", "First": "first", "H": "escape", "Join": "join",
    "Last": "last", "Lstrip": "lstrip", "Map": "map", "Minus": "minus", "Modulo": "modulo",
    "NewlineToBr": "newline_to_br", "Plus": "plus", "Prepend": "prepend", "Remove": "remove",
    "RemoveFirst": "remove_first", "Replace": "replace", "ReplaceFirst": "replace_first",
    "Round": "round", "Rstrip": "rstrip", "Size": "size", "Slice": "slice", "Sort": "sort",
    "Split": "split", "Strip": "strip", "StripHtml": "strip_html", "StripNewlines": "strip_newlines",
    "Times": "times", "Truncate": "truncate", "TruncateWords": "truncatewords", "Uniq": "uniq",
    "Upcase": "upcase", "UrlDecode": "url_decode", "UrlEncode": "url_encode",
}  # fmt: skip
"""The page's filters whose work is the same in any Liquid, by the library's name."""


class _Environment(Environment):
    """Bounded as a template is that works on a client's body: a turn of a loop takes some microseconds."""

    loop_iteration_limit = 50_000
    output_stream_limit = 4 * 1024 * 1024
    local_namespace_limit = 16 * 1024 * 1024


def _arrays(source: str) -> str:
    """The template with each JSONArrayFor as the loop that it is, a comma before every turn but the first."""
    loops = _ARRAY.sub(r"\1for \2%}{% unless forloop.first %},{% endunless %}", source)
    return _END_OF_ARRAY.sub(r"\1endfor\2", loops)


@with_context
def _date(value: object, layout: object = "", *, context: RenderContext) -> object:
    """A date in .NET's format; a value that is no date stays as it is."""
    text = str(value)
    try:
        moment = from_epoch(float(str(context.globals[_NOW]))) if text == "now" else parse_date(text)
        return format_date(moment, str(layout)) if layout else value
    except ClrException as error:
        if error.type_name == OVER_LIMIT:
            raise
        return value


def _currency(value: object, culture: object = "") -> object:
    """An amount as .NET's invariant culture writes it, which stands for all others."""
    try:
        amount = format_number(float(str(value)), "N2")
    except (ValueError, ClrException):
        return value
    return f"(\u00a4{amount[1:]})" if amount.startswith("-") else f"\u00a4{amount}"


@lru_cache(1)
def _environment() -> Environment:
    made = _Environment(tolerance=Mode.STRICT, strict_filters=False)
    known = dict(made.filters)
    made.filters.clear()
    made.filters |= {name: known[inner] for name, inner in _SAME_IN_BOTH.items()}
    made.filters |= {"Currency": _currency, "Date": _date}
    return made


@lru_cache(256)
def compiled(source: str) -> Render:
    """The template, read; raises ValueError with what is wrong with it."""
    try:
        template = _environment().from_string(_arrays(source))
    except LiquidError as error:
        raise ValueError(str(error.args[0]) if error.args else "the template does not read") from error
    return lambda data, now: _rendered(template, {**data, _NOW: now})


def _rendered(template: BoundTemplate, data: Mapping[str, object]) -> str:
    try:
        return template.render(data)
    except LiquidError as error:
        raise PolicyFault("ExpressionValueEvaluationFailure", f"Liquid error: {error}") from error
