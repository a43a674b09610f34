"""The library's tables, looked up: types by name, members by type. What is not in a table does not exist."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from operator import attrgetter

from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.types.constructed import (
    VOID,
    Type,
    defined_type,
    delegate_type,
    substitute,
    type_parameter,
)
from apimlb.policy.clr.types.definitions import Definition, Family, Row, simple_name
from apimlb.policy.clr.types.signatures import Member, SignatureReader, overloads, row_name

_USED = {
    "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net",
    "System.Security.Cryptography", "System.Security.Cryptography.X509Certificates", "System.Text",
    "System.Text.RegularExpressions", "System.Xml", "System.Xml.Linq", "Newtonsoft.Json",
    "Newtonsoft.Json.Linq",
}  # fmt: skip
"""What a policy expression has a `using` of."""

_COVARIANT = {
    "System.Collections.Generic.IEnumerable`1", "System.Collections.Generic.IEnumerator`1",
    "System.Collections.Generic.IReadOnlyCollection`1", "System.Collections.Generic.IReadOnlyList`1",
    "System.Linq.IGrouping`2", "Newtonsoft.Json.Linq.IJEnumerable`1",
}  # fmt: skip
_COVARIANT_OF_ARRAYS = _COVARIANT | {
    "System.Collections.Generic.ICollection`1", "System.Collections.Generic.IList`1",
}  # fmt: skip


@cache
def _rows_by_name(definition: Definition) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in definition.rows:
        found.setdefault(row_name(row[0]), []).append(row)
    return found


_COLLECTIONS = {
    f"System.Collections.Generic.{name}"
    for name in ("ICollection`1", "IList`1", "ISet`1", "IDictionary`2", "IReadOnlyCollection`1",
                 "IReadOnlyList`1", "IReadOnlyDictionary`2")
}  # fmt: skip
"""Interfaces of which a class shows what its own rows say; the rest it implements explicitly."""


class Registry:
    """Everything that expressions may name or reach. A family is loaded when a name of its is looked up."""

    namespaces = frozenset(_USED | {"Newtonsoft", "System.Collections", "System.Security"})

    def __init__(self, entries: Iterable[Definition | Family]) -> None:
        self._by_name: dict[str, Definition] = {}  # and by keyword
        self._by_simple: dict[tuple[str, int], Definition] = {}
        self._extensions: dict[str, list[Definition]] = {}
        self._own: dict[tuple[str, str], list[Member]] = {}
        self._members: dict[tuple[Type, str], list[tuple[Type, Member]]] = {}
        self._bases: dict[Type, list[Type]] = {}
        # By name of type, and by `name(` of extension method.
        self._waiting: dict[str, list[Family]] = {}
        self._loaded: set[Family] = set()
        for entry in entries:
            if isinstance(entry, Family):
                self._announce(entry)
            else:
                self._enter(entry)
        self.object = self.named("System.Object")
        self.string = self.named("System.String")
        self.bool = self.named("System.Boolean")
        self.int = self.named("System.Int32")
        self.char = self.named("System.Char")

    @cached_property
    def token(self) -> Type:
        return self.named("Newtonsoft.Json.Linq.JToken")

    def _enter(self, definition: Definition) -> None:
        """Definitions that have a name in common count in the order of their full names, whenever they are
        loaded."""
        self._by_name[definition.name] = definition
        self._by_name[definition.name.replace("+", ".")] = definition
        if definition.kind == "enum":
            names = {number: name for name, number in reversed(list(definition.constants.items()))}
            definition.default = Enum(definition.name, 0, names)
            definition.bases = ("System.Enum",)
        simple = (definition.simple, len(definition.parameters))
        known = self._by_simple.get(simple, definition)
        self._by_simple[simple] = min(known, definition, key=attrgetter("name"))
        if definition.keyword:
            self._by_name[definition.keyword] = definition
        if definition.kind == "static":
            for name in {row_name(row[0]) for row in definition.rows if "(this " in row[0]}:
                found = self._extensions.setdefault(name, [])
                found.append(definition)
                found.sort(key=attrgetter("name"))

    def _announce(self, family: Family) -> None:
        """Remember under which names a family is looked up."""
        names = {f"{name}(" for name in family.extensions}
        for name in family.types:
            plain = name.partition("`")[0]
            names |= {name, plain, name.replace("+", "."), simple_name(name)}
        for name in names:
            self._waiting.setdefault(name, []).append(family)

    def _mention(self, name: str) -> None:
        """Load the families that a name belongs to, if they are not loaded yet."""
        for family in self._waiting.pop(name, ()):
            if family not in self._loaded:
                self._loaded.add(family)
                for definition in family.load():
                    self._enter(definition)

    # Types by name

    def named(self, name: str, arguments: Sequence[Type] = ()) -> Type:
        """A type by its full CLR name."""
        self._mention(name)
        return defined_type(self._by_name[name], tuple(arguments))

    def definition(self, name: str, arity: int = 0) -> Definition | None:
        """A definition by keyword, full name or simple name, those too that no expression may name."""
        self._mention(name)
        full = f"{name}`{arity}" if arity else name
        return self._by_name.get(full) or self._by_simple.get((name, arity))

    def written(self, name: str, arity: int = 0) -> Definition | None:
        """What an expression may mean by a type's name; without a namespace only what is in one of those that
        are open."""
        found = self.definition(name, arity)
        if found is None or not found.nameable:
            return None
        elsewhere = found.namespace and found.namespace not in _USED
        return None if elsewhere and found.simple == name else found

    def nested(self, owner: Type, name: str) -> Type | None:
        """A type that another one holds."""
        found = self._by_name.get(f"{owner.name}+{name}")
        return defined_type(found, ()) if found is not None and found.nameable else None

    def signature_type(self, name: str, arguments: Sequence[Type]) -> Type:
        """A type that a row names, with or without arguments."""
        match name:
            case "void":
                return VOID
            case "Func" | "Converter":
                pass
            case "Action":
                arguments = [*arguments, VOID]
            case "Predicate":
                arguments = [*arguments, self.bool]
            case "Comparison":
                arguments = [*arguments, *arguments, self.int]
            case "MatchEvaluator":
                arguments = [self.named("System.Text.RegularExpressions.Match"), self.string]
            case _:
                found = self.definition(name, len(arguments))
                assert found is not None, f"the library has no type {name}`{len(arguments)}"
                return defined_type(found, tuple(arguments))
        return delegate_type(name, tuple(arguments))

    def nullable(self, underlying: Type) -> Type:
        return self.named("System.Nullable`1", [underlying])

    def parse(self, text: str, owner: Type) -> Type:
        """A type as the table of its owner writes it."""
        assert owner.definition is not None
        parameters = owner.definition.parameters
        found = SignatureReader(text, self.signature_type, parameters).type()
        return substitute(found, dict(zip(parameters, owner.arguments, strict=True)))

    # What a type derives from

    def bases(self, kind: Type) -> list[Type]:
        """The type itself and everything that it derives from, nearest first."""
        found = self._bases.get(kind)
        if found is None:
            inherited = (each for base in self._direct(kind) for each in self.bases(base))
            distinct = dict.fromkeys((kind, *inherited))
            distinct.pop(self.object, None)
            found = [*distinct] if kind is VOID else [*distinct, self.object]
            self._bases[kind] = found
        return found

    def derives(self, source: Type, target: Type) -> bool:
        """Whether a value of `source` is a `target`, by inheritance, interfaces and variance."""
        if source is target or target is self.object:
            return True
        covariant = _COVARIANT_OF_ARRAYS if source.kind == "array" else _COVARIANT
        return any(base is target or self._variant(base, target, covariant) for base in self.bases(source))

    def _variant(self, base: Type, target: Type, covariant: set[str]) -> bool:
        if base.kind == "array" and target.kind == "array":
            inner, wanted = base.arguments[0], target.arguments[0]
            return base.rank == target.rank and not inner.is_value and self.derives(inner, wanted)
        if base.definition is None or base.definition is not target.definition:
            return False
        return base.definition.name in covariant and all(
            mine is wanted or (not mine.is_value and not wanted.is_value and self.derives(mine, wanted))
            for mine, wanted in zip(base.arguments, target.arguments, strict=True)
        )

    def _direct(self, kind: Type) -> list[Type]:
        if kind.kind == "array":
            names = ("IList`1", "IReadOnlyList`1") if kind.rank == 1 else ()
            interfaces = (self.named(f"System.Collections.Generic.{each}", kind.arguments) for each in names)
            return [self.named("System.Array"), *interfaces]
        if kind.definition is None:
            return []
        return [self.parse(text, kind) for text in kind.definition.bases]

    # Members

    def own_members(self, definition: Definition, name: str) -> list[Member]:
        """The rows of one definition under a name, its own type parameters unreplaced."""
        rows = _rows_by_name(definition).get(name)
        if rows is None:
            return []
        key = (definition.name, name)
        found = self._own.get(key)
        if found is None:
            owner = defined_type(definition, tuple(map(type_parameter, definition.parameters)))
            found = self._own[key] = [
                SignatureReader(signature, self.signature_type, definition.parameters).member(row, owner)
                for row in rows
                for signature in overloads(row[0])
            ]
        return found

    def members(self, kind: Type, name: str) -> list[tuple[Type, Member]]:
        """Members of a type and of what it derives from, nearest first, with the type that declares each."""
        key = (kind, name)
        found = self._members.get(key)
        if found is None:
            found = [
                (base, member)
                for base in self.bases(kind)
                if base.definition is not None
                and (kind.kind == "interface" or base.definition.name not in _COLLECTIONS)
                for member in self.own_members(base.definition, name)
            ]
            if found:  # names of nothing are without number
                self._members[key] = found
        return found

    def extensions(self, name: str) -> Iterator[tuple[Definition, Member]]:
        """Extension methods of that name, for every type that they extend."""
        self._mention(f"{name}(")
        for definition in self._extensions.get(name, []):
            for member in self.own_members(definition, name):
                yield definition, member

    def member_names(self, kind: Type) -> set[str]:
        return {
            name
            for base in self.bases(kind)
            if base.definition is not None
            for name in _rows_by_name(base.definition)
        }
