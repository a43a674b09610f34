"""The parser of policy expressions: statements, and the way in."""

from collections.abc import Callable

from apimlb.policy.csharp.syntax.lexer import SourceText
from apimlb.policy.csharp.syntax.nodes import Node, TypeName
from apimlb.policy.csharp.syntax.queries import QueryParser
from apimlb.policy.csharp.syntax.statements import (
    BlockStatement,
    Break,
    Catch,
    CheckedBlock,
    Continue,
    Declaration,
    DoWhile,
    ExpressionStatement,
    For,
    ForEach,
    FunctionParameter,
    If,
    LocalFunction,
    Return,
    Switch,
    SwitchLabel,
    SwitchSection,
    Throw,
    Try,
    Using,
    While,
)

_BANNED_STATEMENTS = {
    "goto": "'goto' is not supported in a policy expression",
    "unsafe": "'unsafe' is not possible in a policy expression",
    "fixed": "'fixed' is not possible in a policy expression",
    "lock": "'lock' needs System.Threading.Monitor, which policy expressions may not use",
}
_MISPLACED = {
    "catch": ("CS1003", "Syntax error, 'try' expected"),
    "finally": ("CS1003", "Syntax error, 'try' expected"),
    "else": ("CS1513", "} expected"), "case": ("CS1513", "} expected"),
    "default": ("CS1513", "} expected"),
}  # fmt: skip


def parse(source: SourceText) -> BlockStatement:
    """The tree of `@(...)` (a block that returns it) or `@{...}`; raises `PolicyError`."""
    text = source.text
    lead = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    opening = text[lead : lead + 2]
    if opening == "@(":
        _closed(source, ")", end)
        parser = Parser(source, lead + 2, end - 1)
        value = parser.expression()
        parser.finish()
        return BlockStatement(lead, [Return(lead, value)])
    if opening == "@{":
        _closed(source, "}", end)
        parser = Parser(source, lead + 2, end - 1)
        return BlockStatement(lead, parser.statements_to_end())
    raise source.error("A policy expression starts with @( or @{", lead, "CS1525")


def _closed(source: SourceText, closing: str, end: int) -> None:
    if source.text[end - 1] != closing or end < 3:
        code = "CS1026" if closing == ")" else "CS1513"
        raise source.error(f"The expression does not end in '{closing}'", end, code)


class Parser(QueryParser):
    """Statements; expressions, queries and types come from the classes below it."""

    def finish(self) -> None:
        if self.token.kind != "end":
            self.refuse(f"Unexpected '{self.token.text}'", "CS1026")

    def statements_to_end(self) -> list[Node]:
        found: list[Node] = []
        while self.token.kind != "end":
            self._statement_into(found)
        return found

    def block(self) -> BlockStatement:
        made = BlockStatement(self.expect("{").at, [])
        self.deeper()
        while not self.at_op("}"):
            if self.token.kind == "end":
                self.refuse("'}' expected", "CS1513")
            self._statement_into(made.statements)
        self.shallower()
        self.expect("}")
        return made

    def _statement_into(self, found: list[Node]) -> None:
        if not self.accept(";"):
            found.append(self.statement())

    def _embedded(self) -> Node:
        """The body of an `if` or loop."""
        at = self.token.at
        self.deeper()
        made = BlockStatement(at, []) if self.accept(";") else self.statement()
        self.shallower()
        if isinstance(made, Declaration | LocalFunction):
            raise self.source.error(
                "Embedded statement cannot be a declaration or labeled statement", at, "CS1023"
            )
        return made

    def statement(self) -> Node:
        token = self.token
        if token.kind == "op" and token.text == "{":
            return self.block()
        if token.kind == "keyword":
            parse_rest = _STATEMENTS.get(token.text)
            if parse_rest is not None:
                self.advance()
                return parse_rest(self, token.at)
            if token.text in _BANNED_STATEMENTS:
                self.refuse(_BANNED_STATEMENTS[token.text], "NotAllowed")
            if token.text in _MISPLACED and not (token.text == "default" and self.peek().text == "("):
                self.refuse(_MISPLACED[token.text][1], _MISPLACED[token.text][0])
        if token.kind == "id" and self.peek().text == ":" and self.peek().kind == "op":
            self.refuse("Labels are not supported in a policy expression", "NotAllowed")
        if token.kind == "id" and token.text == "yield" and self.peek().text in ("return", "break"):
            self.refuse("'yield' is not possible in a policy expression", "CS1624")
        if token.kind == "keyword" and token.text == "void":
            self.advance()
            return self._local_function(TypeName(token.at, [("void", [])]))
        return self._declaration() or self._expression_statement()

    def _expression_statement(self) -> Node:
        at = self.token.at
        made = ExpressionStatement(at, self.expression())
        self.expect(";")
        return made

    def _declaration(self) -> Node | None:
        start, first = self.index, self.token
        written = self.try_type()
        if written is None or self.token.kind != "id":
            if written is not None and written.is_var and self.at_op("("):
                self.refuse(
                    "Deconstruction needs System.ValueTuple, which policy expressions may not use",
                    "NotAllowed",
                )
            if written is not None and first.kind == "keyword" and self.at_op("="):
                self.refuse("Identifier expected", "CS1001")
            self.reset(start)
            return None
        if first.text == "from" and self.peek().text == "in":  # a query
            self.reset(start)
            return None
        if self.peek().kind == "op" and self.peek().text in ("(", "<"):
            return self._local_function(written)
        made = self._declarators(written)
        self.expect(";")
        return made

    def _declarators(self, written: TypeName, constant: bool = False) -> Declaration:
        made = Declaration(written.at, written, [], constant)
        while True:
            name = self.identifier()
            value = None
            if self.accept("="):
                value = self.array_items() if self.at_op("{") else self.expression()
            elif constant:
                self.refuse("A const field requires a value to be provided", "CS0145", name)
            made.declarators.append((name.at, name.text, value))
            if not self.accept(","):
                return made

    def _local_function(self, result: TypeName) -> Node:
        name = self.identifier()
        self.source.has_functions = True
        if self.at_op("<"):
            self.refuse("Local functions with type parameters are not supported here", "NotSupported")
        self.expect("(")
        parameters: list[FunctionParameter] = []
        while not self.at_op(")"):
            parameters.append(self._function_parameter())
            if not self.accept(","):
                break
        self.expect(")")
        body: Node
        if self.accept("=>"):
            body = self.expression()
            self.expect(";")
        else:
            body = self.block()
        return LocalFunction(name.at, result, name.text, parameters, body)

    def _function_parameter(self) -> FunctionParameter:
        mode = ""
        if self.token.text in ("ref", "out", "params"):
            if self.token.text == "ref":
                self.refuse("'ref' parameters are not supported in a policy expression", "NotSupported")
            mode = self.advance().text
        written = self.type_name()
        name = self.identifier()
        default = self.expression() if self.accept("=") else None
        return FunctionParameter(name.at, name.text, written, mode, default)

    # Statements by their keyword, which is behind the cursor.

    def _const_statement(self, at: int) -> Node:
        made = self._declarators(self.type_name(), constant=True)
        self.expect(";")
        return made

    def _condition(self) -> Node:
        self.expect("(")
        found = self.expression()
        self.expect(")")
        return found

    def _if_statement(self, at: int) -> Node:
        condition = self._condition()
        then = self._embedded()
        otherwise = self._embedded() if self.accept("else") else None
        return If(at, condition, then, otherwise)

    def _while_statement(self, at: int) -> Node:
        return While(at, self._condition(), self._embedded())

    def _do_statement(self, at: int) -> Node:
        body = self._embedded()
        self.expect("while")
        condition = self._condition()
        self.expect(";")
        return DoWhile(at, body, condition)

    def _for_statement(self, at: int) -> Node:
        self.expect("(")
        first: list[Node] = []
        if not self.accept(";"):
            first = self._for_first()
            self.expect(";")
        condition = None if self.at_op(";") else self.expression()
        self.expect(";")
        update: list[Node] = []
        while not self.at_op(")"):
            update.append(ExpressionStatement(self.token.at, self.expression()))
            if not self.accept(","):
                break
        self.expect(")")
        return For(at, first, condition, update, self._embedded())

    def _for_first(self) -> list[Node]:
        start = self.index
        written = self.try_type()
        if written is not None and self.token.kind == "id" and self.peek().text in ("=", ",", ";"):
            return [self._declarators(written)]
        self.reset(start)
        found: list[Node] = []
        while True:
            found.append(ExpressionStatement(self.token.at, self.expression()))
            if not self.accept(","):
                return found

    def _foreach_statement(self, at: int) -> Node:
        self.expect("(")
        written = self.type_name()
        if self.at_keyword("in"):
            self.refuse("Type and identifier are both required in a foreach statement", "CS0230")
        name = self.identifier()
        self.expect("in")
        source = self.expression()
        self.expect(")")
        return ForEach(at, written, name.text, source, self._embedded(), name.at)

    def _return_statement(self, at: int) -> Node:
        value = None if self.at_op(";") else self.expression()
        self.expect(";")
        return Return(at, value)

    def _break_statement(self, at: int) -> Node:
        self.expect(";")
        return Break(at)

    def _continue_statement(self, at: int) -> Node:
        self.expect(";")
        return Continue(at)

    def _throw_statement(self, at: int) -> Node:
        value = None if self.at_op(";") else self.expression()
        self.expect(";")
        return Throw(at, value)

    def _try_statement(self, at: int) -> Node:
        body = self.block()
        catches: list[Catch] = []
        while self.at_keyword("catch"):
            if catches and catches[-1].type is None and catches[-1].filter is None:
                self.refuse(
                    "Catch clauses cannot follow the general catch clause of a try statement", "CS1017"
                )
            catches.append(self._catch())
        finally_body = self.block() if self.accept("finally") else None
        if not catches and finally_body is None:
            self.refuse("Expected catch or finally", "CS1524", self.last)
        return Try(at, body, catches, finally_body)

    def _catch(self) -> Catch:
        at = self.expect("catch").at
        caught, name, condition, name_at = None, None, None, at
        if self.accept("("):
            caught = self.type_name()
            name_at = self.token.at
            name = self.advance().text if self.token.kind == "id" else None
            self.expect(")")
        if self.token.kind == "id" and self.token.text == "when":
            self.advance()
            condition = self._condition()
        return Catch(at, caught, name, condition, self.block(), name_at)

    def _using_statement(self, at: int) -> Node:
        self.expect("(")
        start = self.index
        written = self.try_type()
        resource: Node
        if written is not None and self.token.kind == "id" and self.peek().text == "=":
            resource = self._declarators(written)
        else:
            self.reset(start)
            resource = self.expression()
        self.expect(")")
        return Using(at, resource, self._embedded())

    def _checked_statement(self, at: int) -> Node:
        if self.at_op("("):  # an expression after all
            self.reset(self.index - 1)
            return self._expression_statement()
        return CheckedBlock(at, self.block(), True)

    def _unchecked_statement(self, at: int) -> Node:
        if self.at_op("("):
            self.reset(self.index - 1)
            return self._expression_statement()
        return CheckedBlock(at, self.block(), False)

    def _switch_statement(self, at: int) -> Node:
        made = Switch(at, self._condition(), [])
        self.expect("{")
        while not self.accept("}"):
            made.sections.append(self._section())
        return made

    def _section(self) -> SwitchSection:
        section = SwitchSection(self.token.at, [], [])
        while self.at_keyword("case") or self.at_keyword("default"):
            section.labels.append(self._label())
        if not section.labels:
            self.refuse("'case' or '}' expected", "CS1513")
        while not (self.at_keyword("case") or self.at_keyword("default") or self.at_op("}")):
            if self.token.kind == "end":
                self.refuse("'}' expected", "CS1513")
            self._statement_into(section.statements)
        return section

    def _label(self) -> SwitchLabel:
        token = self.advance()
        label = SwitchLabel(token.at, None)
        if token.text == "case":
            start = self.index
            label.type = self.try_type()
            if label.type is not None and self.token.kind == "id" and self.token.text != "when":
                label.name_at = self.token.at
                label.name = self.advance().text
            else:
                label.type = None
                self.reset(start)
                label.constant = self.expression()
            if self.token.kind == "id" and self.token.text == "when":
                self.advance()
                label.when = self.expression()
        label.end = self.expect(":").end
        return label


_STATEMENTS: dict[str, Callable[[Parser, int], Node]] = {
    "const": Parser._const_statement, "if": Parser._if_statement, "while": Parser._while_statement,
    "do": Parser._do_statement, "for": Parser._for_statement, "foreach": Parser._foreach_statement,
    "return": Parser._return_statement, "break": Parser._break_statement,
    "continue": Parser._continue_statement, "throw": Parser._throw_statement, "try": Parser._try_statement,
    "using": Parser._using_statement, "checked": Parser._checked_statement,
    "unchecked": Parser._unchecked_statement, "switch": Parser._switch_statement,
}  # fmt: skip
