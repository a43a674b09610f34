"""Runs of a stack that did not get through: what is said of them, and how one ends that Azure has ended."""

from apimlb.cli.prose import say
from apimlb.cli.wiring import Session
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.journal import Journal
from apimlb.deploy.state import forget_state
from apimlb.errors import NotFoundError

DESTROY = "destroy"
_DEPLOY = "`apimlb deploy` carries it on."
_CARRIED_ON = {"deploy": _DEPLOY, "register": _DEPLOY, DESTROY: "`apimlb destroy` carries it on."}
"""How a run goes on that failed, by its command; any other is given again as it was."""


def journal_of(session: Session) -> Journal:
    """What the runs on the stack wrote down on this machine."""
    return Journal(session.workspace.directory, session.clock)


def no_stack(session: Session) -> NotFoundError:
    """There is none, or none that is whole where a run on this machine has not ended."""
    cut = journal_of(session).cut_off()
    if cut is None or (cut.command == DESTROY and is_all_gone(session, purge=bool(cut.options.get("purge")))):
        return NotFoundError(
            f"There is no stack {session.stack.name}.", where=session.where, next_step="Run `apimlb deploy`."
        )
    state = "is half destroyed" if cut.command == DESTROY else "is not whole yet"
    return NotFoundError(
        f"The stack {session.stack.name} {state}: its last {cut.command} did not end.",
        where=session.where,
        next_step="`apimlb resume` carries it on.",
    )


def is_all_gone(session: Session, *, purge: bool) -> bool:
    """Whether nothing is left of what a destroy would take away, after one that was cut off. That one has
    ended then, since Azure has done what it had begun; it is written down. To `purge`, what was deleted a
    moment ago is waited for until it shows as such."""
    journal = journal_of(session)
    cut = journal.cut_off()
    if cut is None or cut.command != DESTROY:
        return False
    try:
        deployer = Deployer(session.cloud, session.clock, journal=journal)
        wanted = session.desired(session.group())
        left = deployer.survey(wanted, session.stack.name, purge=purge)
        if left.tasks or left.retained:
            return False
    except NotFoundError:
        pass
    with journal.run(DESTROY, 0):
        forget_state(session.workspace.directory)
    return True


def say_what_was_cut_off(session: Session) -> None:
    """That a run begins where the last one was cut off, if it was."""
    cut = journal_of(session).cut_off()
    if cut is not None:
        running = f", while at {', '.join(cut.running)}" if cut.running else ""
        say(f"The last {cut.command} was cut off{running}. Carrying on from what Azure has.")


def trouble_of_last_run(session: Session) -> tuple[str, str]:
    """Why the last run on this machine did not get through, and what carries it on; twice "" if it did."""
    journal = journal_of(session)
    cut, (command, failed) = journal.cut_off(), journal.failed()
    if cut is not None:
        return f"its last {cut.command} did not end", "`apimlb resume` carries it on."
    if failed:
        more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        return f"its last {command} failed at {failed[0]}{more}", _CARRIED_ON.get(command, "Run it again.")
    return "", ""
