"""The one room that asks the machine for the time; everyone else is handed a Clock."""

import asyncio
import time
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


class SystemClock:
    """The wall clock at start, carried on by the monotonic one, so that a clock set back does no harm."""

    def __init__(self) -> None:
        self._origin = time.time() - time.monotonic()

    def now(self) -> float:
        return self._origin + time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)


def utc(seconds: float) -> datetime:
    """Epoch seconds as an aware datetime in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def isoformat(seconds: float) -> str:
    """Epoch seconds as Azure writes a time: `2026-11-21T12:00:00.1234567Z` (seven digits of fraction)."""
    moment = utc(seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0Z"
