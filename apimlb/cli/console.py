"""What a person sees while a command works, on stderr: the plan, the progress, a table."""

from collections.abc import Mapping, Sequence
from difflib import unified_diff
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from apimlb.deploy.executor import Event, State
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
_ENDINGS = {State.DONE: "[green]done[/]", State.FAILED: "[red]failed[/]", State.SKIPPED: "[yellow]skipped[/]"}
_LONG = 10.0
"""Seconds after which a step is worth saying how long it took."""

console = Console(stderr=True, highlight=False, soft_wrap=True)


def show_plan(plan: Plan, *, where: str, as_data: bool = False) -> None:
    """Every step that changes something, with the fields that differ, and the sum; `as_data` on stdout."""
    target = Console(highlight=False, soft_wrap=True) if as_data else console
    target.print(f"In {escape(where)}:")
    for step in plan.steps:
        if step.action is not Action.KEEP:
            _show_step(step, target)
    target.print(plan.summary())


def _show_step(step: Step, target: Console) -> None:
    said = (
        f"{_WORDS.get(step.action, '')}{step.resource.label}{_REVIVALS.get(step.revival or Revival.FAIL, '')}"
    )
    target.print(f"{_MARKS[step.action]} {escape(said)}  [dim]{escape(step.resource.name)}[/]")
    for change in step.changes:
        if _is_policy(change.before) and _is_policy(change.after):
            _show_difference(change, target)
        else:
            before, after = _brief(change.before), _brief(change.after)
            target.print(f"      {escape(change.path)}: {escape(before)} → {escape(after)}")


def _is_policy(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip().startswith("<")


def _show_difference(change: Change, target: Console) -> None:
    """What changes in a policy, as a unified diff."""
    names = ("in Azure", "from the template")
    lines = unified_diff(laid_out(change.before), laid_out(change.after), *names, lineterm="", n=2)
    for line in lines:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[0], "dim")
        target.print(f"      [{style}]{escape(line)}[/]")


def _brief(value: Any) -> str:
    """A value in one line: a policy is too long to show, and what is not there is said to be."""
    if value is None:
        return "(not set)"
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:57]}…"


def show_event(event: Event) -> None:
    """A line for each thing that ended, but for what was only looked at."""
    if event.state not in _ENDINGS or event.task.verb == Action.KEEP:
        return
    took = f" after {event.seconds:.0f} s" if event.seconds >= _LONG else ""
    line = f"  {_ENDINGS[event.state]} {escape(event.task.verb)} {escape(event.task.label)}{took}"
    console.print(line if event.error is None else f"{line}: {escape(event.error.what)}")


def show_line(text: str) -> None:
    """A line among those of the steps."""
    console.print(f"  [dim]{escape(text)}[/]")


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table: text to the left, numbers to the right."""
    table = Table(title=title, title_justify="left")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    console.print(table)


def show_counts(title: str, counts: Mapping[str, int]) -> None:
    """One line: `title: 58 × 200, 2 × 429`."""
    parts = ", ".join(f"{count} × {name}" for name, count in sorted(counts.items()))
    console.print(f"{title}: {parts or 'nothing'}")
