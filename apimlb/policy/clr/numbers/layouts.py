"""Custom formats of numbers: `0.##`, `#,##0;(0)`, `0.0E+0` and the like.

Source: dotnet/runtime 3.1, Number.NumberToStringFormat, confirmed by running it. A double shows fifteen
digits of its own, a float seven.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from itertools import chain, repeat

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.numbers.arithmetic import Single

WIDE = Context(prec=10_000)
"""Room for the longest number, with three places more for each character of a layout."""

_TOKEN = re.compile(
    r"(['\"])(?P<quoted>.*?)(?:\1|\Z)|\\(?P<escaped>.?)|(?P<exponent>[eE][+-]?0+)|(?P<char>.)", re.DOTALL
)
Tokens = list[tuple[str, str]]


@dataclass(slots=True)
class _Section:
    """How a section shows its number. Of its placeholders for digits, # and 0, `whole` are before the point
    and `fraction` behind it; the number is multiplied by ten to the `scale`, and grouped by thousands."""

    tokens: Tokens
    whole: str
    fraction: str
    scale: int
    grouped: bool
    scientific: bool

    def rounded(self, number: Decimal) -> Decimal:
        """The number scaled, without the digits that have no place."""
        scaled = number.scaleb(self.scale, WIDE)
        places = len(self.fraction)
        if self.scientific:
            places += len(self.whole) - 1 - scaled.adjusted()
        return scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, WIDE)

    def text(self, number: Decimal) -> str:
        """A number that is rounded, without its sign."""
        power = number.adjusted() + 1 - len(self.whole) if self.scientific and number else 0
        whole, _, fraction = f"{number.copy_abs().scaleb(-power, WIDE):f}".partition(".")
        fraction = fraction.rstrip("0").ljust(len(self.fraction.rstrip("#")), "0")
        digits = self._before_point(whole.lstrip("0"))
        surplus = max(len(digits) - len(self.whole), 0)
        first = "".join(digits[:surplus])
        rest = chain(repeat("", len(self.whole) - len(digits)), digits[surplus:], fraction, repeat(""))
        point, exponent = "." if self.fraction and fraction else "", self.scientific
        out: list[str] = []
        for kind, text in self.tokens:
            if kind in "#0.":
                out += first, point if kind == "." else next(rest)
                first, point = "", "" if kind == "." else point
            elif kind == "exponent" and exponent:
                out.append(_exponent(text, power))
                exponent = False
            elif kind != ",":
                out.append(text)
        return "".join(out)

    def _before_point(self, digits: str) -> list[str]:
        """The digits and zeros before the point, with the commas behind them."""
        forced = self.whole if self.scientific else self.whole.lstrip("#")
        digits = digits.rjust(len(forced), "0")
        return [
            f"{digit}," if self.grouped and place > 1 and place % 3 == 1 else digit
            for place, digit in zip(range(len(digits), 0, -1), digits, strict=True)
        ]


def _exponent(token: str, power: int) -> str:
    sign = "-" if power < 0 else "+" if "+" in token else ""
    return f"{token[0]}{sign}{abs(power):0{min(token.count('0'), 10)}d}"


@lru_cache(maxsize=256)
def _sections(layout: str) -> list[_Section]:
    """The sections of a layout; three at least."""
    sections: list[Tokens] = [[]]
    for found in _TOKEN.finditer(layout):
        text = found[found.lastgroup or 0]
        if found["char"] == ";":
            sections.append([])
        elif found["exponent"]:
            sections[-1].append(("exponent", text))
        else:
            sections[-1].append((text if found["char"] and text in "#0.,%‰" else "text", text))
    return [_section(tokens) for tokens in (*sections, [], [])]


def _section(tokens: Tokens) -> _Section:
    """The section of tokens: what each is, "text" where it is literal, and its text."""
    kinds = [kind for kind, _ in tokens]
    point = kinds.index(".") if "." in kinds else len(kinds)
    before = "".join(kind for kind in kinds[:point] if kind in "#0,").lstrip(",")
    whole = before.rstrip(",")  # a comma between digits groups them, one behind them divides by a thousand
    return _Section(
        tokens,
        whole=whole.replace(",", ""),
        fraction="".join(kind for kind in kinds[point:] if kind in "#0"),
        scale=2 * kinds.count("%") + 3 * kinds.count("‰") - 3 * (len(before) - len(whole)),
        grouped="," in whole,
        scientific="exponent" in kinds,
    )


def _shown(value: int | float | Decimal) -> Decimal:
    """The digits of a number that may be shown."""
    exact = Decimal(value)
    if isinstance(value, float) and exact:
        exact = Context(prec=7 if isinstance(value, Single) else 15, rounding=ROUND_HALF_EVEN).plus(exact)
    BUDGET.spend(abs(exact.adjusted()) >> 3)  # the zeros before or behind its digits are written too
    return exact


def custom_text(value: int | float | Decimal, layout: str) -> str:
    """ToString(format) of a custom format: of positive numbers, of negative ones, and of zero."""
    number = _shown(value)
    sections = _sections(layout)
    for_zero = 2 if sections[2].tokens else 0
    place = for_zero if not number else 1 if number < 0 and sections[1].tokens else 0
    if number:
        number = sections[place].rounded(number)
        place = place if number else for_zero
    text = sections[place].text(number)
    signed = number.is_signed() and (number or isinstance(value, float))  # a real zero keeps its sign
    return f"-{text}" if signed and place == 0 and (text or number) else text
