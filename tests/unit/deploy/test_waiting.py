"""Who waits says so, and stops waiting when nobody needs it any more."""

import threading

import pytest

from apimlb.deploy.executor import Event, State, Task, run
from apimlb.deploy.reads import together
from apimlb.deploy.waiting import Audience, Wait, heard_by, wait
from apimlb.errors import CloudError, Interrupted
from apimlb.wall_clock import SystemClock
from tests.fakes import ManualClock

LONG = Wait("gateway", "409 Conflict: busy", 300, 3600, trouble=True)


def test_a_wait_that_nobody_hears_is_a_pause() -> None:
    clock = ManualClock()
    wait(clock, LONG)
    assert clock.slept == [300]


def test_the_nearest_audience_hears() -> None:
    outer, inner = list[Wait](), list[Wait]()
    with heard_by(Audience(outer.append)):
        with heard_by(Audience(inner.append)):
            wait(ManualClock(), LONG)
        wait(ManualClock(), LONG)
    assert (outer, inner) == ([LONG], [LONG])


def test_reads_at_once_are_heard_too() -> None:
    heard = list[Wait]()
    with heard_by(Audience(heard.append)):
        together({n: lambda: wait(ManualClock(), LONG) for n in range(3)})
    assert heard == [LONG] * 3


def test_a_read_that_fails_does_not_wait_for_those_that_wait() -> None:
    """On the wall clock, where an hour would be one."""
    waiting = threading.Event()

    def fail() -> None:
        assert waiting.wait(30)
        raise CloudError("no")

    endless = Wait("gateway", "503", 3600, 3600, trouble=True)
    with heard_by(Audience(lambda wait: waiting.set())), pytest.raises(CloudError, match="no"):
        together({"waits": lambda: wait(SystemClock(), endless), "fails": fail})


def test_a_wait_ends_soon_after_a_stop() -> None:
    clock, stop = ManualClock(), threading.Event()

    def pause(seconds: float) -> None:
        ManualClock.pause(clock, seconds)
        if sum(clock.slept) >= 3:
            stop.set()

    clock.pause = pause  # type: ignore[method-assign]
    with heard_by(Audience(lambda wait: None, stop)), pytest.raises(Interrupted, match="gateway"):
        wait(clock, LONG)
    assert sum(clock.slept) == 3


def test_what_a_step_waits_for_is_an_event_and_the_step_goes_on() -> None:
    clock, events = ManualClock(), list[Event]()
    run(
        [Task("a", "gateway")],
        lambda task: wait(clock, LONG),
        clock=clock,
        notify=events.append,
        stop=threading.Event(),
    )
    assert [event.state for event in events] == [State.RUNNING, State.WAITING, State.DONE]
    assert [event.wait for event in events] == [None, LONG, None]
