"""`new` in its forms, arguments and lambdas."""

from abc import abstractmethod

from apimlb.policy.csharp.syntax.nodes import (
    AnonymousCreation,
    Argument,
    ArrayCreation,
    ArrayInitializer,
    ConditionalAccess,
    Initializer,
    Lambda,
    LambdaParameter,
    MemberAccess,
    Name,
    Node,
    ObjectCreation,
    TypeName,
)
from apimlb.policy.csharp.syntax.statements import BlockStatement
from apimlb.policy.csharp.syntax.type_names import TypeParser

_NO_MEMBER_NAME = (
    "Invalid anonymous type member declarator. Anonymous type members must be declared with a member "
    "assignment, simple name or member access."
)


class CreationParser(TypeParser):
    """What is made inside of expressions, around them and out of them."""

    @abstractmethod
    def expression(self) -> Node:
        """Any expression."""

    @abstractmethod
    def block(self) -> BlockStatement:
        """A braced block of statements."""

    def arguments(self, opening: str, closing: str) -> list[Argument]:
        self.expect(opening)
        found: list[Argument] = []
        while not self.at_op(closing):
            found.append(self._argument())
            if not self.accept(","):
                break
        self.expect(closing)
        return found

    def _argument(self) -> Argument:
        at = name_at = self.token.at
        name = None
        if self.token.kind == "id" and self.peek().text == ":" and self.peek().kind == "op":
            name = self.advance().text
            self.advance()
            at = self.token.at
        if self.at_keyword("out") or self.at_keyword("ref"):
            mode = self.advance().text
            start = self.index
            declared = self.try_type()
            if mode == "out" and declared is not None and self.token.kind == "id":
                declared_at = self.token.at
                return Argument(at, None, name, mode, self.advance().text, declared, declared_at)
            self.reset(start)
            return Argument(at, self.expression(), name, mode, name_at=name_at)
        return Argument(at, self.expression(), name, name_at=name_at)

    def _new(self) -> Node:
        at = self.expect("new").at
        if self.at_op("{"):
            return self._anonymous(at)
        if self.at_op("["):
            rank = self._rank()
            if rank is None:
                self.refuse("Array creation must have array size or array initializer", "CS1586")
            if self.peek(rank + 1).text != "{":
                raise self.source.error("No best type found for implicitly-typed array", at, "CS0826")
            for _ in range(rank + 1):
                self.advance()
            return ArrayCreation(at, None, [], rank, self.array_items())
        made = self.try_type(arrays=False, nullable=False)
        if made is None:
            self.refuse("Type expected", "CS1031")
        if self.at_op("?") and self.peek().text == "[":
            self.advance()
            made.nullable = True
        if self.at_op("["):
            return self._new_array(at, made)
        arguments = self.arguments("(", ")") if self.at_op("(") else None
        initializer = self._initializer() if self.at_op("{") else None
        if arguments is None and initializer is None:
            self.refuse("A new expression requires (), [], or {} after type", "CS1526")
        return ObjectCreation(at, made, arguments or [], initializer)

    def _new_array(self, at: int, element: TypeName) -> Node:
        rank = self._rank()
        bracket = self.token
        sizes: list[Node] = []
        if rank is None:
            sizes = [argument.value for argument in self.arguments("[", "]") if argument.value is not None]
            rank = len(sizes)
        else:
            for _ in range(rank + 1):
                self.advance()
        while self.at_op("["):
            inner = self._rank()
            if inner is None:
                self.refuse("Invalid rank specifier: expected ',' or ']'", "CS0178", self.peek())
            for _ in range(inner + 1):
                self.advance()
            element.ranks = (*element.ranks, inner)
        items = self.array_items() if self.at_op("{") else None
        if not sizes and items is None:
            self.refuse("Array creation must have array size or array initializer", "CS1586", bracket)
        return ArrayCreation(at, element, sizes, rank, items)

    def array_items(self) -> ArrayInitializer:
        at = self.expect("{").at
        items: list[Node] = []
        while not self.at_op("}"):
            items.append(self.array_items() if self.at_op("{") else self.expression())
            if not self.accept(","):
                break
        self.expect("}")
        return ArrayInitializer(at, items)

    def _anonymous(self, at: int) -> Node:
        self.expect("{")
        members: list[tuple[str, Node]] = []
        places: list[int] = []
        while not self.at_op("}"):
            places.append(self.token.at)
            if self.token.kind == "id" and self.peek().text == "=" and self.peek().kind == "op":
                name = self.advance().text
                self.advance()
                members.append((name, self.expression()))
            else:
                value = self.expression()
                named = value.access if isinstance(value, ConditionalAccess) else value
                if not isinstance(named, Name | MemberAccess):
                    raise self.source.error(_NO_MEMBER_NAME, places[-1], "CS0746")
                members.append((named.name, value))
            if not self.accept(","):
                break
        self.expect("}")
        return AnonymousCreation(at, members, places)

    def _initializer(self) -> Initializer:
        made = Initializer(self.expect("{").at, [], [])
        while not self.at_op("}"):
            made.places.append(self.token.at)
            if self.token.kind == "id" and self.peek().text == "=" and self.peek().kind == "op":
                name = self.advance().text
                self.advance()
                made.entries.append((name, self._initializer_value()))
            elif self.at_op("["):
                index = self.arguments("[", "]")
                self.expect("=")
                made.entries.append((index, self._initializer_value()))
            elif self.at_op("{"):
                made.entries.append((None, self.array_items().items))
            else:
                made.entries.append((None, [self.expression()]))
            if (made.entries[0][0] is None) != (made.entries[-1][0] is None):
                kind = "element" if made.entries[0][0] is None else "member"
                raise self.source.error(
                    f"Invalid initializer {kind} declarator", made.places[-1],
                    "CS0747",
                )  # fmt: skip
            if not self.accept(","):
                break
        self.expect("}")
        return made

    def _initializer_value(self) -> Node:
        return self._initializer() if self.at_op("{") else self.expression()

    def _starts_lambda(self) -> bool:
        if self.token.kind == "id":
            return self.peek().kind == "op" and self.peek().text == "=>"
        if not self.at_op("("):
            return False
        ahead, depth = 1, 1
        while depth:
            token = self.peek(ahead)
            if token.kind == "end":
                return False
            if token.kind == "op":
                depth += (token.text == "(") - (token.text == ")")
            ahead += 1
        return self.peek(ahead).text == "=>" and self.peek(ahead).kind == "op"

    def _lambda(self) -> Node:
        at = self.token.at
        parameters: list[LambdaParameter] = []
        if self.token.kind == "id":
            parameters.append(LambdaParameter(at, self.advance().text))
        else:
            self.expect("(")
            while not self.at_op(")"):
                parameters.append(self._lambda_parameter())
                if not self.accept(","):
                    break
            self.expect(")")
        arrow = self.expect("=>").at
        self.source.has_functions = True
        body: Node = self.block() if self.at_op("{") else self.expression()
        return Lambda(at, parameters, body, arrow)

    def _lambda_parameter(self) -> LambdaParameter:
        if self.token.kind == "id" and self.peek().text in (",", ")"):
            return LambdaParameter(self.token.at, self.advance().text)
        written = self.type_name()
        return LambdaParameter(self.token.at, self.identifier().text, written)
