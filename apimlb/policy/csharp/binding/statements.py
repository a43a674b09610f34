"""Statements as lines of Python, those that are never reached included."""

from typing import NoReturn

from apimlb.policy.clr.budget import ROUNDS, out_of_steps, spend
from apimlb.policy.clr.collections.iteration import iterate, iterate_pairs
from apimlb.policy.clr.types.constructed import NULL, VOID, Type
from apimlb.policy.csharp.binding.bound import NOT_CONSTANT, Bound, LambdaValue, MethodGroup, Variable
from apimlb.policy.csharp.binding.functions import FunctionBinder, Loop
from apimlb.policy.csharp.conversions import NUMERIC
from apimlb.policy.csharp.syntax.nodes import (
    ArrayInitializer,
    Assignment,
    ConditionalAccess,
    Increment,
    Invocation,
    Node,
    ObjectCreation,
)
from apimlb.policy.csharp.syntax.statements import (
    BlockStatement,
    Break,
    CheckedBlock,
    Continue,
    Declaration,
    DoWhile,
    ExpressionStatement,
    For,
    ForEach,
    If,
    LocalFunction,
    While,
)

_PAIR = "System.Collections.Generic.KeyValuePair`2"
_ENUMERABLE = "System.Collections.Generic.IEnumerable`1"


class StatementBinder(FunctionBinder):
    """Declarations, conditions and loops; try, switch and their kin come on top."""

    def statement(self, node: Node) -> None:
        """Write one statement."""
        raise NotImplementedError

    def block(self, block: BlockStatement) -> None:
        self.enter()
        self.statements(block.statements)
        self.leave()

    def statements(self, nodes: list[Node]) -> None:
        self.scope.statements = self.scope.statements or nodes
        before = len(self.out.lines)
        for node in nodes:
            if isinstance(node, LocalFunction):
                self.declare_function(node, before)
        for node in nodes:
            self.statement(node)
        if len(self.out.lines) == before:
            self.out.line("pass", nodes[-1].at if nodes else 0)

    def body(self, node: Node) -> None:
        """An indented suite."""
        self.out.indent += 1
        self.block(node if isinstance(node, BlockStatement) else BlockStatement(node.at, [node]))
        self.out.indent -= 1

    # Declarations and expressions

    def bind_declare(self, node: Declaration, readonly: str = "") -> None:
        inferred = node.type.is_var and self.registry.written("var") is None
        if inferred and node.constant:
            self.refuse("CS0822", "Implicitly-typed variables cannot be constant", node.type.at)
        if inferred and len(node.declarators) > 1:
            self.refuse("CS0819", "Implicitly-typed variables cannot have multiple declarators", node.type.at)
        for at, name, value in node.declarators:
            if inferred:
                kind, code = self._inferred(at, name, value)
                constant: object = NOT_CONSTANT
                variable = self.declare(name, kind, at, readonly=readonly)
            else:
                kind = self.type_of(node.type)
                variable = self.declare(name, kind, at, readonly=readonly)
                code, constant = self._initial(variable, value)
            if node.constant:
                assert value is not None
                self._check_constant(node, kind, constant, name, value)
                variable.constant = constant
            self.out.line(self.store(variable, code), at)

    def _check_constant(
        self, node: Declaration, kind: Type, constant: object, name: str, value: Node
    ) -> None:
        fit = (
            kind.name in NUMERIC or kind.kind == "enum" or kind in (self.registry.bool, self.registry.string)
        )
        if not fit and kind.is_value:
            self.refuse("CS0283", f"The type '{kind.shown}' cannot be declared const", node.type.at)
        if not fit and constant is not None and self.value(value).is_constant:
            self.refuse(
                "CS0134",
                f"'{name}' is of type '{kind.shown}'. A const field of a reference type other than string "
                "can only be initialized with null.",
                value,
            )
        if constant is NOT_CONSTANT:
            self.refuse("CS0133", f"The expression being assigned to '{name}' must be constant", value)

    def _inferred(self, at: int, name: str, value: Node | None) -> tuple[Type, str]:
        if value is None:
            self.refuse("CS0818", "Implicitly-typed variables must be initialized", at)
        if isinstance(value, ArrayInitializer):
            self.refuse(
                "CS0820", "Cannot initialize an implicitly-typed variable with an array initializer", at
            )
        found = self.bind(value)
        if isinstance(found, LambdaValue | MethodGroup):
            what = "lambda expression" if isinstance(found, LambdaValue) else "method group"
            self.refuse("CS0815", f"Cannot assign {what} to an implicitly-typed variable", at)
        bound = self.as_value(found, value)
        if bound.type is NULL or bound.type is VOID:
            self.refuse("CS0815", f"Cannot assign {bound.type.shown} to an implicitly-typed variable", at)
        return bound.type, bound.code

    def _initial(self, variable: Variable, value: Node | None) -> tuple[str, object]:
        kind = variable.type
        if value is None:
            self.partial = True
            return self.default_code(kind), NOT_CONSTANT
        if isinstance(value, ArrayInitializer):
            return self.array_of(kind, value, []).code, NOT_CONSTANT
        outer, self.beginning = self.beginning, variable
        self.names_itself = False
        mark = len(self.out.lines)
        bound = self.convert(self.bind(value), kind, value)
        if self.names_itself:
            self.partial = True
            self.out.insert(mark, self.store(variable, self.default_code(kind)), variable.at)
        self.beginning, self.names_itself = outer, False
        return bound.code, bound.constant

    def bind_run(self, node: ExpressionStatement) -> None:
        expression = node.expression
        run = expression
        while isinstance(run, ConditionalAccess):
            run = run.access
        if (
            not isinstance(run, Invocation | Assignment | Increment | ObjectCreation)
            or id(expression) in self.source.brackets
        ):
            self.refuse(
                "CS0201",
                "Only assignment, call, increment, decrement, and new object expressions can be used as a "
                "statement",
                self.source.brackets.get(id(expression), self.offset(expression)),
            )
        code = self.effect(expression).code
        if isinstance(expression, Assignment | Increment) and code.startswith("(v_"):
            name, _, value = code[1:-1].partition(" := ")
            code = f"{name} = {value}"
        self.out.line(code, node.at)

    def effect(self, node: object) -> Bound:
        """An expression that is run for what it does."""
        if isinstance(node, Assignment):
            return self.bind_assign(node, value_wanted=False)
        if isinstance(node, Increment):
            return self.bind_step(node, value_wanted=False)
        assert isinstance(node, Node)
        return self.value(node)

    # Conditions and loops

    def bind_if(self, node: If) -> None:
        """Variables of the condition live on after it, as they do in C#."""
        self.out.line(f"if {self.condition(node.condition)}:", node.at)
        self.body(node.then)
        if node.otherwise is not None:
            self.out.line("else:", node.otherwise.at)
            self.body(node.otherwise)

    def _count_step(self, at: int) -> None:
        if self.functions > 1:
            self.out.line(f"{self.out.use(spend)}()", at)
            return
        self.out.line("n += 1", at)
        self.out.line(f"if n > {ROUNDS}: {self.out.use(out_of_steps)}()", at)

    def _loop(self, node: Node, body: Node) -> None:
        self.loops.append(Loop())
        self.out.indent += 1
        self._count_step(node.at)
        self.out.indent -= 1
        self.body(body)
        self.loops.pop()

    def bind_while(self, node: While) -> None:
        self.enter()
        mark = len(self.out.lines)
        code = self.condition(node.condition)
        if len(self.out.lines) == mark:
            self.out.line(f"while {code}:", node.at)
            self._loop(node, node.body)
        else:
            self._while_with_lines(node, code, mark)
        self.leave()

    def _while_with_lines(self, node: While, code: str, mark: int) -> None:
        """A loop whose condition needs lines of its own, which every round runs."""
        self.out.insert(mark, "while True:", node.at)
        self.out.deepen(mark + 1)
        self.out.line(f"    if not {code}: break", node.at)
        self._loop(node, node.body)

    def bind_do_while(self, node: DoWhile) -> None:
        first = self.out.local("first", "k_")
        self.out.line(f"{first} = True", node.at)
        self.out.line("while True:", node.at)
        head = len(self.out.lines)
        self._loop(node, node.body)
        end = len(self.out.lines)
        self.out.indent += 1
        self.out.line(f"if not {first}:", node.at)
        self.out.indent += 1
        self.enter()
        self.out.line(f"if not {self.condition(node.condition)}: break", node.at)
        self.leave()
        self.out.indent -= 1
        self.out.line(f"{first} = False", node.at)
        self.out.indent -= 1
        self.out.raise_to(head, end)

    def bind_for(self, node: For) -> None:
        self.enter()
        self.scope.statements = node.first
        for first in node.first:
            self.statement(first)
        mark = len(self.out.lines)
        condition = "True" if node.condition is None else self.condition(node.condition)
        if _continues(node.body) or len(self.out.lines) > mark:
            self._for_with_continue(node, condition, mark)
        else:
            self.out.line(f"while {condition}:", node.at)
            self._loop(node, node.body)
            self.out.indent += 1
            for update in node.update:
                self.statement(update)
            self.out.indent -= 1
        self.leave()

    def _for_with_continue(self, node: For, condition: str, mark: int) -> None:
        """The update stands at the head of every round but the first, where `continue` gets to it; then come
        the lines from `mark` on that the condition needs."""
        needed = self.out.cut(mark)
        again = self.out.local("again", "k_")
        self.out.line(f"{again} = False", node.at)
        self.out.line("while True:", node.at)
        self.out.indent += 1
        if node.update:
            self.out.line(f"if {again}:", node.at)
            self.out.indent += 1
            for update in node.update:
                self.statement(update)
            self.out.indent -= 1
        self.out.line(f"{again} = True", node.at)
        self.out.paste(needed)
        self.out.line(f"if not {condition}: break", node.at)
        self.out.indent -= 1
        self._loop(node, node.body)

    def bind_for_each(self, node: ForEach) -> None:
        source = self.value(node.source)
        element = self._element(source.type, node)
        self.enter()
        kind = element if node.type.is_var else self.type_of(node.type)
        name = self.out.temporary()
        pairs = source.type.name == "Newtonsoft.Json.Linq.JObject"
        through = self.out.use(iterate_pairs if pairs else iterate)
        item = self.cast(Bound(element, name), kind, node.at)
        variable = self.declare(node.name, kind, node.name_at, readonly="foreach iteration variable")
        if item.code == name and not variable.cell:
            name = variable.python
        self.out.line(f"for {name} in {through}({self.not_null(source)}):", node.at)
        if name != variable.python:
            self.out.indent += 1
            self.out.line(self.store(variable, item.code), node.at)
            self.out.indent -= 1
        self._loop(node, node.body)
        self.leave()

    def _element(self, kind: Type, node: ForEach) -> Type:
        if kind is NULL:
            self.refuse("CS0186", "Use of null is not valid in this context", node.source)
        if kind.name == "Newtonsoft.Json.Linq.JObject":
            return self.registry.named(_PAIR, [self.registry.string, self.registry.token])
        if kind.kind == "array":
            return kind.arguments[0]
        for base in self.registry.bases(kind):
            if base.definition is not None and base.definition.name == _ENUMERABLE:
                return base.arguments[0]
        if any(base.name == "System.Collections.IEnumerable" for base in self.registry.bases(kind)):
            return self.registry.object
        self.refuse(
            "CS1579",
            f"foreach statement cannot operate on variables of type '{kind.shown}' because '{kind.shown}' "
            "does not contain a public definition for 'GetEnumerator'",
            node.source,
        )

    def bind_break(self, node: Break) -> None:
        if not self.loops:
            self._no_loop(node)
        self.out.line("break", node.at)

    def bind_continue(self, node: Continue) -> None:
        for loop in reversed(self.loops):
            if not loop.is_switch:
                break
            loop.skipped = True
            self.out.line(f"{loop.skip} = True", node.at)
        else:
            self._no_loop(node)
        self.out.line("break" if self.loops[-1].is_switch else "continue", node.at)

    def _no_loop(self, node: Node) -> NoReturn:
        if self.enclosed:
            what = "Control cannot leave the body of an anonymous method or lambda expression"
            self.refuse("CS1632", what, node.at)
        self.refuse("CS0139", "No enclosing loop out of which to break or continue", node.at)

    def bind_checked_block(self, node: CheckedBlock) -> None:
        saved = self.checked, self.unchecked
        self.checked, self.unchecked = node.checked, not node.checked
        self.block(node.body)
        self.checked, self.unchecked = saved


def _continues(node: object) -> bool:
    """Whether a `continue` of this loop stands inside (not one of an inner loop)."""
    if isinstance(node, Continue):
        return True
    if isinstance(node, For | ForEach | While | DoWhile | LocalFunction) or not isinstance(node, Node):
        return False
    for name in node.fields:
        child = getattr(node, name)
        for each in child if isinstance(child, list) else (child,):
            if isinstance(each, Node) and _continues(each):
                return True
    return False
