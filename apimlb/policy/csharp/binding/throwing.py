"""`throw`, as an expression and as a statement."""

from apimlb.policy.clr.casts import bad_throw
from apimlb.policy.clr.objects.text import raise_value
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.csharp.binding.bound import Bound
from apimlb.policy.csharp.binding.dispatch import expressions, statements, value
from apimlb.policy.csharp.binding.emit import Line, Lines
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.syntax.nodes import Node, ThrowExpression
from apimlb.policy.csharp.syntax.statement_nodes import Throw


def check_exception(scope: Scope, kind: Type, at: int | Node) -> None:
    """Refuses a type that nothing of can be thrown or caught."""
    if not scope.registry.derives(kind, scope.registry.named("System.Exception")):
        scope.refuse("CS0155", at)


def _thrown(scope: Scope, node: Node) -> str:
    """Code of the exception that is thrown."""
    bound = value(scope, node)
    if bound.type is not NULL:
        check_exception(scope, bound.type, node)
    return bound.code


def throw_code(scope: Scope, node: ThrowExpression) -> str:
    """`throw` where C# allows it as an expression."""
    return f"{scope.use(raise_value)}({_thrown(scope, node.operand)})"


def refuse_throw(scope: Scope, node: ThrowExpression) -> Bound:
    """`throw` anywhere else."""
    scope.refuse("CS8115", node.at)


def bind_throw(scope: Scope, node: Throw) -> Lines:
    if node.value is not None:
        return [Line(f"raise {scope.use(bad_throw)}({_thrown(scope, node.value)})", node.at)]
    if not scope.catching:
        scope.refuse("CS0156", node.at)
    return [Line("raise", node.at)]


expressions.enter(ThrowExpression, refuse_throw)
statements.enter(Throw, bind_throw)
