"""The models that can be deployed: versions, SKUs, rate limits per unit, default quota, retirement.

One row per model version. Sources: Microsoft Learn, "Azure OpenAI in Foundry Models quotas and limits"
(August 2026), "Model deprecations and retirements" (July 2026) and "Provisioned throughput unit costs" (the
sizes of provisioned deployments, up to gpt-4.1; newer models are taken for like their elders); the shapes are
as recorded in cog_cli_list_models 1 and cog_cli_list_usages 1. Requests per unit follow from the ratio of the
default request and token quotas; Azure publishes no table of them for the newer models.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from apimlb.local.arm.locations import REGIONS
from apimlb.local.store import Json

Reach = Literal["global", "zone", "region"]


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` requests per `period` seconds for each unit of capacity."""

    count: int
    period: int


SIX_PER_MINUTE = Rate(1, 10)  # recorded: cog_aso_deployment 9
TEN_PER_MINUTE = Rate(10, 60)
ONE_PER_MINUTE = Rate(1, 60)

_REACH: dict[str, Reach] = {
    "GlobalStandard": "global",
    "DataZoneStandard": "zone",
    "Standard": "region",
    "GlobalProvisionedManaged": "global",
    "DataZoneProvisionedManaged": "zone",
    "ProvisionedManaged": "region",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU that a model can be deployed with. `quota` is the default limit and `default` the suggested
    capacity, both in thousands of tokens per minute, or in units of provisioned throughput, which come in
    steps and have no rate of requests; `regions` narrows a regional SKU, () for no limit."""

    sku: str
    quota: int
    requests: Rate | None = None
    default: int = 10
    minimum: int = 1
    maximum: int = 1_000_000
    step: int = 1
    regions: tuple[str, ...] = ()

    @property
    def provisioned(self) -> bool:
        return self.requests is None

    def in_region(self, name: str) -> bool:
        """Whether the SKU is offered there: global ones everywhere, data zone ones in the US and the EU."""
        region = REGIONS[name]
        if not region.openai:
            return False
        if _REACH[self.sku] == "zone":
            return bool(region.zone)
        return not self.regions or name in self.regions

    def usage_name(self, model: str) -> str:
        """The key of the quota, which all versions of a model share, and all models where throughput is
        provisioned (recorded: cog_cli_list_usages 1)."""
        return f"OpenAI.{self.sku}" if self.provisioned else f"OpenAI.{self.sku}.{model}"

    def rates(self, capacity: int) -> list[Json]:
        """The rate limits of a deployment with this capacity; provisioned throughput has none."""
        if self.requests is None:
            return []
        count = self.requests.count * capacity
        return [
            {"key": "request", "renewalPeriod": self.requests.period, "count": count},
            {"key": "token", "renewalPeriod": 60, "count": 1000 * capacity},
        ]


@dataclass(frozen=True, slots=True)
class Model:
    """One version of a model; `retires` is the day on which it can no longer be deployed.

    `label` is what a quota of the regional SKU calls it, if not by its name; `area` whether a deployment says
    in which data zone it is; `described`, `tunes` (the last day of fine-tuning) and `follower` (name, version
    and the day on which upgrades begin) are in the row of locations/models.
    """

    name: str
    version: str
    retires: str
    offers: tuple[Offer, ...]
    created: str
    capabilities: tuple[tuple[str, str], ...]
    default: bool = True
    label: str = ""
    area: bool = False
    described: str = ""
    tunes: str = ""
    follower: tuple[str, str, str] | None = None
    maximum: int = 9

    @property
    def asset(self) -> str:
        return f"azureml://registries/azure-openai/models/{self.name}/versions/{self.version}"

    def retired(self, now: float) -> bool:
        return now >= datetime.fromisoformat(self.retires).replace(tzinfo=UTC).timestamp()

    def offer(self, sku: str) -> Offer | None:
        return next((item for item in self.offers if item.sku.lower() == sku.lower()), None)


def _chat(context: int, output: int) -> tuple[tuple[str, str], ...]:
    """In the order recorded in cog_aso_deployment 9."""
    return (
        ("chatCompletion", "true"),
        ("jsonSchemaResponse", "true"),
        ("maxContextToken", str(context)),
        ("maxOutputToken", str(output)),
        ("responses", "true"),
    )


_EMBEDDINGS = (("embeddings", "true"), ("embeddingsMaxInputs", "2048"))
_STANDARD_REGIONS = (
    "eastus",
    "eastus2",
    "northcentralus",
    "southcentralus",
    "swedencentral",
    "westeurope",
    "westus",
    "westus3",
)


def _offers(
    *,
    glob: int = 0,
    zone: int = 0,
    region: int = 0,
    rate: Rate,
    zone_rate: Rate | None = None,
    default: int = 10,
    units: int = 0,
) -> tuple[Offer, ...]:
    """The SKUs for which a default quota is given, and with `units`, the step of a regional deployment, those
    of provisioned throughput."""
    rows = (
        Offer("GlobalStandard", glob, rate),
        Offer("DataZoneStandard", zone, zone_rate or rate),
        Offer("Standard", region, rate, default=default, regions=_STANDARD_REGIONS),
    )
    return tuple(row for row in rows if row.quota) + (_provisioned(units) if units else ())


_UNITS_QUOTA = 100
"""Subscriptions differ: 0 is recorded (cog_cli_list_usages 1), 100 reported by a user in August 2026."""


def _provisioned(regional: int) -> tuple[Offer, ...]:
    return (
        _units("GlobalProvisionedManaged", 15, 5),
        _units("DataZoneProvisionedManaged", 15, 5),
        _units("ProvisionedManaged", regional, regional, _STANDARD_REGIONS),
    )


def _units(sku: str, minimum: int, step: int, regions: tuple[str, ...] = ()) -> Offer:
    return Offer(
        sku,
        _UNITS_QUOTA,
        default=minimum,
        minimum=minimum,
        maximum=100_000,
        step=step,
        regions=regions,
    )


_GPT5 = _chat(400_000, 128_000)
_GPT4 = _chat(128_000, 16_384)
# Recorded: cog_aso_deployment 9 and 11, cog_cli_list_models 1.
_GPT4O_AUGUST = (_GPT4[0], ("assistants", "true"), *_GPT4[1:])
_GPT4O_NOVEMBER = (_GPT4[0], ("assistants", "true"), _GPT4[1], _GPT4[-1])
_GPT35 = (
    ("completion", "true"),
    ("maxContextToken", "16385"),
    ("maxOutputToken", "4096"),
    ("FineTuneTokensMaxValuePerExample", "16385"),
    ("FineTuneTokensMaxValue", "2000000000"),
    ("chatCompletion", "true"),
    ("assistants", "true"),
    ("allowProvisionedManagedCommitment", "true"),
)

MODELS = (
    Model(
        "gpt-5.1",
        "2025-11-13",
        "2027-05-15",
        _offers(glob=1000, zone=300, region=300, rate=TEN_PER_MINUTE, units=50),
        "2025-11-13",
        _GPT5,
    ),
    Model(
        "gpt-5.2",
        "2025-12-11",
        "2026-12-12",
        _offers(glob=1000, zone=300, rate=TEN_PER_MINUTE, units=50),
        "2025-12-11",
        _GPT5,
    ),
    Model(
        "gpt-5",
        "2025-08-07",
        "2027-02-06",
        _offers(glob=1000, zone=300, rate=TEN_PER_MINUTE, units=50),
        "2025-08-07",
        _GPT5,
    ),
    Model(
        "gpt-5-mini",
        "2025-08-07",
        "2027-02-06",
        _offers(glob=1000, zone=300, rate=ONE_PER_MINUTE, units=25),
        "2025-08-07",
        _GPT5,
    ),
    Model(
        "gpt-5-nano",
        "2025-08-07",
        "2027-02-06",
        _offers(glob=5000, zone=2000, rate=ONE_PER_MINUTE),
        "2025-08-07",
        _GPT5,
    ),
    Model(
        "gpt-5.4",
        "2026-03-05",
        "2027-03-05",
        _offers(glob=1000, zone=300, rate=TEN_PER_MINUTE, zone_rate=ONE_PER_MINUTE, units=50),
        "2026-03-05",
        _GPT5,
    ),
    Model(
        "gpt-5.4-mini",
        "2026-03-17",
        "2027-03-18",
        _offers(glob=1000, zone=300, rate=ONE_PER_MINUTE, units=25),
        "2026-03-17",
        _GPT5,
    ),
    Model(
        "gpt-5.4-nano",
        "2026-03-17",
        "2027-03-18",
        _offers(glob=5000, zone=2000, rate=ONE_PER_MINUTE),
        "2026-03-17",
        _GPT5,
    ),
    Model(
        "gpt-5.5",
        "2026-04-24",
        "2027-04-23",
        _offers(glob=1000, zone=300, rate=ONE_PER_MINUTE, units=50),
        "2026-04-24",
        _GPT5,
    ),
    Model(
        "gpt-4.1",
        "2025-04-14",
        "2026-10-14",
        _offers(glob=1000, zone=300, rate=ONE_PER_MINUTE, units=50),
        "2025-04-14",
        _GPT4,
    ),
    Model(
        "gpt-4.1-mini",
        "2025-04-14",
        "2026-10-14",
        _offers(glob=5000, zone=2000, rate=ONE_PER_MINUTE, units=25),
        "2025-04-14",
        _GPT4,
    ),
    Model(
        "gpt-4o",
        "2024-11-20",
        "2026-10-01",
        _offers(glob=450, zone=300, region=150, rate=SIX_PER_MINUTE, units=50),
        "2024-11-20",
        _GPT4O_NOVEMBER,
        area=True,
    ),
    Model(
        "gpt-4o",
        "2024-08-06",
        "2026-10-01",
        _offers(glob=450, zone=300, region=150, rate=SIX_PER_MINUTE, units=50),
        "2024-08-06",
        _GPT4O_AUGUST,
        default=False,
        area=True,
    ),
    Model(
        "gpt-4o-mini",
        "2024-07-18",
        "2026-10-01",
        _offers(glob=2000, zone=1000, region=450, rate=TEN_PER_MINUTE, units=25),
        "2024-07-18",
        _GPT4,
    ),
    Model(
        "gpt-35-turbo",
        "0125",
        "2025-11-11",
        _offers(region=480, rate=SIX_PER_MINUTE, default=100),
        "2024-02-15",
        _GPT35,
        label="GPT-35-Turbo",
        described="GPT-3.5 models can understand and generate natural language or code. GPT-3.5 Turbo is "
        "available for use with the Chat Completions API.",
        tunes="2025-10-28",
        follower=("gpt-4.1-mini", "2025-04-14", "2025-09-30"),
    ),
    Model(
        "gpt-35-turbo",
        "0613",
        "2025-02-13",
        _offers(region=480, rate=SIX_PER_MINUTE),
        "2023-06-19",
        _chat(4_096, 4_096),
        default=False,
        label="GPT-35-Turbo",
    ),
    Model(
        "text-embedding-3-small",
        "1",
        "2027-04-15",
        _offers(glob=1000, region=350, rate=SIX_PER_MINUTE),
        "2024-01-25",
        _EMBEDDINGS,
    ),
    Model(
        "text-embedding-3-large",
        "1",
        "2027-04-15",
        _offers(glob=1000, region=350, rate=SIX_PER_MINUTE),
        "2024-01-25",
        _EMBEDDINGS,
    ),
    Model(
        "text-embedding-ada-002",
        "2",
        "2027-04-15",
        _offers(region=900, rate=SIX_PER_MINUTE),
        "2023-02-02",
        _EMBEDDINGS,
        label="Text-Embedding-Ada-002",
    ),
)


def find(name: str, version: str | None) -> Model | None:
    """The model; without a version its default one."""
    rows = [model for model in MODELS if model.name.lower() == name.lower()]
    return next(
        (model for model in rows if model.version == version or (not version and model.default)), None
    )


def in_region(name: str) -> list[Model]:
    """The models that a region has in at least one SKU."""
    return [model for model in MODELS if any(offer.in_region(name) for offer in model.offers)]
