"""Reading a text into tokens as JsonSerializer does, which copies what JsonReader reads to a JTokenWriter.

Unlike JToken.Parse that keeps the comments of arrays, fails on one before a value in an object, writes
undefined as null, and takes text that ends after a value, or where the last token before the end opens or
closes something no deeper than what is copied.
Source: Newtonsoft.Json 10, by running it.
"""

from collections.abc import Sequence
from typing import NoReturn

from apimlb.policy.clr.dates.instants import UTC
from apimlb.policy.clr.exceptions import ClrException, invalid_cast
from apimlb.policy.clr.json.scalars import javascript_date
from apimlb.policy.clr.json.tokens import JConstructor, JContainer, JToken, JValue, null
from apimlb.policy.clr.json.tolerant_reader import TolerantReader


def written(made: JToken) -> JToken:
    """What JTokenWriter makes of a token: null of undefined, and of `new Date(1)` a date; throws
    JsonWriterException for a date with other arguments."""
    if made.type_name == "Undefined":
        return null()
    if not isinstance(made, JConstructor) or made.name != "Date":
        return made
    for place, wanted in enumerate(("Integer", "EndConstructor")):
        found = made.items[place].type_name if place < len(made.items) else "EndConstructor"
        if found != wanted:
            raise ClrException(
                "Newtonsoft.Json.JsonWriterException",
                f"Unexpected token when reading date constructor. Expected {wanted}, got {found}. Path ''.",
            )
    milliseconds = made.items[0].value  # type: ignore[attr-defined]
    if type(milliseconds) is not int:
        raise invalid_cast("System.Numerics.BigInteger", "System.Int64")
    return JValue(javascript_date(milliseconds, UTC), "Date")


class CopyingReader(TolerantReader):
    """`typed` is False for DeserializeObject without a type, which makes the outermost object by itself:
    without comments, and only where it is closed. What is copied stands that many steps (`_top`) deep."""

    undefined = "Null"

    def __init__(self, text: str, typed: bool) -> None:
        super().__init__(text)
        self._typed = typed
        self._cut = False
        self._top = 0

    def value(self) -> object:
        self._skip()
        self.keeps_comments = self._typed or self._here != "{"
        self._top = 0 if self.keeps_comments else 1
        return self._value()

    def _constructor(self, name: str) -> JToken:
        made = super()._constructor(name)
        if self._path or self._typed:
            return written(made)
        raise ClrException(
            "Newtonsoft.Json.JsonSerializationException",
            "Additional text found in JSON string after finishing deserializing object. Path '[0]'.",
        )

    def _may_end(self, members: Sequence[object]) -> bool:
        if self._cut or len(self._path) != self._top:
            return self._cut and len(self._path) >= self._top
        last = members[-1] if members else []
        return isinstance(last[1] if isinstance(last, tuple) else last, list | JContainer)

    def _ended_after_value(self) -> None:
        self._cut = True
        if len(self._path) <= self._top:
            self._ended()

    def _ended(self, inside: bool = False, last: Sequence[str] = ()) -> NoReturn:
        copied = len(self._path) - (not inside) >= self._top
        raise ClrException(
            f"Newtonsoft.Json.Json{'Writer' if copied else 'Serialization'}Exception",
            f"Unexpected end when reading {'token' if copied else 'JSON'}. Path ''.",
        )
