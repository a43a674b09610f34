"""`apimlb init`, `doctor`, `open`, `completion`: what a new user meets first."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.grammar import common, verb
from apimlb.cli.options import FILES, NOTHING
from apimlb.cli.prose import say
from apimlb.stack.choices import Tier

INIT = verb(FILES, examples=("apimlb init", "apimlb init --yes --accounts eastus2,swedencentral"))
DOCTOR = verb(examples=("apimlb doctor", "apimlb doctor --local"))
OPEN = verb(examples=("apimlb open", "apimlb open --print"))
COMPLETION = verb(
    NOTHING,
    examples=(
        'eval "$(apimlb completion bash)"',
        "apimlb completion fish > ~/.config/fish/completions/apimlb.fish",
    ),
)


def init(
    context: typer.Context,
    location: Annotated[str, typer.Option(metavar="REGION", help="The gateway's region.")] = "",
    tier: Annotated[str, typer.Option(metavar="TIER", help=f"The gateway's tier: {', '.join(Tier)}.")] = "",
    gateway: Annotated[
        str,
        typer.Option(
            metavar="GROUP/NAME", help="An API Management service that is there: it is used, none is made."
        ),
    ] = "",
    accounts: Annotated[str, typer.Option(metavar="REGION,…", help="The accounts' regions.")] = "",
    strategy: Annotated[str, typer.Option(help="retry or backend-pool.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> Answer:
    """Write a commented apimlb.toml. A terminal is asked for what the options do not say."""
    from pathlib import Path

    from apimlb.cli.init import write
    from apimlb.cli.workspace import CONFIG

    said = common(context)
    file = Path(said.config or CONFIG)
    given = {
        "name": said.stack,
        "location": location,
        "tier": tier,
        "gateway": gateway,
        "accounts": accounts,
        "strategy": strategy,
    }
    ask = sys.stdin.isatty() and not said.yes
    answers = write(file, given, ask=ask, force=force)
    say(f"{file} is written. Next: `apimlb plan`, or `apimlb deploy --local` to try it on this machine.")
    return Answer({"file": str(file), **answers})


def doctor(context: typer.Context) -> Answer:
    """Check what commands need, and say what mends it."""
    from apimlb.cli.doctor import Health, examine
    from apimlb.cli.hints import completed

    findings = examine(common(context))
    lines = [completed(line) for finding in findings for line in finding.lines()]
    failed = any(finding.health is Health.FAILED for finding in findings)
    return Answer([finding.document() for finding in findings], lines, code=1 if failed else 0)


def open_(
    context: typer.Context,
    only_print: Annotated[bool, typer.Option("--print", help="Print its address, open nothing.")] = False,
) -> Answer:
    """Open the gateway's page in Azure's portal. Off a terminal, print its address."""
    import webbrowser

    from apimlb.cli import operating
    from apimlb.cli.wiring import open_session

    said = common(context)
    session = open_session(said)
    # The local Azure has no portal; its gateway is what there is to look at.
    page = (
        f"https://portal.azure.com/#@{session.target.tenant_id}/resource{session.names.service_id}/overview"
    )
    url = operating.gateway_url(session) if session.workspace.local else page
    if not only_print and not said.json and sys.stdout.isatty():
        webbrowser.open(url)
    return Answer({"url": url}, [url])


class Shell(StrEnum):
    """The shells that can complete commands."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    context: typer.Context,
    shell: Annotated[Shell, typer.Argument(metavar="|".join(Shell), help="For which shell.")],
) -> Answer:
    """Print what lets a shell complete commands and options."""
    from typer.completion import get_completion_script  # type: ignore[attr-defined] # it is imported there

    script = get_completion_script(prog_name="apimlb", complete_var="_APIMLB_COMPLETE", shell=shell.value)
    return Answer({"shell": shell.value, "script": script}, [script])
