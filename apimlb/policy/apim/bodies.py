"""A message body as the types that `Body.As<T>` knows."""

from collections.abc import Callable

from apimlb.policy.clr.exceptions import not_supported
from apimlb.policy.clr.json.reader import parse_token
from apimlb.policy.clr.utf16 import enter


def _text(content: bytes) -> str:
    return enter(content.decode("utf-8-sig", "replace"))


def _document(content: bytes) -> object:
    from apimlb.policy.clr.xml.reader import parse_document  # few policies read XML

    return parse_document(_text(content))


def _element(content: bytes) -> object:
    from apimlb.policy.clr.xml.reader import parse_element

    return parse_element(_text(content))


_TYPES: dict[str, Callable[[bytes], object]] = {
    "System.String": _text,
    "System.Byte[]": bytearray,
    "Newtonsoft.Json.Linq.JObject": lambda content: parse_token(_text(content), "JObject"),
    "Newtonsoft.Json.Linq.JArray": lambda content: parse_token(_text(content), "JArray"),
    "Newtonsoft.Json.Linq.JToken": lambda content: parse_token(_text(content)),
    "System.Xml.Linq.XDocument": _document,
    "System.Xml.Linq.XElement": _element,
    "System.Xml.Linq.XNode": _element,
}


def body_as(type_name: str, content: bytes) -> object:
    """The body as a CLR value; raises `ClrException` when it does not parse or the type is another."""
    make = _TYPES.get(type_name)
    if make is None:
        raise not_supported(f"Body.As<{type_name}>")
    return make(content)
