"""What members are handed of the policy that runs, where .NET would ask the machine."""

import random
from typing import Protocol


class Host(Protocol):
    """The chance of one evaluation."""

    @property
    def rng(self) -> random.Random: ...
