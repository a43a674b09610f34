"""Whether API Management would take a policy document: by compiling it."""

from typing import cast

from apimlb.errors import PolicyError
from apimlb.local.arm.call import PolicySource
from apimlb.policy.compiler import Scope, compile_policy
from apimlb.policy.document.reader import Format, read
from apimlb.policy.switches import Switches

NO_XML = "NotXml"
"""The code of a fragment that does not read, which Azure refuses in words of its own."""
_SECTIONS = ("inbound", "backend", "outbound", "on-error")


def check_policy(source: PolicySource, switches: Switches | None = None) -> None:
    """Raise `PolicyError` for a document that does not read, parse or bind."""
    if source.scope == "fragment":
        _check_fragment(source, switches)
        return
    compile_policy(
        source.text,
        format=cast(Format, source.format),
        scope=cast(Scope, source.scope),
        named_values=source.named_values,
        fragments=source.fragments,
        switches=switches,
    )


def _check_fragment(source: PolicySource, switches: Switches | None) -> None:
    """A fragment is good when it is good in one of the sections that may include it, in a product's policy:
    every element may stand there, and some only there."""
    try:
        root = read(source.text, cast(Format, source.format))
    except PolicyError as error:
        error.code = NO_XML
        raise
    if root.tag != "fragment":
        raise PolicyError(
            f"The root element is '{root.tag}'; 'fragment' was expected.",
            line=root.line,
            column=root.column,
            code="ValidationError",
        )
    refusals = []
    for section in _SECTIONS:
        text = f'<policies><{section}><include-fragment fragment-id="new" /></{section}></policies>'
        try:
            compile_policy(
                text,
                scope="product",
                named_values=source.named_values,
                fragments={**source.fragments, "new": source.text},
                switches=switches,
            )
        except PolicyError as refusal:
            refusals.append(refusal)
        else:
            return
    raise refusals[0]
