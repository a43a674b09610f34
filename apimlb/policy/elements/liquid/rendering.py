"""Templates that pay for what they do: each node that is rendered, each value that is looked up, each turn of
a loop and all that is written counts."""

from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any, TextIO

from liquid import BoundTemplate, RenderContext
from liquid.ast import Node
from liquid.builtin.output import OutputNode
from liquid.expression import Expression
from liquid.stringify import to_liquid_string
from liquid.undefined import UNDEFINED

from apimlb.policy.clr.budget import BUDGET, bounded_length
from apimlb.policy.elements.liquid.weights import weight

_NODE = 2
_PART = 2
"""Steps of a part of an expression."""


class Written(StringIO):
    """What a template writes, up to the longest text."""

    def write(self, text: str) -> int:
        BUDGET.spend(1 + (len(text) >> 6))
        BUDGET.make(len(text))
        bounded_length(self.tell() + len(text))
        return super().write(text)


class PaidContext(RenderContext):
    """Where values are looked up."""

    def get(self, path: list[object], *, token: Any, default: object = UNDEFINED) -> object:
        found = super().get(path, token=token, default=default)
        BUDGET.spend(1 + len(path) + (weight(found) >> 2))
        return found

    def loop(self, namespace: Mapping[str, object], forloop: Any) -> Any:
        BUDGET.spend(forloop.length)
        return super().loop(namespace, forloop)

    def stopindex(self, key: str, index: int | None = None) -> int:
        """Called with the place where a loop will stop, before what it goes over is passed by or copied up to
        there: that is paid for."""
        BUDGET.spend(max(index or 0, 0) >> 2)
        return super().stopindex(key, index)

    def get_buffer(self, buf: TextIO | None = None) -> StringIO:
        return Written()


class PaidTemplate(BoundTemplate):
    context_class = PaidContext

    def _get_buffer(self) -> StringIO:
        return Written()


def let_nodes_pay(tag: Any) -> None:
    """From now on the nodes that a tag makes of a template, if it makes any, pay when they are rendered."""
    node = getattr(tag, "node_class", None)
    if node is None:
        return
    prints = issubclass(node, OutputNode)

    def render(self: Any, context: RenderContext, buffer: TextIO) -> int:
        if self.price is None:
            self.price = _NODE + sum(map(_steps, _expressions(self, context)))
        BUDGET.spend(self.price)
        if not prints:
            return int(node.render_to_output(self, context, buffer))
        value = self.expression.evaluate(context)
        BUDGET.spend(weight(value))
        return buffer.write(to_liquid_string(value, autoescape=False))

    tag.node_class = type(node.__name__, (node,), {"price": None, "render_to_output": render})


def _expressions(node: Node, context: RenderContext) -> Iterator[Expression]:
    """Those of a node, and those of its conditions, which are no nodes of a tag."""
    yield from node.expressions()
    for child in node.children(context, include_partials=False):
        if not hasattr(child, "price"):
            yield from _expressions(child, context)


def _steps(expression: Expression) -> int:
    """Steps of an expression, each of whose parts may be evaluated."""
    return _PART * _count(expression) + (len(str(expression)) >> 4)


def _count(expression: Expression) -> int:
    return 1 + sum(map(_count, expression.children()))
