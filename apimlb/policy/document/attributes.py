"""The types of attributes and texts: how a literal reads, and what an expression may yield."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from apimlb.numerals import real, signed_integer
from apimlb.policy.apim.context import Context
from apimlb.policy.clr.exceptions import ClrException, invalid_cast, null_reference
from apimlb.policy.clr.numbers.arithmetic import Char
from apimlb.policy.clr.objects.text import clr_type_name, to_clr_string
from apimlb.policy.csharp.binding.bound import NEVER
from apimlb.policy.csharp.expression import Expression, not_converted

T = TypeVar("T")
Getter = Callable[[Context], T]
"""The value of an attribute or text in the context of one request."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """`literal` raises ValueError with what is wrong; `value` raises ClrException, or ValueError for one that
    is `thrown`.

    `clr` are the static types that an expression may have: "null" is the type of null, an empty set any type.
    `keyword` is C#'s name of the type, for the message about an expression of another type.
    """

    keyword: str
    literal: Callable[[str], T]
    value: Callable[[object], T]
    clr: frozenset[str] = frozenset()
    thrown: str = "System.ArgumentException"

    def refusal(self, given: str, *, exact: bool) -> str:
        """What is wrong with an expression of the static type `given`, or an empty text. An expression that
        only throws passes. So does one whose value is converted in a run, unless types are `exact`."""
        if not self.clr or given in self.clr or given == NEVER.name:
            return ""
        if not exact and (self.keyword == "string" or given in ("System.Object", "null")):
            return ""
        return not_converted(given, self.keyword)

    def getter(self, expression: Expression) -> Getter[T]:
        if self is ANY or (self is BOOLEAN and expression.type in self.clr):  # a value of the type already
            return cast("Getter[T]", expression)
        convert = self.value

        def converted(context: Context) -> T:
            value = expression(context)
            try:
                return convert(value)
            except ValueError as error:
                raise ClrException(self.thrown, str(error)) from error

        return converted


def _unexpected(text: object, wanted: str) -> ValueError:
    return ValueError(f"The value '{text}' is invalid: {wanted} was expected.")


def _literal(read: Callable[[str], T], wanted: str) -> Callable[[str], T]:
    """Reads a literal as `read` does, which raises ValueError; tells what was expected."""

    def value(text: str) -> T:
        try:
            return read(text)
        except ValueError:
            raise _unexpected(text, wanted) from None

    return value


def unboxed(make: Callable[[Any], T], target: str, *kinds: type) -> Callable[[object], T]:
    """A cast of any value to a value type of .NET: `make` of Python's `kinds`. A bool is no number."""

    def value(given: object) -> T:
        if given is None:
            raise null_reference()
        if isinstance(given, Char) and int in kinds:  # C# takes it for its number where it wants one
            given = ord(given)
        if not isinstance(given, kinds) or (isinstance(given, bool) and bool not in kinds):
            raise invalid_cast(clr_type_name(given), target)
        return make(given)

    return value


def _optional_string(value: object) -> str:
    return "" if value is None else to_clr_string(value)


_STRINGS = frozenset({"System.String", "null"})

STRING = Kind("string", str, _optional_string, _STRINGS)
"""Any value, as text; null is the empty string."""

TEXT = Kind("string", str.strip, _optional_string, _STRINGS)
"""As STRING, but a literal loses the white space around it: the text of an element."""

ANY: Kind[object] = Kind("object", str, lambda value: value)
"""The value itself; a literal is a System.String."""


def _boolean(text: str) -> bool:
    return ("false", "true").index(text.strip().lower()) == 1


BOOLEAN = Kind(
    "bool",
    _literal(_boolean, "'true' or 'false'"),
    unboxed(bool, "System.Boolean", bool),
    frozenset({"System.Boolean"}),
)

_INTEGERS = frozenset(f"System.{name}" for name in ("Int32", "Int16", "UInt16", "Byte", "SByte", "Char"))
_signed = _literal(signed_integer, "a number")


def _whole(keyword: str, target: str, low: int, high: int, clr: frozenset[str]) -> Kind[int]:
    unbox = unboxed(int, target, int)

    def checked(number: int) -> int:
        if not low <= number <= high:
            raise _unexpected(number, f"a number from {low} to {high}")
        return number

    return Kind(
        keyword,
        lambda text: checked(_signed(text)),
        lambda given: checked(unbox(given)),
        clr,
        thrown="System.ArgumentOutOfRangeException",
    )


def integer(low: int = 0, high: int = 2**31 - 1) -> Kind[int]:
    """An Int32 from `low` to `high`."""
    return _whole("int", "System.Int32", low, high, _INTEGERS)


LONG = _whole("long", "System.Int64", -(2**63), 2**63 - 1, frozenset({"System.Int64"}))
"""An expression must yield a long; an int is refused when the policy is uploaded (measured)."""


def parsed(read: Callable[[str], T], wanted: str, thrown: str = "System.ArgumentException") -> Kind[T]:
    """What `read`, which raises ValueError, makes of a string; `wanted` says what the string has to be."""
    value = _literal(read, wanted)
    return Kind("string", value, lambda given: value(_optional_string(given)), _STRINGS, thrown)


def choice(*options: str) -> Kind[str]:
    """One of a few words; case is ignored, and the value is the word as it is written here."""
    lowered = [option.lower() for option in options]
    return parsed(lambda text: options[lowered.index(text.strip().lower())], f"one of {', '.join(options)}")


_DOUBLES = _INTEGERS | {f"System.{name}" for name in ("Int64", "UInt32", "UInt64", "Single", "Double")}
DOUBLE = Kind("double", _literal(real, "a number"), unboxed(float, "System.Double", int, float), _DOUBLES)
