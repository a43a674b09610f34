"""How much a gateway of a tier takes: judged before anything is created.

Members of a pool: Microsoft Learn, "Backends in API Management". Backends and APIs of a service: "Azure
subscription and service limits", API Management (August 2025). Units of a tier: see `Tier`. The size of a
policy, and streaming: "API Management gateways overview" and "Configure API for server-sent events".
"""

from collections.abc import Iterable, Iterator

from apimlb.deploy.ids import BACKEND, POLICY, SERVICE, kind_of, short
from apimlb.errors import ApimlbError, ConfigError
from apimlb.stack.choices import Tier
from apimlb.stack.differences import at
from apimlb.stack.planner import Action, Plan, Step

MEMBERS = 30
BACKENDS = 100
APIS = {"Consumption": 150, "Developer": 150, "Basic": 150, "Standard": 500, "Premium": 2500}
"""Of a service by its tier, a v2 one as its elder: "APIs (including revisions)". Older services may have a
tenth more than they had, and since March 2026 "API Management service limits" names no number: Azure decides.
"""
POLICY_BYTES = 512 * 1024
CONSUMPTION_BYTES = 16 * 1024
_UNBUFFERED = 'buffer-response="false"'


def limit_problems(plan: Plan, others: Iterable[str] = ()) -> Iterator[ApimlbError]:
    """What the plan asks of the gateway beyond its limits; `others` are the ids of what others put there."""
    wanted = [step for step in plan.steps if step.action is not Action.DELETE]
    for step in wanted:
        members = at(step.resource.body, "properties.pool.services") or []
        if len(members) > MEMBERS:
            yield _beyond(
                step, f"has {len(members)} members, and Azure allows {MEMBERS}", "Name fewer accounts."
            )
    backends = sum(kind_of(step.key) == BACKEND for step in wanted)
    theirs = sum(kind_of(id) == BACKEND for id in others)
    gateway = next((step for step in wanted if kind_of(step.key) == SERVICE), None)
    if gateway is None:
        return
    if backends + theirs > BACKENDS:
        beside = f" beside {theirs} of others" if theirs else ""
        what = f"would have {backends} backends{beside}, and Azure allows {BACKENDS}"
        yield _beyond(gateway, what, "Name fewer accounts or deployments: each pair of them is a backend.")
    yield from _unit_problems(gateway)
    consumption = at(gateway.resource.body, "sku.name") == "Consumption"
    for step in wanted:
        if kind_of(step.key) == POLICY:
            yield from _policy_problems(step, consumption=consumption)


def _unit_problems(gateway: Step) -> Iterator[ApimlbError]:
    """More units than the tier has, also where they are kept while the tier changes; what Azure has given
    already is not judged."""
    tier, units = at(gateway.body, "sku.name"), int(at(gateway.body, "sku.capacity") or 0)
    made = gateway.action in (Action.CREATE, Action.REPLACE)
    changes = made or any(change.path.startswith("sku.") for change in gateway.changes)
    if changes and tier in list(Tier) and units > Tier(tier).most_units:
        what = f"would have {units} units, and Azure allows {Tier(tier).most_units} of the tier"
        yield _beyond(gateway, what, "Set `units` in apimlb.toml, or choose another tier.")


def _policy_problems(step: Step, *, consumption: bool) -> Iterator[ApimlbError]:
    text = str(at(step.resource.body, "properties.value") or "")
    size, most = len(text.encode()), CONSUMPTION_BYTES if consumption else POLICY_BYTES
    tier = "of the Consumption tier " if consumption else ""
    if size > most:
        what = f"{tier}is {size} bytes long, and Azure allows {most}"
        # The accounts' names are a small part of it.
        yield _beyond(step, what, "Choose another tier." if consumption else "Name fewer accounts.")
    if consumption and _UNBUFFERED in text:
        yield _beyond(
            step,
            "hands responses on as they come, which the Consumption tier does not: streams would break",
            "Set streams = false in apimlb.toml, so that they come as a whole, or choose another tier.",
        )


def _beyond(step: Step, what: str, next_step: str) -> ConfigError:
    return ConfigError(
        f"The {step.resource.label} {what}", where=short(step.resource.id), next_step=next_step
    )
