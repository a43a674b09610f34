"""`apimlb keys`: the keys that clients call the gateway with."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.grammar import Group, common, verb
from apimlb.cli.prose import say
from apimlb.cli.tiers import InTier, place

app = typer.Typer(cls=Group, no_args_is_help=True, help="Keys that clients call with: one for each team.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the key is called.")]


class Which(StrEnum):
    """One of the two keys that every name has."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


@app.command("list", cls=verb(examples=("apimlb keys list",)))
def list_(context: typer.Context) -> Answer:
    """List the keys by name, with their states. The keys themselves are not shown."""
    from apimlb.cli.operating import require_stack
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import keys

    session = open_session(common(context))
    found = keys.listed(session.cloud, session.names)
    if not found:
        require_stack(session)
    lines = [f"{key.name:32} {key.state:10} {key.created}".rstrip() for key in found]
    return Answer([asdict(key) for key in found], lines)


@app.command(
    cls=verb(examples=("apimlb keys create search-team", "apimlb keys create search-team --tier gold"))
)
def create(context: typer.Context, name: Name, tier: InTier = None) -> Answer:
    """Make a key and print it. It works within a minute or so of Azure's answer."""
    from apimlb.cli.turns import alone
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import keys

    session = open_session(common(context))
    if tier is not None:  # before there is a key, which nobody would see if this went wrong
        with alone(session, "keys"):
            keys.require_new(session.cloud, session.names, name)
            place(session, [name], tier)
    made = keys.create(session.cloud, session.names, name)
    return Answer(asdict(made), [made.primary])


@app.command(
    cls=verb(examples=("apimlb keys rotate search-team", "apimlb keys rotate search-team --key primary"))
)
def rotate(
    context: typer.Context,
    name: Name,
    which: Annotated[
        Which, typer.Option("--key", help="Which of the two to renew: the one that no app uses any more.")
    ] = Which.SECONDARY,
) -> Answer:
    """Renew one of the two keys of a name and print it. The other one goes on working."""
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import keys

    session = open_session(common(context))
    made = keys.rotate(session.cloud, session.names, name, which.value)
    if made.notice:
        say(f"Note: {made.notice}")
    return Answer(asdict(made), [made.primary if which is Which.PRIMARY else made.secondary])


@app.command(cls=verb(examples=("apimlb keys revoke search-team --delete --yes",)))
def revoke(
    context: typer.Context,
    name: Name,
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete it too, so that the list forgets it.")
    ] = False,
) -> Answer:
    """Shut a key out. The gateway obeys at most half a minute after Azure does."""
    from apimlb.cli.consent import confirm
    from apimlb.cli.turns import alone
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import keys, tiers
    from apimlb.stack.tiers import DEFAULT

    said = common(context)
    session = open_session(said)
    confirm(f"Revoke the key {name}? Apps that use it get 401.", yes=said.yes)
    keys.revoke(session.cloud, session.names, name, delete=delete)
    if delete and any(name in there for there in tiers.held(session.cloud, session.names).values()):
        with alone(session, "keys"):
            place(session, [name], DEFAULT)
    fate = "deleted" if delete else "cancelled"
    say(f"{name} is {fate}.")
    return Answer({"name": name, "state": fate})
