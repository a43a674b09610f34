"""What the gateways would have told other services of Azure (`apimlb.policy.run.records`): the latest."""

from collections import deque
from collections.abc import Iterator

from apimlb.policy.run.records import Record

MOST = 10_000
"""Records that are kept; of more the oldest are forgotten. At 1 KiB each they are 10 MiB."""


class Records:
    """Shared by the instances of a gateway, oldest first."""

    def __init__(self) -> None:
        self._kept: deque[Record] = deque(maxlen=MOST)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, record: Record) -> None:
        self._kept.append(record)

    def clear(self) -> int:
        """Forget all; how many there were."""
        count = len(self._kept)
        self._kept.clear()
        return count
