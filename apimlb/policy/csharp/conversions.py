"""Which type converts to which, and by what kind of conversion (C# specification, conversions)."""

from collections.abc import Callable, Iterable
from typing import Any, Literal

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
SIGNED = frozenset(_S + name for name in ("SByte", "Int16", "Int32", "Int64"))
UNSIGNED = frozenset(_S + name for name in ("Byte", "UInt16", "UInt32", "UInt64"))
INTEGRAL = SIGNED | UNSIGNED | {_S + "Char"}
NUMERIC = INTEGRAL | {_S + "Single", _S + "Double", _S + "Decimal"}


def _is_number(kind: Type) -> bool:
    return kind.name in NUMERIC or kind.kind == "enum"


def _widens(source: Type, target: Type) -> bool:
    """Whether an implicit conversion makes a number of one type one of another."""
    return target.name in IMPLICIT_NUMERIC.get(source.name, ())


def nearest(members: Iterable[Member], rank: Callable[[Member], Any]) -> Member | None:
    """The first of the members with the lowest rank. A member whose rank is None does not count."""
    ranked = [(found, member) for member in members if (found := rank(member)) is not None]
    return min(ranked, key=lambda each: each[0])[1] if ranked else None


Conversion = Literal["identity", "numeric", "reference", "box", "unbox", "null", "nullable"] | Member
"""What makes a value of one type one of another: a member where a type declares it. Enumerations are numbers
in it; "nullable" is one to a nullable type, or from one, of what stands inside."""


class Conversions:
    """The rules, over one registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._implicit: dict[tuple[Type, Type], Conversion | None] = {}

    def implicit(self, source: Type, target: Type) -> Conversion | None:
        """The implicit conversion between two types, or None."""
        if source is target:
            return "identity"
        key = (source, target)
        if key not in self._implicit:
            self._implicit[key] = self._standard_implicit(source, target) or self._user(
                source, target, explicit=False
            )
        return self._implicit[key]

    def _standard_implicit(self, source: Type, target: Type) -> Conversion | None:
        if VOID in (source, target):
            return None
        if source is NULL:
            return "null" if target.takes_null else None
        plain, wanted = source.underlying, target.underlying
        if target.is_nullable:
            return "nullable" if plain is wanted or _widens(plain, wanted) else None
        if _widens(source, target):
            return "numeric"
        if target.is_value or not self._registry.derives(plain, target):
            return None
        return "box" if source.is_value else "reference"

    def explicit(self, source: Type, target: Type) -> Conversion | None:
        """The conversion that a cast makes, or None."""
        return (
            self.implicit(source, target)
            or self._standard_explicit(source, target)
            or self._user(source, target, explicit=True)
        )

    def by_reference(self, source: Type, target: Type) -> bool:
        """Whether `source as target` may be written: no conversion that a type declares counts."""
        return bool(self._standard_implicit(source, target) or self._standard_explicit(source, target))

    def _standard_explicit(self, source: Type, target: Type) -> Conversion | None:
        plain, wanted = source.underlying, target.underlying
        if plain is wanted or (_is_number(plain) and _is_number(wanted)):
            return "nullable" if source.is_nullable or target.is_nullable else "numeric"
        if source.is_value:
            return None
        fits = self._registry.derives(wanted, source) if target.is_value else self._castable(source, target)
        return "unbox" if fits else None

    def _castable(self, source: Type, target: Type) -> bool:
        """Whether a reference cast may be written: downwards, or where an interface is on one side."""
        if self._registry.derives(target, source):
            return True
        if "interface" in (source.kind, target.kind):
            return "System.String" not in (source.name, target.name)
        if source.kind == "array" and target.kind == "array":
            return self._castable(source.arguments[0], target.arguments[0])
        return False

    def _user(self, source: Type, target: Type, explicit: bool) -> Member | None:
        """A conversion that one of the two types declares."""
        return nearest(
            self.declared("conversion", source, target),
            lambda member: self._user_rank(member, source, target, explicit),
        )

    def declared(self, name: str, *kinds: Type) -> list[Member]:
        """The members of that name of some types and of what they derive from."""
        owners = dict.fromkeys(base for kind in kinds for base in self._registry.bases(kind.underlying))
        return [
            member
            for owner in owners
            if owner.definition is not None
            for member in self._registry.own_members(owner.definition, name)
        ]

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
            return 1 if found == "reference" or (found == "nullable" and not source.is_nullable) else 2
        # Those of enumerations are no standard conversions.
        enums = "enum" in (source.underlying.kind, target.underlying.kind)
        return 4 if explicit and not enums and self._standard_explicit(source, target) else None
