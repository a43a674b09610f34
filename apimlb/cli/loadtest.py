"""`apimlb loadtest`: clients on Locust before the stack's gateway, and the same as files for others."""

from pathlib import Path
from typing import Annotated

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.grammar import common, group, verb
from apimlb.cli.options import Retries, Sigma

FAILED = 9
"""The exit code of a load test that came to what `--fail-if` names."""


app = typer.Typer(
    cls=group(
        examples=(
            "apimlb loadtest --users 20 --duration 2m",
            "apimlb loadtest --rpm 300 --fail-if '429>1%' --fail-if 'p95>8s'",
            "apimlb loadtest export load --rpm 300 --duration 10m",
        )
    ),
    invoke_without_command=True,
    subcommand_metavar="[export DIR]",
    help="Put the gateway under load and show what clients saw. It spends tokens. Needs apimlb[loadtest].",
)
EXPORT = verb(examples=("apimlb loadtest export load --rpm 300 --duration 10m",))

Users = Annotated[
    int,
    typer.Option(
        metavar="N", min=0, help="So many people, each asking again after a pause.", show_default=False
    ),
]
Rpm = Annotated[
    float,
    typer.Option(
        metavar="N", min=0, help="So many requests a minute, at random moments.", show_default=False
    ),
]
Duration = Annotated[str, typer.Option(help="How long: 90s, 10m.")]
Pause = Annotated[
    float, typer.Option(min=0, help="Mean seconds between an answer and a person's next question.")
]
Tokens = Annotated[str, typer.Option(help="Mean tokens of a chat, or PROMPT,COMPLETION; as in simulate.")]
Streams = Annotated[float, typer.Option(min=0, max=1, help="Share of the chats that are streamed.")]
Embeddings = Annotated[float, typer.Option(min=0, max=1, help="Share of the requests that are embeddings.")]
Deployment = Annotated[
    str, typer.Option(help="The chats' deployment; else the stack's first.", show_default=False)
]
Seed = Annotated[int, typer.Option(help="The same seed asks the same.")]
FailIf = Annotated[
    list[str] | None,
    typer.Option(metavar="CONDITION", help=f"Exit with {FAILED} then: '429>1%', 'p95>2s'; repeatable."),
]
Report = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="Write Locust's report there.", show_default=False),
]


Force = Annotated[bool, typer.Option("--force", help="Write over files that are there.")]


@app.callback()
def loadtest(
    context: typer.Context,
    users: Users = 0,
    rpm: Rpm = 0.0,
    duration: Duration = "60s",
    pause: Pause = 5.0,
    tokens: Tokens = "500",
    sigma: Sigma = 0.9,
    streams: Streams = 0.3,
    embeddings: Embeddings = 0.2,
    retries: Retries = 1,
    deployment: Deployment = "",
    seed: Seed = 0,
    fail_if: FailIf = None,
    html: Report = None,
) -> Answer | None:
    """What the group does without a command; its help is above."""
    if context.invoked_subcommand is not None:
        _require_nothing_said(context)
        return None
    from apimlb.cli import load_tests
    from apimlb.loadtest.results import lines

    asked = load_tests.load(
        duration, tokens, deployment, users=users, rpm=rpm, pause=pause, sigma=sigma, streams=streams,
        embeddings=embeddings, retries=retries, seed=seed,
    )  # fmt: skip
    told = load_tests.run(common(context), asked, fail_if or (), html)
    failed = [f"Failed: {each}." for each in told["failed"]]
    return Answer(told, [*lines(told), *([""] if failed else []), *failed], FAILED if failed else 0)


def _require_nothing_said(context: typer.Context) -> None:
    """Raises `ConfigError` for options before the command below: they would be lost."""
    from apimlb.errors import ConfigError

    said = [
        name
        for name in context.params
        if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"
    ]
    if said:
        raise ConfigError(
            f"--{said[0].replace('_', '-')} stands before {context.invoked_subcommand}.",
            where=context.command_path,
            next_step=f"Put it behind: `apimlb loadtest {context.invoked_subcommand} --help` shows how.",
        )


@app.command("export", cls=EXPORT)
def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go.", show_default=False)],
    users: Users = 0,
    rpm: Rpm = 0.0,
    duration: Duration = "60s",
    pause: Pause = 5.0,
    tokens: Tokens = "500",
    sigma: Sigma = 0.9,
    streams: Streams = 0.3,
    embeddings: Embeddings = 0.2,
    retries: Retries = 1,
    deployment: Deployment = "",
    seed: Seed = 0,
    fail_if: FailIf = None,
    force: Force = False,
) -> Answer:
    """Write a locustfile that needs no apimlb. And what Azure Load Testing reads."""
    from apimlb.cli import load_tests

    asked = load_tests.load(
        duration, tokens, deployment, users=users, rpm=rpm, pause=pause, sigma=sigma, streams=streams,
        embeddings=embeddings, retries=retries, seed=seed,
    )  # fmt: skip
    return Answer(*load_tests.export_files(common(context), asked, fail_if or (), folder, force=force))
