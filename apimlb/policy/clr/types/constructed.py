"""Static types: what is known about a value before it is computed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from apimlb.policy.clr.types.definitions import DefinedKind, Definition

TypeKind = DefinedKind | Literal["array", "parameter", "delegate", "anonymous", "null", "void"]


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """A constructed type; equal types are the same object, since the functions below make each once."""

    kind: TypeKind
    name: str
    shown: str
    definition: Definition | None = None
    arguments: tuple["Type", ...] = ()
    rank: int = 0
    members: tuple[tuple[str, "Type"], ...] = ()

    @property
    def is_value(self) -> bool:
        return self.kind in ("struct", "enum")

    @property
    def is_nullable(self) -> bool:
        return self.kind == "struct" and self.name.startswith("System.Nullable`1[")

    @property
    def takes_null(self) -> bool:
        """Whether null is one of its values."""
        return not self.is_value or self.is_nullable

    @property
    def underlying(self) -> "Type":
        """T of T?, else the type itself."""
        return self.arguments[0] if self.is_nullable else self

    @property
    def full(self) -> str:
        """The name as `shown`, with namespaces."""
        inner = [each.full for each in self.arguments]
        if self.kind == "array":
            return f"{inner[0]}[{','.join('*' * self.rank) if self.rank > 1 else ''}]"
        if self.is_nullable:
            return f"{inner[0]}?"
        if self.kind == "anonymous":
            return _anonymous_name((each.full, name) for name, each in self.members)
        if self.definition is None or self.definition.keyword:
            return self.shown
        space = f"{self.definition.namespace}." if self.definition.namespace else ""
        return space + self.definition.simple + (f"<{', '.join(inner)}>" if inner else "")

    @property
    def default(self) -> object:
        """default(T)"""
        if self.takes_null or self.definition is None:
            return None
        made = self.definition.default
        return made(*self.arguments) if callable(made) else made

    def __repr__(self) -> str:
        return f"<{self.shown}>"


NULL = Type("null", "null", "<null>")
VOID = Type("void", "System.Void", "void")
_LONGEST_NAME = 10_000


def _bounded_name(text: str) -> str:
    """The name of a constructed type. Types made of types can double at every step, in a few lines."""
    if len(text) > _LONGEST_NAME:
        raise RecursionError
    return text


def _anonymous_name(members: Iterable[tuple[str, str]]) -> str:
    return f"<anonymous type: {_bounded_name(', '.join(map(' '.join, members)))}>"


def _list(types: tuple[Type, ...]) -> str:
    return ", ".join(each.shown for each in types)


@cache
def defined_type(definition: Definition, arguments: tuple[Type, ...]) -> Type:
    name, shown = definition.name, definition.keyword or definition.simple
    if arguments:
        name = f"{name}[{_bounded_name(','.join(argument.name for argument in arguments))}]"
        nullable = definition.name == "System.Nullable`1"
        shown = f"{arguments[0].shown}?" if nullable else f"{shown}<{_list(arguments)}>"
    return Type(definition.kind, name, shown, definition, arguments)


@cache
def array_type(element: Type, rank: int) -> Type:
    commas = "," * (rank - 1)
    return Type("array", f"{element.name}[{commas}]", f"{element.shown}[{commas}]", None, (element,), rank)


@cache
def type_parameter(name: str) -> Type:
    """A type parameter inside a signature."""
    return Type("parameter", f"!{name}", name)


@cache
def delegate_type(name: str, arguments: tuple[Type, ...]) -> Type:
    """Func<...>, Action<...> and other delegates, as parameters of methods; `arguments` end in the result."""
    shown = f"{name}<{_list(arguments)}>"
    return Type("delegate", f"System.{name}`{len(arguments)}", shown, None, arguments)


@cache
def anonymous_type(members: tuple[tuple[str, Type], ...]) -> Type:
    shown = _anonymous_name((kind.shown, name) for name, kind in members)
    return Type("anonymous", f"<>f__AnonymousType0`{len(members)}", shown, members=members)


@cache
def unnamed_type(name: str) -> Type:
    """An anonymous type as values show it, without its members."""
    return Type("class", name, name)


def substitute(pattern: Type, given: Mapping[str, Type]) -> Type:
    """A signature's type with its parameters replaced."""
    if pattern.kind == "parameter":
        return given.get(pattern.shown, pattern)
    if not pattern.arguments:
        return pattern
    arguments = tuple(substitute(argument, given) for argument in pattern.arguments)
    if arguments == pattern.arguments:
        return pattern
    if pattern.kind == "array":
        return array_type(arguments[0], pattern.rank)
    if pattern.kind == "delegate":
        return delegate_type(pattern.shown.partition("<")[0], arguments)
    assert pattern.definition is not None
    return defined_type(pattern.definition, arguments)
