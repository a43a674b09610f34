"""Names and namespaces of System.Xml.Linq, and what may be a name."""

import unicodedata
from dataclasses import dataclass

from apimlb.policy.clr.budget import charge_each
from apimlb.policy.clr.exceptions import ClrException, argument, argument_null

X = "System.Xml.Linq."
XMLNS = "http://www.w3.org/2000/xmlns/"
XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True, slots=True)
class XNamespace:
    uri: str
    clr_name = X + "XNamespace"

    def __str__(self) -> str:
        return self.uri


@dataclass(frozen=True, slots=True)
class XName:
    """A name in a namespace; shown as `{uri}local`."""

    uri: str
    local: str
    clr_name = X + "XName"

    def __str__(self) -> str:
        return f"{{{self.uri}}}{self.local}" if self.uri else self.local


def xml_error(message: str) -> ClrException:
    return ClrException("System.Xml.XmlException", message)


def verify(name: str, colons: bool = False) -> str:
    """A name without (or with) colons; throws System.Xml.XmlException."""
    if not name:
        kind = "name" if colons else "local name"
        raise argument_null("name", f"The empty string '' is not a valid {kind}.")
    first = name[0]
    marks = "_:" if colons else "_"
    if not (first.isalpha() or first in marks):
        raise xml_error(
            f"Name cannot begin with the '{first}' character, hexadecimal value 0x{ord(first):02X}."
        )
    marks += "-.\u00b7"
    charge_each(len(name))
    for char in name:
        if not (char.isalnum() or char in marks or unicodedata.category(char)[0] == "M"):
            raise xml_error(
                f"The '{char}' character, hexadecimal value 0x{ord(char):02X}, cannot be included in a name."
            )
    return name


def name_of(text: str | None) -> XName | None:
    """The XName of a text like `{uri}local`; throws System.Xml.XmlException."""
    if text is None:
        return None
    if text and not text.startswith("{"):
        return XName("", verify(text))
    uri, closing, local = text[1:].rpartition("}")
    if not (closing and uri and local):
        raise argument(f"'{text}' is an invalid expanded name.")
    return XName(uri, verify(local))


def name_in(local: str, uri: str) -> XName:
    """XName.Get(localName, namespaceName)"""
    return XName(uri, verify(local))
