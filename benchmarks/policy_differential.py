"""Generated expressions, asked of a real C# compiler and of this project: how many values differ.

    python benchmarks/policy_differential.py ORACLE_DIR [--cases 2000] [--seed 1]
        [--statements | --members | --texts]

ORACLE_DIR holds `ask.py`. Prints every difference and the figures; exits 1 where a value is wrong. With
`--statements` the expressions are about the flow of control: locals without a value, loops, switches, jumps,
functions; where C# refuses them, the code and the place of its error are compared too. With `--members` each
member of the allow-list is called with values at the edges of what it takes, and operators and conversions
are tried on values of all types; with `--texts` dates, numbers, formats, patterns, addresses, JSON and XML
are read. Else expressions of all kinds are grown. What C# refuses is counted only, types that nobody can
name are not compared, and what runs into the limits here is not asked.
"""

import argparse
import collections
import importlib.util
import random
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from apimlb.policy.rehearse.cases import evaluate
from tests.fuzz.flow import grown_flow
from tests.fuzz.material import grown_expression
from tests.fuzz.members import grown_call, read_text

_UNCERTAIN = ("DateTime.UtcNow", "Headers", "context.")
_OPENSSL = "Interop+Crypto+OpenSslCryptographicException"
"""What .NET throws on Linux for an exception that Windows calls by the name of its base."""

_PRIVATE = re.compile(r"^System\.Linq\.|<|Comparer|\+ReadOnly")
"""Types that are .NET's own business: nobody can name them, so only their values are compared."""

_ELSEWHERE = re.compile(
    r"RSA(Public|Private)Key\(|PublicKey\.Key|\.Import\(|\.(Archived|FriendlyName) = "
    r"|Comparer\W.*\.GetHashCode\(|GetHashCode\(StringComparison|SystemTimeZone|CurrentTimeZone|TimeZoneInfo\.Local"
    r'|Uri(\.TryCreate)?\((new Uri\("http://h/p/q\?r"\), )?"(\\u00(09|0a|0d)| )*[/\\]|eth0'
)
"""What .NET answers otherwise on Windows than on Linux, or in another process."""

_LIMITS = {"System.InsufficientExecutionStackException", "System.TimeoutException"}


def ask_of(directory: Path) -> Any:
    """The oracle's `ask`."""
    spec = importlib.util.spec_from_file_location("oracle_ask", directory / "ask.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ask


def asked(ask: Any, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The oracle's answers; a case on which its compiler itself breaks down is left without one."""
    try:
        answers: list[dict[str, Any]] = ask(cases)
        return answers
    except subprocess.CalledProcessError:
        if len(cases) == 1:
            return [{"throws": "System.TimeoutException"}]
        half = len(cases) // 2
        return asked(ask, cases[:half]) + asked(ask, cases[half:])


def _undated(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer without the day on which a bare time is, which is another one here and there."""
    year = date.today().year
    day = rf"{year}-\d\d-\d\d|2026-01-0\d|\d\d/\d\d/{year}|01/0\d/2026"
    return (
        {**answer, "value": re.sub(day, "today", str(answer.get("value")))} if "value" in answer else answer
    )


def verdict(wanted: dict[str, Any], given: dict[str, Any], exactly: bool = False) -> str:
    """same, both refuse, refused (by us alone), accepted (by us alone), limit, or wrong. `exactly` compares
    errors as well."""
    if "compile_error" in wanted:
        if exactly and any(wanted[key] != given.get(key) for key in ("compile_error", "line", "column")):
            return "wrong"
        return "both refuse" if "compile_error" in given else "accepted"
    if "compile_error" in given:
        return "refused"
    if wanted.get("throws") == _OPENSSL:
        wanted = {**wanted, "throws": "System.Security.Cryptography.CryptographicException"}
    if _LIMITS & {wanted.get("throws"), given.get("throws")}:
        return "limit"
    wanted, given = _undated(wanted), _undated(given)
    keys: tuple[str, ...] = ("type", "value", "throws")
    if _PRIVATE.search(str(wanted.get("type"))) and "type" in given:
        shows_type = wanted.get("value") == wanted["type"]
        keys = ("throws",) if shows_type else ("value", "throws")
    return "same" if all(wanted.get(key) == given.get(key) for key in keys) else "wrong"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("oracle", type=Path)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    about = parser.add_mutually_exclusive_group()
    about.add_argument("--statements", action="store_const", dest="grow", const=grown_flow)
    about.add_argument("--members", action="store_const", dest="grow", const=grown_call)
    about.add_argument("--texts", action="store_const", dest="grow", const=read_text)
    parser.set_defaults(grow=grown_expression)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    cases: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    while len(cases) < given.cases:
        text = given.grow(rng)
        asked_for = not any(word in text for word in _UNCERTAIN) and not _ELSEWHERE.search(text)
        if len(text) < 4_000 and asked_for:
            case = {"id": str(len(cases)), "expression": text}
            ours = evaluate([case])[0]
            if ours.get("throws") not in _LIMITS:
                cases.append(case)
                answers.append(ours)
    counts: collections.Counter[str] = collections.Counter()
    for case, wanted, ours in zip(cases, asked(ask_of(given.oracle), cases), answers, strict=True):
        found = verdict(wanted, ours, given.grow is grown_flow)
        counts[found] += 1
        if found in ("wrong", "refused", "accepted"):
            print(f"{found}: {case['expression']}\n  C#:   {wanted}\n  ours: {ours}")
    print(", ".join(f"{name} {count}" for name, count in counts.most_common()))
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
