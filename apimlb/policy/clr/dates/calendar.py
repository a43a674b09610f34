"""When an expression or a template runs, where .NET asks the machine's clock."""

from typing import Final

from apimlb.clock import Clock
from apimlb.policy.clr.dates import instants


class Calendar:
    """The clock of the expression or template that runs. There is one clock, since neither of them waits."""

    clock: Clock | None = None

    def now(self) -> int:
        """Ticks of UTC; those of the first day of all where nothing has run."""
        return 0 if self.clock is None else instants.from_epoch(self.clock.now()).ticks

    def today(self, offset: int = 0) -> int:
        """Ticks of the midnight before now at an offset in ticks."""
        now = max(self.now() + offset, 0)
        return now - now % instants.TICKS_PER_DAY


CALENDAR: Final = Calendar()
