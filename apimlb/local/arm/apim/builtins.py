"""What every new service holds: the all-access subscription, a policy of all APIs, groups, its administrator
and, on the classic tiers, samples.

Recorded: apim_cli_subscription 1, apim_cli_core_service t1 and t3.
"""

from apimlb.http import last_segment
from apimlb.local.arm.apim import shape
from apimlb.local.arm.apim.etags import apim_etag
from apimlb.local.arm.call import Azure
from apimlb.local.store import Document, Json, kind_of

GLOBAL = (
    "<policies>\r\n\t<inbound />\r\n\t<backend>\r\n\t\t<forward-request />\r\n\t</backend>\r\n"
    "\t<outbound />\r\n\t<on-error />\r\n</policies>"
)
"""The policy of all APIs: forward-request stands at the global scope by default (Microsoft Learn)."""


def plant_builtins(azure: Azure, service: Document) -> None:
    """Write the documents that come with the service."""
    master = {
        "scope": f"{service.id}/",
        "displayName": "Built-in all-access subscription",
        "state": "active",
        "createdDate": azure.time(),
        "startDate": None,
        "expirationDate": None,
        "endDate": None,
        "notificationDate": None,
        "stateComment": None,
        "allowTracing": True,
    }
    _plant(azure, f"{service.id}/policies/policy", {"format": "xml", "value": GLOBAL}, {"rawxml": GLOBAL})
    keys = {"primaryKey": azure.hex(32), "secondaryKey": azure.hex(32)}
    _plant(azure, f"{service.id}/subscriptions/master", master, keys)
    if service.body["sku"]["name"] != "Consumption":
        for name, group in _GROUPS.items():
            _plant(azure, f"{service.id}/groups/{name}", group)
        _plant_administrator(azure, service)
    if shape.is_classic(service.body["sku"]["name"]):
        _plant(azure, f"{service.id}/apis/echo-api", _ECHO)
        for name, product in _PRODUCTS.items():
            _plant(azure, f"{service.id}/products/{name}", product)
            _plant(azure, f"{service.id}/products/{name}/apis/echo-api", _ECHO)
            _plant(azure, f"{service.id}/products/{name}/groups/administrators", ADMINISTRATORS)


def _plant_administrator(azure: Azure, service: Document) -> None:
    """User 1, whose address is the publisher's."""
    email = service.body["properties"].get("publisherEmail") or ""
    administrator = {
        "firstName": "Administrator",
        "lastName": "",
        "email": email,
        "state": "active",
        "registrationDate": azure.time(),
        "note": None,
        "groups": [],
        "identities": [{"provider": "Azure", "id": email}],
    }
    _plant(azure, f"{service.id}/users/1", administrator)
    for group in ("administrators", "developers"):
        _plant(azure, f"{service.id}/groups/{group}/users/1", {})


def _plant(azure: Azure, id: str, properties: Json, hidden: Json | None = None) -> None:
    parts = id.partition("/service/")[2].split("/")[1::2]
    body = {
        "id": id,
        "type": "/".join((shape.TYPE, *parts)),
        "name": last_segment(id),
        "properties": dict(properties),
    }
    azure.store.put(Document(id, kind_of(id), body, hidden or {}, apim_etag(azure)))


def _group(name: str, description: str) -> Json:
    return {
        "displayName": name,
        "description": description,
        "builtIn": True,
        "type": "system",
        "externalId": None,
    }


# The words for administrators as recorded in apim_aso_20240501_crud_a 46.
ADMINISTRATORS = _group(
    "Administrators",
    "Administrators is a built-in group containing the admin email account provided at the time of service "
    "creation. Its membership is managed by the system.",
)
_GROUPS = {
    "administrators": ADMINISTRATORS,
    "developers": _group("Developers", "Everybody who has signed in to the developer portal."),
    "guests": _group("Guests", "Everybody who has not signed in to the developer portal."),
}
_ECHO: Json = {
    "displayName": "Echo API",
    "apiRevision": "1",
    "description": None,
    "subscriptionRequired": True,
    "serviceUrl": "http://echoapi.cloudapp.net/api",
    "path": "echo",
    "protocols": ["https"],
    "authenticationSettings": {"oAuth2": None, "openid": None},
    "subscriptionKeyParameterNames": {"header": "Ocp-Apim-Subscription-Key", "query": "subscription-key"},
    "isCurrent": True,
}
_PRODUCTS: dict[str, Json] = {
    "starter": {
        "displayName": "Starter",
        "description": "Subscribers will be able to run 5 calls/minute up to a maximum of 100 calls/week.",
        "terms": "",
        "subscriptionRequired": True,
        "approvalRequired": False,
        "subscriptionsLimit": 1,
        "state": "published",
    },
    "unlimited": {
        "displayName": "Unlimited",
        "description": "Subscribers have completely unlimited access to the API. "
        "Administrator approval is required.",
        "terms": None,
        "subscriptionRequired": True,
        "approvalRequired": True,
        "subscriptionsLimit": 1,
        "state": "published",
    },
}
