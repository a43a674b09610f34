"""What compiling a policy costs, against `python -c pass` and, where one is given, an earlier checkout.

    python benchmarks/policy_compile.py [--policy FILE] [--against CHECKOUT] [--rounds 5]

Prints, in milliseconds of CPU: the bare interpreter; importing what compiles a policy, interpreter included,
with Python's bytecode kept from before and (`unkept`) without that of apimlb; the first compile of FILE in a
new process; one more compile of it, no expression kept from before. And the microseconds of one evaluation of
the expression in it that draws a `Random`. Each figure is the best of the rounds, which take turns between
the checkouts. FILE is a copy of policies/retry.xml that stays as it is.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
FIGURES = ("import", "unkept", "first", "again", "evaluation")

_PROBE = """
import importlib, json, re, sys, time

def found(*places):
    for place in places:
        module, name = place.split(":")
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError):
            continue
    raise ImportError(places)

compile_policy = found("apimlb.policy.compiler:compile_policy", "apimlb.policy.document:compile_policy")
imported = time.process_time()
text = sys.stdin.read()
values = dict.fromkeys(re.findall(r"{{([\\w.-]+)}}", text), "7")
compile_policy(text, named_values=values)
first = time.process_time() - imported

def again(lines):
    began = time.process_time()
    # On other lines, no expression is one of those kept.
    compile_policy("\\n" * lines + text, named_values=values)
    return time.process_time() - began

compiled = min(again(lines) for lines in range(1, 8))

compile_expression = found(
    "apimlb.policy.csharp.expression:compile_expression", "apimlb.policy.compiler:compile_expression"
)
context_of = found("apimlb.policy.rehearse.cases:context_of", "apimlb.policy.cases:context_of")
names = ("until-eastus2", "until-swedencentral", "until-westus3")
variables = {name: {"type": "string", "value": "0"} for name in names}
variables |= {"tried": {"type": "string", "value": ","}, "reads": {"type": "bool", "value": False}}
context = context_of({"variables": variables})
drawn = text.index("new Random()")
expression = compile_expression(text[text.rindex("@{", 0, drawn):text.index('}" />', drawn) + 1])

def evaluations(count=1000):
    began = time.process_time()
    for _ in range(count):
        expression(context)
    return (time.process_time() - began) / count

evaluated = min(evaluations() for _ in range(7))
print(json.dumps({"import": imported, "first": first, "again": compiled, "evaluation": evaluated}))
"""


def cpu_of(command: list[str]) -> float:
    """Seconds of CPU that a child process takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def probe(checkout: Path, policy: str) -> dict[str, float]:
    """The figures of new processes, in seconds. The first one leaves its bytecode, as an install does."""
    kept = run(checkout, policy, {})
    with tempfile.TemporaryDirectory() as fresh:
        shutil.copytree(
            checkout / "apimlb", Path(fresh) / "apimlb", ignore=shutil.ignore_patterns("__pycache__")
        )
        unkept = run(Path(fresh), policy, {"PYTHONDONTWRITEBYTECODE": "1"})
    return {**kept, "unkept": unkept["import"]}


def run(checkout: Path, policy: str, settings: dict[str, str]) -> dict[str, float]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", _PROBE],
        cwd=checkout,  # which comes before everything else in the path of `-c`
        input=policy,
        capture_output=True,
        text=True,
        check=True,
        env={**environment, **settings},
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--policy", type=Path, default=HERE / "policies" / "retry.xml")
    parser.add_argument("--against", type=Path)
    parser.add_argument("--rounds", type=int, default=5, help="at least 2")
    given = parser.parse_args()
    checkouts = {"here": HERE.parent.resolve()} | ({"against": given.against} if given.against else {})
    policy = given.policy.read_text()
    best = {name: dict.fromkeys(FIGURES, float("inf")) for name in checkouts}
    bare = float("inf")
    for _ in range(given.rounds):
        bare = min(bare, cpu_of([sys.executable, "-c", "pass"]))
        for name, checkout in checkouts.items():
            made = probe(checkout, policy)
            best[name] = {figure: min(best[name][figure], made[figure]) for figure in FIGURES}
    print(f"python -c pass  {bare * 1e3:7.1f} ms")
    for name, figures in best.items():
        shown = [f"{figure} {seconds * 1e3:6.1f} ms" for figure, seconds in figures.items()]
        evaluated = f"{figures['evaluation'] * 1e6:.1f} µs an evaluation"
        print(f"{name:<8}        {', '.join(shown[:-1])}, {evaluated}")


if __name__ == "__main__":
    main()
