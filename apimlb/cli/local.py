"""`apimlb local`: the local Azure as a background process, imported only by the commands that reach it."""

from enum import StrEnum
from typing import Annotated

import typer

from apimlb.cli import local_control
from apimlb.cli.options import Format, Output, State
from apimlb.cli.prose import say, show, show_json
from apimlb.cli.workspace import workspace
from apimlb.errors import ConfigError

app = typer.Typer(no_args_is_help=True, help="Run Azure on this machine: ARM, Entra, APIM and Azure OpenAI.")

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


@app.command()
def up(
    gateway_port: GatewayPort = None,
    arm_port: ArmPort = None,
    lro: Annotated[
        Pace, typer.Option(help="How long creating and deleting takes: nothing, or as long as in Azure.")
    ] = Pace.AT_ONCE,
    time_scale: Annotated[
        float, typer.Option(metavar="N", help="With realistic: N times as fast, Retry-After too.")
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
    state: State = "",
) -> None:
    """Start it in the background."""
    from apimlb.local import process
    from apimlb.local.openai.switches import CHARGES

    if charging and charging not in CHARGES:
        raise ConfigError(
            f"There is no profile {charging!r}.", next_step=f"Choose one of {', '.join(CHARGES)}."
        )

    if not 0 < time_scale < float("inf"):
        raise ConfigError(
            f"Time cannot go {time_scale:g} times as fast.", next_step="Give a --time-scale above 0."
        )
    options = ["--lro", lro.value, "--time-scale", str(time_scale), "--gateways", str(gateways)]
    options += ["--late"] if late else []
    options += ["--adverse"] if adverse else []
    options += [] if seed is None else ["--seed", str(seed)]
    options += ["--charging", charging] if charging else []
    endpoint = process.start(
        workspace(state=state).local_azure,
        gateway_port=gateway_port,
        arm_port=arm_port,
        options=options,
    )
    say(f"The local Azure runs (process {endpoint.pid}).")
    say(f"  gateway  {endpoint.gateway_url}")
    say(f"  ARM      {endpoint.arm_url}")
    say("Next: `apimlb deploy --local`")


@app.command()
def down(state: State = "") -> None:
    """Stop it; what was deployed to it is there again at the next `up`."""
    from apimlb.local import process

    directory = workspace(state=state).local_azure
    process.stop(directory)
    if (directory / "azure.db").exists():
        say("The local Azure has stopped. What was deployed to it is kept.")
    else:
        say("The local Azure has stopped. What was deployed to it went with its folder.")


@app.command()
def status(output: Output = Format.TEXT, state: State = "") -> None:
    """Say where it runs, what there is and how far it is used, and what is not as usual."""
    from apimlb.local import process

    directory = workspace(state=state).local_azure
    found = process.status(directory)
    if output is Format.JSON:
        show_json(found)
        return
    from apimlb.cli.standing import lines  # deferred: JSON needs no words

    for line in lines(found, local_control.ask(state, "GET", "faults"), str(directory)):
        show(line)


app.add_typer(local_control.fault, name="fault")
app.add_typer(local_control.clock, name="clock")
app.command("account")(local_control.account)
app.command("token")(local_control.token)
app.command("env")(local_control.env)
