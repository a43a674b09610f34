import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.clock import Clock, isoformat, utc
from apimlb.wall_clock import AdjustableClock, Reading, SystemClock, TimeLimits
from tests.fakes import ManualClock

SECONDS = st.floats(0, 1e7, allow_nan=False)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), SECONDS),
        st.tuples(st.just("advance"), SECONDS),
        st.tuples(st.sampled_from(["freeze", "resume", "restart"]), st.just(0.0)),
    )
)


def test_a_time_is_written_as_azure_writes_it() -> None:
    assert isoformat(1_800_000_000.25) == "2027-01-15T08:00:00.2500000Z"
    assert utc(0) == datetime(1970, 1, 1, tzinfo=UTC)


async def test_waiting_moves_the_clock_forward() -> None:
    clock = SystemClock()
    before = clock.now()
    await clock.sleep(0.001)
    clock.pause(0.001)
    assert clock.now() >= before + 0.002


async def settle() -> None:
    """Let everything run that is ready."""
    for _ in range(5):
        await asyncio.sleep(0)  # noqa: TID251 not waiting, only yielding


class StandingGround(ManualClock):
    """Time that only the test moves, however long somebody sleeps."""

    async def sleep(self, seconds: float) -> None:
        if seconds > 0:
            await asyncio.get_running_loop().create_future()


class TestAdjustableClock:
    def test_shows_the_time_of_the_clock_below_it(self) -> None:
        ground = ManualClock(100.0)
        clock = AdjustableClock(ground)
        ground.advance(5)
        assert clock.now() == 105.0

    def test_stands_still_and_goes_on_from_where_it_stood(self) -> None:
        ground = ManualClock(100.0)
        clock = AdjustableClock(ground)
        clock.freeze()
        ground.advance(30)
        assert clock.now() == 100.0
        clock.resume()
        ground.advance(1)
        assert clock.now() == 101.0
        assert clock.reading() == Reading(ahead=-30.0, frozen=None)

    def test_goes_forward_at_once_running_or_frozen(self) -> None:
        ground = ManualClock(100.0)
        clock = AdjustableClock(ground)
        clock.advance(50)
        assert clock.now() == 150.0
        clock.freeze()
        clock.advance(50)
        ground.advance(7)
        assert clock.now() == 200.0

    @pytest.mark.parametrize("seconds", [-1.0, float("nan")])
    def test_does_not_go_backwards_on_request(self, seconds: float) -> None:
        with pytest.raises(ValueError, match="forward"):
            AdjustableClock(ManualClock()).advance(seconds)

    @given(MOVES)
    def test_never_goes_backwards(self, moves: list[tuple[str, float]]) -> None:
        ground = ManualClock()
        clock = AdjustableClock(ground)
        seen = clock.now()
        for move, seconds in moves:
            if move == "pass":
                ground.advance(seconds)
            elif move == "advance":
                clock.advance(seconds)
            elif move == "restart":
                # The offset is a float of its own: an instant's rounding is allowed, and no more.
                before, clock = clock, AdjustableClock(ground, clock.reading())
                assert clock.now() == pytest.approx(before.now(), abs=1e-5, rel=0)
                seen = clock.now()
            else:
                getattr(clock, move)()
            assert clock.now() >= seen
            seen = clock.now()

    async def test_a_sleeper_wakes_when_time_is_moved_past_its_end(self) -> None:
        clock = AdjustableClock(StandingGround())
        sleeper = asyncio.create_task(clock.sleep(3600))
        await settle()
        clock.advance(3599)
        await settle()
        assert not sleeper.done()
        clock.advance(1)
        await sleeper

    async def test_a_sleeper_of_a_frozen_clock_wakes_once_it_runs_again(self) -> None:
        ground = ManualClock()
        clock = AdjustableClock(ground)
        clock.freeze()
        sleeper = asyncio.create_task(clock.sleep(60))
        await settle()
        assert not sleeper.done()
        assert ground.slept == []
        clock.resume()
        await sleeper
        assert ground.slept == [60.0]

    @given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=12), st.lists(st.floats(0, 500), max_size=8))
    def test_sleepers_wake_in_the_order_of_their_times(self, naps: list[float], steps: list[float]) -> None:
        async def story() -> None:
            clock = AdjustableClock(StandingGround())
            woken: list[tuple[float, int]] = []

            async def nap(seconds: float, turn: int) -> None:
                due = clock.now() + seconds
                await clock.sleep(seconds)
                assert clock.now() >= due
                woken.append((due, turn))

            async with asyncio.TaskGroup() as tasks:
                for turn, seconds in enumerate(naps):
                    tasks.create_task(nap(seconds, turn))
                await settle()
                for step in [*steps, 1001.0]:
                    clock.advance(step)
                    await settle()
            assert woken == sorted(woken)
            assert len(woken) == len(naps)

        asyncio.run(story())

    async def test_a_sleeper_that_is_stopped_keeps_nobody_from_waking(self) -> None:
        clock = AdjustableClock(StandingGround())
        first, second = (asyncio.create_task(clock.sleep(seconds)) for seconds in (10, 20))
        await settle()
        first.cancel()
        await settle()
        clock.advance(20)
        await second
        assert first.cancelled()

    async def test_a_sleeper_that_is_stopped_as_its_time_comes_does_no_harm(self) -> None:
        clock = AdjustableClock(StandingGround())
        sleeper = asyncio.create_task(clock.sleep(10))
        await settle()
        sleeper.cancel()
        clock.advance(10)
        with pytest.raises(asyncio.CancelledError):
            await sleeper

    async def test_time_that_passes_by_itself_wakes_too(self) -> None:
        clock = AdjustableClock(SystemClock())
        before = clock.now()
        await asyncio.gather(clock.sleep(0.002), clock.sleep(0.001), clock.sleep(0))
        assert clock.now() >= before + 0.002


class TestTimeouts:
    async def hangs(self, clock: Clock, seconds: float) -> None:
        with clock.timeout(seconds):
            await asyncio.Event().wait()

    async def test_end_when_time_is_moved_past_them(self) -> None:
        clock = AdjustableClock(SystemClock())
        short, long = (asyncio.create_task(self.hangs(clock, seconds)) for seconds in (60, 3600))
        await settle()
        clock.advance(59)
        await settle()
        assert not short.done()
        clock.advance(2)
        await settle()
        assert not long.done()
        with pytest.raises(TimeoutError):
            await short
        clock.advance(3600)
        with pytest.raises(TimeoutError):
            await long

    async def test_end_by_themselves_unless_the_clock_stands_still(self) -> None:
        clock = AdjustableClock(SystemClock())
        with pytest.raises(TimeoutError):
            await self.hangs(clock, 0.001)
        clock.freeze()
        still = asyncio.create_task(self.hangs(clock, 0.001))
        await SystemClock().sleep(0.01)
        assert not still.done()
        clock.resume()
        with pytest.raises(TimeoutError):
            await still

    @pytest.mark.parametrize("clock", [SystemClock(), AdjustableClock(SystemClock())])
    async def test_that_are_not_reached_do_nothing(self, clock: Clock) -> None:
        with clock.timeout(60):
            await clock.sleep(0)
        with pytest.raises(KeyError), clock.timeout(60):
            raise KeyError

    async def test_keep_what_is_stopped_by_somebody_else_stopped(self) -> None:
        clock = AdjustableClock(SystemClock())
        stopped = asyncio.create_task(self.hangs(clock, 60))
        await settle()
        clock.advance(61)
        stopped.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stopped

    async def test_come_in_any_order(self) -> None:
        clock = AdjustableClock(SystemClock())
        tasks = {due: asyncio.create_task(self.hangs(clock, due)) for due in (0.02, 0.001, 60, 0.01)}
        ended = await asyncio.gather(*(tasks[due] for due in (0.001, 0.01, 0.02)), return_exceptions=True)
        assert [type(end) for end in ended] == [TimeoutError] * 3
        assert not tasks[60].done()
        tasks[60].cancel()

    def test_work_in_one_event_loop_after_another(self) -> None:
        clock = SystemClock()
        for _ in range(2):
            with pytest.raises(TimeoutError):
                asyncio.run(self.hangs(clock, 0.001))

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_that_a_closed_event_loop_left_behind_stop_no_others(self) -> None:
        clock = SystemClock()
        loop = asyncio.new_event_loop()
        left = loop.create_task(self.hangs(clock, 0.001))
        loop.call_soon(loop.stop)
        loop.run_forever()
        loop.close()
        left._log_destroy_pending = False  # type: ignore[attr-defined]  # nobody has to hear of it
        with pytest.raises(TimeoutError):
            asyncio.run(self.hangs(clock, 0.002))
        assert not left.done()

    async def test_are_forgotten_when_they_are_over(self) -> None:
        clock = ManualClock()
        limits = TimeLimits(clock.now, lambda: True)
        with limits.after(60), limits.after(1):
            assert len(limits) == 2
        assert not len(limits)

    async def test_inside_one_another_end_the_inner_work_only(self) -> None:
        clock = AdjustableClock(SystemClock())
        with clock.timeout(60):
            with pytest.raises(TimeoutError):
                await self.hangs(clock, 0.001)
            await clock.sleep(0)
