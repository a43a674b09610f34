"""`--fail-if`: what a load test must not come to, as `429>1%` or `stream.p95>2s`."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apimlb.errors import ConfigError
from apimlb.loadtest.results import KINDS

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
_SHARES = {"429": "refused", "answered": "answered", "errors": "errors"}
_TIMES = {
    "p50": "p50", "p95": "p95", "p99": "p99",
    "first-token.p50": "first_token_p50", "first-token.p95": "first_token_p95",
    "first-token.p99": "first_token_p99",
}  # fmt: skip
_UNITS = {"s": 1.0, "ms": 0.001, "": 1.0}
_CRITERION = re.compile(
    rf"(?:(?P<kind>{'|'.join(KINDS)})\.)?(?P<what>[\w.-]+?)\s*(?P<sign>>=|<=|>|<)\s*"
    r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>%|ms|s|)"
)
EXAMPLE = "Write it like '429>1%', 'errors>0', 'p95>2s' or 'stream.first-token.p95>800ms'."
FALSE_WAITS = "false-waits"


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something that fails the test: `field` of the requests of a `kind` (empty: of all) beyond `limit`."""

    text: str
    kind: str
    field: str
    sign: str
    limit: float
    is_time: bool

    def found(self, told: Mapping[str, Any]) -> str:
        """What the test came to, where that fails it; else empty."""
        value = self._value(told)
        if value is None or not _COMPARISONS[self.sign](value, self.limit):
            return ""
        return f"{self.text}: it is {f'{value:.3g} s' if self.is_time else f'{value:.2%}'}"

    def _value(self, told: Mapping[str, Any]) -> float | None:
        if self.field == FALSE_WAITS:
            tried = told["waits"]["true"] + told["waits"]["short"]
            return told["waits"]["short"] / tried if tried else 0.0
        for each in told["kinds"] if self.kind else [told]:
            if not self.kind or each["kind"] == self.kind:
                value: float | None = each[self.field]
                return value
        return None


def criterion(text: str) -> Criterion:
    """Raises `ConfigError` for one that cannot be read."""
    found = _CRITERION.fullmatch(text.strip())
    if found is None:
        raise ConfigError(f"--fail-if {text!r} is no condition.", where="loadtest", next_step=EXAMPLE)
    what, number, unit = found["what"], float(found["number"]), found["unit"]
    is_time = what in _TIMES
    field = {**_SHARES, **_TIMES, FALSE_WAITS: FALSE_WAITS}.get(what)
    if field is None or (is_time and unit == "%") or (not is_time and unit in ("s", "ms")):
        known = ", ".join([*_SHARES, FALSE_WAITS, *_TIMES])
        what_is_wrong = f"{what} is not measured" if field is None else f"{what} is not measured in {unit}"
        raise ConfigError(
            f"--fail-if {text!r}: {what_is_wrong}.",
            where="loadtest",
            next_step=f"Of all requests, or with chat., stream. or embeddings. before it: {known}.",
        )
    limit = number * _UNITS[unit] if is_time else number / (100 if unit == "%" else 1)
    return Criterion(text.strip(), found["kind"] or "", field, found["sign"], limit, is_time)
