"""Templates that pay for what they do: each node that is rendered, each value that is looked up, each turn of
a loop and all that is written counts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from typing import Any, TextIO

from liquid import BoundTemplate, RenderContext, Tag
from liquid.ast import Node
from liquid.builtin.expressions import LoopExpression
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

    size = 0

    def write(self, text: str) -> int:
        BUDGET.spend(1 + (len(text) >> 6))
        BUDGET.make(len(text))
        self.size = bounded_length(self.size + len(text))
        return super().write(text)


class PaidContext(RenderContext):
    """Where values are looked up."""

    def get(self, path: list[object], *, token: Any, default: object = UNDEFINED) -> object:
        found = super().get(path, token=token, default=default)
        BUDGET.spend(1 + len(path) + (weight(found) >> 2))
        return found

    @contextmanager
    def loop(self, namespace: Mapping[str, object], forloop: Any) -> Iterator[RenderContext]:
        BUDGET.spend(forloop.length)
        with super().loop(namespace, forloop) as context:
            yield context

    def get_buffer(self, buf: TextIO | None = None) -> StringIO:
        return Written()


class PaidTemplate(BoundTemplate):
    context_class = PaidContext

    def _get_buffer(self) -> StringIO:
        return Written()


class _Weighed(Expression):
    """What a loop goes over, paid for before it is copied or passed by."""

    __slots__ = ("inner",)

    def __init__(self, inner: Expression) -> None:
        super().__init__(inner.token)
        self.inner = inner

    def __str__(self) -> str:
        return str(self.inner)

    def evaluate(self, context: RenderContext) -> object:
        found = self.inner.evaluate(context)
        BUDGET.spend(len(found) >> 2 if isinstance(found, range | list) else 0)
        return found

    def children(self) -> list[Expression]:
        return [self.inner]


def paid_tag(tag: type[Tag]) -> type[Tag]:
    """The tag, whose nodes pay when they are rendered."""
    made: Any = tag
    inner: Any = getattr(tag, "node_class", None)
    if inner is None:
        return tag
    node = type(inner.__name__, (inner,), {"__init__": _begun(inner), "render_to_output": _rendered(inner)})
    return type(tag.__name__, (made,), {"node_class": node})


def _begun(inner: Any) -> Any:
    def begin(self: Any, *arguments: Any, **options: Any) -> None:
        inner.__init__(self, *arguments, **options)
        self.price = None
        expression = getattr(self, "expression", None)
        if isinstance(expression, LoopExpression):
            expression.iterable = _Weighed(expression.iterable)

    return begin


def _rendered(inner: Any) -> Any:
    prints = issubclass(inner, OutputNode)

    def render(self: Any, context: RenderContext, buffer: TextIO) -> int:
        if self.price is None:
            self.price = _NODE + sum(map(_parts, _expressions(self, context)))
        BUDGET.spend(self.price)
        if not prints:
            return int(inner.render_to_output(self, context, buffer))
        value = self.expression.evaluate(context)
        BUDGET.spend(weight(value))
        return buffer.write(to_liquid_string(value, autoescape=False))

    return render


def _expressions(node: Node, context: RenderContext) -> Iterator[Expression]:
    """Those of a node, and those of its conditions, which are no nodes of a tag."""
    yield from node.expressions()
    for child in node.children(context, include_partials=False):
        if not hasattr(child, "price") and list(child.expressions()):
            yield from _expressions(child, context)


def _parts(expression: Expression) -> int:
    """Steps of an expression, each of whose parts may be evaluated."""
    return _PART + (len(str(expression)) >> 4) + sum(map(_PART.__mul__, map(_count, expression.children())))


def _count(expression: Expression) -> int:
    return 1 + sum(map(_count, expression.children()))
