"""A backtracking matcher that counts its steps, and that keeps every capture of a group.

It is written here because no kept library gives .NET's answers within a bound by counted work. Python's `re`
cannot be stopped, and keeps a group's last capture alone. `regex` keeps all of them, but its only bound is a
timeout by the clock, so that one policy would pass on a fast machine and fail on a slow one. Engines
like RE2 need no bound, but have no references back and no assertions, which .NET's patterns use.
"""

from dataclasses import dataclass

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.regex import nodes

MOST_STEPS = 500_000

# Instructions: (operation, operand, ...)
Instruction = tuple[object, ...]
Captures = tuple[tuple[tuple[int, int], ...], ...]


@dataclass(slots=True)
class Hit:
    """Where a match lies: for each group the spans that it captured, the last one counting."""

    spans: list[list[tuple[int, int]]]


class Machine:
    """A pattern as a program; see `_compile` for its instructions."""

    def __init__(self, tree: nodes.RegexNode, groups: int) -> None:
        self._groups = groups
        self._programs: list[list[Instruction]] = [[]]
        self._loops = 0
        self._steps = 0
        self._origin = 0
        self._cache: dict[tuple[int, str], bool] = {}
        self._compile(tree, self._programs[0])
        self._programs[0].append(("match",))

    # Compiling

    def _sub(self, node: nodes.RegexNode) -> int:
        program: list[Instruction] = []
        self._programs.append(program)
        place = len(self._programs) - 1
        self._compile(node, program)
        program.append(("match",))
        return place

    def _compile(self, node: nodes.RegexNode, out: list[Instruction]) -> None:
        BUDGET.spend()  # counted repetitions are written out
        if isinstance(node, nodes.Chars):
            out.append(("chars", node))
        elif isinstance(node, nodes.Sequence):
            for item in node.items:
                self._compile(item, out)
        elif isinstance(node, nodes.Choice):
            self._choice(node, out)
        elif isinstance(node, nodes.Repeat):
            self._repeat(node, out)
        elif isinstance(node, nodes.GroupConstruct):
            self._group(node, out)
        elif isinstance(node, nodes.Look):
            width = None if node.ahead else _width(node.body)
            out.append(("look", self._sub(node.body), node.ahead, node.negated, width))
        elif isinstance(node, nodes.Back):
            out.append(("back", node.number, node.ignore_case))
        elif isinstance(node, nodes.Condition):
            place = len(out)
            out.append(())
            self._compile(node.yes, out)
            jump = len(out)
            out.append(())
            out[place] = ("if", node.number, len(out))
            self._compile(node.no, out)
            out[jump] = ("jump", len(out))
        elif isinstance(node, nodes.Edge):
            out.append(("edge", node.kind))

    def _choice(self, node: nodes.Choice, out: list[Instruction]) -> None:
        jumps = []
        for branch in node.branches[:-1]:
            split = len(out)
            out.append(())
            self._compile(branch, out)
            jumps.append(len(out))
            out.append(())
            out[split] = ("split", split + 1, len(out))
        self._compile(node.branches[-1], out)
        for jump in jumps:
            out[jump] = ("jump", len(out))

    def _repeat(self, node: nodes.Repeat, out: list[Instruction]) -> None:
        for _ in range(node.least):
            self._compile(node.body, out)
        if node.most is None:
            slot = self._loops
            self._loops += 1
            split = len(out)
            out.append(())
            out.append(("enter", slot))
            self._compile(node.body, out)
            out.append(("leave", slot))
            out.append(("jump", split))
            order = (len(out), split + 1) if node.lazy else (split + 1, len(out))
            out[split] = ("split", *order)
            return
        splits = []
        for _ in range(node.most - node.least):
            splits.append(len(out))
            out.append(())
            self._compile(node.body, out)
        for split in splits:
            out[split] = ("split", len(out), split + 1) if node.lazy else ("split", split + 1, len(out))

    def _group(self, node: nodes.GroupConstruct, out: list[Instruction]) -> None:
        if node.atomic:
            out.append(("atomic", self._sub(node.body)))
        elif node.minus is not None:
            slot = self._loops
            self._loops += 1
            out.append(("enter", slot))
            self._compile(node.body, out)
            out.append(("balance", slot, -1 if node.number is None else node.number, node.minus))
        elif node.number is None:
            self._compile(node.body, out)
        else:
            slot = self._loops
            self._loops += 1
            out.append(("enter", slot))
            self._compile(node.body, out)
            out.append(("capture", slot, node.number))

    # Running

    def search(self, text: str, start: int) -> Hit | None:
        """The first match from `start` on; throws RegexMatchTimeoutException when it takes too long."""
        self._steps = 0
        self._origin = start
        try:
            return self._first(text, start)
        finally:
            BUDGET.left -= self._steps  # the next to spend is refused; this search keeps its answer

    def _first(self, text: str, start: int) -> Hit | None:
        for begin in range(start, len(text) + 1):
            found = self._run(0, text, begin, ((),) * self._groups, -1)
            if found is not None:
                end, captures = found
                return Hit([[(begin, end)], *(list(spans) for spans in captures[1:])])
        return None

    def _run(
        self, program: int, text: str, at: int, captures: Captures, wanted: int
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
                instruction = code[pc]
                operation = instruction[0]
                pc += 1
                if operation == "chars":
                    if at >= len(text) or not self._takes(instruction[1], text[at]):
                        break
                    at += 1
                elif operation == "split":
                    stack.append((_int(instruction[2]), at, captures, marks))
                    pc = _int(instruction[1])
                elif operation == "jump":
                    pc = _int(instruction[1])
                elif operation == "enter":
                    marks = {**marks, _int(instruction[1]): at}
                elif operation == "leave":
                    if marks[_int(instruction[1])] == at:  # an empty round ends the loop
                        pc += 1
                elif operation == "capture":
                    self._steps += len(captures[_int(instruction[2])]) >> 4  # it is copied
                    captures = _captured(captures, _int(instruction[2]), marks[_int(instruction[1])], at)
                elif operation == "balance":
                    taken = _balanced(captures, instruction, marks[_int(instruction[1])], at)
                    if taken is None:
                        break
                    captures = taken
                elif operation == "match":
                    if wanted in (-1, at):
                        return at, captures
                    break
                else:
                    found = self._other(instruction, text, at, captures, pc)
                    if found is None:
                        break
                    at, captures, pc = found
        return None

    def _takes(self, chars: object, char: str) -> bool:
        assert isinstance(chars, nodes.Chars)
        key = (id(chars), char)
        known = self._cache.get(key)
        if known is None:
            known = self._cache[key] = bool(chars.of(char))
        return known

    def _other(
        self, instruction: Instruction, text: str, at: int, captures: Captures, pc: int
    ) -> tuple[int, Captures, int] | None:
        """Instructions that look elsewhere; None where they fail."""
        operation = instruction[0]
        if operation == "edge":
            if instruction[1] == "contiguous":
                return (at, captures, pc) if at == self._origin else None
            return (at, captures, pc) if _at_edge(str(instruction[1]), text, at) else None
        if operation == "if":
            return at, captures, pc if captures[_int(instruction[1])] else _int(instruction[2])
        if operation == "back":
            return self._back(instruction, text, at, captures, pc)
        if operation == "atomic":
            inner = self._run(_int(instruction[1]), text, at, captures, -1)
            return None if inner is None else (*inner, pc)
        found = self._look(instruction, text, at, captures)
        if (found is None) != bool(instruction[3]):
            return None
        return at, captures if found is None else found[1], pc

    def _back(
        self, instruction: Instruction, text: str, at: int, captures: Captures, pc: int
    ) -> tuple[int, Captures, int] | None:
        spans = captures[_int(instruction[1])]
        if not spans:
            return None
        wanted = text[spans[-1][0] : spans[-1][1]]
        given = text[at : at + len(wanted)]
        same = wanted.lower() == given.lower() if instruction[2] else wanted == given
        return (at + len(wanted), captures, pc) if same else None

    def _look(
        self, instruction: Instruction, text: str, at: int, captures: Captures
    ) -> tuple[int, Captures] | None:
        program = _int(instruction[1])
        if instruction[2]:
            return self._run(program, text, at, captures, -1)
        width = instruction[4]
        starts = range(at, -1, -1) if width is None else range(at - _int(width), at - _int(width) + 1)
        for start in starts:
            found = self._run(program, text, start, captures, at) if start >= 0 else None
            if found is not None:
                return found
        return None


def timeout() -> ClrException:
    return ClrException(
        "System.Text.RegularExpressions.RegexMatchTimeoutException",
        "The RegEx engine has timed out while trying to match a pattern to an input string.",
    )


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _captured(captures: Captures, number: int, start: int, end: int) -> Captures:
    spans = (*captures[number], (start, end))
    return (*captures[:number], spans, *captures[number + 1 :])


def _balanced(captures: Captures, instruction: Instruction, start: int, end: int) -> Captures | None:
    """The captures after a group that took back another's last one, and captured what lies between them."""
    number, minus = _int(instruction[2]), _int(instruction[3])
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
    if isinstance(node, nodes.GroupConstruct):
        return _width(node.body)
    if isinstance(node, nodes.Sequence):
        widths = [_width(item) for item in node.items]
        return None if None in widths else sum(width for width in widths if width is not None)
    if isinstance(node, nodes.Choice):
        options = {_width(branch) for branch in node.branches}
        return options.pop() if len(options) == 1 else None
    if isinstance(node, nodes.Repeat) and node.most == node.least:
        width = _width(node.body)
        return None if width is None else width * node.least
    return None


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def _at_edge(kind: str, text: str, at: int) -> bool:
    if kind == "start":
        return at == 0
    if kind == "last":
        return at == len(text)
    if kind == "end":
        return at == len(text) or (at == len(text) - 1 and text[at] == "\n")
    if kind == "line-start":
        return at == 0 or text[at - 1] == "\n"
    if kind == "line-end":
        return at == len(text) or text[at] == "\n"
    return (_is_word(text, at - 1) != _is_word(text, at)) == (kind == "word")
