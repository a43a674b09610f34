"""Tuple<...>: the value and its members."""

from dataclasses import dataclass

from apimlb.policy.clr.budget import BUDGET, bounded_text
from apimlb.policy.clr.exceptions import argument
from apimlb.policy.clr.objects.ordering import compare, order_of
from apimlb.policy.clr.objects.text import Composite, text_of, written
from apimlb.policy.clr.types.definitions import Call, Definition

_NAMES = ("T1", "T2", "T3", "T4", "T5", "T6", "T7")


@dataclass(slots=True, eq=False)
class ClrTuple(Composite):
    """Tuple<...>"""

    items: tuple[object, ...]
    types: str

    @property
    def clr_name(self) -> str:
        return f"System.Tuple`{len(self.items)}[{self.types}]"

    @property
    def parts(self) -> tuple[object, ...]:
        return self.items


@written.register
def _text(value: ClrTuple) -> str:
    BUDGET.spend()
    return bounded_text(f"({_items_text(value)})")


def _items_text(value: ClrTuple) -> str:
    """The items of a tuple; the eighth is a tuple of those that follow."""
    rest = value.items[7] if len(value.items) == 8 else None
    if isinstance(rest, ClrTuple):
        return f"{', '.join(map(text_of, value.items[:7]))}, {_items_text(rest)}"
    return ", ".join(map(text_of, value.items))


@order_of.register
def _order(left: ClrTuple, right: ClrTuple) -> int:
    return next((c for c in map(compare, left.items, right.items) if c), 0)


def tuple_of(*arguments: object) -> ClrTuple:
    """Tuple.Create: the types come first, one for each item."""
    count = len(arguments) // 2
    names = ",".join(kind.name for kind in arguments[:count])  # type: ignore[attr-defined]
    return ClrTuple(arguments[count:], names)


def tuple_of_eight(*arguments: object) -> ClrTuple:
    """Tuple.Create of eight items: the last one in a tuple of its own"""
    names = [kind.name for kind in arguments[:8]]  # type: ignore[attr-defined]
    rest = ClrTuple(arguments[15:], names[7])
    return ClrTuple((*arguments[8:15], rest), ",".join((*names[:7], f"System.Tuple`1[{names[7]}]")))


def longer_tuple(*arguments: object) -> ClrTuple:
    """new Tuple<..., TRest>(..., rest)"""
    if not isinstance(arguments[-1], ClrTuple):
        raise argument("The last element of an eight element tuple must be a Tuple.")
    return tuple_of(*arguments)


def _definition(count: int) -> Definition:
    names = (*_NAMES, "TRest")[:count]
    items = ["Rest" if name == "TRest" else f"Item{name[1:]}" for name in names]
    rows = [(f"{name} {items[place]}", f"{{0}}.items[{place}]") for place, name in enumerate(names)]
    parameters = ", ".join(f"{name} {items[place].lower()}" for place, name in enumerate(names))
    made = (f"new({parameters})", Call(longer_tuple if count == 8 else tuple_of, types=names))
    return Definition(f"System.Tuple`{count}", "class", names, rows=(*rows, made))


def _create(count: int) -> tuple[str, Call]:
    names = (*_NAMES, "T8")[:count]
    listed = ", ".join(names)
    result = f"Tuple<{listed}>" if count < 8 else f"Tuple<{', '.join(_NAMES)}, Tuple<T8>>"
    parameters = ", ".join(f"{name} item{place}" for place, name in enumerate(names, 1))
    return (
        f"static {result} Create<{listed}>({parameters})",
        Call(tuple_of if count < 8 else tuple_of_eight, types=names),
    )


DEFINITIONS = (
    *map(_definition, range(1, 9)),
    Definition("System.Tuple", "class", rows=tuple(map(_create, range(1, 9)))),
)
