"""Tokens of a language model that a caller may use: llm-token-limit and its older name.

Microsoft Learn, API Management policy reference: llm-token-limit. Refusals as captured from a live gateway:
"Token limit is exceeded. Try again in 41 seconds." with 429, "Token quota is exceeded. ..." with 403; a quota
that is just used up still lets the next call in.
"""

import math
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from apimlb.policy.apim.context import Context, ResponseView
from apimlb.policy.document.attributes import BOOLEAN, LONG, STRING, choice, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import token_usage
from apimlb.policy.elements.reports import Report, report
from apimlb.policy.run.counters import PERIODS, Counters, bounds, spoken
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault

_SOURCE = "llm-token-limit"


class TokenLimit:
    """`per_minute` is 0 without a rate, `quota` None without one; the period of a quota may be an expression
    since March 2026 (API Management release notes)."""

    def __init__(self, draft: Draft) -> None:
        self.key = draft.required("counter-key", STRING)
        self.per_minute = draft.word("tokens-per-minute", integer(1), 0)
        self.quota = draft.optional("token-quota", LONG)
        self.period = draft.attribute("token-quota-period", choice(*PERIODS), "Daily")
        self.estimates = draft.required_word("estimate-prompt-tokens", BOOLEAN)
        draft.at_least_one("tokens-per-minute", "token-quota")
        if len(draft.element.attributes.keys() & {"token-quota", "token-quota-period"}) == 1:
            raise draft.error("The attributes 'token-quota' and 'token-quota-period' need each other.")
        self.retry = report(draft, "retry-after", "Retry-After")
        self.left = report(draft, "remaining-tokens")
        self.quota_left = report(draft, "remaining-quota-tokens")
        self.used = report(draft, "tokens-consumed")

    async def act(self, exchange: Exchange) -> None:
        """Refuse the call, or let it pass and count it when it is answered."""
        context = exchange.context
        asked = token_usage.said_in(context.request.body)
        streamed = bool(asked.get("stream"))
        prompt = token_usage.of_prompt(asked) if self.estimates or streamed else 0
        key, period = self.key(context), self.period(context)
        count = TokenCount(self, exchange.counters, key, period, self.quota and self.quota(context))
        count.check(context, prompt if self.estimates else 0)
        self.used.set_variable(context, prompt)
        exchange.settlements.append(partial(token_usage.count, prompt=prompt, done=count.settle))


class TokenCount(NamedTuple):
    """What a request is counted under: a key, and the tokens of a period."""

    limit: TokenLimit
    counters: Counters
    key: str
    period: str
    quota: int | None

    def check(self, context: Context, cost: int) -> None:
        """Raises PolicyFault where `cost` does not fit."""
        now, per_minute = context.clock.now(), self.limit.per_minute
        if per_minute and (seconds := self.counters.wait(self.key, per_minute, now, cost)):
            raise self._refusal(context, "Limit", 429, seconds, f"{seconds} seconds")
        if self.quota is not None and self.counters.spent(*self._drawn_from(now)) + cost > self.quota:
            seconds = max(1, math.ceil(bounds(self.period, now)[1] - now))
            raise self._refusal(context, "Quota", 403, seconds, spoken(seconds))

    def _refusal(self, context: Context, what: str, status: int, seconds: int, time: str) -> PolicyFault:
        reason = f"OpenAIToken{what}Exceeded"
        message = f"Token {what.lower()} is exceeded. Try again in {time}."
        return self.limit.retry.refusal(context, reason, message, status, seconds, _SOURCE)

    def settle(
        self,
        exchange: Exchange,
        estimate: token_usage.Tokens,
        counted: token_usage.Tokens | None,
        response: ResponseView | None,
    ) -> None:
        """Count what the answer used; of a stream only its end tells, and all of it is estimated."""
        context = exchange.context
        now, limit = context.clock.now(), self.limit
        used = (estimate if counted is None or response is None else counted).total
        if limit.per_minute:
            self.counters.spend(self.key, limit.per_minute, now, used)
        if self.quota is not None:
            self.counters.draw(*self._drawn_from(now), used)
        if response is not None:
            for told, number in self._numbers(now, used):
                told.set_header(response.headers, number)
                told.set_variable(context, number)

    def _numbers(self, now: float, used: int) -> Iterator[tuple[Report, int]]:
        limit = self.limit
        yield limit.used, used
        if limit.per_minute:
            yield limit.left, self.counters.left(self.key, limit.per_minute, now)
        if self.quota is not None:
            yield limit.quota_left, max(0, self.quota - self.counters.spent(*self._drawn_from(now)))

    def _drawn_from(self, now: float) -> tuple[str, float]:
        """The key of the quota's counter, and when its period began."""
        return f"{self.period} {self.key}", bounds(self.period, now)[0]


def llm_token_limit(draft: Draft) -> Act:
    return TokenLimit(draft).act
