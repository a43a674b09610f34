"""The subscription itself: tenants, locations, resource providers, and who owns it at the start."""

import re
import uuid

from apimlb.local.arm import roles
from apimlb.local.arm.call import Azure, Call, Reply
from apimlb.local.arm.errors import GATEWAY, ArmError
from apimlb.local.arm.locations import REGIONS, geography_group
from apimlb.local.arm.routes import SUBSCRIPTION, Route
from apimlb.local.store import Document, Json, kind_of

# The providers that the local Azure has, with the types that a client may look for.
PROVIDERS: dict[str, tuple[str, ...]] = {
    "Microsoft.ApiManagement": ("service", "deletedServices", "locations", "checkNameAvailability"),
    "Microsoft.Authorization": ("roleAssignments", "roleDefinitions", "permissions", "locks"),
    "Microsoft.CognitiveServices": ("accounts", "accounts/deployments", "deletedAccounts", "locations"),
    "Microsoft.Insights": ("components", "workbooks", "scheduledQueryRules", "diagnosticSettings"),
    "Microsoft.ManagedIdentity": ("userAssignedIdentities",),
    "Microsoft.OperationalInsights": ("workspaces", "deletedWorkspaces"),
    "Microsoft.PolicyInsights": ("checkPolicyRestrictions",),
    "Microsoft.Resources": ("subscriptions", "resourceGroups", "tags"),
}
# Versions that clients in use ask for, the newest first.
_VERSIONS = {
    "Microsoft.ApiManagement": ("2024-05-01", "2022-08-01", "2021-08-01", "2020-12-01", "2019-12-01"),
    "Microsoft.Authorization": ("2022-04-01", "2020-04-01-preview", "2018-09-01-preview"),
    "Microsoft.CognitiveServices": ("2025-09-01", "2025-06-01", "2024-10-01", "2023-05-01", "2021-10-01"),
    "Microsoft.Insights": ("2020-02-02", "2015-05-01"),
    "Microsoft.ManagedIdentity": ("2024-11-30", "2023-01-31", "2018-11-30"),
    "Microsoft.OperationalInsights": ("2025-07-01", "2023-09-01", "2020-08-01"),
    "Microsoft.PolicyInsights": ("2022-03-01",),
    "Microsoft.Resources": ("2025-04-01", "2024-11-01", "2022-12-01", "2021-04-01", "2020-06-01"),
}
# Their first ones. No document at hand lists them: they only keep out what is older than the providers.
_FIRST = {
    "Microsoft.ApiManagement": "2014-02-14",
    "Microsoft.Authorization": "2014-04-01",
    "Microsoft.CognitiveServices": "2016-02-01",
    "Microsoft.Insights": "2014-04-01",
    "Microsoft.ManagedIdentity": "2015-08-31",
    "Microsoft.OperationalInsights": "2015-03-20",
}
# What a type of a provider has of its own.
_OTHER_VERSIONS = {
    "diagnosticSettings": ("2021-05-01-preview", "2016-09-01"),
    "locks": ("2020-05-01", "2017-04-01", "2016-09-01"),
    "scheduledQueryRules": ("2023-12-01", "2022-06-15", "2021-08-01", "2018-04-16"),
    "workbooks": ("2023-06-01", "2022-04-01", "2021-03-08"),
}
_ALWAYS = ("microsoft.authorization", "microsoft.resources")


def seed(azure: Azure) -> None:
    """Write what a new subscription has: its owner's role assignment."""
    scope = f"/subscriptions/{azure.settings.subscription_id}"
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}/{azure.settings.owner_id}"))
    id = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
    if azure.store.get(id):
        return
    properties = {
        "roleDefinitionId": f"{scope}{roles.DEFINITION_PATH}/{roles.OWNER}",
        "principalId": azure.settings.owner_id,
        "principalType": "ServicePrincipal",
        "scope": scope,
        "condition": None,
        "conditionVersion": None,
        "createdOn": azure.time(),
        "updatedOn": azure.time(),
        "createdBy": "",
        "updatedBy": "",
        "delegatedManagedIdentityResourceId": None,
        "description": None,
    }
    body = {
        "properties": properties,
        "id": id,
        "type": "Microsoft.Authorization/roleAssignments",
        "name": name,
    }
    azure.store.put(Document(id, kind_of(id), body))


def require_subscription(call: Call) -> None:
    """Raise SubscriptionNotFound for a path into a subscription that is not this one."""
    found = re.match(r"/subscriptions/([^/]+)", call.request.path, re.IGNORECASE)
    if found and found.group(1).lower() != call.azure.settings.subscription_id.lower():
        text = f"The subscription '{found.group(1)}' could not be found."
        raise ArmError(404, "SubscriptionNotFound", text, headers=GATEWAY)


def require_registration(call: Call) -> None:
    """Raise MissingSubscriptionRegistration for a write to a provider that is not registered."""
    _, marker, tail = call.id.rpartition("/providers/")
    namespace = tail.split("/")[0]
    if marker and not _registered(call.azure, namespace):
        raise ArmError(
            409,
            "MissingSubscriptionRegistration",
            f"The subscription is not registered to use namespace '{namespace}'. See "
            "https://aka.ms/rps-not-found for how to register subscriptions.",
            headers=GATEWAY,
            details=[
                {
                    "code": "MissingSubscriptionRegistration",
                    "target": namespace,
                    "message": f"The subscription is not registered to use namespace '{namespace}'. See "
                    "https://aka.ms/rps-not-found for how to register subscriptions.",
                }
            ],
        )


def require_version(call: Call) -> None:
    """Raise NoRegisteredProviderFound for an api-version from before a provider's first one, or of a day that
    has not come.

    Others pass: clients in use ask for more than are listed here. The words are those that users report.
    """
    _, marker, tail = call.id.rpartition("/providers/")
    namespace, _, rest = tail.partition("/")
    name = next((known for known in _FIRST if known.lower() == namespace.lower()), "")
    unborn = call.api_version[:10] > call.azure.time()[:10]
    if not marker and unborn:
        text = f"The api-version '{call.api_version}' is invalid. The supported versions are "
        known = "', '".join(sorted(_VERSIONS["Microsoft.Resources"]))
        raise ArmError(400, "InvalidApiVersionParameter", f"{text}'{known}'.", headers=GATEWAY)
    if marker and name and (call.api_version < _FIRST[name] or unborn):
        kind = "/".join(rest.split("/")[::2])
        versions = _OTHER_VERSIONS.get(kind, _VERSIONS[name])
        raise ArmError(
            400,
            "NoRegisteredProviderFound",
            f"No registered resource provider found for location '' and API version '{call.api_version}' for "
            f"type '{kind}'. The supported api-versions are '{', '.join(sorted(versions))}'.",
            headers=GATEWAY,
        )


def _registered(azure: Azure, namespace: str) -> bool:
    stored = azure.store.get(_registration_id(azure, namespace))
    if stored is not None:
        return bool(stored.hidden["registered"])
    return namespace.lower() not in azure.settings.unregistered or namespace.lower() in _ALWAYS


def _registration_id(azure: Azure, namespace: str) -> str:
    return f"/apimlb/registrations/{azure.settings.subscription_id}/{namespace}"


def _subscription(call: Call) -> Json:
    settings = call.azure.settings
    return {
        "id": f"/subscriptions/{settings.subscription_id}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": settings.subscription_id,
        "tenantId": settings.tenant_id,
        "displayName": settings.subscription_name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }


def get_subscription(call: Call) -> Reply:
    return Reply(200, _subscription(call))


def list_subscriptions(call: Call) -> Reply:
    return Reply(200, {"value": [_subscription(call)], "count": {"type": "Total", "value": 1}})


def list_tenants(call: Call) -> Reply:
    tenant = call.azure.settings.tenant_id
    row = {
        "id": f"/tenants/{tenant}",
        "tenantId": tenant,
        "countryCode": "US",
        "displayName": "Local Azure",
        "domains": ["local.onmicrosoft.com"],
        "tenantCategory": "Home",
        "defaultDomain": "local.onmicrosoft.com",
        "tenantType": "AAD",
    }
    return Reply(200, {"value": [row]})


def list_locations(call: Call) -> Reply:
    rows = [
        {
            "id": f"/subscriptions/{call.azure.settings.subscription_id}/locations/{region.name}",
            "name": region.name,
            "type": "Region",
            "displayName": region.display,
            "regionalDisplayName": region.display,
            "metadata": {"regionType": "Physical", "geographyGroup": geography_group(region.name)},
        }
        for region in REGIONS.values()
    ]
    return Reply(200, {"value": rows})


def _provider(call: Call, namespace: str) -> Json:
    locations = [region.display for region in REGIONS.values()]
    types = [
        {
            "resourceType": name,
            "locations": locations,
            "apiVersions": list(_OTHER_VERSIONS.get(name, _VERSIONS[namespace])),
            "capabilities": "None",
        }
        for name in PROVIDERS[namespace]
    ]
    state = "Registered" if _registered(call.azure, namespace) else "NotRegistered"
    return {
        "id": f"/subscriptions/{call.azure.settings.subscription_id}/providers/{namespace}",
        "namespace": namespace,
        "resourceTypes": types,
        "registrationState": state,
        "registrationPolicy": "RegistrationRequired",
    }


def _namespace(call: Call) -> str:
    sent = call.names["namespace"]
    known = {name.lower(): name for name in PROVIDERS}
    if sent.lower() not in known:
        raise ArmError(501, "NotImplemented", f"The local Azure does not have the provider '{sent}'.")
    return known[sent.lower()]


def get_provider(call: Call) -> Reply:
    return Reply(200, _provider(call, _namespace(call)))


def list_providers(call: Call) -> Reply:
    return Reply(200, {"value": [_provider(call, namespace) for namespace in PROVIDERS]})


def _tenant(row: Json) -> Json:
    """A provider as it is apart from any subscription."""
    kept = ("namespace", "resourceTypes")
    return {"id": f"/providers/{row['namespace']}", **{name: row[name] for name in kept}}


def get_tenant_provider(call: Call) -> Reply:
    return Reply(200, _tenant(_provider(call, _namespace(call))))


def list_tenant_providers(call: Call) -> Reply:
    return Reply(200, {"value": [_tenant(_provider(call, namespace)) for namespace in PROVIDERS]})


def register_provider(call: Call) -> Reply:
    return _set_registration(call, registered=True)


def unregister_provider(call: Call) -> Reply:
    return _set_registration(call, registered=False)


def _set_registration(call: Call, *, registered: bool) -> Reply:
    namespace = _namespace(call)
    id = _registration_id(call.azure, namespace)
    call.store.put(Document(id, "apimlb/registrations", {}, {"registered": registered}))
    return Reply(200, _provider(call, namespace))


ROUTES = (
    Route("GET", "/subscriptions", list_subscriptions, checked=False),
    Route("GET", SUBSCRIPTION, get_subscription),
    Route("GET", f"{SUBSCRIPTION}/locations", list_locations),
    Route("GET", "/tenants", list_tenants, checked=False),
    Route("GET", "/providers", list_tenant_providers, checked=False),
    Route("GET", "/providers/{namespace}", get_tenant_provider, checked=False),
    Route("GET", f"{SUBSCRIPTION}/providers", list_providers),
    Route("GET", f"{SUBSCRIPTION}/providers/{{namespace}}", get_provider),
    Route("POST", f"{SUBSCRIPTION}/providers/{{namespace}}/register", register_provider),
    Route("POST", f"{SUBSCRIPTION}/providers/{{namespace}}/unregister", unregister_provider),
)
