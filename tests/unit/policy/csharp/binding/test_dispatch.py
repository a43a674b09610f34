"""Each class of nodes has one function that binds it, and one table that says so."""

from apimlb.policy.csharp.binding import binder, dispatch
from apimlb.policy.csharp.binding.flow import STATEMENTS
from apimlb.policy.csharp.syntax import nodes, statement_nodes
from apimlb.policy.csharp.syntax.nodes import Node

# Parts of the nodes that hold them.
PARTS = {
    nodes.Node, nodes.Argument, nodes.Initializer, nodes.Interpolation, nodes.TypedName,
    statement_nodes.Catch, statement_nodes.SwitchLabel, statement_nodes.SwitchSection,
}  # fmt: skip


def classes(module: object) -> set[type[Node]]:
    return {each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Node)}


# Statements of which an expression has the class, too.
BOTH = {nodes.Checked, nodes.Throw}
# What their expressions do to the flow is all that they do.
RUN_AS_EXPRESSIONS = {statement_nodes.Declaration, statement_nodes.ExpressionStatement}


def test_every_expression_and_statement_can_be_bound() -> None:
    assert callable(binder.bind_expression)  # with it the tables are filled
    statements = classes(statement_nodes) - classes(nodes) - PARTS | BOTH
    assert set(dispatch.expressions) == classes(nodes) - PARTS
    assert set(dispatch.statements) == statements
    assert set(STATEMENTS) == statements - RUN_AS_EXPRESSIONS
