"""Concatenation and interpolated strings."""

from apimlb.policy.clr.objects.text import aligned, concat, format_text, format_value, text_of
from apimlb.policy.clr.types.constructed import VOID
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.conversion import convert
from apimlb.policy.csharp.binding.dispatch import bind, value
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.binding.values import literal
from apimlb.policy.csharp.syntax.nodes import InterpolatedString, Interpolation


def concatenated(scope: Scope, left: Bound, right: Bound) -> Bound:
    """`left + right`, of which one is a string. A chain of them is one call."""
    return _joined(scope, (*(left.texts or (_text(scope, left),)), _text(scope, right)))


def _joined(scope: Scope, texts: tuple[str, ...]) -> Bound:
    code = scope.call(concat, *texts)
    return Bound(scope.registry.string, code, safe=True, texts=texts)


def _text(scope: Scope, bound: Bound) -> str:
    """Code for the text that concatenation and interpolation make of a value."""
    if bound.type is scope.registry.string:
        return bound.code if bound.safe else f"({bound.code} or '')"
    if bound.type is scope.registry.int:
        return scope.call(repr, bound.code)
    if bound.constant is None:
        return "''"
    return scope.call(text_of, bound.code)


def bind_interpolated(scope: Scope, node: InterpolatedString) -> Bound:
    if not node.parts:
        return literal(scope, "", scope.registry.string)
    pieces = (
        _interpolated(scope, part) if isinstance(part, Interpolation) else repr(part) for part in node.parts
    )
    return _joined(scope, tuple(pieces))


def _interpolated(scope: Scope, part: Interpolation) -> str:
    bound = value(scope, part.value)
    if bound.type is VOID:
        scope.refuse("CS0029", part.at, VOID, scope.registry.object)
    if not part.format:
        code = _text(scope, bound)
    elif "{" in part.format or "}" in part.format:  # string.Format makes of braces what it may
        layout = f"{{0:{part.format}}}"
        code = f"{scope.use(format_text)}({layout!r}, [{bound.code}])"
    else:
        code = scope.call(format_value, bound.code, repr(part.format))
    if part.alignment is None:
        return code
    width = convert(scope, bind(scope, part.alignment), scope.registry.int, part.alignment)
    if not width.is_constant:
        scope.refuse("CS0150", part.alignment)
    return scope.call(aligned, code, width.code)
