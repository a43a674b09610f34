"""Object, Enum, Nullable, and the types that expressions meet without being able to name them."""

from apimlb.numerals import is_digits
from apimlb.policy.clr.casts import enum_of
from apimlb.policy.clr.convert.parsing import CODES
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import argument, invalid_operation
from apimlb.policy.clr.objects.hashing import hash_code
from apimlb.policy.clr.objects.ordering import compare
from apimlb.policy.clr.objects.text import (
    clr_equals,
    clr_type_name,
    format_enum,
    same_objects,
    text_of,
)
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Definition


def nullable_value(value: object) -> object:
    if value is None:
        raise invalid_operation("Nullable object must have a value.")
    return value


def compare_enum(left: Enum, right: object) -> int:
    """Enum.CompareTo(object)"""
    if right is not None and clr_type_name(right) != left.type_name:
        raise argument(
            "Object must be the same type as the enum. The type passed in was "
            f"'{clr_type_name(right)}'; the enum type was '{left.type_name}'."
        )
    return compare(left, right)


def try_parse_enum(kind: Type, text: str | None, ignore_case: bool = False) -> tuple[bool, Enum]:
    """Enum.TryParse<T>: a number, or names with commas between them."""
    if kind.definition is None or kind.definition.kind != "enum":
        raise argument("Type provided must be an Enum.", "TEnum")
    plain = (text or "").strip()
    if is_digits(plain[1:] if plain[:1] in ("+", "-") else plain):
        return True, enum_of(kind, int(plain))
    number = 0
    for word in plain.split(","):
        wanted = word.strip()
        found = [
            value
            for name, value in kind.definition.constants.items()
            if name == wanted or (ignore_case and name.lower() == wanted.lower())
        ]
        if not found:
            return False, enum_of(kind, 0)
        number |= found[0]
    return True, enum_of(kind, number)


DEFINITIONS = (
    Definition(
        "System.Object", "class", keyword="object",
        rows=(
            ("string ToString()", text_of),
            ("bool Equals(object other)", clr_equals),
            ("int GetHashCode()", hash_code),
            ("static bool Equals(object left, object right)", clr_equals),
            ("static bool ReferenceEquals(object left, object right)", Call(same_objects, cost="none")),
        ),
    ),
    Definition("System.ValueType", "class", nameable=False),
    Definition(
        "System.Enum", "class", bases=("System.ValueType",),
        rows=(
            ("string ToString(string format)", format_enum),
            ("int CompareTo(object target)", compare_enum),
            ("static bool TryParse<T>(string value[, bool ignoreCase], out T result)",
             Call(try_parse_enum, types=("T",))),
        ),
    ),
    Definition(
        "System.Nullable`1", "struct", ("T",), ("System.ValueType",),
        rows=(
            ("bool HasValue", lambda value: value is not None),
            ("T Value", nullable_value),
            ("T GetValueOrDefault()",
             Call(lambda kind, value: kind.default if value is None else value, types=("T",))),
            ("T GetValueOrDefault(T other)", lambda value, other: other if value is None else value),
            ("string ToString()", text_of),
            ("int GetHashCode()", hash_code),
            ("bool Equals(object other)", clr_equals),
        ),
    ),
    Definition(
        "System.Nullable", "static",
        rows=(
            ("static int Compare<T>(T? n1, T? n2)", compare),
            ("static bool Equals<T>(T? n1, T? n2)", clr_equals),
        ),
    ),
    Definition("System.TypeCode", "enum", constants=CODES, nameable=False),
    Definition("System.DBNull", "class", nameable=False),
    Definition("System.IComparable", "interface", nameable=False),
    Definition("System.IDisposable", "interface", nameable=False, rows=(("void Dispose()", "None and {0}"),)),
    Definition("System.Type", "class", nameable=False),
    Definition("System.Void", "struct", nameable=False),
)  # fmt: skip
