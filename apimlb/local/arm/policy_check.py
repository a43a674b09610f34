"""Whether API Management would take a policy document: by compiling it."""

from typing import cast

from apimlb.errors import PolicyError
from apimlb.local.arm.call import PolicySource
from apimlb.local.compiling import PolicyCompiler
from apimlb.policy.compiler import Scope
from apimlb.policy.document.reader import Format, read

NO_XML = "NotXml"
"""The code of a fragment that does not read, which Azure refuses in words of its own."""


def check_policy(source: PolicySource, compiler: PolicyCompiler | None = None) -> None:
    """Raise `PolicyError` for a document that does not read, parse or bind."""
    compiler = compiler or PolicyCompiler()
    if source.scope == "fragment":
        _check_fragment(source, compiler)
        return
    what = source.text, cast(Scope, source.scope), source.named_values, source.fragments
    if source.format == "rawxml":
        compiler.check(*what)
    else:
        compiler.compile(*what, format=cast(Format, source.format))


def _check_fragment(source: PolicySource, compiler: PolicyCompiler) -> None:
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
    compiler.check_fragment(source.text, source.named_values, source.fragments)
