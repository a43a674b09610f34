"""Sum, Average, Min and Max: one overload for each type of number, as .NET has them."""

from collections.abc import Callable
from decimal import Decimal

from apimlb.policy.clr.collections.iteration import Pick, elements
from apimlb.policy.clr.exceptions import invalid_operation
from apimlb.policy.clr.linq.operators import NO_ELEMENTS
from apimlb.policy.clr.numbers import arithmetic
from apimlb.policy.clr.objects.ordering import compare
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Row

_NUMBERS = {"int": "Int32", "long": "Int64", "double": "Double", "float": "Single", "decimal": "Decimal"}


def _same(item: object) -> object:
    return item


def _sum(name: str) -> Callable[..., object]:
    def total(source: object, pick: Pick = _same) -> object:
        made: object = {
            "Int32": 0,
            "Int64": arithmetic.Long(0),
            "Double": 0.0,
            "Single": 0.0,
            "Decimal": Decimal(0),
        }[name]
        for item in elements(source):
            value = pick(item)
            if value is None:
                continue
            if name in ("Int32", "Int64"):
                made = arithmetic.checked(made + value, name)  # type: ignore[operator]
            elif name == "Decimal":
                made = arithmetic.decimal_add(made, value)  # type: ignore[arg-type]
            else:
                made = made + value  # type: ignore[operator]
        return arithmetic.Single(made) if name == "Single" else made  # type: ignore[arg-type]

    return total


def _average(name: str, nullable: bool) -> Callable[..., object]:
    def average(source: object, pick: Pick = _same) -> object:
        values = [value for value in map(pick, elements(source)) if value is not None]
        if not values:
            if nullable:
                return None
            raise invalid_operation(NO_ELEMENTS)
        if name == "Decimal":
            total = Decimal(0)
            for value in values:
                total = arithmetic.decimal_add(total, value)  # type: ignore[arg-type]
            return arithmetic.decimal_divide(total, Decimal(len(values)))
        if name in ("Int32", "Int64"):
            made = arithmetic.divide_float(float(_sum("Int64")(values)), float(len(values)))  # type: ignore[arg-type]
        else:
            made = arithmetic.divide_float(sum(values), float(len(values)))  # type: ignore[arg-type]
        return arithmetic.Single(made) if name == "Single" else made

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


def _rows() -> tuple[Row, ...]:
    rows: list[Row] = []
    extremes = {
        (name, mark): _extreme(wanted, mark == "?")
        for name, wanted in (("Max", 1), ("Min", -1)) for mark in ("", "?")
    }  # fmt: skip
    for keyword, name in _NUMBERS.items():
        for mark in ("", "?"):
            kind = f"{keyword}{mark}"
            mean = {"int": "double", "long": "double"}.get(keyword, keyword) + mark
            calls = {
                "Sum": (kind, _sum(name)), "Average": (mean, _average(name, mark == "?")),
                "Max": (kind, extremes["Max", mark]), "Min": (kind, extremes["Min", mark]),
            }  # fmt: skip
            for method, (result, call) in calls.items():
                rows.append((f"static {result} {method}(this IEnumerable<{kind}> source)", call))
                rows.append(
                    (
                        f"static {result} {method}<T>(this IEnumerable<T> source, Func<T, {kind}> selector)",
                        call,
                    )
                )
    for method in ("Max", "Min"):
        of = _extreme_of(extremes[method, ""], extremes[method, "?"])
        rows.append((f"static T {method}<T>(this IEnumerable<T> source)", Call(of, types=("T",))))
        rows.append(
            (
                f"static R {method}<T, R>(this IEnumerable<T> source, Func<T, R> selector)",
                Call(of, types=("R",)),
            )
        )
    return tuple(rows)


AGGREGATES = _rows()
