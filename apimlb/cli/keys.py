"""`apimlb keys`: the keys that clients call the gateway with."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from apimlb.cli.options import Config, Format, Local, Output, StackName, State, Subscription, Yes, placed
from apimlb.cli.prose import say, show, show_json

app = typer.Typer(no_args_is_help=True, help="Keys that clients call the gateway with: one for each team.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the key is called.")]


class Which(StrEnum):
    """One of the two keys that every name has."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


@app.command("list")
def list_(
    where: Local = None,
    stack: StackName = "",
    output: Output = Format.TEXT,
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """List the keys by name, with their states; the keys themselves are not shown."""
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import keys

    session = open_session(placed(where, stack, config, state), chosen=subscription)
    found = keys.listed(session.cloud, session.names)
    if output is Format.JSON:
        show_json([asdict(key) for key in found])
        return
    for key in found:
        show(f"{key.name:32} {key.state:10} {key.created}".rstrip())


@app.command()
def create(
    name: Name,
    where: Local = None,
    stack: StackName = "",
    output: Output = Format.TEXT,
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """Make a key and print it. It works within a minute or so of Azure's answer."""
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import keys

    session = open_session(placed(where, stack, config, state), chosen=subscription)
    made = keys.create(session.cloud, session.names, name)
    if output is Format.JSON:
        show_json(asdict(made))
    else:
        show(made.primary)


@app.command()
def rotate(
    name: Name,
    which: Annotated[
        Which, typer.Option("--key", help="Which of the two to renew: the one that no app uses any more.")
    ] = Which.SECONDARY,
    where: Local = None,
    stack: StackName = "",
    output: Output = Format.TEXT,
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """Renew one of the two keys of a name and print it; the other one goes on working."""
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import keys

    session = open_session(placed(where, stack, config, state), chosen=subscription)
    made = keys.rotate(session.cloud, session.names, name, which.value)
    if output is Format.JSON:
        show_json(asdict(made))
    else:
        show(made.primary if which is Which.PRIMARY else made.secondary)


@app.command()
def revoke(
    name: Name,
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete it too, so that the list forgets it.")
    ] = False,
    yes: Yes = False,
    where: Local = None,
    stack: StackName = "",
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """Shut a key out. The gateway obeys at most half a minute after Azure does."""
    from apimlb.cli.flows import confirm
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import keys

    session = open_session(placed(where, stack, config, state), chosen=subscription)
    confirm(f"Revoke the key {name}? Apps that use it get 401.", yes=yes)
    keys.revoke(session.cloud, session.names, name, delete=delete)
    say(f"{name} is {'deleted' if delete else 'cancelled'}.")
