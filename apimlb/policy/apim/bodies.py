"""A message body, as the bytes that it is and as the types that `Body.As<T>` knows."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from apimlb.policy.clr.budget import BUDGET, charge_fields
from apimlb.policy.clr.exceptions import invalid_operation, not_supported
from apimlb.policy.clr.json.reader import parse_token
from apimlb.policy.clr.utf16 import enter

_PASS = 8
"""Bytes that a step goes over where Python's C does, as a power of two."""


def _text(content: bytes) -> str:
    return enter(content.decode("utf-8-sig", "replace"))


def _xml(content: bytes, *, whole: bool = False) -> object:
    from apimlb.policy.clr.xml import reader  # few policies read XML

    return (reader.parse_document if whole else reader.parse_element)(_text(content))


_TYPES: dict[str, Callable[[bytes], object]] = {
    "System.String": _text,
    "System.Byte[]": bytearray,
    "Newtonsoft.Json.Linq.JObject": lambda content: parse_token(_text(content), "JObject"),
    "Newtonsoft.Json.Linq.JArray": lambda content: parse_token(_text(content), "JArray"),
    "Newtonsoft.Json.Linq.JToken": lambda content: parse_token(_text(content)),
    "System.Xml.Linq.XDocument": lambda content: _xml(content, whole=True),
    "System.Xml.Linq.XElement": _xml,
    "System.Xml.Linq.XNode": _xml,
}


@dataclass(slots=True)
class MessageBody:
    """A message body held whole. Reading without `preserve_content` consumes it: what is forwarded
    afterwards is empty, and a second read throws System.InvalidOperationException."""

    clr_name = "IMessageBody"
    octets: bytes
    consumed: bool = False

    @classmethod
    def made(cls, octets: bytes) -> "MessageBody":
        """The body that an element has made, paid for."""
        BUDGET.spend(len(octets) >> _PASS)
        BUDGET.make(len(octets))
        return cls(octets)

    @property
    def content(self) -> bytes:
        """The bytes, for an element that looks into them; going over them once is paid for."""
        BUDGET.spend(len(self.octets) >> _PASS)
        return self.octets

    @property
    def most(self) -> float:
        """How many bytes a body may have that is held; of a larger one it is enough to read one more."""
        return math.inf

    def read(self, preserve_content: bool = False) -> bytes:
        """The bytes; raises `ClrException` when an earlier read consumed them."""
        if self.consumed:
            raise invalid_operation("The message body was already read without preserveContent.")
        self.consumed = not preserve_content
        return self.content

    def as_(self, type_name: str, preserve_content: bool = False) -> object:
        """`Body.As<T>`: the body as a CLR value of the type with that full name (System.String,
        System.Byte[], Newtonsoft.Json.Linq.JObject, ...); raises `ClrException` when it does not parse."""
        content = self.read(preserve_content)
        if type_name not in _TYPES:
            raise not_supported(f"Body.As<{type_name}>")
        return _TYPES[type_name](content)

    def form(self, preserve_content: bool = False) -> dict[str, list[str]]:
        """`Body.AsFormUrlEncodedContent`: the fields with their values, in the order of the body."""
        return parse_query(self.read(preserve_content).decode("utf-8", "replace"))

    def hold(self) -> None:
        """Keep the whole of it, for another attempt or for an expression; a gateway may refuse to."""


def rest_of(body: MessageBody | None) -> bytes:
    """The bytes that a gateway passes on: all of the body, or nothing where there is no body or an earlier
    read consumed it."""
    return b"" if body is None or body.consumed else body.octets


def content_of(body: MessageBody | None) -> bytes:
    """The same bytes for an element that looks into them; going over them is paid for."""
    return b"" if body is None or body.consumed else body.content


def parse_query(text: str) -> dict[str, list[str]]:
    """`a=1&a=2&b` as `{"a": ["1", "2"], "b": [""]}`, percent- and plus-decoded."""
    charge_fields(text)
    return parse_qs(text, keep_blank_values=True)
