"""What a person sees while a command works, on stderr: the plan, the progress, a table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import unified_diff
from textwrap import wrap
from typing import Any

from rich.console import Console, OverflowMethod, RenderableType
from rich.markup import escape
from rich.table import Table

from apimlb.cli.board import Row
from apimlb.cli.outline import api_of, change_lines, group_of, summed_up
from apimlb.cli.prose import leave_unread, voice
from apimlb.stack.differences import Change
from apimlb.stack.planner import Action, Plan, Revival, Step
from apimlb.stack.policy_text import laid_out

_MARKS = {
    Action.CREATE: "  [green]+[/]",
    Action.UPDATE: "  [yellow]~[/]",
    Action.DELETE: "  [red]-[/]",
    Action.REPLACE: "[red]-[/]/[green]+[/]",
}
_REVIVALS = {Revival.RESTORE: ", restored", Revival.PURGE: ", after its deleted namesake is purged"}
_WORDS = {Action.DELETE: "delete ", Action.REPLACE: "replace "}

_INDENT = 8
"""Columns before what continues a line of the plan."""
_TITLE = 36
_FIGURES = 32
"""Columns of what stands behind a title in the tree and is not cut: how far, how long, of what is usual."""
_STATES = {
    "done": ("✓", "green"),
    "failed": ("✗", "red"),
    "running": ("●", "yellow"),
    "waiting": ("●", "yellow"),
}


Board = tuple[str, Sequence[str], Sequence[Sequence[str]], str]
"""A table that is drawn anew: title, headings, rows, and a line below."""


class _Pipe(Console):
    """A console whose reader may leave, as that of any other output may."""

    def on_broken_pipe(self) -> None:
        leave_unread()


console = _Pipe(stderr=True, highlight=False, soft_wrap=True)
_PLAIN = console.no_color
"""Whether the environment wants no colour."""


def stderr() -> Console:
    """The console for talk, as loud and as colourful as was asked for."""
    console.quiet, console.no_color = voice.quiet, _PLAIN or not voice.color
    return console


def show_plan(plan: Plan, *, where: str, as_data: bool = False, whole: bool = False) -> None:
    """What changes, by account and gateway, with the fields that differ, and the sum; `as_data` on stdout.

    What is made or taken away of one API or one kind stands in one line; `whole` gives every step its own.
    """
    target = _Pipe(highlight=False, soft_wrap=True, no_color=not voice.color or None) if as_data else stderr()
    target.print(f"In {escape(where)}:")
    steps = [step for step in plan.steps if step.action is not Action.KEEP]
    for group in dict.fromkeys(group_of(step.key) for step in steps):
        target.print(f"  [bold]{escape(group)}[/]")
        _show_group([step for step in steps if group_of(step.key) == group], target, whole)
    target.print(plan.summary())


def _show_group(steps: Sequence[Step], target: Console, whole: bool) -> None:
    bundles: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        alone = whole or step.changes or step.revival is not None or step.action is Action.REPLACE
        bundles.setdefault((step.key if alone else api_of(step.key), str(step.action)), []).append(step)
    differences: dict[str, str] = {}
    for bundle in bundles.values():
        _show_bundle(bundle, target, differences)


def _show_bundle(bundle: Sequence[Step], target: Console, differences: dict[str, str]) -> None:
    """One step with what differs, or several that are alike. Policies that change in the same way are shown
    once: `differences` are labels by what has been shown."""
    step, api = bundle[0], api_of(bundle[0].key)
    if len(bundle) > 1:
        told = summed_up([(each.key, each.resource.label) for each in bundle])
        said = f"API {api}: {told.removeprefix('API, ')}" if api else told
    else:
        said = f"{step.resource.label}{_REVIVALS.get(step.revival or Revival.FAIL, '')}"
    lines = wrap(
        f"{_WORDS.get(step.action, '')}{said}", max(40, target.width - _INDENT), break_on_hyphens=False
    )
    target.print(f"  {_MARKS[step.action]} {escape(lines[0])}")
    for line in lines[1:]:
        target.print(f"{'':{_INDENT}}{escape(line)}")
    for change in step.changes:
        if _is_policy(change.before) and _is_policy(change.after):
            known = differences.setdefault(f"{change.before}\0{change.after}", step.resource.label)
            if known == step.resource.label:
                _show_difference(change, target)
            else:
                target.print(f"        as that of {escape(known)}")
        else:
            for line in change_lines(change):
                target.print(f"        {escape(line)}")


def _is_policy(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip().startswith("<")


def _show_difference(change: Change, target: Console) -> None:
    """What changes in a policy, as a unified diff; a terminal shows as much of each line as it is wide."""
    names = ("in Azure", "from the template")
    lines = unified_diff(laid_out(change.before), laid_out(change.after), *names, lineterm="", n=2)
    overflow: OverflowMethod = "ellipsis" if target.is_terminal and not voice.verbose else "fold"
    for line in lines:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[0], "dim")
        target.print(
            f"      [{style}]{escape(line)}[/]", no_wrap=True, overflow=overflow, soft_wrap=overflow == "fold"
        )


def is_live() -> bool:
    """Whether stderr is a terminal on which something can be drawn anew."""
    return console.is_terminal and not console.is_dumb_terminal and not voice.quiet


def columns(*, as_data: bool = False) -> int | None:
    """How wide a line may be on stderr, or stdout (`as_data`), where that is a terminal; None where it is
    none, and nothing has to be cut."""
    target = Console() if as_data else console
    return target.width if target.is_terminal else None


@contextmanager
def drawn(board: Callable[[], tuple[list[Row], str]], *, live: bool) -> Iterator[None]:
    """Meanwhile the rows and the sum below them are drawn anew several times a second; they go at the end."""
    with _live(lambda: tree(*board()), live=live):
        yield


@contextmanager
def redrawn(board: Callable[[], Board], *, live: bool) -> Iterator[None]:
    """The same for a table."""
    with _live(lambda: _sheet(*board()), live=live):
        yield


@contextmanager
def _live(picture: Callable[[], RenderableType], *, live: bool) -> Iterator[None]:
    if not live:
        yield
        return
    from rich.live import Live  # deferred: only what takes its time is drawn

    with Live(console=stderr(), get_renderable=picture, refresh_per_second=4, transient=True):
        yield


def _sheet(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], below: str) -> Table:
    table = Table(
        title=escape(title),
        title_justify="left",
        caption=escape(below),
        caption_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="left" if index == 0 else "right")
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def tree(rows: Sequence[Row], total: str) -> Table:
    """A line for each row, none longer than the terminal."""
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=1)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=max(_TITLE, stderr().width - _FIGURES))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for row in rows:
        mark, style = _STATES.get(str(row.state), ("·", "dim"))
        seconds = f"{int(row.seconds) // 60}:{int(row.seconds) % 60:02}"
        seconds += f" of {row.usual}" if row.usual else ""
        far = f"{row.done}/{row.total}"
        table.add_row(f"[{style}]{mark}[/]", escape(row.title), far, seconds, f"[dim]{escape(row.doing)}[/]")
    table.add_row("", f"[bold]{escape(total)}[/]")
    return table


def show_line(text: str) -> None:
    """A line among those of the steps."""
    stderr().print(f"  [dim]{escape(text)}[/]")


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table: text to the left, numbers to the right."""
    table = Table(title=title, title_justify="left")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    stderr().print(table)


def show_counts(title: str, counts: Mapping[str, int]) -> None:
    """One line: `title: 58 × 200, 2 × 429`."""
    parts = ", ".join(f"{count} × {name}" for name, count in sorted(counts.items()))
    stderr().print(f"{title}: {parts or 'nothing'}")
