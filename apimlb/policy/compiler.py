"""A policy document compiled into steps, and how documents of several scopes become one policy."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from apimlb.errors import PolicyError
from apimlb.policy.clr.budget import UPLOAD_STEPS, Allowance
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.document.compiler import SECTIONS, DocumentCompilation
from apimlb.policy.document.problems import InvalidPolicy, blame, hide_values, too_dear
from apimlb.policy.document.reader import Element, Format
from apimlb.policy.elements import ELEMENTS
from apimlb.policy.run.exchange import Block, Section
from apimlb.policy.run.policy import Policy, PolicyDocument
from apimlb.policy.switches import Switches

_NEW = "uploaded here"
"""The id of a fragment that is checked. No other has it: ids hold no spaces."""

Scope = Literal["global", "workspace", "product", "api", "operation"]
DEFAULT_GLOBAL = "<policies><inbound/><backend><forward-request/></backend><outbound/><on-error/></policies>"
"""What a service runs that has no global policy; Microsoft Learn, API Management policy reference:
forward-request."""


def compile_policy(
    text: str,
    *,
    format: Format = "rawxml",
    scope: Scope = "api",
    named_values: Mapping[str, str] | None = None,
    fragments: Mapping[str, str] | None = None,
    switches: Switches | None = None,
) -> PolicyDocument:
    """The document, compiled once for all requests.

    `switches` say how strictly expressions are typed.
    `fragments` are the raw texts of policy fragments by id. Raises PolicyError when it does not read, and
    InvalidPolicy, with every problem found, when it reads but Azure would refuse it or the local gateway
    cannot run it. A section that is left out inherits, as if it held `<base/>`.
    """
    upload = _Upload(named_values or {}, fragments or {}, switches or Switches())
    document = _Source(text, format, scope)
    try:
        return upload.compiled(document)
    except PolicyError as error:
        upload.explain(error, document)
        raise


def check_fragment(
    text: str,
    *,
    named_values: Mapping[str, str] | None = None,
    fragments: Mapping[str, str] | None = None,
    switches: Switches | None = None,
) -> None:
    """Raises PolicyError for a fragment that no section may include, in a product's policy: every element
    may stand there, and some only there. It says what is wrong in the first section, or that the upload
    could not pay for the next."""
    upload = _Upload(named_values or {}, {**(fragments or {}), _NEW: text}, switches or Switches())
    refusals = []
    for section in SECTIONS:
        including = f'<policies><{section}><include-fragment fragment-id="{_NEW}" /></{section}></policies>'
        document = _Source(including, "rawxml", "product")
        try:
            upload.compiled(document)
            return
        except PolicyError as refusal:
            refusals.append((refusal, document))
        if upload.allowance.steps < 0:
            break
    told = refusals[-1 if upload.allowance.steps < 0 else 0]
    upload.explain(*told)
    raise told[0]


class _Source(NamedTuple):
    text: str
    format: Format
    scope: Scope


class _Upload:
    """What one upload compiles, however often it tries: one allowance pays for all of it."""

    def __init__(
        self, named_values: Mapping[str, str], fragments: Mapping[str, str], switches: Switches
    ) -> None:
        self.allowance = Allowance(UPLOAD_STEPS)
        self._named_values = named_values
        self._fragments = fragments
        self._switches = switches

    def compiled(self, source: _Source, named_values: Mapping[str, str] | None = None) -> PolicyDocument:
        """The document, with its own named values or others; raises PolicyError."""
        values = self._named_values if named_values is None else named_values
        compilation = DocumentCompilation(ELEMENTS, source.scope, values, self._fragments, self._switches)
        with self.allowance.turn():
            sections = _sections(_root(source, compilation), compilation)
        if compilation.problems:
            first = compilation.problems[0]
            first.problems = tuple(compilation.problems)
            raise first
        readers, inheriting = frozenset(compilation.readers), frozenset(compilation.inheriting)
        return PolicyDocument(source.scope, sections, readers, inheriting)

    def explain(self, error: PolicyError, source: _Source) -> None:
        """Say which named values the problems come from, as far as the allowance reaches; hide all values."""

        def refusal(values: Mapping[str, str]) -> PolicyError | None:
            try:
                self.compiled(source, values)
            except PolicyError as other:
                return error if self.allowance.steps < 0 else other
            return None

        text = "".join((source.text, *self._fragments.values()))
        blame(error, text, self._named_values, refusal)
        hide_values(error, self._named_values)


def _root(source: _Source, compilation: DocumentCompilation) -> Element:
    try:
        root = compilation.root(source.text, source.format)
    except ClrException as error:
        raise too_dear(Element("policies", 1, 1), error) from error
    if root.tag != "policies":
        raise InvalidPolicy(root, f"The root element is '{root.tag}'; 'policies' was expected.")
    return root


def _sections(root: Element, compilation: DocumentCompilation) -> dict[Section, Block]:
    compiled: dict[Section, Block] = {}
    for child in root.children:
        missing: dict[str, Section] = {each: each for each in SECTIONS if each not in compiled}
        if name := missing.get(child.tag):
            compiled[name] = compilation.top_level(child, name)
        else:
            what = f"The element 'policies' has invalid child element '{child.tag}'."
            expected = f"List of possible elements expected: '{', '.join(missing)}'."
            compilation.problems.append(InvalidPolicy(root, f"{what} {expected}", at=child))
    inherited = [Element("base", root.line, root.column)] if compilation.scope != "global" else []
    for name in SECTIONS:
        if name not in compiled:
            section = Element(name, root.line, root.column, children=inherited)
            compiled[name] = compilation.top_level(section, name)
    return compiled


def effective(documents: Sequence[PolicyDocument]) -> Policy:
    """The policy of a request that `documents`, from broad to narrow, apply to; each scope may come once.

    A chain without global scope begins with Azure's default global policy; `<base/>` in the broadest
    document does nothing. Microsoft Learn, "Policies in Azure API Management".
    """
    scopes = [document.scope for document in documents]
    if len(set(scopes)) != len(scopes):
        raise ValueError(f"a scope comes twice: {scopes}")
    default = [] if "global" in scopes else [compile_policy(DEFAULT_GLOBAL, scope="global")]
    chain = [*default, *documents]
    broader: dict[tuple[str, str], Block] = {
        (below.scope, section): above.sections[section] if above else ()
        for above, below in zip([None, *chain[:-1]], chain, strict=True)
        for section in SECTIONS
    }
    return Policy(chain[-1].sections, broader, frozenset(s for s in SECTIONS if _reads(chain, s)))


def _reads(chain: Sequence[PolicyDocument], section: Section) -> bool:
    """Whether the narrowest document's section reads the response's body, itself or through `<base/>`."""
    reads = False
    for document in chain:
        reads = section in document.readers or (reads and section in document.inheriting)
    return reads
