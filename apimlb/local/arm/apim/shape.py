"""What an API Management service looks like, by tier and by api-version.

Stored is the body of 2024-05-01 (recorded: apim_aso_backend 2, 10); older api-versions leave keys out and
order them differently (recorded: apim_cli_core_service 2, apim_cli_deletedservice 3).
"""

from apimlb.http import last_segment
from apimlb.local.arm.call import Azure, section
from apimlb.local.arm.locations import Region
from apimlb.local.store import Json

TYPE = "Microsoft.ApiManagement/service"

MOST_UNITS = {
    "Basic": 2,
    "BasicV2": 10,
    "Consumption": 0,
    "Developer": 1,
    "Isolated": 12,
    "Premium": 12,
    "PremiumV2": 30,
    "Standard": 4,
    "StandardV2": 10,
}
"""By tier."""
TIERS = tuple(MOST_UNITS)
# How long it takes to make a service and to delete it, in seconds (recorded: apim_aso_backend 2-10,
# apim_cli_deletedservice 3-4, apim_cli_core_service 3 and t15-t17).
_CREATE_SECONDS = {"Consumption": 60.0, "BasicV2": 140.0, "StandardV2": 140.0, "PremiumV2": 140.0}
_CLASSIC_SECONDS = 3900.0

_SECURITY = "Microsoft.WindowsAzure.ApiManagement.Gateway.Security."
_SWITCHES = (
    _SECURITY + "Protocols.Tls10",
    _SECURITY + "Protocols.Tls11",
    _SECURITY + "Backend.Protocols.Tls10",
    _SECURITY + "Backend.Protocols.Tls11",
    _SECURITY + "Backend.Protocols.Ssl30",
    "Microsoft.WindowsAzure.ApiManagement.Gateway.Protocols.Server.Http2",
)
# Recorded: apim_cli_core_service t6.
_CLASSIC_SWITCHES = (
    *_SWITCHES[:2],
    _SECURITY + "Protocols.Ssl30",
    _SECURITY + "Ciphers.TripleDes168",
    *_SWITCHES[2:],
)
# A region's part of a regional address (recorded: apim_cli_core_service t6); the others by their names.
_SHORT = {"westus": "wu"}

# Keys that an api-version before the one named does not have.
_SINCE = {
    "platformVersion": "2021-08-01",
    "publicNetworkAccess": "2021-08-01",
    "publicIpAddressId": "2021-08-01",
    "privateEndpointConnections": "2021-08-01",
    "zones": "2021-08-01",
    "systemData": "2021-08-01",
    "natGatewayState": "2022-08-01",
    "outboundPublicIPAddresses": "2022-08-01",
    "dataApiUrl": "2024-05-01",
    "configurationApi": "2024-05-01",
    "legacyPortalStatus": "2024-05-01",
    "developerPortalStatus": "2024-05-01",
    "identityClientId": "2021-08-01",
    "certificateSource": "2021-08-01",
    "certificateStatus": "2021-08-01",
}
_OLD_ORDER = (
    "id",
    "name",
    "type",
    "tags",
    "location",
    "etag",
    "properties",
    "sku",
    "identity",
    "zones",
    "systemData",
)
_NEW_ORDER = (
    "etag",
    "properties",
    "sku",
    "identity",
    "zones",
    "systemData",
    "location",
    "tags",
    "id",
    "name",
    "type",
)

# What a request may set in `properties`.
_WRITABLE = (
    "additionalLocations",
    "apiVersionConstraint",
    "customProperties",
    "developerPortalStatus",
    "disableGateway",
    "legacyPortalStatus",
    "natGatewayState",
    "notificationSenderEmail",
    "publicIpAddressId",
    "publicNetworkAccess",
    "publisherEmail",
    "publisherName",
    "virtualNetworkConfiguration",
    "virtualNetworkType",
)


def create_seconds(tier: str) -> float:
    return _CREATE_SECONDS.get(tier, _CLASSIC_SECONDS)


def delete_seconds(tier: str) -> float:
    return 120.0 if is_classic(tier) else 60.0


def is_v2(tier: str) -> bool:
    return tier.endswith("V2")


def is_classic(tier: str) -> bool:
    return not is_v2(tier) and tier != "Consumption"


def service_body(azure: Azure, id: str, sent: Json, place: Region, gateway_url: str) -> Json:
    """The body in the answer to the creating PUT; etag, identity and systemData are the caller's to fill."""
    name = last_segment(id)
    tier = sent["sku"]["name"]
    return {
        "etag": "",
        "properties": _properties(azure, name, tier, section(sent, "properties"), gateway_url),
        "sku": {"name": tier, "capacity": sent["sku"].get("capacity", 0)},
        "identity": None,
        "zones": sent.get("zones"),
        "systemData": None,
        "location": place.display,
        "tags": section(sent, "tags"),
        "id": id,
        "name": name,
        "type": TYPE,
    }


def _properties(azure: Azure, name: str, tier: str, sent: Json, gateway_url: str) -> Json:
    v2 = is_v2(tier)
    management = "https://smapi.api-local-prod-scaleunit-001.p.azurewebsites.net/" if v2 else None
    made: Json = {
        "publisherEmail": None,
        "publisherName": None,
        "notificationSenderEmail": "apimgmt-noreply@mail.windowsazure.com",
        "provisioningState": "Created",
        "targetProvisioningState": "" if v2 else "Activating",
        "createdAtUtc": azure.time(),
        "gatewayUrl": gateway_url,
        "gatewayRegionalUrl": None,
        "portalUrl": None,
        "developerPortalUrl": None,
        "dataApiUrl": None,
        "managementApiUrl": management,
        "scmUrl": None,
        "hostnameConfigurations": [_proxy(name)],
        "publicIPAddresses": None,
        "privateIPAddresses": None,
        "additionalLocations": None,
        "virtualNetworkConfiguration": None,
        "customProperties": dict.fromkeys(_SWITCHES, "False") if v2 else None,
        "virtualNetworkType": "None",
        "certificates": None,
        **({} if v2 else {"disableGateway": False}),
        "natGatewayState": "Enabled" if v2 else "Disabled",
        "outboundPublicIPAddresses": None,
        "apiVersionConstraint": {"minApiVersion": None},
        "publicIpAddressId": None,
        "publicNetworkAccess": "Enabled",
        "privateEndpointConnections": None,
        "platformVersion": "undetermined" if v2 else "mtv1" if tier == "Consumption" else "stv2",
        "configurationApi": None,
        "legacyPortalStatus": "Disabled",
        "developerPortalStatus": "Disabled",
    }
    return {**made, **writable(sent)}


def writable(sent: Json) -> Json:
    return {name: sent[name] for name in _WRITABLE if sent.get(name) is not None}


def _proxy(name: str) -> Json:
    return {
        "type": "Proxy",
        "hostName": f"{name}.azure-api.net",
        "encodedCertificate": None,
        "keyVaultId": None,
        "certificatePassword": None,
        "negotiateClientCertificate": False,
        "certificate": None,
        "defaultSslBinding": True,
        "identityClientId": None,
        "certificateSource": "BuiltIn",
        "certificateStatus": None,
    }


def succeeded(body: Json, place: Region | None) -> Json:
    """The body once an operation has ended; the classic tiers then have their other addresses (recorded:
    apim_cli_core_service t6)."""
    name, tier = body["name"], body["sku"]["name"]
    properties = {**body["properties"], "provisioningState": "Succeeded", "targetProvisioningState": ""}
    if properties["customProperties"] is None:
        properties["customProperties"] = dict.fromkeys(_switches(tier), "False")
    if is_classic(tier) and place:
        short = _SHORT.get(place.name, place.name)
        properties["gatewayRegionalUrl"] = f"https://{name}-{short}-01.regional.azure-api.net"
        properties["portalUrl"] = f"https://{name}.portal.azure-api.net"
        properties["developerPortalUrl"] = f"https://{name}.developer.azure-api.net"
        properties["managementApiUrl"] = f"https://{name}.management.azure-api.net"
        properties["scmUrl"] = f"https://{name}.scm.azure-api.net"
        properties["publicIPAddresses"] = ["203.0.113.1"]
    return {**body, "properties": properties}


def shown(body: Json, api_version: str) -> Json:
    """The body as the api-version of the request shows it."""
    order = _NEW_ORDER if api_version >= "2022-08-01" else _OLD_ORDER
    top = {name: body[name] for name in order if _SINCE.get(name, "") <= api_version}
    inner = _known(body["properties"], api_version)
    inner["hostnameConfigurations"] = [_known(host, api_version) for host in inner["hostnameConfigurations"]]
    return {**top, "properties": inner}


def _known(fields: Json, api_version: str) -> Json:
    return {name: value for name, value in fields.items() if _SINCE.get(name, "") <= api_version}


def listed(body: Json, api_version: str) -> Json:
    """The body as a list of services shows it: hardly filled in while a service is being made (recorded:
    apim_cli_core_service t6, t18)."""
    made = shown(body, api_version)
    properties, tier = made["properties"], body["sku"]["name"]
    if properties["provisioningState"] != "Created" or is_v2(tier):
        return made
    begun = {
        "provisioningState": "Activating",
        "targetProvisioningState": "Activating",
        "createdAtUtc": "0001-01-01T00:00:00",
        "gatewayUrl": None,
        "customProperties": dict.fromkeys(_switches(tier), "false"),
    }
    inner = {name: begun.get(name, value) for name, value in properties.items() if name != "disableGateway"}
    nobody = {"type": "none", "principalId": None, "tenantId": None}
    return {**made, "properties": inner, "identity": made["identity"] or nobody}


def _switches(tier: str) -> tuple[str, ...]:
    return _CLASSIC_SWITCHES if is_classic(tier) else _SWITCHES
