"""The day on which an expression or a template runs, where .NET asks the machine's clock."""

from typing import Final

from apimlb.clock import Clock
from apimlb.policy.clr.dates import instants


class Calendar:
    """The clock of the expression or template that runs. There is one clock, since neither of them waits."""

    __slots__ = ("clock",)

    def __init__(self) -> None:
        self.clock: Clock | None = None

    def today(self, offset: int = 0) -> int:
        """Ticks of the midnight before now at an offset in ticks; of the first day of all where nothing
        has run."""
        if self.clock is None:
            return 0
        now = instants.from_epoch(self.clock.now(), instants.LOCAL).ticks + offset
        return now - now % instants.TICKS_PER_DAY


CALENDAR: Final = Calendar()
