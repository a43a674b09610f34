"""A checked policy: what runs for a request."""

from collections.abc import Mapping
from dataclasses import dataclass

from apimlb.policy.run.exchange import Block, Section


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """One scope's policy. `readers` are the sections that read `context.Response.Body`, so that a response
    cannot be streamed past them; `inheriting` those that hold `<base/>`."""

    scope: str
    sections: Mapping[Section, Block]
    readers: frozenset[Section] = frozenset()
    inheriting: frozenset[Section] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """What runs for a request: the narrowest document's sections, `broader` for every `<base/>` (by scope and
    section), and the sections that read the response's body once these are expanded."""

    sections: Mapping[Section, Block]
    broader: Mapping[tuple[str, str], Block]
    readers: frozenset[Section] = frozenset()
