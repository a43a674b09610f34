"""Stacks that a file described under another name: they are still there, and nothing else says so."""

from collections.abc import Iterator

from apimlb.cli.wiring import Session
from apimlb.cli.workspace import STACK
from apimlb.deploy.state import read_state
from apimlb.stack import config
from apimlb.stack.marks import mark_of
from apimlb.stack.resources import Json

_GROUP = "microsoft.resources/resourcegroups"


def origin(session: Session) -> Json:
    """Which file names the stack, for its state; nothing when a flag or the environment does."""
    file = session.workspace.config
    named = config.load(file).get("name", STACK) if file.is_file() else None
    return {"file": str(file.resolve())} if named == session.stack.name else {}


def former(session: Session) -> Iterator[str]:
    """A sentence for each stack that the file named before and that Azure still has."""
    here = origin(session).get("file")
    root = session.workspace.directory.parent
    for folder in sorted(root.iterdir()) if here and root.is_dir() else ():
        state = read_state(folder) or {}
        name = str(state.get("stack"))
        if state.get("file") == here and name != session.stack.name and _is_there(session, state):
            yield (
                f"The stack {name}, as the file called it before, is still there and stays. "
                f"`apimlb destroy --stack {name} --location {state['location']}` takes it away."
            )


def _is_there(session: Session, state: Json) -> bool:
    if state.get("subscription_id") != session.target.subscription_id:
        return False
    id = f"/subscriptions/{state['subscription_id']}/resourceGroups/{state['resource_group']}"
    group = session.cloud.get(id)
    mark = mark_of(_GROUP, group) if group is not None else None
    return mark is not None and mark.stack == state["stack"]
