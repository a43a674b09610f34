"""A backtracking matcher that counts its steps, and that keeps every capture of a group.

It is written here because no kept library gives .NET's answers within a bound by counted work. Python's `re`
cannot be stopped, and keeps a group's last capture alone. `regex` keeps all of them, but its only bound is a
timeout by the clock, so that one policy would pass on a fast machine and fail on a slow one. Engines
like RE2 need no bound, but have no references back and no assertions, which .NET's patterns use.
"""

import re
from typing import NamedTuple

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.regex import nodes

MOST_STEPS = 500_000

Spans = list[list[tuple[int, int]]]
"""Where a match lies: for each group the spans that it captured, the last one counting."""

Captures = tuple[tuple[tuple[int, int], ...], ...]
_NOTHING = re.compile("")


class Instruction(NamedTuple):
    """`first` to `third` are places in the program, programs, marks or groups, as the operation has it;
    `pattern` is what stands for one character or edge."""

    operation: str
    first: int = 0
    second: int = 0
    third: int = 0
    pattern: re.Pattern[str] = _NOTHING


class Machine:
    """A pattern as a program; see `_compile` for its instructions."""

    def __init__(self, tree: nodes.RegexNode, groups: int) -> None:
        self._groups = groups
        self._programs: list[list[Instruction]] = []
        self._marks = 0
        self._steps = 0
        self._origin = 0
        self._program(tree)

    # Compiling

    def _program(self, node: nodes.RegexNode) -> int:
        """Compile a part that is run on its own; the number of its program."""
        program: list[Instruction] = []
        self._programs.append(program)
        number = len(self._programs) - 1
        self._compile(node, program)
        program.append(Instruction("match"))
        return number

    def _compile(self, node: nodes.RegexNode, out: list[Instruction]) -> None:
        BUDGET.spend()  # counted repetitions are written out
        if node == nodes.Edge(nodes.CONTIGUOUS):
            out.append(Instruction("origin"))
        elif isinstance(node, nodes.Chars | nodes.Edge):
            out.append(Instruction("take", pattern=nodes.compiled(node.pattern)))
        elif isinstance(node, nodes.Sequence):
            for item in node.children:
                self._compile(item, out)
        elif isinstance(node, nodes.Choice):
            self._choice(node, out)
        elif isinstance(node, nodes.Repeat):
            self._repeat(node, out)
        elif isinstance(node, nodes.GroupConstruct):
            self._group(node, out)
        elif isinstance(node, nodes.Look):
            width = None if node.ahead else _width(node.body)
            operation = "ahead" if node.ahead else "behind"
            program = self._program(node.body)
            out.append(Instruction(operation, program, node.negated, -1 if width is None else width))
        elif isinstance(node, nodes.Back):
            out.append(Instruction("back", node.number, node.ignore_case))
        elif isinstance(node, nodes.Condition):
            place = _later(out)
            self._compile(node.children[0], out)
            jump = _later(out)
            out[place] = Instruction("if", node.number, len(out))
            self._compile(node.children[1], out)
            out[jump] = Instruction("jump", len(out))

    def _choice(self, node: nodes.Choice, out: list[Instruction]) -> None:
        jumps = []
        for branch in node.children[:-1]:
            split = _later(out)
            self._compile(branch, out)
            jumps.append(_later(out))
            out[split] = Instruction("split", split + 1, len(out))
        self._compile(node.children[-1], out)
        for jump in jumps:
            out[jump] = Instruction("jump", len(out))

    def _repeat(self, node: nodes.Repeat, out: list[Instruction]) -> None:
        for _ in range(node.least):
            self._compile(node.body, out)
        splits = []
        if node.most is None:
            splits.append(_later(out))
            mark = self._enter(out)
            self._compile(node.body, out)
            out += Instruction("leave", mark), Instruction("jump", splits[0])
        else:
            for _ in range(node.most - node.least):
                splits.append(_later(out))
                self._compile(node.body, out)
        for split in splits:
            ways = (len(out), split + 1) if node.lazy else (split + 1, len(out))
            out[split] = Instruction("split", *ways)

    def _group(self, node: nodes.GroupConstruct, out: list[Instruction]) -> None:
        if node.atomic:
            out.append(Instruction("atomic", self._program(node.body)))
        else:
            mark = self._enter(out)
            self._compile(node.body, out)
            number = -1 if node.number is None else node.number
            if node.minus is None:
                out.append(Instruction("capture", mark, number))
            else:
                out.append(Instruction("balance", mark, number, node.minus))

    def _enter(self, out: list[Instruction]) -> int:
        """Remember the place in the text where a part begins; the number of the mark."""
        self._marks += 1
        out.append(Instruction("enter", self._marks))
        return self._marks

    # Running

    def search(self, text: str, start: int) -> Spans | None:
        """The first match from `start` on; throws RegexMatchTimeoutException when it takes too long."""
        self._steps = 0
        self._origin = start
        try:
            for begin in range(start, len(text) + 1):
                found = self._run(0, text, begin, ((),) * self._groups)
                if found is not None:
                    end, captures = found
                    return [[(begin, end)], *(list(spans) for spans in captures[1:])]
            return None
        finally:
            BUDGET.left -= self._steps  # the next to spend is refused; this search keeps its answer

    def _run(
        self, program: int, text: str, at: int, captures: Captures, wanted: int = -1
    ) -> tuple[int, Captures] | None:
        """Run a program; `wanted` is the place where the match must end, -1 for anywhere."""
        code = self._programs[program]
        stack: list[tuple[int, int, Captures, dict[int, int]]] = [(0, at, captures, {})]
        while stack:
            pc, at, captures, marks = stack.pop()
            while True:
                self._steps += 1
                if self._steps > MOST_STEPS:
                    raise timeout()
                operation, first, second, third, pattern = instruction = code[pc]
                pc += 1
                if operation == "take":
                    found = pattern.match(text, at)
                    if found is None:
                        break
                    at = found.end()
                elif operation == "split":
                    stack.append((second, at, captures, marks))
                    pc = first
                elif operation == "jump":
                    pc = first
                elif operation == "enter":
                    marks = {**marks, first: at}
                elif operation == "leave":
                    if marks[first] == at:  # an empty round ends the loop
                        pc += 1
                elif operation == "capture":
                    self._steps += len(captures[second]) >> 4  # it is copied
                    captures = _captured(captures, second, marks[first], at)
                elif operation == "balance":
                    taken = _balanced(captures, second, third, marks[first], at)
                    if taken is None:
                        break
                    captures = taken
                elif operation == "if":
                    if not captures[first]:
                        pc = second
                elif operation == "origin":
                    if at != self._origin:
                        break
                elif operation == "match":
                    if wanted in (-1, at):
                        return at, captures
                    break
                else:
                    elsewhere = self._elsewhere(instruction, text, at, captures)
                    if elsewhere is None:
                        break
                    at, captures = elsewhere
        return None

    def _elsewhere(
        self, instruction: Instruction, text: str, at: int, captures: Captures
    ) -> tuple[int, Captures] | None:
        """Instructions that look at another part of the text; None where they fail."""
        operation, first, second, third, _ = instruction
        if operation == "back":
            if not captures[first]:
                return None
            start, end = captures[first][-1]
            wanted, given = text[start:end], text[at : at + end - start]
            same = wanted.lower() == given.lower() if second else wanted == given
            return (at + len(wanted), captures) if same else None
        if operation == "atomic":
            return self._run(first, text, at, captures)
        if operation == "ahead":
            found = self._run(first, text, at, captures)
        else:
            found = self._behind(first, third, text, at, captures)
        if (found is None) != bool(second):
            return None
        return at, captures if found is None else found[1]

    def _behind(
        self, program: int, width: int, text: str, at: int, captures: Captures
    ) -> tuple[int, Captures] | None:
        starts = range(at, -1, -1) if width < 0 else range(at - width, at - width + 1)
        for start in starts:
            found = self._run(program, text, start, captures, at) if start >= 0 else None
            if found is not None:
                return found
        return None


def _later(out: list[Instruction]) -> int:
    """The place of an instruction that is written when what it skips is known."""
    out.append(Instruction(""))
    return len(out) - 1


def timeout() -> ClrException:
    return ClrException(
        "System.Text.RegularExpressions.RegexMatchTimeoutException",
        "The RegEx engine has timed out while trying to match a pattern to an input string.",
    )


def _captured(captures: Captures, number: int, start: int, end: int) -> Captures:
    spans = (*captures[number], (start, end))
    return (*captures[:number], spans, *captures[number + 1 :])


def _balanced(captures: Captures, number: int, minus: int, start: int, end: int) -> Captures | None:
    """The captures after a group that took back another's last one, and captured what lies between them."""
    if not captures[minus]:
        return None
    first, last = captures[minus][-1]
    made = (*captures[:minus], captures[minus][:-1], *captures[minus + 1 :])
    if number < 0:
        return made
    if start >= last:
        start, end = last, start
    elif end <= first:
        start, end = end, first
    else:
        start, end = max(start, first), min(end, last)
    return _captured(made, number, start, end)


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
