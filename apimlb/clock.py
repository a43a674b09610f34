"""The time as everyone is handed it, and as Azure writes it. `wall_clock` asks the machine for it."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Seconds since the Unix epoch, and waiting."""

    def now(self) -> float:
        """The time in seconds since the Unix epoch; it never goes backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let others run for `seconds`."""
        ...

    def pause(self, seconds: float) -> None:
        """Block this thread for `seconds`."""
        ...

    def timeout(self, seconds: float) -> AbstractContextManager[object]:
        """What a task awaits inside is interrupted with `TimeoutError` once `seconds` have passed."""
        ...


def utc(seconds: float) -> datetime:
    """Epoch seconds as an aware datetime in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def isoformat(seconds: float) -> str:
    """Epoch seconds as Azure writes a time: `2026-11-21T12:00:00.1234567Z` (seven digits of fraction)."""
    moment = utc(seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0Z"
