"""The binder: a syntax tree in, Python text with its static type out."""

from collections.abc import Callable
from typing import Any

from apimlb.policy.clr.casts import bad_throw
from apimlb.policy.clr.catching import caught, is_caught
from apimlb.policy.clr.objects.text import raise_value
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.csharp.binding.bound import Bound, LambdaValue, Result, TypeReference
from apimlb.policy.csharp.binding.switch import SwitchBinder
from apimlb.policy.csharp.syntax.nodes import (
    AnonymousCreation,
    ArrayCreation,
    ArrayInitializer,
    As,
    Assignment,
    Binary,
    Cast,
    CheckedExpression,
    Conditional,
    ConditionalAccess,
    DefaultValue,
    ElementAccess,
    Increment,
    InterpolatedString,
    Invocation,
    Is,
    Lambda,
    Literal,
    MemberAccess,
    Name,
    NameOf,
    Node,
    ObjectCreation,
    Parenthesized,
    PredefinedType,
    Receiver,
    SizeOf,
    ThrowExpression,
    Unary,
)
from apimlb.policy.csharp.syntax.statements import (
    BlockStatement,
    Break,
    Catch,
    CheckedBlock,
    Continue,
    Declaration,
    DoWhile,
    ExpressionStatement,
    For,
    ForEach,
    If,
    LocalFunction,
    Return,
    Switch,
    Throw,
    Try,
    Using,
    While,
)

_EXPRESSIONS: dict[type[Node], str] = {
    Literal: "bind_literal",
    InterpolatedString: "bind_interpolated",
    Name: "bind_name",
    MemberAccess: "bind_member",
    Invocation: "bind_call",
    ElementAccess: "bind_index",
    ConditionalAccess: "bind_conditional",
    Unary: "bind_unary",
    Increment: "bind_step",
    Binary: "bind_binary",
    Assignment: "bind_assign",
    Conditional: "bind_ternary",
    As: "bind_as",
    Is: "bind_is",
    ObjectCreation: "bind_new",
    ArrayCreation: "bind_new_array",
    AnonymousCreation: "bind_anonymous",
    DefaultValue: "bind_default",
    NameOf: "bind_nameof",
    SizeOf: "bind_sizeof",
    CheckedExpression: "bind_checked",
    PredefinedType: "bind_keyword",
    Cast: "bind_cast",
    Receiver: "bind_receiver",
    Lambda: "bind_lambda",
    ThrowExpression: "bind_throw_value",
    Parenthesized: "bind_bracketed",
    ArrayInitializer: "bind_items",
}
_STATEMENTS: dict[type[Node], str] = {
    BlockStatement: "block",
    Declaration: "bind_declare",
    ExpressionStatement: "bind_run",
    If: "bind_if",
    While: "bind_while",
    DoWhile: "bind_do_while",
    For: "bind_for",
    ForEach: "bind_for_each",
    Return: "bind_return",
    Break: "bind_break",
    Continue: "bind_continue",
    LocalFunction: "bind_local_function",
    CheckedBlock: "bind_checked_block",
    Throw: "bind_throw",
    Try: "bind_try",
    Using: "bind_using",
    Switch: "bind_switch",
}


class Binder(SwitchBinder):
    """Dispatch, and the statements that change the flow: throw, try, using."""

    def bind(self, node: Node) -> Result:
        method: Callable[[Any], Result] = getattr(self, _EXPRESSIONS[type(node)])
        found = method(node)
        if type(found) is Bound and (found.constant is True or found.constant is False):
            self.truths[id(node)] = found.constant
        return found

    def statement(self, node: Node) -> None:
        method: Callable[[Any], None] = getattr(self, _STATEMENTS[type(node)])
        method(node)

    def bind_keyword(self, node: PredefinedType) -> Result:
        definition = self.registry.written(node.name)
        assert definition is not None
        return TypeReference(self.registry.types.of(definition))

    def bind_cast(self, node: Cast) -> Result:
        return self.cast(self.bind(node.operand), self.type_of(node.type), node)

    def bind_bracketed(self, node: Parenthesized) -> Result:
        return self.value(node.operand)

    def bind_items(self, node: ArrayInitializer) -> Result:
        self.refuse(
            "CS0623",
            "Array initializers can only be used in a variable or field initializer. Try using a new "
            "expression instead.",
            node.at,
        )

    def bind_receiver(self, node: Receiver) -> Result:
        return self.receivers[-1]

    def bind_lambda(self, node: Lambda) -> Result:
        return LambdaValue(node)

    def bind_throw_value(self, node: ThrowExpression) -> Result:
        self.refuse("CS8115", "A throw expression is not allowed in this context.", node.at)

    # throw and try

    def bind_throw(self, node: Throw) -> None:
        if node.value is None:
            if not self._catching:
                self.refuse(
                    "CS0156",
                    "A throw statement with no arguments is not allowed outside of a catch clause",
                    node.at,
                )
            self.out.line("raise", node.at)
            return
        self.out.line(f"raise {self.out.use(bad_throw)}({self.thrown(node.value)})", node.at)

    def thrown(self, node: Node) -> str:
        """Code of the exception that is thrown."""
        bound = self.value(node)
        exception = self.registry.named("System.Exception")
        if bound.type is not NULL and not self.registry.derives(bound.type, exception):
            what = "The type caught or thrown must be derived from System.Exception"
            self.refuse("CS0155", what, node)
        return bound.code

    def throw_code(self, node: ThrowExpression) -> str:
        """`throw` as an expression."""
        return f"{self.out.use(raise_value)}({self.thrown(node.operand)})"

    _catching = 0

    def bind_try(self, node: Try) -> None:
        self.out.line("try:", node.at)
        self.body(node.body)
        if node.catches:
            name = self.out.local("error", "e_")
            self.out.line(f"except {self.out.use(Exception)} as {name}:", node.at)
            self.out.indent += 1
            kept = self.out.local("error", "k_")
            self.out.line(f"{kept} = {self.out.use(caught)}({name})", node.at)
            self._catching += 1
            self._catches(node.catches, kept)
            self._catching -= 1
            self.out.indent -= 1
        if node.finally_body is not None:
            if not node.catches:  # tells the budget of a stack that is full, before the frame outside runs on
                name = self.out.local("error", "e_")
                self.out.line(f"except {self.out.use(Exception)} as {name}:", node.at)
                self.out.line(f"    {self.out.use(caught)}({name})", node.at)
                self.out.line("    raise", node.at)
            self.out.line("finally:", node.finally_body.at)
            catching, self._catching = self._catching, 0
            self.body(node.finally_body)
            self._catching = catching

    def _catches(self, catches: list[Catch], kept: str) -> None:
        word = "if"
        done: list[Type] = []
        for each in catches:
            self.enter()
            kind = self._caught(each, done)
            test = f"{self.out.use(is_caught)}({kept}, {kind.name!r})"
            if each.name is not None:
                variable = self.declare(each.name, kind, each.name_at)
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
            self.body(each.body)
            self.leave()
            word = "else"
        self.out.line("else: raise", catches[-1].at)
        self.out.indent -= len(catches) - 1

    def _caught(self, each: Catch, done: list[Type]) -> Type:
        """The exceptions that a clause takes; `done` are those that clauses before it take."""
        exception = self.registry.named("System.Exception")
        if each.type is None:
            return exception
        kind = self.type_of(each.type)
        if not self.registry.derives(kind, exception):
            what = "The type caught or thrown must be derived from System.Exception"
            self.refuse("CS0155", what, each.type.at)
        for other in done:
            if self.registry.derives(kind, other):
                self.refuse(
                    "CS0160",
                    "A previous catch clause already catches all exceptions of this or of a super type "
                    f"('{other.shown}')",
                    each.type.at,
                )
        if each.filter is None:
            done.append(kind)
        return kind

    def bind_using(self, node: Using) -> None:
        self.enter()
        if isinstance(node.resource, Declaration):
            declared = node.resource
            self.bind_declare(declared, readonly="using variable")
            kind = self.scope.names[declared.declarators[0][1]].type  # type: ignore[union-attr]
            self._disposable(kind, declared.type.at)
        else:
            bound = self.value(node.resource)
            self._disposable(bound.type, node.resource)
            self.out.line(bound.code, node.at)
        self.block(
            node.body if isinstance(node.body, BlockStatement) else BlockStatement(node.body.at, [node.body])
        )
        self.leave()

    def _disposable(self, kind: Type, at: int | Node) -> None:
        """The tables do not say of every interface and cryptographic type that it is disposable."""
        known = self.registry.derives(kind, self.registry.named("System.IDisposable"))
        if not known and kind.kind != "interface" and not kind.name.startswith("System.Security."):
            self.refuse(
                "CS1674",
                f"'{kind.shown}': type used in a using statement must be implicitly convertible to "
                "'System.IDisposable'",
                at,
            )
