"""Quotas and regions as tables, and `apimlb regions`.

region          model                  sku               limit    used    free   asked
eastus2         gpt-5.1                GlobalStandard     1000     120     880      30
swedencentral   gpt-5.1                GlobalStandard       20       0      20      30  !
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.grammar import common, verb
from apimlb.cli.hints import command
from apimlb.cli.prose import say

if TYPE_CHECKING:
    from apimlb.deploy.quotas import Row
    from apimlb.deploy.regions import Place
    from apimlb.stack.config import Deployment

REGIONS = verb(
    examples=(
        "apimlb regions --capacity 100",
        "apimlb regions --model gpt-5.1 --sku Standard --capacity 50 --geography Europe",
    )
)
_NUMBER = 7
_FIGURES = 4 * _NUMBER + 3


def table(rows: "Sequence[Row]", columns: int | None = None) -> Iterator[str]:
    """The quotas that a plan draws on, in so many columns; what does not fit is marked. What gives quota back
    draws on none."""
    rows = [row for row in rows if row.asked > 0]
    if not rows:
        return iter(())
    words = [("region", "model", "sku"), *((row.location, row.model, row.sku) for row in rows)]
    figures = [
        ("limit", "used", "free", "asked"),
        *((row.limit, row.used, row.free, row.asked) for row in rows),
    ]
    marks = ["", *("" if row.fits else "  !" for row in rows)]
    return _lines(words, figures, marks, columns)


def _lines(
    words: Sequence[Sequence[str]],
    figures: Sequence[Sequence[object]],
    marks: Sequence[str],
    columns: int | None = None,
) -> Iterator[str]:
    widths = [max(len(row[column]) for row in words) for column in range(len(words[0]))]
    # The model's name gives way, then the sku's.
    for column in (1, 2):
        over = sum(widths) + len(widths) - 1 + _FIGURES - columns if columns else 0
        widths[column] -= max(0, min(over, widths[column] - 12))
    for row, numbers, mark in zip(words, figures, marks, strict=True):
        left = " ".join(f"{_cut(text, width):<{width}}" for text, width in zip(row, widths, strict=True))
        yield left + "".join(f"{number:>{_NUMBER}}" for number in numbers) + mark


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def regions(
    context: typer.Context,
    capacity: Annotated[int, typer.Option(metavar="N", min=1, help="So much has to be free.")],
    model: Annotated[str, typer.Option(help="The model; left out: the stack's first.")] = "",
    version: Annotated[str, typer.Option(help="Its version; left out: the usual one.")] = "",
    sku: Annotated[str, typer.Option(help="How it is deployed; left out: as in the stack.")] = "",
    geography: Annotated[str, typer.Option(help="Only there: US, Europe, Asia Pacific …")] = "",
    count: Annotated[int, typer.Option(min=1, help="How many accounts are proposed at most.")] = 3,
) -> Answer:
    """Find where so much of a model is free. The region with most free comes first."""
    from apimlb.cli.wiring import open_session
    from apimlb.deploy import regions as where
    from apimlb.deploy.billing import is_hourly

    session = open_session(common(context))
    ways = session.stack.deployments
    name = next((each for each, way in ways.items() if way.model == model), next(iter(ways)))
    first = ways[name]
    search = where.Search(model or first.model, capacity, sku or first.sku, version, geography)
    found = where.find(session.cloud, search, session.clock.now())
    roomy = [place for place in found if place.free >= capacity]
    proposed = where.proposal(found, capacity, count)
    told = proposed and _command(name, proposed, _settings(name, first, found[0], version or model))
    words = [("region", "geography", "version"), *((p.location, p.geography, p.version) for p in found)]
    figures = [("limit", "used", "free"), *((p.limit, p.used, p.free) for p in found)]
    marks = ["  enough", *("  yes" if place in roomy else "" for place in found)]
    where_it_is = f"free in {len(roomy)} of {len(found)} regions" if roomy else "free nowhere in one region"
    say(f"{capacity} of {search.model} as {search.sku}: {where_it_is}.")
    say(f"Proposed: {told}" if told else "All of the regions together have less. Ask Azure for more quota.")
    left_out = [a.name for a in session.stack.accounts if a.name not in dict(proposed)]
    if told and left_out and session.group() is not None:
        say(f"That takes {', '.join(left_out)} out of the stack; name them in --accounts to keep them.")
    if is_hourly(search.sku):
        say(f"{search.sku} is billed by the hour, used or not; off a terminal it takes --accept-hourly.")
    document = {
        "regions": [{**place.document(), "fits": place.free >= capacity} for place in found],
        "proposal": [{"location": location, "capacity": amount} for location, amount in proposed],
        "command": told or None,
    }
    return Answer(document, _lines(words, figures, marks), code=0 if proposed else 4)


def _settings(name: str, first: "Deployment", place: "Place", version: str) -> list[str]:
    """What a deploy has to be told for the stack's deployment to be what was looked for. Its version stays
    where neither a version nor a model was named."""
    wanted = {"model": place.model, "version": place.version if version else first.version, "sku": place.sku}
    return [
        f"--set deployments.{name}.{key}={value}"
        for key, value in wanted.items()
        if value != getattr(first, key)
    ]


def _command(deployment: str, proposed: Sequence[tuple[str, int]], settings: Sequence[str]) -> str:
    places = ",".join(location for location, _ in proposed)
    amounts = {amount for _, amount in proposed}
    sizes = [f"--capacity {location}/{deployment}={amount}" for location, amount in proposed]
    if len(amounts) == 1:
        sizes = [f"--capacity {deployment}={amounts.pop()}"]
    return command(" ".join(["deploy --accounts", places, *sizes, *settings]))
