"""Where a model is offered and how much of its quota is free: over all regions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from apimlb.deploy.catalogue import Demand, Offers
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.facts import offers_in
from apimlb.errors import NotFoundError
from apimlb.stack.complaints import meant
from apimlb.stack.differences import at
from apimlb.stack.resources import Json


@dataclass(frozen=True, slots=True)
class Place:
    """A region that offers a model as a sku, with what is free of its quota there."""

    location: str
    geography: str
    model: str
    version: str
    sku: str
    limit: int
    used: int

    @property
    def free(self) -> int:
        return max(0, self.limit - self.used)

    def document(self) -> Json:
        return {**asdict(self), "free": self.free}


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: so much of a model's sku, in a geography (`Europe`, `US`) or anywhere."""

    model: str
    capacity: int
    sku: str = "GlobalStandard"
    version: str = ""
    geography: str = ""


def geographies_of(cloud: Cloud) -> dict[str, str]:
    """The regions that the subscription can use, each with the group of geographies that it is in."""
    return {str(row["name"]): str(at(row, "metadata.geographyGroup") or "") for row in cloud.regions()}


def find(cloud: Cloud, search: Search) -> tuple[Place, ...]:
    """Where the model is offered as the sku, most free first; raises `NotFoundError` for nowhere."""
    known = geographies_of(cloud)
    meant_ones = {
        region: group for region, group in known.items() if search.geography.lower() in ("", group.lower())
    }
    if not meant_ones:
        groups = sorted(set(known.values()) - {""})
        raise NotFoundError(
            f"There is no geography {search.geography}.{meant(search.geography, groups)}",
            next_step=f"There are {', '.join(groups)}.",
        )
    offers = offers_in(cloud, meant_ones)
    found = sorted(places(offers, meant_ones, search), key=lambda place: (-place.free, place.location))
    if not found:
        raise NotFoundError(
            f"No region offers {search.model} as {search.sku}.{_offered(offers, search)}",
            where=search.geography or "every region of the subscription",
            next_step="Name another --model, --sku or --geography.",
        )
    return tuple(found)


def _offered(offers: Mapping[str, Offers], search: Search) -> str:
    """What is offered instead: other skus of the model, or models of a similar name."""
    entries = [
        entry["model"]
        for region in offers.values()
        for entry in region.models
        if entry.get("kind") == "OpenAI"
    ]
    skus = {str(sku["name"]) for m in entries if m.get("name") == search.model for sku in m.get("skus") or ()}
    if skus:
        return f" It comes as {', '.join(sorted(skus))}."
    return meant(search.model, sorted({str(model.get("name")) for model in entries}))


def proposal(found: Sequence[Place], capacity: int, count: int) -> tuple[tuple[str, int], ...]:
    """Regions and what to ask of each: `count` of them where so much is free, else the fewest that together
    have it; none when all of them have less."""
    roomy = [(place.location, capacity) for place in found if place.free >= capacity]
    if roomy:
        return tuple(roomy[:count])
    chosen: list[tuple[str, int]] = []
    lacking = capacity
    for place in found:
        given = min(place.free, lacking)
        if given <= 0:
            break
        chosen.append((place.location, given))
        lacking -= given
    return tuple(chosen) if lacking <= 0 else ()


def places(offers: Mapping[str, Offers], geographies: Mapping[str, str], search: Search) -> Iterator[Place]:
    """Of each region the version asked for, else its default version of the model."""
    for location, region in offers.items():
        for version in _versions(region.of(search.model), search.version):
            demand = Demand("", location, {"name": search.model, "version": version}, search.sku, 1)
            sku = region.sku(demand)
            usage = region.usage(str(sku["usageName"])) if sku and sku.get("usageName") else None
            if usage is not None:
                used, limit = usage
                yield Place(
                    location,
                    geographies.get(location, ""),
                    search.model,
                    version,
                    search.sku,
                    limit,
                    used,
                )


def _versions(known: Mapping[str, Json], asked: str) -> Iterable[str]:
    if asked:
        return [asked] if asked in known else []
    usual = [version for version, entry in known.items() if entry.get("isDefaultVersion")]
    return usual[:1] or sorted(known)[-1:]
