"""What is said of a run that did not get through names the command that carries on what it was at."""

import contextlib
from pathlib import Path

import pytest

from apimlb.cli.options import Common
from apimlb.cli.unfinished import is_all_gone, journal_of, trouble_of_last_run
from apimlb.cli.wiring import Session
from apimlb.deploy.cloud import Target
from apimlb.deploy.executor import Event, State, Task
from apimlb.stack.config import parse
from tests.clouds import FakeCloud
from tests.fakes import ManualClock
from tests.stacks import SUBSCRIPTION


@pytest.fixture
def session(tmp_path: Path) -> Session:
    place = Common(local=True, state=str(tmp_path)).place
    return Session(place, ManualClock(), parse({}), Target(SUBSCRIPTION), FakeCloud())


def ran(session: Session, command: str, *events: tuple[str, State]) -> None:
    journal = journal_of(session)
    with journal.run(command, len(events)):
        for label, state in events:
            journal.record(Event(Task(f"/{label}", label, "create"), state, at=0.0))


def test_a_run_that_got_through_is_not_told(session: Session) -> None:
    assert trouble_of_last_run(session) == ("", "")
    ran(session, "deploy", ("gateway", State.FAILED))
    ran(session, "deploy", ("gateway", State.DONE))
    assert trouble_of_last_run(session) == ("", "")


@pytest.mark.parametrize(
    ("command", "carries_on"),
    [
        ("deploy", "`apimlb deploy` carries it on."),
        ("register", "`apimlb deploy` carries it on."),
        ("destroy", "`apimlb destroy` carries it on."),
        ("set-capacity", "Run it again."),
    ],
)
def test_one_that_failed_is_carried_on_by_its_own_command(
    session: Session, command: str, carries_on: str
) -> None:
    ran(session, command, ("account a", State.FAILED))
    assert trouble_of_last_run(session) == (f"its last {command} failed at account a", carries_on)
    ran(session, command, ("account a", State.FAILED), ("account b", State.FAILED), ("c", State.SKIPPED))
    told, _ = trouble_of_last_run(session)
    assert told == f"its last {command} failed at account a and 1 more"


def test_one_that_did_not_end_is_resumed(session: Session) -> None:
    killed_while_deleting(session, "/gateway")
    assert trouble_of_last_run(session) == ("its last destroy did not end", "`apimlb resume` carries it on.")


def test_what_was_deleted_a_moment_ago_is_not_taken_for_purged(session: Session) -> None:
    """It is gone, and Azure does not show it among the deleted ones yet."""
    account = f"{session.names.group_id}/providers/Microsoft.CognitiveServices/accounts/oai-once"
    assert isinstance(session.clock, ManualClock)
    assert isinstance(session.cloud, FakeCloud)
    session.cloud.put(session.names.group_id, {"location": "eastus2"})  # somebody else's
    taken = session.cloud.taken
    session.clock.meanwhile = taken.clear
    for purge, waits in ((False, False), (True, True)):
        taken["oai-once"] = "it was deleted"
        killed_while_deleting(session, account)
        assert is_all_gone(session, purge=purge)
        assert (taken == {}) == waits
        assert journal_of(session).cut_off() is None
        assert not is_all_gone(session, purge=purge)


def killed_while_deleting(session: Session, id: str) -> None:
    journal = journal_of(session)
    with contextlib.suppress(KeyboardInterrupt), journal.run("destroy", 1):
        journal.record(Event(Task(id.lower(), "account", "delete"), State.RUNNING, at=0.0))
        raise KeyboardInterrupt
