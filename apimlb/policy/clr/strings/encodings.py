"""Base64, character encodings and the escapes of WebUtility."""

import html
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from html.entities import name2codepoint
from urllib.parse import quote, unquote_to_bytes

from apimlb.policy.clr.budget import BUDGET, bounded_text
from apimlb.policy.clr.exceptions import bad_format, out_of_range, required
from apimlb.policy.clr.utf16 import decode, encode, enter, leave, whole

_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}\Z")


def from_base64(text: str | None) -> bytearray:
    """Convert.FromBase64String; throws System.FormatException."""
    plain = re.sub(r"[ \t\r\n]", "", required(text, "s"))
    if len(plain) % 4 or not _BASE64.match(plain):
        raise bad_format(
            "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two "
            "padding characters, or an illegal character among the padding characters."
        )
    return bytearray(b64decode(plain))


def to_base64(content: bytearray | None) -> str:
    return b64encode(required(content, "inArray")).decode("ascii")


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """System.Text.Encoding. `name` is the name of its class, `web` and `shown` are those of the encoding;
    `page` is its code page and `family` the WindowsCodePage; `uses` whether browsers show and save it and
    mail programs show and save it; `most_bytes(characters)` and `most_chars(bytes)` what GetMaxByteCount and
    GetMaxCharCount answer."""

    name: str
    codec: str
    web: str
    shown: str
    page: int
    uses: tuple[bool, bool, bool, bool]
    most_bytes: Callable[[int], int]
    most_chars: Callable[[int], int]
    preamble: bytes = b""
    family: int = 1200
    single: bool = False
    fixed: bool = True

    @property
    def clr_name(self) -> str:
        return f"System.Text.{self.name}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Encoding) and self.codec == other.codec

    def __hash__(self) -> int:
        return hash(self.codec)

    def encode(self, text: str) -> bytes:
        if not text.isascii():
            BUDGET.spend(len(text) >> 3)
        if self.codec.startswith("utf"):
            return whole(text).encode(self.codec)
        return text.encode(self.codec, "replace")

    def decode(self, content: bytes | bytearray) -> str:
        if not content.isascii():
            BUDGET.spend(len(content) >> 3)
        if self.codec == "ascii":
            return bounded_text(content.decode("ascii", "replace").replace("\ufffd", "?"))
        return bounded_text(enter(content.decode(self.codec, "replace")))


_NONE = (False, False, False, False)
_MAIL = (False, False, True, True)
_ALL = (True, True, True, True)

UTF8 = Encoding(
    "UTF8Encoding+UTF8EncodingSealed", "utf-8", "utf-8", "Unicode (UTF-8)", 65001, _ALL,
    lambda chars: (chars + 1) * 3, lambda size: size + 1, b"\xef\xbb\xbf",
)  # fmt: skip
ASCII = Encoding(
    "ASCIIEncoding+ASCIIEncodingSealed", "ascii", "us-ascii", "US-ASCII", 20127, _MAIL,
    lambda chars: chars + 1, lambda size: size, family=1252, single=True,
)  # fmt: skip
UNICODE = Encoding(
    "UnicodeEncoding", "utf-16-le", "utf-16", "Unicode", 1200, (False, True, False, False),
    lambda chars: (chars + 1) * 2, lambda size: (size + 1) // 2 + 1, b"\xff\xfe",
)  # fmt: skip
BIG_ENDIAN = replace(
    UNICODE, codec="utf-16-be", web="utf-16BE", shown="Unicode (Big-Endian)", page=1201, uses=_NONE,
    preamble=b"\xfe\xff",
)  # fmt: skip
UTF32 = Encoding(
    "UTF32Encoding", "utf-32-le", "utf-32", "Unicode (UTF-32)", 12000, _NONE,
    lambda chars: (chars + 1) * 4, lambda size: size // 2 + 2, b"\xff\xfe\0\0",
)  # fmt: skip
UTF32_BIG_ENDIAN = replace(
    UTF32, codec="utf-32-be", web="utf-32BE", shown="Unicode (UTF-32 Big-Endian)", page=12001,
    preamble=b"\0\0\xfe\xff",
)  # fmt: skip
UTF7 = Encoding(
    "UTF7Encoding", "utf-7", "utf-7", "Unicode (UTF-7)", 65000, _MAIL,
    lambda chars: chars * 3 + 2, lambda size: size or 1,
)  # fmt: skip
LATIN1 = Encoding(
    "Latin1Encoding", "latin-1", "iso-8859-1", "Western European (ISO)", 28591, _ALL,
    lambda chars: chars + 1, lambda size: size, family=1252, single=True,
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
PAGES = {0: UTF8} | {encoding.page: encoding for encoding in _NAMES}


def url_encode(text: str) -> str:
    """WebUtility.UrlEncode: form encoding, a blank is a plus."""
    return _form_quoted(encode(text))


def _form_quoted(content: bytes) -> str:
    return quote(content, safe="-_.!*() ").replace("~", "%7E").replace(" ", "+")


def url_decode(text: str) -> str:
    """WebUtility.UrlDecode: a broken escape stays as it is."""
    plain = text.replace("+", " ")
    BUDGET.spend(text.count("%") >> 1)
    return re.sub(
        r"(?:%[0-9A-Fa-f]{2})+", lambda match: decode(bytes.fromhex(match[0].replace("%", ""))), plain
    )


_BEYOND = re.compile("[\xa0-\xff\U00010000-\U0010ffff]")


def html_encode(text: str) -> str:
    """WebUtility.HtmlEncode: markup, Latin-1 letters and characters beyond U+FFFF become entities."""
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


def html_decode(text: str) -> str:
    """An ampersand after the last semicolon begins no reference; each would be looked for to the end."""
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


def _form_bytes(
    rewritten: Callable[[bytes], bytes], content: bytearray | None, offset: int, count: int
) -> bytearray | None:
    if content is None and count == 0:
        return None
    return bytearray(rewritten(bytes(bytes_part(required(content, "bytes"), offset, count))))


url_encode_bytes = partial(_form_bytes, lambda content: _form_quoted(content).encode("ascii"))
url_decode_bytes = partial(_form_bytes, lambda content: unquote_to_bytes(content.replace(b"+", b" ")))
"""WebUtility.UrlEncodeToBytes and UrlDecodeToBytes"""
