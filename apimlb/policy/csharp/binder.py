"""The binder: a syntax tree in, Python text with its static type out."""

from collections.abc import Callable
from typing import Any

from apimlb.policy.csharp.binder_statements import Loop, StatementBinder
from apimlb.policy.csharp.bound import Bound, LambdaValue, Result, TypeReference
from apimlb.policy.csharp.casts import bad_throw
from apimlb.policy.csharp.nodes import (
    As,
    Assign,
    Binary,
    Block,
    Break,
    Call,
    Cast,
    Catch,
    CheckedBlock,
    CheckedValue,
    ConditionalAccess,
    Continue,
    Declare,
    DefaultOf,
    DoWhile,
    For,
    ForEach,
    If,
    Index,
    Interpolated,
    Is,
    Keyword,
    Label,
    Lambda,
    Literal,
    LocalFunction,
    Member,
    Name,
    NameOf,
    New,
    NewAnonymous,
    NewArray,
    Node,
    Receiver,
    Return,
    Run,
    SizeOf,
    Step,
    Switch,
    Ternary,
    Throw,
    ThrowValue,
    Try,
    Unary,
    Using,
    While,
)
from apimlb.policy.values.failures import caught, is_caught
from apimlb.policy.values.text import clr_equals

_EXPRESSIONS: dict[type[Node], str] = {
    Literal: "bind_literal", Interpolated: "bind_interpolated", Name: "bind_name", Member: "bind_member",
    Call: "bind_call", Index: "bind_index", ConditionalAccess: "bind_conditional", Unary: "bind_unary",
    Step: "bind_step", Binary: "bind_binary", Assign: "bind_assign", Ternary: "bind_ternary", As: "bind_as",
    Is: "bind_is", New: "bind_new", NewArray: "bind_new_array", NewAnonymous: "bind_anonymous",
    DefaultOf: "bind_default", NameOf: "bind_nameof", SizeOf: "bind_sizeof", CheckedValue: "bind_checked",
    Keyword: "bind_keyword", Cast: "bind_cast", Receiver: "bind_receiver", Lambda: "bind_lambda",
    ThrowValue: "bind_throw_value",
}  # fmt: skip
_STATEMENTS: dict[type[Node], str] = {
    Block: "block", Declare: "bind_declare", Run: "bind_run", If: "bind_if", While: "bind_while",
    DoWhile: "bind_do_while", For: "bind_for", ForEach: "bind_for_each", Return: "bind_return",
    Break: "bind_break", Continue: "bind_continue", LocalFunction: "bind_local_function",
    CheckedBlock: "bind_checked_block", Throw: "bind_throw", Try: "bind_try", Using: "bind_using",
    Switch: "bind_switch",
}  # fmt: skip


class Binder(StatementBinder):
    """Dispatch, and the statements that change the flow: throw, try, using, switch."""

    def bind(self, node: Node) -> Result:
        method: Callable[[Any], Result] = getattr(self, _EXPRESSIONS[type(node)])
        return method(node)

    def statement(self, node: Node) -> bool:
        method: Callable[[Any], bool] = getattr(self, _STATEMENTS[type(node)])
        return method(node)

    def bind_keyword(self, node: Keyword) -> Result:
        definition = self.registry.written(node.name)
        assert definition is not None
        return TypeReference(self.registry.types.of(definition))

    def bind_cast(self, node: Cast) -> Result:
        return self.cast(self.bind(node.operand), self.type_of(node.type), node.at)

    def bind_receiver(self, node: Receiver) -> Result:
        return self.receivers[-1]

    def bind_lambda(self, node: Lambda) -> Result:
        return LambdaValue(node)

    def bind_throw_value(self, node: ThrowValue) -> Result:
        self.refuse("CS8115", "A throw expression is not allowed in this context.", node.at)

    # throw and try

    def bind_throw(self, node: Throw) -> bool:
        if node.value is None:
            if not self._catching:
                self.refuse(
                    "CS0156",
                    "A throw statement with no arguments is not allowed outside of a catch clause",
                    node.at,
                )
            self.out.line("raise", node.at)
            return False
        bound = self.convert(self.bind(node.value), self.registry.named("System.Exception"), node.value.at)
        self.out.line(f"raise {self.out.use(bad_throw)}({bound.code})", node.at)
        return False

    _catching = 0

    def bind_try(self, node: Try) -> bool:
        self.out.line("try:", node.at)
        reached = self.body(node.body)
        if node.catches:
            name = self.out.local("error", "e_")
            self.out.line(f"except {self.out.use(Exception)} as {name}:", node.at)
            self.out.indent += 1
            kept = self.out.local("error", "k_")
            self.out.line(f"{kept} = {self.out.use(caught)}({name})", node.at)
            self._catching += 1
            reached = self._catches(node.catches, kept) or reached
            self._catching -= 1
            self.out.indent -= 1
        if node.finally_body is not None:
            if not node.catches:  # tells the budget of a stack that is full, before the frame outside runs on
                name = self.out.local("error", "e_")
                self.out.line(f"except {self.out.use(Exception)} as {name}:", node.at)
                self.out.line(f"    {self.out.use(caught)}({name})", node.at)
                self.out.line("    raise", node.at)
            self.out.line("finally:", node.finally_body.at)
            reached = self.body(node.finally_body) and reached
        return reached

    def _catches(self, catches: list[Catch], kept: str) -> bool:
        reached, word = False, "if"
        for each in catches:
            self.enter()
            kind = self.type_of(each.type) if each.type else self.registry.named("System.Exception")
            test = f"{self.out.use(is_caught)}({kept}, {kind.name!r})"
            if each.name is not None:
                variable = self.declare(each.name, kind, each.at)
                test = f"({test} and ({self.assign_code(variable, kept)}, True)[1])"
                if variable.cell:
                    self.out.line(self.store(variable, "None"), each.at)
            if each.filter is not None:
                test = f"({test} and {self.condition(each.filter)})"
            if word == "if":
                self.out.line(f"if {test}:", each.at)
            else:
                self.out.line("else:", each.at)
                self.out.indent += 1
                self.out.line(f"if {test}:", each.at)
            reached = self.body(each.body) or reached
            self.leave()
            word = "else"
        self.out.line("else: raise", catches[-1].at)
        self.out.indent -= len(catches) - 1
        return reached

    def bind_using(self, node: Using) -> bool:
        self.enter()
        if isinstance(node.resource, Declare):
            self.bind_declare(node.resource)
        else:
            self.out.line(self.value(node.resource).code, node.at)
        reached = self.body_here(node.body)
        self.leave()
        return reached

    def body_here(self, node: Node) -> bool:
        return self.block(node if isinstance(node, Block) else Block(node.at, [node]))

    # switch

    def bind_switch(self, node: Switch) -> bool:
        value = self.value(node.value)
        name = self.out.local("switch", "k_")
        self.out.line(f"{name} = {value.code}", node.at)
        loop = Loop(is_switch=True, skip=self.out.local("skip", "k_"))
        self.out.line(f"{loop.skip} = False", node.at)
        self.out.line("while True:", node.at)
        self.out.indent += 1
        self.loops.append(loop)
        self.enter()
        has_default = self._sections(node, Bound(value.type, name, pure=True))
        self.leave()
        self.loops.pop()
        self.out.line("break", node.at)
        self.out.indent -= 1
        if loop.skipped:
            outer = next((each for each in reversed(self.loops) if each.is_switch), None)
            if self.loops and self.loops[-1] is outer and outer is not None:
                self.out.line(f"if {loop.skip}: break", node.at)
            else:
                self.out.line(f"if {loop.skip}: continue", node.at)
        return loop.broken or not has_default

    def _sections(self, node: Switch, value: Bound) -> bool:
        """The sections as one chain of conditions; the default one comes last."""
        ordered = sorted(
            node.sections, key=lambda section: any(_is_default(label) for label in section.labels)
        )
        has_default, depth = False, 0
        for section in ordered:
            default = any(_is_default(label) for label in section.labels)
            tests = ["True"] if default else [self._label_test(label, value) for label in section.labels]
            has_default = has_default or default
            self.out.line(f"if {' or '.join(tests)}:", section.at)
            if self.body(Block(section.at, section.statements)):
                self.refuse(
                    "CS0163", "Control cannot fall through from one case label to another", section.at
                )
            self.out.line("else:", section.at)
            self.out.indent += 1
            depth += 1
        if depth:
            self.out.line("pass", node.at)
        self.out.indent -= depth
        return has_default

    def _label_test(self, label: Label, value: Bound) -> str:
        if label.type is not None:
            test = self.value(Is(label.at, _Held(label.at, value), label.type, label.name)).code
        else:
            assert label.constant is not None
            constant = self.value(label.constant)
            if not constant.is_constant:
                self.refuse("CS0150", "A constant value is expected", label.at)
            if value.type is not self.registry.object and constant.constant is not None:
                constant = self.convert(constant, value.type.underlying, label.at)
            test = f"{self.out.use(clr_equals)}({value.code}, {constant.code})"
        if label.when is not None:
            test = f"({test} and {self.condition(label.when)})"
        return test

    def bind_held(self, node: "_Held") -> Result:
        return node.value


class _Held(Node):
    """A value that is bound already, standing where a node is asked for."""

    __slots__ = ("value",)

    def __init__(self, at: int, value: Bound) -> None:
        super().__init__(at)
        self.value = value


_EXPRESSIONS[_Held] = "bind_held"


def _is_default(label: Label) -> bool:
    return label.constant is None and label.type is None
