"""`$filter` over what is in a service: OData's comparisons and functions of texts, joined by `and` and `or`.

Microsoft's description of API Management 2024-05-01 names for each list the fields and, of these, `ge`, `le`,
`eq`, `ne`, `gt`, `lt` and `substringof`, `contains`, `startswith`, `endswith`.
"""

import re
from collections.abc import Callable

from apimlb.local.arm.errors import apim_error
from apimlb.local.store import Json

_TEXT = r"'((?:[^']|'')*)'"
_FIELD = r"([A-Za-z][A-Za-z/]*)"
_COMPARED = re.compile(rf"{_FIELD}\s+(eq|ne|gt|ge|lt|le)\s+(?:{_TEXT}|(true|false|[0-9]+))", re.IGNORECASE)
_CALLED = re.compile(rf"(contains|startswith|endswith)\(\s*{_FIELD}\s*,\s*{_TEXT}\s*\)", re.IGNORECASE)
_WITHIN = re.compile(rf"substringof\(\s*{_TEXT}\s*,\s*{_FIELD}\s*\)", re.IGNORECASE)
_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda held, wanted: held == wanted,
    "ne": lambda held, wanted: held != wanted,
    "gt": lambda held, wanted: held > wanted,
    "ge": lambda held, wanted: held >= wanted,
    "lt": lambda held, wanted: held < wanted,
    "le": lambda held, wanted: held <= wanted,
    "contains": lambda held, wanted: wanted in held,
    "startswith": lambda held, wanted: held.startswith(wanted),
    "endswith": lambda held, wanted: held.endswith(wanted),
}

Test = Callable[[Json], bool]


def fits(text: str, row: Json) -> bool:
    """Whether a list's row is as the filter says, every one for none; raises ValidationError for a filter
    that does not read."""
    if not text:
        return True
    return any(
        all(_test(text, _bare(term))(row) for term in _parts(side, "and")) for side in _parts(text, "or")
    )


def _parts(text: str, word: str) -> list[str]:
    """The terms that the word joins, outside of texts."""
    found = re.split(rf"\s+{word}\s+(?=(?:[^']*'[^']*')*[^']*$)", text.strip(), flags=re.IGNORECASE)
    return [part.strip() for part in found]


def _bare(term: str) -> str:
    """Without brackets around the whole of it."""
    return term[1:-1].strip() if term.startswith("(") and term.endswith(")") else term


def _test(whole: str, term: str) -> Test:
    if compared := _COMPARED.fullmatch(term.strip()):
        field, word, text, bare = compared.groups()
        return _comparison(field, word, bare if text is None else text)
    if called := _CALLED.fullmatch(term.strip()):
        return _comparison(called[2], called[1], called[3])
    if within := _WITHIN.fullmatch(term.strip()):
        return _comparison(within[2], "contains", within[1])
    raise apim_error(400, "ValidationError", f"The $filter '{whole}' does not read at '{term}'.")


def _comparison(field: str, word: str, text: str) -> Test:
    compare, wanted = _COMPARISONS[word.lower()], text.replace("''", "'").lower()

    def test(row: Json) -> bool:
        value = _value(row, field)
        shown = str(value).lower() if value is not None else ""
        return compare(shown, wanted)

    return test


def _value(row: Json, field: str) -> object:
    """A field at the top, or else of the properties, whichever way it is written."""
    name = field.rpartition("/")[2].lower()
    for held in (row, row.get("properties") or {}):
        for key, value in held.items():
            if key.lower() == name:
                return value
    return None
