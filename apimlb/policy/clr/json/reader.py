"""JSON text as Newtonsoft.Json reads it: dates become dates, and much that is not JSON passes.

Plain JSON goes through Python's scanner. A text that the scanner refuses is read again by the tolerant
reader, which accepts it or throws with the words of Newtonsoft.Json.
"""

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import required
from apimlb.policy.clr.json.copying_reader import CopyingReader
from apimlb.policy.clr.json.scalars import object_of, token_of
from apimlb.policy.clr.json.tokens import JToken
from apimlb.policy.clr.json.tolerant_reader import TolerantReader

T = TypeVar("T")

_VALUE, _OBJECT = 150, 400
"""Bytes of memory that a token takes."""

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


def decode(
    text: str, decoder: json.JSONDecoder, made: Callable[[Any], T], tolerantly: Callable[[str], T]
) -> T:
    """What is made of what a decoder yields; `tolerantly`, where the decoder or `made` refuses the text."""
    charge_document(text)
    text = paired(text)
    try:
        return made(decoder.decode(text))
    except (ValueError, RecursionError):
        return tolerantly(text)


def parse_token(text: str | None, wanted: str = "JToken") -> JToken:
    """JToken.Parse, or JObject's or JArray's own; throws Newtonsoft.Json.JsonReaderException."""
    text = required(text, "s")
    found = decode(text, _DECODER, token_of, lambda text: TolerantReader(text, wanted).read())
    return found if wanted in ("JToken", f"J{found.type_name}") else TolerantReader(text, wanted).read()


def copied_token(text: str, typed: bool) -> JToken:
    """The token that JsonSerializer makes of a text; throws as Newtonsoft.Json does."""
    return decode(text, _DECODER, token_of, lambda text: CopyingReader(text, typed).read())
