"""What is wrong with a stack's settings together, each of which is right by itself."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from apimlb.stack.choices import Strategy, Tier


class Account(Protocol):
    """What is looked at of an account."""

    @property
    def name(self) -> str: ...
    @property
    def capacity(self) -> Mapping[str, int]: ...


class Stack(Protocol):
    """What is looked at of a stack's settings."""

    @property
    def accounts(self) -> Sequence[Account]: ...
    @property
    def deployments(self) -> Mapping[str, object]: ...
    @property
    def tier(self) -> Tier: ...
    @property
    def strategy(self) -> Strategy: ...
    @property
    def tiers(self) -> Mapping[str, object]: ...
    @property
    def units(self) -> int | None: ...
    @property
    def gateway(self) -> str: ...
    @property
    def gateway_identity(self) -> str: ...
    @property
    def bare_host(self) -> bool: ...


def contradictions(stack: Stack, said: Collection[str]) -> Iterator[str]:
    """A sentence for each, without its full stop; `said` are the settings that are no defaults."""
    yield from _names(stack)
    yield from _gateway(stack, said)
    if stack.units is not None and stack.tier is Tier.CONSUMPTION:
        yield "the Consumption tier has no units: leave them out"
    elif stack.units is not None and stack.units > stack.tier.most_units:
        most, bigger = stack.tier.most_units, [str(t) for t in Tier if t.most_units >= stack.units]
        other = f", or use {' or '.join(bigger)}" if bigger else ""
        yield f"the {stack.tier} tier has fewer than {stack.units} units: set units = {most} at most{other}"
    # Microsoft Learn, "Limit Azure OpenAI API token usage": it applies to every tier but this one.
    if stack.tiers and stack.tier is Tier.CONSUMPTION:
        yield "the Consumption tier has no token limits: leave the tiers of clients out"
    if stack.strategy is Strategy.BACKEND_POOL and not stack.tier.has_breakers:
        yield (
            f"the {stack.tier} tier has no circuit breakers, so a pool could never fail over: "
            'use strategy = "retry", or another tier'
        )
    if stack.tier is Tier.CONSUMPTION and "strategy" not in said:
        yield (
            f"the {stack.tier} tier has no cache, so the gateway would learn nothing of the accounts, and no "
            "stack's policy fits into its 16 KiB: use another tier, "
            'or write strategy = "retry" to simulate it without memory'
        )


def _names(stack: Stack) -> Iterator[str]:
    names = [account.name for account in stack.accounts]
    twice = _twice(names)
    if twice:
        yield f"accounts {', '.join(twice)} stand there twice: give each a 'name' of its own"
    same = _twice(f"{account}-{deployment}" for account in names for deployment in stack.deployments)
    if same and not twice:
        yield f"an account and a deployment make the backend {same[0]} in two ways: rename one of them"
    for account in stack.accounts:
        unknown = sorted(account.capacity.keys() - stack.deployments.keys())
        if unknown:
            yield (
                f"account {account.name} has a capacity for {unknown[0]}, which is no deployment: "
                f"there are {', '.join(stack.deployments)}"
            )


def _twice(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def _gateway(stack: Stack, said: Collection[str]) -> Iterator[str]:
    """What a gateway of others cannot be told, and one of the stack's own need not."""
    if stack.gateway_identity and not stack.gateway:
        yield "gateway_identity is for a gateway that exists already: the others have their own"
    if not stack.gateway:
        return
    fixed = sorted({"units", "publisher_name", "publisher_email"} & {*said})
    if fixed:
        yield (
            f"{', '.join(fixed)} cannot be set of a gateway that exists already: "
            "nothing of it is changed, so leave that out"
        )
    if stack.bare_host:
        yield "bare_host is off at a gateway that others use: that API is theirs to have"
