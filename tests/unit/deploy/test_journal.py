"""What a run leaves behind, and what is made of it after the power went."""

import json
import stat
from pathlib import Path

import pytest

from apimlb.deploy.executor import Event, State, Task
from apimlb.deploy.journal import JOURNAL, KEEP, CutOff, Journal
from apimlb.deploy.state import forget_state, read_state, write_state
from tests.fakes import ManualClock


def event(state: State, label: str = "gateway", verb: str = "create") -> Event:
    return Event(Task(f"/{label}", label, verb), state, at=0.0)


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
    assert Journal(tmp_path, ManualClock()).cut_off() == CutOff("deploy", 100.0, ("gateway",))


def test_a_line_that_was_half_written_does_no_harm(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ManualClock())
    with pytest.raises(KeyboardInterrupt):
        cut_off(journal, "destroy", event(State.RUNNING))
    path = tmp_path / JOURNAL
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


def test_only_what_changes_something_is_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ManualClock())
    journal.record(event(State.DONE))
    with journal.run("deploy", 2):
        journal.record(event(State.DONE, "group", KEEP))
        journal.record(event(State.DONE, "gateway"))
    lines = [json.loads(line) for line in (tmp_path / JOURNAL).read_text().splitlines()]
    assert [(line["event"], line.get("step")) for line in lines] == [
        ("begin", None),
        ("done", "gateway"),
        ("end", None),
    ]


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"version": 99}'])
def test_a_cache_that_is_lost_or_broken_is_no_cache(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "state.json").write_text(text)
        (tmp_path / JOURNAL).write_text(text)
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
