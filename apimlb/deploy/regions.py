"""Where a model is offered and how much of its quota is free: over all regions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from apimlb.deploy.catalogue import Demand, Offers, retirement
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.facts import offers_in
from apimlb.errors import NotFoundError, meant
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


def find(cloud: Cloud, search: Search, now: float) -> tuple[Place, ...]:
    """Where the model is offered as the sku and not retired `now` (seconds since the epoch), most free first.

    Raises `NotFoundError` for nowhere.
    """
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
    found = sorted(places(offers, meant_ones, search, now), key=lambda place: (-place.free, place.location))
    if not found:
        version = f" {search.version}" if search.version else ""
        raise NotFoundError(
            f"No region offers {search.model}{version} as {search.sku}.{_offered(offers, search, now)}",
            where=search.geography or "every region of the subscription",
            next_step="Name another --model, --version, --sku or --geography.",
        )
    return tuple(found)


def _offered(offers: Mapping[str, Offers], search: Search, now: float) -> str:
    """What is offered instead: versions or other skus of the model, or models of a similar name."""
    entries = [
        entry["model"]
        for region in offers.values()
        for entry in region.models
        if entry.get("kind") == "OpenAI"
    ]
    found = [(m, sku) for m in entries if m.get("name") == search.model for sku in m.get("skus") or ()]
    skus = sorted({str(sku["name"]) for _, sku in found})
    if search.sku in skus:
        found = [(model, sku) for model, sku in found if sku["name"] == search.sku]
        gone = {str(model.get("version")) for model, sku in found if _is_retired(model, sku, now)}
        there = {str(model.get("version")) for model, _ in found} - gone
        told = {"There is ": there, "Retired: ": gone}
        return "".join(f" {words}{', '.join(sorted(names))}." for words, names in told.items() if names)
    if skus:
        return f" It comes as {', '.join(skus)}.{meant(search.sku, skus)}"
    return meant(search.model, sorted({str(model.get("name")) for model in entries}))


def _lives(model: Json, sku: str, now: float) -> bool:
    """Whether the model is there as the sku, and not retired."""
    return any(each["name"] == sku and not _is_retired(model, each, now) for each in model.get("skus") or ())


def _is_retired(model: Json, sku: Json, now: float) -> bool:
    day = retirement(model, sku)
    return day is not None and day <= now


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


def places(
    offers: Mapping[str, Offers], geographies: Mapping[str, str], search: Search, now: float
) -> Iterator[Place]:
    """Of each region the version asked for, else its default version of the model; what is retired is not."""
    for location, region in offers.items():
        known = {v: model for v, model in region.of(search.model).items() if _lives(model, search.sku, now)}
        for version in _versions(known, search.version):
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
