"""What a person hears of waits: trouble at once, work that takes its time once a minute."""

from dataclasses import replace

import pytest

from apimlb.cli.progress import Progress
from apimlb.deploy.executor import Event, State, Task
from apimlb.deploy.waiting import Wait
from tests.fakes import ManualClock

TROUBLE = Wait("accounts/oai", "409 RequestConflict: busy", 5, 2700, trouble=True)
WORK = Wait("service/apim", "Azure is at work: Activating", 20, 10000)
GATEWAY = Task("/apim", "gateway (BasicV2)", "create")


def event(wait: Wait, seconds: float) -> Event:
    return Event(GATEWAY, State.WAITING, 0.0, seconds, wait=wait)


def test_trouble_is_told_at_once_and_again_after_a_minute_or_when_it_changes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = ManualClock()
    progress = Progress(clock)
    for seconds in (0, 5, 10, 60):
        clock.advance(seconds)
        progress.event(event(TROUBLE, seconds))
    progress.event(event(replace(TROUBLE, reason="503"), 80))
    lines = capsys.readouterr().err.splitlines()
    assert [line.strip() for line in lines] == [
        "waiting for gateway (BasicV2): 409 RequestConflict: busy (again in 5 s, for 45 min at most)",
        "waiting for gateway (BasicV2): 409 RequestConflict: busy (again in 5 s, for 45 min at most)",
        "waiting for gateway (BasicV2): 503 (again in 5 s, for 45 min at most)",
    ]


def test_work_is_told_when_it_takes_long(capsys: pytest.CaptureFixture[str]) -> None:
    clock = ManualClock()
    progress = Progress(clock)
    for seconds in range(0, 200, 20):
        progress.event(event(WORK, seconds))
        clock.advance(20)
    lines = capsys.readouterr().err.splitlines()
    assert [line.rpartition("(")[2] for line in lines] == [
        "for 40 s so far)",
        "for 100 s so far)",
        "for 3 min so far)",
    ]


def test_a_quiet_command_tells_trouble_and_failures_only(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(ManualClock(), quiet=True)
    progress.event(event(WORK, 100))
    progress.event(Event(GATEWAY, State.DONE, 0.0, 100))
    assert capsys.readouterr().err == ""
    progress.wait(TROUBLE)
    progress.event(Event(GATEWAY, State.FAILED, 0.0, 100))
    assert len(capsys.readouterr().err.splitlines()) == 2
