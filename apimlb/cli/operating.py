"""What is asked of a stack that is there, and done to it without a plan."""

from apimlb.cli.applications import Endpoint
from apimlb.cli.flows import no_account
from apimlb.cli.prose import say
from apimlb.cli.turns import alone
from apimlb.cli.unfinished import no_stack
from apimlb.cli.wiring import Session
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.draining import Moved, Traffic
from apimlb.deploy.keys import secrets_of
from apimlb.deploy.reads import each
from apimlb.deploy.status import Status, status
from apimlb.errors import NotFoundError
from apimlb.http import last_segment
from apimlb.stack.access import subscription_id
from apimlb.stack.names import API, Names
from apimlb.stack.resources import Json


def require_stack(session: Session) -> Json:
    """Ask Azure for the stack's gateway; raises `NotFoundError` when there is no such stack."""
    found = each(session.cloud.get, _of_every_stack(session.names))
    service = found[session.names.service_id]
    if service is None or None in found.values():
        raise no_stack(session)
    return service


def _of_every_stack(names: Names) -> tuple[str, str]:
    """The ids of what nothing answers without: its gateway, where others may be too, and its API there."""
    return names.service_id, names.child("apis", API)


def gateway_url(session: Session) -> str:
    """Ask Azure; raises `NotFoundError` when there is no such stack."""
    return session.names.address(require_stack(session))


def endpoint(session: Session) -> Endpoint:
    """The gateway's URL and key, read from Azure; raises `NotFoundError`, `AuthError`."""
    url = gateway_url(session)
    key = subscription_id(session.names)
    found = secrets_of(session.cloud, key)
    if found is None:
        raise NotFoundError(
            f"The stack has no key {last_segment(key)}",
            where=session.names.service,
            next_step="Run `apimlb deploy`: it makes the key anew.",
        )
    if found.notice:
        say(f"Note: {found.notice}")
    models = {name: deployment.model for name, deployment in session.stack.deployments.items()}
    return Endpoint(url, found.primary, models)


def standing(session: Session) -> Status:
    """How the stack stands; raises `NotFoundError` when there is none."""
    resources = session.desired(session.group())
    visit = session.visit()
    made = Deployer(session.cloud, session.clock, visit=visit).preview(resources, checked=False)
    if not {id.lower() for id in _of_every_stack(session.names)} <= made.observed.keys():
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
