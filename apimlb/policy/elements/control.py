"""The flow of a policy: base, choose, retry, include-fragment, set-variable, limit-concurrency, wait."""

import random
from collections.abc import Awaitable
from dataclasses import dataclass

from apimlb.policy.apim.context import Context
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.objects.text import clr_type_name
from apimlb.policy.document.attributes import ANY, BOOLEAN, STRING, choice, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.steps import begun, run_block
from apimlb.policy.run.turns import paid

_VARIABLE_TYPES = frozenset(
    {
        *(f"Newtonsoft.Json.Linq.J{name}" for name in ("Array", "Constructor", "Container", "Object")),
        *(f"Newtonsoft.Json.Linq.J{name}" for name in ("Property", "Raw", "Token", "Value")),
        *(f"System.{name}" for name in ("Boolean", "SByte", "Byte", "UInt16", "UInt32", "UInt64")),
        *(f"System.{name}" for name in ("Int16", "Int32", "Int64", "Decimal", "Single", "Double")),
        *(f"System.{name}" for name in ("Guid", "String", "Char", "DateTime", "TimeSpan")),
        *("System.Byte[]", "System.SByte[]", "Jwt"),
    }
)
"""Microsoft Learn, API Management policy reference: set-variable, allowed types; and Jwt, which that list
lacks but Azure/api-management-policy-snippets keeps in a variable (oauth-proxy-session-fragment)."""


def base(draft: Draft) -> Act:
    place = (draft.compilation.scope, draft.compilation.section)
    draft.compilation.inheriting.add(draft.compilation.section)

    def act(exchange: Exchange) -> Awaitable[None] | None:
        return begun(exchange.policy.broader.get(place, ()), exchange)

    return act


def choose(draft: Draft) -> Act:
    branches = [(when.required("condition", BOOLEAN), when.block()) for when in draft.children("when")]
    fallback = draft.made("otherwise", Draft.block) or ()
    if not branches:
        raise draft.incomplete("when")

    def act(exchange: Exchange) -> Awaitable[None] | None:
        for condition, block in branches:
            if condition(exchange.context):
                return begun(block, exchange)
        return begun(fallback, exchange)

    return act


@dataclass(frozen=True, slots=True)
class Waits:
    """How long retry waits before each attempt, in seconds.

    Microsoft Learn, API Management policy reference: retry. The pages print the exponential formula in two
    ways; (2^k - 1) with k counted from 0 is the one that yields their own example.
    """

    interval: int
    maximum: int | None = None
    delta: int | None = None
    fast_first: bool = False

    def before(self, retry: int, rng: random.Random, fast_index: int = 0) -> float:
        """The wait before retry number `retry`, counted from 0; after a fast first one the formula goes on
        from `fast_index`."""
        k = retry
        if self.fast_first:
            if retry == 0:
                return 0.0
            k = retry - 1 + fast_index
        if self.delta is None:
            return float(self.interval if self.maximum is None else min(self.maximum, self.interval))
        if self.maximum is None:
            return float(self.interval + k * self.delta)
        spread = rng.uniform(0.8 * self.delta, 1.2 * self.delta)
        return min(float(self.maximum), self.interval + (2.0**k - 1.0) * spread)


def retry(draft: Draft) -> Act:
    condition = draft.required("condition", BOOLEAN)
    count = draft.required("count", integer(1, 50))
    interval = draft.required("interval", integer())
    maximum = draft.attribute("max-interval", integer(), None)
    delta = draft.attribute("delta", integer(), None)
    fast_first = draft.attribute("first-fast-retry", BOOLEAN, False)
    if any(child.tag == "wait" for child in draft.element.children):
        raise draft.error("The element 'retry' has invalid child element 'wait'.")
    block = draft.block()

    def waits(context: Context) -> Waits:
        return Waits(interval(context), maximum(context), delta(context), fast_first(context))

    waits_of = draft.settled(waits, "interval", "max-interval", "delta", "first-fast-retry")

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        limit, planned, done = count(context), waits_of(context), 0
        while True:
            fault: PolicyFault | None = None
            try:
                await run_block(block, exchange)
            except PolicyFault as raised:
                fault = raised
                # The condition sees a response made of the fault, or none.
                await exchange.fail(fault, shown=context.switches.response_after_failure == "synthetic")
            if not condition(context) or done >= limit:
                break
            await exchange.let_go()
            fast_index = context.switches.first_fast_retry_index
            seconds = planned.before(done, exchange.services.rng, fast_index)
            if seconds > 0:
                await exchange.services.clock.sleep(seconds)
            done += 1
        if fault is not None:
            raise fault

    return act


def include_fragment(draft: Draft) -> Act:
    block = draft.fragment(draft.required_word("fragment-id", STRING))
    return lambda exchange: begun(block, exchange)


def set_variable(draft: Draft) -> Act:
    name = draft.required("name", STRING)
    value = draft.required("value", ANY)

    def act(exchange: Exchange) -> None:
        made = value(exchange.context)
        if made is not None and type(made) not in _PLAIN and clr_type_name(made) not in _VARIABLE_TYPES:
            raise ClrException(
                "System.InvalidOperationException",
                f"Expression value of type '{clr_type_name(made)}' is not supported in set-variable.",
            )
        exchange.context.variables[name(exchange.context)] = made

    return act


_PLAIN = (str, int, bool, float)


def limit_concurrency(draft: Draft) -> Act:
    """Policies may share a key (Microsoft Learn, API Management policy reference: limit-concurrency)."""
    key = draft.required("key", STRING)
    most = draft.required("max-count", integer(1))
    block = draft.block()

    async def act(exchange: Exchange) -> None:
        name, running = key(exchange.context), exchange.counters.running
        if running[name] >= most(exchange.context):
            raise PolicyFault("ConcurrencyLimitExceeded", "Concurrency limit is exceeded.", status=429)
        running[name] += 1
        try:
            await run_block(block, exchange)
        finally:
            running[name] -= 1
            if not running[name]:
                del running[name]

    return act


_WAITED = ("cache-lookup-value", "choose", "send-request")
"""What wait may hold (Microsoft Learn, API Management policy reference: wait)."""


def wait(draft: Draft) -> Act:
    """Its children run beside one another, until all are done or, with `any`, one is: the others then end
    where they stand. A fault of one ends the rest."""
    until = draft.attribute("for", choice("all", "any"), "all")
    for child in draft.element.children:
        if child.tag not in _WAITED:
            raise draft.error(f"The element 'wait' has invalid child element '{child.tag}'.")
    blocks = [(step,) for step in draft.block()]

    async def act(exchange: Exchange) -> None:
        import asyncio  # importing it takes as long as the rest of a small policy

        allowance = exchange.context.allowance
        when = {"all": asyncio.FIRST_EXCEPTION, "any": asyncio.FIRST_COMPLETED}[until(exchange.context)]
        tasks = [asyncio.ensure_future(paid(allowance, run_block(block, exchange))) for block in blocks]
        try:
            done, _ = await asyncio.wait(tasks, return_when=when) if tasks else (set(), set())
            for task in tasks:
                if task in done:
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    return act
