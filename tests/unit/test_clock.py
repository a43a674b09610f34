from datetime import UTC, datetime

from apimlb.clock import SystemClock, isoformat, utc


def test_a_time_is_written_as_azure_writes_it() -> None:
    assert isoformat(1_800_000_000.25) == "2027-01-15T08:00:00.2500000Z"
    assert utc(0) == datetime(1970, 1, 1, tzinfo=UTC)


async def test_waiting_moves_the_clock_forward() -> None:
    clock = SystemClock()
    before = clock.now()
    await clock.sleep(0.001)
    clock.pause(0.001)
    assert clock.now() >= before + 0.002
