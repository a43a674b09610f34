"""`apimlb status` and `list`: how a stack stands, and which there are."""

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.grammar import common, verb
from apimlb.cli.prose import say

STATUS = verb(examples=("apimlb status", "apimlb status --output json"))
LIST = verb(examples=("apimlb list",))


def status(context: typer.Context) -> Answer:
    """Show how the stack stands. That is what answers, capacities, drift, retirements. Changes nothing."""
    from apimlb.cli.operating import standing
    from apimlb.cli.standings import document, lines
    from apimlb.cli.wiring import open_session

    session = open_session(common(context))
    found = standing(session)
    for notice in found.notices:
        say(f"Note: {notice}")
    return Answer(document(session.stack.name, found), lines(found))


def list_stacks(context: typer.Context) -> Answer:
    """List the stacks in the subscription, whoever deployed them."""
    from apimlb.cli.wiring import open_session
    from apimlb.deploy.stacks import stacks

    session = open_session(common(context))
    found = stacks(session.cloud, f"/subscriptions/{session.target.subscription_id}")
    if not found:
        say("There is no stack. Next: `apimlb deploy`")
    rows = [(each.name, each.location, each.state, each.gateway_url) for each in found]
    titles = [("stack", "region", "state", "gateway")] if rows else []
    lines = [f"{row[0]:20}  {row[1]:16}  {row[2]:10}  {row[3]}" for row in (*titles, *rows)]
    return Answer([each.document() for each in found], [line.rstrip() for line in lines])
