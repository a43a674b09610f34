"""Questions about Azure OpenAI accounts: what a call counts for, over which minute, and how a 429 reads.

They are asked through the gateway, as its identity. An account's headers say what is left of its minute:
what a call counted for is the difference between two of them. The first account is asked about tokens, the
second about calls.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice

from apimlb.verify.bench import Heard
from apimlb.verify.questions import Answers, Question, Unclear
from apimlb.verify.stand import FORWARD, Stand, document

_PACE = 5.5
"""Seconds between two calls, so that none is refused for coming too soon."""
_DAY = 86_400
_BURST, _BURSTS = 40, 5
_SHORT = "Why?"
_FEW_WORDS = " ".join(["x" * 100] * 4)
_LONG_WORDS = " ".join(["x" * 300] * 4)
_MANY_WORDS = " ".join(["abc"] * 100)
_LONG = " ".join(["abcd"] * 6000)
_names = count()


@dataclass(slots=True)
class _Account:
    """One account, called by way of an API of its own, for a chat or, with `responses`, by that API; `used`
    are the tokens that its answers took."""

    stand: Stand
    url: str
    limit: int
    responses: bool = False
    used: list[int] = field(default_factory=list)

    async def ask(self, text: str, most: int | None, **headers: str) -> Heard:
        body: dict[str, object] = {"messages": [{"role": "user", "content": text}]}
        if self.responses:
            body = {"model": self.stand.deployment, "input": text}
        if most is not None:
            body["max_output_tokens" if self.responses else "max_completion_tokens"] = most
        sent = {"Content-Type": "application/json"} | {n.replace("_", "-"): v for n, v in headers.items()}
        heard = await self.stand.call("POST", self.url, sent, json.dumps(body).encode())
        self.used.append(_usage(heard))
        return heard

    async def paced(self, text: str, most: int | None) -> Heard:
        await self.stand.sleep(_PACE)
        return await self.ask(text, most)

    async def fresh(self, second: float) -> float:
        """Wait until nothing counts any more, and for this second of a minute; the time then."""
        clock = self.stand.bench.clock
        await self.stand.sleep(62)
        await self.stand.sleep((second - clock.now()) % 60)
        self.used.clear()
        return clock.now()


def _usage(heard: Heard) -> int:
    try:
        return int(json.loads(heard.body)["usage"]["total_tokens"])
    except (ValueError, KeyError, TypeError):
        return 0


async def _account(stand: Stand, number: int, *, deployment: str = "", responses: bool = False) -> _Account:
    if len(stand.accounts) <= number:
        raise Unclear("there is no account to ask")
    # A URL that is a backend's own would meet that backend's breaker (Microsoft Learn, Backends).
    named = deployment or stand.deployment
    path = f"/openai/deployments/{named}/chat/completions?api-version=2024-10-21"
    path = "/openai/v1/responses" if responses else path
    inbound = (
        '<authentication-managed-identity resource="https://cognitiveservices.azure.com" '
        f'client-id="{stand.identity}" />'
        f'<set-backend-service base-url="{stand.accounts[number]}" />'
        f'<rewrite-uri template="{path}" copy-unmatched-params="false" />'
    )
    name = f"account{number}-{next(_names)}"
    url = await stand.api(name, document(inbound, FORWARD), methods=("POST",))
    made = _Account(stand, url, 0, responses)
    for pause in (5.0, 15.0, *[30.0] * 20):
        heard = await made.ask(_SHORT, 16)
        if heard.status in (200, 429):
            made.limit = heard.number("x-ratelimit-limit-tokens") or 0
            return made
        await stand.sleep(pause)
    raise Unclear(f"the account answers {heard.status}: {heard.body[:200]!r}")


async def rate_headers(stand: Stand) -> Answers:
    """Which of the headers about limits there are, and whether they are of this call."""
    account = await _account(stand, 0)
    await account.fresh(5)
    first = await account.ask(_SHORT, 16)
    second = await account.paced(_SHORT, 2000)
    told = {name.lower(): text for name, text in second.headers if "ratelimit" in name.lower()}
    return {"openai.rate_headers": _kind(first, second), "fact.rate_headers": told}


def _kind(first: Heard, second: Heard) -> str:
    limit, left = second.number("x-ratelimit-limit-tokens"), second.number("x-ratelimit-remaining-tokens")
    if left is None:
        return "absent"
    if limit is None:
        return "of-2023"
    if limit < 0:
        return "sentinel"
    if left > limit:
        return "absurd"
    if not any("-reset-" in name.lower() for name, _ in second.headers):
        return "no-resets"
    before = first.number("x-ratelimit-remaining-tokens")
    return "stale" if before is not None and before - left < 2000 else "numbers"


async def charging(stand: Stand) -> Answers:
    """What a call counts for, as the headers tell it."""
    account = await _account(stand, 0)
    limit = account.limit
    if limit <= 0:
        raise Unclear("the account's headers do not tell its limit")
    minute, seen = await _minute(account, limit)
    await account.fresh(5)
    drain = limit / 60 if minute == "leaky" else 0.0
    asked = (
        (_SHORT, int(0.75 * limit)),
        (_FEW_WORDS, 100),
        (_LONG_WORDS, 100),
        (_MANY_WORDS, 100),
        (_SHORT, 16),
        (_SHORT, None),
    )
    began, left = stand.bench.clock.now(), []
    for text, most in asked:
        heard = await account.paced(text, most)
        refused = heard.status == 429
        rest = heard.number("x-ratelimit-remaining-tokens")
        if rest is None or (refused and most is not None):
            raise Unclear(f"a call of {most} tokens is answered {heard.status} without what is left")
        # What has drained meanwhile is taken out again.
        left.append(-1.0 if refused else rest - drain * (stand.bench.clock.now() - began))
    settled = left[1] - left[0] > 0.3 * limit
    costs = _costs(limit, left, account.used, settled=settled)
    few, long, many, short, unstated = costs
    found = {
        "minute": minute,
        **_prompt(few, long, many),
        "unstated": "model-maximum"
        if unstated < 0 or unstated > 0.5 * limit
        else round(unstated - short + 16),
        "settled": settled,
    }
    return {"openai.charging": found, "fact.charging": {"limit": limit, "left": left, "minute": seen}}


def _costs(limit: int, left: Sequence[float], used: Sequence[int], *, settled: bool) -> list[float]:
    """What each call but the first counted for; below 0 for one that was refused."""
    made = []
    for number in range(1, len(left)):
        before = limit - sum(used[:number]) if settled else left[number - 1]
        made.append(-1.0 if left[number] < 0 else before - left[number])
    return made


def _prompt(few: float, long: float, many: float) -> Mapping[str, object]:
    """By characters where 800 more of them cost more, by words where 96 more of these do."""
    if long - few > 40:
        return {"prompt": "characters", "characters_per_token": round(800 / (long - few), 1)}
    return {"prompt": "words" if many - few > 40 else "nothing"}


async def _minute(account: _Account, limit: int) -> tuple[str, list[int]]:
    """The kind of minute: six tenths of it are spent 20 s into one of the clock's, and looked at thrice."""
    stand = account.stand
    began = await account.fresh(20)
    left = [_left(await account.ask(_SHORT, int(0.6 * limit)))]
    for seconds, most in ((25, 16), (45, int(0.15 * limit)), (63, 16)):
        await stand.sleep(began + seconds - stand.bench.clock.now())
        left.append(_left(await account.ask(_SHORT, most)))
    at_once, soon, after_the_clock, after_a_minute = left
    if after_the_clock > at_once + 0.3 * limit and soon < at_once + 0.15 * limit:
        return "aligned", left
    if soon > at_once + 0.15 * limit and soon < 0.9 * limit:
        return "leaky", left
    return ("opened" if after_a_minute > 0.9 * limit else "sliding"), left


def _left(heard: Heard) -> int:
    rest = heard.number("x-ratelimit-remaining-tokens")
    if heard.status != 200 or rest is None:
        raise Unclear(f"a call is answered {heard.status}, and what is left is {rest}")
    return rest


async def refusals(stand: Stand) -> Answers:
    """The 429 of an account whose minute is used up, and that of a call which can never fit."""
    account = await _account(stand, 0)
    limit = account.limit if account.limit > 0 else stand.tokens
    await account.fresh(5)
    await account.ask(_SHORT, int(0.9 * limit))
    refused = await account.paced(_SHORT, int(0.5 * limit))
    if refused.status != 429:
        raise Unclear(f"a call that does not fit any more is answered {refused.status}")
    await account.fresh(5)
    before = await account.ask(_SHORT, 16)
    large = await account.paced(_SHORT, limit + 1000)
    after = await account.paced(_SHORT, 16)
    rests = [heard.number("x-ratelimit-remaining-tokens") or 0 for heard in (before, after)]
    asked = large.number("Retry-After") or 0
    return {
        "openai.body": _wording(refused),
        "openai.token_retry_after": _tells(refused),
        "openai.oversize_retry_after": asked if asked > 61 else 0,
        "openai.refused_tokens_count": after.status == 429 or rests[0] - rests[1] > limit // 2,
        "fact.token_refusal": {
            "headers": _shown(refused),
            "body": refused.body.decode(errors="replace")[:500],
        },
        "fact.oversize_refusal": {"status": large.status, "headers": _shown(large)},
    }


def _wording(heard: Heard) -> str:
    try:
        error = json.loads(heard.body)["error"]
    except (ValueError, KeyError, TypeError):
        raise Unclear(f"the body of a 429 is {heard.body[:200]!r}") from None
    if "429TrialUpgrade" in str(error.get("message")):
        return "429-free"
    return str(error.get("code"))


def _tells(heard: Heard) -> bool:
    return bool(heard.told("Retry-After") or heard.told("retry-after-ms"))


def _shown(heard: Heard) -> dict[str, str]:
    kept = ("retry-after", "retry-after-ms", "policy-id")
    return {n.lower(): v for n, v in heard.headers if n.lower() in kept or "ratelimit" in n.lower()}


async def responses(stand: Stand) -> Answers:
    """The 429 of the Responses API beside that of a chat in the same minute."""
    chat, account = await _account(stand, 0), await _account(stand, 0, responses=True)
    limit = stand.tokens
    await account.fresh(5)
    answered = await account.ask(_SHORT, int(0.9 * limit))
    refused, other = await account.paced(_SHORT, int(0.5 * limit)), await chat.paced(_SHORT, int(0.5 * limit))
    if {refused.status, other.status} != {429}:
        raise Unclear(f"calls that do not fit are answered {refused.status} and {other.status}")
    alike = _shown(refused).keys() == _shown(other).keys() and _is_sentinel(refused) == _is_sentinel(other)
    return {
        "openai.responses_headers": "alike" if alike else "sentinel",
        "fact.responses_refusal": {"answered": _shown(answered), "refused": _shown(refused)},
    }


def _is_sentinel(heard: Heard) -> bool:
    return (heard.number("x-ratelimit-limit-tokens") or 0) < 0


async def spillover(stand: Stand) -> Answers:
    """Calls for more than the standard deployment ever takes, at once, until the provisioned one is full.
    Their prompts fill it; no two begin alike, since what is cached does not count there."""
    if not stand.provisioned:
        raise Unclear("there is no provisioned deployment to ask")
    account = await _account(stand, 0, deployment=stand.provisioned)
    texts = (f"{number} {_LONG}" for number in count())
    for _ in range(_BURSTS):
        asking = [
            account.ask(text, stand.tokens, x_ms_spillover_deployment=stand.deployment)
            for text in islice(texts, _BURST)
        ]
        for heard in await stand.bench.together(asking):
            if heard.status == 429:
                return {"openai.spillover_failure": _whose(heard), "fact.spillover": _spilled(heard)}
    raise Unclear(f"{_BURSTS * _BURST} calls at once did not fill the provisioned deployment")


def _whose(heard: Heard) -> str:
    """Which deployment's refusal it is; the other one is named in both."""
    if heard.told("x-ms-spillover-from-deployment"):
        return "standard"
    if heard.told("x-ms-spillover-error"):
        return "provisioned"
    raise Unclear(f"a refusal says nothing of spillover: {heard.body[:200]!r}")


def _spilled(heard: Heard) -> dict[str, str]:
    return {n.lower(): v for n, v in heard.headers if "spillover" in n.lower()} | _shown(heard)


async def calls(stand: Stand) -> Answers:
    """Two calls at once, then more than are taken: over which time they count, and what a refusal says."""
    account = await _account(stand, 1)
    await account.fresh(5)
    pair = await stand.bench.together([account.ask(_SHORT, 16) for _ in range(2)])
    await stand.sleep(11)
    burst = await stand.bench.together([account.ask(_SHORT, 16) for _ in range(_BURST)])
    refused = [heard for heard in burst if heard.status == 429]
    if len(refused) < 4:
        raise Unclear(f"of {_BURST} calls at once {len(refused)} were refused")
    await stand.sleep(12)
    after = await account.ask(_SHORT, 16)
    remaining = after.number("x-ratelimit-remaining-requests")
    days = sum((heard.number("Retry-After") or 0) >= _DAY for heard in refused)
    return {
        "openai.request_slice": "by-rate" if all(h.status == 200 for h in pair) else "one-second",
        "openai.refused_calls_count": after.status == 429 or remaining == 0,
        "openai.retry_after": _units(refused),
        "openai.day_in": round(len(refused) / days) if days else 0,
        "fact.call_refusal": {"refused": len(refused), "days": days, "headers": _shown(refused[0])},
    }


def _units(refused: Sequence[Heard]) -> str:
    seconds = any(heard.told("Retry-After") for heard in refused)
    milliseconds = any(heard.told("retry-after-ms") for heard in refused)
    if not seconds and not milliseconds:
        raise Unclear("no refusal says when to come back")
    return "both" if seconds and milliseconds else "seconds" if seconds else "milliseconds"


QUESTIONS = (
    Question(("openai.rate_headers",), rate_headers, 160, accounts=True),
    Question(("openai.charging",), charging, 330, accounts=True),
    Question(
        (
            "openai.body",
            "openai.token_retry_after",
            "openai.oversize_retry_after",
            "openai.refused_tokens_count",
        ),
        refusals,
        300,
        accounts=True,
    ),
    Question(
        ("openai.request_slice", "openai.refused_calls_count", "openai.retry_after", "openai.day_in"),
        calls,
        170,
        accounts=True,
    ),
    Question(("openai.responses_headers",), responses, 160, accounts=True),
    Question(("openai.spillover_failure",), spillover, 60, accounts=True, provisioned=True),
)
