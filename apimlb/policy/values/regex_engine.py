"""Searching: on Python's own engine where that ends in time, else on a machine that counts its steps.

Python's engine cannot be stopped. What it may cost is estimated from the pattern (how many unlimited
repetitions can
fight over the same characters, and whether they are nested) and the length of the text.
"""

import re
from functools import lru_cache

from apimlb.policy.values.regex_machine import Hit, Machine
from apimlb.policy.values.regex_nodes import (
    EDGES,
    Back,
    Chars,
    Choice,
    Condition,
    Edge,
    Group,
    Look,
    Node,
    Repeat,
    Sequence,
)
from apimlb.policy.values.regex_parser import PatternReader

_AFFORDABLE = 2e8
_SAMPLE = [chr(code) for code in range(32, 127)] + ["\n", "\t", "é"]


class Engine:
    """One compiled pattern; `names` are the groups' names in .NET's order, "0" first."""

    def __init__(self, pattern: str, options: int) -> None:
        reader = PatternReader(pattern, options)
        self.tree = reader.read()
        self.names = reader.names
        self._machine: Machine | None = None
        self._places: list[int] = []
        self._degree = _degree(self.tree)
        self.repeats_groups = _repeats_groups(self.tree, False)
        try:
            self._compiled: re.Pattern[str] | None = re.compile(self._python(self.tree), re.DOTALL)
        except (re.error, OverflowError, RecursionError):
            self._compiled = None  # a look-behind of variable width, for one

    def search(self, text: str, start: int) -> Hit | None:
        """The first match from `start` on."""
        size = max(len(text) - start, 2)
        if self._compiled is None or size**self._degree > _AFFORDABLE:
            return self.machine.search(text, start)
        found = self._compiled.search(text, start)
        if found is None:
            return None
        spans: list[list[tuple[int, int]]] = [[found.span()], *([] for _ in self.names[1:])]
        for place, number in enumerate(self._places, 1):
            if found.start(place) >= 0:
                spans[number].append(found.span(place))
        return Hit(spans)

    @property
    def machine(self) -> Machine:
        """The machine that counts its steps; it also knows every capture of a group."""
        if self._machine is None:
            self._machine = Machine(self.tree, len(self.names))
        return self._machine

    def _python(self, node: Node) -> str:
        if isinstance(node, Chars):
            return node.pattern
        if isinstance(node, Sequence):
            return "".join(map(self._python, node.items))
        if isinstance(node, Choice):
            return f"(?:{'|'.join(map(self._python, node.branches))})"
        if isinstance(node, Repeat):
            most = "" if node.most is None else str(node.most)
            return f"(?:{self._python(node.body)}){{{node.least},{most}}}{'?' if node.lazy else ''}"
        if isinstance(node, Group):
            if node.number is None:
                return f"(?{'>' if node.atomic else ':'}{self._python(node.body)})"
            self._places.append(node.number)
            return f"({self._python(node.body)})"
        if isinstance(node, Look):
            mark = ("=" if not node.negated else "!") if node.ahead else ("<=" if not node.negated else "<!")
            return f"(?{mark}{self._python(node.body)})"
        if isinstance(node, Edge):
            return EDGES[node.kind]
        return self._reference(node)

    def _reference(self, node: Node) -> str:
        """Back references and conditions: to groups that are written once and before."""
        assert isinstance(node, Back | Condition)
        if self._places.count(node.number) != 1:
            raise re.error("a reference that Python's engine does not have")
        place = self._places.index(node.number) + 1
        if isinstance(node, Condition):
            return f"(?({place}){self._python(node.yes)}|{self._python(node.no)})"
        return f"(?i:\\{place})(?:)" if node.ignore_case else f"(?:\\{place})"


def _degree(tree: Node) -> int:
    """The exponent of the worst running time: one for the start, one for each repetition that can fight with
    another; a large number for nested ones."""
    loops: list[frozenset[str]] = []

    def walk(node: Node, inside: bool) -> bool:
        """Whether the nesting is harmless."""
        if isinstance(node, Repeat):
            many = node.most is None or node.most > 20
            if many and inside:
                return False
            if many:
                loops.append(_characters(node.body))
            varied = many or (inside and node.most != node.least)
            if inside and varied:
                return False
            return walk(node.body, inside or many)
        if isinstance(node, Choice):
            return not (inside and _overlap(node)) and all(walk(each, inside) for each in node.branches)
        if isinstance(node, Condition):
            return walk(node.yes, inside) and walk(node.no, inside)
        if isinstance(node, Sequence):
            return all(walk(each, inside) for each in node.items)
        if isinstance(node, Group | Look):
            return walk(node.body, inside)
        return not (isinstance(node, Back) and inside)

    if not walk(tree, False):
        return 40
    return 1 + max((sum(1 for other in loops if loop & other) for loop in loops), default=0)


def _repeats_groups(node: Node, inside: bool) -> bool:
    """Whether a capturing group stands in a repetition, so that it may capture more than once."""
    if isinstance(node, Group):
        return (inside and node.number is not None) or _repeats_groups(node.body, inside)
    if isinstance(node, Repeat):
        return _repeats_groups(node.body, inside or node.most != 1)
    if isinstance(node, Look):
        return _repeats_groups(node.body, inside)
    children = node.items if isinstance(node, Sequence) else node.branches if isinstance(node, Choice) else []
    return any(_repeats_groups(child, inside) for child in children)


def _characters(node: Node) -> frozenset[str]:
    """Which of some sample characters a part can take."""
    if isinstance(node, Chars):
        return frozenset(char for char in _SAMPLE if node.matches(char))
    if isinstance(node, Edge | Look):
        return frozenset()
    if isinstance(node, Back):
        return frozenset(_SAMPLE)
    return frozenset[str]().union(*map(_characters, _children(node)))


def _children(node: Node) -> list[Node]:
    if isinstance(node, Sequence):
        return node.items
    if isinstance(node, Choice):
        return node.branches
    if isinstance(node, Condition):
        return [node.yes, node.no]
    return [node.body] if isinstance(node, Group | Repeat) else []


def _overlap(node: Choice) -> bool:
    """Whether two branches can begin or go on with the same character."""
    seen: set[str] = set()
    for branch in node.branches:
        mine = _characters(branch)
        if seen & mine:
            return True
        seen |= mine
    return False


@lru_cache(maxsize=256)
def engine_of(pattern: str, options: int) -> Engine:
    """The engine for a pattern; throws System.ArgumentException."""
    return Engine(pattern, options)
