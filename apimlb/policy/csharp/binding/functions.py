"""Functions: their bodies, what they return, and those that a block declares."""

from apimlb.policy.clr.budget import spend
from apimlb.policy.clr.types.constructed import VOID, Type
from apimlb.policy.clr.types.signatures import Member, Parameter
from apimlb.policy.csharp.binding.bound import Bound, LocalMethod, Scope
from apimlb.policy.csharp.binding.creation import CreationBinder
from apimlb.policy.csharp.binding.flow import Flow
from apimlb.policy.csharp.syntax.nodes import Node, ThrowExpression
from apimlb.policy.csharp.syntax.statements import (
    BlockStatement,
    ExpressionStatement,
    FunctionParameter,
    LocalFunction,
    Return,
    SwitchLabel,
    Throw,
)

_PAIR = "System.Collections.Generic.KeyValuePair`2"
_ENUMERABLE = "System.Collections.Generic.IEnumerable`1"


class Loop:
    """A loop or switch that `break` leaves. A switch passes `continue` on through `skip`, a flag of the loop
    around it."""

    def __init__(self, is_switch: bool = False, skip: str = "") -> None:
        self.is_switch = is_switch
        self.skip = skip
        self.skipped = False


class FunctionBinder(CreationBinder):
    """The outermost function, local functions and the bodies of lambdas."""

    def __init__(self, *rest: object) -> None:
        super().__init__(*rest)
        self.loops: list[Loop] = []
        self.functions = 0
        self.enclosed = False
        """Whether a loop stands around the function that is bound."""
        self.function_name = ""

    def function_body(self, body: BlockStatement) -> None:
        """The lines of a function. The outermost one counts its rounds in a local, the others in the budget
        that they share, because they may be called any number of times."""
        saved, self.loops = self.loops, []
        enclosed, self.enclosed = self.enclosed, self.enclosed or bool(saved)
        self.functions += 1
        self.out.line("n = 0" if self.functions == 1 else f"{self.out.use(spend)}()", body.at)
        self.block(body)
        self.loops, self.enclosed = saved, enclosed
        self.functions -= 1

    def flow(self, body: BlockStatement, *, closely: bool) -> Flow:
        """How a function's body runs, after it is bound."""
        made = Flow(self.truths, self.always, self.switches, self.label_text, closely=closely)
        made.function(body)
        return made

    def label_text(self, label: SwitchLabel) -> str:
        raise NotImplementedError

    def bind_return(self, node: Return) -> None:
        if node.value is None:
            if self.return_type is not None and self.return_type is not VOID:
                what = f"An object of a type convertible to '{self.return_type.shown}' is required"
                self.refuse("CS0126", what, node.at)
            if self.functions == 1:
                self.refuse("CS0126", "An object of a type convertible to 'object' is required", node.at)
            self.returns.append(Bound(VOID, ""))
            self.out.line(f"return {self.returned('None')}", node.at)
            return
        if isinstance(node.value, ThrowExpression):
            self.refuse("CS8115", "A throw expression is not allowed in this context.", node.value.at)
        found = self.bind(node.value)
        if self.return_type is VOID:
            self.refuse(
                "CS0127",
                f"Since '{self.function_name}' returns void, a return keyword must not be followed by an "
                "object expression",
                node.at,
            )
        if self.return_type is not None:
            bound = self.convert(found, self.return_type, node.value)
        else:
            bound = self.as_value(found, node.value)
        if bound.type is VOID:
            self.refuse("CS0029", "Cannot implicitly convert type 'void' to 'object'", node.value)
        self.returns.append(self.as_value(found, node.value) if isinstance(found, Bound) else bound)
        self.out.line(f"return {self.returned(bound.code)}", node.at)

    def returned(self, code: str) -> str:
        """What the Python function yields: with out parameters a tuple, the value first."""
        return f"({', '.join((code, *(each.code for each in self.outs)))})" if self.outs else code

    def declare_function(self, node: LocalFunction, line: int) -> None:
        """Make the name known in the whole of its block; the function's lines go to `line`."""
        result = VOID if node.returns_nothing else self.type_of(node.result)
        self.unused(node.name, node.at)
        python = self.out.local(node.name, "f_")
        parameters = [self._parameter(each) for each in node.parameters]
        names = [each.name for each in node.parameters]
        for place, each in enumerate(node.parameters):
            if each.name in names[:place]:
                self.refuse("CS0100", f"The parameter name '{each.name}' is a duplicate", each.at)
        places = ", ".join(f"{{{n}}}" for n in range(sum(each.mode != "out" for each in parameters)))
        member = Member("method", node.name, True, (), parameters, result, f"{python}({places})")
        self.scope.names[node.name] = LocalMethod(node.name, python, member, node.at, line)
        self.partial = True

    def _parameter(self, written: FunctionParameter) -> Parameter:
        made = Parameter(written.name, self.type_of(written.type), written.mode)
        if written.default is not None:
            bound = self.convert(self.bind(written.default), made.type, written.default)
            if not bound.is_constant:
                what = f"Default parameter value for '{written.name}' must be a compile-time constant"
                self.refuse("CS1736", what, written.default)
            made.default = bound.constant
        return made

    def bind_local_function(self, node: LocalFunction) -> None:
        method = self.scope.names[node.name]
        assert isinstance(method, LocalMethod)
        outer, first = self.scope, len(self.out.lines)
        self.scope = Scope(outer)
        pairs = zip(node.parameters, method.member.parameters, strict=True)
        variables = [(self.declare(each.name, known.type, each.at), known) for each, known in pairs]
        given = [each.python for each, known in variables if known.mode != "out"]
        self.out.line(f"def {method.python}({', '.join(given)}):", node.at)
        self.out.indent += 1
        for each, known in variables:
            start = each.python if known.mode != "out" else self.default_code(known.type)
            if each.cell or known.mode == "out":
                self.out.line(self.store(each, start), node.at)
        saved = (
            self.returns, self.return_type, self.inferring, self.outs, self.function_name, self.receivers,
        )  # fmt: skip
        self.returns, self.return_type, self.inferring = [], method.member.result, False
        self.outs = tuple(each for each, known in variables if known.mode == "out")
        self.function_name, self.receivers = node.shown, []
        self._function_lines(node, method.member.result)
        (
            self.returns, self.return_type, self.inferring, self.outs, self.function_name, self.receivers,
        ) = saved  # fmt: skip
        self.out.indent -= 1
        self.close(self.scope, outer)
        self.out.raise_to(method.line, first)

    def _function_lines(self, node: LocalFunction, result: Type) -> None:
        body = node.body
        if isinstance(body, ThrowExpression):
            body = BlockStatement(body.at, [Throw(body.at, body.operand)])
        elif not isinstance(body, BlockStatement):
            inner: Node = ExpressionStatement(body.at, body) if result is VOID else Return(body.at, body)
            body = BlockStatement(body.at, [inner])
        self.function_body(body)
        if self.outs:
            self.out.line(f"return {self.returned('None')}", node.at)
