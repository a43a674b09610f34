"""The classes of the tree."""

from apimlb.policy.csharp.syntax.lexer import SourceText
from apimlb.policy.csharp.syntax.nodes import Argument, Binary, Literal, Name, TypeName, chain, children
from apimlb.policy.csharp.syntax.parser import parse
from apimlb.policy.csharp.syntax.statement_nodes import Break, Return


def test_a_node_has_the_fields_of_its_class_and_their_defaults() -> None:
    written = Argument(3, Name(3, "x"), mode="out")
    assert (written.at, written.mode, written.name, written.name_at) == (3, "out", None, 0)
    assert Argument.fields == ("at", "value", "name", "mode", "name_at")
    assert Break.fields == ("at",)
    assert TypeName(0, [("var", [])]).is_var
    assert not TypeName(0, [("var", [])], ranks=(1, 2)).is_var


def test_children_come_as_they_are_written() -> None:
    value = parse(SourceText("@(f(a, b: new { c }) + d)", 1, 1)).statements[0]
    assert isinstance(value, Return)
    names = []
    left = list(children(value))
    while left:
        node = left.pop(0)
        names += [node.name] if isinstance(node, Name) else []
        left = [*children(node), *left]
    assert names == ["f", "a", "c", "d"]


def test_a_chain_has_no_depth() -> None:
    tree = Literal(0, 1)
    long: Binary | Literal = tree
    for at in range(5000):
        long = Binary(at, "+", long, Literal(at, at))
    assert isinstance(long, Binary)
    first, parts = chain(long)
    assert first is tree
    assert [part.at for part in parts] == list(range(5000))
