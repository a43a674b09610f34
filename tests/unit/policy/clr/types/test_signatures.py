"""How a row of the tables is written: one row for several overloads of one implementation."""

import pytest

from apimlb.policy.clr.types.signatures import SignatureReader, overloads
from apimlb.policy.csharp.expression import library


@pytest.mark.parametrize(
    ("row", "signatures"),
    [
        ("int Length", ["int Length"]),
        ("char this[int index]", ["char this[int index]"]),
        ("void Set(int[] values, int[,] table)", ["void Set(int[] values, int[,] table)"]),
        ("new([string text])", ["new()", "new(string text)"]),
        ("F(int a[, int b[, int c]])", ["F(int a)", "F(int a, int b)", "F(int a, int b, int c)"]),
        (
            "F(int a[, int b][, int[] c])",
            ["F(int a)", "F(int a, int[] c)", "F(int a, int b)", "F(int a, int b, int[] c)"],
        ),
        ("F(int a[, int b], string c)", ["F(int a, string c)", "F(int a, int b, string c)"]),
        ("F(int|long? a)", ["F(int a)", "F(long? a)"]),
        ("F(char[]|string[]! a)", ["F(char[]! a)", "F(string[]! a)"]),
        ("F(int|long a, int|long b)", [f"F({a} a, {b} b)" for a in ("int", "long") for b in ("int", "long")]),
        ("static Enum operator |(Enum a, Enum b)", ["static Enum operator |(Enum a, Enum b)"]),
    ],
)
def test_optional_parts_and_alternative_types_of_a_row_are_overloads(row: str, signatures: list[str]) -> None:
    assert overloads(row) == signatures


def test_a_bracket_that_nothing_closes_is_an_error() -> None:
    registry, _ = library()
    reader = SignatureReader("int F(int a[, int b)", registry.signature_type, ())
    with pytest.raises(AssertionError, match=r"the library has no type \["):
        reader.member(("int F(int a[, int b)", len), registry.object)
