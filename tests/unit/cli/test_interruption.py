"""The first Ctrl-C or SIGTERM winds down, the second one leaves."""

import contextlib
import io
import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from apimlb.cli.interruption import cleaned_up, winding_down
from apimlb.cli.prose import say
from apimlb.errors import Interrupted

SIGNALS = pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])


@pytest.fixture(autouse=True)
def in_the_foreground() -> Iterator[None]:
    """What a shell runs in the background is told to ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def sent(stop: threading.Event, *numbers: int, ending: Exception | None = None) -> None:
    """These signals, one after another, to work that then ends so."""
    with winding_down(stop):
        for number in numbers:
            os.kill(os.getpid(), number)
        if ending is not None:
            raise ending


@SIGNALS
def test_the_first_signal_stops_what_is_not_begun(number: int, code: int) -> None:
    stop = threading.Event()
    with pytest.raises(Interrupted) as caught:
        sent(stop, number, ending=Interrupted("Stopped."))
    assert stop.is_set()
    assert caught.value.exit_code == code
    assert Interrupted("x").exit_code == 130  # nobody else's is changed


@SIGNALS
def test_what_was_done_when_the_signal_came_has_ended_as_ever(number: int, code: int) -> None:
    stop = threading.Event()
    sent(stop, number)
    assert stop.is_set()


@SIGNALS
def test_what_was_interrupted_within_keeps_its_words(number: int, code: int) -> None:
    with pytest.raises(Interrupted, match="after 3 of 9") as caught:
        sent(threading.Event(), number, ending=Interrupted("Stopped after 3 of 9 steps"))
    assert caught.value.exit_code == code


@SIGNALS
def test_the_second_one_leaves_at_once(number: int, code: int) -> None:
    with pytest.raises(Interrupted, match="at once") as caught:
        sent(threading.Event(), number, number)
    assert caught.value.exit_code == code
    assert "What Azure had begun goes on there." in caught.value.why
    assert "apimlb resume" in caught.value.next_step


@SIGNALS
def test_what_has_to_go_goes_whatever_the_signal(number: int, code: int) -> None:
    gone: list[str] = []

    def work() -> None:
        try:
            signal.raise_signal(number)
            raise AssertionError("it must not go on")
        finally:
            gone.append("gateway")

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Interrupted) as caught, cleaned_up():
        work()
    assert (gone, caught.value.exit_code) == (["gateway"], code)
    assert signal.getsignal(signal.SIGTERM) is before


class Struck(io.RawIOBase):
    """Where text goes; a signal comes while the first of it is being written."""

    def __init__(self, number: int) -> None:
        self.signals = [number]
        self.written = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        while self.signals:
            signal.raise_signal(self.signals.pop())
        self.written += bytes(data)
        return len(data)


@SIGNALS
def test_one_that_comes_while_something_is_being_said_is_told_after_that(number: int, code: int) -> None:
    terminal = Struck(number)
    talk = io.TextIOWrapper(io.BufferedWriter(terminal))
    with contextlib.redirect_stderr(talk), winding_down(threading.Event()):
        say("stack: 2 done")
    first, second = terminal.written.decode().splitlines()
    assert (first, second.startswith("Stopping: nothing new is started.")) == ("stack: 2 done", True)


def test_afterwards_signals_mean_what_they_meant() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with winding_down(threading.Event()):
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] != before
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
