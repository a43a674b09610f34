"""The Python text of one expression, and the objects that it may name. Nothing else is in its reach.

Every name in the text is ours: locals are `v_...`, functions `f_...`, temporaries `t1`, and the objects
below get names from a counter or from their own Python name. Text of the policy enters only through `repr`
or as the plain ASCII rest of a local's name, and code that holds such text is never a format template.
"""

import re
from dataclasses import dataclass, field

# ASCII only: Python reads identifiers in their NFKC form, under which two different names become one.
_UNFIT = re.compile(r"\W", re.ASCII)


@dataclass(slots=True)
class Mark:
    """A state of the emitter to come back to."""

    lines: int
    positions: int
    indent: int


@dataclass(slots=True)
class Emitter:
    """Lines with their indentation, the policy line of each, and the globals."""

    names: dict[str, object] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    indent: int = 1
    _by_object: dict[int, str] = field(default_factory=dict)
    _kept: list[object] = field(default_factory=list)
    _locals: dict[str, int] = field(default_factory=dict)
    _temporaries: int = 0

    def line(self, text: str, at: int) -> None:
        """One line of Python that stands for the policy text at offset `at`."""
        self.lines.append("    " * self.indent + text)
        self.positions.append(at)

    def insert(self, place: int, text: str, at: int) -> None:
        """One line before the line number `place`, at the present indentation."""
        self.lines.insert(place, "    " * self.indent + text)
        self.positions.insert(place, at)

    def deepen(self, first: int) -> None:
        """Indent the lines from number `first` on by one more level."""
        self.lines[first:] = ["    " + line for line in self.lines[first:]]

    def cut(self, first: int) -> list[tuple[str, int]]:
        """Take away the lines from number `first` on, without their indentation at present."""
        found = [
            (line[4 * self.indent :], at)
            for line, at in zip(self.lines[first:], self.positions[first:], strict=True)
        ]
        del self.lines[first:]
        del self.positions[first:]
        return found

    def paste(self, lines: list[tuple[str, int]]) -> None:
        for text, at in lines:
            self.line(text, at)

    def raise_to(self, place: int, first: int) -> None:
        """Move the lines from number `first` on up to number `place`."""
        for each in (self.lines, self.positions):
            moved = each[first:]
            del each[first:]
            each[place:place] = moved  # type: ignore[assignment]

    def temporary(self) -> str:
        self._temporaries += 1
        return f"t{self._temporaries}"

    def local(self, name: str, prefix: str = "v_") -> str:
        """A Python name for a C# local: its own where it is free and plain."""
        plain = prefix + _UNFIT.sub("_", name)
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
        wanted = _UNFIT.sub("_", getattr(thing, "__name__", "") or getattr(thing, "shown", "") or "o")
        name, count = f"g_{wanted}", 1
        while name in self.names:
            count += 1
            name = f"g_{wanted}_{count}"
        self.names[name] = thing
        self._by_object[id(thing)] = name
        self._kept.append(thing)
        return name

    def mark(self) -> Mark:
        return Mark(len(self.lines), len(self.positions), self.indent)

    def rewind(self, mark: Mark) -> None:
        """Forget what was written since the mark."""
        del self.lines[mark.lines :]
        del self.positions[mark.positions :]
        self.indent = mark.indent
