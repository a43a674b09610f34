"""Which clients are in which tier, in one named value for each tier. No policy changes with them.

A client is the name of a key or what is listed of Entra. Who is in no tier is in the one called `default`,
where the file has it, and without a limit where it has not.
"""

from collections.abc import Iterable

from apimlb.stack.config import Stack

DEFAULT = "default"
LONGEST = 4096
"""Characters in a named value (Microsoft Learn, API Management limits)."""
_NOBODY = "-"
"""A named value cannot be empty, and no client is called so."""


def tier_value(tier: str) -> str:
    """What the named value is usually called that holds a tier's clients."""
    return f"apimlb-tier-{tier}"


def listed_tiers(stack: Stack) -> tuple[str, ...]:
    """The tiers that have a list: all but the one of whoever is on none."""
    return tuple(name for name in stack.tiers if name != DEFAULT)


def written(clients: Iterable[str]) -> str:
    """The clients as a named value holds them and the policy reads them."""
    return ",".join(sorted({client.lower() for client in clients})) or _NOBODY


def read(value: str) -> frozenset[str]:
    """The clients that a named value holds."""
    return frozenset(value.split(",")) - {"", _NOBODY}
