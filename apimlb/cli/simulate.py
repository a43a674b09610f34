"""`apimlb simulate`: the policy before an hour of traffic, on a virtual clock."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.grammar import common, verb
from apimlb.cli.options import FILES, Retries, Sigma
from apimlb.cli.outputs import saved
from apimlb.cli.settings import StrategyName

Policy = Annotated[
    str | None, typer.Option(metavar="FILE", help="This policy instead: .xml, or .toml that is about one.")
]
Compare = Annotated[
    list[str] | None, typer.Option(metavar="FILE", help="This one too (or a strategy's name); repeatable.")
]
Checkouts = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Where the policies are that .toml files are about.")
]
Load = Annotated[float, typer.Option(min=0.01, help="What is asked, as a share of what the accounts grant.")]
Rpm = Annotated[float | None, typer.Option(min=0.01, help="Requests a minute instead.", show_default=False)]
Trace = Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Your own traffic instead.")]
Shape = Annotated[str, typer.Option(help="steady, bursts, or day (from midnight on).")]
Minutes = Annotated[float, typer.Option(min=0.1, help="How long it lasts, in simulated minutes.")]
Tokens = Annotated[str, typer.Option(help="Mean tokens of a request, or PROMPT,COMPLETION.")]
Streams = Annotated[float, typer.Option(min=0, max=1, help="Share of the answers that are streamed.")]
Gateways = Annotated[int, typer.Option(min=1, max=32, help="Instances of the gateway.")]
Adverse = Annotated[
    bool, typer.Option("--adverse", help="A gateway that is worse wherever Azure's is not known.")
]
Outages = Annotated[
    list[str] | None,
    typer.Option(metavar="ACCOUNT@10m-20m", help="Away meanwhile; with =503 it answers that."),
]
CacheOutages = Annotated[
    list[str] | None, typer.Option(metavar="10m-20m", help="The gateway's cache is away meanwhile.")
]
Flushes = Annotated[
    list[str] | None, typer.Option(metavar="10m", help="The gateway's cache forgets everything then.")
]
ProfileName = Annotated[str, typer.Option(help="How the accounts behave; join several by +.")]
Plot = Annotated[
    Path | None, typer.Option(metavar="FILE.svg", help="Draw it too; needs the extra apimlb[plot].")
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same run.")]


SIMULATE = verb(
    FILES, examples=("apimlb simulate --load 1.3", "apimlb simulate --compare retry --plot out.svg")
)
CAPACITY = verb(FILES, examples=("apimlb capacity --rpm 100 --tokens 400,100",))


def simulate(
    context: typer.Context,
    strategy: StrategyName = None,
    policy: Policy = None,
    compare: Compare = None,
    checkouts: Checkouts = None,
    load: Load = 1.0,
    rpm: Rpm = None,
    trace: Trace = None,
    shape: Shape = "steady",
    minutes: Minutes = 60.0,
    tokens: Tokens = "500",
    sigma: Sigma = 0.9,
    streams: Streams = 0.0,
    retries: Retries = 0,
    gateways: Gateways = 1,
    adverse: Adverse = False,
    outage: Outages = None,
    cache_outage: CacheOutages = None,
    flush: Flushes = None,
    profile: ProfileName = "opened",
    seed: Seed = 0,
    plot: Plot = None,
) -> Answer:
    """Run the stack's policy before simulated traffic. Shows how far it is from an omniscient balancer."""
    from apimlb.cli import simulations
    from apimlb.simulator import plot as picture
    from apimlb.simulator import report
    from apimlb.simulator.profiles import profile as named
    from apimlb.simulator.scenario import Scenario, seconds, span

    prompt, completion, mean = simulations.sizes(tokens)
    scenario = Scenario(
        load, rpm, trace, simulations.shape(shape), minutes, seed, mean, prompt, completion, sigma,
        streams=streams, retries=retries, gateways=gateways, adverse=adverse, profile=named(profile),
        outages=tuple(span(text) for text in outage or ()),
        cache_outages=tuple(span(f"@{text}") for text in cache_outage or ()),
        flushes=tuple(seconds(text) for text in flush or ()),
    )  # fmt: skip
    if plot is not None:
        picture.require_picture(plot)
    asked = simulations.Asked(strategy, policy, compare or (), checkouts)
    outcome = simulations.run(common(context).place, scenario, asked)
    told = report.document(outcome)
    answer = Answer(told, report.lines(told))
    return saved(answer, partial(picture.plot, outcome, plot)) if plot else answer


def capacity(
    context: typer.Context,
    rpm: Annotated[float, typer.Option(min=0.01, help="Requests a minute.")],
    tokens: Annotated[str, typer.Option(metavar="P,C", help="Mean tokens of prompt and max_tokens.")],
    goal: Annotated[
        float, typer.Option(min=0, max=1, help="The most that may be refused, as a share.")
    ] = 0.001,
    accounts: Annotated[
        int, typer.Option(min=1, help="The most accounts to look at, each in its region.")
    ] = 4,
    minutes: Minutes = 30.0,
    shape: Shape = "steady",
    sigma: Sigma = 0.9,
    retries: Retries = 0,
    profile: ProfileName = "opened",
    seed: Seed = 0,
    strategy: StrategyName = None,
) -> Answer:
    """Say which capacity a traffic needs. And on how many accounts, and who would still see a 429."""
    from apimlb.cli import simulations
    from apimlb.simulator.profiles import profile as named
    from apimlb.simulator.scenario import Scenario

    prompt, completion, mean = simulations.sizes(tokens)
    scenario = Scenario(
        1.0, rpm, None, simulations.shape(shape), minutes, seed, mean, prompt, completion, sigma,
        retries=retries, profile=named(profile),
    )  # fmt: skip
    found = simulations.capacities(common(context).place, scenario, strategy, goal, accounts)
    return Answer(found, simulations.capacity_lines(found, goal))
