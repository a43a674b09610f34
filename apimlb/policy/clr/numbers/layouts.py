"""Custom formats of numbers: `0.##`, `#,##0;(0)`, `0.0E+0` and the like.

Source: dotnet/runtime 3.1, Number.NumberToStringFormat, confirmed by running it. A double shows fifteen
digits of its own, a float seven.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.numbers.arithmetic import Single

_SCALES = {"%": 2, "‰": 3}


@dataclass(slots=True)
class _Digits:
    """A number as its digits, with a point before the one at `scale`. Of a `real` zero may be negative."""

    figures: str
    scale: int
    negative: bool
    real: bool

    def round(self, place: int) -> None:
        """Keep `place` digits."""
        kept = self.figures[: max(place, 0)]
        if 0 <= place < len(self.figures) and self.figures[place] >= "5":
            kept = kept.rstrip("9")
            if kept:
                kept = kept[:-1] + chr(ord(kept[-1]) + 1)
            else:
                kept, self.scale = "1", self.scale + 1
        else:
            kept = kept.rstrip("0")
        if not kept:
            self.scale = 0
            self.negative = self.negative and self.real
        self.figures = kept


def _digits_of(value: int | float | Decimal) -> _Digits:
    real = isinstance(value, float)
    exact = Decimal(value)
    negative = exact.is_signed()
    if real and exact:
        exact = Context(prec=7 if isinstance(value, Single) else 15, rounding=ROUND_HALF_EVEN).plus(exact)
    _, figures, exponent = exact.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, figures)) if exact else ""
    if isinstance(value, int) or real:
        exponent, text = exponent + len(text) - len(text.rstrip("0")), text.rstrip("0")
    BUDGET.spend(abs(exact.adjusted()) >> 3)  # the zeros before or behind its digits are written too
    return _Digits(text, len(text) + exponent if text else 0, negative and (real or bool(exact)), real)


@dataclass(slots=True)
class _Plan:
    """How a section shows its number: how many digits it has, where their point and their first and last
    forced zeros stand, what it is scaled by, and whether it is grouped by thousands or has an exponent."""

    count: int = 0
    point: int = -1
    first: int = 1 << 31
    last: int = 0
    scale: int = 0
    grouped: bool = False
    scientific: bool = False


_TOKEN = re.compile(
    r"(['\"])(?P<quoted>.*?)(?:\1|\Z)|\\(?P<escaped>.?)|(?P<exponent>[eE][+-]?0+)|(?P<char>.)", re.DOTALL
)
Tokens = list[tuple[str, str]]


@lru_cache(maxsize=256)
def _sections(layout: str) -> list[tuple[Tokens, _Plan]]:
    """The tokens of each section, and its plan; of three at least. A token is what a piece is, "text" where
    it is literal, and its text."""
    sections: list[Tokens] = [[]]
    for found in _TOKEN.finditer(layout):
        text = found[found.lastgroup or 0]
        if found["char"] == ";":
            sections.append([])
        elif found["exponent"]:
            sections[-1].append(("exponent", text))
        else:
            sections[-1].append((text if found["char"] and text in "#0.,%‰" else "text", text))
    return [(tokens, _planned(tokens)) for tokens in (*sections, [], [])]


def _planned(tokens: Tokens) -> _Plan:
    plan = _Plan()
    commas, comma_at = 0, -1
    for kind, _ in tokens:
        if kind == "#":
            plan.count += 1
        elif kind == "0":
            plan.first = min(plan.first, plan.count)
            plan.count += 1
            plan.last = plan.count
        elif kind == "." and plan.point < 0:
            plan.point = plan.count
        elif kind == "," and plan.count and plan.point < 0:
            if comma_at == plan.count:
                commas += 1
                continue
            plan.grouped = plan.grouped or comma_at >= 0
            comma_at, commas = plan.count, 1
        elif kind in _SCALES:
            plan.scale += _SCALES[kind]
        elif kind == "exponent":
            plan.scientific = True
    plan.point = plan.count if plan.point < 0 else plan.point
    if comma_at >= 0 and comma_at == plan.point:
        plan.scale -= 3 * commas
    elif comma_at >= 0:
        plan.grouped = True
    return plan


def custom_text(value: int | float | Decimal, layout: str) -> str:
    """ToString(format) of a custom format."""
    number = _digits_of(value)
    sections = _sections(layout)
    for_zero = 2 if sections[2][0] else 0
    place = for_zero if not number.figures else 1 if number.negative and sections[1][0] else 0
    tokens, plan = sections[place]
    if number.figures:
        number.scale += plan.scale
        number.round(plan.count if plan.scientific else number.scale + plan.count - plan.point)
        if not number.figures:
            place = for_zero
            tokens, plan = sections[place]
    text = _NumberWriter(number, plan).written(tokens)
    return f"-{text}" if number.negative and place == 0 and (text or number.scale) else text


class _NumberWriter:
    """Lays a number out by the tokens of a section."""

    def __init__(self, number: _Digits, plan: _Plan) -> None:
        self.number = number
        self.plan = plan
        self.first = max(plan.point - plan.first, 0)
        self.last = min(plan.point - plan.last, 0)
        self.place = plan.point if plan.scientific else max(number.scale, plan.point)
        self.adjust = 0 if plan.scientific else number.scale - plan.point
        self.at = 0
        self.pointed = False
        self.scientific = plan.scientific
        self.out: list[str] = []

    def _next(self) -> str:
        digit = self.number.figures[self.at : self.at + 1]
        self.at += 1
        return digit

    def _put(self, digit: str) -> None:
        self.out.append(digit)
        if self.plan.grouped and self.place > 1 and (self.place - 1) % 3 == 0:
            self.out.append(",")

    def written(self, tokens: Tokens) -> str:
        for kind, text in tokens:
            if kind in "#0.":
                while self.adjust > 0:
                    self._put(self._next() or "0")
                    self.place -= 1
                    self.adjust -= 1
            if kind in "#0":
                self._digit()
            elif kind == ".":
                self._point()
            elif kind == "exponent":
                self._exponent(text)
            elif kind != ",":
                self.out.append(text)
        return "".join(self.out)

    def _digit(self) -> None:
        if self.adjust < 0:
            self.adjust += 1
            digit = "0" if self.place <= self.first else ""
        else:
            digit = self._next() or ("0" if self.place > self.last else "")
        if digit:
            self._put(digit)
        self.place -= 1

    def _point(self) -> None:
        if self.place or self.pointed:
            return
        more = self.plan.point < self.plan.count and self.at < len(self.number.figures)
        if self.last < 0 or more:
            self.out.append(".")
            self.pointed = True

    def _exponent(self, text: str) -> None:
        if not self.scientific:
            self.out.append(text)
            return
        self.scientific = False
        power = self.number.scale - self.plan.point if self.number.figures else 0
        sign = "-" if power < 0 else "+" if "+" in text else ""
        self.out.append(f"{text[0]}{sign}{abs(power):0{min(text.count('0'), 10)}d}")
