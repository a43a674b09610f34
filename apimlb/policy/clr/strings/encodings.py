"""Base64, character encodings and the escapes of WebUtility."""

import binascii
import html
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from html.entities import name2codepoint
from urllib.parse import quote, unquote_to_bytes

from apimlb.policy.clr.budget import BUDGET, bounded_text
from apimlb.policy.clr.exceptions import argument_null, bad_format, out_of_range, required
from apimlb.policy.clr.utf16 import decode, encode, enter, leave, whole

_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}\Z")
BAD_BASE64 = (
    "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding "
    "characters, or an illegal character among the padding characters."
)


def from_base64(text: str | None) -> bytearray:
    """Convert.FromBase64String; throws System.FormatException."""
    text = required(text, "s")
    plain = re.sub(r"[ \t\r\n]", "", text)
    if len(plain) % 4 or not _BASE64.match(plain):
        raise bad_format(BAD_BASE64)
    try:
        return bytearray(binascii.a2b_base64(plain))
    except binascii.Error:
        raise bad_format(BAD_BASE64) from None


def to_base64(content: bytearray | None) -> str:
    content = required(content, "inArray")
    return b64encode(content).decode("ascii")


class Encoding:
    """System.Text.Encoding. `name` is the name of its class, `facts` are the values of its
    properties."""

    def __init__(
        self, name: str, codec: str, facts: "EncodingFacts", preamble: bytes = b"", fixed: bool = True
    ) -> None:
        self.name = name
        self.codec = codec
        self.facts = facts
        self.preamble = preamble
        self.fixed = fixed
        self.clr_name = f"System.Text.{name}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Encoding) and self.codec == other.codec

    def __hash__(self) -> int:
        return hash(self.codec)

    def clone(self) -> "Encoding":
        """A copy that could be changed."""
        return Encoding(self.name, self.codec, self.facts, self.preamble, fixed=False)

    def encode(self, text: str) -> bytes:
        if not text.isascii():
            BUDGET.spend(len(text) >> 3)
        if self.codec == "utf-8":
            return encode(text)
        if self.codec.startswith("utf"):
            return whole(text).encode(self.codec)
        return text.encode(self.codec, "replace")

    def decode(self, content: bytes | bytearray) -> str:
        if not content.isascii():
            BUDGET.spend(len(content) >> 3)
        if self.codec == "utf-8":
            return bounded_text(decode(content))
        if self.codec == "ascii":
            return bounded_text(content.decode("latin-1").translate(_NOT_ASCII))
        return bounded_text(enter(content.decode(self.codec, "replace")))


@dataclass(frozen=True, slots=True)
class EncodingFacts:
    """The values of an Encoding's properties. `page` is the code page, `family` WindowsCodePage; `uses`
    whether browsers show and save it and mail programs show and save it; `most_bytes(characters)` and
    `most_chars(bytes)` what GetMaxByteCount and GetMaxCharCount answer."""

    web: str
    shown: str
    page: int
    family: int
    uses: tuple[bool, bool, bool, bool]
    most_bytes: Callable[[int], int]
    most_chars: Callable[[int], int]
    single: bool = False


_NOT_ASCII = dict.fromkeys(range(128, 256), "?")
_NONE = (False, False, False, False)
_MAIL = (False, False, True, True)
_ALL = (True, True, True, True)


def _same(size: int) -> int:
    return size


def _pairs(size: int) -> int:
    return (size + 1) // 2 + 1


def _one_more(times: int) -> Callable[[int], int]:
    return lambda size: (size + 1) * times


def _quads(size: int) -> int:
    return size // 2 + 2


UTF8 = Encoding(
    "UTF8Encoding+UTF8EncodingSealed", "utf-8",
    EncodingFacts("utf-8", "Unicode (UTF-8)", 65001, 1200, _ALL, _one_more(3), _one_more(1)), b"\xef\xbb\xbf",
)  # fmt: skip
ASCII = Encoding(
    "ASCIIEncoding+ASCIIEncodingSealed", "ascii",
    EncodingFacts("us-ascii", "US-ASCII", 20127, 1252, _MAIL, _one_more(1), _same, single=True),
)  # fmt: skip
UNICODE = Encoding(
    "UnicodeEncoding", "utf-16-le",
    EncodingFacts("utf-16", "Unicode", 1200, 1200, (False, True, False, False), _one_more(2), _pairs),
    b"\xff\xfe",
)  # fmt: skip
BIG_ENDIAN = Encoding(
    "UnicodeEncoding", "utf-16-be",
    EncodingFacts("utf-16BE", "Unicode (Big-Endian)", 1201, 1200, _NONE, _one_more(2), _pairs), b"\xfe\xff",
)  # fmt: skip
UTF32 = Encoding(
    "UTF32Encoding", "utf-32-le",
    EncodingFacts("utf-32", "Unicode (UTF-32)", 12000, 1200, _NONE, _one_more(4), _quads), b"\xff\xfe\0\0",
)  # fmt: skip
UTF32_BIG_ENDIAN = Encoding(
    "UTF32Encoding", "utf-32-be",
    EncodingFacts("utf-32BE", "Unicode (UTF-32 Big-Endian)", 12001, 1200, _NONE, _one_more(4), _quads),
    b"\0\0\xfe\xff",
)  # fmt: skip
UTF7 = Encoding(
    "UTF7Encoding", "utf-7",
    EncodingFacts(
        "utf-7", "Unicode (UTF-7)", 65000, 1200, _MAIL, lambda size: size * 3 + 2, lambda size: size or 1),
)  # fmt: skip
LATIN1 = Encoding(
    "Latin1Encoding", "latin-1",
    EncodingFacts(
        "iso-8859-1", "Western European (ISO)", 28591, 1252, _ALL, _one_more(1), _same, single=True),
)  # fmt: skip
_NAMES = {
    UTF8: "utf-8 unicode-1-1-utf-8 unicode-2-0-utf-8 x-unicode-1-1-utf-8 x-unicode-2-0-utf-8",
    ASCII: "us-ascii ascii ansi_x3.4-1968 ansi_x3.4-1986 cp367 csascii ibm367 iso-ir-6 iso646-us "
           "iso_646.irv:1991 us",
    UNICODE: "utf-16 utf-16le unicode ucs-2 iso-10646-ucs-2",
    BIG_ENDIAN: "utf-16be unicodefffe",
    UTF32: "utf-32 utf-32le ucs-4",
    UTF32_BIG_ENDIAN: "utf-32be",
    UTF7: "utf-7 csunicode11utf7 unicode-1-1-utf-7 unicode-2-0-utf-7 x-unicode-1-1-utf-7 x-unicode-2-0-utf-7",
    LATIN1: "iso-8859-1 latin1 l1 cp819 csisolatin1 ibm819 iso-ir-100 iso8859-1 iso_8859-1 iso_8859-1:1987",
}  # fmt: skip
ENCODINGS = {name: encoding for encoding, names in _NAMES.items() for name in names.split()}
PAGES = {0: UTF8} | {encoding.facts.page: encoding for encoding in _NAMES}


def url_encode(text: str | None) -> str | None:
    """WebUtility.UrlEncode: form encoding, a blank is a plus."""
    return None if text is None else _form_quoted(encode(text))


def _form_quoted(content: bytes) -> str:
    return quote(content, safe="-_.!*() ").replace("~", "%7E").replace(" ", "+")


def url_decode(text: str | None) -> str | None:
    """WebUtility.UrlDecode: a broken escape stays as it is."""
    if text is None:
        return None
    plain = text.replace("+", " ")
    BUDGET.spend(text.count("%") >> 1)
    return re.sub(
        r"(?:%[0-9A-Fa-f]{2})+", lambda match: decode(bytes.fromhex(match[0].replace("%", ""))), plain
    )


_BEYOND = re.compile("[\xa0-\xff\U00010000-\U0010ffff]")


def html_encode(text: str | None) -> str | None:
    """WebUtility.HtmlEncode: markup, Latin-1 letters and characters beyond U+FFFF become entities."""
    if text is None:
        return None
    plain = html.escape(leave(text), quote=True).replace("&#x27;", "&#39;")
    BUDGET.spend(len(_BEYOND.findall(plain)))
    return enter(_BEYOND.sub(lambda match: f"&#{ord(match[0])};", plain))


_ENTITY = re.compile(
    r"&#(?:[xX]([0-9a-fA-F]{1,8})|[\t-\r ]*(?:\+?(\d{1,10})|-0+)[\t-\r ]*);|&(?!#[^;])([^;]*);", re.ASCII
)


def _entity(match: re.Match[str]) -> str:
    """The character of a reference of HTML 4; any other reference stays as it is, up to its semicolon."""
    if match[3] is not None:
        number = 0x27 if match[3] == "apos" else name2codepoint.get(match[3], -1)
    else:
        number = int(match[1], 16) if match[1] else int(match[2] or 0)
    if not 0 <= number <= 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        return match[0]
    return chr(number)


def html_decode(text: str | None) -> str | None:
    """An ampersand after the last semicolon begins no reference; each would be looked for to the end."""
    if text is None:
        return None
    BUDGET.spend(text.count("&"))
    end = text.rfind(";") + 1
    return enter(_ENTITY.sub(_entity, text[:end]) + text[end:])


def bytes_part(content: bytearray, offset: int, count: int) -> bytearray:
    """`count` bytes from `offset`; throws ArgumentOutOfRangeException where they are not there."""
    if not 0 <= offset <= len(content):
        raise out_of_range("offset")
    if not 0 <= count <= len(content) - offset:
        raise out_of_range("count")
    return content[offset : offset + count]


def url_encode_bytes(content: bytearray | None, offset: int, count: int) -> bytearray | None:
    """WebUtility.UrlEncodeToBytes"""
    if content is None:
        if count == 0:
            return None
        raise argument_null("bytes")
    return bytearray(_form_quoted(bytes(bytes_part(content, offset, count))).encode("ascii"))


def url_decode_bytes(content: bytearray | None, offset: int, count: int) -> bytearray | None:
    """WebUtility.UrlDecodeToBytes"""
    if content is None:
        if count == 0:
            return None
        raise argument_null("bytes")
    plain = bytes(bytes_part(content, offset, count)).replace(b"+", b" ")
    return bytearray(unquote_to_bytes(plain))
