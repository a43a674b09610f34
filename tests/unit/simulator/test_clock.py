"""The clock that leaps from one wakening to the next."""

import pytest

from apimlb.simulator.clock import VirtualClock


def test_an_hour_goes_by_at_once():
    clock = VirtualClock(100.0)

    async def nap() -> str:
        await clock.sleep(3600)
        return "rested"

    assert clock.complete(nap()) == "rested"
    assert clock.now() == 3700.0


def test_who_wakes_at_the_same_moment_goes_on_in_the_order_of_lying_down():
    clock = VirtualClock(0.0)
    woken: list[tuple[float, str]] = []

    async def sleeper(name: str, *naps: float) -> None:
        for seconds in naps:
            await clock.sleep(seconds)
            woken.append((clock.now(), name))

    clock.spawn(sleeper("first", 2, 1))
    clock.spawn(sleeper("second", 1, 2))
    clock.spawn(sleeper("third", 3))
    clock.run()
    assert woken == [(1, "second"), (2, "first"), (3, "third"), (3, "second"), (3, "first")]


def test_a_run_can_stop_at_a_moment_and_go_on_later():
    clock = VirtualClock(0.0)
    woken: list[float] = []

    async def sleeper() -> None:
        for _ in range(3):
            await clock.sleep(10)
            woken.append(clock.now())

    clock.spawn(sleeper())
    clock.run(until=20.0)
    assert woken == [10, 20]
    clock.run()
    assert woken == [10, 20, 30]


def test_a_time_limit_interrupts_what_takes_longer_and_nothing_else():
    clock = VirtualClock(0.0)

    async def patient() -> list[str]:
        said = []
        with clock.timeout(5):
            await clock.sleep(4)
            said.append("in time")
        try:
            with clock.timeout(5):
                await clock.sleep(6)
                said.append("never")
        except TimeoutError:
            said.append(f"over at {clock.now():g}")
        await clock.sleep(100)
        return said

    assert clock.complete(patient()) == ["in time", "over at 9"]
    assert clock.now() == 109


def test_what_a_coroutine_raises_is_raised():
    clock = VirtualClock(0.0)

    async def broken() -> None:
        await clock.sleep(1)
        raise ValueError("as it was written")

    clock.spawn(broken())
    with pytest.raises(ValueError, match="as it was written"):
        clock.run()
