"""LINQ query syntax, turned into the method calls that C# defines it by (C# specification, query
expressions)."""

from apimlb.policy.csharp.nodes import Argument, Call, Lambda, Member, Name, NewAnonymous, Node, TypeName
from apimlb.policy.csharp.parser_expressions import ExpressionParser


class QueryParser(ExpressionParser):
    """`from x in xs where ... orderby ... select ...`; joins and `into` are not supported."""

    def query(self) -> Node:
        source, names = self._from()
        while True:
            word = self.token.text if self.token.kind == "id" else ""
            at = self.token.at
            if word == "where":
                self.advance()
                source = _call(at, source, "Where", _lambda(at, names, self.expression()))
            elif word == "orderby":
                self.advance()
                source = self._orderby(at, source, names)
            elif word == "let":
                self.advance()
                source, names = self._let(at, source, names)
            elif word == "from":
                return self._second_from(at, source, names)
            elif word == "select":
                self.advance()
                selected = self.expression()
                if isinstance(selected, Name) and [selected.name] == names:
                    return self._ended(source)
                return self._ended(_call(at, source, "Select", _lambda(at, names, selected)))
            elif word == "group":
                return self._group(at, source, names)
            else:
                self.refuse("A query body must end with a select clause or a group clause", "CS0742")

    def _ended(self, made: Node) -> Node:
        if self.token.kind == "id" and self.token.text == "into":
            self.refuse("'into' is not supported in a query here: use method calls", "NotSupported")
        return made

    def _from(self) -> tuple[Node, list[str]]:
        self.advance()
        written: TypeName | None = None
        if not (self.peek().kind == "keyword" and self.peek().text == "in"):
            written = self.type_name()
        name = self.identifier().text
        self.expect("in")
        at = self.token.at
        source = self.expression()
        if written is not None:
            source = Call(at, Member(at, source, "Cast", [written]), [])
        return source, [name]

    def _second_from(self, at: int, source: Node, names: list[str]) -> Node:
        inner, inner_names = self._from()
        collection = _lambda(at, names, inner)
        if not (self.token.kind == "id" and self.token.text == "select") or len(names) > 1:
            self.refuse("A second 'from' must be followed by 'select': use method calls", "NotSupported")
        self.advance()
        selector = Lambda(at, [(names[0], None), (inner_names[0], None)], self.expression())
        return self._ended(_call(at, source, "SelectMany", collection, selector))

    def _orderby(self, at: int, source: Node, names: list[str]) -> Node:
        first = True
        while True:
            key = self.expression()
            descending = self.token.kind == "id" and self.token.text == "descending"
            if self.token.kind == "id" and self.token.text in ("ascending", "descending"):
                self.advance()
            method = ("OrderBy" if first else "ThenBy") + ("Descending" if descending else "")
            source = _call(at, source, method, _lambda(at, names, key))
            first = False
            if not self.accept(","):
                return source

    def _let(self, at: int, source: Node, names: list[str]) -> tuple[Node, list[str]]:
        name = self.identifier().text
        self.expect("=")
        value = self.expression()
        members: list[tuple[str, Node]] = [(known, Name(at, known)) for known in names]
        made = NewAnonymous(at, [*members, (name, value)])
        return _call(at, source, "Select", _lambda(at, names, made)), [*names, name]

    def _group(self, at: int, source: Node, names: list[str]) -> Node:
        self.advance()
        element = self.expression()
        if not (self.token.kind == "id" and self.token.text == "by"):
            self.refuse("Expected contextual keyword 'by'", "CS0743")
        self.advance()
        key = _lambda(at, names, self.expression())
        if isinstance(element, Name) and [element.name] == names:
            return self._ended(_call(at, source, "GroupBy", key))
        return self._ended(_call(at, source, "GroupBy", key, _lambda(at, names, element)))


def _call(at: int, source: Node, method: str, *arguments: Node) -> Node:
    return Call(at, Member(at, source, method), [Argument(at, argument) for argument in arguments])


def _lambda(at: int, names: list[str], body: Node) -> Node:
    """A lambda over the range variable, or over the anonymous object that holds several of them."""
    if len(names) == 1:
        return Lambda(at, [(names[0], None)], body)
    return Lambda(at, [("<row>", None), *((name, None) for name in names)], body)
