"""`apimlb drain` and `undrain`: an account out of everything that sends to it, and in again."""

from typing import Annotated

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.grammar import common, verb
from apimlb.cli.prose import say

DRAIN = verb(examples=("apimlb drain eastus2",))
UNDRAIN = verb(examples=("apimlb undrain eastus2",))

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's name in the stack's file.")]


def drain(context: typer.Context, account: Account) -> Answer:
    """Send an account nothing more, at once. Its file stays as it is; deploys keep the account out."""
    from apimlb.cli import operating
    from apimlb.cli.wiring import open_session

    moved = operating.drain(open_session(common(context)), account)
    pools = f", out of {', '.join(moved.pools)}" if moved.pools else ""
    say(f"{account} is drained{pools}." if moved.changed else f"{account} was drained already.")
    say(f"It comes back with `apimlb undrain {account}`; until then every deploy leaves it out.")
    return Answer({"account": account, "drained": True, "changed": moved.changed, "pools": [*moved.pools]})


def undrain(context: typer.Context, account: Account) -> Answer:
    """Send to an account again. It has to answer through the gateway first."""
    from apimlb.cli import operating
    from apimlb.cli.wiring import open_session

    moved = operating.undrain(open_session(common(context)), account)
    pools = f" in {', '.join(moved.pools)}" if moved.pools else ""
    say(f"{account} is back{pools}." if moved.changed else f"{account} was not drained.")
    return Answer({"account": account, "drained": False, "changed": moved.changed, "pools": [*moved.pools]})
