"""The Python text of one expression, and the objects that it may name. Nothing else is in its reach.

Every name in the text is ours: locals are `v_...`, functions `f_...`, temporaries `t1`, and objects `g_...`
with their own Python name. Text of the policy enters only through `repr` or as the plain ASCII rest of a
local's name, and code that holds such text is never a format template.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

# ASCII only: Python reads identifiers in their NFKC form, under which two different names become one.
_UNFIT = re.compile(r"\W", re.ASCII)


def _plain(name: str) -> str:
    """A name with nothing in it that a Python name in ASCII may not have; most are such already."""
    return name if name.isascii() and name.isidentifier() else _UNFIT.sub("_", name)


class Line(NamedTuple):
    """A line of Python, the offset of the policy text that it comes from, and how deep it is indented."""

    text: str
    at: int
    depth: int = 0


Lines = list[Line]


def indented(lines: Iterable[Line]) -> Lines:
    return [Line(text, at, depth + 1) for text, at, depth in lines]


def suite(head: str, at: int, body: Iterable[Line]) -> Lines:
    """A compound statement: its head, and its body a level deeper."""
    return [Line(head, at), *indented(body)]


LIGHT: Final = 200
"""Characters of Python that are run for one step."""


def weight_of(lines: Iterable[Line]) -> int:
    """What running lines once costs by their length: 1 for a few short ones."""
    return 1 + sum(len(each.text) for each in lines) // LIGHT


class Globals:
    """The names that the text has given away so far, and the objects behind those that are global."""

    def __init__(self) -> None:
        self.names: dict[str, object] = {}
        self._by_object: dict[int, str] = {}
        self._constants: dict[tuple[type, str], object] = {}
        self._locals: dict[str, int] = {}
        self._temporaries = 0

    def temporary(self) -> str:
        self._temporaries += 1
        return f"t{self._temporaries}"

    def local(self, name: str, prefix: str = "v_") -> str:
        """A Python name for a C# local: its own where it is free and plain."""
        plain = prefix + _plain(name)
        found, count = plain, self._locals.get(plain, 0) + 1
        while count > 1 and (found := f"{plain}_{count}") in self._locals:
            count += 1
        self._locals[plain] = count
        self._locals.setdefault(found, 1)
        return found

    def use(self, thing: object) -> str:
        """The global name under which the text can reach an object."""
        known = self._by_object.get(id(thing))
        if known is not None:
            return known
        name = wanted = "g_" + _plain(getattr(thing, "__name__", "") or getattr(thing, "shown", "") or "o")
        count = 1
        while name in self.names:
            count += 1
            name = f"{wanted}_{count}"
        self.names[name] = thing  # which keeps it alive, so that its id stays its own
        self._by_object[id(thing)] = name
        return name

    def constant(self, value: object) -> str:
        """The global name of a constant, one for all that are equal."""
        return self.use(self._constants.setdefault((type(value), repr(value)), value))
