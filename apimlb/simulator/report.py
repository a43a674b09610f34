"""What a simulation showed, as one JSON document and as a table."""

from typing import Any

from apimlb.simulator.scenario import Scenario
from apimlb.simulator.simulate import Outcome


def document(scenario: Scenario, outcome: Outcome) -> dict[str, Any]:
    """The outcome as data; shares are of 1, rounded to four places."""
    gateway, best = outcome.gateway, outcome.omniscient
    answers, tokens = _share(gateway.answers, best.answers), _share(gateway.tokens, best.tokens)
    throttled = sum(count.throttled for count in outcome.counts)
    answered = sum(count.answered for count in outcome.counts)
    return {
        "requests": gateway.requests,
        "answers": gateway.answers,
        "statuses": {str(status): gateway.statuses[status] for status in sorted(gateway.statuses)},
        "of_omniscient": {"answers": answers, "tokens": tokens, "lesser": min(answers, tokens)},
        "omniscient": {"answers": best.answers, "answered": _share(best.answers, best.requests)},
        "answered": _share(gateway.answers, gateway.requests),
        "wasted_429s_per_request": _share(throttled, gateway.attempts),
        "needless_429s": {
            "of_refusals": _share(gateway.needless, gateway.refusals),
            "per_request": _share(gateway.needless, gateway.attempts),
        },
        "retry_after": {
            name: _share(gateway.timings[name], gateway.refusals - gateway.hopeless)
            for name in ("right", "late", "early", "missing")
        },
        "latency_added_seconds": _share(
            gateway.seconds - scenario.reply_seconds * gateway.answers, gateway.answers
        ),
        "answered_by": {count.account: _share(count.answered, answered) for count in outcome.counts},
        "answered_by_size": [_share(a, b) for a, b in zip(gateway.answered, gateway.asked, strict=True)],
        "omniscient_by_size": [_share(a, b) for a, b in zip(best.answered, best.asked, strict=True)],
    }


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def lines(told: dict[str, Any]) -> list[str]:
    """The document for a person."""
    of = told["of_omniscient"]
    waits = ", ".join(f"{name} {share:.1%}" for name, share in told["retry_after"].items())
    return [
        f"requests              {told['requests']} ({told['answered']:.1%} answered)",
        f"of omniscient         answers {of['answers']:.1%}, tokens {of['tokens']:.1%}",
        f"wasted 429s a request {told['wasted_429s_per_request']:.3f}",
        f"needless 429s         {told['needless_429s']['of_refusals']:.1%} of the client's, "
        f"{told['needless_429s']['per_request']:.3f} a request",
        f"Retry-After           {waits}",
        f"latency added         {told['latency_added_seconds'] * 1000:.1f} ms",
        f"answered by           {', '.join(f'{k} {v:.1%}' for k, v in told['answered_by'].items())}",
    ]
