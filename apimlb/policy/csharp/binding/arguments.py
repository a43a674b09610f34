"""Arguments as they are given to a call or an indexer."""

from collections.abc import Sequence

from apimlb.policy.clr.types.constructed import VOID
from apimlb.policy.csharp.binding.assignables import assignable, read
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.dispatch import as_value, bind
from apimlb.policy.csharp.binding.matching import Given
from apimlb.policy.csharp.binding.resolution import is_var, type_of
from apimlb.policy.csharp.binding.scope import Scope, Untyped
from apimlb.policy.csharp.syntax.nodes import Argument, Name


def given_arguments(scope: Scope, written: Sequence[Argument]) -> list[Given]:
    return [_given(scope, each) for each in written]


def _given(scope: Scope, written: Argument) -> Given:
    if written.declared is not None:
        return _declaring(scope, written)
    value = written.value
    assert value is not None
    if not written.mode:
        found = bind(scope, value)
        kept = found if isinstance(found, Untyped) else as_value(scope, found, value)
        return Given(value, kept, written.name, name_at=written.name_at)
    if written.mode == "out" and isinstance(value, Name) and value.name == "_" and scope.find("_") is None:
        return Given(written.at, Bound(VOID, ""), written.name, "out", None, "_")
    target = assignable(scope, value)
    received = Bound(target.type, "") if written.mode == "out" else read(scope, target)
    return Given(value, received, written.name, written.mode, target, name_at=written.name_at)


def _declaring(scope: Scope, written: Argument) -> Given:
    """`out int x` or `out var x`"""
    kind = written.declared_type
    assert kind is not None
    declared = VOID if is_var(scope, kind) else type_of(scope, kind)
    value = Bound(declared, "")
    return Given(kind.at, value, written.name, "out", None, written.declared, written.name_at)
