"""What the members of StringBuilder do."""

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET, bounded_length, bounded_text
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.metering import charge
from apimlb.policy.clr.numbers.arithmetic import Char, chars_of
from apimlb.policy.clr.objects.text import format_text, text_of
from apimlb.policy.clr.strings.texts import join, substring

_CAPACITY = 16
_LARGEST = 2**31 - 1
_BLOCK = 8000


class StringBuilder:
    """System.Text.StringBuilder: pieces, joined when they are looked at. `capacity` is what .NET would have
    set aside, `largest` what the text may never exceed."""

    clr_name = "System.Text.StringBuilder"

    def __init__(self, text: str | None = None, capacity: int = 0, largest: int = _LARGEST) -> None:
        self._pieces = [text or ""]
        self._length = len(text or "")
        self.capacity = max(capacity or min(_CAPACITY, largest), self._length)
        self.largest = largest

    def append(self, text: str) -> "StringBuilder":
        length = bounded_length(self._length + len(text))
        if length > self.largest:
            raise exceptions.argument_range("The length cannot be greater than the capacity.", "valueCount")
        if length > self.capacity:  # a new block of the characters that are left, or of as many as there are
            self.capacity += max(length - self.capacity, min(self.capacity, _BLOCK))
        self._length = length
        self._pieces.append(text)
        return self

    def replace_all(self, text: str) -> "StringBuilder":
        self._pieces = [text]
        self._length = bounded_length(len(text))
        self.capacity = max(self.capacity, self._length)
        return self

    def __len__(self) -> int:
        return self._length

    def __str__(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
            charge(self._pieces[0])
        return self._pieces[0]


def _checked_capacity(capacity: int) -> int:
    exceptions.not_negative(capacity, "capacity", "'capacity' must be greater than zero.")
    return capacity


def new_limited_builder(capacity: int, largest: int) -> StringBuilder:
    if capacity > largest:
        raise exceptions.argument_range("Capacity exceeds maximum capacity.", "capacity")
    if largest < 1:
        raise exceptions.argument_range("MaxCapacity must be one or greater.", "maxCapacity")
    return StringBuilder(None, _checked_capacity(capacity), largest)


def new_filled_builder(text: str | None, capacity: int) -> StringBuilder:
    return StringBuilder(text, _checked_capacity(capacity))


def new_builder_of_part(text: str | None, start: int, length: int, capacity: int) -> StringBuilder:
    text = text or ""
    _checked_capacity(capacity)
    exceptions.not_negative(length, "length", "'length' must be non-negative.")
    exceptions.not_negative(start, "startIndex", "StartIndex cannot be less than zero.")
    if start > len(text) - length:
        raise exceptions.argument_range(
            "Index and length must refer to a location within the string.", "length"
        )
    return StringBuilder(text[start : start + length], capacity)


def append(target: StringBuilder, value: object) -> StringBuilder:
    return target.append(text_of(value))


def chars_text(chars: ClrArray | None) -> str:
    return "" if chars is None else "".join(map(str, chars.items))


def append_repeated(target: StringBuilder, char: str, count: int) -> StringBuilder:
    exceptions.not_negative(count, "repeatCount", "Count cannot be less than zero.")
    return target.append(str(char) * bounded_length(count))


def _positive(value: int, name: str) -> None:
    exceptions.not_negative(value, name, "Value must be positive.")


def append_some_chars(target: StringBuilder, chars: ClrArray | None, start: int, count: int) -> StringBuilder:
    _positive(start, "startIndex")
    _positive(count, "charCount")
    if chars is None:
        if start == 0 and count == 0:
            return target
        raise exceptions.argument_null("value")
    if count > len(chars.items) - start:
        raise exceptions.index_range("charCount")
    return target.append("".join(map(str, chars.items[start : start + count])))


def append_part(target: StringBuilder, value: object, start: int, count: int) -> StringBuilder:
    """Append(string, startIndex, count), Append(StringBuilder, startIndex, count)"""
    if value is None:
        if start == 0 and count == 0:
            return target
        raise exceptions.argument_null("value")
    if start < 0:
        raise exceptions.index_range("startIndex")
    _positive(count, "count")
    text = str(value)
    if start > len(text) - count:
        raise exceptions.index_range("startIndex")
    return target.append(text[start : start + count])


def append_format(target: StringBuilder, layout: str | None, values: ClrArray | None) -> StringBuilder:
    values = exceptions.required(values, "format" if layout is None else "args")
    return target.append(format_text(layout, values.items))


def append_join(target: StringBuilder, separator: str | None, values: object) -> StringBuilder:
    return target.append(join(separator, values))


def _inserted(target: StringBuilder, index: int, value: str) -> StringBuilder:
    if not 0 <= index <= len(target):
        raise exceptions.index_range()
    text = str(target)
    return target.replace_all(bounded_text(text[:index] + value + text[index:]))


def builder_insert(target: StringBuilder, index: int, value: object) -> StringBuilder:
    return _inserted(target, index, text_of(value))


def insert_repeated(target: StringBuilder, index: int, value: str | None, count: int) -> StringBuilder:
    exceptions.not_negative(count, "count")
    bounded_length(len(value or "") * count)
    return _inserted(target, index, (value or "") * count)


def insert_some_chars(
    target: StringBuilder, index: int, chars: ClrArray | None, start: int, count: int
) -> StringBuilder:
    if not 0 <= index <= len(target):
        raise exceptions.index_range()
    if chars is None:
        if start == 0 and count == 0:
            return target
        raise exceptions.argument_null("value", "String reference not set to an instance of a String.")
    exceptions.not_negative(start, "startIndex", "StartIndex cannot be less than zero.")
    _positive(count, "charCount")
    if start > len(chars.items) - count:
        raise exceptions.index_range("startIndex")
    return _inserted(target, index, "".join(map(str, chars.items[start : start + count])))


def builder_remove(target: StringBuilder, start: int, length: int) -> StringBuilder:
    exceptions.not_negative(length, "length", "Length cannot be less than zero.")
    exceptions.not_negative(start, "startIndex", "StartIndex cannot be less than zero.")
    if length > len(target) - start:
        raise exceptions.index_range("length")
    text = str(target)
    return target.replace_all(bounded_text(text[:start] + text[start + length :]))


def builder_replace(
    target: StringBuilder, old: str | None, new: str | None, start: int = 0, count: int | None = None
) -> StringBuilder:
    """Replace(old, new, startIndex, count) of texts or characters"""
    count = len(target) if count is None else count
    if not 0 <= start <= len(target):
        raise exceptions.index_range("startIndex")
    if not 0 <= count <= len(target) - start:
        raise exceptions.index_range("count")
    if not old:
        raise (
            exceptions.argument_null("oldValue")
            if old is None
            else exceptions.argument("Empty name is not legal.", "oldValue")
        )
    text = str(target)
    charge(text)
    part, new = text[start : start + count], new or ""
    bounded_length(len(text) + part.count(old) * (len(new) - len(old)))
    return target.replace_all(bounded_text(text[:start] + part.replace(old, new) + text[start + count :]))


def builder_cut(target: StringBuilder, length: int) -> None:
    exceptions.not_negative(length, "value", "Length cannot be less than zero.")
    if length > target.largest:
        raise exceptions.argument_range("capacity was less than the current size.", "value")
    text = str(target)
    target.replace_all(bounded_text(text[:length] + "\0" * bounded_length(max(length - len(text), 0))))


def builder_reserve(target: StringBuilder, capacity: int) -> None:
    """Capacity = value"""
    exceptions.not_negative(capacity, "value", "Capacity must be positive.")
    if capacity > target.largest:
        raise exceptions.argument_range("Capacity exceeds maximum capacity.", "value")
    if capacity < len(target):
        raise exceptions.argument_range("capacity was less than the current size.", "value")
    target.capacity = capacity


def ensure_capacity(target: StringBuilder, capacity: int) -> int:
    exceptions.not_negative(capacity, "capacity", "Capacity must be positive.")
    if target.capacity < capacity:
        builder_reserve(target, capacity)
    return target.capacity


def builder_char(target: StringBuilder, index: int) -> Char:
    text = str(target)
    if not 0 <= index < len(text):
        raise exceptions.array_range()
    return Char(text[index])


def builder_put(target: StringBuilder, index: int, char: str) -> None:
    """builder[index] = char"""
    if not 0 <= index < len(target):
        raise exceptions.index_range()
    text = str(target)
    BUDGET.spend()
    target.replace_all(bounded_text(text[:index] + char + text[index + 1 :]))


def builder_part(target: StringBuilder, start: int, length: int) -> str:
    if start >= 0 and length >= 0 and len(target) >= start > len(target) - length:
        raise exceptions.argument_range(
            "Index and length must refer to a location within the string.", "length"
        )
    return substring(str(target), start, length)


def builder_copy(target: StringBuilder, start: int, chars: ClrArray, place: int, count: int) -> None:
    """CopyTo(sourceIndex, destination, destinationIndex, count)"""
    exceptions.not_negative(count, "count", "Argument count must not be negative.")
    exceptions.not_negative(place, "destinationIndex", "'destinationIndex' must be non-negative.")
    if place > len(chars.items) - count:
        raise exceptions.argument(
            "Either offset did not refer to a position in the string, or there is an insufficient length of "
            "destination character array."
        )
    if not 0 <= start <= len(target):
        raise exceptions.index_range("sourceIndex")
    if start > len(target) - count:
        raise exceptions.argument("Source string was not long enough. Check sourceIndex and count.")
    chars.items[place : place + count] = chars_of(str(target)[start : start + count])
