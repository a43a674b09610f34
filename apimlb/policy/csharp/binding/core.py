"""State and small services that all parts of the binder share."""

from abc import abstractmethod
from collections.abc import Callable
from typing import NoReturn

from apimlb.errors import PolicyError
from apimlb.policy.clr.exceptions import ClrException, null_reference
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.registry import Registry
from apimlb.policy.csharp.binding.bound import (
    Bound,
    LambdaValue,
    LocalMethod,
    MethodGroup,
    NamespaceReference,
    Result,
    Scope,
    Variable,
)
from apimlb.policy.csharp.binding.emitter import Emitter
from apimlb.policy.csharp.binding.flow import SwitchFacts
from apimlb.policy.csharp.conversions import Conversions
from apimlb.policy.csharp.known_names import NAMESPACES, TYPES
from apimlb.policy.csharp.syntax.extents import start
from apimlb.policy.csharp.syntax.lexer import SourceText
from apimlb.policy.csharp.syntax.nodes import Node, TypeName
from apimlb.policy.csharp.syntax.statements import BlockStatement

NOT_ALLOWED = (
    "Policy expressions may use only the types and members that Microsoft lists under "
    '"API Management policy expressions", .NET Framework types allowed.'
)


_NO_DELEGATE = "Cannot convert {} to type 'object' because it is not a delegate type"
_HIDES = (
    "A local or parameter named '{}' cannot be declared in this scope because that name is used in an "
    "enclosing local scope to define a local or parameter"
)


def throw_null() -> NoReturn:
    raise null_reference()


def call_on(call: Callable[..., object], place: int, *values: object) -> object:
    """The call, if the value at `place` is something."""
    if values[place] is None:
        throw_null()
    return call(*values)


def throw_no_value() -> NoReturn:
    raise ClrException("System.InvalidOperationException", "Nullable object must have a value.")


class BinderCore:
    """One binder binds one expression."""

    def __init__(
        self, source: SourceText, registry: Registry, conversions: Conversions, celled: set[str]
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
        self.truths: dict[int, bool] = {}
        """Conditions that are constant, by the node's id."""
        self.always: set[int] = set()
        """Patterns that every value fits, by the node's id."""
        self.switches: dict[int, SwitchFacts] = {}
        self.beginning: Variable | None = None
        self.names_itself = False
        """The local whose first value is being bound, and whether that value names the local."""
        self.partial = False
        """Whether some local may have no value where it is used, for all that binding can tell."""

    @abstractmethod
    def bind(self, node: Node) -> Result:
        """Whatever a node stands for."""

    @abstractmethod
    def convert(self, value: "Bound | Result", target: Type, at: int | Node) -> Bound:
        """A value as another type, implicitly."""

    @abstractmethod
    def block(self, block: BlockStatement) -> None:
        """Write a block's statements."""

    def offset(self, at: int | Node) -> int:
        """Where a message about a node points."""
        return at if isinstance(at, int) else start(at, self.source.brackets)

    def refuse(self, code: str, what: str, at: int | Node, next_step: str = "") -> NoReturn:
        raise self.source.error(what, self.offset(at), code, next_step)

    def not_allowed(self, what: str, at: int | Node) -> PolicyError:
        return self.source.error(what, self.offset(at), "NotAllowed", NOT_ALLOWED)

    # Values

    def value(self, node: Node) -> Bound:
        """The node as a value; lambdas, types and methods are none."""
        found = self.bind(node)
        return found if type(found) is Bound else self.as_value(found, node)

    def as_value(self, found: Result, at: int | Node) -> Bound:
        if isinstance(found, Bound):
            return found
        if isinstance(found, LambdaValue):
            self.refuse("CS1660", _NO_DELEGATE.format("lambda expression"), at)
        if isinstance(found, MethodGroup):
            what = (
                f"Cannot convert method group '{found.name}' to non-delegate type 'object'. Did you intend "
                "to invoke the method?"
            )
            self.refuse("CS0428", what, found.at)
        if isinstance(found, NamespaceReference):
            self.refuse("CS0118", f"'{found.name}' is a namespace but is used like a variable", at)
        what = f"'{found.type.shown}' is a type, which is not valid in the given context"
        self.refuse("CS0119", what, at)

    def condition(self, node: Node) -> str:
        return self.convert(self.bind(node), self.registry.bool, node).code

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
            raise self.no_type(written)
        if found.kind == "static":
            self.refuse("CS0723", f"Cannot declare a variable of static type '{found.shown}'", written.at)
        return found

    def no_type(self, written: TypeName) -> PolicyError:
        """What is wrong with a type's name: misspelt, short of type arguments, or off the allow-list."""
        names = [name for name, _ in written.parts]
        if names == ["dynamic"]:
            return self.not_allowed(
                "'dynamic' needs Microsoft.CSharp, which policy expressions may not use", written.at
            )
        known = 0
        while (
            known < len(names) - 1 and ".".join(names[: known + 1]) in self.registry.namespaces | NAMESPACES
        ):
            known += 1
        arity = len(written.parts[known][1])
        shown = names[known] + (f"<{',' * (arity - 1)}>" if arity else "")
        problem = self.no_name(names[:known], names[known], shown, arity, written.at)
        if problem is not None:
            return problem
        at = written.at + sum(len(name) + 1 for name in names[:known])
        if not known:
            return self.source.error(
                f"The type or namespace name '{shown}' could not be found (are you missing a using directive "
                "or an assembly reference?)", at, "CS0246",
            )  # fmt: skip
        return self.no_member_of_namespace(".".join(names[:known]), shown, at)

    def no_member_of_namespace(self, namespace: str, name: str, at: int) -> PolicyError:
        return self.source.error(
            f"The type or namespace name '{name}' does not exist in the namespace '{namespace}' (are you "
            "missing an assembly reference?)", at, "CS0234",
        )  # fmt: skip

    def no_name(self, before: list[str], name: str, shown: str, arity: int, at: int) -> PolicyError | None:
        """The problem of a name of .NET that cannot be used like this; None where .NET has no such name."""
        full = ".".join([*before, name])
        for count in range(4):
            other = self.registry.written(full, count)
            if other is not None and count != arity:
                generic = f"{other.simple}<{', '.join(other.parameters)}>"
                what = f"Using the generic type '{generic}' requires {count} type arguments"
                return self.source.error(what, at, "CS0305")
        known = self.registry.definition(full, arity) is not None or name in TYPES or full in NAMESPACES
        if known or ".".join(before) in NAMESPACES:
            return self.not_allowed(f"The type '{full}' is not allowed in a policy expression", at)
        return None

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
        self.unused(name, at)
        made = Variable(
            name, kind, python or self.out.local(name), name in self.celled, readonly=readonly, at=at
        )
        self.scope.names[name] = made
        return made

    def unused(self, name: str, at: int) -> None:
        """Refuses a name that the scope, one around it or one inside it has."""
        if name in self.scope.names:
            other = self.scope.names[name]
            later = max(at, other.at) if isinstance(other, LocalMethod) else at
            what = f"A local variable or function named '{name}' is already defined in this scope"
            self.refuse("CS0128", what, later)
        if name in self.scope.inner:
            self.refuse("CS0136", _HIDES.format(name), self.scope.inner[name])
        if name == "context" or self.scope.find(name) is not None:
            self.refuse("CS0136", _HIDES.format(name), at)

    def store(self, variable: Variable, code: str) -> str:
        """The statement that gives a fresh local its first value."""
        return f"{variable.python} = [{code}]" if variable.cell else f"{variable.python} = {code}"

    def enter(self) -> Scope:
        self.scope = Scope(self.scope)
        return self.scope

    def leave(self) -> None:
        assert self.scope.parent is not None
        self.close(self.scope, self.scope.parent)

    def close(self, scope: Scope, outer: Scope) -> None:
        """Go back to the scope around one, which remembers the names that were used inside."""
        self.scope = outer
        for name, each in scope.names.items():
            outer.inner.setdefault(name, each.at)
        for name, at in scope.inner.items():
            outer.inner.setdefault(name, at)

    def default_code(self, kind: Type) -> str:
        return self.constant_code(kind.default)
