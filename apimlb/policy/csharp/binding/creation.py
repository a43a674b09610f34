"""`new`: objects with initializers, arrays, anonymous objects; literals, interpolation and default values."""

from apimlb.errors import PolicyError
from apimlb.policy.clr.casts import enum_of
from apimlb.policy.clr.collections.array_creation import make_array, make_bytes
from apimlb.policy.clr.collections.values import ClrArray
from apimlb.policy.clr.objects.text import aligned, concat, format_text, format_value
from apimlb.policy.clr.objects.values import Anonymous
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.csharp.assignment import keep
from apimlb.policy.csharp.binding.bound import Bound, Given, LambdaValue, MethodGroup
from apimlb.policy.csharp.binding.overloads import OverloadBinder
from apimlb.policy.csharp.conversions import NUMERIC
from apimlb.policy.csharp.syntax.nodes import (
    AnonymousCreation,
    ArrayCreation,
    ArrayInitializer,
    CheckedExpression,
    DefaultValue,
    Initializer,
    InterpolatedString,
    Interpolation,
    Literal,
    NameOf,
    Node,
    ObjectCreation,
    SizeOf,
)

_SIZES = {
    "SByte": 1, "Byte": 1, "Boolean": 1, "Int16": 2, "UInt16": 2, "Char": 2, "Int32": 4, "UInt32": 4,
    "Single": 4, "Int64": 8, "UInt64": 8, "Double": 8, "Decimal": 16,
}  # fmt: skip


_LENGTH = "An array initializer of length '{}' is expected"


class CreationBinder(OverloadBinder):
    """Makes new values."""

    def enum_constant(self, owner: Type, number: int) -> object:
        return enum_of(owner, number)

    def _shared_constant(self, value: object) -> object:
        """Equal constants are one global, so that the text of equal expressions is equal."""
        return self._constants.setdefault((type(value), repr(value)), value)

    _constants: dict[tuple[type, str], object] = {}  # noqa: RUF012 - constants are immutable and may be shared by all

    def bind_literal(self, node: Literal) -> Bound:
        if node.kind == "null":
            return Bound(NULL, "None", None, pure=True)
        definition = self.registry.definition(node.kind)
        assert definition is not None
        return self.literal(node.value, self.registry.types.of(definition))

    def bind_interpolated(self, node: InterpolatedString) -> Bound:
        codes: list[str] = []
        for part in node.parts:
            codes.append(self._hole(part) if isinstance(part, Interpolation) else repr(part))
        if not codes:
            return self.literal("", self.registry.string)
        return Bound(self.registry.string, f"{self.out.use(concat)}({', '.join(codes)})", safe=True)

    def _hole(self, hole: Interpolation) -> str:
        bound = self.value(hole.value)
        if bound.type.kind == "void":
            self.refuse("CS0029", "Cannot implicitly convert type 'void' to 'object'", hole.at)
        if hole.format is None:
            code = self.text_code(bound)
        elif "{" in hole.format or "}" in hole.format:  # string.Format makes of braces what it may
            layout = f"{{0:{hole.format}}}"
            code = f"{self.out.use(format_text)}({layout!r}, [{bound.code}])"
        else:
            code = f"{self.out.use(format_value)}({bound.code}, {hole.format!r})"
        if hole.alignment is not None:
            width = self.convert(self.bind(hole.alignment), self.registry.int, hole.alignment)
            if not width.is_constant:
                self.refuse("CS0150", "A constant value is expected", hole.alignment)
            code = f"{self.out.use(aligned)}({code}, {width.code})"
        return code

    def bind_default(self, node: DefaultValue) -> Bound:
        if node.type is None:
            self.refuse(
                "CS8107",
                "Feature 'default literal' is not available in C# 7. Please use language version "
                "7.1 or greater.",
                node.at,
            )
        return self._default(self.type_of(node.type))

    def _default(self, kind: Type) -> Bound:
        """The default value; of structures that C# has no literals of it is no constant."""
        made = self.literal(kind.default, kind)
        if (
            kind.is_value
            and kind.name not in NUMERIC
            and kind.kind != "enum"
            and kind is not self.registry.bool
        ):
            return Bound(kind, made.code, safe=made.safe)
        return made

    def bind_nameof(self, node: NameOf) -> Bound:
        partial, mark = self.partial, self.out.mark()
        try:
            self.bind(node.operand)
        except PolicyError as error:
            if error.code != "CS0120":  # a member that is there, though not without an object
                raise
        self.partial = partial
        self.out.rewind(mark)
        return self.literal(node.text, self.registry.string)

    def bind_sizeof(self, node: SizeOf) -> Bound:
        kind = self.type_of(node.type)
        size = _SIZES.get(kind.name.removeprefix("System."))
        if size is None:
            self.refuse("CS0233", f"'{kind.shown}' does not have a predefined size", node.at)
        return self.literal(size, self.registry.int)

    def bind_checked(self, node: CheckedExpression) -> Bound:
        saved = self.checked, self.unchecked
        self.checked, self.unchecked = node.checked, not node.checked
        try:
            return self.value(node.operand)
        finally:
            self.checked, self.unchecked = saved

    # Objects

    def bind_new(self, node: ObjectCreation) -> Bound:
        made = self.find_type(node.type)
        if made is None:
            raise self.no_type(node.type)
        if made.kind == "static":
            what = f"Cannot create an instance of the static class '{made.shown}'"
            self.refuse("CS0712", what, node.at)
        if made.kind == "interface" or made.definition is None:
            self.refuse(
                "CS0144",
                f"Cannot create an instance of the abstract class or interface '{made.shown}'",
                node.at,
            )
        if made.is_value and not node.arguments:
            bound = self._default(made)
        else:
            bound = self.construct(made, self.arguments(node.arguments), node.type.at)
        return self._initialized(bound, node.initializer) if node.initializer else bound

    def _initialized(self, bound: Bound, initializer: Initializer) -> Bound:
        """The object after its initializer has run on it."""
        if not initializer.entries:
            return bound
        name = self.out.temporary()
        target = Bound(bound.type, name, pure=True, safe=True)
        steps = self._entries(target, initializer)
        # The last of the values is the object itself.
        code = f"{self.out.use(keep)}(({name} := {bound.code}), {', '.join(steps)}, {name})"
        return Bound(bound.type, code, safe=True)

    def _entries(self, target: Bound, initializer: Initializer) -> list[str]:
        return [
            self._entry(target, key, value, at)
            for (key, value), at in zip(initializer.entries, initializer.places, strict=True)
        ]

    def _entry(self, target: Bound, key: object, value: object, at: int) -> str:
        if key is None:
            assert isinstance(value, list)
            given = [Given(item, self.bind(item)) for item in value]  # type: ignore[arg-type]
            if "Add" not in self.registry.member_names(target.type):
                self.refuse(
                    "CS1922",
                    f"Cannot initialize type '{target.type.shown}' with a collection initializer "
                    "because it has no Add method",
                    at,
                )
            return self._added(target, given, at).code
        if isinstance(key, str):
            place = self.property_place(target, key, at)
        else:
            assert isinstance(key, list)
            place = self.index_place(target, key, at)
        if isinstance(value, Initializer):
            inner = self.read(place)
            name = self.out.temporary()
            steps = self._entries(Bound(inner.type, name, pure=True), value)
            return f"{self.out.use(keep)}(({name} := {inner.code}), {', '.join(steps) or name})"
        assert isinstance(value, Node)
        bound = self.convert(self.bind(value), place.type, value.at)
        return self.write(place, bound.code, at, value_wanted=False)

    def _added(self, target: Bound, given: list[Given], at: int) -> Bound:
        """One element of a collection initializer; other problems than a wrong number of values have a code
        of their own."""
        try:
            return self.method_on(target, "Add", given, at)
        except PolicyError as error:
            if error.code not in ("CS1503", "CS1501"):
                raise
            owner, member = self.registry.members(target.type, "Add")[0]
            if len(given) < len(member.parameters):
                group = MethodGroup(at, "Add", target.type, target, None)
                raise self.no_overload(group, [(owner, member)], given) from None
            shown = self.shown_member(owner, member)
            self.refuse(
                "CS1950",
                f"The best overloaded Add method '{shown}' for the collection initializer has some invalid "
                "arguments",
                at,
            )

    def bind_anonymous(self, node: AnonymousCreation) -> Bound:
        members: list[tuple[str, Bound]] = []
        for (name, value), at in zip(node.members, node.places, strict=True):
            if any(name == other for other, _ in members):
                what = "An anonymous type cannot have multiple properties with the same name"
                self.refuse("CS0833", what, at)
            found = self.bind(value)
            if isinstance(found, LambdaValue | MethodGroup):
                what = "lambda expression" if isinstance(found, LambdaValue) else "method group"
                self.refuse("CS0828", f"Cannot assign '{what}' to anonymous type property", at)
            bound = self.as_value(found, value)
            if bound.type is NULL or bound.type.kind == "void":
                self.refuse("CS0828", f"Cannot assign '{bound.type.shown}' to anonymous type property", at)
            members.append((name, bound))
        kind = self.registry.types.anonymous((name, bound.type) for name, bound in members)
        inner = ", ".join(f"{name!r}: {bound.code}" for name, bound in members)
        return Bound(kind, f"{self.out.use(Anonymous)}({{{inner}}})", safe=True)

    # Arrays

    def bind_new_array(self, node: ArrayCreation) -> Bound:
        if node.element is None:
            return self._typed_by_items(node)
        element = self.type_of(node.element)
        kind = self.registry.array(element, node.rank)
        if node.items is not None:
            return self.array_of(kind, node.items, self._given_sizes(node.sizes))
        for each in node.sizes:
            size = self.value(each)
            if isinstance(size.constant, int) and size.constant < 0:
                self.refuse("CS0248", "Cannot create an array with a negative size", each)
        sizes = [self.size_code(each, node) for each in node.sizes]
        if kind.name == "System.Byte[]":
            return Bound(kind, f"{self.out.use(make_bytes)}({sizes[0]})", safe=True)
        arguments = ", ".join((self.out.use(element), *sizes))
        return Bound(kind, f"{self.out.use(make_array)}({arguments})", safe=True)

    def _given_sizes(self, nodes: list[Node]) -> list[int]:
        """The sizes that stand beside an initializer."""
        sizes: list[int] = []
        for node in nodes:
            bound = self.value(node)
            if not isinstance(bound.constant, int):
                self.refuse("CS0150", "A constant value is expected", node)
            sizes.append(bound.constant)
        return sizes

    def _typed_by_items(self, node: ArrayCreation) -> Bound:
        assert node.items is not None
        values = [self.value(item) for item in _leaves(node.items)]
        element = self.common_type([value for value in values if value.type is not NULL])
        known = any(value.type is element for value in values)
        if not known or (element is self.registry.object and not known):
            self.refuse("CS0826", "No best type found for implicitly-typed array", node.at)
        return self.array_of(self.registry.array(element, node.rank), node.items, [])

    def array_of(self, kind: Type, items: ArrayInitializer, sizes: list[int]) -> Bound:
        """`{ a, b }` as an array of that type; `sizes` are those that are written beside it."""
        if kind.kind != "array":
            self.refuse(
                "CS0622",
                "Can only use array initializer expressions to assign to array types. Try using a "
                "new expression instead.",
                items.at,
            )
        element = kind.arguments[0]
        if kind.rank > 1:
            return self._grid(kind, element, items, sizes)
        if sizes and sizes[0] != len(items.items):
            self.refuse("CS0847", _LENGTH.format(sizes[0]), items.at)
        codes = [self.convert(self.bind(item), element, item).code for item in items.items]
        if element.name == "System.Byte":
            return Bound(kind, f"{self.out.use(bytearray)}([{', '.join(codes)}])", safe=True)
        return Bound(kind, f"{self.out.use(ClrArray)}([{', '.join(codes)}], {element.name!r})", safe=True)

    def _grid(self, kind: Type, element: Type, items: ArrayInitializer, sizes: list[int]) -> Bound:
        """A rectangular array: its items in one row, with the sizes of its dimensions."""
        shape: list[int] = []
        level: list[Node] = [items]
        for depth in range(kind.rank):
            rows = [each for each in level if isinstance(each, ArrayInitializer)]
            if len(rows) != len(level):
                self.refuse("CS0846", "A nested array initializer is expected", level[0])
            wanted = sizes[depth] if sizes else len(rows[0].items) if rows else 0
            for row in rows:
                if len(row.items) != wanted:
                    self.refuse("CS0847", _LENGTH.format(wanted), row.at)
            shape.append(wanted)
            level = [item for row in rows for item in row.items]
        codes = [self.convert(self.bind(item), element, item).code for item in level]
        code = f"{self.out.use(ClrArray)}([{', '.join(codes)}], {element.name!r}, {tuple(shape)!r})"
        return Bound(kind, code, safe=True)


def _leaves(items: ArrayInitializer) -> list[Node]:
    """The values of an initializer, whatever its dimensions."""
    found: list[Node] = []
    for item in items.items:
        found += _leaves(item) if isinstance(item, ArrayInitializer) else [item]
    return found
