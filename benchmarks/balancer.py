"""How close the policies come to an omniscient balancer, under every way that accounts may charge and answer.

    python benchmarks/balancer.py [--full] [--only SECTION ...] [--profiles NAME ...] [--policy FILE.xml]

Simulates the rendered policies of both strategies (with --policy another one in place of `retry`) before
three accounts of 30,000 tokens a minute: requests worth 500 tokens on average, answered in 3 s. Every figure
stands beside its goal, with a * where it falls short. Sections: low (load 0.8), equal (sizes), profiles,
outage, gateways, shares (priorities and weights), cpu, speed. Without --full one load, one seed and ten
minutes stand for all.
"""

import argparse
import cProfile
import os
import pstats
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import fmean
from time import perf_counter, process_time
from typing import Any

from apimlb.local.entra.keys import SigningKey, make_key
from apimlb.render import render
from apimlb.simulator import clients
from apimlb.simulator.candidate import Candidate, read_candidate
from apimlb.simulator.conditions import conditions
from apimlb.simulator.lanes import GatewayLane
from apimlb.simulator.profiles import PROFILES, profile
from apimlb.simulator.report import document
from apimlb.simulator.scenario import Scenario, Span
from apimlb.simulator.simulate import simulate
from apimlb.stack.config import parse

Row = dict[str, Any]

STRATEGIES = ("retry", "backend-pool")
_PLAIN = Path(__file__).parent / "rivals" / "retry-after.toml"
# The headers of these say nothing of use: only Retry-After does.
_HELPLESS = {"stale", "sentinel", "absent", "absurd-headers"}
_ROUNDS = 30
_BARE = (
    '<policies><inbound><authentication-managed-identity resource="https://cognitiveservices.azure.com" '
    'client-id="{{apimlb-identity}}" /><set-backend-service backend-id="eastus2-chat" /></inbound>'
    '<backend><forward-request timeout="120" /></backend><outbound /><on-error /></policies>'
)


@dataclass(frozen=True)
class Job:
    """One scenario for one candidate; `about` says what its row is for. `policy` replaces that of `retry`."""

    about: str
    scenario: Scenario
    name: str = "retry"
    policy: str = ""
    accounts: tuple[Row, ...] = ()


@cache
def _key() -> SigningKey:
    return make_key()


def candidate(job: Job) -> Candidate:
    """A strategy, "plain" (which only obeys Retry-After), or "bare" (which only forwards, to one account)."""
    tables: dict[str, object] = {"accounts": list(job.accounts)} if job.accounts else {}
    strategy = job.name if job.name in STRATEGIES else "retry"
    stack = parse({"strategy": strategy, **tables})
    if job.name == "plain":
        return replace(read_candidate(_PLAIN, stack), name="plain")
    if job.name == "bare":
        return Candidate("bare", _BARE, stack)
    text = Path(job.policy).read_text() if job.policy and job.name == "retry" else render(stack)
    return Candidate(job.name, text, stack)


def run(job: Job) -> tuple[Job, Row]:
    outcome = simulate(job.scenario, [candidate(job)], key=_key())
    return job, document(outcome)["policies"][0]


def play(jobs: Sequence[Job]) -> dict[tuple[str, str], list[Row]]:
    """The rows of the jobs by name and what they are about, run on all cores; says how far it is."""
    found: dict[tuple[str, str], list[Row]] = {(job.name, job.about): [] for job in jobs}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for done, future in enumerate(as_completed([pool.submit(run, job) for job in jobs]), 1):
            job, row = future.result()
            found[job.name, job.about].append(row)
            if sys.stderr.isatty():
                end = "\r" if done < len(jobs) else "\r\033[K"
                print(f"{done} of {len(jobs)} simulated", end=end, file=sys.stderr, flush=True)
    return found


def jobs_for(
    args: argparse.Namespace, about: str, *, names: Sequence[str] = STRATEGIES, **scenario: Any
) -> Iterator[Job]:
    """One job for each name and seed."""
    for seed in range(1, args.seeds + 1):
        for name in names:
            yield Job(about, Scenario(minutes=args.minutes, seed=seed, **scenario), name, args.policy)


def low(args: argparse.Namespace) -> None:
    print("load 0.8, of omniscient (goal 99.5 %)")
    for (name, _), rows in play(list(jobs_for(args, "", load=0.8))).items():
        print(f"  {name:14}{_of(rows, 0.995)}")


def equal(args: argparse.Namespace) -> None:
    print("equal sizes, of omniscient (goal 98 %)")
    jobs = [job for load in args.loads for job in jobs_for(args, f"load {load}", load=load, sigma=0.0)]
    for (name, about), rows in play(jobs).items():
        print(f"  {name:14}{about:10}{_of(rows, 0.98)}")


def profiles(args: argparse.Namespace) -> None:
    names = args.profiles or list(PROFILES)
    jobs: list[Job] = []
    for name in names:
        for load in args.loads:
            seen, blind = profile(name), profile(f"{name}+absent")
            jobs += jobs_for(args, name, load=load, profile=seen)
            jobs += jobs_for(args, f"{name} blind", names=["retry"], load=load, profile=blind)
    found = play(jobs)
    print(
        f"sizes spread, loads {', '.join(map(str, args.loads))}; shares are the lesser of answers and tokens"
    )
    print("goals: retry 95 % each, 98 % on average, and no less than blind (without x-ratelimit headers);")
    print("  wasted 0.02 a request (0.08 where headers do not help), needless 0.02; Retry-After right 95 %")
    print("  (sliding 80 %); no size decile more than 3 points below omniscient; backend-pool 93 %")
    columns = ("retry", "blind", "wasted", "needless", "right", "worst size", "backend-pool")
    print(f"  {'':30}" + "".join(f"{column:>13}" for column in columns))
    for name in names:
        cells = _cells(name, found["retry", name], found["retry", f"{name} blind"])
        pool = _mean(found["backend-pool", name], "of_omniscient")
        print(f"  {name:30}" + "".join([*cells, _cell(pool, 0.93)]))
    mean = fmean(_mean(found["retry", name], "of_omniscient") for name in names)
    print(f"  {'mean':30}{_cell(mean, 0.98)}")


def _cells(name: str, rows: Sequence[Row], blind: Sequence[Row]) -> list[str]:
    parts = set(name.split("+"))
    wasted = 0.08 if parts & _HELPLESS else 0.02
    right = 0.8 if "sliding" in parts else 0.95
    without = _mean(blind, "of_omniscient")
    return [
        _cell(_mean(rows, "of_omniscient"), max(0.95, without - 0.002)),
        _cell(without, 0.0),
        _cell(-_mean(rows, "wasted_429s_per_request"), -wasted, "{:.3f}"),
        _cell(-_mean(rows, "needless_429s_per_request"), -0.02, "{:.3f}"),
        _cell(_mean(rows, "retry_after_right"), right),
        _cell(_mean(rows, "worst_size_against_omniscient"), -0.03, "{:+.1%}"),
    ]


def outage(args: argparse.Namespace) -> None:
    print("an account is away for a third of the time, load 0.5: answers that were errors (goal 0)")
    jobs: list[Job] = []
    for about, status in (("closes connections", 0), ("answers 503", 503)):
        away = Span(args.minutes * 20, args.minutes * 40, "swedencentral", status)
        jobs += jobs_for(args, about, load=0.5, outages=(away,))
    for (name, about), rows in play(jobs).items():
        errors = sum(row["errors"] for row in rows)
        print(f"  {name:14}{about:20}{errors:5} of {sum(row['requests'] for row in rows)}{_mark(errors)}")


def gateways(args: argparse.Namespace) -> None:
    print("gateway instances, load 1.3: answers of omniscient (goal: four within 2 points of one)")
    found = play([job for count in (1, 4) for job in jobs_for(args, f"{count}", load=1.3, gateways=count)])
    for name in STRATEGIES:
        one, four = (_mean(found[name, count], "answers_of_omniscient") for count in ("1", "4"))
        print(f"  {name:14}one {one:.1%}  four {four:.1%}{_mark(one - four > 0.02)}")


def shares(args: argparse.Namespace) -> None:
    print("who answered while nothing throttles, load 0.3 (goal: within 2 % of what was asked)")
    places = ("eastus2", "swedencentral", "westus3")
    asked = {
        "weights 3:2:1": ([{"weight": weight} for weight in (3, 2, 1)], (1 / 2, 1 / 3, 1 / 6)),
        "priorities 1:2:2": ([{"priority": rank} for rank in (1, 2, 2)], (1, 0, 0)),
    }
    jobs = [
        Job(
            about,
            Scenario(load=0.3 if "weights" in about else 0.15, minutes=max(60, args.minutes), seed=1),
            name,
            args.policy if about == "" else "",
            tuple({"location": place, **rule} for place, rule in zip(places, rules, strict=True)),
        )
        for about, (rules, _) in asked.items()
        for name in STRATEGIES
    ]
    for (name, about), [row] in play(jobs).items():
        found = [row["answered_by"][place] for place in places]
        off = max(abs(a - b) for a, b in zip(found, asked[about][1], strict=True))
        print(f"  {name:14}{about:18}{', '.join(f'{share:.1%}' for share in found)}{_mark(off > 0.02)}")


def cpu(args: argparse.Namespace) -> None:
    print("CPU of a request in the policy beside that of plain Retry-After (goal 2.0), size (goal 20 KB)")
    for load in (0.5, 1.3):
        scenario = Scenario(load=load, minutes=1, seed=1)
        jobs = [Job("", scenario, name, args.policy) for name in ("bare", "plain", *STRATEGIES)]
        bare, plain, *others = _cpu(jobs)
        for job, seconds in zip(jobs[1:], (plain, *others), strict=True):
            size = len(candidate(job).policy.encode()) / 1000
            times = (seconds - bare) / (plain - bare)
            print(
                f"  load {load}  {job.name:14}{(seconds - bare) * 1e6:5.0f} us"
                f"{times:6.2f} times{_mark(times > 2)}{size:6.1f} KB{_mark(size > 20)}"
            )


def _cpu(jobs: Sequence[Job]) -> list[float]:
    """Seconds of CPU per request without the omniscient balancer: the least of rounds in which all take their
    turns, since others on the machine slow down now this one, now that."""
    given = [conditions(job.scenario, candidate(job), _key()) for job in jobs]
    best = [float("inf")] * len(jobs)
    for _ in range(_ROUNDS):
        for place, job in enumerate(jobs):
            stage = given[place].stage(candidate(job))
            began = process_time()
            tally = clients.play(given[place], GatewayLane(stage, given[place].settings), stage.clock)
            best[place] = min(best[place], (process_time() - began) / tally.attempts)
    return best


def speed(args: argparse.Namespace) -> None:
    scenario = Scenario(minutes=args.minutes, load=1.3, seed=7)
    print("simulated requests a second of CPU, the omniscient balancer's included (goal 4,000)")
    for name in ("bare", "plain", *STRATEGIES):
        began = process_time()
        _, row = run(Job("", scenario, name, args.policy))
        rate = row["requests"] / (process_time() - began)
        print(f"  {name:14}{rate:6.0f}{_mark(rate < 4000)}")
    parts = _parts(Job("", scenario, "retry", args.policy))
    print("  of retry, with a profiler: " + ", ".join(f"{room} {share:.0%}" for room, share in parts))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    longer = Job("", replace(scenario, minutes=args.minutes * 4), "retry", args.policy)
    first, second = run(longer)[1], run(longer)[1]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"  memory for four times as many requests: {grown:+.1f} MiB{_mark(grown > 5)}")
    print(f"  the same seed gives the same outcome{_mark(first != second)}")


def _parts(job: Job) -> Iterator[tuple[str, float]]:
    """Which share of a simulation's CPU each room takes, the largest first, with what it calls of Python."""
    profiler = cProfile.Profile()
    profiler.enable()
    run(job)
    profiler.disable()
    spent: Counter[str] = Counter()
    stats: Any = pstats.Stats(profiler)
    for (file, _, _), (_, _, own, _, callers) in stats.stats.items():
        room = _room(file)
        if room or not callers:
            spent[room or "Python"] += own
            continue
        for (caller, _, _), (_, _, there, _) in callers.items():
            spent[_room(caller) or "Python"] += there
    total = sum(spent.values())
    yield from ((room, seconds / total) for room, seconds in spent.most_common(6))


def _room(file: str) -> str:
    """The room that a file of ours is in, "" for one that is not ours."""
    _, ours, path = file.partition("/apimlb/")
    return "/".join(path.split("/")[: 2 if path.startswith("local/") else 1]) if ours else ""


def _of(rows: Sequence[Row], goal: float) -> str:
    answers, tokens = (_mean(rows, f"{what}_of_omniscient") for what in ("answers", "tokens"))
    return f"answers{_cell(answers, goal, width=8)} tokens{_cell(tokens, goal, width=8)}"


def _mean(rows: Sequence[Row], key: str) -> float:
    return fmean(float(row[key]) for row in rows)


def _cell(value: float, least: float, form: str = "{:.1%}", width: int = 12) -> str:
    """The value with a * where it is less than it should be; what should be small is given below 0."""
    shown = form.format(abs(value) if "+" not in form else value)
    return f"{shown:>{width}}{_mark(value < least)}"


def _mark(missed: object) -> str:
    return "*" if missed else " "


SECTIONS: dict[str, Callable[[argparse.Namespace], None]] = {
    each.__name__: each for each in (low, equal, profiles, outage, gateways, shares, cpu, speed)
}


def main() -> None:
    described = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=described)
    parser.add_argument("--full", action="store_true", help="every load, several seeds, longer")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS))
    parser.add_argument("--profiles", nargs="+", help="these only, several joined by +")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--policy", default="", help="in place of the retry strategy's")
    args = parser.parse_args()
    args.loads = [1.0, 1.3, 1.6] if args.full else [1.3]
    args.minutes = args.minutes or (30 if args.full else 10)
    args.seeds = args.seeds or (3 if args.full else 1)
    began = perf_counter()
    for name in args.only:
        SECTIONS[name](args)
        print(flush=True)
    print(f"in {perf_counter() - began:.0f} s on {os.cpu_count()} cores; * falls short of its goal")


if __name__ == "__main__":
    main()
