"""Uri, WebUtility, Encoding, StringBuilder, IPAddress, StringReader and StringWriter."""

import ipaddress
from collections.abc import Callable
from urllib.parse import quote

from apimlb.policy.types import Definition
from apimlb.policy.values import encodings
from apimlb.policy.values.budget import bounded_length
from apimlb.policy.values.collections import ClrArray, Enum
from apimlb.policy.values.encodings import Encoding
from apimlb.policy.values.exceptions import (
    ClrException,
    argument,
    argument_null,
    argument_range,
    array_range,
    bad_format,
)
from apimlb.policy.values.numbers import Char
from apimlb.policy.values.text import format_text, text_of
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


# Encoding


def get_bytes(encoding: Encoding, text: str | None) -> bytearray:
    return encoding.get_bytes(text)


def get_char_bytes(encoding: Encoding, chars: ClrArray) -> bytearray:
    return encoding.get_bytes("".join(str(char) for char in chars.items))


def get_string(encoding: Encoding, content: bytearray | None) -> str:
    return encoding.get_string(content)


def get_string_part(encoding: Encoding, content: bytearray | None, index: int, count: int) -> str:
    if content is None:
        raise argument_null("bytes")
    if index < 0 or count < 0 or index + count > len(content):
        raise argument_range("Index and count must refer to a location within the buffer.", "bytes")
    return encoding.get_string(content[index : index + count])


def byte_count(encoding: Encoding, text: str | None) -> int:
    return len(encoding.get_bytes(text))


def char_count(encoding: Encoding, content: bytearray | None) -> int:
    return len(encoding.get_string(content))


def get_chars(encoding: Encoding, content: bytearray | None) -> ClrArray:
    return ClrArray([Char(char) for char in encoding.get_string(content)], "System.Char")


def get_encoding(name: str | None) -> Encoding:
    if name is None:
        raise argument_null("name")
    found = encodings.ENCODINGS.get(name.lower())
    if found is None:
        raise argument(f"'{name}' is not a supported encoding name. For information on defining a custom encoding, see "
                       "the documentation for the Encoding.RegisterProvider method.", "name")  # fmt: skip
    return found


# StringBuilder


class StringBuilder:
    """System.Text.StringBuilder: pieces, joined when they are looked at."""

    clr_name = "System.Text.StringBuilder"

    def __init__(self, text: str | None = None) -> None:
        self._pieces = [text or ""]
        self._length = len(text or "")

    def append(self, text: str) -> "StringBuilder":
        self._length = bounded_length(self._length + len(text))
        self._pieces.append(text)
        return self

    def replace_all(self, text: str) -> "StringBuilder":
        self._pieces = [text]
        self._length = bounded_length(len(text))
        return self

    def __len__(self) -> int:
        return self._length

    def __str__(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0]


def new_builder(text: str | None = None) -> StringBuilder:
    return StringBuilder(text)


def new_sized_builder(capacity: int) -> StringBuilder:
    return StringBuilder()


def append(target: StringBuilder, value: object) -> StringBuilder:
    return target.append(text_of(value))


def append_repeated(target: StringBuilder, char: str, count: int) -> StringBuilder:
    if count < 0:
        raise argument_range("Count must be non-negative.", "repeatCount")
    return target.append(str(char) * bounded_length(count))


def append_line(target: StringBuilder, value: str | None = None) -> StringBuilder:
    return target.append((value or "") + "\n")


def append_format(target: StringBuilder, layout: str | None, values: ClrArray) -> StringBuilder:
    return target.append(format_text(layout, values.items))


def builder_insert(target: StringBuilder, index: int, value: object) -> StringBuilder:
    text = str(target)
    if not 0 <= index <= len(text):
        raise argument_range("Index was out of range. Must be non-negative and less than the size of the collection.",
                             "index")  # fmt: skip
    return target.replace_all(text[:index] + text_of(value) + text[index:])


def builder_remove(target: StringBuilder, start: int, length: int) -> StringBuilder:
    text = str(target)
    if start < 0 or length < 0 or start + length > len(text):
        raise argument_range("Index was out of range. Must be non-negative and less than the size of the collection.",
                             "length")  # fmt: skip
    return target.replace_all(text[:start] + text[start + length :])


def builder_replace(target: StringBuilder, old: str | None, new: str | None) -> StringBuilder:
    if not old:
        raise argument_null("oldValue") if old is None else argument("Empty name is not legal.", "oldValue")
    text = str(target)
    bounded_length(len(text) + text.count(old) * (len(new or "") - len(old)))
    return target.replace_all(text.replace(old, new or ""))


def builder_clear(target: StringBuilder) -> StringBuilder:
    return target.replace_all("")


def builder_length(target: StringBuilder) -> int:
    return len(target)


def builder_cut(target: StringBuilder, length: int) -> None:
    text = str(target)
    if length < 0:
        raise argument_range("Specified argument was out of the range of valid values.", "value")
    target.replace_all(text[:length] + "\0" * bounded_length(max(length - len(text), 0)))


def builder_char(target: StringBuilder, index: int) -> Char:
    text = str(target)
    if not 0 <= index < len(text):
        raise array_range()
    return Char(text[index])


def builder_text(target: StringBuilder) -> str:
    return str(target)


def builder_part(target: StringBuilder, start: int, length: int) -> str:
    return str(target)[start : start + length]


class StringReader:
    """System.IO.StringReader"""

    clr_name = "System.IO.StringReader"

    def __init__(self, text: str | None) -> None:
        if text is None:
            raise argument_null("s")
        self.text = text
        self.at = 0


def read_line(reader: StringReader) -> str | None:
    if reader.at >= len(reader.text):
        return None
    rest = reader.text[reader.at :]
    end = next((i for i, char in enumerate(rest) if char in "\r\n"), len(rest))
    reader.at += end + (2 if rest[end : end + 2] == "\r\n" else 1)
    return rest[:end]


def read_to_end(reader: StringReader) -> str:
    rest = reader.text[reader.at :]
    reader.at = len(reader.text)
    return rest


# IPAddress


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


T = "System.Text."

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
        "System.Net.WebUtility", "class",
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
    Definition(
        T + "Encoding", "class",
        rows=(
            ("static Encoding UTF8", lambda: encodings.UTF8),
            ("static Encoding ASCII", lambda: encodings.ASCII),
            ("static Encoding Unicode", lambda: encodings.UNICODE),
            ("static Encoding BigEndianUnicode", lambda: encodings.BIG_ENDIAN),
            ("static Encoding UTF32", lambda: encodings.UTF32),
            ("static Encoding UTF7", lambda: encodings.UTF7),
            ("static Encoding Default", lambda: encodings.UTF8),
            ("static Encoding GetEncoding(string name)", get_encoding),
            ("byte[] GetBytes(string s)", get_bytes),
            ("byte[] GetBytes(char[] chars)", get_char_bytes),
            ("string GetString(byte[] bytes)", get_string),
            ("string GetString(byte[] bytes, int index, int count)", get_string_part),
            ("int GetByteCount(string s)", byte_count),
            ("int GetCharCount(byte[] bytes)", char_count),
            ("char[] GetChars(byte[] bytes)", get_chars),
        ),
    ),
    Definition(
        T + "StringBuilder", "class",
        rows=(
            ("new()", new_builder),
            ("new(string value)", new_builder),
            ("new(int capacity)", new_sized_builder),
            ("StringBuilder Append(string value)", append),
            ("StringBuilder Append(char value)", append),
            ("StringBuilder Append(object value)", append),
            ("StringBuilder Append(char value, int repeatCount)", append_repeated),
            ("StringBuilder AppendLine()", append_line),
            ("StringBuilder AppendLine(string value)", append_line),
            ("StringBuilder AppendFormat(string format, params object[] args)", append_format),
            ("StringBuilder Insert(int index, string value)", builder_insert),
            ("StringBuilder Insert(int index, object value)", builder_insert),
            ("StringBuilder Remove(int startIndex, int length)", builder_remove),
            ("StringBuilder Replace(string oldValue, string newValue)", builder_replace),
            ("StringBuilder Replace(char oldChar, char newChar)", builder_replace),
            ("StringBuilder Clear()", builder_clear),
            ("int Length", builder_length, builder_cut),
            ("char this[int index]", builder_char),
            ("string ToString()", builder_text),
            ("string ToString(int startIndex, int length)", builder_part),
        ),
    ),
    Definition(
        "System.IO.StringReader", "class", bases=("System.IDisposable",),
        rows=(
            ("new(string s)", StringReader),
            ("string ReadLine()", read_line),
            ("string ReadToEnd()", read_to_end),
        ),
    ),
    Definition(
        "System.IO.StringWriter", "class", bases=("System.IDisposable",),
        rows=(
            ("new()", new_builder),
            ("void Write(string value)", append),
            ("void Write(object value)", append),
            ("void WriteLine()", append_line),
            ("void WriteLine(string value)", append_line),
            ("string ToString()", builder_text),
        ),
    ),
)  # fmt: skip
