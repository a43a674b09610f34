"""`apimlb policy`: evaluate expressions and walk through policies, without a gateway."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from apimlb.cli.options import Format, Output
from apimlb.cli.prose import show, show_json
from apimlb.errors import ConfigError

app = typer.Typer(no_args_is_help=True, help="Evaluate policy expressions and walk through policies.")

Document = TypeVar("Document", dict[str, Any], list[Any])

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
    from apimlb.policy.cases import answer, evaluate

    if cases is not None:
        show_json(evaluate(_json(cases, list)))
        return
    if not expression:
        raise ConfigError("There is nothing to evaluate.", next_step="Give an expression, or --cases FILE.")
    _show_answer(answer(expression, _json(context, dict) if context else {}))


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
    file: Annotated[Path, typer.Argument(help="The policy document.", exists=True, dir_okay=False)],
    case: Annotated[
        Path, typer.Option("--case", metavar="FILE", help="YAML of the request and what backends answer.")
    ],
    output: Output = Format.TEXT,
) -> None:
    """Run a policy against a written case; print every step, its time, variables before and after."""
    import asyncio  # deferred: importing it takes as long as Typer

    from apimlb.cli.tracing import document, lines
    from apimlb.policy.rehearsal import rehearse

    rehearsal = asyncio.run(rehearse(file.read_text(), _yaml(case)))
    if output is Format.JSON:
        show_json(document(rehearsal))
        return
    for line in lines(rehearsal):
        show(line)


def _json(file: Path, kind: type[Document]) -> Document:
    """The document in the file; raises `ConfigError` when it is not JSON of that kind."""
    try:
        read = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise ConfigError(str(error), where=str(file), next_step="Give a file that holds JSON.") from None
    if not isinstance(read, kind):
        wanted = "a list of cases" if kind is list else "an object"
        raise ConfigError(f"The document is not {wanted}.", where=str(file), next_step="See its help.")
    return read


def _yaml(file: Path) -> dict[str, object]:
    import yaml  # deferred: only this command reads YAML

    try:
        read = yaml.safe_load(file.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(str(error), where=str(file), next_step="Give a file that holds YAML.") from None
    if not isinstance(read, dict | None):
        raise ConfigError(
            "A case is a mapping.", where=str(file), next_step="See `request:` and `backends:`."
        )
    return read or {}
