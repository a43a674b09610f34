"""Arguments as they are given: which parameter each is for, and the types that they infer.

Source: C# specification, type inference; better conversion.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from apimlb.policy.clr.types.constructed import NULL, VOID, Type, substitute, type_parameter
from apimlb.policy.clr.types.signatures import Member, Parameter
from apimlb.policy.csharp.binding.assignables import Assignable, assignable, read
from apimlb.policy.csharp.binding.bound import NEVER, Bound
from apimlb.policy.csharp.binding.conversion import converts
from apimlb.policy.csharp.binding.dispatch import value_or_untyped
from apimlb.policy.csharp.binding.lookup import type_of
from apimlb.policy.csharp.binding.scope import Scope, Untyped
from apimlb.policy.csharp.conversions import SIGNED, UNSIGNED
from apimlb.policy.csharp.syntax.nodes import Argument, Name, Node, TypedName


class Given(NamedTuple):
    """One argument of a call. `mode` is "", "out" or "ref". What an out or ref argument receives goes to
    `target`, or to the local `declared` ("_": nowhere). The `value` of an out argument has the type that is
    written, or void where the parameter decides."""

    at: int | Node
    value: Bound | Untyped
    name: str | None = None
    mode: str = ""
    target: Assignable | None = None
    declared: str | None = None
    name_at: int = 0


def given_arguments(scope: Scope, written: Sequence[Argument]) -> list[Given]:
    return [_given(scope, each) for each in written]


def _given(scope: Scope, written: Argument) -> Given:
    value = written.value
    if isinstance(value, TypedName):
        declared = VOID if value.type.is_var else type_of(scope, value.type)
        return Given(value, Bound(declared, ""), written.name, "out", None, value.name, value.name_at)
    if not written.mode:
        return Given(value, value_or_untyped(scope, value), written.name, name_at=written.name_at)
    if written.mode == "out" and isinstance(value, Name) and value.name == "_" and scope.find("_") is None:
        return Given(written.at, Bound(VOID, ""), written.name, "out", None, "_")
    target = assignable(scope, value, "CS1510")
    received = Bound(target.type, "") if written.mode == "out" else read(scope, target)
    return Given(value, received, written.name, written.mode, target, name_at=written.name_at)


def takes(member: Member, count: int) -> bool:
    """Whether a member takes that number of arguments."""
    required = sum(1 for p in member.parameters if p.required and p.mode != "params")
    return required <= count and (is_variable(member) or count <= len(member.parameters))


def is_variable(member: Member) -> bool:
    """Whether the last parameter of a member takes any number of arguments."""
    return bool(member.parameters) and member.parameters[-1].mode == "params"


def match(
    member: Member, arguments: Sequence[Given], *, expanded: bool, modes: bool = True
) -> list[int] | None:
    """The index of each argument's parameter; None where they do not fit in number, name or
    (with `modes`) mode. The last parameter takes several where it is `expanded`."""
    if expanded and not is_variable(member):
        return None
    parameters = member.parameters
    last = len(parameters) - 1
    if len(arguments) > last + 1 and not expanded:
        return None
    places: list[int] = []
    for index, each in enumerate(arguments):
        place = index if index < last else last
        if each.name is not None:
            place = next((i for i, p in enumerate(parameters) if p.name == each.name), -1)
            if place < 0 or (place in places and not (expanded and place == last)):
                return None
        if modes and each.mode != passing(parameters[place]):
            return None
        places.append(place)
    for place, parameter in enumerate(parameters):
        if parameter.required and place not in places and not (expanded and place == last):
            return None
    return places


def passing(parameter: Parameter) -> str:
    """The keyword that an argument for it must carry: "out", "ref" or ""."""
    return parameter.mode if parameter.mode in ("out", "ref") else ""


Bounds = dict[str, list[Bound]]
"""What is known of each type parameter: values that must convert to it."""


def infer(
    scope: Scope,
    parameters: Iterable[str],
    patterns: Sequence[Type],
    arguments: Sequence[Given],
    given: dict[str, Type],
) -> bool:
    """Fill `given` with the type parameters; False where the arguments do not tell."""
    bounds: Bounds = {name: [] for name in parameters}
    waiting: list[tuple[Type, Untyped]] = []
    for pattern, each in zip(patterns, arguments, strict=True):
        if isinstance(each.value, Untyped):
            waiting.append((pattern, each.value))
        elif each.mode != "out":
            _lower(scope, pattern, each.value, bounds)
    waiting = [(pattern, untyped) for pattern, untyped in waiting if pattern.kind == "delegate"]
    while waiting:
        left = []
        for pattern, untyped in waiting:
            *inputs, yielded = pattern.arguments
            if not all(_fix(scope, kind, bounds, given) for kind in inputs):
                left.append((pattern, untyped))
                continue
            known = tuple(substitute(kind, given) for kind in inputs)
            result = untyped.result(scope, known)
            if result is None:
                return False
            _lower(scope, yielded, Bound(result.type, ""), bounds)
        if len(left) == len(waiting):
            return False
        waiting = left
    return all(_fix(scope, type_parameter(name), bounds, given) for name in bounds)


def _lower(scope: Scope, pattern: Type, value: Bound, bounds: Bounds) -> None:
    """What a value says about the parameters in a pattern."""
    kind = value.type
    if pattern.kind == "parameter":
        if pattern.shown in bounds and kind not in (NULL, VOID, NEVER):
            bounds[pattern.shown].append(value)
    elif not pattern.arguments or pattern.kind == "delegate" or kind in (NULL, NEVER):
        return
    elif pattern.kind == "array":
        if kind.kind == "array":
            _lower(scope, pattern.arguments[0], Bound(kind.arguments[0], ""), bounds)
    elif pattern.is_nullable:
        _lower(scope, pattern.arguments[0], Bound(kind.underlying, ""), bounds)
    else:
        found = [base for base in scope.registry.bases(kind) if base.definition is pattern.definition]
        if len(found) == 1:
            for inner, actual in zip(pattern.arguments, found[0].arguments, strict=True):
                _lower(scope, inner, Bound(actual, ""), bounds)


def _fix(scope: Scope, pattern: Type, bounds: Bounds, given: dict[str, Type]) -> bool:
    """Decide the parameters of a pattern from what is known."""
    if pattern.kind != "parameter":
        return all(_fix(scope, inner, bounds, given) for inner in pattern.arguments)
    name = pattern.shown
    if name not in bounds or name in given:
        return True
    found = _type_of_all(scope, bounds[name])
    if found is None:
        return False
    given[name] = found
    return True


def _type_of_all(scope: Scope, values: Sequence[Bound]) -> Type | None:
    """The first of the types of some values that all of them convert to: null's if all are null."""
    for candidate in dict.fromkeys(value.type for value in values):
        if all(converts(scope, value, candidate) for value in values):
            return candidate
    return None


def common_type(scope: Scope, values: Sequence[Bound]) -> Type:
    """The type that all return values or items convert to; void where there is no value."""
    return (_type_of_all(scope, values) or scope.registry.object) if values else VOID


def fits(scope: Scope, each: Given, target: Type) -> bool:
    """Whether an argument converts implicitly to a parameter's type."""
    value = each.value
    if isinstance(value, Bound):
        if each.mode == "out":
            return value.type is VOID or value.type is target
        return value.type is target if each.mode == "ref" else converts(scope, value, target)
    if target.kind != "delegate":
        return False
    *inputs, wanted = target.arguments
    result = value.result(scope, tuple(inputs))
    if result is None or wanted is VOID or result.type is NEVER:
        return result is not None
    return result.type is not VOID and converts(scope, result, wanted)


def better_conversion(scope: Scope, each: Given, one: Type, other: Type) -> int:
    """1 where `one` is the better target for an argument, -1 where `other` is, else 0."""
    if one is other:
        return 0
    value = each.value
    if isinstance(value, Bound):
        return _better_target(scope, value.type, one, other)
    *inputs, first = one.arguments
    *others, second = other.arguments
    result = value.result(scope, tuple(inputs)) if inputs == others else None
    return 0 if result is None else _better_target(scope, result.type, first, second)


def _better_target(scope: Scope, given: Type, one: Type, other: Type) -> int:
    if given is one or given is other:
        return 1 if given is one else -1
    forward = scope.conversions.implicit(one, other) is not None
    backward = scope.conversions.implicit(other, one) is not None
    if forward != backward:
        return 1 if forward else -1
    if one.name in SIGNED and other.name in UNSIGNED:
        return 1
    return -1 if one.name in UNSIGNED and other.name in SIGNED else 0
