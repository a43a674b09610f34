"""The subscription itself: tenants, locations, resource providers, and who owns it at the start."""

import re
import uuid

from apimlb.local.arm import roles
from apimlb.local.arm.api_versions import versions
from apimlb.local.arm.call import Azure, Call, Reply
from apimlb.local.arm.errors import GATEWAY, ArmError
from apimlb.local.arm.locations import REGIONS, geography_group
from apimlb.local.arm.routes import SUBSCRIPTION, Route
from apimlb.local.store import Document, Json, kind_of

# The providers that the local Azure has, with the types that a client may look for.
PROVIDERS: dict[str, tuple[str, ...]] = {
    "Microsoft.AlertsManagement": ("smartDetectorAlertRules",),
    "Microsoft.ApiManagement": ("service", "deletedServices", "locations", "checkNameAvailability"),
    "Microsoft.Authorization": ("roleAssignments", "roleDefinitions", "permissions", "locks"),
    "Microsoft.CognitiveServices": ("accounts", "accounts/deployments", "deletedAccounts", "locations"),
    "Microsoft.Insights": ("components", "workbooks", "scheduledQueryRules", "diagnosticSettings"),
    "Microsoft.ManagedIdentity": ("userAssignedIdentities",),
    "Microsoft.OperationalInsights": ("workspaces", "deletedWorkspaces"),
    "Microsoft.PolicyInsights": ("checkPolicyRestrictions",),
    "Microsoft.Resources": ("subscriptions", "resourceGroups", "tags"),
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
    found = re.match(r"/+subscriptions/+([^/]+)", call.request.path, re.IGNORECASE)
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
            "apiVersions": list(versions(namespace, name)),
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
