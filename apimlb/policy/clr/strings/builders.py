"""What the members of StringBuilder do."""

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.budget import BUDGET, bounded_length, bounded_text
from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.metering import charge
from apimlb.policy.clr.numbers.arithmetic import chars_of
from apimlb.policy.clr.objects.text import format_text
from apimlb.policy.clr.strings.texts import chars_text, check_not_below_zero

_CAPACITY = 16
_LARGEST = 2**31 - 1
_BLOCK = 8000


class StringBuilder:
    """System.Text.StringBuilder: pieces, joined when they are looked at. `capacity` is what .NET would have
    set aside, `largest` what the text may never exceed."""

    clr_name = "System.Text.StringBuilder"

    def __init__(self, text: str | None = None, capacity: int = 0, largest: int = _LARGEST) -> None:
        _check_capacity(capacity)
        self._pieces = [text or ""]
        self._length = len(text or "")
        self.capacity = max(capacity or min(_CAPACITY, largest), self._length)
        self.largest = largest

    def append(self, text: str, name: str = "valueCount") -> "StringBuilder":
        """The argument `name` is to blame for a text that is too long."""
        length = bounded_length(self._length + len(text))
        if length > self.largest:
            raise exceptions.argument_range("The length cannot be greater than the capacity.", name)
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

    def put(self, start: int, end: int, text: str) -> "StringBuilder":
        """Another text in place of what stands from `start` to `end`."""
        whole = str(self)
        return self.replace_all(bounded_text(whole[:start] + text + whole[end:]))

    def __len__(self) -> int:
        return self._length

    def __str__(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
            charge(self._pieces[0])
        return self._pieces[0]


def _check_capacity(capacity: int) -> None:
    exceptions.not_negative(capacity, "capacity", "'capacity' must be greater than zero.")


def new_limited_builder(capacity: int, largest: int) -> StringBuilder:
    if capacity > largest:
        raise exceptions.argument_range("Capacity exceeds maximum capacity.", "capacity")
    if largest < 1:
        raise exceptions.argument_range("MaxCapacity must be one or greater.", "maxCapacity")
    return StringBuilder(None, capacity, largest)


def new_builder_of_part(text: str | None, start: int, length: int, capacity: int) -> StringBuilder:
    text = text or ""
    _check_capacity(capacity)
    exceptions.not_negative(length, "length", "'length' must be non-negative.")
    check_not_below_zero(start, "startIndex")
    if start > len(text) - length:
        raise exceptions.argument_range(
            "Index and length must refer to a location within the string.", "length"
        )
    return StringBuilder(text[start : start + length], capacity)


def _positive(value: int, name: str) -> None:
    exceptions.not_negative(value, name, "Value must be positive.")


def _add_nothing(
    target: StringBuilder, start: int, count: int, message: str = "Value cannot be null."
) -> StringBuilder:
    """Append or Insert of a part of null, which has an empty part and no other."""
    if start or count:
        raise exceptions.argument_null("value", message)
    return target


def append_some_chars(target: StringBuilder, chars: ClrArray | None, start: int, count: int) -> StringBuilder:
    _positive(start, "startIndex")
    _positive(count, "charCount")
    if chars is None:
        return _add_nothing(target, start, count)
    if count > len(chars.items) - start:
        raise exceptions.index_range("charCount")
    return target.append(chars_text(chars.items[start : start + count]))


def append_part(target: StringBuilder, value: object, start: int, count: int) -> StringBuilder:
    """Append(string, startIndex, count), Append(StringBuilder, startIndex, count)"""
    if start < 0:
        raise exceptions.index_range("startIndex")
    _positive(count, "count")
    if value is None:
        return _add_nothing(target, start, count)
    text = str(value)
    if count and start > len(text) - count:
        raise exceptions.index_range("startIndex")
    return target.append(text[start : start + count])


def append_format(target: StringBuilder, layout: str | None, values: ClrArray | None) -> StringBuilder:
    values = exceptions.required(values, "format" if layout is None else "args")
    return target.append(format_text(layout, values.items))


def builder_insert(target: StringBuilder, index: int, value: str) -> StringBuilder:
    exceptions.check_index(index, len(target) + 1)
    return target.put(index, index, value)


def insert_repeated(target: StringBuilder, index: int, value: str | None, count: int) -> StringBuilder:
    exceptions.not_negative(count, "count")
    bounded_length(len(value or "") * count)
    return builder_insert(target, index, (value or "") * count)


def insert_some_chars(
    target: StringBuilder, index: int, chars: ClrArray | None, start: int, count: int
) -> StringBuilder:
    exceptions.check_index(index, len(target) + 1)
    if chars is None:
        return _add_nothing(target, start, count, "String reference not set to an instance of a String.")
    check_not_below_zero(start, "startIndex")
    _positive(count, "charCount")
    if start > len(chars.items) - count:
        raise exceptions.index_range("startIndex")
    return target.put(index, index, chars_text(chars.items[start : start + count]))


def builder_remove(target: StringBuilder, start: int, length: int) -> StringBuilder:
    check_not_below_zero(length, "length")
    check_not_below_zero(start, "startIndex")
    if length > len(target) - start:
        raise exceptions.index_range("length")
    return target.put(start, start + length, "")


def builder_replace(
    target: StringBuilder, old: str | None, new: str | None, start: int = 0, count: int | None = None
) -> StringBuilder:
    """Replace(old, new, startIndex, count) of texts or characters"""
    count = len(target) if count is None else count
    exceptions.check_index(start, len(target) + 1, "startIndex")
    exceptions.check_index(count, len(target) - start + 1, "count")
    old = exceptions.required(old, "oldValue")
    if not old:
        raise exceptions.argument("Empty name is not legal.", "oldValue")
    text = str(target)
    charge(text)
    part, new = text[start : start + count], new or ""
    bounded_length(len(text) + part.count(old) * (len(new) - len(old)))
    return target.put(start, start + count, part.replace(old, new))


def builder_cut(target: StringBuilder, length: int) -> None:
    """Length = value"""
    check_not_below_zero(length, "value", "Length")
    if length > target.largest:
        raise exceptions.argument_range("capacity was less than the current size.", "value")
    target.put(length, len(target), "\0" * bounded_length(max(length - len(target), 0)))


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


def builder_put(target: StringBuilder, index: int, char: str) -> None:
    """builder[index] = char"""
    exceptions.check_index(index, len(target))
    BUDGET.spend()
    target.put(index, index + 1, char)


def builder_copy(target: StringBuilder, start: int, chars: ClrArray, place: int, count: int) -> None:
    """CopyTo(sourceIndex, destination, destinationIndex, count)"""
    exceptions.not_negative(place, "destinationIndex", "'destinationIndex' must be non-negative.")
    if place > len(chars.items) - count:
        raise exceptions.argument(
            "Either offset did not refer to a position in the string, or there is an insufficient length of "
            "destination character array."
        )
    exceptions.not_negative(count, "count", "Argument count must not be negative.")
    exceptions.check_index(start, len(target) + 1, "sourceIndex")
    if start > len(target) - count:
        raise exceptions.argument("Source string was not long enough. Check sourceIndex and count.")
    chars.items[place : place + count] = chars_of(str(target)[start : start + count])
