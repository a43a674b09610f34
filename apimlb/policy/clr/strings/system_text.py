"""Encoding, StringBuilder, StringReader and StringWriter."""

from collections.abc import Callable

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.numbers.arithmetic import chars_of
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.strings import builders, encodings, streams
from apimlb.policy.clr.strings.builders import StringBuilder, chars_text
from apimlb.policy.clr.strings.encodings import ENCODINGS, PAGES, UNICODE, Encoding
from apimlb.policy.clr.strings.streams import StringReader, StringWriter
from apimlb.policy.clr.types.definitions import Definition, Row

_NO_ARRAY = "Array cannot be null."
_MORE = (
    "For information on defining a custom encoding, see the documentation for the Encoding.RegisterProvider "
    "method."
)


def get_encoding(name: str) -> Encoding:
    found = ENCODINGS.get(name.lower())
    if found is None:
        raise exceptions.argument(f"'{name}' is not a supported encoding name. {_MORE}", "name")
    return found


def get_encoding_of_page(page: int) -> Encoding:
    """Encoding.GetEncoding(codepage)"""
    if not 0 <= page <= 0xFFFF:
        raise exceptions.argument_range("Valid values are between 0 and 65535, inclusive.", "codepage")
    if page in (1, 2, 3, 42):
        raise exceptions.argument(f"{page} is not a supported code page.", "codepage")
    if page not in PAGES:
        raise exceptions.not_supported(f"No data is available for encoding {page}. {_MORE}")
    return PAGES[page]


def _array(value: ClrArray | bytearray | None, name: str) -> ClrArray | bytearray:
    if value is None:
        raise exceptions.argument_null(name, _NO_ARRAY)
    return value


def _content(value: bytearray | None) -> bytearray:
    if value is None:
        raise exceptions.argument_null("bytes", _NO_ARRAY)
    return value


def _part(size: int, index: int, count: int, names: tuple[str, str], where: str, blamed: str) -> slice:
    """A checked part of an array or text of that size."""
    for number, name in zip((index, count), names, strict=True):
        exceptions.not_negative(number, name)
    if index > size - count:
        raise exceptions.argument_range(
            f"Index and count must refer to a location within the {where}.", blamed
        )
    return slice(index, index + count)


def _text(value: str | None) -> str:
    if value is None:
        raise exceptions.argument_null("s", "String reference not set to an instance of a String.")
    return value


def _chars(value: ClrArray | None) -> str:
    found = _array(value, "chars")
    assert isinstance(found, ClrArray)
    return "".join(map(str, found.items))


def _char_array(text: str) -> ClrArray:
    return ClrArray(chars_of(text), "System.Char")


_PLAIN = ("index", "count")


def get_bytes_of_part(encoding: Encoding, text: str | None, index: int, count: int) -> bytearray:
    text = _text(text)
    return bytearray(encoding.encode(text[_part(len(text), index, count, _PLAIN, "string", "index")]))


def get_bytes_of_chars(encoding: Encoding, chars: ClrArray | None, index: int, count: int) -> bytearray:
    text = _chars(chars)
    return bytearray(encoding.encode(text[_part(len(text), index, count, _PLAIN, "buffer", "chars")]))


def _put_bytes(encoding: Encoding, text: str, target: bytearray, place: int) -> int:
    if not 0 <= place <= len(target):
        raise exceptions.index_range("byteIndex")
    made = encoding.encode(text)
    if len(made) > len(target) - place:
        raise exceptions.argument(
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
        raise exceptions.argument_null("s", _NO_ARRAY)
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
    text = exceptions.required(text, "chars" if encoding.codec in ("ascii", "utf-8") else "s")
    return len(encoding.encode(text))


def get_string(encoding: Encoding, content: bytearray | None) -> str:
    return encoding.decode(_content(content))


def get_string_part(encoding: Encoding, content: bytearray | None, index: int, count: int) -> str:
    content = _content(content)
    return encoding.decode(content[_part(len(content), index, count, _PLAIN, "buffer", "bytes")])


def put_chars(
    encoding: Encoding, content: bytearray | None, index: int, count: int, target: ClrArray | None, place: int
) -> int:
    """GetChars(bytes, byteIndex, byteCount, chars, charIndex)"""
    content = _content(content)
    taken = _array(target, "chars")
    assert isinstance(taken, ClrArray)
    part = _part(len(content), index, count, ("byteIndex", "byteCount"), "buffer", "bytes")
    if not 0 <= place <= len(taken.items):
        raise exceptions.index_range("charIndex")
    text = encoding.decode(content[part])
    if len(text) > len(taken.items) - place:
        raise exceptions.argument(
            f"The output char buffer is too small to contain the decoded characters, encoding "
            f"'{encoding.facts.shown}' fallback 'System.Text.DecoderReplacementFallback'.",
            "chars",
        )
    taken.items[place : place + len(text)] = chars_of(text)
    return len(text)


def converted(source: Encoding | None, target: Encoding | None, content: bytearray | None) -> bytearray:
    """Encoding.Convert(srcEncoding, dstEncoding, bytes)"""
    content = exceptions.required(content, "bytes")
    return converted_part(source, target, content, 0, len(content))


def converted_part(
    source: Encoding | None, target: Encoding | None, content: bytearray | None, index: int, count: int
) -> bytearray:
    if source is None or target is None:
        raise exceptions.argument_null("srcEncoding" if source is None else "dstEncoding", _NO_ARRAY)
    return bytearray(target.encode(get_string_part(source, content, index, count)))


def _most(count: Callable[[int], int], given: int, what: str, made: str, name: str) -> int:
    exceptions.not_negative(given, name)
    found = count(given)
    if found > 0x7FFFFFFF:
        raise exceptions.argument_range(
            f"Too many {what}. The resulting number of {made} is larger than what can be returned as an int.",
            name,
        )
    return found


T = "System.Text."

_PROPERTIES: tuple[Row, ...] = (
    ("string BodyName", "{0}.facts.web"),
    ("string HeaderName", "{0}.facts.web"),
    ("string WebName", "{0}.facts.web"),
    ("string EncodingName", "{0}.facts.shown"),
    ("int CodePage", "{0}.facts.page"),
    ("int WindowsCodePage", "{0}.facts.family"),
    ("bool IsBrowserDisplay", "{0}.facts.uses[0]"),
    ("bool IsBrowserSave", "{0}.facts.uses[1]"),
    ("bool IsMailNewsDisplay", "{0}.facts.uses[2]"),
    ("bool IsMailNewsSave", "{0}.facts.uses[3]"),
    ("bool IsSingleByte", "{0}.facts.single"),
    ("bool IsReadOnly", "{0}.fixed"),
)

_ENCODING = Definition(
    T + "Encoding", "class", test=lambda value: isinstance(value, encodings.Encoding),
    rows=(
        ("static Encoding UTF8", lambda: encodings.UTF8),
        ("static Encoding ASCII", lambda: encodings.ASCII),
        ("static Encoding Unicode", lambda: encodings.UNICODE),
        ("static Encoding BigEndianUnicode", lambda: encodings.BIG_ENDIAN),
        ("static Encoding UTF32", lambda: encodings.UTF32),
        ("static Encoding UTF7", lambda: encodings.UTF7),
        ("static Encoding Default", lambda: encodings.UTF8),
        ("static Encoding GetEncoding(string! name)", get_encoding),
        ("static Encoding GetEncoding(int codepage)", get_encoding_of_page),
        ("static byte[] Convert(Encoding srcEncoding, Encoding dstEncoding, byte[] bytes)", converted),
        ("static byte[] Convert(Encoding srcEncoding, Encoding dstEncoding, byte[] bytes, int index, "
         "int count)",
         converted_part),
        ("byte[] GetBytes(string s)", lambda encoding, text: bytearray(encoding.encode(_text(text)))),
        ("byte[] GetBytes(string s, int index, int count)", get_bytes_of_part),
        ("byte[] GetBytes(char[] chars)",
         lambda encoding, chars: bytearray(encoding.encode(_chars(chars)))),
        ("byte[] GetBytes(char[] chars, int index, int count)", get_bytes_of_chars),
        ("int GetBytes(string s, int charIndex, int charCount, byte[] bytes, int byteIndex)",
         put_bytes),
        ("int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex)",
         put_bytes_of_chars),
        ("int GetByteCount(string s)", byte_count),
        ("int GetByteCount(string s, int index, int count)",
         lambda encoding, text, index, count: len(get_bytes_of_part(encoding, text, index, count))),
        ("int GetByteCount(char[] chars)", lambda encoding, chars: len(encoding.encode(_chars(chars)))),
        ("int GetByteCount(char[] chars, int index, int count)",
         lambda encoding, chars, index, count: len(get_bytes_of_chars(encoding, chars, index, count))),
        ("string GetString(byte[] bytes)", get_string),
        ("string GetString(byte[] bytes, int index, int count)", get_string_part),
        ("int GetCharCount(byte[] bytes)", lambda encoding, content: len(get_string(encoding, content))),
        ("int GetCharCount(byte[] bytes, int index, int count)",
         lambda encoding, content, index, count: len(get_string_part(encoding, content, index, count))),
        ("char[] GetChars(byte[] bytes)",
         lambda encoding, content: _char_array(get_string(encoding, content))),
        ("char[] GetChars(byte[] bytes, int index, int count)",
         lambda encoding, content, index, count:
             _char_array(get_string_part(encoding, content, index, count))),
        ("int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)",
         put_chars),
        ("byte[] GetPreamble()", lambda encoding: bytearray(encoding.preamble)),
        ("object Clone()", Encoding.clone),
        ("bool IsAlwaysNormalized()", lambda encoding: encoding.codec == "latin-1"),
        ("int GetMaxByteCount(int charCount)",
         lambda encoding, chars:
             _most(encoding.facts.most_bytes, chars, "characters", "bytes", "charCount")),
        ("int GetMaxCharCount(int byteCount)",
         lambda encoding, size: _most(encoding.facts.most_chars, size, "bytes", "chars", "byteCount")),
        *_PROPERTIES,
    ),
)  # fmt: skip

_BUILDER = Definition(
    T + "StringBuilder", "class",
    rows=(
        ("new([string value])", lambda text=None: StringBuilder(text)),
        ("new(int capacity)", lambda capacity: builders.new_filled_builder(None, capacity)),
        ("new(int capacity, int maxCapacity)", builders.new_limited_builder),
        ("new(string value, int capacity)", builders.new_filled_builder),
        ("new(string value, int startIndex, int length, int capacity)", builders.new_builder_of_part),
        ("StringBuilder Append(string|char|object value)", builders.append),
        ("StringBuilder Append(char[] value)", lambda target, chars: target.append(chars_text(chars))),
        ("StringBuilder Append(char value, int repeatCount)", builders.append_repeated),
        ("StringBuilder Append(char[] value, int startIndex, int charCount)", builders.append_some_chars),
        ("StringBuilder Append(string|StringBuilder value, int startIndex, int count)", builders.append_part),
        ("StringBuilder AppendLine([string value])",
         lambda target, value=None: target.append((value or "") + "\n")),
        ("StringBuilder AppendFormat(string format, params object[] args)", builders.append_format),
        ("StringBuilder AppendJoin(string|char separator, params string[]|object[]! values)",
         builders.append_join),
        ("StringBuilder AppendJoin<T>(string|char separator, IEnumerable<T>! values)", builders.append_join),
        ("StringBuilder Insert(int index, string value)", builders.builder_insert),
        ("StringBuilder Insert(int index, object value)",
         lambda target, index, value:
             target if value is None else builders.builder_insert(target, index, value)),
        ("StringBuilder Insert(int index, char[] value)",
         lambda target, index, chars: builders.builder_insert(target, index, builders.chars_text(chars))),
        ("StringBuilder Insert(int index, string value, int count)", builders.insert_repeated),
        ("StringBuilder Insert(int index, char[] value, int startIndex, int charCount)",
         builders.insert_some_chars),
        ("StringBuilder Remove(int startIndex, int length)", builders.builder_remove),
        ("StringBuilder Replace(string oldValue, string newValue[, int startIndex, int count])",
         builders.builder_replace),
        ("StringBuilder Replace(char oldChar, char newChar[, int startIndex, int count])",
         builders.builder_replace),
        ("StringBuilder Clear()", lambda target: target.replace_all("")),
        ("int EnsureCapacity(int capacity)", builders.ensure_capacity),
        ("int Capacity", "{0}.capacity", builders.builder_reserve),
        ("int MaxCapacity", "{0}.largest"),
        ("void CopyTo(int sourceIndex, char[]! destination, int destinationIndex, int count)",
         builders.builder_copy),
        ("bool Equals(StringBuilder sb)",
         lambda target, other: other is not None and str(target) == str(other)),
        ("int Length", len, builders.builder_cut),
        ("char this[int index]", builders.builder_char, builders.builder_put),
        ("string ToString()", str),
        ("string ToString(int startIndex, int length)", builders.builder_part),
    ),
)  # fmt: skip

DEFINITIONS = (
    _ENCODING,
    _BUILDER,
    Definition(
        "System.IO.StringReader", "class", bases=("System.IDisposable",),
        rows=(
            ("new(string s)", streams.StringReader),
            ("string ReadLine()", streams.read_line),
            ("string ReadToEnd()", lambda reader: reader.take(len(reader.text))),
            ("int Peek()", streams.peek),
            ("int Read()", streams.read),
            ("int Read(char[] buffer, int index, int count)", streams.read_chars),
            ("void Close()", StringReader.close),
            ("void Dispose()", StringReader.close),
        ),
    ),
    Definition(
        "System.IO.StringWriter", "class", bases=("System.IDisposable",),
        rows=(
            ("new()", lambda: StringWriter(StringBuilder())),
            ("new(StringBuilder sb)", streams.new_writer_on),
            ("void Write(string|object value)", lambda writer, value: writer.write(text_of(value))),
            ("void Write(char[] buffer)", streams.write_chars),
            ("void Write(char[] buffer, int index, int count)", streams.write_some_chars),
            ("void WriteLine([string value])", streams.write_line),
            ("void WriteLine(object value)", streams.write_line),
            ("void WriteLine(char[] buffer)", streams.write_chars_line),
            ("StringBuilder GetStringBuilder()", lambda writer: writer.builder),
            ("Encoding Encoding", lambda writer: UNICODE),
            ("void Close()", StringWriter.close),
            ("void Dispose()", StringWriter.close),
            ("string ToString()", lambda writer: str(writer.builder)),
        ),
    ),
)  # fmt: skip
