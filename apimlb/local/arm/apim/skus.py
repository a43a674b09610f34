"""The tiers of API Management: where they can be had, and to which a service can change.

Shapes and capacities: Microsoft's description of 2024-05-01 (ApiManagementSkus_List,
ApiManagementServiceSkus_ListAvailableServiceSkus) and Microsoft Learn, "API Management limits".
"""

from apimlb.local.arm.apim import shape
from apimlb.local.arm.apim.operations import PROVIDER, SERVICE
from apimlb.local.arm.apim.services import require_service
from apimlb.local.arm.call import Call, Reply
from apimlb.local.arm.locations import REGIONS
from apimlb.local.arm.routes import Route
from apimlb.local.store import Json


def list_skus(call: Call) -> Reply:
    """Every tier, with the regions that have it."""
    names = [region.display for region in REGIONS.values()]
    rows: list[Json] = [
        {
            "resourceType": "service",
            "name": tier,
            "locations": names,
            "locationInfo": [{"location": name, "zones": [], "zoneDetails": []} for name in names],
            "capacity": {
                **_capacity(tier),
                "scaleType": "Automatic" if shape.MOST_UNITS[tier] > 1 else "None",
            },
            "restrictions": [],
        }
        for tier in shape.TIERS
    ]
    return Reply(200, {"value": rows})


def list_service_skus(call: Call) -> Reply:
    """The tiers that the service can change to: those of its own generation."""
    now = require_service(call).body["sku"]["name"]
    fitting = [tier for tier in shape.TIERS if shape.is_v2(tier) == shape.is_v2(now)]
    rows: list[Json] = [
        {
            "resourceType": shape.TYPE,
            "sku": {"name": tier},
            "capacity": {
                **_capacity(tier),
                "scaleType": "automatic" if shape.MOST_UNITS[tier] > 1 else "none",
            },
        }
        for tier in fitting
    ]
    return Reply(200, {"value": rows})


def _capacity(tier: str) -> Json:
    least = 0 if tier == "Consumption" else 1
    return {"minimum": least, "maximum": shape.MOST_UNITS[tier], "default": least}


ROUTES = (
    Route("GET", f"{PROVIDER}/skus", list_skus),
    Route("GET", f"{SERVICE}/skus", list_service_skus),
)
