"""What to try after a deploy, as commands that may be copied as they stand."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from apimlb.cli.answers import Answer
from apimlb.cli.board import span
from apimlb.cli.hints import command
from apimlb.cli.prose import say
from apimlb.stack.config import Stack
from apimlb.stack.planner import Action, Plan

if TYPE_CHECKING:
    from apimlb.cli.flows import Deployed

_EMBEDDING = "embedding"


def summed_up(name: str, plan: Plan, seconds: float) -> str:
    """What a deploy did, in a line."""
    if plan.is_empty:
        return f"{name} is as it should be: nothing was changed."
    added, changed = len(plan.of(Action.CREATE, Action.REPLACE)), len(plan.of(Action.UPDATE))
    gone = len(plan.of(Action.DELETE, Action.REPLACE))
    return f"{name} is deployed: {added} added, {changed} changed, {gone} destroyed in {span(seconds)}."


def answered(deployed: "Deployed") -> Answer:
    """What a deploy that ended says: what it did, the gateway's URL as data, and what to try next."""
    if deployed.under_way:
        return Answer(deployed.document())
    say(summed_up(deployed.stack.name, deployed.plan, deployed.seconds))
    for line in after_deploy(deployed.stack):
        say(line)
    return Answer(deployed.document(), [deployed.gateway_url])


def after_deploy(stack: Stack) -> Iterator[str]:
    """A request through the gateway, what an app reads, how the stack stands; with the user's own flags."""
    chat = next((name for name, each in stack.deployments.items() if _EMBEDDING not in each.model), "")
    yield "Try next:"
    if chat:
        yield f'  eval "$({command("env --format shell")})"'
        yield '  curl "$AZURE_OPENAI_ENDPOINT/openai/v1/chat/completions" \\'
        yield '    -H "api-key: $AZURE_OPENAI_API_KEY" -H "Content-Type: application/json" \\'
        hello = '[{"role": "user", "content": "Hello!"}]'
        yield f"""    -d '{{"model": "{chat}", "messages": {hello}}}'"""
    yield f"  {command('env --app python')}    # what a chat app reads"
    yield f"  {command('status')}"
