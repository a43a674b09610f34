"""Sum, Average, Min and Max: one overload for each type of number, as .NET has them."""

import operator
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import reduce
from typing import Any

from apimlb.policy.clr.collections.iteration import Pick, elements
from apimlb.policy.clr.exceptions import invalid_operation
from apimlb.policy.clr.linq.operators import NO_ELEMENTS
from apimlb.policy.clr.numbers import arithmetic
from apimlb.policy.clr.objects.ordering import compare
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Row

_ADDITIONS: dict[str, tuple[Any, Callable[[Any, Any], Any]]] = {
    "int": (0, lambda total, value: arithmetic.checked(total + value, "Int32")),
    "long": (arithmetic.Long(0), lambda total, value: arithmetic.checked(total + value, "Int64")),
    "double": (0.0, operator.add),
    "float": (0.0, operator.add),
    "decimal": (Decimal(0), arithmetic.decimal_add),
}
"""By the keyword of a type of number: nothing of it, and how a value is added to a total."""


def _same(item: object) -> object:
    return item


def _values(source: object, pick: Pick) -> Iterator[Any]:
    """What is picked of each element, without nulls."""
    return (value for value in map(pick, elements(source)) if value is not None)


def _sum(keyword: str) -> Callable[..., object]:
    zero, add = _ADDITIONS[keyword]

    def total(source: object, pick: Pick = _same) -> object:
        made = reduce(add, _values(source, pick), zero)
        return arithmetic.Single(made) if keyword == "float" else made

    return total


def _average(keyword: str, nullable: bool) -> Callable[..., object]:
    _, add = _ADDITIONS["long" if keyword == "int" else keyword]

    def average(source: object, pick: Pick = _same) -> object:
        values = list(_values(source, pick))
        if not values:
            if nullable:
                return None
            raise invalid_operation(NO_ELEMENTS)
        total = reduce(add, values)
        if keyword == "decimal":
            return arithmetic.decimal_divide(total, Decimal(len(values)))
        made = arithmetic.divide_float(float(total), float(len(values)))
        return arithmetic.Single(made) if keyword == "float" else made

    return average


def _extreme(wanted: int, nullable: bool) -> Callable[..., object]:
    def extreme(source: object, pick: Pick = _same) -> object:
        best: object = None
        found = False
        for value in map(pick, elements(source)):
            found = True
            if value is not None and (best is None or compare(value, best) == wanted):
                best = value
        if not found and not nullable:
            raise invalid_operation(NO_ELEMENTS)
        return best

    return extreme


def _extreme_of(strict: Callable[..., object], lenient: Callable[..., object]) -> Callable[..., object]:
    """Of any type: there is no least of no values, but a null where the type has one."""

    def extreme(kind: Type, source: object, pick: Pick = _same) -> object:
        return (strict if kind.is_value and not kind.is_nullable else lenient)(source, pick)

    return extreme


def _rows() -> Iterator[Row]:
    extremes = {
        (name, mark): _extreme(wanted, mark == "?")
        for name, wanted in (("Max", 1), ("Min", -1)) for mark in ("", "?")
    }  # fmt: skip
    for keyword in _ADDITIONS:
        for mark in ("", "?"):
            kind = f"{keyword}{mark}"
            mean = {"int": "double", "long": "double"}.get(keyword, keyword) + mark
            calls = {
                "Sum": (kind, _sum(keyword)), "Average": (mean, _average(keyword, mark == "?")),
                "Max": (kind, extremes["Max", mark]), "Min": (kind, extremes["Min", mark]),
            }  # fmt: skip
            for method, (result, call) in calls.items():
                yield f"static {result} {method}(this IEnumerable<{kind}> source)", call
                yield (
                    f"static {result} {method}<T>(this IEnumerable<T> source, Func<T, {kind}> selector)",
                    call,
                )
    for method in ("Max", "Min"):
        of = _extreme_of(extremes[method, ""], extremes[method, "?"])
        yield f"static T {method}<T>(this IEnumerable<T> source)", Call(of, types=("T",))
        yield (
            f"static R {method}<T, R>(this IEnumerable<T> source, Func<T, R> selector)",
            Call(of, types=("R",)),
        )


AGGREGATES = tuple(_rows())
