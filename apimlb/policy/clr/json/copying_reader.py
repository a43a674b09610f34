"""Reading a text into tokens as JsonSerializer does, which copies what JsonReader reads to a JTokenWriter.

Unlike JToken.Parse that keeps the comments of arrays, fails on one before a value in an object, writes
undefined as null, and takes text that ends after a value, or right after it opens the first array or object.
Source: Newtonsoft.Json 10, by running it.
"""

from collections.abc import Callable
from typing import NoReturn

from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.json.tokens import JObject, JToken, JValue
from apimlb.policy.clr.json.tolerant_reader import TolerantReader


class CopyingReader(TolerantReader):
    """`typed` is False for DeserializeObject without a type, which makes the outermost object by itself:
    without comments, and only where it is closed."""

    def __init__(
        self,
        text: str,
        typed: bool,
        object_of: Callable[[list[tuple[str, object]]], JObject],
        token_of: Callable[[object], JToken],
    ) -> None:
        super().__init__(text, "JToken", object_of, token_of)
        self._typed = typed
        self._copies = True
        self._cut = False

    def value(self) -> object:
        self._skip()
        self._copies = self._typed or self._text[self._at : self._at + 1] != "{"
        return self._value()

    def _skip_to_member_value(self) -> None:
        if self._skip() is not None and self._copies:
            raise ClrException(
                "System.ArgumentException",
                "Can not add Newtonsoft.Json.Linq.JValue to Newtonsoft.Json.Linq.JObject.",
            )

    def _commented(self, comment: str, items: list[object] | None) -> None:
        if items is not None and self._copies:
            items.append(JValue(comment, "Comment"))

    def _undefined(self) -> JToken:
        return JValue(None, "Null")

    def _may_end(self, count: int) -> bool:
        return self._copies and (self._cut or (count == 0 and not self._path))

    def _ended_after_value(self) -> None:
        self._cut = True
        if not self._copies:
            self._ended()

    def _ended(self, inside: bool = False) -> NoReturn:
        if self._copies:
            raise ClrException(
                "Newtonsoft.Json.JsonWriterException", "Unexpected end when reading token. Path ''."
            )
        raise ClrException(
            "Newtonsoft.Json.JsonSerializationException", "Unexpected end when reading JSON. Path ''."
        )
