"""Generated expressions, asked of a real C# compiler and of this project: how many values differ.

    python benchmarks/policy_differential.py ORACLE_DIR [--cases 2000] [--seed 1]

ORACLE_DIR holds `ask.py`. Prints every difference and the figures; exits 1 where a value is wrong.
Expressions that C# refuses are counted only. The names of LINQ's private iterators are not compared.
"""

import argparse
import collections
import importlib.util
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from apimlb.policy.cases import evaluate
from tests.fuzz.material import grown_expression

_UNCERTAIN = ("DateTime.UtcNow", "Headers", "GetHashCode", "context.")
_LIMITS = {"System.InsufficientExecutionStackException", "System.TimeoutException"}


def ask_of(directory: Path) -> Any:
    """The oracle's `ask`."""
    spec = importlib.util.spec_from_file_location("oracle_ask", directory / "ask.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ask


def verdict(wanted: dict[str, Any], given: dict[str, Any]) -> str:
    """same, both refuse, refused (by us alone), accepted (by us alone), limit, or wrong."""
    if "compile_error" in wanted:
        return "both refuse" if "compile_error" in given else "accepted"
    if "compile_error" in given:
        return "refused"
    if _LIMITS & {wanted.get("throws"), given.get("throws")}:
        return "limit"
    keys = ("type", "value", "throws")
    if all(str(each.get("type")).startswith("System.Linq.") for each in (wanted, given)):
        keys = ("value", "throws")
    return "same" if all(wanted.get(key) == given.get(key) for key in keys) else "wrong"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("oracle", type=Path)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    texts: list[str] = []
    while len(texts) < given.cases:
        text = grown_expression(rng)
        if len(text) < 700 and not any(word in text for word in _UNCERTAIN):
            texts.append(text)
    cases = [{"id": str(number), "expression": text} for number, text in enumerate(texts)]
    counts: collections.Counter[str] = collections.Counter()
    for case, wanted, ours in zip(cases, ask_of(given.oracle)(cases), evaluate(cases), strict=True):
        found = verdict(wanted, ours)
        counts[found] += 1
        if found in ("wrong", "refused", "accepted"):
            print(f"{found}: {case['expression']}\n  C#:   {wanted}\n  ours: {ours}")
    print(", ".join(f"{name} {count}" for name, count in counts.most_common()))
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
