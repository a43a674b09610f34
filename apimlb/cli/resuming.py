"""`apimlb resume`: the last run of a stack that did not end, carried on with what it was told."""

from dataclasses import replace

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.grammar import common, verb
from apimlb.cli.options import Common
from apimlb.cli.prose import say

RESUME = verb(examples=("apimlb resume", "apimlb resume --output json"))


def resume(context: typer.Context) -> Answer:
    """Carry on the last run that did not end."""
    from apimlb.deploy.journal import Journal
    from apimlb.wall_clock import SystemClock

    said = common(context)
    cut = Journal(said.place.directory, SystemClock()).cut_off()
    if cut is None:
        say("There is nothing to resume: the last run ended.")
        return Answer({"resumed": None})
    command = "deploy" if cut.command == "register" else cut.command
    say(f"Carrying on the {command}, as it was told.")
    answer = _carried_on(command, cut.options, said)
    return replace(answer, document={"resumed": command, **answer.document})


def _carried_on(command: str, options: dict[str, object], said: Common) -> Answer:
    """What the command itself answers."""
    from apimlb.cli import flows
    from apimlb.cli.consent import Consent, plan_of_run
    from apimlb.cli.next_steps import answered
    from apimlb.cli.wiring import open_session

    settings = options.get("settings")
    session = open_session(said, overrides=settings if isinstance(settings, dict) else {})
    if command == "destroy":
        return Answer(flows.destroy(session, purge=bool(options.get("purge")), yes=True))
    if command == "set-capacity":
        where = {name: str(options.get(name) or "") for name in ("account", "deployment")}
        hourly = bool(options.get("hourly"))
        capacity = int(str(options.get("capacity") or 0))
        return Answer({"changes": flows.set_capacity(session, capacity, **where, hourly=hourly)})
    way = options.get("on_soft_deleted")
    consent = Consent(
        yes=True,
        prune=bool(options.get("prune")),
        hourly=bool(options.get("hourly")),
        on_soft_deleted=str(way) if way else None,
        saved=plan_of_run(options),
    )
    return answered(flows.deploy(session, consent))
