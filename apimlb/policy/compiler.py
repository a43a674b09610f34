"""A policy document compiled into steps, and how documents of several scopes become one policy."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from apimlb.errors import PolicyError
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.document.draft import Compilation, Draft
from apimlb.policy.document.problems import InvalidPolicy, blame, hide_values, too_dear
from apimlb.policy.document.reader import Element, Format
from apimlb.policy.elements import ELEMENTS
from apimlb.policy.run.exchange import Block, Policy, PolicyDocument, Section
from apimlb.policy.switches import Switches

SECTIONS: tuple[Section, ...] = ("inbound", "backend", "outbound", "on-error")
_NONE: Mapping[str, str] = MappingProxyType({})
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
    named_values: Mapping[str, str] = _NONE,
    fragments: Mapping[str, str] = _NONE,
    switches: Switches | None = None,
) -> PolicyDocument:
    """The document, compiled once for all requests.

    `switches` say how strictly expressions are typed.
    `fragments` are the raw texts of policy fragments by id. Raises PolicyError when it does not read, and
    InvalidPolicy, with every problem found, when it reads but Azure would refuse it or the local gateway
    cannot run it. A section that is left out inherits, as if it held `<base/>`.
    """
    upload = Compilation(ELEMENTS, text, format, scope, named_values, fragments, switches or Switches())
    try:
        return _compiled(upload)
    except PolicyError as error:
        _explain(error, upload)
        raise


def check_fragment(
    text: str,
    *,
    named_values: Mapping[str, str] = _NONE,
    fragments: Mapping[str, str] = _NONE,
    switches: Switches | None = None,
) -> None:
    """Raises PolicyError for a fragment that no section may include, in a product's policy: every element
    may stand there, and some only there. It says what is wrong in the first section, or that the upload
    could not pay for the next."""
    upload = Compilation(
        ELEMENTS, "", "rawxml", "product", named_values, {**fragments, _NEW: text}, switches or Switches()
    )
    refusals = []
    for section in SECTIONS:
        including = f'<policies><{section}><include-fragment fragment-id="{_NEW}" /></{section}></policies>'
        attempt = replace(upload, text=including)
        try:
            _compiled(attempt)
            return
        except PolicyError as refusal:
            refusals.append((refusal, attempt))
        if upload.allowance.steps < 0:
            break
    told = refusals[-1 if upload.allowance.steps < 0 else 0]
    _explain(*told)
    raise told[0]


def _compiled(upload: Compilation) -> PolicyDocument:
    with upload.allowance.turn():
        sections = _sections(_root(upload), upload)
    if upload.problems:
        first = upload.problems[0]
        first.problems = tuple(upload.problems)
        raise first
    readers, inheriting = frozenset(upload.readers), frozenset(upload.inheriting)
    return PolicyDocument(upload.scope, sections, readers, inheriting)


def _explain(error: PolicyError, upload: Compilation) -> None:
    """Say which named values the problems come from, as far as the allowance reaches; hide all values."""

    def refusal(values: Mapping[str, str]) -> PolicyError | None:
        try:
            _compiled(replace(upload, named_values=values))
        except PolicyError as other:
            return error if upload.allowance.steps < 0 else other
        return None

    text = "".join((upload.text, *upload.fragments.values()))
    blame(error, text, upload.named_values, refusal)
    hide_values(error, upload.named_values)


def _root(upload: Compilation) -> Element:
    try:
        root = upload.root(upload.text, upload.format)
    except ClrException as error:
        raise too_dear(Element("policies", 1, 1), error) from error
    if root.tag != "policies":
        raise InvalidPolicy(root, f"The root element is '{root.tag}'; 'policies' was expected.")
    return root


def _sections(root: Element, upload: Compilation) -> dict[Section, Block]:
    compiled: dict[Section, Block] = {}
    for child in root.children:
        missing: dict[str, Section] = {each: each for each in SECTIONS if each not in compiled}
        if name := missing.get(child.tag):
            compiled[name] = _section(child, name, upload)
        else:
            what = f"The element 'policies' has invalid child element '{child.tag}'."
            expected = f"List of possible elements expected: '{', '.join(missing)}'."
            upload.note(InvalidPolicy(root, f"{what} {expected}", at=child))
    inherited = [Element("base", root.line, root.column)] if upload.scope != "global" else []
    for name in SECTIONS:
        if name not in compiled:
            compiled[name] = _section(Element(name, root.line, root.column, children=inherited), name, upload)
    return compiled


def _section(element: Element, name: Section, upload: Compilation) -> Block:
    """The block of one section; what is wrong in it is added to the problems."""
    upload.section = name
    if element.text is not None:
        upload.note(InvalidPolicy(element, f"The element '{name}' cannot contain text."))
    if element.attributes:
        attribute = next(iter(element.attributes))
        upload.note(InvalidPolicy(element, f"The '{attribute}' attribute is not declared."))
    if name == "backend" and len(element.children) > 1:
        second = element.children[1]
        what = f"Only one policy is allowed in the 'backend' section, '{second.tag}' is one too many."
        step = "Put everything that belongs to one attempt inside <retry>."
        upload.note(InvalidPolicy(element, what, at=second, next_step=step))
    return Draft(element, upload, "", element).block()


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
