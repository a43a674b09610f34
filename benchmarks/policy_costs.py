"""What a step of the budget buys: elements and members with large inputs, their time beside their steps.

    python benchmarks/policy_costs.py [--seed 1] [--calls 1000] [--worst 20] [--size 200000] [--element TAG]
    python benchmarks/policy_costs.py --ordinary

For what policies often do: the largest body, within a tenth, of which one evaluation may do it. For each
element: the request that held the processor longest before it ended or was refused, its
microseconds per step, and the largest usual bodies that one such element takes. For the members of the
library: the --worst dearest of --calls evaluations. Last, as the reference, a loop of plain arithmetic.
Exits 1 where a request or an evaluation took more than a second.

Seconds are of the processor, divided by how much slower than usual it is at the time, which a loop around
each run tells; those in brackets are as they were measured.
"""

import argparse
import contextlib
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from apimlb.errors import PolicyError
from apimlb.policy.clr.budget import REQUEST_STEPS
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.csharp.expression import compile_expression
from apimlb.policy.rehearse.cases import context_of
from tests.fuzz import dear
from tests.fuzz.large import BODIES, large_calls

_REFERENCE = "@{ int x = 1; for (var i = 0; i < 90000; i++) { x = unchecked(x * 31 + i); } return x; }"
_QUIET = 0.02
"""Seconds of the loop below on a processor with nothing else to do."""

_TIMES = 100
_USUAL = {
    "json": ("rows", "chat", "image"), "xml": ("rows",), "text": ("letters",), "token": ("text",), "none": (),
}  # fmt: skip
_LARGEST = 4_000_000
_CSV = (
    "@{ var a = new JArray(); "
    "foreach (var line in context.Request.Body.As<string>().Split('\\n')) { var f = line.Split(','); "
    'a.Add(new JObject(new JProperty("id", f[0]), new JProperty("name", f[1]))); } return a.ToString(); }'
)
_ORDINARY: dict[str, tuple[str, dear.Maker]] = {
    "JToken.ToString()": ("@(context.Request.Body.As<JToken>().ToString())", dear.JSONS["rows"]),
    "rows chosen, ToString()": (
        '@(new JArray(context.Request.Body.As<JArray>().Where(x => (bool)x["ok"])).ToString())',
        dear.JSONS["rows"],
    ),
    "properties redacted": (
        "@{ var a = context.Request.Body.As<JArray>(); foreach (var p in a.Descendants().OfType<JProperty>()"
        '.Where(p => p.Name == "name")) p.Value = "*"; return a.ToString(); }',
        dear.JSONS["rows"],
    ),
    "XElement.ToString()": ("@(context.Request.Body.As<XElement>().ToString())", dear.XMLS["rows"]),
    "XElement projected": (
        '@(new XElement("o", context.Request.Body.As<XElement>().Elements("i").Select(e => '
        'new XElement("n", (string)e.Element("name")))).ToString())',
        dear.XMLS["rows"],
    ),
    "lines of CSV to a JArray": (
        _CSV,
        lambda n: "\n".join(f"{i},item {i},1.25,2024-01-01" for i in range(n // 30)),
    ),
    "a token replaced": (
        r'@(Regex.Replace(context.Request.Body.As<string>(), @"(?i)bearer\s+[a-z0-9._-]+", "x"))',
        dear.JSONS["chat"],
    ),
    "card numbers replaced": (
        r'@(Regex.Replace(context.Request.Body.As<string>(), @"\b(\d[ -]*?){13,16}\b", "x"))',
        dear.JSONS["chat"],
    ),
    "blanks replaced": (
        r'@(Regex.Replace(context.Request.Body.As<string>(), @"\s+", "x"))',
        dear.JSONS["chat"],
    ),
}
"""What policies do with ordinary bodies, in one evaluation each."""


def _slowness() -> float:
    """How many times longer than on a quiet processor things take now."""
    start = time.process_time()
    for _ in range(1_000_000):
        pass
    return (time.process_time() - start) / _QUIET


def measured(expression: str, body: str) -> tuple[float, int]:
    """Seconds of the processor and counted steps of one evaluation."""
    compiled = compile_expression(expression)
    context = context_of({"request": {"method": "POST", "url": "https://a/b", "body": body}})
    start = time.process_time()
    with contextlib.suppress(ClrException):
        compiled(context)
    return time.process_time() - start, REQUEST_STEPS - context.allowance.steps


def passing(case: dear.Case, make: dear.Maker) -> int:
    """The size of the largest body that one element takes, within a tenth."""
    low, high = 0, _LARGEST
    while high - low > high // 10:
        middle = (low + high) // 2
        low, high = (low, middle) if dear.spend(case, 1, make(middle)).stopped else (middle, high)
    return low


def ordinary_rows() -> None:
    """Print the largest body, within a tenth, of which each ordinary evaluation takes no more than it may."""
    for name, (expression, make) in _ORDINARY.items():
        low, high = 0, _LARGEST
        while high - low > high // 10:
            middle = (low + high) // 2
            low, high = (middle, high) if passes(expression, make(middle)) else (low, middle)
        before = _slowness()
        seconds, steps = measured(expression, make(low))
        quiet = seconds * 2 / (before + _slowness())
        print(f"{low / 1e6:4.2f} MB {quiet:5.2f} s {steps:7} steps  {name}", flush=True)


def passes(expression: str, body: str) -> bool:
    context = context_of({"request": {"method": "POST", "url": "https://a/b", "body": body}})
    try:
        compile_expression(expression)(context)
    except ClrException:
        return False
    return True


def element_rows(tag: str, size: int) -> list[tuple[float, str]]:
    """The dearest request of each case of an element, in quiet seconds, and what passes."""
    rows: list[tuple[float, str]] = []
    for case in dear.CASES[tag]:
        found: list[tuple[float, str]] = []
        times = dear.fitting(case, _TIMES)
        for name, make in dear.FORMS[case.form][1].items():
            dear.spend(case, 1, make(size))  # what is imported, read and kept once
            before = _slowness()
            spent = dear.spend(case, times, make(size))
            quiet = spent.seconds * 2 / (before + _slowness())
            end = "refused" if spent.stopped else str(spent.status)
            found.append(
                (
                    quiet,
                    f"{quiet:5.2f} s ({spent.seconds:.2f}) {spent.steps:7} steps "
                    f"{quiet * 1e6 / spent.steps:5.2f} us/step {end:7} <{tag}> on {case.form} {name}",
                )
            )
        quiet, shown = max(found)
        usual = (
            f"{name} {passing(case, dear.FORMS[case.form][1][name]) / 1e6:.1f} MB"
            for name in _USUAL[case.form]
        )
        rows.append((quiet, f"{shown}; once passes: {', '.join(usual)}"))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--worst", type=int, default=20)
    parser.add_argument("--size", type=int, default=200_000, help="characters of the bodies for elements")
    parser.add_argument("--element", action="append", help="this element only; no members")
    parser.add_argument("--ordinary", action="store_true", help="ordinary work on ordinary bodies only")
    given = parser.parse_args()
    ordinary_rows()
    if given.ordinary:
        return 0
    elements: list[tuple[float, str]] = []
    for tag in given.element or sorted(dear.CASES):
        for row in element_rows(tag, given.size):
            print(row[1], flush=True)
            elements.append(row)
    if given.element:
        return 1 if max(elements)[0] > 1 else 0
    rng = random.Random(given.seed)
    chosen = large_calls(rng)
    rows: list[tuple[float, int, str]] = []
    for expression, name in rng.sample(chosen, min(given.calls, len(chosen))):
        try:
            seconds, steps = measured(expression, BODIES[name])
        except PolicyError:
            continue
        rows.append((seconds, steps, f"{name}: {expression}"))
    rows.sort(reverse=True)
    for seconds, steps, shown in rows[: given.worst]:
        print(f"{seconds:6.2f} s {steps:7} steps {seconds * 1e6 / max(steps, 1):7.2f} us/step  {shown[:200]}")
    seconds, steps = measured(_REFERENCE, "")
    print(f"{len(rows)} evaluations; arithmetic in a loop: {seconds:.2f} s for {steps} steps")
    return 1 if max(elements)[0] > 1 or (rows and rows[0][0] > 1) else 0


if __name__ == "__main__":
    sys.exit(main())
