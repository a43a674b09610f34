"""`apimlb clients`: the applications, people and groups of Entra that may call the gateway."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.grammar import Group, common, verb
from apimlb.cli.options import Common
from apimlb.cli.prose import counted, say
from apimlb.cli.tiers import InTier, place

if TYPE_CHECKING:
    from apimlb.cli.wiring import Session
    from apimlb.deploy.clients import Held

app = typer.Typer(
    cls=Group, no_args_is_help=True, help="Applications, people and groups of Entra that may call."
)

Ids = Annotated[
    list[str],
    typer.Argument(
        metavar="ID…", help="Application (client) id, or object id of a person or group in Entra."
    ),
]


@app.command("list", cls=verb(examples=("apimlb clients list",)))
def list_(context: typer.Context) -> Answer:
    """List the ids that Azure has."""
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import clients

    session = open_session(common(context))
    found = list(clients.listed(clients.held(session.cloud, session.names)))
    return Answer(found, found)


@app.command(
    cls=verb(
        examples=(
            "apimlb clients add 11111111-2222-3333-4444-555555555555",
            "apimlb clients add 11111111-2222-3333-4444-555555555555 --tier gold",
        )
    )
)
def add(context: typer.Context, ids: Ids, tier: InTier = None) -> Answer:
    """Let them in. They are listed in apimlb.toml where that file has a list."""
    from apimlb.deploy.clients import with_clients

    return _change(with_clients, ids, common(context), tier)


@app.command(cls=verb(examples=("apimlb clients remove 11111111-2222-3333-4444-555555555555",)))
def remove(context: typer.Context, ids: Ids) -> Answer:
    """Shut them out. They are taken off apimlb.toml where that file has a list."""
    from apimlb.cli.clients_file import mentioned
    from apimlb.deploy.clients import without_clients
    from apimlb.stack.tiers import DEFAULT

    said = common(context)

    def without(there: "Held", leaving: Iterable[str]) -> "Held":
        return without_clients(there, leaving, mentioned(said.place.config))

    return _change(without, ids, said, DEFAULT)


def _change(
    changes: "Callable[[Held, Iterable[str]], Held]", ids: list[str], said: Common, tier: str | None
) -> Answer:
    from apimlb.cli.wiring import open_session
    from apimlb.stack.config import parse

    parse({"clients": ids}, blamed=lambda paths: " and ".join(ids[int(path.split(".")[1])] for path in paths))
    now = list(changed(open_session(said), changes, ids, tier))
    return Answer(now, now)


def changed(
    session: "Session",
    changes: "Callable[[Held, Iterable[str]], Held]",
    ids: Iterable[str],
    tier: str | None = None,
) -> tuple[str, ...]:
    """All the clients after such a change, in Azure and in the file, these in the `tier` if one is given;
    raises what the cloud raises."""
    from apimlb.cli.clients_file import change_clients
    from apimlb.cli.turns import alone
    from apimlb.deploy import clients

    with alone(session, "clients"):
        before = clients.held(session.cloud, session.names)
        made = changes(before, ids)
        if tier is not None:
            place(session, ids, tier)
        clients.write(session.cloud, session.names, made)
        now = clients.listed({**before, **made})
        if change_clients(session.workspace.config, now):
            say(f"{session.workspace.config} lists them now too.")
    say(f"{counted(len(now), 'client')}.")
    return now
