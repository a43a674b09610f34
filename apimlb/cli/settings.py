"""The options that change a stack's settings for one command, and `apimlb config`, which shows them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.folding import folded, terminal_columns
from apimlb.cli.grammar import Group, common, verb
from apimlb.cli.options import FILES, NOTHING, SoftDeleted
from apimlb.errors import ConfigError, raise_together
from apimlb.numerals import is_digits
from apimlb.stack.choices import Tier
from apimlb.stack.settings import Literal

app = typer.Typer(cls=Group, no_args_is_help=True, help="The stack's settings, and where each comes from.")

StrategyName = Annotated[
    str | None, typer.Option("--strategy", help="retry or backend-pool, whatever the file says.")
]
TierName = Annotated[
    str | None,
    typer.Option("--tier", metavar="TIER", help=f"The APIM tier, whatever the file says: {', '.join(Tier)}."),
]
Location = Annotated[
    str,
    typer.Option(metavar="REGION", help="The gateway's region, whatever the file says.", show_default=False),
]
Accounts = Annotated[
    str,
    typer.Option(
        metavar="A,B,C",
        help="These accounts: names in the file, or regions of new ones.",
        show_default=False,
    ),
]
Capacities = Annotated[
    list[str] | None,
    typer.Option(
        "--capacity",
        metavar="[[ACCOUNT/]DEPLOYMENT=]N",
        help="Thousands of tokens per minute; may be repeated.",
        show_default=False,
    ),
]
Assigned = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="SETTING=VALUE",
        help="Any setting by its path, as deployments.chat.version=2; may be repeated.",
        show_default=False,
    ),
]

Monitored = Annotated[
    bool | None,
    typer.Option(
        "--monitoring/--no-monitoring",
        help="With or without metrics, workbook and alert, whatever the file says.",
        show_default=False,
    ),
]


def soft_deleted(text: str | None) -> SoftDeleted | None:
    """What a saved plan says about soft-deleted namesakes."""
    return SoftDeleted(text) if text in list(SoftDeleted) else None


def overrides(
    assigned: Sequence[str] | None = None,
    accounts: str = "",
    capacities: Sequence[str] | None = None,
    **named: Any,
) -> dict[str, Any]:
    """The settings that flags name, by path; raises `ConfigError` for all that are no assignment."""
    made = {name: None if value == "" else value for name, value in named.items()}
    if accounts:
        made["accounts"] = accounts
    wrong = list[ConfigError]()
    texts = [(text, _capacity) for text in capacities or ()] + [(text, _assigned) for text in assigned or ()]
    for text, read in texts:
        try:
            made |= read(text)
        except ConfigError as error:
            wrong.append(error)
    raise_together(wrong)
    return made


def _assigned(text: str) -> Mapping[str, str]:
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        lacking = "value" if path.strip() else "setting"
        raise ConfigError(f"--set {text} names no {lacking}.", next_step="Write --set SETTING=VALUE.")
    return {path.strip(): Literal(value)}


def _capacity(text: str) -> Mapping[str, str]:
    place, _, amount = text.rpartition("=")
    if not is_digits(amount):
        raise ConfigError(
            f"--capacity {text} is not a number of thousands.",
            next_step="Write --capacity 30, chat=30 or eastus2/chat=30.",
        )
    account, _, deployment = place.rpartition("/")
    if account:
        return {f"accounts.{account}.capacity.{deployment}": amount}
    return {f"deployments.{deployment or '*'}.capacity": amount}


@app.command(
    cls=verb(
        FILES,
        examples=(
            "apimlb config show",
            "apimlb config show --origin",
            "apimlb config show --origin --capacity chat=50",
        ),
    )
)
def show(
    context: typer.Context,
    strategy: StrategyName = None,
    tier: TierName = None,
    location: Location = "",
    accounts: Accounts = "",
    capacity: Capacities = None,
    assigned: Assigned = None,
    monitoring: Monitored = None,
    origin: Annotated[bool, typer.Option("--origin", help="Say where each setting comes from.")] = False,
) -> Answer:
    """Show every setting as it is in the end.

    A flag goes before the environment, that before the file, and that before the default.
    """
    from apimlb.cli.stack_settings import settings_of, stack_of

    place = common(context).place
    named = {"strategy": strategy, "tier": tier, "location": location, "monitoring": monitoring}
    flags = overrides(assigned, accounts, capacity, **named)
    stack, (settings, _) = stack_of(place, flags), settings_of(place, flags)
    rows = [(path, value, settings.origin(path)) for path, value in stack.listed()]
    width = max(len(path) for path, _, _ in rows)
    lines = [
        f"{path:<{width}}  {_written(value)}" + (f"  ({told})" if origin else "")
        for path, value, told in rows
    ]
    document = [{"setting": path, "value": value, "origin": told} for path, value, told in rows]
    return Answer(document, folded(lines, width + 2, terminal_columns()))


@app.command(cls=verb(NOTHING, examples=("apimlb config schema > apimlb.schema.json",)))
def schema(context: typer.Context) -> Answer:
    """Print the JSON schema of the stack's file.

    An editor reads it when the file begins with `#:schema ./apimlb.schema.json`.
    """
    import json  # deferred, as the next one

    from apimlb.stack import config

    made = config.schema()
    return Answer(made, [json.dumps(made, indent=2)])


def _written(value: Any) -> str:
    if value is None:
        return "(not set)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return str(value) if isinstance(value, int) else f'"{value}"'
