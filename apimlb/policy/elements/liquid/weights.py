"""What values of a template weigh: the steps of going over one of them once."""

from collections.abc import Collection
from functools import cached_property
from typing import Any

from apimlb.policy.clr.budget import BUDGET


class Hash(dict[str, Any]):
    """Members by name: in the same case, or else in another one. A loop goes over pairs of Key and Value, as
    over .NET's dictionaries. No template changes one."""

    def __missing__(self, name: str) -> Any:
        return self[self._names[str(name).lower()]]

    @cached_property
    def _names(self) -> dict[str, str]:
        """The names by what they are in lower case; kept, since a loop may ask a large body for one in each
        turn."""
        BUDGET.spend(len(self.keys()) >> 2)
        return {known.lower(): known for known in reversed(self)}

    def items(self) -> Any:
        """What a loop goes over."""
        BUDGET.spend(2 * len(self))
        return [Hash(Key=name, Value=self[name]) for name in self]

    @cached_property
    def weight(self) -> int:
        return 1 + sum(map(weight, self.values())) + (sum(map(len, self)) >> 6)


class BodyElement(Hash):
    """An XML element with children; in a loop, its children one after another."""

    @cached_property
    def _children(self) -> list[object]:
        found: list[object] = []
        for value in self.values():
            found += value if isinstance(value, list) else [value]
        return found

    def items(self) -> Any:
        BUDGET.spend(len(self) >> 4)
        return self._children

    def __len__(self) -> int:
        """How many turns a loop takes, which is more than there are names."""
        return len(self._children)


class BodyList(list[object]):
    """A list in a body. No template changes it."""

    @cached_property
    def weight(self) -> int:
        return _of_all(self)


def weight(value: object) -> int:
    """The weight of a value: of a text its length, of others that of their members. A value of a body is
    counted once."""
    if isinstance(value, str):
        return 1 + (len(value) >> 6)
    if isinstance(value, Hash | BodyList):
        return value.weight
    if isinstance(value, dict):
        return _of_all(value.values())
    if isinstance(value, list | tuple):
        return _of_all(value)
    return len(value) if isinstance(value, range) else 1


def _of_all(values: Collection[object]) -> int:
    BUDGET.spend(len(values) >> 1)
    return 1 + sum(map(weight, values))
