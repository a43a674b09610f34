"""Type inference, lambdas as delegates, and which of two conversions is the better one."""

from collections.abc import Sequence

from apimlb.errors import PolicyError
from apimlb.policy.clr.types.constructed import NULL, VOID, Type
from apimlb.policy.csharp.binding.bound import Bound, Given, LambdaValue, MethodGroup, Scope, Variable
from apimlb.policy.csharp.binding.flow import Flow
from apimlb.policy.csharp.binding.places import PlaceBinder
from apimlb.policy.csharp.syntax.nodes import Lambda, Node, ThrowExpression
from apimlb.policy.csharp.syntax.statements import BlockStatement

_MAX_LAMBDAS = 8


class InferenceBinder(PlaceBinder):
    """Gives lambdas their types."""

    def __init__(self, *rest: object) -> None:
        super().__init__(*rest)  # type: ignore[arg-type]
        self._lambda_results: dict[tuple[int, tuple[Type, ...]], Type | None] = {}
        self._lambda_depth = 0
        self.returns: list[Bound] = []
        self.return_type: Type | None = None
        self.inferring = False
        self.outs: tuple[Variable, ...] = ()

    # Inference

    def infer(
        self,
        parameters: tuple[str, ...],
        patterns: Sequence[Type],
        arguments: Sequence[Given],
        given: dict[str, Type],
    ) -> bool:
        """Fill `given` with the type parameters; False where the arguments do not tell."""
        bounds: dict[str, list[Bound]] = {name: [] for name in parameters}
        for pattern, each in zip(patterns, arguments, strict=True):
            if isinstance(each.value, Bound) and each.mode != "out":
                self._lower(pattern, each.value, bounds)
        waiting = [
            (pattern, each) for pattern, each in zip(patterns, arguments, strict=True)
            if not isinstance(each.value, Bound)
        ]  # fmt: skip
        while waiting:
            progress = False
            for item in list(waiting):
                pattern, each = item
                if pattern.kind != "delegate":
                    if pattern.kind == "parameter":
                        return False
                    waiting.remove(item)
                    progress = True
                    continue
                inputs = pattern.arguments[:-1]
                if not all(self._fix(kind, bounds, given) for kind in inputs):
                    continue
                actual = tuple(self.registry.types.substitute(kind, given) for kind in inputs)
                result = self.delegate_result(each.value, actual)
                if result is None:
                    return False
                self._lower(pattern.arguments[-1], result, bounds)
                waiting.remove(item)
                progress = True
            if not progress:
                return False
        return all(self._fix(self.registry.types.parameter(name), bounds, given) for name in parameters)

    def _lower(self, pattern: Type, value: Bound, bounds: dict[str, list[Bound]]) -> None:
        """What a value says about the parameters in a pattern."""
        kind = value.type
        if pattern.kind == "parameter":
            if pattern.shown in bounds and kind is not NULL and kind is not VOID:
                bounds[pattern.shown].append(value)
            return
        if not pattern.arguments or pattern.kind == "delegate" or kind is NULL:
            return
        if pattern.kind == "array":
            if kind.kind == "array":
                self._lower(pattern.arguments[0], Bound(kind.arguments[0], ""), bounds)
            return
        if pattern.is_nullable:
            self._lower(pattern.arguments[0], Bound(kind.underlying, ""), bounds)
            return
        found = [base for base in self.registry.bases(kind) if base.definition is pattern.definition]
        if len(found) == 1:
            for inner, actual in zip(pattern.arguments, found[0].arguments, strict=True):
                self._lower(inner, Bound(actual, ""), bounds)

    def _fix(self, pattern: Type, bounds: dict[str, list[Bound]], given: dict[str, Type]) -> bool:
        """Decide the parameters of a pattern from what is known."""
        if pattern.kind == "parameter":
            name = pattern.shown
            if name not in bounds or name in given:
                return True
            candidates = list(dict.fromkeys(value.type for value in bounds[name]))
            for kind in candidates:
                if all(
                    value.type is kind
                    or self.conversions.implicit(value.type, kind) is not None
                    or self.constant_conversion(value, kind) is not None
                    for value in bounds[name]
                ):
                    given[name] = kind
                    return True
            return False
        return all(self._fix(inner, bounds, given) for inner in pattern.arguments)

    # Lambdas

    def delegate_result(self, value: object, inputs: tuple[Type, ...]) -> Bound | None:
        """What a lambda or method group yields for inputs of these types; None where it takes no such."""
        if isinstance(value, MethodGroup):
            return self._group_result(value, inputs)
        assert isinstance(value, LambdaValue)
        node = value.node
        if len(node.parameters) != len(inputs):
            return None
        key = (id(node), inputs)
        if key not in self._lambda_results:
            mark = self.out.mark()
            try:
                self._lambda_results[key] = self._bound_lambda(node, inputs, None)[1]
            except PolicyError:
                self._lambda_results[key] = None
            finally:
                self.out.rewind(mark)
        found = self._lambda_results[key]
        return None if found is None else Bound(found, "")

    def explain_lambda(self, value: LambdaValue) -> None:
        """Raise the problem inside a lambda that fits nowhere, if binding it shows one."""
        for (node, inputs), result in list(self._lambda_results.items()):
            if node == id(value.node) and result is None:
                self._bound_lambda(value.node, inputs, None)

    def _group_result(self, group: MethodGroup, inputs: tuple[Type, ...]) -> Bound | None:
        try:
            return self._group_call(group, inputs, [f"a{i}" for i in range(len(inputs))])
        except PolicyError:
            return None

    def _group_call(self, group: MethodGroup, inputs: tuple[Type, ...], names: list[str]) -> Bound:
        given = [
            Given(group.at, Bound(kind, name, pure=True)) for kind, name in zip(inputs, names, strict=True)
        ]
        return self.call_group(group, given, group.at)

    def call_group(self, group: MethodGroup, arguments: list[Given], at: int) -> Bound:
        raise NotImplementedError

    def to_delegate(self, value: LambdaValue | MethodGroup, target: Type, at: int | Node) -> Bound:
        if target.kind != "delegate" and isinstance(value, MethodGroup):
            self.refuse(
                "CS0428",
                f"Cannot convert method group '{value.name}' to non-delegate type '{target.shown}'. Did you "
                "intend to invoke the method?",
                value.at,
            )
        if target.kind != "delegate":
            self.refuse(
                "CS1660",
                f"Cannot convert lambda expression to type '{target.shown}' because it is not a "
                "delegate type",
                at,
            )
        *inputs, result = target.arguments
        if isinstance(value, MethodGroup):
            names = [f"a{i}" for i in range(len(inputs))]
            made = self._group_call(value, tuple(inputs), names)
            body = made if result is VOID else self.convert(made, result, at)
            return Bound(target, f"(lambda {', '.join(names)}: {body.code})", safe=True)
        code, _ = self._bound_lambda(value.node, tuple(inputs), result)
        return Bound(target, code, safe=True)

    def _bound_lambda(self, node: Lambda, inputs: tuple[Type, ...], result: Type | None) -> tuple[str, Type]:
        """The lambda as Python, and the type that its body yields. `result` None leaves that open."""
        if len(node.parameters) != len(inputs):
            self.refuse("CS1593", f"Delegate does not take {len(node.parameters)} arguments", node.at)
        self._lambda_depth += 1
        if self._lambda_depth > _MAX_LAMBDAS:
            self.refuse("CS8078", f"Lambdas are nested more than {_MAX_LAMBDAS} levels deep", node.at)
        outer_scope, outer_depth = self.scope, self._lambda_depth
        outer_receivers, self.receivers = self.receivers, []
        captured = self._captured_cells()
        self.scope = Scope(self.scope)
        try:
            variables = self._parameters(node, inputs)
            if isinstance(node.body, BlockStatement):
                return self._statement_lambda(node, node.body, variables, captured, result)
            return self._expression_lambda(node, variables, captured, result)
        finally:
            self.close(self.scope, outer_scope)
            self._lambda_depth = outer_depth - 1
            self.receivers = outer_receivers

    def _captured_cells(self) -> list[str]:
        """Cells of the enclosing function that exist here: a lambda keeps the ones of its own iteration."""
        found: list[str] = []
        scope: Scope | None = self.scope
        while scope is not None:
            found += [
                each.python for each in scope.names.values() if isinstance(each, Variable) and each.cell
            ]
            scope = scope.parent
        return found

    def _parameters(self, node: Lambda, inputs: tuple[Type, ...]) -> list[Variable]:
        made: list[Variable] = []
        for each, kind in zip(node.parameters, inputs, strict=True):
            if each.row:
                made.append(self._row(each.at, kind))
                continue
            if each.type is not None and self.type_of(each.type) is not kind:
                self.refuse("CS1661", "The lambda's parameter types do not match the delegate's", each.at)
            if each.query and (self.scope.find(each.name) is not None or each.name in self.scope.inner):
                what = (
                    f"The range variable '{each.name}' conflicts with a previous declaration of '{each.name}'"
                )
                self.refuse("CS1931", what, each.at)
            if each.name in self.scope.names:
                self.refuse("CS0100", f"The parameter name '{each.name}' is a duplicate", each.at)
            made.append(self.declare(each.name, kind, each.at))
        return made

    def _row(self, at: int, kind: Type) -> Variable:
        """The anonymous object that holds a query's range variables, and those as names of its members."""
        row = self.declare(f"<row {self._lambda_depth}>", kind, at, self.out.local("row"))
        for name, member_kind in kind.members:
            member = self.declare(name, member_kind, at, readonly="range variable")
            member.row_member = (row, name)
        return row

    def _expression_lambda(
        self, node: Lambda, variables: list[Variable], captured: list[str], result: Type | None
    ) -> tuple[str, Type]:
        if isinstance(node.body, ThrowExpression):
            body = Bound(result or NULL, self.throw_code(node.body))
        elif result is VOID:
            body = self.statement_value(node)
        else:
            body = self.value(node.body)
        kind = body.type
        if result is not None and result is not VOID:
            body = self.convert(body, result, node.body)
        code = body.code
        boxed = [each.python for each in variables if each.cell]
        if boxed:
            cells = ", ".join(f"[{name}]" for name in boxed)
            code = f"(lambda {', '.join(boxed)}: {code})({cells})"
        names = [each.python for each in variables]
        kept = [f"{name}={name}" for name in captured if name in code]
        return f"(lambda {', '.join(names + kept)}: {code})", kind

    def statement_value(self, node: Lambda) -> Bound:
        """The body of a lambda that yields nothing."""
        return self.effect(node.body)

    def effect(self, node: object) -> Bound:
        raise NotImplementedError

    def _statement_lambda(
        self,
        node: Lambda,
        body: BlockStatement,
        variables: list[Variable],
        captured: list[str],
        result: Type | None,
    ) -> tuple[str, Type]:
        name = self.out.local(f"lambda_{self._lambda_depth}", "f_")
        names = [each.python for each in variables]
        kept = [f"{cell}={cell}" for cell in captured]
        self.out.line(f"def {name}({', '.join(names + kept)}):", node.at)
        self.out.indent += 1
        for each in variables:
            if each.cell:
                self.out.line(f"{each.python} = [{each.python}]", node.at)
        saved = (self.returns, self.return_type, self.inferring, self.outs)
        self.returns, self.return_type, self.inferring, self.outs = [], result, result is None, ()
        self.function_body(body)
        found = self.returns
        self.returns, self.return_type, self.inferring, self.outs = saved
        self.out.indent -= 1
        kind = self.common_type([each for each in found if each.type is not NULL] or found)
        self._check_end(node, body, VOID if result is VOID else kind)
        return name, kind

    def _check_end(self, node: Lambda, body: BlockStatement, kind: Type) -> None:
        """A lambda that returns values does so wherever it ends."""
        flow = self.flow(body, closely=False)
        for each in flow.findings[:1]:
            self.refuse(each.code, each.what, each.at)
        if flow.ends and kind is not VOID:
            self.refuse("CS1643", "Not all code paths return a value in lambda expression", node.arrow)

    def function_body(self, body: BlockStatement) -> None:
        raise NotImplementedError

    def flow(self, body: BlockStatement, *, closely: bool) -> Flow:
        raise NotImplementedError

    def throw_code(self, node: ThrowExpression) -> str:
        raise NotImplementedError

    def common_type(self, values: list[Bound]) -> Type:
        """The type that all return values convert to."""
        if not values:
            return VOID
        for candidate in dict.fromkeys(value.type for value in values):
            if candidate is not NULL and all(
                value.type is candidate
                or self.conversions.implicit(value.type, candidate) is not None
                or self.constant_conversion(value, candidate) is not None
                for value in values
            ):
                return candidate
        return self.registry.object

    # Fitness

    def fits(self, each: Given, target: Type, mode: str) -> bool:
        """Whether an argument converts implicitly to a parameter's type."""
        value = each.value
        if isinstance(value, Bound):
            if mode == "out":
                return value.type is VOID or value.type is target
            if mode == "ref":
                return value.type is target
            return (
                value.type is target
                or self.constant_conversion(value, target) is not None
                or self.conversions.implicit(value.type, target) is not None
            )
        if target.kind != "delegate":
            return False
        result = self.delegate_result(value, target.arguments[:-1])
        if result is None:
            return False
        wanted = target.arguments[-1]
        if wanted is VOID or result.type is wanted:
            return True
        if result.type is VOID:
            return False
        return self.conversions.implicit(result.type, wanted) is not None or self._lambda_constant(
            value, wanted
        )

    def _lambda_constant(self, value: object, wanted: Type) -> bool:
        """A lambda whose body is a literal that fits the result: `x => 0` as Func<T, long> or the like."""
        return isinstance(value, LambdaValue) and type(value.node.body).__name__ == "Literal" and (
            self.constant_conversion(self.value(value.node.body), wanted) is not None
        )  # fmt: skip

    def better_conversion(self, each: Given, one: Type, other: Type) -> int:
        """1 where `one` is the better target for an argument, -1 where `other` is, else 0."""
        if one is other:
            return 0
        value = each.value
        if isinstance(value, Bound):
            if value.type is one:
                return 1
            if value.type is other:
                return -1
            return self._better_target(one, other)
        if one.kind == "delegate" and other.kind == "delegate":
            inputs = one.arguments[:-1]
            if inputs != other.arguments[:-1]:
                return 0
            result = self.delegate_result(value, inputs)
            first, second = one.arguments[-1], other.arguments[-1]
            if first is second or result is None:
                return 0
            if second is VOID or result.type is first:
                return 1
            if first is VOID or result.type is second:
                return -1
            return self._better_target(first, second)
        return 0

    def _better_target(self, one: Type, other: Type) -> int:
        forward = self.conversions.implicit(one, other) is not None
        backward = self.conversions.implicit(other, one) is not None
        if forward != backward:
            return 1 if forward else -1
        signed = {"System.SByte", "System.Int16", "System.Int32", "System.Int64"}
        unsigned = {"System.Byte", "System.UInt16", "System.UInt32", "System.UInt64"}
        if one.name in signed and other.name in unsigned:
            return 1
        return -1 if one.name in unsigned and other.name in signed else 0
