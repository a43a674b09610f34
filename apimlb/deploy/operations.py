"""Which operation of which SDK client reads, writes, deletes and lists a type of resource: a table of names.

The names are those of azure-mgmt-apimanagement 5, -authorization 4, -cognitiveservices 14, -msi 7,
-resource 26 and -resource-subscriptions 1. Nothing here imports them; `apimlb.deploy.sdk` does.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from apimlb.deploy.ids import group_of, names_of

Arrange = Callable[[str], tuple[str, ...]]


def _in_group(id: str) -> tuple[str, ...]:
    return (group_of(id), *names_of(id))


def _name_then_location(id: str) -> tuple[str, ...]:
    return tuple(reversed(names_of(id)))


def _whole_id(id: str) -> tuple[str, ...]:
    return (id.lstrip("/"),)


@dataclass(frozen=True, slots=True)
class Kind:
    """How one type of resource is reached.

    `arrange` makes the operations' positional arguments out of an id. A name that starts with `begin_` is a
    long-running operation. `guarded` deletions and patches demand an If-Match, and a write may bring one; a
    `bare` resource is a link without a body; `secrets` names the operation that tells what the resource does
    not show. What is `scoped` is listed by its parent's whole id; a `version` is named with every request; a
    `forced` deletion leaves nothing behind that would keep the name, one of what is `revised` no revision.
    """

    client: str
    group: str
    get: str = "get"
    put: str = "create_or_update"
    patch: str = ""
    delete: str = "delete"
    list: str = ""
    arrange: Arrange = _in_group
    guarded: bool = False
    bare: bool = False
    rawxml: bool = False
    scoped: bool = False
    secrets: str = ""
    version: str = ""
    forced: bool = False
    revised: bool = False

    @property
    def options(self) -> dict[str, str]:
        """What each operation is given by name."""
        return {"api_version": self.version} if self.version else {}


def _generic(version: str, *, forced: bool = False) -> Kind:
    """A type that no installed client has, by the client that knows none in particular."""
    return Kind(
        "resources",
        "resources",
        get="get_by_id",
        put="begin_create_or_update_by_id",
        delete="begin_delete_by_id",
        arrange=_whole_id,
        version=version,
        forced=forced,
    )


_CHILD = Kind("apim", "", list="list_by_service", guarded=True)
_POLICY = replace(_CHILD, list="", rawxml=True)

KINDS = {
    "microsoft.resources/subscriptions": Kind(
        "subscriptions", "subscriptions", put="", delete="", arrange=names_of
    ),
    "microsoft.resources/resourcegroups": Kind(
        "resources",
        "resource_groups",
        patch="update",
        delete="begin_delete",
        list="list",
        arrange=names_of,
    ),
    "microsoft.resources/resources": Kind(
        "resources", "resources", get="", put="", delete="", list="list_by_resource_group"
    ),
    "microsoft.managedidentity/userassignedidentities": Kind(
        "identity", "user_assigned_identities", list="list_by_resource_group"
    ),
    "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials": Kind(
        "identity", "federated_identity_credentials", list="list"
    ),
    "microsoft.operationalinsights/workspaces": _generic("2025-07-01", forced=True),
    "microsoft.insights/components": _generic("2020-02-02"),
    "microsoft.alertsmanagement/smartdetectoralertrules": _generic("2021-04-01"),
    "microsoft.insights/workbooks": _generic("2023-06-01"),
    "microsoft.insights/scheduledqueryrules": _generic("2023-12-01"),
    "microsoft.authorization/roleassignments": Kind(
        "authorization",
        "role_assignments",
        put="create_by_id",
        get="get_by_id",
        delete="delete_by_id",
        list="list_for_scope",
        arrange=_whole_id,
        scoped=True,
    ),
    "microsoft.cognitiveservices/accounts": Kind(
        "cognitive",
        "accounts",
        put="begin_create",
        patch="begin_update",
        delete="begin_delete",
        list="list_by_resource_group",
    ),
    "microsoft.cognitiveservices/accounts/deployments": Kind(
        "cognitive",
        "deployments",
        put="begin_create_or_update",
        patch="begin_update",
        delete="begin_delete",
        list="list",
    ),
    "microsoft.cognitiveservices/accounts/raipolicies": Kind(
        "cognitive", "rai_policies", delete="begin_delete", list="list"
    ),
    "microsoft.cognitiveservices/locations/resourcegroups/deletedaccounts": Kind(
        "cognitive", "deleted_accounts", put="", delete="begin_purge", list="list", arrange=names_of
    ),
    "microsoft.apimanagement/service": Kind(
        "apim",
        "api_management_service",
        put="begin_create_or_update",
        patch="begin_update",
        delete="begin_delete",
        list="list_by_resource_group",
    ),
    "microsoft.apimanagement/locations/deletedservices": Kind(
        "apim",
        "deleted_services",
        get="get_by_name",
        put="",
        delete="begin_purge",
        list="list_by_subscription",
        arrange=_name_then_location,
    ),
    "microsoft.apimanagement/service/apis": replace(
        _CHILD, group="api", put="begin_create_or_update", delete="begin_delete", revised=True
    ),
    "microsoft.apimanagement/service/apis/operations": replace(
        _CHILD, group="api_operation", list="list_by_api"
    ),
    "microsoft.apimanagement/service/apis/releases": replace(_CHILD, group="api_release"),
    "microsoft.apimanagement/service/apis/revisions": Kind(
        "apim", "api_revision", get="", put="", delete="", list="list_by_service"
    ),
    "microsoft.apimanagement/service/apis/operations/policies": replace(
        _POLICY, group="api_operation_policy"
    ),
    "microsoft.apimanagement/service/apis/policies": replace(_POLICY, group="api_policy"),
    "microsoft.apimanagement/service/apis/diagnostics": replace(_CHILD, group="api_diagnostic"),
    "microsoft.apimanagement/service/backends": replace(_CHILD, group="backend"),
    "microsoft.apimanagement/service/caches": replace(_CHILD, group="cache"),
    "microsoft.apimanagement/service/diagnostics": replace(_CHILD, group="diagnostic"),
    "microsoft.apimanagement/service/loggers": replace(_CHILD, group="logger"),
    "microsoft.apimanagement/service/namedvalues": replace(
        _CHILD, group="named_value", put="begin_create_or_update", secrets="list_value"
    ),
    "microsoft.apimanagement/service/policies": replace(_POLICY, group="policy"),
    "microsoft.apimanagement/service/policyfragments": replace(
        _POLICY, group="policy_fragment", put="begin_create_or_update", list="list_by_service"
    ),
    # The products that hold an API, which the API is asked for.
    "microsoft.apimanagement/service/apis/products": Kind(
        "apim", "api_product", get="", put="", delete="", list="list_by_apis"
    ),
    "microsoft.apimanagement/service/products": replace(_CHILD, group="product"),
    "microsoft.apimanagement/service/products/apis": replace(
        _CHILD,
        group="product_api",
        get="check_entity_exists",
        list="list_by_product",
        guarded=False,
        bare=True,
    ),
    "microsoft.apimanagement/service/products/policies": replace(_POLICY, group="product_policy"),
    "microsoft.apimanagement/service/subscriptions": replace(
        _CHILD, group="subscription", list="list", patch="update", secrets="list_secrets"
    ),
}
"""By the resource's type in lower case."""
