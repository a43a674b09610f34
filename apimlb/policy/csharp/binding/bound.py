"""A node after binding: its static type, its Python, and what else binding found out."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.signatures import Member

NOT_CONSTANT: Final = object()
NEVER: Final = Type("void", "never", "never")
"""The type of an expression or a lambda that never returns: it throws or loops for ever. C# takes it for any
type."""


class Bound(NamedTuple):
    """A value.

    constant    what it is, where C# knows that at compile time
    repeatable  the code is a name, which may stand more than once
    safe        it is never null
    texts       where the code concatenates, the code of each piece
    """

    type: Type
    code: str
    constant: object = NOT_CONSTANT
    repeatable: bool = False
    safe: bool = False
    texts: tuple[str, ...] = ()

    @property
    def is_constant(self) -> bool:
        return self.constant is not NOT_CONSTANT

    @property
    def is_still(self) -> bool:
        """Whether its code does nothing but give a value: it is a name or a constant."""
        return self.repeatable or self.constant is not NOT_CONSTANT


class TypeReference(NamedTuple):
    """A name that means a type: the `string` of `string.Join`."""

    type: Type


class NamespaceReference(NamedTuple):
    name: str


@dataclass(slots=True, eq=False, repr=False)
class Variable:
    """A local. A `cell` lives in a list of one, so that closures share it or keep their own. Several range
    variables of a query are members of one object: `row_member` is that object and the name in it."""

    name: str
    type: Type
    python: str
    cell: bool = False
    constant: object = NOT_CONSTANT
    readonly: str = ""
    row_member: "tuple[Variable, str] | None" = None
    at: int = 0

    @property
    def code(self) -> str:
        return f"{self.python}[0]" if self.cell else self.python

    def stored(self, code: str) -> str:
        """The statement that gives it its first value."""
        return f"{self.python} = [{code}]" if self.cell else f"{self.python} = {code}"


class LocalMethod(NamedTuple):
    """A local function, as a member that can be called."""

    name: str
    python: str
    member: Member
    at: int


Symbol = Variable | LocalMethod
