"""What a simulation showed, as data and as a table."""

from typing import Any

from apimlb.simulator.conditions import Conditions
from apimlb.simulator.simulate import Outcome, Passed
from apimlb.simulator.tally import TIMINGS, Tally

_SHOWN = (
    ("", "name", "{}"),
    ("answers", "answers_of_omniscient", "{:.1%}"),
    ("tokens", "tokens_of_omniscient", "{:.1%}"),
    ("answered", "answered", "{:.1%}"),
    ("wasted", "wasted_429s_per_request", "{:.3f}"),
    ("needless", "needless_429s_per_request", "{:.3f}"),
    ("right", "retry_after_right", "{:.1%}"),
    ("late", "retry_after_late", "{:.1%}"),
    ("early", "retry_after_early", "{:.1%}"),
    ("missing", "retry_after_missing", "{:.1%}"),
    ("worst size", "worst_size_against_omniscient", "{:+.1%}"),
    ("limited", "limited_429s_per_request", "{:.3f}"),
    ("errors", "errors", "{}"),
    ("cache", "cache_operations_per_request", "{:.1f}"),
    ("added ms", "added_p50_ms", "{:.0f}"),
    ("p99", "added_p99_ms", "{:.0f}"),
)


def document(outcome: Outcome) -> dict[str, Any]:
    """The outcome as data. Shares are of 1, and rounded."""
    scenario, best = outcome.conditions.scenario, outcome.omniscient
    return {
        "load": None if scenario.rpm else scenario.load,
        "minutes": scenario.minutes,
        "seed": scenario.seed,
        "profile": "+".join(scenario.profile.names) or "opened",
        "gateways": scenario.gateways,
        "requests": best.requests,
        "requests_per_minute": round(outcome.conditions.rate * 60, 1),
        "omniscient": {
            "answers": best.answers,
            "answered": _share(best.answers, best.requests),
            "answered_by_size": _by_size(best),
        },
        "policies": [row(outcome.conditions, passed, best) for passed in outcome.passed],
    }


def row(given: Conditions, passed: Passed, best: Tally) -> dict[str, Any]:
    """What one policy came to.

    `wasted` are the accounts' 429s, `needless` the client's while an account had room, `limited` those of its
    tier, which are counted nowhere else; `retry_after` is right when a retry then would fit and it is at most
    a second late.
    """
    tally = passed.tally
    answers, tokens = _share(tally.answers, best.answers), _share(tally.tokens, best.tokens)
    judged = tally.refusals - tally.hopeless
    answered = sum(count.answered for count in passed.counts)
    sizes, best_sizes = _by_size(tally), _by_size(best)
    return {
        "name": passed.candidate.name,
        "requests": tally.requests,
        "attempts": tally.attempts,
        "answers": tally.answers,
        "tokens": tally.tokens,
        "statuses": {str(status): tally.statuses[status] for status in sorted(tally.statuses)},
        "errors": sum(count for status, count in tally.statuses.items() if status not in (200, 429)),
        "answered": _share(tally.answers, tally.requests),
        "answers_of_omniscient": answers,
        "tokens_of_omniscient": tokens,
        "of_omniscient": min(answers, tokens),
        "tokens_of_quota": _share(tally.tokens, _quota(given)),
        "wasted_429s_per_request": _share(sum(each.throttled for each in passed.counts), tally.attempts),
        "needless_429s_per_request": _share(tally.needless, tally.attempts),
        "limited_429s_per_request": _share(tally.limited, tally.attempts),
        "needless_429s_of_refusals": _share(tally.needless, tally.refusals),
        **{f"retry_after_{name}": _share(tally.timings[name], judged) for name in TIMINGS},
        "added_p50_ms": tally.latency(0.5) * 1000,
        "added_p99_ms": tally.latency(0.99) * 1000,
        "cache_lookups_per_request": _share(passed.lookups, tally.attempts),
        "cache_stores_per_request": _share(passed.stores, tally.attempts),
        "cache_operations_per_request": _share(passed.lookups + passed.stores, tally.attempts),
        "answered_by": {
            account: _share(count.answered, answered)
            for account, count in zip(given.accounts, passed.counts, strict=True)
        },
        "answered_by_size": sizes,
        "worst_size_against_omniscient": round(min(a - b for a, b in zip(sizes, best_sizes, strict=True)), 4),
    }


def lines(told: dict[str, Any]) -> list[str]:
    """The document as a table for a person."""
    limited = any(policy["limited_429s_per_request"] for policy in told["policies"])
    rows = [row for row in _SHOWN if limited or row[0] != "limited"]
    shown = [[form.format(policy[key]) for _, key, form in rows] for policy in told["policies"]]
    columns = list(zip([heading for heading, _, _ in rows], *shown, strict=True))
    widths = [max(map(len, column)) for column in columns]
    texts = []
    for cells in zip(*columns, strict=True):
        first, *rest = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        texts.append("  ".join([first.strip().ljust(widths[0]), *rest]).rstrip())
    best = told["omniscient"]
    return [
        f"{told['requests']} requests in {told['minutes']:g} min, {told['requests_per_minute']:g} a minute; "
        f"accounts: {told['profile']}; an omniscient balancer answers {best['answered']:.1%}",
        "",
        *texts,
        "",
        *(f"{policy['name']}: answered by {_shares(policy['answered_by'])}" for policy in told["policies"]),
    ]


def _shares(shares: dict[str, float]) -> str:
    return ", ".join(f"{name} {share:.1%}" for name, share in shares.items())


def _quota(given: Conditions) -> float:
    return sum(each.limits.tokens.per_minute for each in given.standings) * given.scenario.minutes


def _by_size(tally: Tally) -> list[float]:
    """The share of the questions that was answered, by tenths of them from the smallest to the largest."""
    return [_share(a, b) for a, b in zip(tally.answered, tally.asked, strict=True)]


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0
