"""Exceptions as an expression sees them: a CLR type name and a message."""

from operator import attrgetter
from typing import TypeVar

T = TypeVar("T")


class ClrException(Exception):
    """What an expression throws: the CLR type's full name (`System.FormatException`) and its message."""

    clr_name = property(attrgetter("type_name"))

    def __init__(self, type_name: str, message: str, inner: "ClrException | None" = None) -> None:
        super().__init__(f"{type_name}: {message}")
        self.type_name = type_name
        self.message = message
        self.inner = inner
        self.line = 0
        self.code: int | None = None
        self.source: str | None = None
        self.help_link: str | None = None


def null_reference() -> ClrException:
    """A member was asked of null."""
    return ClrException(
        "System.NullReferenceException", "Object reference not set to an instance of an object."
    )


def required(value: T | None, name: str, message: str = "Value cannot be null.") -> T:
    """An argument that may not be null; throws System.ArgumentNullException."""
    if value is None:
        raise argument_null(name, message)
    return value


def argument(message: str, name: str = "", type_name: str = "System.ArgumentException") -> ClrException:
    """An argument that will not do; `name` is the parameter's, where .NET says it."""
    return ClrException(type_name, f"{message} (Parameter '{name}')" if name else message)


def argument_null(name: str, message: str = "Value cannot be null.") -> ClrException:
    return argument(message, name, "System.ArgumentNullException")


def argument_range(message: str, name: str = "") -> ClrException:
    return argument(message, name, "System.ArgumentOutOfRangeException")


def out_of_range(name: str) -> ClrException:
    return argument_range("Specified argument was out of the range of valid values.", name)


def out_of_bounds() -> ClrException:
    """A part of an array or collection that is not in it."""
    return argument(
        "Offset and length were out of bounds for the array or count is greater than the number of elements "
        "from index to the end of the source collection."
    )


def count_range() -> ClrException:
    """A `count` of characters or elements that are not there."""
    return argument_range(
        "Count must be positive and count must refer to a location within the string/array/collection.",
        "count",
    )


def not_negative(number: int, name: str, message: str = "Non-negative number required.") -> None:
    """An argument that may not be below zero; throws System.ArgumentOutOfRangeException."""
    if number < 0:
        raise argument_range(message, name)


def index_range(name: str = "index") -> ClrException:
    """The index of a list that is not there."""
    return argument_range(
        "Index was out of range. Must be non-negative and less than the size of the collection.", name
    )


def check_index(index: int, size: int, name: str = "index") -> None:
    """An index from 0 up to, not including, a size; throws System.ArgumentOutOfRangeException."""
    if not 0 <= index < size:
        raise index_range(name)


def array_range() -> ClrException:
    """The index of an array or string that is not there."""
    return ClrException("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")


def bad_format(message: str = "Input string was not in a correct format.") -> ClrException:
    return ClrException("System.FormatException", message)


def overflow_exception(message: str) -> ClrException:
    return ClrException("System.OverflowException", message)


_BYTES = {"SByte": "signed byte", "Byte": "unsigned byte"}


def overflow(what: str) -> ClrException:
    """A number that the type of that name does not hold; it says "a UInt32" and "an unsigned byte"."""
    what = _BYTES.get(what, what)
    article = "an" if what[0] in "AEIOu" else "a"
    return overflow_exception(f"Value was either too large or too small for {article} {what}.")


def arithmetic_overflow() -> ClrException:
    return overflow_exception("Arithmetic operation resulted in an overflow.")


def destination_too_short(name: str = "") -> ClrException:
    return argument(
        "Destination array is not long enough to copy all the items in the collection. Check array index and "
        "length.",
        name,
    )


def invalid_operation(message: str) -> ClrException:
    return ClrException("System.InvalidOperationException", message)


def invalid_cast(source: str, target: str) -> ClrException:
    return ClrException(
        "System.InvalidCastException",
        f"Unable to cast object of type '{source}' to type '{target}'.",
    )


def not_supported(message: str) -> ClrException:
    return ClrException("System.NotSupportedException", message)


OVER_LIMIT = "System.InsufficientExecutionStackException"


def unsupported(what: str) -> ClrException:
    """What .NET has and the evaluator lacks: no `catch` takes it, so that no policy goes on with
    another answer."""
    return ClrException(OVER_LIMIT, f"{what} is not supported here.")


def over_limit(what: str) -> ClrException:
    """The evaluator's own bound, so that no expression hangs or fills the memory."""
    return ClrException(OVER_LIMIT, f"The expression exceeds {what}.")
