"""Statements as lines of Python. Each method says whether the end of its statement is reached."""

from apimlb.policy.csharp.binder_creation import CreationBinder
from apimlb.policy.csharp.bound import Bound, LocalMethod, Scope
from apimlb.policy.csharp.nodes import (
    ArrayItems,
    Assign,
    Block,
    Break,
    Call,
    CheckedBlock,
    ConditionalAccess,
    Continue,
    Declare,
    DoWhile,
    For,
    ForEach,
    If,
    LocalFunction,
    New,
    Node,
    Return,
    Run,
    Step,
    While,
)
from apimlb.policy.csharp.types import NULL, VOID, Type
from apimlb.policy.values.budget import ROUNDS, out_of_steps, spend
from apimlb.policy.values.iteration import iterate, iterate_pairs

_PAIR = "System.Collections.Generic.KeyValuePair`2"
_ENUMERABLE = "System.Collections.Generic.IEnumerable`1"


class Loop:
    """A loop or switch that `break` leaves. `flagged` loops update at their head, so that `continue` may jump
    there; a switch passes `continue` on through `skip`, a flag of the loop around it."""

    def __init__(self, is_switch: bool = False, skip: str = "") -> None:
        self.is_switch = is_switch
        self.skip = skip
        self.broken = False
        self.skipped = False


class StatementBinder(CreationBinder):
    """Declarations, conditions and loops; try, switch and their kin come on top."""

    def __init__(self, *rest: object) -> None:
        super().__init__(*rest)
        self.loops: list[Loop] = []
        self._functions = 0

    def statement(self, node: Node) -> bool:
        """Write one statement."""
        raise NotImplementedError

    def block(self, block: Block) -> bool:
        self.enter()
        reached = self.statements(block.statements)
        self.leave()
        return reached

    def statements(self, nodes: list[Node]) -> bool:
        for node in nodes:
            if isinstance(node, LocalFunction):
                self._declare_function(node)
        before = len(self.out.lines)
        for node in nodes:
            if not self.statement(node):
                return False
        if len(self.out.lines) == before:
            self.out.line("pass", nodes[-1].at if nodes else 0)
        return True

    def body(self, node: Node) -> bool:
        """An indented suite."""
        self.out.indent += 1
        reached = self.block(node if isinstance(node, Block) else Block(node.at, [node]))
        self.out.indent -= 1
        return reached

    def function_body(self, body: Block) -> bool:
        """The lines of a function. The outermost one counts its rounds in a local, the others in the budget
        that they share, because they may be called any number of times."""
        saved, self.loops = self.loops, []
        self._functions += 1
        self.out.line("n = 0" if self._functions == 1 else f"{self.out.use(spend)}()", body.at)
        reached = self.block(body)
        self.loops = saved
        self._functions -= 1
        return reached

    # Declarations and expressions

    def bind_declare(self, node: Declare) -> bool:
        for at, name, value in node.declarators:
            if node.type.is_var and self.registry.written("var") is None:
                kind, code, constant = self._inferred(at, name, value)
            else:
                kind = self.type_of(node.type)
                code, constant = self._initial(kind, value)
            variable = self.declare(name, kind, at)
            if node.constant:
                if constant is None:
                    self.refuse("CS0133", f"The expression being assigned to '{name}' must be constant", at)
                variable.constant = constant
            self.out.line(self.store(variable, code), at)
        return True

    def _inferred(self, at: int, name: str, value: Node | None) -> tuple[Type, str, object]:
        if value is None:
            self.refuse("CS0818", "Implicitly-typed variables must be initialized", at)
        if isinstance(value, ArrayItems):
            self.refuse(
                "CS0820", "Cannot initialize an implicitly-typed variable with an array initializer", at
            )
        bound = self.value(value)
        if bound.type is NULL or bound.type is VOID:
            self.refuse("CS0815", f"Cannot assign {bound.type.shown} to an implicitly-typed variable", at)
        return bound.type, bound.code, None

    def _initial(self, kind: Type, value: Node | None) -> tuple[str, object]:
        if value is None:
            return self.default_code(kind), None
        if isinstance(value, ArrayItems):
            return self.array_of(kind, value, []).code, None
        bound = self.convert(self.bind(value), kind, value.at)
        return bound.code, bound.constant if bound.is_constant else None

    def bind_run(self, node: Run) -> bool:
        expression = node.expression
        if not isinstance(expression, Call | Assign | Step | ConditionalAccess | New):
            self.refuse(
                "CS0201",
                "Only assignment, call, increment, decrement, and new object expressions can be used as a "
                "statement",
                expression.at,
            )
        code = self.effect(expression).code
        if isinstance(expression, Assign | Step) and code.startswith("(v_"):
            name, _, value = code[1:-1].partition(" := ")
            code = f"{name} = {value}"
        self.out.line(code, node.at)
        return True

    def effect(self, node: object) -> Bound:
        """An expression that is run for what it does."""
        if isinstance(node, Assign):
            return self.bind_assign(node, value_wanted=False)
        if isinstance(node, Step):
            return self.bind_step(node, value_wanted=False)
        assert isinstance(node, Node)
        return self.value(node)

    def bind_return(self, node: Return) -> bool:
        if node.value is None:
            self.returns.append(Bound(VOID, ""))
            self.out.line("return None", node.at)
            return False
        found = self.bind(node.value)
        if self.return_type is not None:
            bound = self.convert(found, self.return_type, node.value.at)
        else:
            bound = self.as_value(found, node.value.at)
        if bound.type is VOID:
            self.refuse("CS0029", "Cannot implicitly convert type 'void' to 'object'", node.value.at)
        self.returns.append(self.as_value(found, node.value.at) if isinstance(found, Bound) else bound)
        self.out.line(f"return {bound.code}", node.at)
        return False

    # Conditions and loops

    def bind_if(self, node: If) -> bool:
        """Variables of the condition live on after it, as they do in C#."""
        condition = self.convert(self.bind(node.condition), self.registry.bool, node.condition.at)
        self.out.line(f"if {condition.code}:", node.at)
        reached = self.body(node.then)
        if node.otherwise is None:
            return reached or condition.constant is not True
        self.out.line("else:", node.otherwise.at)
        reached = self.body(node.otherwise) or reached
        return reached

    def _count_step(self, at: int) -> None:
        if self._functions > 1:
            self.out.line(f"{self.out.use(spend)}()", at)
            return
        self.out.line("n += 1", at)
        self.out.line(f"if n > {ROUNDS}: {self.out.use(out_of_steps)}()", at)

    def _loop(self, node: Node, body: Node, loop: Loop) -> bool:
        self.loops.append(loop)
        self.out.indent += 1
        self._count_step(node.at)
        self.out.indent -= 1
        reached = self.body(body)
        self.loops.pop()
        return reached

    def bind_while(self, node: While) -> bool:
        bound = self.convert(self.bind(node.condition), self.registry.bool, node.condition.at)
        self.out.line(f"while {bound.code}:", node.at)
        loop = Loop()
        self._loop(node, node.body, loop)
        return loop.broken or bound.constant is not True

    def bind_do_while(self, node: DoWhile) -> bool:
        first = self.out.local("first", "k_")
        self.out.line(f"{first} = True", node.at)
        bound = self.convert(self.bind(node.condition), self.registry.bool, node.condition.at)
        self.out.line(f"while {first} or {bound.code}:", node.at)
        self.out.indent += 1
        self.out.line(f"{first} = False", node.at)
        self.out.indent -= 1
        loop = Loop()
        self._loop(node, node.body, loop)
        return loop.broken or bound.constant is not True

    def bind_for(self, node: For) -> bool:
        self.enter()
        for first in node.first:
            self.statement(first)
        condition, constant = "True", True
        if node.condition is not None:
            bound = self.convert(self.bind(node.condition), self.registry.bool, node.condition.at)
            condition, constant = bound.code, bound.constant is True
        loop = Loop()
        if _continues(node.body):
            self._for_with_continue(node, condition, loop)
        else:
            self.out.line(f"while {condition}:", node.at)
            if self._loop(node, node.body, loop):
                self.out.indent += 1
                for update in node.update:
                    self.statement(update)
                self.out.indent -= 1
        self.leave()
        return loop.broken or not constant

    def _for_with_continue(self, node: For, condition: str, loop: Loop) -> None:
        """The update stands at the head of every round but the first, where `continue` gets to it."""
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
        self.out.line(f"if not {condition}: break", node.at)
        self.out.indent -= 1
        self._loop(node, node.body, loop)

    def bind_for_each(self, node: ForEach) -> bool:
        source = self.value(node.source)
        element = self._element(source.type, node)
        self.enter()
        kind = element if node.type.is_var else self.type_of(node.type)
        name = self.out.temporary()
        pairs = source.type.name == "Newtonsoft.Json.Linq.JObject"
        through = self.out.use(iterate_pairs if pairs else iterate)
        item = self.cast(Bound(element, name), kind, node.at)
        variable = self.declare(node.name, kind, node.at, readonly="foreach iteration variable")
        if item.code == name and not variable.cell:
            name = variable.python
        self.out.line(f"for {name} in {through}({self.not_null(source)}):", node.at)
        if name != variable.python:
            self.out.indent += 1
            self.out.line(self.store(variable, item.code), node.at)
            self.out.indent -= 1
        self._loop(node, node.body, Loop())
        self.leave()
        return True

    def _element(self, kind: Type, node: ForEach) -> Type:
        if kind.name == "Newtonsoft.Json.Linq.JObject":
            return self.registry.named(_PAIR, [self.registry.string, self.registry.token])
        if kind.kind == "array":
            return kind.arguments[0]
        for base in self.registry.bases(kind):
            if base.definition is not None and base.definition.name == _ENUMERABLE:
                return base.arguments[0]
        if any(base.name == "System.Collections.IEnumerable" for base in self.registry.bases(kind)):
            return self._loose_element(kind)
        self.refuse(
            "CS1579",
            f"foreach statement cannot operate on variables of type '{kind.shown}' because '{kind.shown}' "
            "does not contain a public definition for 'GetEnumerator'",
            node.source.at,
        )

    def _loose_element(self, kind: Type) -> Type:
        """The element of a collection that is older than generics: object, which foreach casts."""
        return self.registry.object

    def bind_break(self, node: Break) -> bool:
        if not self.loops:
            self.refuse("CS0139", "No enclosing loop out of which to break or continue", node.at)
        self.loops[-1].broken = True
        self.out.line("break", node.at)
        return False

    def bind_continue(self, node: Continue) -> bool:
        for loop in reversed(self.loops):
            if not loop.is_switch:
                break
            loop.skipped = True
            self.out.line(f"{loop.skip} = True", node.at)
        else:
            self.refuse("CS0139", "No enclosing loop out of which to break or continue", node.at)
        self.out.line("break" if self.loops[-1].is_switch else "continue", node.at)
        return False

    # Local functions and checked blocks

    def _declare_function(self, node: LocalFunction) -> None:
        result = VOID if node.result.parts == [("void", [])] else self.type_of(node.result)
        if self.scope.find(node.name) is not None:
            self.refuse(
                "CS0128",
                f"A local variable or function named '{node.name}' is already defined in this scope",
                node.at,
            )
        parameters = [(name, self.type_of(kind)) for name, kind in node.parameters]
        self.scope.names[node.name] = LocalMethod(
            node.name, self.out.local(node.name, "f_"), parameters, result
        )

    def bind_local_function(self, node: LocalFunction) -> bool:
        method = self.scope.find(node.name)
        assert isinstance(method, LocalMethod)
        outer = self.scope
        self.scope = Scope(self.scope)
        variables = [self.declare(name, kind, node.at) for name, kind in method.parameters]
        self.out.line(f"def {method.python}({', '.join(each.python for each in variables)}):", node.at)
        self.out.indent += 1
        for each in variables:
            if each.cell:
                self.out.line(f"{each.python} = [{each.python}]", node.at)
        saved = (self.returns, self.return_type, self.inferring)
        self.returns, self.return_type, self.inferring = [], method.result, False
        body = node.body
        if not isinstance(body, Block):
            inner: Node = Run(body.at, body) if method.result is VOID else Return(body.at, body)
            body = Block(body.at, [inner])
        reached = self.function_body(body)
        if reached and method.result is not VOID:
            self.refuse("CS0161", f"'{node.name}': not all code paths return a value", node.at)
        self.returns, self.return_type, self.inferring = saved
        self.out.indent -= 1
        self.scope = outer
        return True

    def bind_checked_block(self, node: CheckedBlock) -> bool:
        saved = self.checked, self.unchecked
        self.checked, self.unchecked = node.checked, not node.checked
        reached = self.block(node.body)
        self.checked, self.unchecked = saved
        return reached


def _continues(node: object) -> bool:
    """Whether a `continue` of this loop stands inside (not one of an inner loop)."""
    if isinstance(node, Continue):
        return True
    if isinstance(node, For | ForEach | While | DoWhile | LocalFunction) or not isinstance(node, Node):
        return False
    for name in node.__dataclass_fields__:
        child = getattr(node, name)
        for each in child if isinstance(child, list) else (child,):
            if isinstance(each, Node) and _continues(each):
                return True
    return False
