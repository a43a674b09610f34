"""JsonConvert.DeserializeObject: what a text becomes as a value of a type."""

import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from apimlb.policy.clr.json.composites import (
    Composer,
    array_token,
    is_token_type,
    object_token,
    to_object,
    untyped,
)
from apimlb.policy.clr.json.copying_reader import written
from apimlb.policy.clr.json.items import TextNumber, TextObject, scalar_token
from apimlb.policy.clr.json.reader import copied_token, decode
from apimlb.policy.clr.json.tokens import JToken
from apimlb.policy.clr.json.tolerant_reader import TolerantReader
from apimlb.policy.clr.json.typed_scalars import READINGS, SERIALIZATION, refuse
from apimlb.policy.clr.types.constructed import Type

_NOTHING = re.compile(r"(?:\s|\0|/\*.*?\*/|//[^\r\n]*)*\Z", re.DOTALL)
_DECODER = json.JSONDecoder(
    object_pairs_hook=TextObject,
    parse_float=TextNumber,
    parse_int=TextNumber,
    parse_constant=TextNumber,
    strict=False,
)


def deserialize(kind: Type, text: str) -> object:
    """DeserializeObject<T>; throws Newtonsoft.Json.JsonReaderException or JsonSerializationException."""
    if _NOTHING.match(text):
        if not kind.takes_null:
            refuse(f"No JSON content found and type '{kind.name}' is not nullable.", SERIALIZATION)
        return None
    if is_token_type(kind):
        return to_object(kind, copied_token(text, typed=True))
    if kind.name == "System.Object":
        return deserialize_object(text)
    return decode(
        text,
        _DECODER,
        lambda found: Composer(_token).element(kind, found),
        lambda text: _TypedReader(text).made(kind),
    )


def deserialize_object(text: str) -> object:
    """DeserializeObject: scalars as values, objects and arrays as tokens."""
    return None if _NOTHING.match(text) else untyped(copied_token(text, typed=False))


def _token(item: Any) -> JToken:
    """The token of an item of a text."""
    if isinstance(item, TextObject):
        return object_token(item, _token)
    if type(item) is list:
        return array_token(item, _token)
    return written(scalar_token(item))


class _TypedReader(TolerantReader):
    """What becomes a value of a type: numbers and strings stay as the text writes them."""

    token_of = staticmethod(_token)
    object_of = TextObject

    def made(self, kind: Type) -> object:
        """What a text that is no strict JSON becomes. An array or an object that the type is not made of is
        refused before a fault of JSON."""
        self._skip()
        if self._here == "[" and kind.name != "System.Byte[]":
            Composer(_token).element(kind, [])
        read = kind.underlying.name in READINGS
        if self._here == "{" and (read or not self._first_name().startswith("$")):
            Composer(_token).element(kind, TextObject())
        made = Composer(_token).element(kind, self._value())
        self.end()
        return made

    def _first_name(self) -> str:
        """The name of the first member of an object, empty where it has none."""
        start = self._at
        self._at += 1
        self._skip()
        char = self._here
        name = "" if char in ("", "}") else self._member_name(char)
        self._at = start
        return name

    def _ended(self, inside: bool = False, last: Sequence[str] = ()) -> NoReturn:
        refuse("Unexpected end when deserializing.", SERIALIZATION)

    def _number_value(self, text: str, value: int | float) -> object:
        return TextNumber(text)
