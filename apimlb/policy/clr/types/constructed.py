"""Static types: what is known about a value before it is computed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from apimlb.policy.clr.types.definitions import DefinedKind, Definition

TypeKind = DefinedKind | Literal["array", "parameter", "delegate", "anonymous", "null", "void"]


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """A constructed type; equal types are the same object (see `Types`)."""

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


def _list(types: tuple[Type, ...]) -> str:
    return ", ".join(each.shown for each in types)


def _constructed(definition: Definition, given: tuple[Type, ...]) -> Type:
    name, shown = definition.name, definition.keyword or definition.simple
    if given:
        name = f"{name}[{_bounded_name(','.join(argument.name for argument in given))}]"
        shown = f"{given[0].shown}?" if definition.name == "System.Nullable`1" else f"{shown}<{_list(given)}>"
    return Type(definition.kind, name, shown, definition, given)


class Types:
    """Makes types, each once."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], Type] = {}

    def _keep(self, key: tuple[object, ...], made: Type) -> Type:
        self._made[key] = made
        return made

    def of(self, definition: Definition, arguments: Iterable[Type] = ()) -> Type:
        given = tuple(arguments)
        key = (definition.name, given)
        return self._made.get(key) or self._keep(key, _constructed(definition, given))

    def array(self, element: Type, rank: int = 1) -> Type:
        key = ("[]", element, rank)
        commas = "," * (rank - 1)
        return self._made.get(key) or self._keep(
            key,
            Type("array", f"{element.name}[{commas}]", f"{element.shown}[{commas}]", None, (element,), rank),
        )

    def parameter(self, name: str) -> Type:
        """A type parameter inside a signature."""
        key = ("!", name)
        return self._made.get(key) or self._keep(key, Type("parameter", f"!{name}", name))

    def delegate(self, name: str, arguments: Iterable[Type]) -> Type:
        """Func<...>, Action<...> and other delegates, as parameters of methods; `arguments` end in the
        result."""
        given = tuple(arguments)
        key = ("=>", name, given)
        return self._made.get(key) or self._keep(
            key, Type("delegate", f"System.{name}`{len(given)}", f"{name}<{_list(given)}>", None, given)
        )

    def anonymous(self, members: Iterable[tuple[str, Type]]) -> Type:
        given = tuple(members)
        key = ("{}", given)
        found = self._made.get(key)
        if found is None:
            shown = _bounded_name(", ".join(f"{kind.shown} {name}" for name, kind in given))
            name = f"<>f__AnonymousType0`{len(given)}"
            found = self._keep(key, Type("anonymous", name, f"<anonymous type: {shown}>", members=given))
        return found

    def substitute(self, pattern: Type, given: Mapping[str, Type]) -> Type:
        """A signature's type with its parameters replaced."""
        if pattern.kind == "parameter":
            return given.get(pattern.shown, pattern)
        if not pattern.arguments:
            return pattern
        arguments = tuple(self.substitute(argument, given) for argument in pattern.arguments)
        if arguments == pattern.arguments:
            return pattern
        if pattern.kind == "array":
            return self.array(arguments[0], pattern.rank)
        if pattern.kind == "delegate":
            return self.delegate(pattern.shown.partition("<")[0], arguments)
        assert pattern.definition is not None
        return self.of(pattern.definition, arguments)
