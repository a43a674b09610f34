"""Conversions as Python: numeric ones, casts, boxing, nullables and those that types declare."""

from decimal import Decimal
from typing import NoReturn

from apimlb.policy.clr.casts import cast, cast_value, enum_number, enum_of, truncate_checked
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.json.tokens import JArray, JObject
from apimlb.policy.clr.numbers import arithmetic as numbers
from apimlb.policy.clr.numbers.arithmetic import INTEGERS, Char, Long, Single
from apimlb.policy.clr.numbers.formatting import number_text
from apimlb.policy.clr.types.constructed import NULL, Type
from apimlb.policy.csharp.binding.bound import Bound, LambdaValue, MethodGroup, Result
from apimlb.policy.csharp.binding.core import BinderCore, throw_no_value
from apimlb.policy.csharp.conversions import INTEGRAL, Conversion
from apimlb.policy.csharp.syntax.nodes import Literal, Node

# Types whose values are of exactly one Python type, for casts without a call.
_EXACT: dict[str, type] = {
    "System.String": str,
    "System.Int32": int,
    "System.Boolean": bool,
    "System.Double": float,
    "System.Int64": Long,
    "Newtonsoft.Json.Linq.JObject": JObject,
    "Newtonsoft.Json.Linq.JArray": JArray,
}
_REAL = {"System.Single", "System.Double", "System.Decimal"}


class ConversionBinder(BinderCore):
    """Applies what `Conversions` finds."""

    def convert(self, value: Result, target: Type, at: int | Node) -> Bound:
        bound, done = self._begun(value, target, at)
        if done:
            return bound
        found = self.conversions.implicit(bound.type, target)
        if found is None:
            if self.conversions.explicit(bound.type, target) is not None:
                self._only_by_cast(bound, target, at)
            if bound.type is NULL:
                self.refuse(
                    "CS0037",
                    f"Cannot convert null to '{target.shown}' because it is a non-nullable value type",
                    at,
                )
            self.refuse(
                "CS0029", f"Cannot implicitly convert type '{bound.type.shown}' to '{target.shown}'", at
            )
        return self.apply(found, bound, target)

    def _only_by_cast(self, bound: Bound, target: Type, at: int | Node) -> NoReturn:
        """Refuses a conversion that must be written."""
        inner = target.underlying
        too_large = bound.type is self.registry.int and inner.name in INTEGRAL - {"System.Char"}
        if isinstance(bound.constant, int) and (
            too_large or (bound.type.name == "System.Int64" and inner.name == "System.UInt64")
        ):
            value = int(bound.constant)
            self.refuse("CS0031", f"Constant value '{value}' cannot be converted to a '{inner.shown}'", at)
        suffix = {"System.Single": "F", "System.Decimal": "M"}.get(inner.name)
        if isinstance(at, Literal) and bound.type.name == "System.Double" and suffix:
            self.refuse(
                "CS0664",
                f"Literal of type double cannot be implicitly converted to type '{inner.shown}'; use an "
                f"'{suffix}' suffix to create a literal of this type",
                at,
            )
        self.refuse(
            "CS0266",
            f"Cannot implicitly convert type '{bound.type.shown}' to '{target.shown}'. An explicit "
            "conversion exists (are you missing a cast?)",
            at,
        )

    def to_delegate(self, value: LambdaValue | MethodGroup, target: Type, at: int | Node) -> Bound:
        """A lambda or method group as a delegate of that type; lambdas.py knows how."""
        raise NotImplementedError

    def constant_conversion(self, bound: Bound, target: Type) -> Bound | None:
        """Constants of int that fit a smaller integer type, and 0 as an enumeration."""
        if not bound.is_constant or bound.type.name not in ("System.Int32", "System.Int64"):
            return None
        value, inner = bound.constant, target.underlying
        assert isinstance(value, int)
        if inner.kind == "enum" and value == 0:
            return self.literal(enum_of(inner, 0), target)
        limits = INTEGERS.get(inner.name.removeprefix("System."))
        if limits is None or inner.name not in INTEGRAL or not limits[0] <= value <= limits[1]:
            return None
        if bound.type.name == "System.Int64" and inner.name != "System.UInt64":
            return None
        return self.literal(limits[2](value), target)

    def _begun(self, value: Result, target: Type, at: int | Node) -> tuple[Bound, bool]:
        """The value, and whether it is one of `target` already: by its type, as a constant, or a delegate."""
        if isinstance(value, LambdaValue | MethodGroup):
            return self.to_delegate(value, target, at), True
        bound = self.as_value(value, at)
        if bound.type is target:
            return bound, True
        constant = self.constant_conversion(bound, target)
        return (bound, False) if constant is None else (constant, True)

    def cast(self, value: Result, target: Type, at: int | Node) -> Bound:
        """`(target)value`"""
        bound, done = self._begun(value, target, at)
        if done:
            return bound
        found = self.conversions.explicit(bound.type, target)
        if found is None:
            self.refuse("CS0030", f"Cannot convert type '{bound.type.shown}' to '{target.shown}'", at)
        return self.apply(found, bound, target, at)

    def apply(self, found: Conversion, bound: Bound, target: Type, at: int | Node = 0) -> Bound:
        kind = found.kind
        if kind in ("identity", "reference", "box"):
            repeatable = bound.pure and not bound.is_constant
            return Bound(target, bound.code, pure=repeatable, safe=bound.safe or bound.type.is_value)
        if kind == "null":
            return Bound(target, "None", None, pure=True)
        if kind == "numeric":
            return self._constant_numeric(bound, target, at) or Bound(
                target, self.numeric(bound.code, bound.type, target), safe=True
            )
        if kind == "enum":
            return self._enum(bound, target)
        if kind == "unbox":
            return Bound(target, self._unbox(bound, target))
        if kind == "user":
            return self._user(found, bound, target, at)
        assert found.inner is not None
        inner_source, inner_target = bound.type.underlying, target.underlying
        if kind == "wrap":
            made = self.apply(found.inner, bound, inner_target, at)
            return Bound(target, made.code, pure=made.pure and not made.is_constant, safe=True)
        first, again = self.once(bound)
        inner = self.apply(found.inner, Bound(inner_source, again, pure=True), inner_target, at).code
        if kind == "lift":
            return Bound(target, f"({inner} if {first} is not None else None)")
        throw = self.out.use(throw_no_value)
        return Bound(target, f"({inner} if {first} is not None else {throw}())")

    def _user(self, found: Conversion, bound: Bound, target: Type, at: int | Node) -> Bound:
        member = found.member
        assert member is not None
        given = member.parameters[0].type
        if bound.type is not given:
            step = self.conversions.explicit(bound.type, given)
            assert step is not None
            bound = self.apply(step, bound, given, at)
        made = Bound(member.result, f"{self.implementation(member.call)}({bound.code})")
        if isinstance(member.call, str):
            made.code = member.call.format(bound.code)
        if member.result is target:
            return made
        rest = self.conversions.explicit(member.result, target)
        assert rest is not None
        return self.apply(rest, made, target, at)

    def implementation(self, call: object) -> str:
        return "" if isinstance(call, str) else self.out.use(call)

    def _unbox(self, bound: Bound, target: Type) -> str:
        exact = _EXACT.get(target.name)
        if exact is not None:
            fallback = self.out.use(cast_value if target.is_value else cast)
            python, shown = self.out.use(exact), self.out.use(target)
            name = self.out.temporary()
            test = f"{self.out.use(type)}({name} := {bound.code}) is {python}"
            return f"({name} if {test} else {fallback}({name}, {shown}))"
        fallback = self.out.use(cast_value if target.is_value and not target.is_nullable else cast)
        return f"{fallback}({bound.code}, {self.out.use(target)})"

    def _enum(self, bound: Bound, target: Type) -> Bound:
        code = bound.code
        if bound.type.kind == "enum":
            if bound.is_constant and target.kind != "enum":
                return self._folded_enum(bound, target)
            code = f"{self.out.use(enum_number)}({code})"
            if target.kind != "enum":
                return Bound(target, self.numeric(code, self.registry.int, target), safe=True)
        return Bound(target, f"{self.out.use(enum_of)}({self.out.use(target)}, {code})", safe=True)

    def _folded_enum(self, bound: Bound, target: Type) -> Bound:
        number = getattr(bound.constant, "number", 0)
        return self.convert(self.literal(number, self.registry.int), target, 0)

    def _constant_numeric(self, bound: Bound, target: Type, at: int | Node) -> Bound | None:
        """A constant of another numeric type, at compile time."""
        if not bound.is_constant:
            return None
        value, name = bound.constant, target.name.removeprefix("System.")
        if isinstance(value, Char):
            value = ord(value)
        if name == "Char" and isinstance(value, int | float | Decimal):
            whole = self._constant_whole(value, "UInt16", target, at)
            return None if whole is None else self.literal(Char(chr(whole)), target)
        if name in INTEGERS and isinstance(value, int | float | Decimal):
            whole = self._constant_whole(value, name, target, at)
            return None if whole is None else self.literal(INTEGERS[name][2](whole), target)
        if name == "Double" and isinstance(value, int | float | Decimal):
            return self.literal(float(value), target)
        if name == "Single" and isinstance(value, int | float | Decimal):
            return self.literal(Single(float(value)), target)
        if name == "Decimal" and isinstance(value, float):
            try:
                return self.literal(numbers.decimal_from_float(value), target)
            except ClrException:
                what = f"Constant value '{number_text(value)}' cannot be converted to a 'decimal'"
                self.refuse("CS0031", what, at)
        if name == "Decimal" and isinstance(value, int):
            return self.literal(Decimal(int(value)), target)
        return None

    def _constant_whole(
        self, value: int | float | Decimal, name: str, target: Type, at: int | Node
    ) -> int | None:
        """A number cut to an integer; out of range only where unchecked, and never from a decimal."""
        lowest, highest, _ = INTEGERS[name]
        if lowest - 1 < value < highest + 1:
            return int(value)
        if isinstance(value, Decimal):
            what = f"Constant value '{value}M' cannot be converted to a '{target.shown}'"
            self.refuse("CS0031", what, at)
        if not self.unchecked:
            shown = number_text(value) if isinstance(value, float) else str(value)
            self.refuse(
                "CS0221",
                f"Constant value '{shown}' cannot be converted to a '{target.shown}' (use 'unchecked' syntax "
                "to override)",
                at,
            )
        return numbers.wrap(value, name) if isinstance(value, int) else None

    unchecked = False

    def numeric(self, code: str, source: Type, target: Type) -> str:
        """Code of one numeric type as another's."""
        use = self.out.use
        wanted, given = target.name.removeprefix("System."), source.name.removeprefix("System.")
        if wanted == given:
            return code
        if given == "Char":
            code = f"{use(ord)}({code})"
            given = "UInt16"
        if wanted == "Char":
            whole = f"{use(numbers.truncate)}({code}, 'Int32')" if source.name in _REAL else code
            if self.checked:
                whole = f"{use(numbers.checked)}({whole}, 'UInt16')"
            return f"{use(Char)}({use(chr)}({whole} & 65535))"
        if wanted == "Double":
            return f"{use(float)}({code})"
        if wanted == "Single":
            return f"{use(Single)}({code})"
        if wanted == "Decimal":
            if source.name in _REAL:
                return f"{use(numbers.decimal_from_float)}({code})"
            return f"{use(Decimal)}({code})"
        lowest, highest, make = INTEGERS[wanted]
        if source.name in _REAL:
            cut = truncate_checked if self.checked else numbers.truncate
            return f"{use(cut)}({code}, {wanted!r})"
        from_low, from_high, _ = INTEGERS[given]
        if lowest <= from_low and from_high <= highest:
            return f"{use(make)}({code})"
        return f"{use(numbers.checked if self.checked else numbers.wrap)}({code}, {wanted!r})"
