"""A question: which switches of the local Azure it sets, and how Azure is asked."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apimlb.verify.stand import Stand

Answers = Mapping[str, Any]
"""By the name of a switch, `gateway.weighting`, or of a `fact.…`, which sets nothing and is worth knowing."""


@dataclass(frozen=True, slots=True)
class Question:
    """What `ask` finds out about `names`, in about so many seconds on a real gateway. It is asked of
    `accounts`, or besides of a `provisioned` deployment, which is billed by the hour."""

    names: tuple[str, ...]
    ask: Callable[[Stand], Awaitable[Answers]]
    seconds: float
    accounts: bool = False
    provisioned: bool = False


class Unclear(Exception):
    """The gateway answered, and what it answered is none of the readings."""
