"""What a run leaves behind, and what is made of it after the power went."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from apimlb.deploy.executor import Event, State, Task
from apimlb.deploy.journal import KEEP, KEPT, RUNS, CutOff, Journal
from apimlb.deploy.state import forget_state, read_state, write_state
from apimlb.deploy.waiting import Wait
from tests.fakes import ManualClock


def event(state: State, label: str = "gateway", verb: str = "create") -> Event:
    return Event(Task(f"/{label}", label, verb), state, at=0.0)


def the_file(folder: Path) -> Path:
    """Where the only run was written down."""
    (path,) = (folder / RUNS).iterdir()
    return path


def cut_off(journal: Journal, command: str, *events: Event) -> None:
    """A run that the process does not survive."""
    with journal.run(command, len(events)):
        for each in events:
            journal.record(each)
        raise KeyboardInterrupt


def test_a_run_that_ended_is_not_mentioned(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ManualClock())
    with journal.run("deploy", 1):
        journal.record(event(State.RUNNING))
        journal.record(event(State.DONE))
    assert journal.cut_off() is None


def test_a_run_that_was_cut_off_says_what_was_under_way(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ManualClock(100.0))
    events = [event(State.RUNNING, "identity"), event(State.DONE, "identity"), event(State.RUNNING)]
    with pytest.raises(KeyboardInterrupt):
        cut_off(journal, "deploy", *events)
    assert Journal(tmp_path, ManualClock()).cut_off() == CutOff(
        "deploy", 100.0, ("gateway",), ("/identity", "/gateway")
    )


def test_what_was_taken_away_a_moment_ago_is_remembered(tmp_path: Path) -> None:
    clock = ManualClock(100.0)
    journal = Journal(tmp_path, clock)
    for name in ("old", "new"):
        with journal.run("deploy", 2):
            journal.record(event(State.DONE, name, "delete"))
            journal.record(event(State.DONE, "other"))
        clock.advance(50.0)
    assert journal.taken_away(since=120.0) == ("/new",)
    assert journal.taken_away(since=0.0) == ("/old", "/new")


def test_a_line_that_was_half_written_does_no_harm(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ManualClock())
    with pytest.raises(KeyboardInterrupt):
        cut_off(journal, "destroy", event(State.RUNNING))
    path = the_file(tmp_path)
    path.write_text(path.read_text() + '{"at": 1, "eve')
    found = journal.cut_off()
    assert found is not None
    assert (found.command, found.running) == ("destroy", ("gateway",))


def test_the_next_run_starts_a_new_page(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ManualClock())
    with pytest.raises(KeyboardInterrupt):
        cut_off(journal, "deploy")
    with journal.run("deploy", 1):
        pass
    assert journal.cut_off() is None


@pytest.mark.parametrize("aside", ["set-capacity", "register"])
def test_what_leaves_a_stack_as_whole_as_it_was_ends_no_run_before_it(tmp_path: Path, aside: str) -> None:
    journal = Journal(tmp_path, ManualClock(), {"prune": True})
    with pytest.raises(KeyboardInterrupt):
        cut_off(journal, "deploy", event(State.RUNNING))
    with journal.run(aside, 1):
        journal.record(event(State.DONE, "chat"))
    found = journal.cut_off()
    assert found is not None
    assert (found.command, found.running, found.options) == ("deploy", ("gateway",), {"prune": True})


def test_a_step_that_failed_is_told_until_the_run_is_carried_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ManualClock())
    with journal.run("deploy", 1):
        journal.record(event(State.FAILED))
    with journal.run("set-capacity", 1):
        journal.record(event(State.DONE, "chat"))
    assert journal.failed() == ("deploy", ("gateway",))
    with journal.run("set-capacity", 1):
        journal.record(event(State.FAILED, "chat"))
    assert journal.failed() == ("set-capacity", ("chat",))


def test_only_what_changes_something_is_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ManualClock())
    journal.record(event(State.DONE))
    with journal.run("deploy", 2):
        journal.record(event(State.DONE, "group", KEEP))
        journal.record(event(State.DONE, "gateway"))
    lines = [json.loads(line) for line in the_file(tmp_path).read_text().splitlines()]
    assert [(line["event"], line.get("step")) for line in lines] == [
        ("begin", None),
        ("done", "gateway"),
        ("end", None),
    ]


def test_each_run_has_a_file_and_the_newest_are_kept(tmp_path: Path) -> None:
    clock = ManualClock()
    first, second = Journal(tmp_path, clock), Journal(tmp_path, clock)
    with first.run("deploy", 1), second.run("deploy", 1):
        first.record(event(State.DONE, "identity"))
        second.record(event(State.DONE, "gateway"))
    texts = [path.read_text() for path in sorted((tmp_path / RUNS).iterdir())]
    assert [("identity" in text, "gateway" in text) for text in texts] == [(True, False), (False, True)]
    for _ in range(KEPT + 5):
        with Journal(tmp_path, clock).run("deploy", 1):
            clock.advance(1)
    assert len(list((tmp_path / RUNS).iterdir())) == KEPT
    with pytest.raises(KeyboardInterrupt):
        cut_off(Journal(tmp_path, clock), "destroy")
    found = Journal(tmp_path, clock).cut_off()
    assert found is not None
    assert found.command == "destroy"


def test_trouble_that_was_waited_for_is_written_down(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ManualClock())
    busy = Wait("gateway", "409 RequestConflict: busy", 5, 60, trouble=True)
    slow = Wait("gateway", "Azure is at work: Activating", 5, 60)
    waiting = event(State.WAITING)
    with pytest.raises(KeyboardInterrupt):
        cut_off(
            journal, "deploy", event(State.RUNNING), replace(waiting, wait=busy), replace(waiting, wait=slow)
        )
    lines = [json.loads(line) for line in the_file(tmp_path).read_text().splitlines()]
    assert [line.get("reason") for line in lines] == [None, None, "409 RequestConflict: busy"]
    found = journal.cut_off()
    assert found is not None
    assert found.running == ("gateway",)


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"version": 99}'])
def test_a_cache_that_is_lost_or_broken_is_no_cache(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "state.json").write_text(text)
        (tmp_path / RUNS).mkdir()
        (tmp_path / RUNS / "1.ndjson").write_text(text)
    assert read_state(tmp_path) is None
    assert Journal(tmp_path, ManualClock()).cut_off() is None


def test_the_state_is_replaced_whole_and_forgotten_with_the_stack(tmp_path: Path) -> None:
    folder = tmp_path / ".apimlb" / "apimlb"
    write_state(folder, {"gateway_url": "http://one"})
    write_state(folder, {"gateway_url": "http://two"})
    assert read_state(folder) == {"version": 1, "gateway_url": "http://two"}
    assert [path.name for path in folder.iterdir() if path.suffix == ".new"] == []
    assert (folder / ".gitignore").read_text() == "*\n"
    assert stat.S_ISREG((folder / "state.json").stat().st_mode)
    forget_state(folder)
    forget_state(folder)
    assert read_state(folder) is None


def test_a_run_that_was_left_to_azure_is_carried_on_with_what_it_was_told(tmp_path: Path) -> None:
    told = {"prune": True, "settings": {"tier": "BasicV2"}}
    journal = Journal(tmp_path, ManualClock(100.0), told)
    with journal.run("deploy", 1):
        journal.record(event(State.RUNNING))
        journal.leave()
    found = Journal(tmp_path, ManualClock()).cut_off()
    assert found is not None
    assert (found.command, found.running, found.options) == ("deploy", ("gateway",), told)
    with journal.run("deploy", 1):
        journal.record(event(State.DONE))
    assert journal.cut_off() is None
