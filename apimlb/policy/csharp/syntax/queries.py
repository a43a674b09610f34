"""LINQ query syntax, turned into the method calls that C# defines it by (C# specification, query
expressions)."""

from apimlb.policy.csharp.syntax.expressions import ExpressionParser
from apimlb.policy.csharp.syntax.nodes import (
    AnonymousCreation,
    Argument,
    Invocation,
    Lambda,
    LambdaParameter,
    MemberAccess,
    Name,
    Node,
    TypeName,
)

Names = list[tuple[int, str]]
"""The range variables in sight, each with its offset; several of them live in one anonymous object."""


class QueryParser(ExpressionParser):
    """`from x in xs ... select ...`, with every clause that a query may have."""

    def query(self) -> Node:
        source, names = self._from()
        self.source.has_functions = True
        origin = source
        while True:
            at, word = self.token.at, self.token.text if self.token.kind in ("id", "keyword") else ""
            if word == "where":
                self.advance()
                source = _call(at, source, "Where", _lambda(at, names, self.expression()))
            elif word == "orderby":
                self.advance()
                source = self._orderby(at, source, names)
            elif word == "let":
                self.advance()
                source, names = self._let(at, source, names)
            elif word in ("from", "join"):
                source, names, done = self._second(at, source, names)
                if done and not self._continues():
                    return source
                if done:
                    names = [self._continued()]
                    origin = source
            elif word in ("select", "group"):
                self.advance()
                if word == "group":
                    source = self._group(at, source, names)
                else:
                    source = self._select(at, source, names, source is origin)
                if not self._continues():
                    return source
                names = [self._continued()]
                origin = source
            else:
                self.refuse("A query body must end with a select clause or a group clause", "CS0742")

    def _continues(self) -> bool:
        return self._word("into")

    def _word(self, text: str) -> bool:
        return self.token.kind == "id" and self.token.text == text

    def _continued(self) -> tuple[int, str]:
        """The variable of `into x`, which goes on with what came before as its source."""
        self.advance()
        token = self.identifier()
        return token.at, token.text

    def _new_name(self, names: Names) -> tuple[int, str]:
        token = self.identifier()
        if any(known == token.text for _, known in names):
            self.refuse(f"The range variable '{token.text}' has already been declared", "CS1930", token)
        return token.at, token.text

    def _from(self, names: Names = []) -> tuple[Node, Names]:  # noqa: B006 - never changed
        self.advance()
        written: TypeName | None = None
        if not (self.peek().kind == "keyword" and self.peek().text == "in"):
            written = self.type_name()
        name = self._new_name(names)
        self.expect("in")
        at = self.token.at
        source = self.expression()
        if written is not None:
            source = Invocation(at, MemberAccess(at, source, "Cast", [written]), [])
        return source, [name]

    def _select(self, at: int, source: Node, names: Names, alone: bool) -> Node:
        """A select of the range variable itself stands for a call only where it is `alone`."""
        selected = self.expression()
        itself = isinstance(selected, Name) and [selected.name] == [name for _, name in names]
        if itself and not alone:
            return source
        return _call(at, source, "Select", _lambda(at, names, selected))

    def _second(self, at: int, source: Node, names: Names) -> tuple[Node, Names, bool]:
        """Another `from`, or a `join`. A `select` behind it is part of the same call."""
        if self.token.text == "from":
            inner, added = self._from(names)
            method, arguments = "SelectMany", [_lambda(at, names, inner)]
        else:
            method, arguments, added = self._join(at, names)
        done = self._word("select")
        if done:
            self.advance()
            body = self.expression()
        else:
            body = _row(at, [*names, *added])
        selector = Lambda(at, [_parameter(at, names), _parameter(at, added)], body, at)
        return _call(at, source, method, *arguments, selector), [*names, *added], done

    def _join(self, at: int, names: Names) -> tuple[str, list[Node], Names]:
        inner, added = self._from(names)
        self._expect_word("on", "CS0744")
        outer_key = _lambda(at, names, self.expression())
        self._expect_word("equals", "CS0744")
        inner_key = _lambda(at, added, self.expression())
        if not self._word("into"):
            return "Join", [inner, outer_key, inner_key], added
        self.advance()
        return "GroupJoin", [inner, outer_key, inner_key], [self._new_name(names)]

    def _expect_word(self, text: str, code: str) -> None:
        if not self._word(text):
            self.refuse(f"Expected contextual keyword '{text}'", code)
        self.advance()

    def _orderby(self, at: int, source: Node, names: Names) -> Node:
        first = True
        while True:
            key = self.expression()
            descending = self._word("descending")
            if self._word("ascending") or descending:
                self.advance()
            method = ("OrderBy" if first else "ThenBy") + ("Descending" if descending else "")
            source = _call(at, source, method, _lambda(at, names, key))
            first = False
            if not self.accept(","):
                return source

    def _let(self, at: int, source: Node, names: Names) -> tuple[Node, Names]:
        name = self._new_name(names)
        self.expect("=")
        value = self.expression()
        made = _row(at, names)
        made.members.append((name[1], value))
        made.places.append(name[0])
        return _call(at, source, "Select", _lambda(at, names, made)), [*names, name]

    def _group(self, at: int, source: Node, names: Names) -> Node:
        element = self.expression()
        self._expect_word("by", "CS0743")
        key = _lambda(at, names, self.expression())
        if isinstance(element, Name) and [element.name] == [name for _, name in names]:
            return _call(at, source, "GroupBy", key)
        return _call(at, source, "GroupBy", key, _lambda(at, names, element))


def _call(at: int, source: Node, method: str, *arguments: Node) -> Node:
    return Invocation(
        at, MemberAccess(at, source, method), [Argument(at, argument) for argument in arguments]
    )


def _row(at: int, names: Names) -> AnonymousCreation:
    """The anonymous object that holds the range variables."""
    return AnonymousCreation(at, [(name, Name(at, name)) for _, name in names], [place for place, _ in names])


def _parameter(at: int, names: Names) -> LambdaParameter:
    if len(names) == 1:
        return LambdaParameter(names[0][0], names[0][1], query=True)
    return LambdaParameter(at, "<row>", row=True)


def _lambda(at: int, names: Names, body: Node) -> Node:
    """A lambda over the range variable, or over the anonymous object that holds several of them."""
    return Lambda(at, [_parameter(at, names)], body, at)
