"""`apimlb simulate`: the policy before an hour of traffic, on a virtual clock."""

from pathlib import Path
from typing import Annotated

import typer

from apimlb.cli.options import Config, Format, Output, StackName, placed
from apimlb.cli.prose import say, show, show_json

StrategyName = Annotated[
    str | None, typer.Option("--strategy", help="backend-pool or retry, whatever the file says.")
]


def simulate(
    strategy: StrategyName = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Another policy document for the stack's API.", exists=True, dir_okay=False
        ),
    ] = None,
    load: Annotated[float, typer.Option(help="What is asked, as a share of what the accounts grant.")] = 1.0,
    rpm: Annotated[float | None, typer.Option(help="Requests a minute instead.", show_default=False)] = None,
    minutes: Annotated[float, typer.Option(help="How long it lasts, in simulated minutes.")] = 60.0,
    gateways: Annotated[int, typer.Option(help="Instances of the gateway.")] = 1,
    profile: Annotated[str, typer.Option(help="How the accounts charge and what they say.")] = "likely",
    sigma: Annotated[float, typer.Option(help="Spread of the sizes (lognormal); 0: all the same.")] = 0.9,
    retries: Annotated[int, typer.Option(help="How often a client asks again when refused.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same run.")] = 0,
    output: Output = Format.TEXT,
    stack: StackName = "",
    config: Config = "",
) -> None:
    """Run the stack's policy before simulated traffic and show how far it is from an omniscient balancer."""
    from apimlb.cli.wiring import stack_of
    from apimlb.render import render
    from apimlb.simulator import report
    from apimlb.simulator.scenario import Scenario
    from apimlb.simulator.simulate import simulate as play

    scenario = Scenario(
        load=load,
        rpm=rpm,
        minutes=minutes,
        gateways=gateways,
        profile=profile,
        sigma=sigma,
        retries=retries,
        seed=seed,
    )
    wanted = stack_of(placed(None, stack, config, ""), {"strategy": strategy})
    text = render(wanted) if policy is None else policy.read_text()
    outcome = play(scenario, wanted, text, progress=_tell)
    document = report.document(scenario, outcome)
    if output is Format.JSON:
        show_json(document)
        return
    for line in report.lines(document):
        show(line)


def _tell(share: float) -> None:
    if round(share * 100) % 10 == 0:
        say(f"{share:.0%} of the time is over")
