"""Encoding, StringBuilder, StringReader and StringWriter."""

from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.exceptions import required
from apimlb.policy.clr.numbers.arithmetic import chars_of
from apimlb.policy.clr.objects.text import text_of
from apimlb.policy.clr.strings import builders, encodings, streams
from apimlb.policy.clr.strings.builders import StringBuilder
from apimlb.policy.clr.strings.encodings import ENCODINGS, PAGES, UNICODE, Encoding
from apimlb.policy.clr.strings.streams import StringReader, StringWriter
from apimlb.policy.clr.strings.texts import char_at, chars_text, join, repeated, substring
from apimlb.policy.clr.types.definitions import Definition

Sliced = TypeVar("Sliced", str, bytearray)
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


def _part(
    whole: Sliced, part: tuple[int, ...], where: str, blamed: str, names: tuple[str, str] = ("index", "count")
) -> Sliced:
    """The part of a text or of bytes with an index and a count, which have the `names`; without them, all."""
    if not part:
        return whole
    for number, name in zip(part, names, strict=True):
        exceptions.not_negative(number, name)
    index, count = part
    if index > len(whole) - count:
        raise exceptions.argument_range(
            f"Index and count must refer to a location within the {where}.", blamed
        )
    return whole[index : index + count]


def _text(value: str | None, *part: int) -> str:
    text = required(value, "s", "String reference not set to an instance of a String.")
    return _part(text, part, "string", "index")


def _chars(value: ClrArray | None, *part: int) -> str:
    return _part(chars_text(required(value, "chars", _NO_ARRAY)), part, "buffer", "chars")


def _bytes(value: bytearray | None, *part: int) -> bytearray:
    return _part(required(value, "bytes", _NO_ARRAY), part, "buffer", "bytes")


def _encoder(read: Callable[..., str], made: Callable[[bytes], object]) -> Callable[..., object]:
    """A member that encodes a text or characters, or a part of them."""
    return lambda encoding, *given: made(encoding.encode(read(*given)))


def _decoder(made: Callable[[str], object]) -> Callable[..., object]:
    return lambda encoding, *given: made(encoding.decode(_bytes(*given)))


_PUT = {
    "byte": "encoded data, encoding '{}' fallback 'System.Text.EncoderReplacementFallback'.",
    "char": "decoded characters, encoding '{}' fallback 'System.Text.DecoderReplacementFallback'.",
}


def _put(encoding: Encoding, made: Sequence[Any], target: MutableSequence[Any], place: int, kind: str) -> int:
    """Write what was encoded or decoded into an array of bytes or characters; returns its length."""
    exceptions.check_index(place, len(target) + 1, f"{kind}Index")
    if len(made) > len(target) - place:
        raise exceptions.argument(
            f"The output {kind} buffer is too small to contain the {_PUT[kind].format(encoding.shown)}",
            f"{kind}s",
        )
    target[place : place + len(made)] = made
    return len(made)


def put_bytes(
    encoding: Encoding, source: str | ClrArray | None, index: int, count: int, target: bytearray | None,
    place: int, *, name: str,
) -> int:  # fmt: skip
    """GetBytes(s, charIndex, charCount, bytes, byteIndex), and the one of the characters `chars`"""
    blamed = "chars" if encoding.codec == "ascii" else name
    text = source if isinstance(source, str) else chars_text(required(source, blamed, _NO_ARRAY))
    content = _bytes(target)
    where = "string" if name == "s" or encoding.codec in ("ascii", "utf-8") else "buffer"
    part = _part(text, (index, count), where, blamed, ("charIndex", "charCount"))
    return _put(encoding, encoding.encode(part), content, place, "byte")


def put_chars(
    encoding: Encoding, content: bytearray | None, index: int, count: int, target: ClrArray | None, place: int
) -> int:
    """GetChars(bytes, byteIndex, byteCount, chars, charIndex)"""
    content, taken = _bytes(content), required(target, "chars", _NO_ARRAY)
    part = _part(content, (index, count), "buffer", "bytes", ("byteIndex", "byteCount"))
    return _put(encoding, chars_of(encoding.decode(part)), taken.items, place, "char")


def byte_count(encoding: Encoding, text: str | None) -> int:
    text = required(text, "chars" if encoding.codec in ("ascii", "utf-8") else "s")
    return len(encoding.encode(text))


def converted(source: Encoding | None, target: Encoding | None, content: bytearray, *part: int) -> bytearray:
    """Encoding.Convert(srcEncoding, dstEncoding, bytes[, index, count])"""
    reader = required(source, "srcEncoding", _NO_ARRAY)
    writer = required(target, "dstEncoding", _NO_ARRAY)
    return bytearray(writer.encode(reader.decode(_bytes(content, *part))))


def _most(count: Callable[[int], int], given: int, what: str, made: str, name: str) -> int:
    exceptions.not_negative(given, name)
    found = count(given)
    if found > 0x7FFFFFFF:
        raise exceptions.argument_range(
            f"Too many {what}. The resulting number of {made} is larger than what can be returned as an int.",
            name,
        )
    return found


_ENCODING = Definition(
    "System.Text.Encoding", "class", test=lambda value: isinstance(value, encodings.Encoding),
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
        ("static byte[] Convert(Encoding srcEncoding, Encoding dstEncoding, byte[]! bytes)", converted),
        ("static byte[] Convert(Encoding srcEncoding, Encoding dstEncoding, byte[] bytes, int index, "
         "int count)",
         converted),
        ("byte[] GetBytes(string s[, int index, int count])", _encoder(_text, bytearray)),
        ("byte[] GetBytes(char[] chars[, int index, int count])", _encoder(_chars, bytearray)),
        ("int GetBytes(string s, int charIndex, int charCount, byte[] bytes, int byteIndex)",
         partial(put_bytes, name="s")),
        ("int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex)",
         partial(put_bytes, name="chars")),
        ("int GetByteCount(string s)", byte_count),
        ("int GetByteCount(string s, int index, int count)", _encoder(_text, len)),
        ("int GetByteCount(char[] chars[, int index, int count])", _encoder(_chars, len)),
        ("string GetString(byte[] bytes[, int index, int count])", _decoder(str)),
        ("int GetCharCount(byte[] bytes[, int index, int count])", _decoder(len)),
        ("char[] GetChars(byte[] bytes[, int index, int count])",
         _decoder(lambda text: ClrArray(chars_of(text), "System.Char"))),
        ("int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)",
         put_chars),
        ("byte[] GetPreamble()", lambda encoding: bytearray(encoding.preamble)),
        ("object Clone()", lambda encoding: replace(encoding, fixed=False)),
        ("bool IsAlwaysNormalized()", lambda encoding: encoding.codec == "latin-1"),
        ("int GetMaxByteCount(int charCount)",
         lambda encoding, chars:
             _most(encoding.most_bytes, chars, "characters", "bytes", "charCount")),
        ("int GetMaxCharCount(int byteCount)",
         lambda encoding, size: _most(encoding.most_chars, size, "bytes", "chars", "byteCount")),
        *((f"string {name}", "{0}.web") for name in ("BodyName", "HeaderName", "WebName")),
        ("string EncodingName", "{0}.shown"),
        ("int CodePage", "{0}.page"),
        ("int WindowsCodePage", "{0}.family"),
        ("bool IsBrowserDisplay", "{0}.uses[0]"),
        ("bool IsBrowserSave", "{0}.uses[1]"),
        ("bool IsMailNewsDisplay", "{0}.uses[2]"),
        ("bool IsMailNewsSave", "{0}.uses[3]"),
        ("bool IsSingleByte", "{0}.single"),
        ("bool IsReadOnly", "{0}.fixed"),
    ),
)  # fmt: skip

_BUILDER = Definition(
    "System.Text.StringBuilder", "class",
    rows=(
        ("new([string value[, int capacity]])", StringBuilder),
        ("new(int capacity)", lambda capacity: StringBuilder(None, capacity)),
        ("new(int capacity, int maxCapacity)", builders.new_limited_builder),
        ("new(string value, int startIndex, int length, int capacity)", builders.new_builder_of_part),
        ("StringBuilder Append(string|char|object value)",
         lambda target, value: target.append(text_of(value))),
        ("StringBuilder Append(char[] value)", lambda target, chars: target.append(chars_text(chars))),
        ("StringBuilder Append(char value, int repeatCount)",
         lambda target, char, count: target.append(repeated(char, count, "repeatCount"), "repeatCount")),
        ("StringBuilder Append(char[] value, int startIndex, int charCount)", builders.append_some_chars),
        ("StringBuilder Append(string|StringBuilder value, int startIndex, int count)", builders.append_part),
        ("StringBuilder AppendLine([string value])",
         lambda target, value=None: target.append(value or "").append("\n")),
        ("StringBuilder AppendFormat(string format, params object[] args)", builders.append_format),
        *((f"StringBuilder AppendJoin{values} values)",
           lambda target, separator, values: target.append(join(separator, values)))
          for values in ("(string|char separator, params string[]|object[]!",
                         "<T>(string|char separator, IEnumerable<T>!")),
        ("StringBuilder Insert(int index, string|char[] value)",
         lambda target, index, value: builders.builder_insert(target, index, chars_text(value))),
        ("StringBuilder Insert(int index, object value)",
         lambda target, index, value:
             target if value is None else builders.builder_insert(target, index, text_of(value))),
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
        ("char this[int index]", lambda target, index: char_at(str(target), index), builders.builder_put),
        ("string ToString()", str),
        ("string ToString(int startIndex, int length)",
         lambda target, start, length: substring(str(target), start, length)),
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
            ("new(StringBuilder sb)",
             lambda builder: StringWriter(required(builder, "sb", streams.NO_BUFFER))),
            ("void Write(string|object value)", lambda writer, value: writer.write(text_of(value))),
            ("void Write(char[] buffer)", lambda writer, chars: writer.write(chars_text(chars))),
            ("void Write(char[] buffer, int index, int count)", streams.write_some_chars),
            ("void WriteLine([string|object value])",
             lambda writer, value=None: writer.write_line(text_of(value))),
            ("void WriteLine(char[] buffer)", lambda writer, chars: writer.write_line(chars_text(chars))),
            ("StringBuilder GetStringBuilder()", lambda writer: writer.builder),
            ("Encoding Encoding", lambda writer: UNICODE),
            ("void Close()", StringWriter.close),
            ("void Dispose()", StringWriter.close),
            ("string ToString()", str),
        ),
    ),
)  # fmt: skip
