"""Patterns, in `is` and in `case`, and the switch statement."""

from dataclasses import dataclass, field

from apimlb.policy.clr.casts import is_type
from apimlb.policy.clr.objects.text import clr_equals
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.csharp.binding.bound import Bound, LocalMethod, Scope, Variable
from apimlb.policy.csharp.binding.flow import SwitchFacts
from apimlb.policy.csharp.binding.functions import Loop
from apimlb.policy.csharp.binding.statements import StatementBinder
from apimlb.policy.csharp.conversions import INTEGRAL
from apimlb.policy.csharp.syntax.nodes import Is, MemberAccess, Name, Node, TypeName
from apimlb.policy.csharp.syntax.statements import Declaration, Switch, SwitchLabel, SwitchSection

_PLAIN = INTEGRAL | {"System.Boolean", "System.String"}
_HANDLED = "The switch case has already been handled by a previous case."


@dataclass(slots=True)
class Handled:
    """What the labels of a switch take so far: constants, and types with nothing left to test."""

    patterns: bool
    constants: list[tuple[type, object]] = field(default_factory=list)
    types: list[Type] = field(default_factory=list)
    all: bool = False


class SwitchBinder(StatementBinder):
    """Tests values against types and constants."""

    _section_scopes: dict[int, Scope]

    # Patterns

    def bind_is(self, node: Is) -> Bound:
        bound = self.value(node.operand)
        if node.type is not None and (node.name is not None or not self._is_constant_name(node.type)):
            if node.name is not None:
                code = self.pattern(bound, node.type, node.name, node.name_at, id(node))
                return Bound(self.registry.bool, code, safe=True)
            target = self.type_of(node.type)
            test = self.out.use(is_type)
            return Bound(self.registry.bool, f"{test}({bound.code}, {self.out.use(target)})", safe=True)
        constant = node.constant if node.type is None else _as_expression(node.type)
        assert constant is not None
        return Bound(self.registry.bool, self._constant_test(bound, constant)[0], safe=True)

    def _is_constant_name(self, written: TypeName) -> bool:
        """Whether `x is Name` or `x is Type.Member` compares with a constant."""
        if self.find_type(written) is not None:
            return False
        names = [name for name, inner in written.parts if not inner]
        if len(names) != len(written.parts) or written.nullable or written.ranks:
            return False
        if len(names) == 1:
            return self.scope.find(names[0]) is not None
        owner = TypeName(written.at, written.parts[:-1])
        return self.scope.find(names[0]) is not None or self.find_type(owner) is not None

    def pattern(self, bound: Bound, written: TypeName, name: str, name_at: int, key: int) -> str:
        """Code that tests `bound` for `written name`, and declares the name."""
        if written.is_var and self.registry.written("var") is None:
            target, always = bound.type, True
        else:
            target = self.type_of(written)
            if self.conversions.explicit(bound.type, target) is None or not self._testable(
                bound.type, target
            ):
                self.refuse(
                    "CS8121",
                    f"An expression of type '{bound.type.shown}' cannot be handled by a pattern of type "
                    f"'{target.shown}'.",
                    written.at,
                )
            if target.is_nullable:
                what = (
                    f"It is not legal to use nullable type '{target.shown}' in a pattern; use the underlying "
                    f"type '{target.underlying.shown}' instead."
                )
                self.refuse("CS8116", what, written.at)
            plain = bound.type.is_value and not bound.type.is_nullable
            always = plain and self.registry.derives(bound.type, target)
        self.partial = True
        variable = self.declare(name, target, name_at)
        if variable.cell:
            self.out.line(self.store(variable, "None"), name_at)
        if always:
            self.always.add(key)
            return f"({self.assign_code(variable, bound.code)}, True)[1]"
        first, again = self.once(bound)
        kept = self.assign_code(variable, again)
        return f"({self.out.use(is_type)}({first}, {self.out.use(target)}) and ({kept}, True)[1])"

    def _testable(self, source: Type, target: Type) -> bool:
        """Whether a pattern may look for a type: numbers convert to each other, but are never one another."""
        plain = source.underlying
        return plain is target.underlying or not (plain.is_value and target.is_value)

    def _constant_test(self, bound: Bound, node: Node) -> tuple[str, Bound]:
        """Code that compares with a constant, and the constant."""
        constant = self.value(node)
        if not constant.is_constant:
            self.refuse("CS0150", "A constant value is expected", node)
        if bound.type is not self.registry.object and bound.type.kind not in ("interface", "null"):
            if constant.constant is None and bound.type.is_value and not bound.type.is_nullable:
                constant = self.convert(constant, bound.type, node)
            elif constant.constant is not None:
                constant = self.convert(constant, bound.type.underlying, node)
        if constant.constant is None:
            return f"({bound.code} is None)" if not bound.is_constant else self._null_code(bound), constant
        if bound.type.name in _PLAIN:
            return f"({bound.code} == {constant.code})", constant
        return f"{self.out.use(clr_equals)}({bound.code}, {constant.code})", constant

    def _null_code(self, bound: Bound) -> str:
        return repr(bound.constant is None)

    # switch

    def bind_switch(self, node: Switch) -> None:
        value = self.value(node.value)
        if value.type.kind == "void" or value.type.kind == "null":
            self.refuse("CS8119", "The switch expression must be a value; found <null>.", node.value)
        name, chosen = self.out.local("switch", "k_"), self.out.local("section", "k_")
        self.out.line(f"{name} = {value.code}", node.at)
        loop = Loop(is_switch=True, skip=self.out.local("skip", "k_"))
        self.out.line(f"{loop.skip} = False", node.at)
        facts = self.switches[id(node)] = SwitchFacts()
        self.enter()
        self.scope.statements = [each for section in node.sections for each in section.statements]
        self.partial = self.partial or (
            len(node.sections) > 1 and any(isinstance(each, Declaration) for each in self.scope.statements)
        )
        self._choose(node, Bound(value.type, name, value.constant, pure=True), chosen, facts)
        self._run_sections(node, chosen, loop)
        self.leave()
        if loop.skipped:
            inside = bool(self.loops) and self.loops[-1].is_switch
            self.out.line(f"if {loop.skip}: {'break' if inside else 'continue'}", node.at)

    def _choose(self, node: Switch, value: Bound, chosen: str, facts: SwitchFacts) -> None:
        """Lines that give `chosen` the number of the section that runs; labels are tried in their order, each
        in the scope of its section."""
        labels = [label for section in node.sections for label in section.labels]
        patterns = value.type.underlying.name not in _PLAIN and value.type.underlying.kind != "enum"
        patterns = patterns or any(label.type is not None or label.when is not None for label in labels)
        handled, default = Handled(patterns), -1
        facts.constant = value.is_constant and not patterns
        self._section_scopes = {}
        self.out.line("while True:", node.at)
        self.out.indent += 1
        for number, section in enumerate(node.sections):
            self.enter()
            for label in section.labels:
                if label.is_default:
                    if default >= 0:
                        self._repeated(label, "default:")
                    default = number
                    continue
                test = self._label_test(label, value, handled, facts)
                self.out.line(f"if {test}:", label.at)
                self.out.line(f"    {chosen} = {number}", label.at)
                self.out.line("    break", label.at)
            self._section_scopes[id(section)] = self.scope
            self.leave()
        self.out.line(f"{chosen} = {default}", node.at)
        self.out.line("break", node.at)
        self.out.indent -= 1
        facts.covered = handled.all

    def _run_sections(self, node: Switch, chosen: str, loop: Loop) -> None:
        mark = len(self.out.lines)
        shared, inner = self.scope, self._section_scopes
        self.out.line("while True:", node.at)
        self.out.indent += 1
        self.loops.append(loop)
        for number, section in enumerate(node.sections):
            self.out.line(f"if {chosen} == {number}:", section.at)
            self.out.indent += 1
            self._run_section(section, inner[id(section)].names)
            self.out.indent -= 1
        self.loops.pop()
        self.out.line("break", node.at)
        self.out.indent -= 1
        for each in shared.names.values():  # a section may assign what another one declares
            if isinstance(each, Variable) and each.cell:
                self.out.insert(mark, self.store(each, "None"), node.at)

    def _run_section(self, section: SwitchSection, names: dict[str, Variable | LocalMethod]) -> None:
        """The statements of a section: its locals belong to the switch, the names of its patterns to it."""
        self.scope.names.update(names)
        self.statements(section.statements)
        for name in names:
            del self.scope.names[name]

    def _label_test(self, label: SwitchLabel, value: Bound, handled: Handled, facts: SwitchFacts) -> str:
        if label.type is not None:
            assert label.name is not None
            test = self.pattern(value, label.type, label.name, label.name_at, id(label))
            self._handle_type(label, handled)
        else:
            assert label.constant is not None
            test, constant = self._constant_test(value, label.constant)
            self._handle_constant(label, constant, handled)
            if facts.constant and constant.constant == value.constant:
                facts.chosen = label
        if label.when is not None:
            test = f"({test} and {self.condition(label.when)})"
        return test

    def _handle_type(self, label: SwitchLabel, handled: Handled) -> None:
        assert label.name is not None
        variable = self.scope.names[label.name]
        assert isinstance(variable, Variable)
        kind = variable.type
        if handled.all or any(self.registry.derives(kind, other) for other in handled.types):
            assert label.type is not None
            self.refuse("CS8120", _HANDLED, label.type.at)
        if label.when is None:
            handled.types.append(kind)
            handled.all = handled.all or id(label) in self.always

    def _handle_constant(self, label: SwitchLabel, constant: Bound, handled: Handled) -> None:
        key = (type(constant.constant), constant.constant)
        taken = constant.constant is not None and any(
            self.registry.derives(constant.type, other) for other in handled.types
        )
        if handled.all or taken or (key in handled.constants and handled.patterns):
            self.refuse("CS8120", _HANDLED, label.at)
        if key in handled.constants:
            self._repeated(label, _constant_text(constant.constant))
        if label.when is None:
            handled.constants.append(key)

    def _repeated(self, label: SwitchLabel, text: str) -> None:
        what = f"The switch statement contains multiple cases with the label value '{text}'"
        self.refuse("CS0152", what, label.at)

    def label_text(self, label: SwitchLabel) -> str:
        return self.source.text[label.at : label.end]


def _constant_text(value: object) -> str:
    if value is None:
        return "null"
    return f'"{value}"' if type(value) is str else str(value)


def _as_expression(written: TypeName) -> Node:
    """`x is Name.Constant`, which was read as a type."""
    made: Node = Name(written.at, written.parts[0][0])
    at = written.at
    for (before, _), (name, _) in zip(written.parts, written.parts[1:], strict=False):
        at += len(before) + 1
        made = MemberAccess(at, made, name)
    return made
