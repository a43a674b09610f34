"""Signatures as the library's tables write them: C# without bodies.

bool StartsWith(string value)                   a method
static string Join(string s, params object[] v) a static method
int Length                                      a property
static string Empty                             a static field
new(string uri)                                 a constructor
char this[int index]                            an indexer
static bool operator ==(Guid a, Guid b)         an operator
explicit string(JToken value)                   a conversion
R[] Map<T, R>(this IEnumerable<T> source, Func<T, R> f)  a generic extension method
string Remove(int start[, int count])           two overloads, the second one with `count`
int Sign(int|long value)                        two overloads, one for each type
void Add(string! name)                          throws ArgumentNullException where `name` is null
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Literal

from apimlb.policy.clr.exceptions import argument_null
from apimlb.policy.clr.metering import metered
from apimlb.policy.clr.types.constructed import Type, array_type, type_parameter
from apimlb.policy.clr.types.definitions import Call, Check, Cost, Implementation, Row

_PIECE = re.compile(r"operator\s*\S+?(?=\()|[A-Za-z_][\w.]*|\d+|[<>,()\[\]?!=&|]")
_OPTIONAL = re.compile(r"(?:\[(?=, )|(?<=\()\[(?=\w))((?:[^\[\]]|\[\])*)\]")
_TYPES = re.compile(r"[\w?\[\]]+(?:\|[\w?\[\]]+)+(?=!? )")
_OWN_PARAMETERS = re.compile(r"\w<([\w, ]+)>\(")
_NAME = re.compile(r"\b(?:operator \S+?(?=\()|this(?=\[)|\w++(?=(?:<[\w, ]++>)?\(|$))")
_DEFAULTS = {"null": None, "false": False, "0": 0}
_NO_DEFAULT = object()


@dataclass(slots=True)
class Parameter:
    """`mode` is "", "out", "ref", "params" or "this"; `default` is what it has without an
    argument."""

    name: str
    type: Type
    mode: str = ""
    default: object = _NO_DEFAULT
    may_be_null: bool = True

    @property
    def required(self) -> bool:
        return self.default is _NO_DEFAULT


Find = Callable[[str, list[Type]], Type]
MemberKind = Literal["method", "property", "indexer", "constructor", "operator", "conversion"]


@dataclass(slots=True)
class Member:
    """One row, read. The name of an operator is its symbol, of a conversion implicit or explicit."""

    kind: MemberKind
    name: str
    static: bool
    type_parameters: tuple[str, ...]
    parameters: list[Parameter]
    result: Type
    call: Implementation
    context: bool = False
    types: tuple[str, ...] = ()
    setter: Implementation | None = None
    check: Check | None = None


class SignatureReader:
    """Reads one signature. `find(name, arguments)` finds the types that it names; `parameters` are the type
    parameters of the type that declares it."""

    def __init__(self, text: str, find: Find, parameters: tuple[str, ...]) -> None:
        self._pieces: list[str] = _PIECE.findall(text)[::-1]
        self._find = find
        # Those of a method must be known before the type of its result is read.
        match = _OWN_PARAMETERS.search(text)
        self._own = tuple(match[1].split(", ")) if match else ()
        self._parameters = parameters + self._own

    def _peek(self) -> str:
        return self._pieces[-1] if self._pieces else ""

    def _take(self) -> str:
        return self._pieces.pop()

    def _accept(self, *pieces: str) -> str:
        """The next piece if it is one of these, else nothing."""
        return self._take() if self._peek() in pieces else ""

    def member(self, row: Row, owner: Type) -> Member:
        """The row as a member of `owner`."""
        static = bool(self._accept("static"))
        kind: MemberKind = "method"
        if name := self._accept("implicit", "explicit"):
            kind, static, result = "conversion", True, self.type()
        elif name := self._accept("new"):
            kind, static, result = "constructor", True, owner
        else:
            result, name = self.type(), self._take()
            if name.startswith("operator"):
                kind, name = "operator", name[8:].strip()
            elif name == "this":
                kind = "indexer"
            elif self._own:
                while self._take() != ">":
                    pass
            elif self._peek() != "(":
                kind = "property"
        parameters = [] if kind == "property" else self._parameter_list("]" if kind == "indexer" else ")")
        given = row[1] if isinstance(row[1], Call) else Call(row[1])
        setter = row[2] if len(row) == 3 else None
        made = Member(
            kind, name, static, self._own, parameters, result,
            given.function, given.context, given.types, setter, given.check,
        )  # fmt: skip
        assert owner.definition is not None
        if not isinstance(made.call, str):
            made.call = _paid(made, _checked(made, made.call), given.cost or owner.definition.cost)
        return made

    def _parameter_list(self, closing: str) -> list[Parameter]:
        self._take()
        found: list[Parameter] = []
        while not self._accept(closing):
            mode = self._accept("this", "out", "ref", "params")
            kind = self.type()
            may_be_null = not self._accept("!")
            parameter = Parameter(self._take(), kind, mode, may_be_null=may_be_null)
            if self._accept("="):
                parameter.default = _DEFAULTS[self._take()]
            found.append(parameter)
            self._accept(",")
        return found

    def type(self) -> Type:
        name = self._take()
        arguments: list[Type] = []
        if self._accept("<"):
            while not self._accept(">"):
                arguments.append(self.type())
                self._accept(",")
        found = type_parameter(name) if name in self._parameters else self._find(name, arguments)
        if self._accept("?"):
            found = self._find("System.Nullable", [found])
        while self._accept("["):
            self._take()
            found = array_type(found, 1)
        return found


def _checked(made: Member, call: Callable[..., object]) -> Callable[..., object]:
    """The call after a look at the arguments that may not be null."""
    before = made.context + len(made.types) + (not made.static)
    places = [(n, each.name) for n, each in enumerate(made.parameters, before) if not each.may_be_null]
    if not places:
        return call

    def run(*arguments: object) -> object:
        for place, name in places:
            if arguments[place] is None:
                raise argument_null(name)
        return call(*arguments)

    return update_wrapper(run, call)


def _paid(made: Member, call: Callable[..., object], cost: Cost) -> Callable[..., object]:
    """The call that pays by size: properties and indexers that yield no text do too little for it."""
    works = made.kind in ("method", "constructor") or made.result.name == "System.String"
    return metered(call, cost) if works and cost != "none" else call


def overloads(signature: str) -> list[str]:
    """The signatures of a row: those without an optional part come first, then those of its first type."""
    if optional := _OPTIONAL.search(signature):  # the innermost: a part around it is left out twice
        before, after = signature[: optional.start()], signature[optional.end() :]
        return list(dict.fromkeys([*overloads(before + after), *overloads(before + optional[1] + after)]))
    if types := _TYPES.search(signature):
        before, after = signature[: types.start()], signature[types.end() :]
        return [each for name in types[0].split("|") for each in overloads(before + name + after)]
    return [signature]


def row_name(signature: str) -> str:
    """The name under which a row is looked up, without reading the whole of it."""
    if signature.startswith(("implicit ", "explicit ")):
        return "conversion"
    found = _NAME.search(signature)
    assert found is not None
    return found[0]
