"""What a person hears while a command works: trouble at once, something every 30 s, a sum at the end."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.cli.board import Board, span
from apimlb.cli.progress import SILENCE, Progress
from apimlb.deploy.durations import Usual
from apimlb.deploy.executor import Event, State, Task
from apimlb.deploy.waiting import Wait
from apimlb.errors import CloudError
from tests.fakes import ManualClock

TROUBLE = Wait("accounts/oai", "409 RequestConflict: busy", 5, 2700, trouble=True)
WORK = Wait("service/apim", "Azure is at work: Activating", 20, 10000)
PROVIDERS = "/subscriptions/s/resourcegroups/g/providers"
GATEWAY = Task(f"{PROVIDERS}/microsoft.apimanagement/service/apim", "gateway (BasicV2)", "create")
BACKEND = Task(f"{GATEWAY.key}/backends/eastus2-chat", "backend eastus2-chat", "create")
ACCOUNT = Task(f"{PROVIDERS}/microsoft.cognitiveservices/accounts/oai", "account eastus2", "create")


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.strip() for line in capsys.readouterr().err.splitlines()]


def test_trouble_is_told_at_once_and_again_after_a_minute_or_when_it_changes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = ManualClock()
    progress = Progress(clock)
    for seconds in (0, 5, 10, 60):
        clock.advance(seconds)
        progress.event(Event(GATEWAY, State.WAITING, clock.now(), seconds, wait=TROUBLE))
    progress.event(Event(GATEWAY, State.WAITING, clock.now(), 80, wait=replace(TROUBLE, reason="503")))
    assert lines(capsys) == [
        "waiting for gateway (BasicV2): 409 RequestConflict: busy (again in 5 s, for 45 min at most)",
        "waiting for gateway (BasicV2): 409 RequestConflict: busy (again in 5 s, for 45 min at most)",
        "waiting for gateway (BasicV2): 503 (again in 5 s, for 45 min at most)",
    ]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=40))
def test_nothing_is_silent_for_longer_than_half_a_minute(steps: list[int]) -> None:
    """Whatever is told meanwhile, a look every second finds that something was said in the last 30 s."""
    clock = ManualClock()
    progress = Progress(clock)
    progress.event(Event(GATEWAY, State.RUNNING, clock.now()))
    for step in steps:
        progress.event(Event(GATEWAY, State.WAITING, clock.now(), wait=TROUBLE if step % 2 else WORK))
        for _ in range(step):
            clock.advance(1)
            progress.tick()
            assert clock.now() - progress.last_said < SILENCE + 1


def test_what_is_at_work_is_told_with_how_long_it_usually_takes(capsys: pytest.CaptureFixture[str]) -> None:
    clock = ManualClock()
    progress = Progress(clock)
    with progress.shown():
        for task in (GATEWAY, BACKEND, ACCOUNT):
            progress.event(Event(task, State.PENDING, clock.now()))
        progress.event(Event(ACCOUNT, State.RUNNING, clock.now()))
        progress.event(Event(GATEWAY, State.RUNNING, clock.now()))
        clock.advance(20)
        progress.event(Event(ACCOUNT, State.DONE, clock.now(), 20))
        clock.advance(40)
        progress.tick()
    assert lines(capsys) == [
        "account oai: 1 done in 20 s",
        "1 of 3; at work: gateway (BasicV2) for 1 min (usually 2–10 min)",
        "1 of 3 steps in 1 min",
    ]


def test_a_failure_is_said_here_by_name_and_told_once_by_its_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Progress(ManualClock())
    error = CloudError("Azure refused it.")
    progress.event(Event(BACKEND, State.FAILED, 0.0, 1, error))
    assert lines(capsys) == ["failed: create backend eastus2-chat"]


def test_a_quiet_command_tells_trouble_and_failures_only(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(ManualClock(), quiet=True)
    with progress.shown():
        progress.event(Event(GATEWAY, State.RUNNING, 0.0))
        progress.event(Event(GATEWAY, State.WAITING, 0.0, 100, wait=WORK))
        progress.event(Event(GATEWAY, State.DONE, 0.0, 100))
    assert lines(capsys) == []
    progress.wait(TROUBLE)
    progress.event(Event(GATEWAY, State.FAILED, 0.0, 100))
    assert len(lines(capsys)) == 2


def test_the_board_has_a_row_for_each_account_and_the_gateway() -> None:
    board = Board()
    for task in (GATEWAY, BACKEND, ACCOUNT):
        board.hear(Event(task, State.PENDING, 0.0))
    board.hear(Event(GATEWAY, State.RUNNING, 10.0))
    board.hear(Event(GATEWAY, State.WAITING, 12.0, wait=WORK))
    board.hear(Event(ACCOUNT, State.RUNNING, 10.0))
    board.hear(Event(ACCOUNT, State.DONE, 15.0, 5))
    gateway, account = board.rows(70.0)
    assert (gateway.title, gateway.done, gateway.total, gateway.seconds) == ("gateway apim", 0, 2, 60.0)
    assert gateway.usual == "2–10 min"
    assert gateway.doing == "gateway (BasicV2): Azure is at work: Activating"
    assert (account.title, account.done, account.total, account.seconds) == ("account oai", 1, 1, 5.0)
    assert account.state is State.DONE
    assert board.done == 1


@given(st.floats(0, 10**6))
def test_a_span_is_read_back_to_within_a_minute(seconds: float) -> None:
    units = {"s": 1, "min": 60, "h": 3600}
    words = span(seconds).split()
    said = sum(int(number) * units[unit] for number, unit in zip(words[::2], words[1::2], strict=True))
    assert abs(said - seconds) <= (0.5 if seconds < 3599 else 60)


def test_what_earlier_runs_took_goes_before_what_others_reported(capsys: pytest.CaptureFixture[str]) -> None:
    clock = ManualClock()
    known = Usual({("create", GATEWAY.label): 140.0, ("update", "microsoft.cognitiveservices/accounts"): 2.0})
    progress = Progress(clock, known=known)
    with progress.shown():
        for task in (GATEWAY, replace(ACCOUNT, verb="update")):
            progress.event(Event(task, State.PENDING, clock.now()))
            progress.event(Event(task, State.RUNNING, clock.now()))
        clock.advance(40)
        progress.tick()
        assert {row.usual for row in progress.board.rows(clock.now())} == {"2 min 20 s", ""}
    said = next(line for line in lines(capsys) if "at work" in line)
    assert "gateway (BasicV2) for 40 s (usually 2 min 20 s)" in said
    assert said.count("usually") == 1
