"""Calls and bytes that a caller may use: rate-limit and quota, by subscription or by key.

Microsoft Learn, API Management policy reference: rate-limit, rate-limit-by-key, quota, quota-by-key. A rate
is refused with 429, a quota with 403; status line and text of the 403 are reported from the wire ("Out of
call volume quota. Quota will be replenished in 22.14:18:12."), the text of the 429 is the pages'. Counters
are those of one gateway instance, a key has one counter wherever it is used, and a request counts once for
it.
"""

import math
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from apimlb.http import RelayedStream
from apimlb.policy.apim.bodies import rest_of
from apimlb.policy.apim.context import Api, Context, Operation, ResponseView
from apimlb.policy.clr.dates.formatting import format_span
from apimlb.policy.clr.dates.instants import MAX_SPAN, TICKS_PER_SECOND, TimeSpan
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.document.attributes import BOOLEAN, STRING, Getter, integer, parsed
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements.reports import Report, report
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.steps import failed_expression

_LONGEST_RATE = 300
_SHORTEST_QUOTA = 300
_FOREVER = MAX_SPAN.ticks // TICKS_PER_SECOND
"""TimeSpan.MaxValue in whole seconds: a quota that never comes back."""

_FIRST_PERIOD = datetime(1, 1, 1, tzinfo=UTC).timestamp()
"""When the periods of a quota-by-key begin that names no other time (the page's attribute table; seen on the
wire: of periods of 3000 s one ended on 2022-01-21 at 03:20:00)."""

Applies = Callable[[Context], bool]


def _always(context: Context) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Counting:
    """How much a request counts, and whether that is known only when outbound is over."""

    count: Getter[int]
    late: bool = False
    element: str = ""

    def cost(self, context: Context) -> int:
        """What has to fit before the request goes on."""
        return 1 if self.late else self.count(context)

    def settle(self, exchange: Exchange, key: str, add: Callable[[int], None]) -> None:
        """`add` what the request counts, now or when outbound is over, but once for `key`."""
        exchange.counted.add(key)
        if not self.late:
            add(self.count(exchange.context))
            return

        def end(exchange: Exchange) -> None:
            try:
                add(self.count(exchange.context))
            except ClrException as error:
                raise failed_expression(error, self.element) from error

        exchange.endings.append(end)


_ONE = Counting(lambda _: 1)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `calls` in `seconds`, for those whom it `applies` to; `place` tells one of a policy's rates
    from the others."""

    calls: Getter[int]
    seconds: Getter[int]
    applies: Applies = _always
    place: str = ""


class Rates:
    """The rates of a policy, the names under which it reports, and how it counts."""

    def __init__(self, draft: Draft, rates: list[Rate], counting: Counting = _ONE) -> None:
        self.rates, self.counting = rates, counting
        self.retry = report(draft, "retry-after", "Retry-After")
        self.left = report(draft, "remaining-calls")
        self.total = Report(draft.word("total-calls-header-name", STRING, ""))

    def take(self, exchange: Exchange, who: str) -> None:
        """Refuse the call with 429, or count it for all the rates: a call that is refused counts for no rate,
        and what is left is the least of them (Azure/azure-api-management-policy-toolkit, its emulator's tests
        of rate-limit). A call that was counted already passes."""
        context, counters = exchange.context, exchange.counters
        now = context.clock.now()
        limits = [
            (f"rate {who} {rate.place} {calls}/{seconds}", calls, seconds)
            for rate in self.rates
            if rate.applies(context)
            for calls, seconds in [(rate.calls(context), rate.seconds(context))]
        ]
        new = [limit for limit in limits if limit[0] not in exchange.counted]
        for key, calls, seconds in new:
            if wait := counters.wait(key, calls, now, self.counting.cost(context), seconds):
                message = f"Rate limit is exceeded. Try again in {wait} seconds."
                raise self.retry.refusal(context, "RateLimitExceeded", message, 429, wait)
        for key, calls, seconds in new:
            self.counting.settle(exchange, key, partial(counters.spend, key, calls, now, seconds=seconds))
        if limits:
            left, calls = min((counters.left(key, calls, now, each), calls) for key, calls, each in limits)
            self._tell(exchange, left, calls)

    def _tell(self, exchange: Exchange, left: int, calls: int) -> None:
        """The variable at once, the headers once there is a response."""
        self.left.set_variable(exchange.context, left)

        async def settle(exchange: Exchange) -> None:
            if exchange.context.response is None:
                exchange.context.response = ResponseView(200)  # nothing was forwarded
            self.left.set_header(exchange.context.response.headers, left)
            self.total.set_header(exchange.context.response.headers, calls)

        if self.left.header or self.total.header:
            exchange.settlements.append(settle)


class CallQuota:
    """The calls and kilobytes of each period (0: no limit). A period has `seconds`; 0 is one that never
    ends."""

    def __init__(self, draft: Draft, applies: Applies = _always, place: str = "") -> None:
        self.calls = draft.word("calls", integer(1), 0)
        self.kilobytes = draft.word("bandwidth", integer(1), 0)
        self.seconds = draft.required_word("renewal-period", integer())
        self.applies, self.place = applies, place
        draft.at_least_one("calls", "bandwidth")
        if 0 < self.seconds < _SHORTEST_QUOTA:
            raise draft.error(
                f"The 'renewal-period' attribute is invalid - {_SHORTEST_QUOTA} is the least, or 0."
            )

    def take(self, exchange: Exchange, who: str, origin: float, counting: Counting) -> None:
        """Refuse the call, or count it; the first period began at `origin`, epoch seconds."""
        counters, now = exchange.counters, exchange.context.clock.now()
        start = origin + (now - origin) // self.seconds * self.seconds if self.seconds else origin
        left = start + self.seconds - now if self.seconds else math.inf
        period = f"{who} {self.place} {self.seconds}"
        calls_key, bytes_key = f"quota {period}", f"bandwidth {period}"
        if self.calls and calls_key not in exchange.counted:
            if counters.spent(calls_key, start) + counting.cost(exchange.context) > self.calls:
                raise _used_up("call volume", left)
            counting.settle(exchange, calls_key, partial(counters.draw, calls_key, start))
        if self.kilobytes and bytes_key not in exchange.counted:
            if counters.spent(bytes_key, start) >= self.kilobytes * 1024:
                raise _used_up("bandwidth", left)
            exchange.counted.add(bytes_key)
            _weigh(exchange, partial(counters.draw, bytes_key, start))


def _used_up(what: str, left: float) -> PolicyFault:
    seconds = max(1, math.ceil(left)) if math.isfinite(left) else _FOREVER
    span = format_span(TimeSpan(seconds * TICKS_PER_SECOND))
    message = f"Out of {what} quota. Quota will be replenished in {span}."
    headers = [("Retry-After", str(seconds))] if seconds < _FOREVER else []
    return PolicyFault("QuotaExceeded", message, status=403, status_reason="Quota Exceeded", headers=headers)


def _weigh(exchange: Exchange, draw: Callable[[int], None]) -> None:
    """Count the bytes of the request, and of the answer as it goes out."""
    draw(len(rest_of(exchange.context.request.body)))

    def end(exchange: Exchange) -> None:
        response = exchange.context.response
        if exchange.live is not None and not isinstance(exchange.live.body, bytes):
            exchange.live.body = MeasuredStream(exchange.live.body, draw)
        elif response is not None and response.body is not None and not response.body.consumed:
            draw(len(rest_of(response.body)))

    exchange.endings.append(end)


class MeasuredStream(RelayedStream):
    """A streamed body whose bytes are counted."""

    def __init__(self, body: AsyncIterator[bytes], draw: Callable[[int], None]) -> None:
        super().__init__(body)
        self._draw = draw

    async def __anext__(self) -> bytes:
        chunk = await anext(self._body)
        self._draw(len(chunk))
        return chunk


def rate_limit(draft: Draft) -> Act:
    """By subscription; who comes without one has no limit (the page's usage notes)."""
    limits = Rates(draft, [_rate(*place) for place in _places(draft)])

    def act(exchange: Exchange) -> None:
        subscription = exchange.context.subscription
        if subscription is not None:
            limits.take(exchange, f"of {subscription.id}")

    return act


def _rate(draft: Draft, applies: Applies, place: str) -> Rate:
    calls = draft.required_word("calls", integer(1))
    seconds = draft.required_word("renewal-period", integer(1, _LONGEST_RATE))
    return Rate(lambda _: calls, lambda _: seconds, applies, place)


def rate_limit_by_key(draft: Draft) -> Act:
    counting = _counting(draft)
    key = draft.required("counter-key", STRING)
    rate = Rate(
        draft.required("calls", integer(1)), draft.required("renewal-period", integer(1, _LONGEST_RATE))
    )
    limits = Rates(draft, [rate], counting)
    return lambda exchange: limits.take(exchange, f"by {key(exchange.context)}")


def quota(draft: Draft) -> Act:
    """By subscription, in periods that begin with it; who comes without one has no quota."""
    quotas = [CallQuota(*place) for place in _places(draft)]

    def act(exchange: Exchange) -> None:
        subscription = exchange.context.subscription
        if subscription is not None:
            origin = subscription.start_date or subscription.created_date
            for each in quotas:
                if each.applies(exchange.context):
                    each.take(exchange, f"of {subscription.id}", origin, _ONE)

    return act


def quota_by_key(draft: Draft) -> Act:
    key, counting = draft.required("counter-key", STRING), _counting(draft)
    origin = draft.word("first-period-start", _MOMENT, _FIRST_PERIOD)
    limit = CallQuota(draft)
    return lambda exchange: limit.take(exchange, f"by {key(exchange.context)}", origin, counting)


def _places(draft: Draft) -> list[tuple[Draft, Applies, str]]:
    """The policy, which limits all calls, and its `<api>` and `<operation>` children: each has a limit of its
    own for what it names."""
    found: list[tuple[Draft, Applies, str]] = [(draft, _always, "")]
    for api in draft.children("api"):
        in_api = _named(api, lambda context: context.api)
        found.append((api, in_api, f"api {len(found)}"))
        for operation in api.children("operation"):
            in_operation = _named(operation, lambda context: context.operation, in_api)
            found.append((operation, in_operation, f"operation {len(found)}"))
    return found


def _named(
    draft: Draft, of: Callable[[Context], Api | Operation | None], within: Applies = _always
) -> Applies:
    """Whether the request is for what an element names; where it gives both, the id counts."""
    id, name = draft.word("id", STRING, ""), draft.word("name", STRING, "")
    if not id and not name:
        raise draft.error("One of the attributes 'name' and 'id' is required.")

    def applies(context: Context) -> bool:
        found = of(context) if within(context) else None
        return found is not None and (found.id == id if id else found.name == name)

    return applies


def _counting(draft: Draft) -> Counting:
    """An expression is evaluated when outbound is over (the pages' attribute tables)."""
    condition = draft.attribute("increment-condition", BOOLEAN, True)
    count = draft.attribute("increment-count", integer(1), 1)
    late = draft.is_expression("increment-condition") or draft.is_expression("increment-count")
    return Counting(lambda context: count(context) if condition(context) else 0, late, draft.element.tag)


def _moment(text: str) -> float:
    """Epoch seconds; a time without zone is UTC."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


_MOMENT = parsed(_moment, "a time such as 2026-01-31T00:00:00Z")
