"""Encoding, StringBuilder, StringReader and StringWriter."""

from apimlb.policy.values import encodings
from apimlb.policy.values.budget import bounded_length, bounded_text
from apimlb.policy.values.collections import ClrArray
from apimlb.policy.values.encodings import Encoding
from apimlb.policy.values.exceptions import (
    argument,
    argument_null,
    argument_range,
    array_range,
)
from apimlb.policy.values.metering import charge
from apimlb.policy.values.numbers import Char
from apimlb.policy.values.text import format_text, text_of


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
        raise argument(
            f"'{name}' is not a supported encoding name. For information on defining a custom encoding, see "
            "the documentation for the Encoding.RegisterProvider method.",
            "name",
        )
    return found


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
            charge(self._pieces[0])
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
        raise argument_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.", "index"
        )
    return target.replace_all(bounded_text(text[:index] + text_of(value) + text[index:]))


def builder_remove(target: StringBuilder, start: int, length: int) -> StringBuilder:
    text = str(target)
    if start < 0 or length < 0 or start + length > len(text):
        raise argument_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.", "length"
        )
    return target.replace_all(bounded_text(text[:start] + text[start + length :]))


def builder_replace(target: StringBuilder, old: str | None, new: str | None) -> StringBuilder:
    if not old:
        raise argument_null("oldValue") if old is None else argument("Empty name is not legal.", "oldValue")
    text = str(target)
    bounded_length(len(text) + text.count(old) * (len(new or "") - len(old)))
    return target.replace_all(bounded_text(text.replace(old, new or "")))


def builder_clear(target: StringBuilder) -> StringBuilder:
    return target.replace_all("")


def builder_length(target: StringBuilder) -> int:
    return len(target)


def builder_cut(target: StringBuilder, length: int) -> None:
    text = str(target)
    if length < 0:
        raise argument_range("Specified argument was out of the range of valid values.", "value")
    target.replace_all(bounded_text(text[:length] + "\0" * bounded_length(max(length - len(text), 0))))


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
