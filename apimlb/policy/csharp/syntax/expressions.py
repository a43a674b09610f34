"""Expressions of C# 7, by precedence climbing."""

from abc import abstractmethod

from apimlb.policy.csharp.syntax.creation import CreationParser
from apimlb.policy.csharp.syntax.lexer import HoleRange, Token
from apimlb.policy.csharp.syntax.literals import literal
from apimlb.policy.csharp.syntax.nodes import (
    As,
    Assignment,
    Binary,
    Cast,
    CheckedExpression,
    Conditional,
    ConditionalAccess,
    DefaultValue,
    ElementAccess,
    Increment,
    InterpolatedString,
    Interpolation,
    Invocation,
    Is,
    MemberAccess,
    Name,
    NameOf,
    Node,
    Parenthesized,
    PredefinedType,
    Receiver,
    SizeOf,
    ThrowExpression,
    TypeName,
    Unary,
)
from apimlb.policy.csharp.syntax.type_names import PREDEFINED

PRECEDENCE = {
    "??": 1, "||": 2, "&&": 3, "|": 4, "^": 5, "&": 6, "==": 7, "!=": 7,
    "<": 8, ">": 8, "<=": 8, ">=": 8, "is": 8, "as": 8, "<<": 9, ">>": 9,
    "+": 10, "-": 10, "*": 11, "/": 11, "%": 11,
}  # fmt: skip
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
_UNARY = frozenset(("!", "-", "+", "~"))
_OPERAND_KEYWORDS = "new this true false null typeof default sizeof checked unchecked base delegate throw"
_CAST_OPERAND_KEYWORDS = PREDEFINED | frozenset(_OPERAND_KEYWORDS.split())
_BANNED_KEYWORDS = {
    "typeof": "System.Type is not among the types that policy expressions may use",
    "stackalloc": "unsafe code is not possible in a policy expression",
    "delegate": "anonymous methods are not supported here: write a lambda",
    "ref": "ref values are not supported in a policy expression",
}
_NO_INSTANCE = {
    "this": (
        "CS0026",
        "Keyword 'this' is not valid in a static property, static method, or static field initializer",
    ),
    "base": ("CS1511", "Keyword 'base' is not available in a static method"),
}


class ExpressionParser(CreationParser):
    """One method a production; `expression` is the way in."""

    @abstractmethod
    def query(self) -> Node:
        """A `from ... select ...` query, already turned into method calls."""

    def expression(self) -> Node:
        self.deeper()
        try:
            if self.token.kind == "id" and self.token.text == "from" and self._starts_query():
                return self.query()
            if self._starts_lambda():
                return self._lambda()
            if self.at_keyword("throw"):
                return ThrowExpression(self.advance().at, self.expression())
            return self._assignment()
        finally:
            self.shallower()

    def _assignment(self) -> Node:
        left = self._ternary()
        operator = self._operator_text()
        if operator not in ASSIGNMENTS:
            return left
        at = self.token.at
        for _ in range(2 if operator == ">>=" else 1):
            self.advance()
        return Assignment(at, operator[:-1], left, self.expression())

    def _operator_text(self) -> str:
        """The operator at the cursor; `>>` and `>>=` are put together from their parts."""
        if self.token.kind not in ("op", "keyword"):
            return ""
        text = self.token.text
        if text == ">" and self.peek().text in (">", ">=") and self.peek().at == self.token.end:
            return ">>" if self.peek().text == ">" else ">>="
        return text

    def _ternary(self) -> Node:
        condition = self._binary(1)
        if not self.at_op("?"):
            return condition
        at = self.advance().at
        when_true = self.expression()
        self.expect(":")
        return Conditional(at, condition, when_true, self.expression())

    def _binary(self, lowest: int) -> Node:
        left = self._unary()
        while True:
            operator = self._operator_text()
            level = PRECEDENCE.get(operator, 0)
            if level < lowest:
                return left
            at = self.token.at
            for _ in range(2 if operator == ">>" else 1):
                self.advance()
            if operator == "is":
                left = self._is(at, left)
            elif operator == "as":
                left = As(at, left, self._operand_type())
            elif operator == "??":
                right = (
                    ThrowExpression(self.advance().at, self.expression())
                    if self.at_keyword("throw")
                    else (self._binary(level))
                )
                left = Binary(at, operator, left, right)
            else:
                left = Binary(at, operator, left, self._binary(level + 1))

    def _operand_type(self) -> TypeName:
        return self.type_name()

    def _is(self, at: int, operand: Node) -> Node:
        start = self.index
        found = self.try_type()
        if found is not None and not self.at_op("(") and not (self.at_op(".") or self.at_op("?.")):
            name_at = self.token.at
            name = self.advance().text if self.token.kind == "id" else None
            return Is(at, operand, found, name, name_at=name_at)
        self.reset(start)
        return Is(at, operand, None, None, self._binary(PRECEDENCE["<<"]))

    def _unary(self) -> Node:
        token = self.token
        if token.kind == "op":
            if token.text in _UNARY:
                self.advance()
                self.deeper()
                operand = self._unary()
                self.shallower()
                return Unary(token.at, token.text, operand)
            if token.text in ("++", "--"):
                self.advance()
                return Increment(token.at, token.text, self._unary(), True)
            if token.text == "(":
                cast = self._cast()
                if cast is not None:
                    return cast
        if token.kind == "id" and token.text == "await" and self.peek().kind in ("id", "keyword"):
            self.refuse("'await' is not possible in a policy expression", "CS4033")
        return self._primary()

    def _cast(self) -> Node | None:
        start, at = self.index, self.token.at
        self.expect("(")
        predefined = self.token.kind == "keyword" and self.token.text in PREDEFINED
        target = self.try_type()
        if target is not None and self.accept(")") and self._cast_operand(predefined, target):
            self.deeper()
            operand = self._unary()
            self.shallower()
            return Cast(at, target, operand)
        self.reset(start)
        return None

    def _cast_operand(self, predefined: bool, target: TypeName) -> bool:
        """Whether what follows `(Type)` makes it a cast: always after a keyword type, else only what
        cannot carry on an expression."""
        token = self.token
        if predefined or target.nullable or target.ranks:
            return token.kind != "end" and (token.kind != "op" or token.text in ("(", "!", "~", "-", "+"))
        if token.kind == "op":
            return token.text in ("(", "!", "~")
        if token.kind == "keyword":
            return token.text in _CAST_OPERAND_KEYWORDS
        return token.kind != "end"

    # Primary expressions and what follows them

    def _primary(self) -> Node:
        return self._postfix(self._first())

    def _postfix(self, left: Node) -> Node:
        while self.token.kind == "op":
            token = self.token
            if token.text == ".":
                self.advance()
                left = self._member(left)
            elif token.text == "(":
                left = Invocation(token.at, left, self.arguments("(", ")"))
            elif token.text == "[":
                left = ElementAccess(token.at, left, self.arguments("[", "]"))
            elif token.text in ("++", "--"):
                self.advance()
                left = Increment(token.at, token.text, left, False)
            elif token.text == "?.":
                self.advance()
                inner = self._member(Receiver(token.at))
                return ConditionalAccess(token.at, left, self._postfix(inner))
            elif token.text == "?" and self.peek().text == "[" and self._conditional_index():
                self.advance()
                inner_index = ElementAccess(token.at, Receiver(token.at), self.arguments("[", "]"))
                return ConditionalAccess(token.at, left, self._postfix(inner_index))
            else:
                break
        return left

    def _conditional_index(self) -> bool:
        """Whether `?[` indexes: it does unless a `:` makes it `a ? [..] : b`, which no C# 7 text can be."""
        return self.peek().at == self.token.end

    def _member(self, left: Node) -> Node:
        name = self.identifier()
        arguments = self.generic_call_arguments() if self.at_op("<") else None
        return MemberAccess(name.at, left, name.text, arguments)

    def _first(self) -> Node:
        token = self.token
        if token.kind in ("int", "real", "string", "char"):
            self.advance()
            return literal(self.source, token)
        if token.kind == "interp":
            self.advance()
            return self._interpolation(token)
        if token.kind == "id":
            return self._name()
        if token.kind == "op" and token.text == "(":
            return self._parenthesised()
        if token.kind == "keyword":
            return self._keyword(token)
        self.refuse("Invalid expression term" + (f" '{token.text}'" if token.text else ""), "CS1525")

    def _name(self) -> Node:
        self.skip_global()
        token = self.advance()
        if token.text == "nameof" and self.at_op("("):
            return self._nameof(token.at)
        arguments = self.generic_call_arguments() if self.at_op("<") else None
        return Name(token.at, token.text, arguments)

    def _nameof(self, at: int) -> Node:
        self.expect("(")
        first = self.token
        operand = self.expression()
        if isinstance(operand, PredefinedType):
            self.refuse(f"Invalid expression term '{operand.name}'", "CS1525", first)
        if not isinstance(operand, Name | MemberAccess):
            self.refuse("Expression does not have a name.", "CS8081", first)
        self.expect(")")
        return NameOf(at, operand, operand.name)

    def _parenthesised(self) -> Node:
        at = self.expect("(").at
        inner = self.expression()
        if self.at_op(",") or (isinstance(inner, PredefinedType) and self.token.kind == "id"):
            self.refuse(
                "Tuple literals need System.ValueTuple, which policy expressions may not use",
                "NotAllowed",
                next_step="Use Tuple.Create(...) or an anonymous type.",
            )
        self.expect(")")
        if isinstance(inner, ConditionalAccess):  # brackets end the part that null skips
            inner = Parenthesized(at, inner)
        self.source.brackets[id(inner)] = at
        return inner

    def _keyword(self, token: Token) -> Node:
        text = token.text
        if text in ("true", "false", "null"):
            self.advance()
            return literal(self.source, token)
        if text in PREDEFINED:
            self.advance()
            return PredefinedType(token.at, text)
        if text == "new":
            return self._new()
        if text == "default":
            self.advance()
            return DefaultValue(token.at, self._bracketed_type() if self.at_op("(") else None)
        if text == "sizeof":
            self.advance()
            return SizeOf(token.at, self._bracketed_type())
        if text in ("checked", "unchecked"):
            self.advance()
            self.expect("(")
            inner = self.expression()
            self.expect(")")
            return CheckedExpression(token.at, inner, text == "checked")
        if text in _NO_INSTANCE:
            self.refuse(_NO_INSTANCE[text][1], _NO_INSTANCE[text][0])
        if text in _BANNED_KEYWORDS:
            self.refuse(f"'{text}': {_BANNED_KEYWORDS[text]}", "NotAllowed")
        self.refuse(f"Invalid expression term '{text}'", "CS1525")

    def _bracketed_type(self) -> TypeName:
        self.expect("(")
        found = self.type_name()
        self.expect(")")
        return found

    def _interpolation(self, token: Token) -> Node:
        parts: list[str | Interpolation] = []
        assert isinstance(token.value, list)
        for part in token.value:
            parts.append(self._hole(part) if isinstance(part, HoleRange) else part)
        return InterpolatedString(token.at, parts)

    def _hole(self, hole: HoleRange) -> Interpolation:
        inner = type(self)(self.source, hole.at, hole.end)
        inner._depth = self._depth + 1
        value = inner.expression()
        alignment = inner.expression() if inner.accept(",") else None
        if inner.token.kind != "end":
            inner.refuse("'}' expected", "CS1003")
        return Interpolation(hole.at, value, alignment, hole.format)

    def _starts_query(self) -> bool:
        after = self.peek()
        if after.kind == "keyword":
            return after.text in PREDEFINED
        return after.kind == "id" and (
            (self.peek(2).kind == "keyword" and self.peek(2).text == "in") or self.peek(2).kind == "id"
        )
