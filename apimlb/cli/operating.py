"""What is asked of a stack that is there, and done to it without a plan."""

from apimlb.cli.flows import no_account
from apimlb.cli.turns import alone
from apimlb.cli.unfinished import no_stack
from apimlb.cli.wiring import Session
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.draining import Moved, Traffic
from apimlb.deploy.status import Status, status
from apimlb.stack.names import API


def standing(session: Session) -> Status:
    """How the stack stands; raises `NotFoundError` when there is none."""
    resources = session.desired(session.group())
    visit = session.visit()
    made = Deployer(session.cloud, session.clock, visit=visit).preview(resources, checked=False)
    names = session.names
    if not {names.service_id.lower(), names.child("apis", API).lower()} <= made.observed.keys():
        raise no_stack(session)
    session.check(made.plan)
    return status(session.cloud, session.clock, session.names, resources, made, visit)


def drain(session: Session, account: str) -> Moved:
    """Send the account nothing more; raises `ConfigError`, `NotFoundError`, `ConflictError`."""
    _require_account(session, account)
    with alone(session, "drain"):
        return _traffic(session).drain(account)


def undrain(session: Session, account: str) -> Moved:
    """Send to it again once it answers; raises `ConfigError`, `NotFoundError`, `NotReadyError`."""
    _require_account(session, account)
    with alone(session, "undrain"):
        return _traffic(session).undrain(account, session.visit())


def _traffic(session: Session) -> Traffic:
    return Traffic(session.cloud, session.clock, session.names, session.wanted(session.group()))


def _require_account(session: Session, account: str) -> None:
    if account not in {each.name for each in session.stack.accounts}:
        raise no_account(session, account)
