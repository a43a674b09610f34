"""One element while it is being compiled: its attributes, texts and children as typed getters.

An element's compile function asks its Draft for everything that the element may have; what it did not ask for
is an error in the end. So the function is the schema, and the two cannot disagree.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar, cast

from apimlb.errors import PolicyError
from apimlb.policy.apim.context import Context
from apimlb.policy.clr.budget import BUDGET, UPLOAD_STEPS, Allowance
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.csharp.expression import compile_expression
from apimlb.policy.document.attributes import Getter, Kind
from apimlb.policy.document.problems import NOT_IMPLEMENTED, InvalidPolicy, too_dear
from apimlb.policy.document.reader import Element, Format, Text, read, substitute
from apimlb.policy.run.exchange import Act, Block, Section, Step
from apimlb.policy.switches import Switches

T = TypeVar("T")
D = TypeVar("D")

_FRAGMENT_DEPTH = 10
_ELEMENT_LIMIT = 10_000
"""Policies in one document, fragments expanded: far above any real one, so that nested includes end."""

_PROBLEM_LIMIT = 20
_COMPILE = 20
"""Steps of compiling any element."""

_RUN = 8
"""Steps of running any element."""

_CHARACTERS = 8
"""Characters of a literal to a step, as a power of two."""


@dataclass(slots=True)
class Compilation:
    """A document while it is being compiled. `elements` are the policies of API Management by their tags;
    `readers` are the sections that need `context.Response.Body`, `inheriting` those that hold `<base/>`, and
    `inside` the fragments that hold the element at hand. `allowance` pays for all of an upload."""

    elements: Mapping[str, "Entry"]
    text: str
    format: Format
    scope: str
    named_values: Mapping[str, str]
    fragments: Mapping[str, str]
    switches: Switches
    allowance: Allowance = field(default_factory=lambda: Allowance(UPLOAD_STEPS))
    section: Section = field(default="inbound", init=False)
    problems: list[InvalidPolicy] = field(default_factory=list, init=False)
    readers: set[Section] = field(default_factory=set, init=False)
    inheriting: set[Section] = field(default_factory=set, init=False)
    inside: list[str] = field(default_factory=list, init=False)
    roots: dict[str, Element] = field(default_factory=dict, init=False)
    _count: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.fragments = {name.lower(): text for name, text in self.fragments.items()}

    def reads_response_body(self) -> None:
        self.readers.add(self.section)

    def note(self, found: InvalidPolicy) -> None:
        """Keep a problem and go on, so that all problems are found; the document will be refused."""
        if self.inside:
            found.where = f"policy fragment '{self.inside[-1]}', {found.where}"
        if len(self.problems) < _PROBLEM_LIMIT:
            self.problems.append(found)

    def root(self, text: str, format: Format = "rawxml") -> Element:
        """The root element of a text, named values in their places; raises PolicyError for one that does not
        read, ClrException where the upload cannot pay for it."""
        whole = substitute(text, self.named_values)
        BUDGET.spend(len(whole) >> 1)
        return read(whole, format)

    def entry(self, element: Element) -> "Entry":
        """The row of a policy; raises InvalidPolicy for one that may not stand here."""
        self._count += 1
        if self._count > _ELEMENT_LIMIT:
            raise InvalidPolicy(element, f"The document holds more than {_ELEMENT_LIMIT} policies")
        entry = self.elements.get(element.tag)
        if entry is None:
            raise InvalidPolicy(element, f"'{element.tag}' is not a policy of Azure API Management")
        if self.section not in entry.sections:
            raise InvalidPolicy(
                element,
                "Policy section is not allowed in the specified scope",
                next_step=f"<{element.tag}> belongs into {' or '.join(sorted(entry.sections))}.",
            )
        if entry.scopes and self.scope not in entry.scopes:
            raise InvalidPolicy(
                element,
                "Policy is not allowed in the specified scope",
                next_step=f"<{element.tag}> has its place at the scope {' or '.join(sorted(entry.scopes))}.",
            )
        return entry


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
        """`getter`, which makes something of the attributes `names`; made once where they are constants. To
        make two such for each request took a quarter of the time of a policy of three elements."""
        if any(map(self.is_expression, names)):
            return getter
        made = getter(cast("Context", None))  # a constant does not look at the context
        return lambda _: made

    def word(self, name: str, kind: Kind[T], default: T) -> T:
        """An attribute that takes no expression."""
        return self.required_word(name, kind) if name in self.element.attributes else default

    def required_word(self, name: str, kind: Kind[T]) -> T:
        """A required attribute that takes no expression."""
        text = self.element.attributes.get(name)
        if text is not None and text.is_expression:
            raise self.error(f"Expressions are not allowed in the '{name}' attribute.", text)
        return self.required(name, kind)(cast("Context", None))

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
        return self._policies(self.element)

    def fragment(self, name: str) -> Block:
        """The policies of a fragment; raises InvalidPolicy for one that cannot be included here."""
        inside, id = self.compilation.inside, name.lower()
        if id in inside or len(inside) >= _FRAGMENT_DEPTH:
            raise self.error(f"The policy fragment '{name}' includes itself, or lies too deep")
        if id not in self.compilation.roots:
            self.compilation.roots[id] = self._fragment_root(name, self.compilation.fragments.get(id))
        inside.append(id)
        try:
            return self._policies(self.compilation.roots[id])
        finally:
            inside.pop()

    def _fragment_root(self, name: str, text: str | None) -> Element:
        if text is None:
            raise self.error(f"Policy fragment with id '{name}' could not be found.")
        try:
            root = self.compilation.root(text)
        except PolicyError as error:
            raise self.error(f"The policy fragment '{name}' does not read: {error.what}") from error
        if root.tag != "fragment":
            raise self.error(f"The policy fragment '{name}' begins with '{root.tag}' instead of 'fragment'")
        return root

    def _policies(self, holder: Element) -> Block:
        drafts = [Draft(child, self.compilation, place, child) for child, place in holder.placed(self.path)]
        return tuple(step for draft in drafts if (step := draft._step()) is not None)

    def _step(self) -> Step | None:
        """The compiled policy; None, and a problem noted, when it does not compile. The rest of an upload
        that is too dear is not looked at."""
        if BUDGET.left < 0:
            return None
        element, compilation = self.element, self.compilation
        try:
            BUDGET.spend(_COMPILE)
            act = compilation.entry(element).compile(self)
            self.finish()
        except InvalidPolicy as found:
            compilation.note(found)
            return None
        except ClrException as error:
            compilation.note(too_dear(element, error))
            return None
        identity = element.attributes.get("id")
        return Step(
            act,
            element.tag,
            element.line,
            element.column,
            self.path,
            compilation.scope,
            identity.value if identity else "",
            _RUN + self.weight(),
        )

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

    def _getter(self, text: Text, kind: Kind[T], prefix: str) -> Getter[T]:
        if not text.is_expression:
            self._literals += len(text.value)
            try:
                constant = kind.literal(text.value)
            except ValueError as error:
                raise self.error(f"{prefix}{error}", text) from error
            return lambda _: constant
        try:
            expression = compile_expression(text.value, line=text.line, column=text.column)
        except PolicyError as error:
            self.compilation.note(InvalidPolicy(self.policy, error.what, at=error))
            return _never
        if expression.reads_response_body:
            self.compilation.reads_response_body()
        exact = self.compilation.switches.attribute_types == "exact"
        if refusal := kind.refusal(expression.type, exact=exact):
            self.compilation.note(self.error(refusal, text))
        return kind.getter(expression)


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
