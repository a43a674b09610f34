"""Each class of nodes has one function that binds it, and one table that says so."""

from apimlb.policy.csharp.binding import binder, dispatch
from apimlb.policy.csharp.binding.flow_expressions import statements as flow_statements
from apimlb.policy.csharp.syntax import nodes, statement_nodes
from apimlb.policy.csharp.syntax.nodes import Node

# Parts of the nodes that hold them.
PARTS = {
    nodes.Node, nodes.Argument, nodes.Initializer, nodes.Interpolation, statement_nodes.Catch,
    statement_nodes.SwitchLabel, statement_nodes.SwitchSection,
}  # fmt: skip


def classes(module: object) -> set[type[Node]]:
    return {each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Node)}


def a_node(kind: type[Node]) -> Node:
    return kind.__new__(kind)


def test_every_expression_and_statement_can_be_bound() -> None:
    assert callable(binder.bind_expression)  # with it all of binding is imported
    for kind in classes(nodes) - PARTS:
        assert dispatch.expressions.has(a_node(kind)), kind
    for kind in classes(statement_nodes) - classes(nodes) - PARTS:
        assert dispatch.statements.has(a_node(kind)), kind
        assert flow_statements.has(a_node(kind)), kind


def test_nothing_is_both() -> None:
    for kind in classes(statement_nodes):
        assert not (dispatch.expressions.has(a_node(kind)) and dispatch.statements.has(a_node(kind)))
