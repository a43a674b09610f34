"""`apimlb clients`: the applications, people and groups of Entra that may call the gateway."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from apimlb.cli.options import Config, Format, Local, Output, StackName, State, Subscription, placed
from apimlb.cli.prose import say, show, show_json

if TYPE_CHECKING:
    from apimlb.deploy.clients import Held

app = typer.Typer(no_args_is_help=True, help="Applications, people and groups of Entra that may call.")

Ids = Annotated[
    list[str],
    typer.Argument(
        metavar="ID…", help="Application (client) id, or object id of a person or group in Entra."
    ),
]


@app.command("list")
def list_(
    where: Local = None,
    stack: StackName = "",
    output: Output = Format.TEXT,
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """List the ids that Azure has."""
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import clients

    session = open_session(placed(where, stack, config, state), chosen=subscription)
    found = clients.listed(clients.held(session.cloud, session.names))
    if output is Format.JSON:
        show_json(list(found))
        return
    for id in found:
        show(id)


@app.command()
def add(
    ids: Ids,
    where: Local = None,
    stack: StackName = "",
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """Let them in, and list them in apimlb.toml where that file has a list."""
    from apimlb.deploy.clients import with_clients

    _change(with_clients, ids, placed_at=(where, stack, config, state), subscription=subscription)


@app.command()
def remove(
    ids: Ids,
    where: Local = None,
    stack: StackName = "",
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """Shut them out, and take them off apimlb.toml where that file has a list."""
    from apimlb.deploy.clients import without_clients

    _change(without_clients, ids, placed_at=(where, stack, config, state), subscription=subscription)


def _change(
    changes: "Callable[[Held, Iterable[str]], Held]",
    ids: list[str],
    *,
    placed_at: tuple[bool | None, str, str, str],
    subscription: str,
) -> None:
    from apimlb.cli.clients_file import change_clients
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import clients
    from apimlb.stack.config import parse

    parse({"clients": ids}, source="the command line")
    session = open_session(placed(*placed_at), chosen=subscription)
    before = clients.held(session.cloud, session.names)
    changed = changes(before, ids)
    clients.write(session.cloud, session.names, changed)
    now = clients.listed({**before, **changed})
    if change_clients(session.workspace.config, now):
        say(f"{session.workspace.config} lists them now too.")
    say(f"{len(now)} clients.")
