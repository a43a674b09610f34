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
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Check, Implementation, Row

_PIECE = re.compile(r"operator\s*\S+?(?=\()|[A-Za-z_][\w.]*|\"[^\"]*\"|-?\d+|[<>,()\[\]?!=&|]")
_OPTIONAL = re.compile(r"\[(?=, )|(?<=\()\[(?=\w)")
_TYPES = re.compile(r"[\w?\[\]]+(?:\|[\w?\[\]]+)+(?=!? )")
_NO_DEFAULT = object()


@dataclass(slots=True)
class Parameter:
    """`mode` is "", "out", "ref", "params" or "this"; `default` is Parameter.REQUIRED where a value must be
    given."""

    name: str
    type: Type
    mode: str = ""
    default: object = _NO_DEFAULT
    may_be_null: bool = True

    @property
    def required(self) -> bool:
        return self.default is _NO_DEFAULT


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

    @property
    def extension(self) -> bool:
        return bool(self.parameters) and self.parameters[0].mode == "this"


class SignatureReader:
    """Reads one signature. `resolve(name, arguments)` finds the types that it names."""

    def __init__(self, text: str, resolve: "TypeResolver", parameters: tuple[str, ...]) -> None:
        self._pieces = _PIECE.findall(text)
        self._text = text
        self._at = 0
        self._resolve = resolve
        self._parameters = parameters

    def _peek(self) -> str:
        return self._pieces[self._at] if self._at < len(self._pieces) else ""

    def _take(self) -> str:
        piece = self._peek()
        self._at += 1
        return piece

    def _accept(self, piece: str) -> bool:
        if self._peek() == piece:
            self._at += 1
            return True
        return False

    def member(self, row: Row, owner: Type) -> Member:
        """The row as a member of `owner`."""
        static = self._accept("static")
        if self._peek() in ("implicit", "explicit"):
            made = self._conversion()
        elif self._peek() == "new":
            self._take()
            made = Member("constructor", "new", True, (), self._parameter_list(")"), owner, "")
        else:
            made = self._named(static)
        return _implemented(made, row, owner)

    def _conversion(self) -> Member:
        name = self._take()
        result = self.type()
        return Member("conversion", name, True, (), self._parameter_list(")"), result, "")

    def _named(self, static: bool) -> Member:
        # Type parameters must be known before the result type is read.
        match = re.search(r"(\w+)<([\w, ]+)>\(", self._text)
        own: tuple[str, ...] = ()
        if match and not self._text.startswith("new"):
            own = tuple(name.strip() for name in match[2].split(","))
            self._parameters = (*self._parameters, *own)
        result = self.type()
        name = self._take()
        if name.startswith("operator"):
            return Member("operator", name[8:].strip(), True, (), self._parameter_list(")"), result, "")
        if name == "this":
            return Member("indexer", "this", static, (), self._parameter_list("]"), result, "")
        if own:
            while self._take() != ">":
                pass
        if self._peek() == "(":
            return Member("method", name, static, own, self._parameter_list(")"), result, "")
        return Member("property", name, static, (), [], result, "")

    def _parameter_list(self, closing: str) -> list[Parameter]:
        self._take()
        found: list[Parameter] = []
        while not self._accept(closing):
            mode = self._take() if self._peek() in ("this", "out", "ref", "params") else ""
            kind = self.type()
            may_be_null = not self._accept("!")
            parameter = Parameter(self._take(), kind, mode, may_be_null=may_be_null)
            if self._accept("="):
                parameter.default = self._default()
            found.append(parameter)
            self._accept(",")
        return found

    def _default(self) -> object:
        text = self._take()
        words: dict[str, object] = {"null": None, "true": True, "false": False, "default": None}
        if text in words:
            return words[text]
        return text[1:-1] if text[0] == '"' else int(text)

    def type(self) -> Type:
        name = self._take()
        arguments: list[Type] = []
        if self._accept("<"):
            while not self._accept(">"):
                arguments.append(self.type())
                self._accept(",")
        found = self._resolve.signature_type(name, arguments, self._parameters)
        if self._accept("?"):
            found = self._resolve.nullable(found)
        while self._peek() == "[":
            self._take()
            rank = 1
            while self._accept(","):
                rank += 1
            self._accept("]")
            found = self._resolve.array(found, rank)
        return found


class TypeResolver:
    """What a signature needs of the library."""

    def signature_type(self, name: str, arguments: list[Type], parameters: tuple[str, ...]) -> Type:
        raise NotImplementedError

    def nullable(self, underlying: Type) -> Type:
        raise NotImplementedError

    def array(self, element: Type, rank: int = 1) -> Type:
        raise NotImplementedError


def _implemented(made: Member, row: Row, owner: Type) -> Member:
    assert owner.definition is not None
    given, cost = row[1], owner.definition.cost
    if isinstance(given, Call):
        made.call, made.context, made.types = given.function, given.context, given.types
        cost = given.cost or cost
        made.check = given.check
    else:
        made.call = given
    if len(row) == 3:
        made.setter = row[2]
    if not isinstance(made.call, str):
        made.call = _checked(made, made.call)
    if _works(made) and not isinstance(made.call, str) and cost != "none":
        made.call = metered(made.call, cost)
    return made


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


def _works(made: Member) -> bool:
    """Whether a member pays by size: properties and indexers that yield no text do little."""
    return made.kind in ("method", "constructor") or made.result.name == "System.String"


def overloads(signature: str) -> list[str]:
    """The signatures of a row: those without an optional part come first, then those of its first type."""
    if optional := _OPTIONAL.search(signature):
        start = optional.start()
        end = _closing(signature, start)
        before, part, after = signature[:start], signature[start + 1 : end], signature[end + 1 :]
        return [*overloads(before + after), *overloads(before + part + after)]
    if types := _TYPES.search(signature):
        before, after = signature[: types.start()], signature[types.end() :]
        return [each for name in types[0].split("|") for each in overloads(before + name + after)]
    return [signature]


def _closing(signature: str, start: int) -> int:
    """The index of the bracket that closes the one at `start`."""
    depth = 0
    for at in range(start, len(signature)):
        depth += {"[": 1, "]": -1}.get(signature[at], 0)
        if not depth:
            return at
    raise ValueError(f"Nothing closes a bracket of {signature}")


def row_name(signature: str) -> str:
    """The name under which a row is looked up, without reading the whole of it."""
    if signature.startswith(("implicit ", "explicit ")):
        return "conversion"
    if signature.startswith("new("):
        return "new"
    if " operator " in signature:
        return "operator " + signature.partition(" operator ")[2].partition("(")[0].strip()
    if " this[" in signature:
        return "this"
    head = signature.partition("(")[0]
    head = re.sub(r"<[\w, ]*>$", "", head)
    return head.rpartition(" ")[2]
