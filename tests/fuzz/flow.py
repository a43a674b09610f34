"""Programs about the flow of control, to compare with a C# compiler: most of them are right, many leave a
local without a value, an end without a return, or a jump without a target."""

import random
from dataclasses import dataclass, field

_NAMES = ("a", "b", "c", "d", "e")
_CONSTANTS = ("true", "false", "1 == 1", "2 < 1", "!false", "true || false")


@dataclass(slots=True)
class _Grower:
    """What is in sight: the locals that are declared, and those that probably have a value."""

    rng: random.Random
    ints: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    count: int = 0
    loops: int = 0

    def fresh(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def local(self) -> str:
        pool = self.given if self.given and self.rng.random() < 0.85 else self.ints
        return self.rng.choice(pool) if pool else "n"

    def number(self, depth: int = 2) -> str:
        choice = self.rng.random()
        if depth <= 0 or choice < 0.35:
            return self.rng.choice((self.local(), "n", str(self.rng.randint(0, 4))))
        first, second = self.number(depth - 1), self.number(depth - 1)
        if choice < 0.6:
            return f"({first} {self.rng.choice('+-*')} {second})"
        if choice < 0.72:
            return f"({self.test(depth - 1)} ? {first} : {second})"
        if choice < 0.8:
            return f"({self.local()} = {first})"
        if choice < 0.86:
            return f"new[] {{ 1, 2 }}.Select(q => q + {first}).Sum()"
        if choice < 0.92 and self.functions:
            return f"{self.rng.choice(self.functions)}({first})"
        return f"({first} / {second})" if choice < 0.95 else f"{self.local()}{self.rng.choice(('++', '--'))}"

    def test(self, depth: int = 2) -> str:
        choice = self.rng.random()
        if choice < 0.12:
            return self.rng.choice(_CONSTANTS)
        if depth <= 0 or choice < 0.5:
            return f"{self.number(0)} {self.rng.choice(('<', '==', '>='))} {self.number(0)}"
        if choice < 0.75:
            return f"({self.test(depth - 1)} {self.rng.choice(('&&', '||'))} {self.test(depth - 1)})"
        if choice < 0.85:
            return f"!({self.test(depth - 1)})"
        name = self.fresh("p")
        self.ints.append(name)
        return f"o is int {name}" if choice < 0.93 else f'int.TryParse("{self.count}", out var {name})'

    def block(self, depth: int) -> str:
        known = len(self.ints), len(self.given), len(self.functions)
        body = " ".join(self.statement(depth - 1) for _ in range(self.rng.randint(1, 3)))
        del self.ints[known[0] :], self.given[known[1] :], self.functions[known[2] :]
        return f"{{ {body} }}"

    def statement(self, depth: int) -> str:
        if depth <= 0:
            return self._simple()
        made = self.rng.choice((
            self._simple, self._simple, self._declared, self._if, self._if, self._loop, self._switch,
            self._try, self._function, self._jump,
        ))  # fmt: skip
        return made() if made in (self._simple, self._declared, self._jump) else made(depth)  # type: ignore[call-arg]

    def _simple(self) -> str:
        target = self.local()
        return f"{target} {self.rng.choice(('=', '=', '=', '+='))} {self.number()};"

    def _declared(self) -> str:
        name = self.fresh("v")
        self.ints.append(name)
        if self.rng.random() < 0.5:
            return f"int {name};"
        self.given.append(name)
        return f"{self.rng.choice(('int', 'var'))} {name} = {self.number()};"

    def _if(self, depth: int) -> str:
        text = f"if ({self.test()}) {self.block(depth)}"
        return f"{text} else {self.block(depth)}" if self.rng.random() < 0.6 else text

    def _loop(self, depth: int) -> str:
        name = self.fresh("i")
        self.loops += 1
        body = self.block(depth)
        self.loops -= 1
        step = f"if (n++ > 9) {self.rng.choice(('break;', 'return 7;'))}"
        return self.rng.choice((
            f"for (int {name} = 0; {name} < 3; {name}++) {body}",
            f"foreach (var {name} in new[] {{ 1, 2 }}) {body}",
            f"while ({self.test()}) {{ {step} {body} }}",
            f"do {{ {step} {body} }} while ({self.test()});",
            f"for (;;) {{ {step} {body} }}",
        ))  # fmt: skip

    def _switch(self, depth: int) -> str:
        sections = []
        for label in self.rng.sample(
            ("case 0:", "case 1:", "case 2: case 3:", "default:"), self.rng.randint(1, 3)
        ):
            body = self.block(depth)
            end = self.rng.choice(
                ("break;", "break;", "break;", "return n;", "continue;" if self.loops else "break;", "")
            )
            sections.append(f"{label} {body} {end}")
        value = self.rng.choice((self.number(1), self.number(1), "1", "o is int ? 1 : 0"))
        return f"switch ({value}) {{ {' '.join(sections)} }}"

    def _try(self, depth: int) -> str:
        text = f"try {self.block(depth)}"
        caught = self.rng.random() < 0.7
        if caught:
            text += f" catch (Exception) {self.block(depth)}"
        return text if caught and self.rng.random() < 0.6 else f"{text} finally {self.block(depth)}"

    def _function(self, depth: int) -> str:
        if depth < 2 or self.loops or self.count > 6:  # Roslyn 2 breaks down on functions never reached
            return self._simple()
        name = self.fresh("f")
        loops, self.loops = self.loops, 0
        body = self.number(1) if self.rng.random() < 0.5 else ""
        text = (
            f"int {name}(int k) => k + {body};"
            if body
            else f"int {name}(int k) {self.block(depth)[:-1]} return k; }}"
        )
        self.loops = loops
        self.functions.append(name)
        return text

    def _jump(self) -> str:
        if self.rng.random() < 0.3:
            return f"return {self.number()};"
        if self.loops or self.rng.random() < 0.1:
            return f"if ({self.test(1)}) {self.rng.choice(('break;', 'continue;'))}"
        return f'if ({self.test(1)}) throw new Exception("t");'


def grown_flow(rng: random.Random) -> str:
    """A whole policy expression of statements."""
    grower = _Grower(rng, ["n"], ["n"])
    body = " ".join(grower.statement(rng.randint(1, 3)) for _ in range(rng.randint(2, 5)))
    end = f"return {grower.number()};" if rng.random() < 0.85 else ""
    return f"@{{ int n = 2; object o = 5; {body} {end} }}"
