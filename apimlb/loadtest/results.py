"""What a load test came to: the clients' counts as a document, and as lines for a person.

The locustfile counts by words joined with `|`: `KIND|asked`, `KIND|ended|STATUS` (questions),
`KIND|sent|STATUS` (attempts), `KIND|took|MS` and `KIND|first|MS` (answers), `account|NAME|answers` and
`|tokens`, `waits|true` and the like.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

KINDS = ("chat", "stream", "embeddings")
WAITS = ("true", "short", "missing", "untried")
_PERCENTILES = (50, 95, 99)
_UNKNOWN = "not told"


def document(counts: Mapping[str, int], seconds: float, called: Mapping[str, str]) -> dict[str, Any]:
    """The counts as data: shares are of 1, times in seconds. `called` are accounts by what a response says
    of who answered."""
    known = Counter(counts)
    minutes = max(seconds, 1.0) / 60
    kinds = [_kind(known, kind) for kind in KINDS if known[f"{kind}|asked"]]
    sent = sum(n for key, n in known.items() if "|sent|" in key)
    return {
        "seconds": round(seconds, 1),
        **_ended(known, KINDS),
        "attempts": sent,
        "refusals": sum(known[f"{kind}|sent|429"] for kind in KINDS),
        "waits": {each: known[f"waits|{each}"] for each in WAITS},
        **_times(known, KINDS),
        "tokens_per_minute": round(sum(n for k, n in known.items() if k.endswith("|tokens")) / minutes),
        "kinds": kinds,
        "accounts": _accounts(known, minutes, called),
    }


def _kind(counts: Counter[str], kind: str) -> dict[str, Any]:
    return {"kind": kind, **_ended(counts, [kind]), **_times(counts, [kind])}


def _ended(counts: Counter[str], kinds: Sequence[str]) -> dict[str, Any]:
    """How the questions ended; those that were cut off by the end of the test are `unfinished`."""
    statuses = Counter[str]()
    for kind in kinds:
        prefix = f"{kind}|ended|"
        statuses.update({key.removeprefix(prefix): n for key, n in counts.items() if key.startswith(prefix)})
    asked = sum(counts[f"{kind}|asked"] for kind in kinds)
    unfinished = asked - statuses.total() + statuses.pop("-1", 0)
    total = statuses.total()
    return {
        "asked": asked,
        "unfinished": unfinished,
        "answered": _share(statuses["200"], total),
        "refused": _share(statuses["429"], total),
        "errors": _share(total - statuses["200"] - statuses["429"], total),
        "statuses": {status: statuses[status] for status in sorted(statuses)},
    }


def _times(counts: Counter[str], kinds: Sequence[str]) -> dict[str, Any]:
    """Percentiles of the answers' times, and of those to the first token of a stream; None where there are
    none."""
    told: dict[str, Any] = {}
    for name, field in (("", "took"), ("first_token_", "first")):
        times: Counter[int] = Counter()
        for kind in kinds:
            prefix = f"{kind}|{field}|"
            times.update({int(k.removeprefix(prefix)): n for k, n in counts.items() if k.startswith(prefix)})
        told |= {f"{name}p{share}": percentile(times, share / 100) for share in _PERCENTILES}
    return told


def percentile(times: Counter[int], share: float) -> float | None:
    """The seconds that this share of the times stays within; they are counted by milliseconds."""
    seen = 0
    for milliseconds, count in sorted(times.items()):
        seen += count
        if seen >= share * times.total():
            return milliseconds / 1000
    return None


def _accounts(counts: Counter[str], minutes: float, called: Mapping[str, str]) -> list[dict[str, Any]]:
    """The answers and tokens of each account, in the order of `called`."""
    answers, tokens = Counter[str](), Counter[str]()
    for key, count in counts.items():
        if key.startswith("account|"):
            _, told, field = key.split("|")
            name = called.get(plain(told), told) or _UNKNOWN
            (answers if field == "answers" else tokens)[name] += count
    order = [*dict.fromkeys(called.values())]
    names = [*(each for each in order if each in answers), *sorted({*answers} - {*order})]
    return [
        {
            "account": name,
            "answers": answers[name],
            "share": _share(answers[name], answers.total()),
            "tokens_per_minute": round(tokens[name] / minutes),
        }
        for name in names
    ]


def plain(told: str) -> str:
    """What a response says of who answered, as it is looked up: `Sweden Central` -> `swedencentral`."""
    return told.replace(" ", "").lower()


def rows(told: Mapping[str, Any]) -> list[list[str]]:
    """A row of cells for each kind of request, and one for all."""
    kinds = [*told["kinds"], {"kind": "all", **told}] if len(told["kinds"]) > 1 else told["kinds"]
    return [
        [
            each["kind"],
            str(each["asked"]),
            f"{each['answered']:.1%}",
            f"{each['refused']:.1%}",
            f"{each['errors']:.1%}",
            *(_seconds(each[f"p{share}"]) for share in _PERCENTILES),
            _seconds(each["first_token_p50"]),
            _seconds(each["first_token_p95"]),
        ]
        for each in kinds
    ]


HEADINGS = ("", "asked", "answered", "429", "errors", "p50", "p95", "p99", "first p50", "p95")
LEGEND = "p50 to p99: seconds until the whole answer; first: until a stream's first token."


def lines(told: Mapping[str, Any]) -> Iterator[str]:
    """The document for a person."""
    yield from aligned([list(HEADINGS), *rows(told)])
    yield LEGEND
    yield ""
    yield from told_of_waits(told)
    if told["unfinished"]:
        yield f"When the test ended {told['unfinished']} requests were under way."
    yield ""
    shown = [
        [each["account"], str(each["answers"]), f"{each['share']:.1%}", f"{each['tokens_per_minute']:,}"]
        for each in told["accounts"]
    ]
    yield from aligned([["account", "answers", "share", "tokens a minute"], *shown])


def told_of_waits(told: Mapping[str, Any]) -> Iterator[str]:
    """What became of those who were told to wait."""
    if not told["refusals"]:
        yield f"No client saw a 429 in {told['attempts']} attempts."
        return
    waits = told["waits"]
    yield f"Clients saw {told['refusals']} times 429 in {told['attempts']} attempts."
    yield (
        f"Sent again when they were told: {waits['true']} let in, {waits['short']} refused again; "
        f"{waits['untried']} did not try,"
    )
    yield f"{waits['missing']} were told no time."


def aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns side by side: the first to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        first, *rest = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        yield "  ".join([cells[0].ljust(widths[0]), *rest]).rstrip() if first else ""


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0
