"""The ARM resources of a stack as values: identity, body, and what each needs of the others.

A body is the JSON that a PUT sends. A value in it that Azure assigns only later (a principal id, a key)
stands there as an `Output`, and is replaced by `resolve` once the resource that it comes from is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apimlb.http import last_segment

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Output:
    """A value out of another resource: at dotted `path` in the reply of the resource `id`."""

    id: str
    path: str

    def of(self, replies: Mapping[str, Json]) -> Any:
        """The value, out of replies by lower-case id; raises `LookupError` while it is not known."""
        value: Any = replies[self.id.lower()]
        for name in self.path.split("."):
            value = value[name]
        if value is None:
            raise LookupError(self.path)
        return value

    def is_hidden(self, replies: Mapping[str, Json]) -> bool:
        """Whether the resource is there and does not show the value, as to a login that may not read keys."""
        return self.id.lower() in replies

    def __str__(self) -> str:
        return "(known after apply)"


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that a stack has in Azure.

    `needs` are the ids that must exist before it; `exclusive` names what allows one write at a time (an
    account, an API); what stands at the dotted paths `create_only` is sent at creation and kept afterwards;
    `secrets` are the dotted paths of values that nobody is shown; `behind` are the ids of what answers when
    traffic is sent to it. What is `adopted` is somebody else's: it is read, and never written. `given_by` is
    the environment variable that its secret comes from.
    """

    id: str
    type: str
    body: Json = field(repr=False)
    label: str = ""
    needs: frozenset[str] = frozenset()
    exclusive: str = ""
    create_only: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    behind: frozenset[str] = frozenset()
    adopted: bool = False
    given_by: str = ""

    @property
    def key(self) -> str:
        """The id as a mapping's key: Azure's ids ignore case."""
        return self.id.lower()

    @property
    def name(self) -> str:
        return last_segment(self.id)


def resolve(body: Any, replies: Mapping[str, Json]) -> Any:
    """The body with every `Output` replaced; raises `LookupError` while one is not known."""
    match body:
        case dict():
            return {name: resolve(value, replies) for name, value in body.items()}
        case list():
            return [resolve(value, replies) for value in body]
        case Output():
            return body.of(replies)
        case _:
            return body
