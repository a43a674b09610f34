"""One element while it is being compiled: its attributes, texts and children as typed getters.

An element's compile function asks its Draft for everything that the element may have; what it did not ask for
is an error in the end. So the function is the schema, and the two cannot disagree.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn, Protocol, TypeVar, cast

from apimlb.errors import PolicyError
from apimlb.policy.apim.context import Context
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.csharp.binding.binder import NEVER
from apimlb.policy.csharp.expression import compile_expression, converts_by_cast
from apimlb.policy.document.attributes import ANY, Kind
from apimlb.policy.document.problems import NOT_IMPLEMENTED, InvalidPolicy
from apimlb.policy.document.reader import Element, Text
from apimlb.policy.run.exchange import Act, Block, Section
from apimlb.policy.switches import Switches

T = TypeVar("T")
D = TypeVar("D")
Getter = Callable[[Context], T]
"""The value of an attribute or text in the context of one request."""

_CHARACTERS = 8
"""Characters of a literal to a step, as a power of two."""

_KEYWORDS = {
    "System.Boolean": "bool",
    "System.Decimal": "decimal",
    "System.Double": "double",
    "System.Int32": "int",
    "System.Int64": "long",
    "System.Object": "object",
    "System.String": "string",
}


class Compilation(Protocol):
    """The document that a draft belongs to. `elements` are the policies of API Management by their tags,
    `inheriting` the sections that hold `<base/>`."""

    elements: Mapping[str, "Entry"]
    scope: str
    section: Section
    switches: Switches
    inheriting: set[Section]

    def block(self, element: Element, path: str) -> Block:
        """The children of `element`, each of them a policy."""
        ...

    def fragment(self, name: str, place: "Draft") -> Block:
        """The policy fragment `name`; raises InvalidPolicy when it cannot be included in this place."""
        ...

    def reads_response_body(self) -> None:
        """Note that something in the current section needs `context.Response.Body`."""
        ...

    def note(self, found: InvalidPolicy) -> None:
        """Keep a problem and go on, so that all problems are found; the document will be refused."""
        ...


@dataclass(slots=True)
class Draft:
    """`policy` is the policy that a problem is reported for: of a child such as `<when>`, its parent."""

    element: Element
    compilation: Compilation
    path: str
    policy: Element
    _asked: set[str] = field(default_factory=set)
    _expected: list[str] = field(default_factory=list)
    _drafts: list["Draft"] = field(default_factory=list)
    _literals: int = 0
    _has_text: bool = False
    _holds_policies: bool = False

    def error(self, what: str, at: Text | None = None, *, code: str = "ValidationError") -> InvalidPolicy:
        return InvalidPolicy(self.policy, what, at=at, code=code)

    def incomplete(self, expected: str) -> InvalidPolicy:
        """The refusal of an element that lacks children with the tags `expected`."""
        return self.error(
            f"The element '{self.element.tag}' has incomplete content. "
            f"List of possible elements expected: '{expected}'."
        )

    def at_most_one(self, *names: str) -> None:
        """Raises InvalidPolicy for an element with several of these attributes."""
        if sum(name in self.element.attributes for name in names) > 1:
            raise self.error(f"Only one of the attributes {_quoted(names)} is allowed.")

    def at_least_one(self, *names: str) -> None:
        """Raises InvalidPolicy for an element with none of these attributes."""
        if not any(name in self.element.attributes for name in names):
            raise self.error(f"One of the attributes {_quoted(names)} is required.")

    def required(self, name: str, kind: Kind[T]) -> Getter[T]:
        """The attribute's getter; raises InvalidPolicy when it is missing."""
        getter = self.optional(name, kind)
        if getter is None:
            raise self.error(f"The required attribute '{name}' is missing.")
        return getter

    def attribute(self, name: str, kind: Kind[T], default: D) -> Getter[T | D]:
        getter = self.optional(name, kind)
        return (lambda _: default) if getter is None else getter

    def optional(self, name: str, kind: Kind[T]) -> Getter[T] | None:
        self._asked.add(name)
        text = self.element.attributes.get(name)
        return None if text is None else self._getter(text, kind, f"The '{name}' attribute is invalid - ")

    def lacks(self, *names: str) -> None:
        """Refuse attributes that Azure has and the local gateway has not."""
        for name in names:
            if (text := self.element.attributes.get(name)) is not None:
                raise self.error(
                    f"The '{name}' attribute is not implemented by the local gateway",
                    text,
                    code=NOT_IMPLEMENTED,
                )

    def is_expression(self, name: str) -> bool:
        """Whether the attribute is there and holds an expression."""
        text = self.element.attributes.get(name)
        return text is not None and text.is_expression

    def settled(self, getter: Getter[T], *names: str) -> Getter[T]:
        """`getter`, which makes something of the attributes `names`; made once where they are constants."""
        if any(map(self.is_expression, names)):
            return getter
        made = getter(cast(Context, None))  # a constant does not look at the context
        return lambda _: made

    def word(self, name: str, kind: Kind[T], default: T) -> T:
        """An attribute that takes no expression."""
        return self.required_word(name, kind) if name in self.element.attributes else default

    def required_word(self, name: str, kind: Kind[T]) -> T:
        """A required attribute that takes no expression."""
        self._asked.add(name)
        text = self.element.attributes.get(name)
        if text is None:
            raise self.error(f"The required attribute '{name}' is missing.")
        if text.is_expression:
            raise self.error(f"Expressions are not allowed in the '{name}' attribute.", text)
        return self._constant(text, kind, f"The '{name}' attribute is invalid - ")

    def content(self, kind: Kind[T]) -> Getter[T]:
        """The element's own text; an empty literal for an element without text."""
        self._has_text = True
        text = self.element.text or Text("", self.element.line, self.element.column)
        return self._getter(text, kind, f"The element '{self.element.tag}' is invalid - ")

    def words(self) -> str:
        """The element's own text, which takes no expression, without the white space around it."""
        self._has_text = True
        text = self.element.text
        if text is not None and text.is_expression:
            raise self.error(f"Expressions are not allowed in the element '{self.element.tag}'.", text)
        return text.value.strip() if text else ""

    def markup(self) -> str:
        """What stands between the tags, child elements included, for an element whose literal text is XML."""
        self._has_text = self._holds_policies = True
        return self.element.markup

    def children(self, tag: str) -> Sequence["Draft"]:
        """The child elements called `tag`, which are part of this policy."""
        self._expected.append(tag)
        made = [
            Draft(child, self.compilation, place, self.policy)
            for child, place in self.element.placed(self.path)
            if child.tag == tag
        ]
        self._drafts += made
        return made

    def child(self, tag: str) -> "Draft | None":
        found = self.children(tag)
        if len(found) > 1:
            raise self.error(f"The element '{self.element.tag}' holds more than one '{tag}'.")
        return found[0] if found else None

    def made(self, tag: str, make: "Callable[[Draft], T]") -> T | None:
        """What `make` makes of the child element called `tag`; None without one."""
        found = self.child(tag)
        return None if found is None else make(found)

    def nested(self, holder: str, tag: str) -> Sequence["Draft"]:
        """The child elements called `tag` of the child element `holder`; none where that is left out."""
        return self.made(holder, lambda found: found.children(tag)) or []

    def texts(self, tag: str, kind: Kind[T]) -> list[Getter[T]]:
        """The texts of the child elements called `tag`."""
        return [child.content(kind) for child in self.children(tag)]

    def block(self) -> Block:
        """The child elements, all of them policies."""
        self._holds_policies = True
        return self.compilation.block(self.element, self.path)

    def finish(self) -> None:
        """Raises InvalidPolicy for what the compile function did not ask for. An `id` any policy may have,
        also one that stands inside another."""
        asked = self._asked | {"id"} if self.element.tag in self.compilation.elements else self._asked
        for name, text in self.element.attributes.items():
            if name not in asked:
                raise self.error(f"The '{name}' attribute is not declared.", text)
        names = ", ".join(self._expected)
        wanted = f" List of possible elements expected: '{names}'." if names else ""
        for child in self.element.children:
            if not self._holds_policies and child.tag not in self._expected:
                raise self.error(
                    f"The element '{self.element.tag}' has invalid child element '{child.tag}'.{wanted}"
                )
        if self.element.text is not None and not self._has_text:
            raise self.error(
                f"The element '{self.element.tag}' cannot contain text.{wanted}", self.element.text
            )
        for draft in self._drafts:
            draft.finish()

    def weight(self) -> int:
        """What a run may look at beside the policy's own attributes: elements that are part of it, a step
        each, and the literals in it, by their length."""
        return sum(1 + draft.weight() for draft in self._drafts) + (self._literals >> _CHARACTERS)

    def _constant(self, text: Text, kind: Kind[T], prefix: str) -> T:
        self._literals += len(text.value)
        try:
            return kind.literal(text.value)
        except ValueError as error:
            raise self.error(f"{prefix}{error}", text) from error

    def _getter(self, text: Text, kind: Kind[T], prefix: str) -> Getter[T]:
        if not text.is_expression:
            constant = self._constant(text, kind, prefix)
            return lambda _: constant
        try:
            expression = compile_expression(text.value, line=text.line, column=text.column)
        except PolicyError as error:
            self.compilation.note(InvalidPolicy(self.policy, error.what, at=error))
            return _never
        if expression.reads_response_body:
            self.compilation.reads_response_body()
        if kind.clr and expression.type not in kind.clr and not self._converts(expression.type, kind):
            given = _KEYWORDS.get(expression.type, expression.type)
            cast_needed = converts_by_cast(expression.type, kind.keyword)
            hint = ". An explicit conversion exists (are you missing a cast?)" if cast_needed else ""
            said = f"Cannot implicitly convert type '{given}' to '{kind.keyword}'{hint}"
            self.compilation.note(self.error(said, text))
            return _never
        if kind is ANY or expression.type == kind.own:
            return cast(Getter[T], expression)
        convert = kind.value

        def converted(context: Context) -> T:
            value = expression(context)
            try:
                return convert(value)
            except ValueError as error:
                raise ClrException(kind.thrown, str(error)) from error

        return converted

    def _converts(self, given: str, kind: Kind[T]) -> bool:
        """Whether an expression of another type passes: its value is converted while the policy runs, or it
        never has one."""
        if given == NEVER:
            return True
        if self.compilation.switches.attribute_types == "exact":
            return False
        return kind.keyword == "string" or given in ("System.Object", "null")


def _quoted(names: Sequence[str]) -> str:
    return (" and " if len(names) == 2 else ", ").join(f"'{name}'" for name in names)


def _never(context: Context) -> NoReturn:
    """The value of an expression that was refused, as the document will be."""
    raise AssertionError("a refused document does not run")


Compile = Callable[[Draft], Act]
"""Turns an element into what it does; raises InvalidPolicy."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the element table: the sections in which Azure accepts the element, and what compiles it.

    `scopes` are those of the documents that may hold it, empty for all.
    """

    sections: frozenset[Section]
    compile: Compile
    scopes: frozenset[str] = frozenset()
