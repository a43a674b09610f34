"""Tokens of a language model that a caller may use: llm-token-limit and its older name.

Microsoft Learn, API Management policy reference: llm-token-limit. Refusals as captured from a live gateway:
"Token limit is exceeded. Try again in 41 seconds." with 429, "Token quota is exceeded. ..." with 403; a quota
that is just used up still lets the next call in.
"""

import math
from dataclasses import dataclass

from apimlb.http import Headers
from apimlb.policy.apim.context import Context
from apimlb.policy.clr.exceptions import invalid_cast
from apimlb.policy.document.attributes import BOOLEAN, STRING, Kind, choice, integer
from apimlb.policy.document.draft import INBOUND, Draft, Entry, Getter
from apimlb.policy.elements import token_usage
from apimlb.policy.run.counters import Counters, Period, bounds, spoken
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault

_SOURCE = "llm-token-limit"
_PERIODS: tuple[Period, ...] = ("Hourly", "Daily", "Weekly", "Monthly", "Yearly")


def _long(value: object) -> int:
    if not isinstance(value, int):
        raise invalid_cast(type(value).__name__, "System.Int64")
    return int(value)


_LONG = Kind("long", int, _long, frozenset({"System.Int64"}))
"""A quota: an expression must yield a long; an int is refused when the policy is uploaded (measured)."""


@dataclass(frozen=True, slots=True)
class TokenReport:
    """Names of the headers and variables that say what is left and what was used. A name that the policy does
    not give is empty."""

    retry_header: str
    retry_variable: str
    left_header: str
    left_variable: str
    quota_header: str
    quota_variable: str
    used_header: str
    used_variable: str


@dataclass(frozen=True, slots=True)
class TokenQuota:
    """The tokens of each period; the period may be an expression since March 2026 (API Management release
    notes)."""

    tokens: int
    period: Period


@dataclass(frozen=True, slots=True)
class TokenLimit:
    """`per_minute` is 0 without a rate, `quota` None without one."""

    key: Getter[str]
    per_minute: int
    quota: Getter[int] | None
    period: Getter[str]
    estimates: bool
    report: TokenReport

    async def act(self, exchange: Exchange) -> None:
        """Refuse the call, or let it pass and count it when it is answered."""
        context, counters = exchange.context, exchange.counters
        key, now = self.key(context), context.clock.now()
        asked = token_usage.said_in(context.request.body)
        streamed = bool(asked.get("stream"))
        prompt = token_usage.of_prompt(asked) if self.estimates or streamed else 0
        quota = self._quota(context)
        self._check(exchange, counters, key, quota, now, prompt if self.estimates else 0)
        if self.report.used_variable:
            context.variables[self.report.used_variable] = prompt

        async def settle(exchange: Exchange) -> None:
            await self._settle(exchange, key, quota, prompt)

        exchange.settlements.append(settle)

    def _quota(self, context: Context) -> TokenQuota | None:
        if self.quota is None:
            return None
        period = self.period(context)
        return TokenQuota(self.quota(context), next(each for each in _PERIODS if each == period))

    def _check(
        self,
        exchange: Exchange,
        counters: Counters,
        key: str,
        quota: TokenQuota | None,
        now: float,
        cost: int,
    ) -> None:
        if self.per_minute and (seconds := counters.wait(key, self.per_minute, now, cost)):
            message = f"Token limit is exceeded. Try again in {seconds} seconds."
            raise self._refusal(exchange, "OpenAITokenLimitExceeded", message, 429, seconds)
        if quota is None:
            return
        start, end = bounds(quota.period, now)
        if counters.spent(f"{quota.period} {key}", start) + cost > quota.tokens:
            seconds = max(1, math.ceil(end - now))
            message = f"Token quota is exceeded. Try again in {spoken(seconds)}."
            raise self._refusal(exchange, "OpenAITokenQuotaExceeded", message, 403, seconds)

    def _refusal(
        self, exchange: Exchange, reason: str, message: str, status: int, seconds: int
    ) -> PolicyFault:
        if self.report.retry_variable:
            exchange.context.variables[self.report.retry_variable] = seconds
        headers = [(self.report.retry_header, str(seconds))]
        return PolicyFault(reason, message, source=_SOURCE, status=status, headers=headers)

    async def _settle(self, exchange: Exchange, key: str, quota: TokenQuota | None, prompt: int) -> None:
        """Count what the answer used; of a stream only its end tells, and all of it is estimated."""

        def end(said: int, counted: token_usage.Tokens | None) -> None:
            self._count(exchange, key, quota, prompt + said)

        response = await token_usage.whole_answer(exchange, lambda body: token_usage.CountedStream(body, end))
        if response is None:
            return
        found = token_usage.of_answer(token_usage.said_in(response.body))
        used = prompt if found is None else found.total
        self._count(exchange, key, quota, used)
        self._tell(exchange, response.headers, key, quota, used)

    def _count(self, exchange: Exchange, key: str, quota: TokenQuota | None, used: int) -> None:
        now = exchange.context.clock.now()
        if self.per_minute:
            exchange.counters.spend(key, self.per_minute, now, used)
        if quota is not None:
            exchange.counters.draw(f"{quota.period} {key}", bounds(quota.period, now)[0], used)

    def _tell(
        self, exchange: Exchange, headers: Headers, key: str, quota: TokenQuota | None, used: int
    ) -> None:
        now, report, counters = exchange.context.clock.now(), self.report, exchange.counters
        rows = [(report.used_header, report.used_variable, used)]
        if self.per_minute:
            left = counters.left(key, self.per_minute, now)
            rows.append((report.left_header, report.left_variable, left))
        if quota is not None:
            start = bounds(quota.period, now)[0]
            unspent = max(0, quota.tokens - counters.spent(f"{quota.period} {key}", start))
            rows.append((report.quota_header, report.quota_variable, unspent))
        for header, variable, number in rows:
            if header:
                headers.set(header, str(number))
            if variable:
                exchange.context.variables[variable] = number


def llm_token_limit(draft: Draft) -> Act:
    key = draft.required("counter-key", STRING)
    per_minute = draft.word("tokens-per-minute", integer(1), 0)
    quota = draft.optional("token-quota", _LONG)
    period = draft.optional("token-quota-period", choice(*_PERIODS))
    estimates = draft.required_word("estimate-prompt-tokens", BOOLEAN)
    if not per_minute and quota is None:
        raise draft.error("One of the attributes 'tokens-per-minute' and 'token-quota' is required.")
    if (quota is None) != (period is None):
        raise draft.error("The attributes 'token-quota' and 'token-quota-period' need each other.")
    report = TokenReport(
        draft.word("retry-after-header-name", STRING, "Retry-After"),
        draft.word("retry-after-variable-name", STRING, ""),
        draft.word("remaining-tokens-header-name", STRING, ""),
        draft.word("remaining-tokens-variable-name", STRING, ""),
        draft.word("remaining-quota-tokens-header-name", STRING, ""),
        draft.word("remaining-quota-tokens-variable-name", STRING, ""),
        draft.word("tokens-consumed-header-name", STRING, ""),
        draft.word("tokens-consumed-variable-name", STRING, ""),
    )
    return TokenLimit(key, per_minute, quota, period or (lambda _: "Daily"), estimates, report).act


TABLE = {
    "azure-openai-token-limit": Entry(INBOUND, llm_token_limit),
    "llm-token-limit": Entry(INBOUND, llm_token_limit),
}
