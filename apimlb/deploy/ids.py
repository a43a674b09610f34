"""Azure resource ids taken apart and put together.

    /subscriptions/{s}/resourceGroups/{group}/providers/{namespace}/{type}/{name}/{child type}/{child name}

A role assignment hangs on another resource's id by a second `/providers/`. A soft-deleted resource has an id
of its own, at subscription scope (recorded: cog_cli_softdelete 6, apim_cli_deletedservice 18).
"""

GROUP = "microsoft.resources/resourcegroups"
SUBSCRIPTION = "microsoft.resources/subscriptions"
SERVICE = "microsoft.apimanagement/service"
ACCOUNT = "microsoft.cognitiveservices/accounts"
DEPLOYMENT = "microsoft.cognitiveservices/accounts/deployments"
IDENTITY = "microsoft.managedidentity/userassignedidentities"
FEDERATED_CREDENTIAL = f"{IDENTITY}/federatedidentitycredentials"
ROLE_ASSIGNMENT = "microsoft.authorization/roleassignments"
API = "microsoft.apimanagement/service/apis"
OPERATION = "microsoft.apimanagement/service/apis/operations"
BACKEND = "microsoft.apimanagement/service/backends"
NAMED_VALUE = "microsoft.apimanagement/service/namedvalues"
PRODUCT = "microsoft.apimanagement/service/products"
SUBSCRIPTION_KEY = "microsoft.apimanagement/service/subscriptions"
PRODUCT_API = "microsoft.apimanagement/service/products/apis"
API_PRODUCT = "microsoft.apimanagement/service/apis/products"
LOGGER = "microsoft.apimanagement/service/loggers"
DIAGNOSTIC = "microsoft.apimanagement/service/apis/diagnostics"
WORKSPACE = "microsoft.operationalinsights/workspaces"
COMPONENT = "microsoft.insights/components"
WORKBOOK = "microsoft.insights/workbooks"
SMART_RULE = "microsoft.alertsmanagement/smartdetectoralertrules"
"""What Azure makes of by itself for an Application Insights component, called after it."""
ACTION_GROUP = "microsoft.insights/actiongroups"
ALERT = "microsoft.insights/scheduledqueryrules"
POLICY = "microsoft.apimanagement/service/apis/policies"
DELETED_SERVICE = "microsoft.apimanagement/locations/deletedservices"
DELETED_ACCOUNT = "microsoft.cognitiveservices/locations/resourcegroups/deletedaccounts"


def _tail(id: str) -> list[str]:
    """What stands behind the last `/providers/`; for a group or a subscription, as if it stood there."""
    parts = id.strip("/").split("/")
    lowered = [part.lower() for part in parts]
    if "providers" in lowered:
        return parts[len(parts) - lowered[::-1].index("providers") :]
    return ["Microsoft.Resources", *parts[-2:]]


def kind_of(id: str) -> str:
    """The resource's type in lower case, `microsoft.cognitiveservices/accounts/deployments`."""
    tail = _tail(id)
    return "/".join([tail[0], *tail[1::2]]).lower()


def names_of(id: str) -> tuple[str, ...]:
    """The names along the resource's type, the parent's first."""
    return tuple(_tail(id)[2::2])


def group_of(id: str) -> str:
    """The name of the resource group that the resource is in, empty for one that is in none."""
    parts = id.strip("/").split("/")
    if len(parts) > 3 and parts[2].lower() == "resourcegroups":
        return parts[3]
    return ""


def subscription_of(id: str) -> str:
    """The id of the subscription, with its leading path: `/subscriptions/{s}`."""
    return "/" + "/".join(id.strip("/").split("/")[:2])


def parent_of(id: str) -> str:
    """The id that this one hangs on: the parent resource, the scope of a role assignment, the group."""
    parts = id.strip("/").split("/")
    above = parts[:-2]
    if len(above) >= 2 and above[-2].lower() == "providers":
        above = above[:-2]
    return "/" + "/".join(above)


def is_within(id: str, ancestor: str) -> bool:
    """Whether the id is below the other, not whether it is the same."""
    return id.lower().startswith(ancestor.lower().rstrip("/") + "/")


def short(id: str) -> str:
    """The id as a person reads it: `accounts/oai-1/deployments/chat`."""
    return "/".join(_tail(id)[1:])


def place(location: str) -> str:
    """A location's short name, `westus`, also out of a display name, `West US`."""
    return location.replace(" ", "").lower()


def deleted_id(id: str, location: str) -> str:
    """Where an account or an APIM service is found after its deletion, until it is purged."""
    scope, name = subscription_of(id), names_of(id)[-1]
    if kind_of(id) == SERVICE:
        return f"{scope}/providers/Microsoft.ApiManagement/locations/{place(location)}/deletedservices/{name}"
    provider = f"{scope}/providers/Microsoft.CognitiveServices/locations/{place(location)}"
    return f"{provider}/resourceGroups/{group_of(id)}/deletedAccounts/{name}"
