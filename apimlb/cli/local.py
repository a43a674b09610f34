"""`apimlb local`: the local Azure as a background process, imported only by the commands that reach it."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apimlb.cli import local_control, local_records
from apimlb.cli.answers import Answer
from apimlb.cli.grammar import Group, common, verb
from apimlb.cli.options import STATE, Common
from apimlb.cli.prose import say
from apimlb.errors import ConfigError

if TYPE_CHECKING:
    from apimlb.local.process import Endpoint

app = typer.Typer(
    cls=Group, no_args_is_help=True, help="Azure on this machine: ARM, Entra, APIM, Azure OpenAI."
)

GatewayPort = Annotated[
    int | None,
    typer.Option(
        help="Of the APIM gateway, plain HTTP; 0 for a free one. Kept: the last one here, 4580 at first.",
        min=0,
        max=65535,
    ),
]
ArmPort = Annotated[
    int | None,
    typer.Option(
        help="Of ARM and Entra, TLS; 0 for a free one. Kept: the last one here, 4581 at first.",
        min=0,
        max=65535,
    ),
]


class Pace(StrEnum):
    """How long what takes time in Azure takes here."""

    AT_ONCE = "at-once"
    REALISTIC = "realistic"


@app.command(cls=verb(STATE, examples=("apimlb local up", "apimlb local up --lro realistic --time-scale 60")))
def up(
    context: typer.Context,
    gateway_port: GatewayPort = None,
    arm_port: ArmPort = None,
    lro: Annotated[
        Pace, typer.Option(help="How long creating and deleting takes: nothing, or as long as in Azure.")
    ] = Pace.AT_ONCE,
    time_scale: Annotated[
        float, typer.Option(metavar="N", min=0.001, help="With realistic: N times as fast, Retry-After too.")
    ] = 1.0,
    late: Annotated[
        bool,
        typer.Option(
            "--late",
            help="Let configuration, keys and roles take seconds to minutes until they have an effect.",
        ),
    ] = False,
    adverse: Annotated[
        bool, typer.Option("--adverse", help="Read what is not known about Azure in the worse way; late too.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(help="Make ids and answers repeatable.", show_default=False)
    ] = None,
    gateways: Annotated[
        int, typer.Option(help="Instances of the gateway, as units of one region.", min=1, max=32)
    ] = 1,
    charging: Annotated[
        str,
        typer.Option(metavar="PROFILE", help="How accounts count tokens: likely, words, thousand …"),
    ] = "",
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="What `verify-live` found out: Azure as it is there.", show_default=False
        ),
    ] = None,
) -> Answer:
    """Start it in the background."""
    from apimlb.local import process

    options = ["--lro", lro.value, "--time-scale", str(time_scale), "--gateways", str(gateways)]
    options += ["--late"] if late else []
    options += ["--adverse"] if adverse else []
    options += [] if seed is None else ["--seed", str(seed)]
    options += ["--charging", _profile(charging)] if charging else []
    options += ["--answers", str(_answers(answers))] if answers else []
    directory = common(context).local_azure
    return _started(process.start(directory, gateway_port=gateway_port, arm_port=arm_port, options=options))


def _started(endpoint: "Endpoint") -> Answer:
    say(f"The local Azure runs (process {endpoint.pid}).")
    say(f"  gateway  {endpoint.gateway_url}")
    say(f"  ARM      {endpoint.arm_url}")
    say("Next: `apimlb deploy --local`")
    return Answer({"gateway_url": endpoint.gateway_url, "arm_url": endpoint.arm_url, "pid": endpoint.pid})


def _profile(name: str) -> str:
    """The name, once there is such a profile; raises `ConfigError`."""
    from apimlb.local.openai.switches import CHARGES

    if name not in CHARGES:
        raise ConfigError(f"There is no profile {name!r}.", next_step=f"Choose one of {', '.join(CHARGES)}.")
    return name


def _answers(file: Path) -> Path:
    """The file, once every answer in it is one; raises `ConfigError`."""
    from apimlb.local.answers import answered
    from apimlb.local.world import WorldSettings

    answered(WorldSettings(), file)
    return file.absolute()


@app.command(cls=verb(STATE, examples=("apimlb local down",)))
def down(context: typer.Context) -> Answer:
    """Stop it. What was deployed to it is there again at the next `up`."""
    from apimlb.local import process

    directory = common(context).local_azure
    process.stop(directory)
    kept = (directory / "azure.db").exists()
    fate = "is kept" if kept else "went with its folder"
    say(f"The local Azure has stopped. What was deployed to it {fate}.")
    return Answer({"stopped": True, "kept": kept})


@app.command(cls=verb(STATE, examples=("apimlb local status",)))
def status(context: typer.Context) -> Answer:
    """Say where it runs and how far it is used. And what is not as usual."""
    from apimlb.local import process

    said = common(context)
    found = process.status(said.local_azure)
    return Answer(found, () if said.json else _standing(found, said))


def _standing(found: dict[str, Any], said: Common) -> Iterator[str]:
    from apimlb.cli.standing import lines  # deferred: JSON needs no words

    return lines(found, local_control.ask(said, "GET", "faults"), str(said.local_azure))


app.add_typer(local_control.fault, name="fault")
app.add_typer(local_control.clock, name="clock")
app.command("account", cls=local_control.ACCOUNT)(local_control.account)
app.command("token", cls=local_control.TOKEN)(local_control.token)
app.command("env", cls=local_control.ENV)(local_control.env)
app.command("records", cls=local_records.RECORDS)(local_records.records)
