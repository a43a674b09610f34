"""A backtracking matcher that counts its steps, and that keeps every capture of a group.

It is written here because no kept library gives .NET's answers within a bound by counted work. Python's `re`
cannot be stopped, and keeps a group's last capture alone. `regex` keeps all of them, but its only bound is a
timeout by the clock, so that one policy would pass on a fast machine and fail on a slow one. Engines
like RE2 need no bound, but have no references back and no assertions, which .NET's patterns use.
"""

import re
from dataclasses import dataclass
from typing import Any

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.regex import nodes

MOST_STEPS = 500_000

Spans = list[list[tuple[int, int]]]
"""Where a match lies: for each group the spans that it captured, the last one counting."""

Captures = tuple[tuple[tuple[int, int], ...], ...]
_NOTHING = re.compile("")


@dataclass(slots=True, eq=False)
class Instruction:
    """What to do for a `node` of the pattern, and what to do `then`. `other` is the second way of a split,
    the part that a look or an atomic group runs on its own, or what ends the part that is entered; `pattern`
    is what stands for one character or edge, `width` that of a look behind, None where it varies."""

    operation: str
    then: "Instruction | None" = None
    other: "Instruction | None" = None
    node: Any = None
    pattern: re.Pattern[str] = _NOTHING
    width: int | None = None


_MATCH = Instruction("match")


def _compile(node: nodes.RegexNode, then: Instruction) -> Instruction:
    """The first instruction of a part, whose last one goes on with `then`."""
    BUDGET.spend()  # counted repetitions are written out
    if node == nodes.Edge(nodes.CONTIGUOUS):
        return Instruction("origin", then)
    if isinstance(node, nodes.Chars | nodes.Edge):
        return Instruction("take", then, pattern=nodes.compiled(node.pattern))
    if isinstance(node, nodes.Sequence):
        for item in reversed(node.children):
            then = _compile(item, then)
        return then
    if isinstance(node, nodes.Choice):
        *branches, last = node.children
        made = _compile(last, then)
        for branch in reversed(branches):
            made = Instruction("split", _compile(branch, Instruction("jump", then)), made)
        return made
    if isinstance(node, nodes.Repeat):
        return _repeat(node, then)
    if isinstance(node, nodes.GroupConstruct):
        if node.atomic:
            return Instruction("atomic", then, _compile(node.body, _MATCH))
        return _enter(node, Instruction("capture" if node.minus is None else "balance", then, node=node))
    if isinstance(node, nodes.Look):
        width = None if node.ahead else _width(node.body)
        return Instruction("look", then, _compile(node.body, _MATCH), node, width=width)
    if isinstance(node, nodes.Condition):
        yes, no = node.children
        return Instruction("if", _compile(yes, Instruction("jump", then)), _compile(no, then), node)
    return Instruction("back", then, node=node)


def _repeat(node: nodes.Repeat, then: Instruction) -> Instruction:
    made = then
    if node.most is None:
        made = Instruction("split")
        body = _enter(node, Instruction("leave", Instruction("jump", made), then))
        made.then, made.other = (then, body) if node.lazy else (body, then)
    else:
        for _ in range(node.most - node.least):
            body = _compile(node.body, made)
            made = Instruction("split", *((then, body) if node.lazy else (body, then)))
    for _ in range(node.least):
        made = _compile(node.body, made)
    return made


def _enter(node: nodes.Around, end: Instruction) -> Instruction:
    """A part whose end asks where it began."""
    return Instruction("enter", _compile(node.body, end), end)


class Machine:
    """A pattern as instructions; see `_compile` for them."""

    def __init__(self, tree: nodes.RegexNode, groups: int) -> None:
        self._first = _compile(tree, _MATCH)
        self._groups = groups
        self._steps = 0
        self._text = ""
        self._origin = 0

    def search(self, text: str, start: int, origin: int | None = None) -> Spans | None:
        """The first match from `start` on, behind one that ended at `origin`; throws
        RegexMatchTimeoutException when it takes too long."""
        self._steps = 0
        self._text = text
        self._origin = start if origin is None else origin
        try:
            for begin in range(start, len(text) + 1):
                found = self._run(self._first, begin, ((),) * self._groups)
                if found is not None:
                    end, captures = found
                    return [[(begin, end)], *(list(spans) for spans in captures[1:])]
            return None
        finally:
            BUDGET.left -= self._steps  # the next to spend is refused; this search keeps its answer

    def _run(
        self, first: Instruction | None, at: int, captures: Captures, wanted: int | None = None
    ) -> tuple[int, Captures] | None:
        """Where a match ends that begins at a place; `wanted` is where it must end."""
        text = self._text
        marks: dict[Instruction | None, int] = {}
        stack = [(first, at, captures, marks)]
        while stack:
            each, at, captures, marks = stack.pop()
            while each is not None:
                self._steps += 1
                if self._steps > MOST_STEPS:
                    raise timeout()
                operation = each.operation
                if operation == "take":
                    found = each.pattern.match(text, at)
                    if found is None:
                        break
                    at = found.end()
                elif operation == "split":
                    stack.append((each.other, at, captures, marks))
                elif operation == "enter":
                    marks = {**marks, each.other: at}
                elif operation == "leave":
                    if marks[each] == at:  # an empty round ends the loop
                        each = each.other
                        continue
                elif operation == "capture":
                    self._steps += len(captures[each.node.number]) >> 4  # it is copied
                    captures = _captured(captures, each.node.number, marks[each], at)
                elif operation == "balance":
                    taken = _balanced(captures, each.node, marks[each], at)
                    if taken is None:
                        break
                    captures = taken
                elif operation == "if":
                    if not captures[each.node.number]:
                        each = each.other
                        continue
                elif operation == "origin":
                    if at != self._origin:
                        break
                elif operation == "match":
                    if wanted in (None, at):
                        return at, captures
                    break
                elif operation != "jump":
                    elsewhere = self._elsewhere(each, at, captures)
                    if elsewhere is None:
                        break
                    at, captures = elsewhere
                each = each.then
        return None

    def _elsewhere(self, each: Instruction, at: int, captures: Captures) -> tuple[int, Captures] | None:
        """Instructions that look at another part of the text; None where they fail."""
        if each.operation == "atomic":
            return self._run(each.other, at, captures)
        if each.operation == "back":
            return self._back(each.node, at, captures)
        found = self._look(each, at, captures)
        if (found is None) != each.node.negated:
            return None
        return at, captures if found is None else found[1]

    def _back(self, node: nodes.Back, at: int, captures: Captures) -> tuple[int, Captures] | None:
        if not captures[node.number]:
            return None
        start, end = captures[node.number][-1]
        wanted, given = self._text[start:end], self._text[at : at + end - start]
        same = wanted.lower() == given.lower() if node.ignore_case else wanted == given
        return (at + len(wanted), captures) if same else None

    def _look(self, each: Instruction, at: int, captures: Captures) -> tuple[int, Captures] | None:
        if each.node.ahead:
            return self._run(each.other, at, captures)
        starts = range(at, -1, -1) if each.width is None else range(at - each.width, -1, -1)[:1]
        found = (self._run(each.other, start, captures, at) for start in starts)
        return next((each for each in found if each is not None), None)


def timeout() -> ClrException:
    return ClrException(
        "System.Text.RegularExpressions.RegexMatchTimeoutException",
        "The RegEx engine has timed out while trying to match a pattern to an input string.",
    )


def _captured(captures: Captures, number: int, start: int, end: int) -> Captures:
    spans = (*captures[number], (start, end))
    return (*captures[:number], spans, *captures[number + 1 :])


def _balanced(captures: Captures, node: nodes.GroupConstruct, start: int, end: int) -> Captures | None:
    """The captures after a group that took back another's last one, and captured what lies between them."""
    minus = node.minus
    assert minus is not None
    if not captures[minus]:
        return None
    first, last = captures[minus][-1]
    made = (*captures[:minus], captures[minus][:-1], *captures[minus + 1 :])
    if node.number is None:
        return made
    if start >= last:
        start, end = last, start
    elif end <= first:
        start, end = end, first
    else:
        start, end = max(start, first), min(end, last)
    return _captured(made, node.number, start, end)


def _width(node: nodes.RegexNode) -> int | None:
    """The length of what a part matches, None where it varies."""
    if isinstance(node, nodes.Chars):
        return 1
    if isinstance(node, nodes.Edge | nodes.Look):
        return 0
    widths = [width for width in map(_width, node.children) if width is not None]
    if len(widths) < len(node.children):
        return None
    if isinstance(node, nodes.Sequence | nodes.GroupConstruct):
        return sum(widths)
    if isinstance(node, nodes.Choice) and len(set(widths)) == 1:
        return widths[0]
    if isinstance(node, nodes.Repeat) and node.most == node.least:
        return widths[0] * node.least
    return None
