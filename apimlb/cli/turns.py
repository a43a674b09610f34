"""Commands that change one stack, one after another."""

from collections.abc import Iterator
from contextlib import contextmanager

from apimlb.cli.progress import Progress
from apimlb.cli.wiring import Session
from apimlb.deploy.claims import Claims
from apimlb.deploy.durations import Usual, usual
from apimlb.deploy.runs import Run, this_run
from apimlb.deploy.turns import turn
from apimlb.deploy.waiting import Audience, heard_by


def usual_times(session: Session) -> Usual:
    """What the journals of all stacks on the same target say."""
    return usual(sorted(session.workspace.directory.parent.glob("*")))


@contextmanager
def in_turn(session: Session, command: str, *, quiet: bool = False) -> Iterator[tuple[Run, Progress]]:
    """The stack for this command alone, as far as this machine goes, and somebody who tells its waits."""
    run, progress = this_run(command), Progress(session.clock, quiet, usual_times(session))
    with heard_by(Audience(progress.wait)), turn(session.workspace.directory, run, session.clock):
        yield run, progress


@contextmanager
def alone(session: Session, command: str) -> Iterator[None]:
    """The same as far as other machines go too: for what is read, changed and written without a plan.

    Raises `ConflictError` when the other does not end.
    """
    group = session.names.group_id
    with in_turn(session, command) as (run, _):
        claims = Claims(session.cloud, session.clock, group, run)
        claims.wait_for(claims.other(session.cloud.get(group)))
        with claims.held():
            yield
