"""`apimlb policy`: evaluate expressions and walk through policies, without a gateway."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.documents import from_file, json_in, text_in, yaml_in
from apimlb.cli.grammar import Group, verb
from apimlb.cli.options import NOTHING
from apimlb.errors import ConfigError

app = typer.Typer(
    cls=Group, no_args_is_help=True, help="Evaluate policy expressions and walk through policies."
)

Expression = Annotated[
    str, typer.Argument(metavar="'@(...)'", help="An expression, with its @( ) or @{ }.", show_default=False)
]
ContextFile = Annotated[
    Path | None,
    typer.Option("--context", metavar="FILE", help="JSON of what context holds.", show_default=False),
]
CasesFile = Annotated[
    Path | None,
    typer.Option("--cases", metavar="FILE", help="JSON list of cases, answered as one.", show_default=False),
]


@app.command(
    "eval",
    cls=verb(NOTHING, examples=("apimlb policy eval '@(1 + 1)'", "apimlb policy eval --cases cases.json")),
)
def evaluate(expression: Expression = "", context: ContextFile = None, cases: CasesFile = None) -> Answer:
    """Print an expression's type and value. Of a file of cases, the answers as JSON."""
    from apimlb.policy.rehearse.cases import answer, evaluate

    if cases is not None:
        with from_file(cases, "Correct it: each case has an expression, and perhaps an id and a context."):
            found = evaluate(json_in(cases, list))
        return Answer(found, [json.dumps(found, indent=2)])
    if not expression:
        raise ConfigError("There is nothing to evaluate.", next_step="Give an expression, or --cases FILE.")
    with from_file(context, "Correct it: the members are those of `context`, in snake_case."):
        told = answer(expression, json_in(context, dict) if context else {})
    return Answer(told, [_line(told)], code=0 if "type" in told else 1)


def _line(told: Mapping[str, object]) -> str:
    """`System.Int32 3`; what throws or does not compile is said as such."""
    if "type" in told:
        return f"{told['type']} {told['value']}"
    if "throws" in told:
        return f"throws {told['throws']}: {told['message']}"
    place = f"line {told['line']}, column {told['column']}"
    return f"does not compile: {told['compile_error']}: {told['message']} ({place})"


@app.command(cls=verb(NOTHING, examples=("apimlb policy trace policy.xml --case case.yaml",)))
def trace(
    file: Annotated[Path, typer.Argument(help="The policy document.")],
    case: Annotated[
        Path, typer.Option("--case", metavar="FILE", help="YAML of the request and what backends answer.")
    ],
) -> Answer:
    """Run a policy against a written case. Prints every step, its time, variables before and after."""
    import asyncio  # deferred: importing it takes as long as Typer

    from apimlb.cli.tracing import document, lines
    from apimlb.policy.rehearse.rehearsal import rehearse

    with from_file(case, "Correct it."):
        rehearsal = asyncio.run(rehearse(text_in(file), yaml_in(case)))
    return Answer(document(rehearsal), lines(rehearsal))
