"""Which type converts to which, and by what kind of conversion (C# specification, conversions)."""

from dataclasses import dataclass
from typing import Literal

from apimlb.policy.clr.types.constructed import NULL, VOID, Type
from apimlb.policy.clr.types.registry import Registry
from apimlb.policy.clr.types.signatures import Member

_S = "System."
IMPLICIT_NUMERIC: dict[str, frozenset[str]] = {
    _S + source: frozenset(_S + target for target in targets.split())
    for source, targets in {
        "SByte": "Int16 Int32 Int64 Single Double Decimal",
        "Byte": "Int16 UInt16 Int32 UInt32 Int64 UInt64 Single Double Decimal",
        "Int16": "Int32 Int64 Single Double Decimal",
        "UInt16": "Int32 UInt32 Int64 UInt64 Single Double Decimal",
        "Int32": "Int64 Single Double Decimal",
        "UInt32": "Int64 UInt64 Single Double Decimal",
        "Int64": "Single Double Decimal",
        "UInt64": "Single Double Decimal",
        "Char": "UInt16 Int32 UInt32 Int64 UInt64 Single Double Decimal",
        "Single": "Double",
    }.items()
}
_INTEGRAL = "SByte Byte Int16 UInt16 Int32 UInt32 Int64 UInt64 Char"
INTEGRAL = frozenset(_S + name for name in _INTEGRAL.split())
SIGNED = frozenset(_S + name for name in ("SByte", "Int16", "Int32", "Int64"))
NUMERIC = INTEGRAL | {_S + "Single", _S + "Double", _S + "Decimal"}


def _is_number(kind: Type) -> bool:
    return kind.name in NUMERIC or kind.kind == "enum"


ConversionKind = Literal[
    "identity", "numeric", "reference", "box", "unbox", "null", "lift", "wrap", "unwrap", "enum", "user"
]


@dataclass(slots=True)
class Conversion:
    """A user conversion has its `member`; `inner` converts what stands inside a nullable."""

    kind: ConversionKind
    member: Member | None = None
    inner: "Conversion | None" = None


IDENTITY = Conversion("identity")
_NUMERIC = Conversion("numeric")
_REFERENCE = Conversion("reference")
_BOX = Conversion("box")
_NULL = Conversion("null")
_UNBOX = Conversion("unbox")
_ENUM = Conversion("enum")


class Conversions:
    """The rules, over one registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._implicit: dict[tuple[Type, Type], Conversion | None] = {}

    def implicit(self, source: Type, target: Type) -> Conversion | None:
        """The implicit conversion between two types, or None."""
        if source is target:
            return IDENTITY
        key = (source, target)
        if key not in self._implicit:
            self._implicit[key] = self._standard_implicit(source, target) or self._user(
                source, target, explicit=False
            )
        return self._implicit[key]

    def _standard_implicit(self, source: Type, target: Type) -> Conversion | None:
        if VOID in (source, target) or source.kind == "lambda":
            return None
        if source is NULL:
            return None if target.is_value and not target.is_nullable else _NULL
        if target.name in IMPLICIT_NUMERIC.get(source.name, ()):
            return _NUMERIC
        if target.is_nullable:
            plain, wanted = source.underlying, target.underlying
            inner = IDENTITY if plain is wanted else self._standard_implicit(plain, wanted)
            if inner is not None and inner.kind in ("identity", "numeric"):
                return Conversion("lift" if source.is_nullable else "wrap", inner=inner)
            return None
        if source.is_value:
            return _BOX if self._registry.derives(source.underlying, target) and not target.is_value else None
        return _REFERENCE if self._registry.derives(source, target) else None

    def explicit(self, source: Type, target: Type) -> Conversion | None:
        """The conversion that a cast makes, or None."""
        return (
            self.implicit(source, target)
            or self._standard_explicit(source, target)
            or self._user(source, target, explicit=True)
        )

    def by_reference(self, source: Type, target: Type) -> bool:
        """Whether `source as target` may be written: no conversion that a type declares counts."""
        return (
            source is target
            or self._standard_implicit(source, target) is not None
            or self._standard_explicit(source, target) is not None
        )

    def _standard_explicit(self, source: Type, target: Type) -> Conversion | None:
        plain, wanted = source.underlying, target.underlying
        if _is_number(plain) and _is_number(wanted):
            inner = _NUMERIC if "enum" not in (plain.kind, wanted.kind) else _ENUM
            if plain is wanted:
                inner = IDENTITY
            if not source.is_nullable and not target.is_nullable:
                return inner
            if target.is_nullable:
                return Conversion("lift" if source.is_nullable else "wrap", inner=inner)
            return Conversion("unwrap", inner=inner)
        if source.is_nullable and plain is target:
            return Conversion("unwrap", inner=IDENTITY)
        if source.is_value and target.is_value:
            return None
        if target.is_value:
            return _UNBOX if self._registry.derives(wanted, source) else None
        if source.is_value:
            return None
        return _UNBOX if self._castable(source, target) else None

    def _castable(self, source: Type, target: Type) -> bool:
        """Whether a reference cast may be written: downwards, or where an interface is on one side."""
        if self._registry.derives(target, source):
            return True
        if "interface" in (source.kind, target.kind):
            return not {source.name, target.name} & {"System.String"}
        if source.kind == "array" and target.kind == "array":
            return self._castable(source.arguments[0], target.arguments[0])
        return False

    def _user(self, source: Type, target: Type, explicit: bool) -> Conversion | None:
        """A conversion that one of the two types declares."""
        ranked = [
            (rank, member)
            for owner in dict.fromkeys((*self._owners(source), *self._owners(target)))
            if owner.definition is not None
            for member in self._registry.own_members(owner.definition, "conversion")
            if (rank := self._user_rank(member, source, target, explicit)) is not None
        ]
        return Conversion("user", min(ranked, key=lambda each: each[0])[1]) if ranked else None

    def _owners(self, kind: Type) -> list[Type]:
        if kind.definition is None and kind.kind != "array":
            return []
        return [base for base in self._registry.bases(kind.underlying) if base.kind in ("class", "struct")]

    def _user_rank(
        self, member: Member, source: Type, target: Type, explicit: bool
    ) -> tuple[int, bool] | None:
        """How far a declared conversion is from the one that is wanted; None where it does not do."""
        if member.name not in ("implicit", "explicit" if explicit else "implicit"):
            return None
        before = self._step_rank(source, member.parameters[0].type, explicit)
        after = self._step_rank(member.result, target, explicit)
        if before is None or after is None:
            return None
        return before + after, member.name != "implicit"

    def _step_rank(self, source: Type, target: Type, explicit: bool) -> int | None:
        if source is target:
            return 0
        found = self._standard_implicit(source, target)
        if found is not None:
            if source is NULL:
                return 3
            return 1 if found.kind in ("reference", "wrap") else 2
        # Those of enumerations are no standard conversions.
        enums = "enum" in (source.underlying.kind, target.underlying.kind)
        if explicit and not enums and self._standard_explicit(source, target) is not None:
            return 4
        return None
