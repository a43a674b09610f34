"""Base64, character encodings and the escapes of WebUtility."""

import binascii
import html
import re
from base64 import b64encode
from urllib.parse import quote

from apimlb.policy.values.budget import bounded_text
from apimlb.policy.values.exceptions import argument_null, bad_format
from apimlb.policy.values.utf16 import decode, encode, enter, leave

_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}\Z")
BAD_BASE64 = (
    "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding "
    "characters, or an illegal character among the padding characters."
)


def from_base64(text: str | None) -> bytearray:
    """Convert.FromBase64String; throws System.FormatException."""
    if text is None:
        raise argument_null("s")
    plain = re.sub(r"[ \t\r\n]", "", text)
    if len(plain) % 4 or not _BASE64.match(plain):
        raise bad_format(BAD_BASE64)
    try:
        return bytearray(binascii.a2b_base64(plain))
    except binascii.Error:
        raise bad_format(BAD_BASE64) from None


def to_base64(content: bytearray | None) -> str:
    if content is None:
        raise argument_null("inArray")
    return b64encode(content).decode("ascii")


class Encoding:
    """System.Text.Encoding"""

    def __init__(self, name: str, codec: str, preamble: bytes = b"") -> None:
        self.name = name
        self.codec = codec
        self.preamble = preamble
        self.clr_name = f"System.Text.{name}Encoding"

    def get_bytes(self, text: str | None) -> bytearray:
        if text is None:
            raise argument_null("chars")
        if self.codec == "utf-8":
            return bytearray(encode(text))
        errors = "surrogatepass" if self.codec.startswith("utf") else "replace"
        plain = text if errors == "replace" else leave(text)
        return bytearray(plain.encode(self.codec, errors))

    def get_string(self, content: bytearray | None) -> str:
        if content is None:
            raise argument_null("bytes")
        if self.codec == "utf-8":
            return bounded_text(decode(content))
        if self.codec == "ascii":
            return bounded_text(content.decode("latin-1").translate(_NOT_ASCII))
        return bounded_text(enter(content.decode(self.codec, "replace")))


_NOT_ASCII = dict.fromkeys(range(128, 256), "?")

UTF8 = Encoding("UTF8", "utf-8", b"\xef\xbb\xbf")
ASCII = Encoding("ASCII", "ascii")
UNICODE = Encoding("Unicode", "utf-16-le", b"\xff\xfe")
BIG_ENDIAN = Encoding("Unicode", "utf-16-be", b"\xfe\xff")
UTF32 = Encoding("UTF32", "utf-32-le", b"\xff\xfe\x00\x00")
UTF7 = Encoding("UTF7", "utf-7")
LATIN1 = Encoding("Latin1", "latin-1")
ENCODINGS = {
    "utf-8": UTF8, "us-ascii": ASCII, "ascii": ASCII, "utf-16": UNICODE, "unicode": UNICODE,
    "utf-16be": BIG_ENDIAN,
    "utf-32": UTF32, "iso-8859-1": LATIN1, "latin1": LATIN1, "utf-7": UTF7,
}  # fmt: skip


def url_encode(text: str | None) -> str | None:
    """WebUtility.UrlEncode: form encoding, a blank is a plus."""
    return (
        None if text is None else quote(encode(text), safe="-_.!*() ").replace("~", "%7E").replace(" ", "+")
    )


def url_decode(text: str | None) -> str | None:
    """WebUtility.UrlDecode: a broken escape stays as it is."""
    if text is None:
        return None
    plain = text.replace("+", " ")
    return re.sub(
        r"(?:%[0-9A-Fa-f]{2})+", lambda match: decode(bytes.fromhex(match[0].replace("%", ""))), plain
    )


def html_encode(text: str | None) -> str | None:
    """WebUtility.HtmlEncode: markup, Latin-1 letters and characters beyond U+FFFF become entities."""
    if text is None:
        return None
    plain = html.escape(leave(text), quote=True).replace("&#x27;", "&#39;")
    return enter(re.sub("[\xa0-\xff\U00010000-\U0010ffff]", lambda match: f"&#{ord(match[0])};", plain))


def html_decode(text: str | None) -> str | None:
    return None if text is None else enter(html.unescape(leave(text)))
