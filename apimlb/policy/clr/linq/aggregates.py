"""Sum, Average, Min and Max: one overload for each type of number, as .NET has them."""

import operator
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial, reduce
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


def _sum(keyword: str, source: object, pick: Pick = _same) -> object:
    zero, add = _ADDITIONS[keyword]
    made = reduce(add, _values(source, pick), zero)
    return arithmetic.Single(made) if keyword == "float" else made


def _average(keyword: str, nullable: bool, source: object, pick: Pick = _same) -> object:
    _, add = _ADDITIONS["long" if keyword == "int" else keyword]
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


def _extreme(wanted: int, nullable: bool, source: object, pick: Pick = _same) -> object:
    """The greatest value (`wanted` is 1) or the least one (-1)."""
    best: object = None
    found = False
    for value in map(pick, elements(source)):
        found = True
        if value is not None and (best is None or compare(value, best) == wanted):
            best = value
    if not found and not nullable:
        raise invalid_operation(NO_ELEMENTS)
    return best


def _extreme_of(wanted: int, kind: Type, source: object, pick: Pick = _same) -> object:
    """Of any type: there is no least of no values, but a null where the type has one."""
    return _extreme(wanted, kind.takes_null, source, pick)


_EXTREMES = {"Max": 1, "Min": -1}


def _rows() -> Iterator[Row]:
    for keyword in _ADDITIONS:
        for mark in ("", "?"):
            kind, nullable = f"{keyword}{mark}", mark == "?"
            mean = {"int": "double", "long": "double"}.get(keyword, keyword) + mark
            calls = [
                ("Sum", kind, partial(_sum, keyword)),
                ("Average", mean, partial(_average, keyword, nullable)),
                *((name, kind, partial(_extreme, wanted, nullable)) for name, wanted in _EXTREMES.items()),
            ]
            for method, result, call in calls:
                yield f"static {result} {method}(this IEnumerable<{kind}>! source)", call
                yield (
                    f"static {result} {method}<T>(this IEnumerable<T>! source, Func<T, {kind}>! selector)",
                    call,
                )
    for method, wanted in _EXTREMES.items():
        of = partial(_extreme_of, wanted)
        yield f"static T {method}<T>(this IEnumerable<T>! source)", Call(of, types=("T",))
        yield (
            f"static R {method}<T, R>(this IEnumerable<T>! source, Func<T, R>! selector)",
            Call(of, types=("R",)),
        )


AGGREGATES = tuple(_rows())
