"""What a step of the budget buys: each member called with large inputs, its time beside its counted steps.

    python benchmarks/policy_costs.py [--seed 1] [--calls 2000] [--worst 20]

Prints the evaluations that held the processor longest, with microseconds per step, and the same for the work
that the budget is made for: a loop of plain arithmetic. Exits 1 where one took more than a second.
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
from tests.fuzz.large import BODIES, large_calls

_REFERENCE = "@{ int x = 1; for (var i = 0; i < 90000; i++) { x = unchecked(x * 31 + i); } return x; }"


def measured(expression: str, body: str) -> tuple[float, int]:
    """Seconds of the processor and counted steps of one evaluation."""
    compiled = compile_expression(expression)
    context = context_of({"request": {"method": "POST", "url": "https://a/b", "body": body}})
    start = time.process_time()
    with contextlib.suppress(ClrException):
        compiled(context)
    return time.process_time() - start, REQUEST_STEPS - context.means.steps


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--worst", type=int, default=20)
    given = parser.parse_args()
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
    return 1 if rows and rows[0][0] > 1 else 0


if __name__ == "__main__":
    sys.exit(main())
