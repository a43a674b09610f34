"""State and small services that all parts of the binder share."""

from abc import abstractmethod
from typing import NoReturn

from apimlb.errors import PolicyError
from apimlb.policy.csharp.bound import Bound, LambdaValue, Result, Scope, Variable
from apimlb.policy.csharp.conversions import Conversions
from apimlb.policy.csharp.emitter import Emitter
from apimlb.policy.csharp.lexer import Source
from apimlb.policy.csharp.nodes import Block, Node, TypeName
from apimlb.policy.csharp.registry import Registry
from apimlb.policy.csharp.types import Type
from apimlb.policy.values.exceptions import ClrException, null_reference

NOT_ALLOWED = (
    "Policy expressions may use only the types and members that Microsoft lists under "
    '"API Management policy expressions", .NET Framework types allowed.'
)


def throw_null() -> NoReturn:
    raise null_reference()


def throw_no_value() -> NoReturn:
    raise ClrException("System.InvalidOperationException", "Nullable object must have a value.")


class BinderCore:
    """One binder binds one expression."""

    def __init__(
        self, source: Source, registry: Registry, conversions: Conversions, celled: set[str]
    ) -> None:
        self.source = source
        self.registry = registry
        self.conversions = conversions
        self.celled = celled
        self.out = Emitter()
        self.scope = Scope(None)
        self.checked = False
        self.reads_request_body = False
        self.reads_response_body = False
        self.receivers: list[Bound] = []

    @abstractmethod
    def bind(self, node: Node) -> Result:
        """Whatever a node stands for."""

    @abstractmethod
    def convert(self, value: "Bound | Result", target: Type, at: int) -> Bound:
        """A value as another type, implicitly."""

    @abstractmethod
    def block(self, block: Block) -> bool:
        """Write a block's statements; whether the end of it is reached."""

    def refuse(self, code: str, what: str, at: int, next_step: str = "") -> NoReturn:
        raise self.source.error(what, at, code, next_step)

    def not_allowed(self, what: str, at: int) -> PolicyError:
        return self.source.error(what, at, "NotAllowed", NOT_ALLOWED)

    # Values

    def value(self, node: Node) -> Bound:
        """The node as a value; lambdas, types and methods are none."""
        return self.as_value(self.bind(node), node.at)

    def as_value(self, found: Result, at: int) -> Bound:
        if isinstance(found, Bound):
            return found
        if isinstance(found, LambdaValue):
            self.refuse("CS1660", "A lambda expression has no type here", at)
        kind = type(found).__name__
        words = {"TypeReference": "type", "NamespaceReference": "namespace", "MethodGroup": "method group"}
        shown = getattr(found, "name", "") or found.type.shown  # type: ignore[union-attr]
        self.refuse("CS0119", f"'{shown}' is a {words[kind]}, which is not valid in the given context", at)

    def condition(self, node: Node) -> str:
        return self.convert(self.bind(node), self.registry.bool, node.at).code

    def literal(self, value: object, kind: Type) -> Bound:
        """A compile-time constant."""
        return Bound(kind, self.constant_code(value), value, pure=True, safe=value is not None)

    def constant_code(self, value: object) -> str:
        if value is None or type(value) in (bool, int, str):
            return repr(value)
        if type(value) is float and abs(value) < 1e300:
            return repr(value)
        return self.out.use(self._shared_constant(value))

    def _shared_constant(self, value: object) -> object:
        return value

    def not_null(self, value: Bound) -> str:
        """The value's code with a check that throws NullReferenceException."""
        if value.safe or (value.type.is_value and not value.type.is_nullable):
            return value.code
        throw = self.out.use(throw_null)
        if value.pure and not value.is_constant:
            return f"({value.code} if {value.code} is not None else {throw}())"
        name = self.out.temporary()
        return f"({name} if ({name} := {value.code}) is not None else {throw}())"

    def once(self, value: Bound) -> tuple[str, str]:
        """Code that computes the value and names it, and code that repeats it."""
        if value.pure and not value.is_constant:
            return value.code, value.code
        name = self.out.temporary()
        return f"({name} := {value.code})", name

    # Types

    def type_of(self, written: TypeName) -> Type:
        """The type that a name in the expression means; raises `PolicyError` for one off the allow-list."""
        found = self.find_type(written)
        if found is None:
            shown = ".".join(name for name, _ in written.parts)
            if shown == "dynamic":
                raise self.not_allowed(
                    "'dynamic' needs Microsoft.CSharp, which policy expressions may not use", written.at
                )
            raise self.not_allowed(f"The type '{shown}' is not allowed in a policy expression", written.at)
        if found.kind == "static":
            self.refuse("CS0723", f"Cannot use the static type '{found.shown}' here", written.at)
        return found

    def find_type(self, written: TypeName) -> Type | None:
        arguments = [self.type_of(argument) for argument in written.parts[-1][1]]
        name = ".".join(part for part, _ in written.parts)
        definition = self.registry.written(name, len(arguments))
        if definition is None or any(inner for _, inner in written.parts[:-1]):
            return None
        found = self.registry.types.of(definition, arguments)
        if written.nullable:
            if not found.is_value:
                self.refuse(
                    "CS0453", f"The type '{found.shown}' must be a non-nullable value type", written.at
                )
            found = self.registry.nullable(found)
        for rank in reversed(written.ranks):
            found = self.registry.array(found, rank)
        return found

    # Variables

    def declare(self, name: str, kind: Type, at: int, python: str = "", readonly: str = "") -> Variable:
        """A new local in the current scope; C# allows no second meaning of a name inside."""
        if self.scope.find(name) is not None or name == "context":
            self.refuse(
                "CS0128" if name in self.scope.names else "CS0136",
                f"A local variable or function named '{name}' is already defined in this scope", at,
            )  # fmt: skip
        made = Variable(name, kind, python or self.out.local(name), name in self.celled, readonly=readonly)
        self.scope.names[name] = made
        return made

    def store(self, variable: Variable, code: str) -> str:
        """The statement that gives a fresh local its first value."""
        return f"{variable.python} = [{code}]" if variable.cell else f"{variable.python} = {code}"

    def enter(self) -> Scope:
        self.scope = Scope(self.scope)
        return self.scope

    def leave(self) -> None:
        assert self.scope.parent is not None
        self.scope = self.scope.parent

    def default_code(self, kind: Type) -> str:
        return self.constant_code(kind.default)
