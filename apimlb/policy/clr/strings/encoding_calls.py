"""What the members of Encoding do."""

from collections.abc import Callable

from apimlb.policy.clr.collections.values import ClrArray
from apimlb.policy.clr.exceptions import argument, argument_null, argument_range, index_range, not_supported
from apimlb.policy.clr.numbers.arithmetic import Char
from apimlb.policy.clr.strings.encodings import ENCODINGS, PAGES, Encoding

_NO_ARRAY = "Array cannot be null."
_MORE = (
    "For information on defining a custom encoding, see the documentation for the Encoding.RegisterProvider "
    "method."
)


def get_encoding(name: str | None) -> Encoding:
    if name is None:
        raise argument_null("name")
    found = ENCODINGS.get(name.lower())
    if found is None:
        raise argument(f"'{name}' is not a supported encoding name. {_MORE}", "name")
    return found


def get_encoding_of_page(page: int) -> Encoding:
    """Encoding.GetEncoding(codepage)"""
    if not 0 <= page <= 0xFFFF:
        raise argument_range("Valid values are between 0 and 65535, inclusive.", "codepage")
    if page in (1, 2, 3, 42):
        raise argument(f"{page} is not a supported code page.", "codepage")
    if page not in PAGES:
        raise not_supported(f"No data is available for encoding {page}. {_MORE}")
    return PAGES[page]


def _array(value: ClrArray | bytearray | None, name: str) -> ClrArray | bytearray:
    if value is None:
        raise argument_null(name, _NO_ARRAY)
    return value


def _content(value: bytearray | None) -> bytearray:
    if value is None:
        raise argument_null("bytes", _NO_ARRAY)
    return value


def _part(size: int, index: int, count: int, names: tuple[str, str], where: str, blamed: str) -> slice:
    """A checked part of an array or text of that size."""
    for number, name in zip((index, count), names, strict=True):
        if number < 0:
            raise argument_range("Non-negative number required.", name)
    if index > size - count:
        raise argument_range(f"Index and count must refer to a location within the {where}.", blamed)
    return slice(index, index + count)


def _text(value: str | None) -> str:
    if value is None:
        raise argument_null("s", "String reference not set to an instance of a String.")
    return value


def _chars(value: ClrArray | None) -> str:
    found = _array(value, "chars")
    assert isinstance(found, ClrArray)
    return "".join(map(str, found.items))


def _char_array(text: str) -> ClrArray:
    return ClrArray(list(map(Char, text)), "System.Char")


_PLAIN = ("index", "count")


def get_bytes(encoding: Encoding, text: str | None) -> bytearray:
    return bytearray(encoding.encode(_text(text)))


def get_bytes_of_part(encoding: Encoding, text: str | None, index: int, count: int) -> bytearray:
    text = _text(text)
    return bytearray(encoding.encode(text[_part(len(text), index, count, _PLAIN, "string", "index")]))


def get_char_bytes(encoding: Encoding, chars: ClrArray | None) -> bytearray:
    return bytearray(encoding.encode(_chars(chars)))


def get_bytes_of_chars(encoding: Encoding, chars: ClrArray | None, index: int, count: int) -> bytearray:
    text = _chars(chars)
    return bytearray(encoding.encode(text[_part(len(text), index, count, _PLAIN, "buffer", "chars")]))


def _put_bytes(encoding: Encoding, text: str, target: bytearray, place: int) -> int:
    if not 0 <= place <= len(target):
        raise index_range("byteIndex")
    made = encoding.encode(text)
    if len(made) > len(target) - place:
        raise argument(
            f"The output byte buffer is too small to contain the encoded data, encoding "
            f"'{encoding.facts.shown}' fallback 'System.Text.EncoderReplacementFallback'.",
            "bytes",
        )
    target[place : place + len(made)] = made
    return len(made)


def put_bytes(
    encoding: Encoding, text: str | None, index: int, count: int, target: bytearray | None, place: int
) -> int:
    """GetBytes(s, charIndex, charCount, bytes, byteIndex)"""
    if text is None:
        raise argument_null("s", _NO_ARRAY)
    target = _content(target)
    blamed = "chars" if encoding.codec == "ascii" else "s"
    part = _part(len(text), index, count, ("charIndex", "charCount"), "string", blamed)
    return _put_bytes(encoding, text[part], target, place)


def put_bytes_of_chars(
    encoding: Encoding, chars: ClrArray | None, index: int, count: int, target: bytearray | None, place: int
) -> int:
    """GetBytes(chars, charIndex, charCount, bytes, byteIndex)"""
    text, target = _chars(chars), _content(target)
    part = _part(len(text), index, count, ("charIndex", "charCount"), "string", "chars")
    return _put_bytes(encoding, text[part], target, place)


def byte_count(encoding: Encoding, text: str | None) -> int:
    if text is None:
        raise argument_null("chars" if encoding.codec in ("ascii", "utf-8") else "s")
    return len(encoding.encode(text))


def byte_count_of_part(encoding: Encoding, text: str | None, index: int, count: int) -> int:
    return len(get_bytes_of_part(encoding, text, index, count))


def byte_count_of_chars(encoding: Encoding, chars: ClrArray | None) -> int:
    return len(encoding.encode(_chars(chars)))


def byte_count_of_some(encoding: Encoding, chars: ClrArray | None, index: int, count: int) -> int:
    return len(get_bytes_of_chars(encoding, chars, index, count))


def get_string(encoding: Encoding, content: bytearray | None) -> str:
    return encoding.decode(_content(content))


def get_string_part(encoding: Encoding, content: bytearray | None, index: int, count: int) -> str:
    content = _content(content)
    return encoding.decode(content[_part(len(content), index, count, _PLAIN, "buffer", "bytes")])


def char_count(encoding: Encoding, content: bytearray | None) -> int:
    return len(get_string(encoding, content))


def char_count_of_part(encoding: Encoding, content: bytearray | None, index: int, count: int) -> int:
    return len(get_string_part(encoding, content, index, count))


def get_chars(encoding: Encoding, content: bytearray | None) -> ClrArray:
    return _char_array(get_string(encoding, content))


def get_chars_of_part(encoding: Encoding, content: bytearray | None, index: int, count: int) -> ClrArray:
    return _char_array(get_string_part(encoding, content, index, count))


def put_chars(
    encoding: Encoding, content: bytearray | None, index: int, count: int, target: ClrArray | None, place: int
) -> int:
    """GetChars(bytes, byteIndex, byteCount, chars, charIndex)"""
    content = _content(content)
    taken = _array(target, "chars")
    assert isinstance(taken, ClrArray)
    part = _part(len(content), index, count, ("byteIndex", "byteCount"), "buffer", "bytes")
    if not 0 <= place <= len(taken.items):
        raise index_range("charIndex")
    text = encoding.decode(content[part])
    if len(text) > len(taken.items) - place:
        raise argument(
            f"The output char buffer is too small to contain the decoded characters, encoding "
            f"'{encoding.facts.shown}' fallback 'System.Text.DecoderReplacementFallback'.",
            "chars",
        )
    taken.items[place : place + len(text)] = map(Char, text)
    return len(text)


def converted(source: Encoding | None, target: Encoding | None, content: bytearray | None) -> bytearray:
    """Encoding.Convert(srcEncoding, dstEncoding, bytes)"""
    if content is None:
        raise argument_null("bytes")
    return converted_part(source, target, content, 0, len(content))


def converted_part(
    source: Encoding | None, target: Encoding | None, content: bytearray | None, index: int, count: int
) -> bytearray:
    if source is None or target is None:
        raise argument_null("srcEncoding" if source is None else "dstEncoding", _NO_ARRAY)
    return bytearray(target.encode(get_string_part(source, content, index, count)))


def preamble(encoding: Encoding) -> bytearray:
    return bytearray(encoding.preamble)


def clone(encoding: Encoding) -> Encoding:
    return encoding.clone()


def is_always_normalized(encoding: Encoding) -> bool:
    """Of its characters, only those of Latin-1 are never made of several."""
    return encoding.codec == "latin-1"


def most_bytes(encoding: Encoding, chars: int) -> int:
    """GetMaxByteCount"""
    return _most(encoding.facts.most_bytes, chars, "characters", "bytes", "charCount")


def most_chars(encoding: Encoding, size: int) -> int:
    """GetMaxCharCount"""
    return _most(encoding.facts.most_chars, size, "bytes", "chars", "byteCount")


def _most(count: Callable[[int], int], given: int, what: str, made: str, name: str) -> int:
    if given < 0:
        raise argument_range("Non-negative number required.", name)
    found = count(given)
    if found > 0x7FFFFFFF:
        raise argument_range(
            f"Too many {what}. The resulting number of {made} is larger than what can be returned as an int.",
            name,
        )
    return found
