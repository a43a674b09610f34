"""JSON text as Newtonsoft.Json reads it: dates become dates, and much that is not JSON passes.

Plain JSON goes through Python's scanner. A text that the scanner refuses is read again by the tolerant
reader, which accepts it or throws with the words of Newtonsoft.Json.
"""

import json
import re

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.exceptions import ClrException, required
from apimlb.policy.clr.json.copying_reader import CopyingReader
from apimlb.policy.clr.json.tokens import JArray, JObject, JProperty, JToken, JValue
from apimlb.policy.clr.json.tolerant_reader import TolerantReader, reader_error
from apimlb.policy.clr.numbers.arithmetic import BigInteger
from apimlb.policy.clr.utf16 import enter

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7})(?:\d+\Z)?)?(Z|[+-]\d\d(?::?\d\d)?)?\Z",
    re.ASCII,
)
_VALUE, _OBJECT = 150, 400
"""Bytes of memory that a token takes."""

_MICROSOFT = re.compile(r"/Date\((-?\d+)([+-]\d{4})?\)/\Z", re.ASCII)


def string_token(text: str) -> JValue:
    """A JSON string: a Date where it looks like one, else a String."""
    if not text.isascii():
        return JValue(enter(text), "String")
    if len(text) >= 19 and text[10] == "T" and text[4] == "-":
        BUDGET.spend(5)
        date = iso(text)
        if date is not None:
            return JValue(date, "Date")
    elif text.startswith("/Date("):
        date = _microsoft(text)
        if date is not None:
            return JValue(date, "Date")
    return JValue(text, "String")


def iso(text: str) -> instants.DateTime | None:
    """The date that an ISO 8601 text names, or None."""
    match = _ISO.match(text)
    if match is None or len(text) > 40:
        return None
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    zone = match[8]
    try:
        ticks = instants.date_ticks(year, month, day)
        if (hour, minute, second) == (24, 0, 0):
            ticks += instants.time_ticks(23, 59, 59) + 10_000_000
        else:
            ticks += instants.time_ticks(hour, minute, second)
    except ClrException:
        return None
    ticks += int((match[7] or "0").ljust(7, "0"))
    if zone is None:
        return instants.DateTime(ticks, instants.UNSPECIFIED)
    if zone == "Z":
        return instants.DateTime(ticks, instants.UTC)
    minutes = int(zone[1:3]) * 60 + int(zone[-2:] if len(zone) > 3 else 0)
    offset = minutes * instants.TICKS_PER_MINUTE * (-1 if zone[0] == "-" else 1)
    return instants.DateTime(ticks - offset, instants.LOCAL)


def _microsoft(text: str) -> instants.DateTime | None:
    match = _MICROSOFT.match(text)
    if match is None:
        return None
    return instants.DateTime(
        instants.EPOCH_TICKS + int(match[1]) * instants.TICKS_PER_MILLISECOND,
        instants.LOCAL if match[2] else instants.UTC,
    )


def integer_token(value: int) -> JValue:
    if -(2**63) <= value < 2**63:
        return JValue(value, "Integer")
    return JValue(BigInteger(value), "Integer")


def token_of(value: object) -> JToken:
    """A token from what the scanners yield: Python scalars, lists and finished tokens."""
    kind = type(value)
    if kind is str:
        return string_token(value)  # type: ignore[arg-type]
    if kind is JObject:
        return value  # type: ignore[return-value]
    if kind is bool:
        return JValue(value, "Boolean")
    if kind is int:
        return integer_token(value)  # type: ignore[arg-type]
    if kind is float:
        return JValue(value, "Float")
    if kind is list:
        made = JArray()
        items = made.items
        for item in value:  # type: ignore[attr-defined]
            token = integer_token(item) if type(item) is int else token_of(item)
            token.parent = made
            items.append(token)
        return made
    return JValue(None, "Null") if value is None else value  # type: ignore[return-value]


def object_of(pairs: list[tuple[str, object]]) -> JObject:
    """A JObject; of a name given twice the last value counts, in the first place."""
    made = JObject()
    properties = made.properties
    for name, value in pairs:
        token = token_of(value)
        if not name.isascii():
            name = enter(name)
        if name in properties:
            properties[name].set_value(token)
            continue
        prop = JProperty(name, token)
        prop.parent = made
        properties[name] = prop
    return made


_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    r"\\(?:(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)",
    re.DOTALL,
)


def paired(text: str) -> str:
    """A document with U+FFFD for each escape of half a surrogate pair, as JsonTextReader reads it."""
    if _HALF.search(text) is None:
        return text
    BUDGET.spend(text.count("\\"))
    return _ESCAPE.sub(lambda found: found[0] if found[1] or len(found[0]) == 2 else "\\ufffd", text)


_DECODER = json.JSONDecoder(object_pairs_hook=object_of, strict=False)


def charge_document(text: str) -> None:
    """Pay for a document by its length and by the tokens that it can hold at most."""
    BUDGET.spend(len(text) >> 5)
    objects, members = text.count("{"), text.count(":")
    values = text.count(",") + text.count("[")
    BUDGET.spend(2 * (objects + members) + values + (values >> 1))
    BUDGET.make(_VALUE * (values + members) + _OBJECT * objects)


def parse_token(text: str | None, wanted: str = "JToken") -> JToken:
    """JToken.Parse, or JObject's or JArray's own; throws Newtonsoft.Json.JsonReaderException."""
    text = required(text, "s")
    charge_document(text)
    text = paired(text)
    try:
        found = token_of(_DECODER.decode(text))
    except (ValueError, RecursionError):
        found = TolerantReader(text, wanted, object_of, token_of).read()
    if wanted != "JToken" and found.type_name != wanted[1:]:
        raise _mismatch(text, found, wanted)
    return found


def copied_token(text: str, typed: bool) -> JToken:
    """The token that JsonSerializer makes of a text; throws as Newtonsoft.Json does."""
    charge_document(text)
    text = paired(text)
    try:
        return token_of(_DECODER.decode(text))
    except (ValueError, RecursionError):
        return CopyingReader(text, typed, object_of, token_of).read()


def _mismatch(text: str, found: JToken, wanted: str) -> ClrException:
    if found.type_name in ("Object", "Array"):
        name, size = f"Start{found.type_name}", 1
    else:
        name, size = found.type_name, len(text.strip())
    article = "an object" if wanted == "JObject" else "an array"
    before = text[: len(text) - len(text.lstrip())]
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + size
    return reader_error(
        f"Error reading {wanted} from JsonReader. Current JsonReader item is not {article}: {name}.",
        "", line, column,
    )  # fmt: skip
