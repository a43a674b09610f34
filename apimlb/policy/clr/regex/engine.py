"""Searching: on Python's own engine where that ends in time, else on a machine that counts its steps.

Python's engine cannot be stopped. What it may cost is estimated from the length of the text and the pattern:
how many unlimited repetitions can fight over the same characters, and whether they are nested.
"""

import re
from functools import cached_property, lru_cache

from apimlb.policy.clr.budget import BUDGET, SEARCHING
from apimlb.policy.clr.regex import nodes
from apimlb.policy.clr.regex.machine import Machine, Spans
from apimlb.policy.clr.regex.parser import PatternReader, group_places

_MOST_SHARED = 12
_MOST_VARIANTS = 1e12
_LONGEST_PATTERN = 50_000
"""Characters of a pattern for Python's engine: it compiles sets of characters slowly."""

_SAMPLE = "".join(map(chr, range(32, 127))) + "\n\té"


class Engine:
    """One compiled pattern; `places` are those of its groups, whose number is `size`; `named` tells
    whether .NET looks a text up among their names alone."""

    def __init__(self, pattern: str, options: int) -> None:
        BUDGET.spend(100 + 80 * len(pattern))
        self.places = group_places(pattern, options)
        self.size = len(self.places) // 2
        self.named = any(str(number) not in self.places for number in range(self.size))
        self.tree = PatternReader(pattern, options, self.places.get).read()
        self._written: list[int] = []
        self._cost = _Cost(self.tree)
        self._judged: str | None = None
        self._dear = False
        self.repeats_groups = _repeats_groups(self.tree)
        self._compiled: re.Pattern[str] | None = None
        try:
            python = self._python(self.tree)
            if len(python) <= _LONGEST_PATTERN:
                self._compiled = re.compile(python, re.DOTALL)
        except (re.error, OverflowError, RecursionError):
            pass  # a look-behind of variable width, for one

    def search(self, text: str, start: int, origin: int | None = None) -> Spans | None:
        """The first match from `start` on, behind one that ended at `origin`."""
        if text is not self._judged or not start:  # once for all matches in one text
            self._judged, self._dear = text, not self._affordable(text)
        if self._compiled is None or self._dear:
            return self.machine.search(text, start, origin)
        found = self._compiled.search(text, start)
        if found is None:
            return None
        spans: Spans = [[found.span()], *([] for _ in range(1, self.size))]
        for place, number in enumerate(self._written, 1):
            if found.start(place) >= 0:
                spans[number].append(found.span(place))
        return spans

    def _affordable(self, text: str) -> bool:
        """Whether Python's engine may search, by the worst that this search and those before it may cost."""
        cost = self._cost.of(text)
        if cost > SEARCHING:
            return False
        BUDGET.allowance.searching += cost
        return BUDGET.allowance.searching <= SEARCHING

    @cached_property
    def machine(self) -> Machine:
        """The machine that counts its steps; it also knows every capture of a group."""
        return Machine(self.tree, self.size)

    def _python(self, node: nodes.RegexNode) -> str:
        if isinstance(node, nodes.Chars | nodes.Edge):
            return node.pattern
        if isinstance(node, nodes.Sequence):
            return "".join(map(self._python, node.children))
        if isinstance(node, nodes.Choice):
            return f"(?:{'|'.join(map(self._python, node.children))})"
        if isinstance(node, nodes.Repeat):
            most = "" if node.most is None else str(node.most)
            return f"(?:{self._python(node.body)}){{{node.least},{most}}}{'?' if node.lazy else ''}"
        if isinstance(node, nodes.GroupConstruct):
            if node.minus is not None:
                raise re.error("a group that takes back a capture")
            if node.number is None:
                return f"(?>{self._python(node.body)})"
            self._written.append(node.number)
            return f"({self._python(node.body)})"
        if isinstance(node, nodes.Look):
            return f"(?{'' if node.ahead else '<'}{'!' if node.negated else '='}{self._python(node.body)})"
        return self._reference(node)

    def _reference(self, node: nodes.RegexNode) -> str:
        """Back references and conditions: to groups that are written once and before."""
        assert isinstance(node, nodes.Back | nodes.Condition)
        if self._written.count(node.number) != 1:
            raise re.error("a reference that Python's engine does not have")
        place = self._written.index(node.number) + 1
        if isinstance(node, nodes.Condition):
            return f"(?({place}){'|'.join(map(self._python, node.children))})"
        return f"(?i:\\{place})(?:)" if node.ignore_case else f"(?:\\{place})"


class _Cost:
    """What a search may cost at worst: for each start, the longest run of what the unlimited repetitions
    take, to the power of how many of them can share a run, times the ways to take the limited ones."""

    def __init__(self, tree: nodes.RegexNode) -> None:
        self._chain: list[frozenset[str]] = []
        self._bodies: list[nodes.RegexNode] = []
        self._shared = 0
        ignores_case = any(isinstance(each, nodes.Chars) and each.ignore_case for each in tree.whole())
        self._variants = 2.0 if ignores_case else 1.0  # it takes about twice the time
        first = tree.children[0] if isinstance(tree, nodes.Sequence) and tree.children else tree
        self._anchored = first == nodes.Edge(nodes.START)
        self._harmless = self._walk(tree, False)

    def of(self, text: str) -> float:
        """What a search of a text may cost, and no less than a part of what the length alone allows it to."""
        size = max(len(text), 2)
        most = size ** (self._shared + 1) * self._variants
        least = float(min(most, SEARCHING / 8))
        if not self._harmless:
            return max(2.0 ** min(size, 60) * self._variants, least)
        if most <= SEARCHING:
            return least
        starts = 1 if self._anchored else size
        return max(float(starts * self._longest(text) ** self._shared) * self._variants, least)

    def _longest(self, text: str) -> int:
        """The longest run of characters that the repetitions take."""
        if not all(isinstance(body, nodes.Chars) for body in self._bodies):
            return len(text)
        sets = "|".join({body.pattern for body in self._bodies if isinstance(body, nodes.Chars)})
        if len(sets) > _LONGEST_PATTERN:
            return len(text)
        runs = nodes.compiled(f"(?:{sets})+").finditer(text)
        return max((match.end() - match.start() for match in runs), default=1)

    def _walk(self, node: nodes.RegexNode, inside: bool) -> bool:
        """Whether no repetition stands in another one that could share its characters."""
        if isinstance(node, nodes.Repeat):
            return self._repeat(node, inside)
        if isinstance(node, nodes.Choice) and _overlap(node):
            if inside:
                return False
            self._vary(len(node.children))
        if isinstance(node, nodes.Chars) and not inside:
            mine = _characters(node)
            if not any(mine & loop for loop in self._chain):
                self._chain.clear()  # what stood before cannot reach over this character
        if isinstance(node, nodes.Back) and inside:
            return False
        return all(self._walk(each, inside) for each in node.children)

    def _repeat(self, node: nodes.Repeat, inside: bool) -> bool:
        many = node.most is None or node.most > 20 or (node.most > 1 and _is_endless(node.body))
        if inside and (many or node.most != node.least):
            return False
        if not many:
            saved = list(self._chain)
            before, self._variants = self._variants, 1.0
            harmless = self._walk(node.body, inside)
            once, self._variants = self._variants, before
            most = node.most or 0
            self._vary(once**most * (most - node.least + 1))
            if node.least == 0:
                self._chain = saved + [loop for loop in self._chain if loop not in saved]
            return harmless
        mine = _characters(node.body)
        self._chain.append(mine)
        self._bodies.append(node.body)
        self._shared = max(self._shared, sum(1 for loop in self._chain if loop & mine))
        if self._shared > _MOST_SHARED:  # too many to go on counting
            return False
        return self._walk(node.body, True)

    def _vary(self, ways: float) -> None:
        self._variants = min(self._variants * ways, _MOST_VARIANTS)


def _is_endless(node: nodes.RegexNode) -> bool:
    """Whether an unlimited repetition stands in it."""
    return any(isinstance(each, nodes.Repeat) and each.most is None for each in node.whole())


def _repeats_groups(node: nodes.RegexNode, inside: bool = False) -> bool:
    """Whether a capturing group stands in a repetition, so that it may capture more than once."""
    if isinstance(node, nodes.GroupConstruct) and (
        node.minus is not None or (inside and node.number is not None)
    ):
        return True
    inside = inside or (isinstance(node, nodes.Repeat) and node.most != 1)
    return any(_repeats_groups(child, inside) for child in node.children)


def _characters(node: nodes.RegexNode) -> frozenset[str]:
    """Which of some sample characters a part can take."""
    if isinstance(node, nodes.Chars):
        return frozenset(nodes.compiled(node.pattern).findall(_SAMPLE))
    if isinstance(node, nodes.Look):
        return frozenset()
    if isinstance(node, nodes.Back):
        return frozenset(_SAMPLE)
    return frozenset[str]().union(*map(_characters, node.children))


def _overlap(node: nodes.Choice) -> bool:
    """Whether two branches can begin or go on with the same character."""
    branches = [*map(_characters, node.children)]
    return len(frozenset[str]().union(*branches)) < sum(map(len, branches))


@lru_cache(maxsize=256)
def engine_of(pattern: str, options: int) -> Engine:
    """The engine for a pattern; throws System.ArgumentException."""
    return Engine(pattern, options)
