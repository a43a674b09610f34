"""What values of a template weigh: the steps of going over one of them once."""

from typing import Any

from apimlb.policy.clr.budget import BUDGET, charge_text


class Hash(dict[str, Any]):
    """Members by name: in the same case, or else in another one. A loop goes over pairs of Key and Value, as
    over .NET's dictionaries. No template changes one."""

    _folded: dict[str, str] | None = None
    _weight = 0

    def __missing__(self, name: str) -> Any:
        if self._folded is None:  # kept, since a loop may ask a large body for the same name in each turn
            BUDGET.spend(len(self) >> 2)
            self._folded = {known.lower(): known for known in reversed(self)}
        known = self._folded.get(str(name).lower())
        if known is None:
            raise KeyError(name)
        return self[known]

    def items(self) -> Any:
        """What a loop goes over."""
        BUDGET.spend(2 * len(self))
        return [Hash(Key=name, Value=self[name]) for name in self]

    @property
    def weight(self) -> int:
        if not self._weight:
            self._weight = 1 + sum(map(weight, self.values())) + (sum(map(len, self)) >> 6)
        return self._weight


class BodyElement(Hash):
    """An XML element with children; in a loop, its children one after another."""

    def items(self) -> Any:
        found: list[object] = []
        for value in self.values():
            found += value if isinstance(value, list) else [value]
        BUDGET.spend(len(found) >> 4)
        return found


class BodyList(list[object]):
    """A list in a body. No template changes it."""

    _weight = 0

    @property
    def weight(self) -> int:
        if not self._weight:
            self._weight = _of_all(self)
        return self._weight


def weight(value: object) -> int:
    """The weight of a value: of a text its length, of others that of their members. A value of a body is
    counted once."""
    if isinstance(value, str):
        return 1 + (len(value) >> 6)
    if isinstance(value, Hash | BodyList):
        return value.weight
    if isinstance(value, dict):
        return 1 + _of_all([*value.values()])
    if isinstance(value, list | tuple):
        return _of_all(value)
    return len(value) if isinstance(value, range) else 1


def _of_all(values: "list[Any] | tuple[Any, ...]") -> int:
    BUDGET.spend(len(values) >> 1)
    return 1 + sum(map(weight, values))


def charge_result(value: object) -> object:
    """Pay for what a filter made."""
    if isinstance(value, str):
        charge_text(value)
    elif isinstance(value, list):
        BUDGET.spend(len(value) >> 4)
        BUDGET.make(8 * len(value))
    return value
