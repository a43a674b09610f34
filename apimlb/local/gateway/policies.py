"""Compiled policies: each text once, and for each place the last one that compiled."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Literal

from apimlb.errors import PolicyError
from apimlb.local.compiling import PolicyCompiler
from apimlb.local.store import Document
from apimlb.policy.compiler import effective
from apimlb.policy.run.exchange import Policy, PolicyDocument

PolicyScope = Literal["global", "product", "api", "operation"]

_MOST_KEPT = 512


@dataclass(frozen=True, slots=True)
class Substitutions:
    """What a policy text refers to: `{{name}}` by display name, fragments by id."""

    named_values: Mapping[str, str] = field(default_factory=dict)
    fragments: Mapping[str, str] = field(default_factory=dict)

    def key(self) -> tuple[object, ...]:
        return (tuple(sorted(self.named_values.items())), tuple(sorted(self.fragments.items())))


@dataclass(frozen=True, slots=True)
class Place:
    """A policy document where it applies; `id` names the place even when its document is replaced."""

    id: str
    scope: PolicyScope
    text: str


class CompiledPolicies:
    """Compiles on first use. A text that does not compile leaves the one before it serving."""

    def __init__(self, compiler: PolicyCompiler) -> None:
        self._compiler = compiler
        self._compiled: dict[tuple[object, ...], PolicyDocument | PolicyError] = {}
        self._serving: dict[str, PolicyDocument] = {}
        self.problems: dict[str, PolicyError] = {}

    def effective(self, places: tuple[Place, ...], substitutions: Substitutions) -> Policy:
        """What `places`, broad to narrow, come to; raises PolicyError for one that never compiled."""
        return effective([self._document(place, substitutions) for place in places])

    def forget(self, service_id: str, *, keeping: Set[str]) -> None:
        """Let go of places below a service that no longer exist: what was deleted must not serve again."""
        prefix = service_id.lower() + "/"
        for kept in (self._serving, self.problems):
            for place in [place for place in kept if place.startswith(prefix) and place not in keeping]:
                del kept[place]

    def _document(self, place: Place, substitutions: Substitutions) -> PolicyDocument:
        found = self._compile(place, substitutions)
        if not isinstance(found, PolicyError):
            self.problems.pop(place.id, None)
            self._serving[place.id] = found
            return found
        self.problems[place.id] = found
        if place.id not in self._serving:
            raise found
        return self._serving[place.id]

    def _compile(self, place: Place, substitutions: Substitutions) -> PolicyDocument | PolicyError:
        key = (place.text, place.scope, substitutions.key())
        if key not in self._compiled:
            if len(self._compiled) >= _MOST_KEPT:
                self._compiled.clear()
            try:
                self._compiled[key] = self._compiler.take(
                    place.text, place.scope, substitutions.named_values, substitutions.fragments
                )
            except PolicyError as error:
                self._compiled[key] = error
        return self._compiled[key]


def place_of(document: Document, scope: PolicyScope) -> Place:
    """The place of a `.../policies/policy` document."""
    text = document.hidden.get("rawxml") or (document.body.get("properties") or {}).get("value") or ""
    return Place(document.id.lower(), scope, str(text))
