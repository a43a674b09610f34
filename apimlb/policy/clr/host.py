"""What members are handed of the policy that runs, where .NET would ask the machine."""

import random
from typing import Protocol

from apimlb.clock import Clock


class Host(Protocol):
    """Time and chance of one evaluation."""

    @property
    def clock(self) -> Clock: ...

    @property
    def rng(self) -> random.Random: ...
