"""What is wrong with a stack's settings, in words of ours and with what was probably meant.

A complaint is one entry of pydantic's `ValidationError.errors()`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from apimlb.errors import meant

Entry = Mapping[str, Any]

FORMS = {
    "location": "the short name of a region, such as eastus2",
    "name": "lower-case letters, digits and hyphens, with a letter first",
    "clients": "an id from Entra: 8, 4, 4, 4 and 12 hexadecimal digits with hyphens between",
    "audiences": "the address of an application, such as https://cognitiveservices.azure.com",
    "endpoint": "an address such as https://name.openai.azure.com",
    "allowed_origins": "scheme and host of a page, such as https://app.example, or *",
    "publisher_email": "an e-mail address",
    "action_groups": "the whole id of an action group",
    "gateway": "the id of an API Management service, or its resource group and name as group/name",
    "gateway_identity": "the whole id of a user-assigned identity",
    "key_from": "the name of an environment variable",
    "path": "openai, or a path that ends with /openai",
    "tags": "a tag's name, which has none of < > % & \\ ? /",
}
"""What a text of each field has to be; a list's is what each of its members has to be."""

_KINDS = {
    "bool": "true or false",
    "dict": "a table",
    "float": "a number",
    "int": "a whole number",
    "list": "a list",
    "mapping": "a table",
    "model": "a table",
    "string": "a text",
    "tuple": "a list",
}


def complaints(entry: Entry, known: Iterable[str]) -> Iterator[str]:
    """The complaints, with the path of the field; `known` are the fields that there are at its place."""
    path = path_of(entry)
    for said in _own(entry) if entry["type"] == "value_error" else [_said(entry, tuple(known))]:
        yield f"{path}: {said}" if path else said


def follows(entry: Entry, told: Sequence[Entry]) -> bool:
    """Whether another complaint says it: that something is empty, of what is wrong in it; that a name is bad
    or empty, of the location that it was taken from."""
    path = tuple(entry["loc"])
    if entry["type"] == "too_short":
        return any(
            tuple(other["loc"])[: len(path)] == path and len(other["loc"]) > len(path) for other in told
        )
    twin, name = (*path[:-1], "location"), entry.get("input")
    return path[-1:] == ("name",) and any(
        tuple(other["loc"]) == twin
        and (other.get("input") == name or (other["type"], name) == ("missing", ""))
        for other in told
    )


def path_of(entry: Entry) -> str:
    """`accounts.0.location`."""
    return ".".join(str(part) for part in entry["loc"])


def _said(entry: Entry, known: Sequence[str]) -> str:
    special = _SPECIAL.get(entry["type"])
    if special is not None:
        return special(entry, known)
    kind, _, rest = str(entry["type"]).partition("_")
    if rest in ("type", "parsing", "from_float", "attributes_type") and kind in _KINDS:
        return f"it must be {_KINDS[kind]}, not {_shown(entry['input'])}."
    return f"{_shown(entry['input'])} cannot be used."


def _own(entry: Entry) -> Iterator[str]:
    """What a validator of ours has said, in one text for each complaint."""
    for said in map(str, entry["ctx"]["error"].args):
        yield said if said.endswith((".", "?")) else f"{said}."


def _unknown(entry: Entry, known: Sequence[str]) -> str:
    return f"there is no such setting.{meant(entry['loc'][-1], known)}"


def _choice(entry: Entry, known: Sequence[str]) -> str:
    choices = [word.strip("' ") for word in str(entry["ctx"]["expected"]).replace(" or ", ",").split(",")]
    said = f"{_shown(entry['input'])} is none of {', '.join(choices)}."
    return said + meant(entry["input"], choices)


def _form(entry: Entry, known: Sequence[str]) -> str:
    names = [part for part in entry["loc"] if isinstance(part, str) and part != "[key]"]
    if "[key]" in entry["loc"] and "tags" not in names:
        names = ["name"]
    form = next((FORMS[name] for name in reversed(names) if name in FORMS), "of another form")
    return f"{_shown(entry['input'])} is not {form}."


def _bound(words: str, key: str) -> Callable[[Entry, Sequence[str]], str]:
    return lambda entry, known: f"it must be {words} {entry['ctx'][key]}, not {_shown(entry['input'])}."


def _count(words: str, key: str) -> Callable[[Entry, Sequence[str]], str]:
    return lambda entry, known: f"it needs {words} {entry['ctx'][key]}."


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


_SPECIAL: Mapping[str, Callable[[Entry, Sequence[str]], str]] = {
    "extra_forbidden": _unknown,
    "enum": _choice,
    "literal_error": _choice,
    "missing": lambda entry, known: "it is missing.",
    "string_pattern_mismatch": _form,
    "string_too_short": lambda entry, known: "it is empty.",
    "string_too_long": lambda entry, known: (
        f"it has {len(entry['input'])} characters; {entry['ctx']['max_length']} is the most."
    ),
    "too_short": _count("at least", "min_length"),
    "too_long": _count("at most", "max_length"),
    "greater_than_equal": _bound("at least", "ge"),
    "greater_than": _bound("more than", "gt"),
    "less_than_equal": _bound("at most", "le"),
    "less_than": _bound("less than", "lt"),
}
