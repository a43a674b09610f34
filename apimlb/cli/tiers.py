"""`apimlb tiers`: how many tokens which clients may use."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.grammar import Group, common, verb
from apimlb.cli.prose import say

if TYPE_CHECKING:
    from apimlb.cli.wiring import Session

app = typer.Typer(cls=Group, no_args_is_help=True, help="How many tokens which clients may use.")

Tier = Annotated[str, typer.Argument(metavar="TIER", help="A table [tiers.TIER] of the stack's file.")]
Clients = Annotated[list[str], typer.Argument(metavar="CLIENT…", help="Names of keys, or ids of clients.")]
InTier = Annotated[
    str | None, typer.Option("--tier", metavar="TIER", help="Whose limits hold; left out: those of default.")
]


@app.command("list", cls=verb(examples=("apimlb tiers list",)))
def list_(context: typer.Context) -> Answer:
    """List the tiers of the file, and who is in them in Azure. Everybody else is in default."""
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import tiers
    from apimlb.stack.tiers import DEFAULT

    session = open_session(common(context))
    there = tiers.held(session.cloud, session.names)
    rows = [
        {"name": name, **limits.model_dump(), "clients": sorted(there.get(name, ()))}
        for name, limits in session.stack.tiers.items()
    ]
    return Answer(rows, [_line(row, DEFAULT) for row in rows])


_LIMITS = {
    "tokens_per_minute": "a minute",
    "tokens_per_day": "a day",
    "tokens_per_month": "a month",
}


def _line(row: dict[str, object], default: str) -> str:
    limits = ", ".join(f"{row[name]:,} {words}" for name, words in _LIMITS.items() if row[name])
    others = "everybody else" if row["name"] == default else "nobody"
    who = ", ".join(row["clients"]) or others  # type: ignore[arg-type]
    return f"{row['name']:20} {limits:40} {who}"


@app.command(
    cls=verb(
        examples=(
            "apimlb tiers assign gold search-team",
            "apimlb tiers assign default 11111111-2222-3333-4444-555555555555",
        )
    )
)
def assign(context: typer.Context, tier: Tier, clients: Clients) -> Answer:
    """Put keys and clients into a tier, out of any other. The gateway obeys within a minute or so."""
    from apimlb.cli.turns import alone
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import tiers

    session = open_session(common(context))
    with alone(session, "tiers"):
        tiers.require_known(session.cloud, session.names, clients)
        place(session, clients, tier)
    say(f"{', '.join(clients)}: {tier}.")
    return Answer({"tier": tier, "clients": clients})


def place(session: "Session", who: Iterable[str], tier: str) -> None:
    """Put them into the tier, whoever they are, while nobody else changes the stack; raises as
    `apimlb.deploy.tiers.with_tier` does, and what the cloud raises."""
    from apimlb.deploy import tiers

    there = tiers.held(session.cloud, session.names)
    tiers.write(session.cloud, session.names, tiers.with_tier(there, who, tier))
