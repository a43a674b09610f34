"""Uri and WebUtility."""

import re
import string
from collections.abc import Callable
from operator import attrgetter
from urllib.parse import quote

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.catching import tried
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.numbers.arithmetic import Char
from apimlb.policy.clr.strings import encodings
from apimlb.policy.clr.strings.texts import strings
from apimlb.policy.clr.types.definitions import Definition
from apimlb.policy.clr.utf16 import whole
from apimlb.policy.clr.web import escapes, uris

SCHEMES = {
    "File": "file", "Ftp": "ftp", "Gopher": "gopher", "Http": "http", "Https": "https", "Mailto": "mailto",
    "News": "news", "Nntp": "nntp", "NetTcp": "net.tcp", "NetPipe": "net.pipe",
}  # fmt: skip
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*\Z")
_WELL_FORMED = re.compile(r"(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=\u00a0-\ud7ff\uf900-\uffef]|%[0-9A-Fa-f]{2})*\Z")
_BROKEN = re.compile("[\ud800-\udbff](?![\x80-\uffff])")
_ADDRESS = re.compile(r"(?<=//)(?:[^/?\[]*@)?\[[^\]]*\]")


def _base(start: uris.Uri | None) -> uris.Uri:
    start = exceptions.required(start, "baseUri")
    if start.absolute is None:
        raise exceptions.out_of_range("baseUri")
    return start


def new_of_kind(text: str | None, kind: Enum) -> uris.Uri:
    return uris.make_uri(text, kind.number)


def _combined(start: uris.Uri | None, rest: str | None) -> uris.Uri:
    """The URI that a reference means; one that is absolute needs no start."""
    rest = exceptions.required(rest, "relativeUri")
    given = uris.Uri(rest)
    return given if given.absolute is not None else uris.join_uri(_base(start), rest)


try_create = tried(new_of_kind, None)
try_combine = tried(_combined, None)


def of_absolute(part: Callable[..., object]) -> Callable[..., object]:
    """A member that a relative URI has not, nor takes: it throws System.InvalidOperationException for one."""

    def found(*given: object) -> object:
        if any(isinstance(each, uris.Uri) and each.absolute is None for each in given):
            raise exceptions.invalid_operation("This operation is not supported for a relative URI.")
        return part(*given)

    return found


def segments(uri: uris.Uri) -> ClrArray:
    """`/`, `a/`, `b`: the pieces of the path with their slashes."""
    path = uri.path if uri.scheme != "file" or uri.path.startswith("/") else f"/{uri.path}"
    return strings(re.findall("[^/]*/|[^/]+", path))


def left_part(uri: uris.Uri, part: Enum) -> str:
    text = uri.absolute or ""
    start = f"{uri.scheme}:{uri.opening}"
    if str(part) == "Scheme":
        return start
    if str(part) == "Authority":
        user = f"{uri.user}@" if text.startswith(f"{start}{uri.user}@") else ""
        return start + user + uri.authority if uri.opening and (uri.host or uri.path.startswith("/")) else ""
    end = len(text) - len(uri.fragment) - (0 if str(part) == "Query" else len(uri.query))
    return text[:end]


def dns_host(uri: uris.Uri) -> str:
    """DnsSafeHost: an address of IPv6 without its brackets"""
    return uri.host.strip("[]")


def idn_host(uri: uris.Uri) -> str:
    """IdnHost: names of other scripts in Punycode"""
    host = dns_host(uri)
    if host.isascii():
        return host
    for label in host.split("."):
        BUDGET.spend(2 * len(label) + (len(label) ** 2 >> 4))
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


_OWN = re.compile(r"localhost|loopback|\[::1\]|127\.\d+\.\d+\.\d+", re.ASCII)


def is_loopback(uri: uris.Uri) -> bool:
    return _OWN.fullmatch(uri.host) is not None or (uri.scheme == "file" and not uri.host)


_PARTS: dict[str, Callable[..., object]] = {
    "string AbsoluteUri": attrgetter("absolute"),
    "string AbsolutePath": attrgetter("path"),
    "string LocalPath": uris.local_path,
    "string PathAndQuery": lambda uri: uri.path + uri.query,
    "string[] Segments": segments,
    "string GetLeftPart(UriPartial part)": left_part,
    "string UserInfo": attrgetter("user"),
    **{
        f"string {name}": attrgetter(name.lower())
        for name in ("Scheme", "Host", "Authority", "Query", "Fragment")
    },
    "string DnsSafeHost": dns_host,
    "string IdnHost": idn_host,
    "int Port": attrgetter("port"),
    "bool IsDefaultPort": attrgetter("is_default_port"),
    "bool IsFile": lambda uri: uri.scheme == "file",
    "bool IsUnc": lambda uri: uri.scheme == "file" and uri.host != "",
    "bool IsLoopback": is_loopback,
}
"""What only absolute URIs have."""


def same_uri(uri: uris.Uri, other: object) -> bool:
    """Equals(object): also of the text of a URI"""
    if type(other) is str:
        _, other = tried(uris.make_uri, None)(other, 0)
    return uri == other


def is_base_of(start: uris.Uri, uri: uris.Uri) -> bool:
    """Whether the other lies below this one's last slash."""
    if start.absolute is None:
        return False
    other = uri if uri.absolute is not None else try_combine(start, uri.text)[1]
    folder = start.path[: start.path.rfind("/") + 1]
    return (
        isinstance(other, uris.Uri)
        and (start.user, start.place) == (other.user, other.place)
        and other.path.startswith(folder)
    )


def relative_to(start: uris.Uri, uri: uris.Uri) -> uris.Uri:
    """MakeRelativeUri: how to get from this one to the other"""
    if start.place != uri.place:
        return uri
    way = _way(start.path, uri.path)
    if ":" in re.split(r"[/\\?#]", way)[0]:
        way = "./" + way
    return uris.make_uri(way + uri.query + uri.fragment, 0)


def _way(start: str, end: str) -> str:
    """From one path to another."""
    if start == end:
        return ""
    folder, goal = start.split("/")[:-1], end.split("/")
    shared = 0
    while shared < min(len(folder), len(goal) - 1) and folder[shared] == goal[shared]:
        shared += 1
    way = "../" * (len(folder) - shared) + "/".join(goal[shared:])
    return way or "./"


# Texts


def _unbroken(text: str) -> str:
    """A text to escape: half a surrogate pair counts as U+FFFD; throws System.UriFormatException where a pair
    ends within, at the end or before ASCII."""
    if _BROKEN.search(text):
        raise uris.bad_uri("Invalid URI: There is an invalid sequence in the string.")
    return whole(text)


def is_well_formed(text: str | None, kind: Enum) -> bool:
    _, uri = try_create(text, kind)
    return isinstance(uri, uris.Uri) and is_well_formed_uri(uri)


def is_well_formed_uri(uri: uris.Uri) -> bool:
    """IsWellFormedOriginalString: nothing in it would have to be escaped or written otherwise"""
    text = uri.text.strip(uris.BLANKS)
    if uri.absolute is None:
        begins = re.split(r"[/?]", text)[0]
        return not uri.fault and ":" not in begins and text.isascii() and _well_formed(text)
    scheme, _, rest = text.partition(":")
    if scheme.lower() != uri.scheme or (uri.scheme == "file" and re.match(r"//[A-Za-z]:", rest)):
        return False  # a path, or one where a host belongs
    rest, _, fragment = rest.partition("#")
    if "?" in rest and not uris.SCHEMES.get(uri.scheme, uris.Scheme()).query:
        return False
    return _well_formed(_ADDRESS.sub("", rest)) and _well_formed(fragment)


def _well_formed(text: str) -> bool:
    return _WELL_FORMED.match(text) is not None


def from_hex(char: str) -> int:
    if char not in string.hexdigits:
        raise exceptions.argument("digit")
    return int(char, 16)


def hex_escape(char: str) -> str:
    if ord(char) > 0xFF:
        raise exceptions.out_of_range("character")
    return f"%{ord(char):02X}"


def is_hex_encoding(text: str, index: int) -> bool:
    if index < 0:
        raise exceptions.array_range()
    return escapes.BYTE.match(text, index) is not None


def hex_unescape(text: str, index: int) -> tuple[Char, int]:
    """Uri.HexUnescape(pattern, ref index): the character there, and the index behind it"""
    if not 0 <= index < len(text):
        raise exceptions.out_of_range("index")
    if is_hex_encoding(text, index):
        return Char(chr(int(text[index + 1 : index + 3], 16))), index + 3
    return Char(text[index]), index + 1


def _keeping_null(call: Callable[[str], str]) -> Callable[[str | None], str | None]:
    return lambda text: None if text is None else call(text)


DEFINITIONS = (
    Definition("System.UriKind", "enum", constants={"RelativeOrAbsolute": 0, "Absolute": 1, "Relative": 2}),
    Definition("System.UriPartial", "enum", constants={"Scheme": 0, "Authority": 1, "Path": 2, "Query": 3}),
    Definition(
        "System.Uri", "class",
        rows=(
            ("new(string uriString)", uris.make_uri),
            ("new(string uriString, UriKind uriKind)", new_of_kind),
            ("new(Uri baseUri, string relativeUri)",
             lambda start, rest: uris.join_uri(_base(start), rest or "")),
            ("new(Uri baseUri, Uri relativeUri)",
             lambda start, rest: uris.join_uri(_base(start), rest.text)),
            ("static bool TryCreate(string uriString, UriKind uriKind, out Uri result)", try_create),
            ("static bool TryCreate(Uri baseUri, string relativeUri, out Uri result)", try_combine),
            ("static bool TryCreate(Uri baseUri, Uri relativeUri, out Uri result)",
             lambda start, rest: try_combine(start, None if rest is None else rest.text)),
            ("static string EscapeDataString(string! stringToEscape)",
             lambda text: quote(_unbroken(text), safe="-._~")),
            ("static string EscapeUriString(string! stringToEscape)",
             lambda text: quote(_unbroken(text), safe="-._~:/?#[]@!$&'()*+,;=")),
            ("static string UnescapeDataString(string! stringToUnescape)", escapes.unescaped),
            ("static bool IsWellFormedUriString(string uriString, UriKind uriKind)", is_well_formed),
            ("static bool CheckSchemeName(string schemeName)",
             lambda text: text is not None and _SCHEME.match(text) is not None),
            ("static bool IsHexDigit(char character)", lambda char: char in string.hexdigits),
            ("static int FromHex(char digit)", from_hex),
            ("static string HexEscape(char character)", hex_escape),
            ("static char HexUnescape(string pattern, ref int index)", hex_unescape),
            ("static bool IsHexEncoding(string pattern, int index)", is_hex_encoding),
            *((f"static string UriScheme{name}", repr(scheme)) for name, scheme in SCHEMES.items()),
            ("static string SchemeDelimiter", "'://'"),
            *((signature, of_absolute(part)) for signature, part in _PARTS.items()),
            ("string OriginalString", "{0}.text"),
            ("bool IsAbsoluteUri", "({0}.absolute is not None)"),
            ("bool UserEscaped", "({0} is None)"),
            ("bool IsWellFormedOriginalString()", is_well_formed_uri),
            ("bool IsBaseOf(Uri! uri)", is_base_of),
            ("Uri MakeRelativeUri(Uri! uri)", of_absolute(relative_to)),
            ("bool Equals(object comparand)", same_uri),
            ("static bool operator ==(Uri a, Uri b)", "{0} == {1}"),
            ("static bool operator !=(Uri a, Uri b)", "{0} != {1}"),
        ),
    ),
    Definition(
        "System.Net.WebUtility", "static",
        rows=(
            ("static string UrlEncode(string value)", _keeping_null(encodings.url_encode)),
            ("static string UrlDecode(string encodedValue)", _keeping_null(encodings.url_decode)),
            ("static string HtmlEncode(string value)", _keeping_null(encodings.html_encode)),
            ("static string HtmlDecode(string value)", _keeping_null(encodings.html_decode)),
            ("static byte[] UrlEncodeToBytes(byte[] value, int offset, int count)",
             encodings.url_encode_bytes),
            ("static byte[] UrlDecodeToBytes(byte[] encodedValue, int offset, int count)",
             encodings.url_decode_bytes),
        ),
    ),
)  # fmt: skip
