"""Patterns, in `is` and in `case`, and the switch statement.

A switch is one loop that finds the section, and one that runs it. `break` leaves the second.
"""

from dataclasses import dataclass, field

from apimlb.policy.clr.casts import is_type
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.csharp.binding.assignables import assigned_local, declared_inside
from apimlb.policy.csharp.binding.blocks import block_lines
from apimlb.policy.csharp.binding.bound import Bound, Variable
from apimlb.policy.csharp.binding.conversion import condition, convert
from apimlb.policy.csharp.binding.dispatch import value
from apimlb.policy.csharp.binding.emit import Line, Lines, suite
from apimlb.policy.csharp.binding.lookup import find_type, type_of
from apimlb.policy.csharp.binding.loops import continues
from apimlb.policy.csharp.binding.scope import Names, Scope
from apimlb.policy.csharp.binding.values import once
from apimlb.policy.csharp.conversions import INTEGRAL
from apimlb.policy.csharp.syntax.nodes import Is, MemberAccess, Name, Node, TypedName, TypeName
from apimlb.policy.csharp.syntax.statement_nodes import Declaration, Switch, SwitchLabel, SwitchSection

PLAIN = INTEGRAL | {"System.Boolean", "System.String"}
"""Types of constants that Python compares as C# does."""


def bind_is(scope: Scope, node: Is) -> Bound:
    bound = value(scope, node.operand)
    pattern = node.pattern
    if isinstance(pattern, TypedName):
        code, _ = type_test(scope, bound, pattern)
    elif isinstance(pattern, Node):
        code, _ = constant_test(scope, bound, pattern)
    elif _is_constant(scope, pattern):
        code, _ = constant_test(scope, bound, _as_expression(pattern))
    else:
        code = scope.call(is_type, bound.code, scope.use(type_of(scope, pattern)))
    return Bound(scope.registry.bool, code, safe=True)


def _is_constant(scope: Scope, written: TypeName) -> bool:
    """Whether `x is Name` or `x is Type.Member` compares with a constant."""
    if find_type(scope, written) is not None:
        return False
    names = [name for name, inner in written.parts if not inner]
    if len(names) != len(written.parts) or written.nullable or written.ranks:
        return False
    if scope.find(names[0]) is not None:
        return True
    return len(names) > 1 and find_type(scope, TypeName(written.at, written.parts[:-1])) is not None


def _as_expression(written: TypeName) -> Node:
    """`x is Name.Constant`, which was read as a type."""
    made: Node = Name(written.at, written.parts[0][0])
    at = written.at
    for (before, _), (name, _) in zip(written.parts, written.parts[1:], strict=False):
        at += len(before) + 1
        made = MemberAccess(written.at, made, name, at)
    return made


def type_test(scope: Scope, bound: Bound, node: TypedName) -> tuple[str, Type]:
    """Code that tests for a type and gives the local the value, and that type."""
    if node.type.is_var:
        target, always = bound.type, True
    else:
        target = type_of(scope, node.type)
        _check_testable(scope, bound.type, target, node.at)
        plain = not bound.type.takes_null
        always = plain and scope.registry.derives(bound.type, target)
    scope.program.partial = True
    variable = declared_inside(scope, node.name, target, node.name_at)
    if always:
        scope.program.truths[id(node)] = True
        return f"({assigned_local(scope, variable, bound.code)}, True)[1]", target
    first, again = once(scope, bound)
    test = scope.call(is_type, first, scope.use(target))
    return f"({test} and ({assigned_local(scope, variable, again)}, True)[1])", target


def _check_testable(scope: Scope, source: Type, target: Type, at: int) -> None:
    """Numbers convert to each other, but are never one another."""
    plain = source.underlying
    testable = plain is target.underlying or not (plain.is_value and target.is_value)
    if not testable or scope.conversions.explicit(source, target) is None:
        scope.refuse("CS8121", at, source, target)
    if target.is_nullable:
        scope.refuse("CS8116", at, target, target.underlying)


def constant_test(scope: Scope, bound: Bound, node: Node) -> tuple[str, Bound]:
    """Code that compares with a constant, and the constant."""
    constant = value(scope, node)
    if not constant.is_constant:
        scope.refuse("CS0150", node)
    if bound.type is not scope.registry.object and bound.type.kind not in ("interface", "null"):
        if constant.constant is not None:
            constant = convert(scope, constant, bound.type.underlying, node)
        elif not bound.type.takes_null:
            constant = convert(scope, constant, bound.type, node)
    if constant.constant is None:
        code = repr(bound.constant is None) if bound.is_constant else f"({bound.code} is None)"
        return code, constant
    if bound.type.name in PLAIN:
        return f"({bound.code} == {constant.code})", constant
    return scope.call(clr_equals, bound.code, constant.code), constant


@dataclass(slots=True, eq=False, repr=False)
class Handled:
    """What the labels of a switch take so far: constants, and types with nothing left to test."""

    patterns: bool
    constants: list[tuple[type, object]] = field(default_factory=list)
    types: list[Type] = field(default_factory=list)
    all: bool = False


def bind_switch(scope: Scope, node: Switch) -> Lines:
    bound = value(scope, node.value)
    if bound.type.kind in ("void", "null"):
        scope.refuse("CS8119", node.value, bound.type)
    name, chosen, skip = (scope.local(each, "k_") for each in ("switch", "section", "skip"))
    skips = any(continues(section) for section in node.sections)
    written = [each for section in node.sections for each in section.statements]
    if len(node.sections) > 1 and any(isinstance(each, Declaration) for each in written):
        scope.program.partial = True
    inner = scope.inside(written)
    switched = Bound(bound.type, name, bound.constant, repeatable=True)
    choice, patterns = _choice(inner, node, switched, chosen)
    running = inner._replace(loops=(*scope.loops, skip))
    run: Lines = []
    for number, (section, names) in enumerate(zip(node.sections, patterns, strict=True)):
        run += suite(f"if {chosen} == {number}:", section.at, _section(running, section, names))
    outer = "break" if scope.loops and scope.loops[-1] else "continue"
    return [
        Line(f"{name} = {bound.code}", node.at),
        *([Line(f"{skip} = False", node.at)] if skips else []),
        *suite("while True:", node.at, choice),
        # A section may assign what another one declares.
        *(Line(each.stored("None"), node.at) for each in inner.names.own.values()
          if isinstance(each, Variable) and each.cell),
        *suite("while True:", node.at, [*run, Line("break", node.at)]),
        *([Line(f"if {skip}: {outer}", node.at)] if skips else []),
    ]  # fmt: skip


def _choice(scope: Scope, node: Switch, switched: Bound, chosen: str) -> tuple[Lines, list[Names]]:
    """Lines that give `chosen` the number of the section that runs, labels being tried in their order; and
    the names of each section's patterns."""
    labels = [label for section in node.sections for label in section.labels]
    kind = switched.type.underlying
    handled = Handled(
        (kind.name not in PLAIN and kind.kind != "enum")
        or any(isinstance(label.pattern, TypedName) or label.when is not None for label in labels)
    )
    scope.program.truths[id(node)] = False
    default = -1
    lines: Lines = []
    patterns: list[Names] = []
    for number, section in enumerate(node.sections):
        inner = scope.inside()
        patterns.append(inner.names)
        for label in section.labels:
            if label.pattern is not None:
                lines += _label_lines(inner, label, label.pattern, switched, handled, f"{chosen} = {number}")
            elif default >= 0:
                scope.refuse("CS0152", label.at, "default:")
            else:
                default = number
    scope.program.truths[id(node)] = handled.all
    return [*lines, Line(f"{chosen} = {default}", node.at), Line("break", node.at)], patterns


def _label_lines(
    scope: Scope, label: SwitchLabel, pattern: Node, switched: Bound, handled: Handled, choose: str
) -> Lines:
    before: Lines = []
    scope = scope.after(before)
    if isinstance(pattern, TypedName):
        test, kind = type_test(scope, switched, pattern)
        _handle_type(scope, label, pattern, kind, handled)
    else:
        test, constant = constant_test(scope, switched, pattern)
        _handle_constant(scope, label, constant, handled)
        if switched.is_constant and not handled.patterns:
            scope.program.truths[id(label)] = constant.constant == switched.constant
    if label.when is not None:
        test = f"({test} and {condition(scope, label.when)})"
    taken = [Line(choose, label.at), Line("break", label.at)]
    return [*before, *suite(f"if {test}:", label.at, taken)]


def _section(scope: Scope, section: SwitchSection, patterns: Names) -> Lines:
    """The statements of a section: its locals belong to the switch, the names of its patterns to it."""
    shared = scope.names
    names = Names(shared.outer, shared.statements)
    names.own = {**shared.own, **patterns.own}
    names.inner = shared.inner
    lines = block_lines(scope._replace(names=names), section.statements)
    shared.own.update((name, each) for name, each in names.own.items() if name not in patterns.own)
    return lines


def _handle_type(scope: Scope, label: SwitchLabel, pattern: TypedName, kind: Type, handled: Handled) -> None:
    if handled.all or any(scope.registry.derives(kind, other) for other in handled.types):
        scope.refuse("CS8120", pattern.at)
    if label.when is None:
        handled.types.append(kind)
        handled.all = handled.all or id(pattern) in scope.program.truths


def _handle_constant(scope: Scope, label: SwitchLabel, constant: Bound, handled: Handled) -> None:
    key = (type(constant.constant), constant.constant)
    taken = constant.constant is not None and any(
        scope.registry.derives(constant.type, other) for other in handled.types
    )
    if handled.all or taken or (key in handled.constants and handled.patterns):
        scope.refuse("CS8120", label.at)
    if key in handled.constants:
        scope.refuse("CS0152", label.at, _constant_text(constant.constant))
    if label.when is None:
        handled.constants.append(key)


def _constant_text(value: object) -> str:
    if value is None:
        return "null"
    return f'"{value}"' if type(value) is str else str(value)
