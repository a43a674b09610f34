"""What the members of StringReader and StringWriter do."""

import re

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.numbers.arithmetic import chars_of
from apimlb.policy.clr.strings.builders import StringBuilder
from apimlb.policy.clr.strings.texts import chars_text

_END = re.compile("[\r\n]")
NO_BUFFER = "Buffer cannot be null."


class StringReader:
    """System.IO.StringReader"""

    clr_name = "System.IO.StringReader"

    def __init__(self, text: str | None) -> None:
        self._text: str | None = exceptions.required(text, "s")
        self.at = 0

    @property
    def text(self) -> str:
        """What is read; throws System.ObjectDisposedException when the reader is closed."""
        if self._text is None:
            raise exceptions.ClrException(
                "System.ObjectDisposedException", "Cannot read from a closed TextReader."
            )
        return self._text

    def take(self, count: int) -> str:
        taken = self.text[self.at : self.at + count]
        self.at += len(taken)
        return taken

    def close(self) -> None:
        self._text = None


def read_line(reader: StringReader) -> str | None:
    text, at = reader.text, reader.at
    if at >= len(text):
        return None
    found = _END.search(text, at)
    if found is None:
        return reader.take(len(text))
    end = found.start()
    reader.at = end + (2 if text[end : end + 2] == "\r\n" else 1)
    return text[at:end]


def peek(reader: StringReader) -> int:
    text = reader.text
    return ord(text[reader.at]) if reader.at < len(text) else -1


def read(reader: StringReader) -> int:
    found = peek(reader)
    reader.at += found >= 0
    return found


def _check_buffer(buffer: ClrArray | None, index: int, count: int) -> ClrArray:
    buffer = exceptions.required(buffer, "buffer", NO_BUFFER)
    for number, name in ((index, "index"), (count, "count")):
        exceptions.not_negative(number, name)
    if len(buffer.items) - index < count:
        raise exceptions.out_of_bounds()
    return buffer


def read_chars(reader: StringReader, buffer: ClrArray | None, index: int, count: int) -> int:
    """Read(buffer, index, count): how many characters were read."""
    buffer = _check_buffer(buffer, index, count)
    taken = reader.take(count)
    buffer.items[index : index + len(taken)] = chars_of(taken)
    return len(taken)


class StringWriter:
    """System.IO.StringWriter"""

    clr_name = "System.IO.StringWriter"

    def __init__(self, builder: StringBuilder) -> None:
        self.builder = builder
        self._open = True

    def write(self, text: str) -> None:
        if not self._open:
            raise exceptions.ClrException(
                "System.ObjectDisposedException", "Cannot write to a closed TextWriter."
            )
        self.builder.append(text)

    def write_line(self, text: str) -> None:
        self.write(text)
        self.write("\n")

    def close(self) -> None:
        self._open = False

    def __str__(self) -> str:
        return str(self.builder)


def write_some_chars(writer: StringWriter, chars: ClrArray | None, index: int, count: int) -> None:
    writer.write(chars_text(_check_buffer(chars, index, count).items[index : index + count]))
