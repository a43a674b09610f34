"""What a region offers of Azure OpenAI, and whether demands fit: models, skus, capacity steps and quotas.

The shapes are those of the models and usages listings of Microsoft.CognitiveServices 2025-09-01 (recorded:
cog_cli_list_models 1, cog_cli_list_usages 1). A sku of a model names the quota that it draws on, `usageName`;
models and versions may share one. Capacity is in thousands of tokens per minute for the token-based skus.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from apimlb.deploy.refusals import QUOTA
from apimlb.errors import ApimlbError, ConfigError, QuotaError, meant
from apimlb.stack.resources import Json

KIND = "OpenAI"


@dataclass(frozen=True, slots=True)
class Demand:
    """One deployment as a demand on a region.

    Of `capacity` it has `held` already; `fresh` says that its model is newly chosen.
    """

    label: str
    location: str
    model: Json
    sku: str
    capacity: int
    held: int = 0
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Offers:
    """A region's models and quotas, as the listings have them."""

    models: Sequence[Json]
    usages: Sequence[Json]

    @property
    def names(self) -> list[str]:
        """What models there are."""
        return sorted({str(e["model"].get("name")) for e in self.models if e.get("kind") == KIND})

    def of(self, name: str) -> dict[str, Json]:
        """The model's entries by version."""
        entries = (entry["model"] for entry in self.models if entry.get("kind") == KIND)
        return {str(m.get("version")): m for m in entries if m.get("name") == name}

    def sku(self, demand: Demand) -> Json | None:
        """The sku's entry under the demanded model and version, `None` when there is none."""
        model = self.of(demand.model["name"]).get(demand.model["version"], {})
        return next((sku for sku in model.get("skus") or () if sku.get("name") == demand.sku), None)

    def usage(self, name: str) -> tuple[int, int] | None:
        """What is used and what is allowed of a quota, `None` for one that is not listed."""
        entry = next((u for u in self.usages if (u.get("name") or {}).get("value") == name), None)
        return None if entry is None else (int(entry["currentValue"]), int(entry["limit"]))


class ShortageError(QuotaError):
    """A quota is too small for what is asked of it."""


def offer_problems(
    demands: Sequence[Demand], offers: Mapping[str, Offers], now: float
) -> Iterator[ApimlbError]:
    """Models, versions and skus that a region does not offer, or no longer."""
    for demand in demands:
        if demand.fresh and demand.location in offers:
            problem = _not_offered(demand, offers[demand.location], now)
            if problem is not None:
                yield problem


def _not_offered(demand: Demand, offers: Offers, now: float) -> ApimlbError | None:
    name, version = demand.model["name"], demand.model["version"]
    versions = offers.of(name)
    if not versions:
        what = f"{demand.location} does not offer the model {name}"
        return _unavailable(demand, what, [], meant(name, offers.names))
    if version not in versions:
        what = f"{demand.location} does not offer version {version} of {name}"
        return _unavailable(demand, what, versions, meant(version, versions))
    sku = offers.sku(demand)
    if sku is None:
        known = [str(s.get("name")) for s in versions[version].get("skus") or ()]
        what = f"{demand.location} does not offer {name} {version} as {demand.sku}"
        return _unavailable(demand, what, known)
    retired = retirement(versions[version], sku)
    if retired is not None and retired <= now:
        day = f"{datetime.fromtimestamp(retired, UTC):%Y-%m-%d}"
        others = [v for v, model in versions.items() if (retirement(model, {}) or now + 1) > now]
        return _unavailable(demand, f"{name} {version} was retired on {day}", others)
    return None


def _unavailable(demand: Demand, what: str, offered: Iterable[str], near: str = "") -> ConfigError:
    """What is offered instead, and which of that was probably meant."""
    listed = ", ".join(sorted(offered))
    step = f"{near} {f'It offers {listed}. ' if listed else ''}"
    step += "Name another model, version, sku or location in apimlb.toml."
    return ConfigError(what, where=demand.label, next_step=step.lstrip())


def retirement(model: Json, sku: Json) -> float | None:
    """When the model stops answering, in seconds since the epoch: the sku's date, else the model's."""
    text = sku.get("deprecationDate") or (model.get("deprecation") or {}).get("inference")
    try:
        return datetime.fromisoformat(str(text)).timestamp() if text else None
    except ValueError:
        return None


def capacity_problems(demands: Sequence[Demand], offers: Mapping[str, Offers]) -> Iterator[ApimlbError]:
    """Capacities that the sku does not come in, and quotas that all demands together go beyond."""
    quotas: dict[tuple[str, str], list[Demand]] = {}
    for demand in demands:
        sku = offers[demand.location].sku(demand) if demand.location in offers else None
        if sku is None:
            continue
        wrong = _odd_size(demand, sku.get("capacity") or {})
        if wrong is not None:
            yield wrong
        if sku.get("usageName"):
            quotas.setdefault((demand.location, sku["usageName"]), []).append(demand)
    for (location, name), drawing in quotas.items():
        short_of = _short_of(location, name, drawing, offers[location])
        if short_of is not None:
            yield short_of


def _odd_size(demand: Demand, sizes: Json) -> QuotaError | None:
    least, most = int(sizes.get("minimum") or 1), sizes.get("maximum")
    step = int(sizes.get("step") or 1)
    if demand.capacity >= least and (most is None or demand.capacity <= int(most)):
        if demand.capacity % step == 0:
            return None
        said = f"comes in steps of {step}"
    else:
        said = f"is at least {least}" + (f" and at most {most}" if most is not None else "")
    return QuotaError(
        f"The capacity of {demand.model['name']} as {demand.sku} {said}, not {demand.capacity}",
        where=demand.label,
        why="A sku comes in sizes of its own.",
        next_step="Set another capacity.",
    )


def _short_of(location: str, name: str, drawing: Sequence[Demand], offers: Offers) -> QuotaError | None:
    usage = offers.usage(name)
    more = sum(demand.capacity - demand.held for demand in drawing)
    if usage is None or more <= 0:
        return None
    used, limit = usage
    if more <= limit - used:
        return None
    held = sum(demand.held for demand in drawing)
    possible = max(0, limit - used + held)
    labels = ", ".join(demand.label for demand in drawing)
    return ShortageError(
        f"{location} has {limit - used} left of its quota {name} ({used} of {limit} used), {more} are wanted",
        where=labels,
        next_step=f"A capacity of {possible} in all would fit. {QUOTA}",
    )
