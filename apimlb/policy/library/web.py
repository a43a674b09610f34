"""Uri, WebUtility and IPAddress."""

import ipaddress
from collections.abc import Callable
from urllib.parse import quote

from apimlb.policy.csharp.types import Definition
from apimlb.policy.values import encodings
from apimlb.policy.values.collections import ClrArray
from apimlb.policy.values.exceptions import (
    ClrException,
    argument_null,
    bad_format,
)
from apimlb.policy.values.objects import Enum
from apimlb.policy.values.uris import Uri, absolute_of, escape_data, join_uri, make_uri
from apimlb.policy.values.utf16 import leave


def new_uri(text: str | None) -> Uri:
    return make_uri(text)


def new_uri_kind(text: str | None, kind: Enum) -> Uri:
    return make_uri(text, relative=kind.number != 1)


def combined(start: Uri | None, rest: str | None) -> Uri:
    if start is None or rest is None:
        raise argument_null("baseUri" if start is None else "relativeUri")
    return join_uri(start, rest)


def combined_uri(start: Uri | None, rest: Uri | None) -> Uri:
    return combined(start, None if rest is None else rest.text)


def try_create(text: str | None, kind: Enum) -> tuple[bool, Uri | None]:
    try:
        return True, make_uri(text, relative=kind.number != 1)
    except ClrException:
        return False, None


def _absolute(uri: Uri) -> Uri:
    absolute_of(uri)
    return uri


def path_and_query(uri: Uri) -> str:
    return _absolute(uri).parts.path + uri.query


def absolute_path(uri: Uri) -> str:
    return _absolute(uri).parts.path


def segments(uri: Uri) -> ClrArray:
    """`/`, `a/`, `b`: the pieces of the path with their slashes."""
    pieces = _absolute(uri).parts.path.split("/")
    found = [piece + "/" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])
    return ClrArray(list(found), "System.String")


def left_part(uri: Uri, part: Enum) -> str:
    _absolute(uri)
    made = f"{uri.scheme}://"
    if str(part) == "Scheme":
        return made
    made += (f"{uri.parts.netloc.rpartition('@')[0]}@" if "@" in uri.parts.netloc else "") + uri.authority
    if str(part) == "Path":
        made += uri.parts.path
    return made + (uri.parts.path + uri.query if str(part) == "Query" else "")


def escape(text: str | None) -> str:
    if text is None:
        raise argument_null("stringToEscape")
    return escape_data(leave(text))


def escape_uri(text: str | None) -> str:
    if text is None:
        raise argument_null("stringToEscape")
    return quote(leave(text), safe="-._~:/?#[]@!$&'()*+,;=")


def unescape(text: str | None) -> str:
    if text is None:
        raise argument_null("stringToUnescape")
    return str(encodings.url_decode(text.replace("+", "%2B")))


def is_well_formed(text: str | None, kind: Enum) -> bool:
    found, uri = try_create(text, kind)
    return found and uri is not None and " " not in uri.text and (kind.number != 2 or uri.absolute is None)


def uri_part(name: str) -> Callable[[Uri], object]:
    def part(uri: Uri) -> object:
        return getattr(_absolute(uri), name)

    part.__name__ = f"uri_{name}"
    return part


class IPAddress:
    """System.Net.IPAddress"""

    clr_name = "System.Net.IPAddress"

    def __init__(self, value: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IPAddress) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __str__(self) -> str:
        return str(self.value)


def parse_address(text: str | None) -> IPAddress:
    if text is None:
        raise argument_null("ipString")
    try:
        return IPAddress(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        raise bad_format("An invalid IP address was specified.") from None


def try_parse_address(text: str | None) -> tuple[bool, IPAddress | None]:
    try:
        return True, parse_address(text or "")
    except ClrException:
        return False, None


def address_bytes(address: IPAddress) -> bytearray:
    return bytearray(address.value.packed)


def is_loopback(address: IPAddress) -> bool:
    return address.value.is_loopback


_FAMILY = {"InterNetwork": 2, "InterNetworkV6": 23}


def address_family(address: IPAddress) -> Enum:
    number = 2 if address.value.version == 4 else 23
    return Enum("System.Net.Sockets.AddressFamily", number, {value: name for name, value in _FAMILY.items()})


def same_address(address: IPAddress, other: object) -> bool:
    return address == other


def user_info(uri: Uri) -> str:
    return uri.parts.netloc.rpartition("@")[0]


DEFINITIONS = (
    Definition("System.UriKind", "enum", constants={"RelativeOrAbsolute": 0, "Absolute": 1, "Relative": 2}),
    Definition("System.UriPartial", "enum", constants={"Scheme": 0, "Authority": 1, "Path": 2, "Query": 3}),
    Definition(
        "System.Uri", "class",
        rows=(
            ("new(string uriString)", new_uri),
            ("new(string uriString, UriKind uriKind)", new_uri_kind),
            ("new(Uri baseUri, string relativeUri)", combined),
            ("new(Uri baseUri, Uri relativeUri)", combined_uri),
            ("static bool TryCreate(string uriString, UriKind uriKind, out Uri result)", try_create),
            ("static string EscapeDataString(string stringToEscape)", escape),
            ("static string EscapeUriString(string stringToEscape)", escape_uri),
            ("static string UnescapeDataString(string stringToUnescape)", unescape),
            ("static bool IsWellFormedUriString(string uriString, UriKind uriKind)", is_well_formed),
            ("string AbsoluteUri", absolute_of),
            ("string AbsolutePath", absolute_path),
            ("string LocalPath", absolute_path),
            ("string PathAndQuery", path_and_query),
            ("string[] Segments", segments),
            ("string GetLeftPart(UriPartial part)", left_part),
            ("string OriginalString", "{0}.text"),
            ("string UserInfo", user_info),
            ("bool IsAbsoluteUri", "({0}.absolute is not None)"),
            *((f"string {name}", uri_part(name.lower())) for name in
              ("Scheme", "Host", "Authority", "Query", "Fragment")),
            ("string DnsSafeHost", uri_part("host")),
            ("int Port", uri_part("port")),
            ("bool IsDefaultPort", uri_part("is_default_port")),
            ("static bool operator ==(Uri a, Uri b)", "{0} == {1}"),
            ("static bool operator !=(Uri a, Uri b)", "{0} != {1}"),
        ),
    ),
    Definition(
        "System.Net.WebUtility", "static",
        rows=(
            ("static string UrlEncode(string value)", encodings.url_encode),
            ("static string UrlDecode(string encodedValue)", encodings.url_decode),
            ("static string HtmlEncode(string value)", encodings.html_encode),
            ("static string HtmlDecode(string value)", encodings.html_decode),
        ),
    ),
    Definition("System.Net.Sockets.AddressFamily", "enum", constants=_FAMILY, nameable=False),
    Definition(
        "System.Net.IPAddress", "class",
        rows=(
            ("static IPAddress Parse(string ipString)", parse_address),
            ("static bool TryParse(string ipString, out IPAddress address)", try_parse_address),
            ("static bool IsLoopback(IPAddress address)", is_loopback),
            ("byte[] GetAddressBytes()", address_bytes),
            ("AddressFamily AddressFamily", address_family),
            ("bool Equals(object comparand)", same_address),
        ),
    ),
)  # fmt: skip
