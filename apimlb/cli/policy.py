"""`apimlb policy`: evaluate expressions and walk through policies, without a gateway."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from apimlb.cli.documents import from_file, json_in, text_in, yaml_in
from apimlb.cli.options import Format, Output
from apimlb.cli.prose import show, show_json
from apimlb.errors import ConfigError

app = typer.Typer(no_args_is_help=True, help="Evaluate policy expressions and walk through policies.")

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


@app.command("eval")
def evaluate(expression: Expression = "", context: ContextFile = None, cases: CasesFile = None) -> None:
    """Print an expression's type and value, or the answers to a file of cases as JSON."""
    from apimlb.policy.rehearse.cases import answer, evaluate

    if cases is not None:
        with from_file(cases, "Correct it: each case has an expression, and perhaps an id and a context."):
            show_json(evaluate(json_in(cases, list)))
        return
    if not expression:
        raise ConfigError("There is nothing to evaluate.", next_step="Give an expression, or --cases FILE.")
    with from_file(context, "Correct it: the members are those of `context`, in snake_case."):
        _show_answer(answer(expression, json_in(context, dict) if context else {}))


def _show_answer(told: Mapping[str, object]) -> None:
    """`System.Int32 3`; what throws or does not compile is said as such and ends with exit code 1."""
    if "type" in told:
        show(f"{told['type']} {told['value']}")
        return
    if "throws" in told:
        show(f"throws {told['throws']}: {told['message']}")
    else:
        place = f"line {told['line']}, column {told['column']}"
        show(f"does not compile: {told['compile_error']}: {told['message']} ({place})")
    raise typer.Exit(1)


@app.command()
def trace(
    file: Annotated[Path, typer.Argument(help="The policy document.")],
    case: Annotated[
        Path, typer.Option("--case", metavar="FILE", help="YAML of the request and what backends answer.")
    ],
    output: Output = Format.TEXT,
) -> None:
    """Run a policy against a written case; print every step, its time, variables before and after."""
    import asyncio  # deferred: importing it takes as long as Typer

    from apimlb.cli.tracing import document, lines
    from apimlb.policy.rehearse.rehearsal import rehearse

    with from_file(case, "Correct it."):
        rehearsal = asyncio.run(rehearse(text_in(file), yaml_in(case)))
    if output is Format.JSON:
        show_json(document(rehearsal))
        return
    for line in lines(rehearsal):
        show(line)
