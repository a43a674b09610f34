"""Which clients are in which tier: names in named values of the service. No policy changes with them."""

from collections.abc import Iterable, Mapping

from apimlb.deploy import clients, keys
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.named_values import rows_of, value_of, write_value
from apimlb.errors import ConfigError, NotFoundError
from apimlb.stack.names import Names
from apimlb.stack.tiers import DEFAULT, LONGEST, listed_tiers, read, tier_value, written

Held = Mapping[str, frozenset[str]]
"""The clients by the tier that they are in; who is in none is in the default one."""


def held(cloud: Cloud, names: Names) -> Held:
    """What Azure has of the tiers in the file, those not yet deployed left out; raises what the cloud
    raises."""
    usual = {names.inside(tier_value(tier)): tier for tier in listed_tiers(names.stack)}
    found = rows_of(cloud, names) if usual else {}
    return {tier: read(value_of(cloud, found[name])) for name, tier in usual.items() if name in found}


def require_tier(there: Held, tier: str) -> None:
    """Raise `NotFoundError` for a tier that Azure does not have."""
    if tier not in (*there, DEFAULT):
        raise NotFoundError(
            f"The gateway has no tier {tier}",
            why=f"It has {', '.join([*there, DEFAULT])}.",
            next_step=f"Write [tiers.{tier}] into apimlb.toml, and run `apimlb deploy`.",
        )


def require_known(cloud: Cloud, names: Names, who: Iterable[str]) -> None:
    """Raise `NotFoundError` for what is neither a key of the stack nor a client."""
    known = {key.name.lower() for key in keys.listed(cloud, names)}
    known |= {*clients.listed(clients.held(cloud, names))}
    strangers = sorted({name.lower() for name in who} - known)
    if strangers:
        raise NotFoundError(
            f"{strangers[0]} is neither a key nor a client of the stack",
            next_step="See `apimlb keys list` and `apimlb clients list`.",
        )


def with_tier(there: Held, who: Iterable[str], tier: str) -> dict[str, frozenset[str]]:
    """The tiers that change when the clients are in this one and in no other, this one first so that nobody
    is in none meanwhile; raises `NotFoundError` for a tier that is not there, `ConfigError` when its named
    value would be too long."""
    require_tier(there, tier)
    moving = frozenset(name.lower() for name in who)
    order = sorted(there, key=lambda name: name != tier)
    wanted = {name: there[name] | moving if name == tier else there[name] - moving for name in order}
    changed = {name: held for name, held in wanted.items() if held != there[name]}
    if any(len(written(held)) > LONGEST for held in changed.values()):
        raise ConfigError(
            f"The tier {tier} has no room for another client",
            where=tier_value(tier),
            why=f"A named value holds {LONGEST} characters.",
            next_step=f"Make the tier of the most clients [tiers.{DEFAULT}], which needs no list.",
        )
    return changed


def write(cloud: Cloud, names: Names, changed: Held) -> None:
    """Write the named values in their order; raises what the cloud raises."""
    for tier, held in changed.items():
        write_value(cloud, names, tier_value(tier), written(held))
