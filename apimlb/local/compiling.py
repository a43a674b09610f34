"""Compiles the policies of the local Azure: one that ARM checks and a gateway then runs is compiled once."""

from collections.abc import Mapping

from apimlb.policy.compiler import Scope, check_fragment, compile_policy
from apimlb.policy.document.reader import Format
from apimlb.policy.run.exchange import PolicyDocument
from apimlb.policy.switches import Switches

_MOST_KEPT = 64


class PolicyCompiler:
    """Compiles with these `switches`. All of its methods raise `PolicyError` for what Azure would refuse.

    A document belongs to the one gateway that takes it, since its elements remember what they fetched.
    """

    def __init__(self, switches: Switches | None = None) -> None:
        self._switches = switches or Switches()
        self._checked: dict[tuple[object, ...], PolicyDocument] = {}

    def compile(
        self,
        text: str,
        scope: Scope,
        named_values: Mapping[str, str],
        fragments: Mapping[str, str],
        *,
        format: Format = "rawxml",
    ) -> PolicyDocument:
        return compile_policy(
            text,
            format=format,
            scope=scope,
            named_values=named_values,
            fragments=fragments,
            switches=self._switches,
        )

    def check(
        self, text: str, scope: Scope, named_values: Mapping[str, str], fragments: Mapping[str, str]
    ) -> None:
        """Compile raw XML, and keep it for `take`; two APIs may have the same."""
        key = _key(text, scope, named_values, fragments)
        if key in self._checked:
            return
        while len(self._checked) >= _MOST_KEPT:
            del self._checked[next(iter(self._checked))]
        self._checked[key] = self.compile(text, scope, named_values, fragments)

    def check_fragment(
        self, text: str, named_values: Mapping[str, str], fragments: Mapping[str, str]
    ) -> None:
        """Compile a fragment, which is raw XML, in the sections that may include it."""
        check_fragment(text, named_values=named_values, fragments=fragments, switches=self._switches)

    def take(
        self, text: str, scope: Scope, named_values: Mapping[str, str], fragments: Mapping[str, str]
    ) -> PolicyDocument:
        """Raw XML compiled: by the check of the same, or now."""
        checked = self._checked.pop(_key(text, scope, named_values, fragments), None)
        return checked or self.compile(text, scope, named_values, fragments)


def _key(
    text: str, scope: Scope, named_values: Mapping[str, str], fragments: Mapping[str, str]
) -> tuple[object, ...]:
    return text, scope, frozenset(named_values.items()), frozenset(fragments.items())
