"""Compiling one document: walking its elements, finding their compile functions, gathering problems."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apimlb.errors import PolicyError
from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.document.draft import Draft, Entry
from apimlb.policy.document.problems import InvalidPolicy, too_dear
from apimlb.policy.document.reader import Element, Format, read, substitute
from apimlb.policy.run.exchange import Block, Section, Step
from apimlb.policy.switches import Switches

SECTIONS: tuple[Section, ...] = ("inbound", "backend", "outbound", "on-error")
FRAGMENT_DEPTH = 10
ELEMENT_LIMIT = 10_000
"""Policies in one document, fragments expanded: far above any real one, so that nested includes end."""

_PROBLEM_LIMIT = 20
_STEPS = 20
"""Steps of compiling any element."""

_RUN = 8
"""Steps of running any element."""


@dataclass(slots=True)
class DocumentCompilation:
    """The state of compiling one document; it is what a Draft sees of it. `elements` are the rows that a tag
    is looked up in."""

    elements: Mapping[str, Entry]
    scope: str
    named_values: Mapping[str, str]
    fragments: Mapping[str, str]
    switches: Switches = field(default_factory=Switches)
    section: Section = "inbound"
    problems: list[InvalidPolicy] = field(default_factory=list)
    readers: set[Section] = field(default_factory=set)
    inheriting: set[Section] = field(default_factory=set)
    _inside: list[str] = field(default_factory=list)
    _read: dict[str, Element] = field(default_factory=dict)
    _count: int = 0

    def top_level(self, element: Element, section: Section) -> Block:
        """The block of one section; what is wrong in it is added to `problems`."""
        self.section = section
        if element.text is not None:
            self.problems.append(InvalidPolicy(element, f"The element '{element.tag}' cannot contain text."))
        if element.attributes:
            name = next(iter(element.attributes))
            self.problems.append(InvalidPolicy(element, f"The '{name}' attribute is not declared."))
        if section == "backend" and len(element.children) > 1:
            second = element.children[1]
            self.problems.append(
                InvalidPolicy(
                    element,
                    f"Only one policy is allowed in the 'backend' section, '{second.tag}' is one too many.",
                    at=second,
                    next_step="Put everything that belongs to one attempt inside <retry>.",
                )
            )
        return self.block(element, "")

    def block(self, element: Element, path: str) -> Block:
        steps = [self._step(child, place) for child, place in element.placed(path)]
        return tuple(step for step in steps if step is not None)

    def _step(self, element: Element, path: str) -> Step | None:
        """The compiled element; None, and a problem noted, when it does not compile. The rest of an upload
        that is too dear is not looked at."""
        if BUDGET.left < 0:
            return None
        try:
            BUDGET.spend(_STEPS)
            draft = Draft(element, self, path, element)
            act = self._entry(element).compile(draft)
            draft.finish()
        except InvalidPolicy as found:
            self.note(found)
            return None
        except ClrException as error:
            self.note(too_dear(element, error))
            return None
        identity = element.attributes.get("id")
        return Step(
            act,
            element.tag,
            element.line,
            element.column,
            path,
            self.scope,
            identity.value if identity else "",
            _RUN + draft.weight(),
        )

    def note(self, found: InvalidPolicy) -> None:
        if self._inside:
            found.where = f"policy fragment '{self._inside[-1]}', {found.where}"
        if len(self.problems) < _PROBLEM_LIMIT:
            self.problems.append(found)

    def _entry(self, element: Element) -> Entry:
        self._count += 1
        if self._count > ELEMENT_LIMIT:
            raise InvalidPolicy(element, f"The document holds more than {ELEMENT_LIMIT} policies")
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

    def root(self, text: str, format: Format = "rawxml") -> Element:
        """The root element of a text, named values in their places; raises PolicyError for one that does not
        read, ClrException where the upload cannot pay for it."""
        whole = substitute(text, self.named_values)
        BUDGET.spend(len(whole) >> 1)
        return read(whole, format)

    def fragment(self, name: str, place: Draft) -> Block:
        id = name.lower()
        if id in self._inside or len(self._inside) >= FRAGMENT_DEPTH:
            raise place.error(f"The policy fragment '{name}' includes itself, or lies too deep")
        if id not in self._read:
            self._read[id] = self._fragment_root(name, place)
        self._inside.append(id)
        try:
            return self.block(self._read[id], place.path)
        finally:
            self._inside.pop()

    def _fragment_root(self, name: str, place: Draft) -> Element:
        text = {key.lower(): value for key, value in self.fragments.items()}.get(name.lower())
        if text is None:
            raise place.error(f"Policy fragment with id '{name}' could not be found.")
        try:
            root = self.root(text)
        except PolicyError as error:
            raise place.error(f"The policy fragment '{name}' does not read: {error.what}") from error
        if root.tag != "fragment":
            raise place.error(f"The policy fragment '{name}' begins with '{root.tag}' instead of 'fragment'")
        return root

    def reads_response_body(self) -> None:
        self.readers.add(self.section)
