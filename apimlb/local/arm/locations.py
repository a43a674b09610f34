"""Azure's regions: short name, display name, and the data zone that it belongs to.

Source: Microsoft Learn, "List of Azure regions"; Azure OpenAI, "Deployment types" (data zones).
"""

from dataclasses import dataclass
from typing import Literal

Zone = Literal["", "us", "eu"]


@dataclass(frozen=True, slots=True)
class Region:
    name: str
    display: str
    zone: Zone = ""
    openai: bool = True


_REGIONS = (
    Region("australiaeast", "Australia East"),
    Region("australiasoutheast", "Australia Southeast", openai=False),
    Region("brazilsouth", "Brazil South"),
    Region("canadacentral", "Canada Central"),
    Region("canadaeast", "Canada East"),
    Region("centralindia", "Central India", openai=False),
    Region("centralus", "Central US", "us"),
    Region("eastasia", "East Asia", openai=False),
    Region("eastus", "East US", "us"),
    Region("eastus2", "East US 2", "us"),
    Region("francecentral", "France Central", "eu"),
    Region("germanywestcentral", "Germany West Central", "eu"),
    Region("italynorth", "Italy North", "eu"),
    Region("japaneast", "Japan East"),
    Region("japanwest", "Japan West", openai=False),
    Region("koreacentral", "Korea Central"),
    Region("northcentralus", "North Central US", "us"),
    Region("northeurope", "North Europe", "eu", openai=False),
    Region("norwayeast", "Norway East"),
    Region("polandcentral", "Poland Central", "eu"),
    Region("southafricanorth", "South Africa North"),
    Region("southcentralus", "South Central US", "us"),
    Region("southeastasia", "Southeast Asia"),
    Region("southindia", "South India"),
    Region("spaincentral", "Spain Central", "eu"),
    Region("swedencentral", "Sweden Central", "eu"),
    Region("switzerlandnorth", "Switzerland North"),
    Region("switzerlandwest", "Switzerland West"),
    Region("uaenorth", "UAE North"),
    Region("uksouth", "UK South"),
    Region("ukwest", "UK West", openai=False),
    Region("westcentralus", "West Central US", "us", openai=False),
    Region("westeurope", "West Europe", "eu"),
    Region("westus", "West US", "us"),
    Region("westus2", "West US 2", "us", openai=False),
    Region("westus3", "West US 3", "us"),
)

_GROUPS = {
    "Asia Pacific": ("australia", "india", "asia", "japan", "korea"),
    "Europe": (
        "france",
        "germany",
        "italy",
        "europe",
        "norway",
        "poland",
        "spain",
        "sweden",
        "switzer",
        "uk",
    ),
    "US": ("us",),
    "Canada": ("canada",),
    "Africa": ("africa",),
    "South America": ("brazil",),
    "Middle East": ("uae",),
}


def geography_group(name: str) -> str:
    """What Azure groups the region's geography under."""
    return next(group for group, parts in _GROUPS.items() if any(part in name for part in parts))


REGIONS = {region.name: region for region in _REGIONS}
OPENAI_REGIONS = tuple(region.name for region in _REGIONS if region.openai)


def region(location: object) -> Region | None:
    """The region of a short or display name in any case ("East US", "eastus")."""
    return REGIONS.get(str(location).replace(" ", "").lower())
