"""All that the local Azure Resource Manager can do: every route, and what every operation does at its end."""

from apimlb.local.arm import (
    extensions,
    governance,
    groups,
    identities,
    locks,
    monitoring,
    removal,
    role_assignments,
    subscriptions,
    workspaces,
)
from apimlb.local.arm.apim import (
    apis,
    backends,
    deferred,
    deleted_services,
    named_values,
    plain,
    policies,
    products,
    releases,
    services,
    skus,
    users,
)
from apimlb.local.arm.apim import operations as apim_operations
from apimlb.local.arm.apim import subscriptions as apim_subscriptions
from apimlb.local.arm.cognitive import accounts, content_filters, deleted_accounts, deployments, lists

ROUTES = (
    *subscriptions.ROUTES,
    *groups.ROUTES,
    *identities.ROUTES,
    *extensions.ROUTES,
    *governance.ROUTES,
    *monitoring.ROUTES,
    *workspaces.ROUTES,
    *role_assignments.ROUTES,
    *locks.ROUTES,
    *accounts.ROUTES,
    *deleted_accounts.ROUTES,
    *deployments.ROUTES,
    *content_filters.ROUTES,
    *lists.ROUTES,
    *apim_operations.ROUTES,
    *services.ROUTES,
    *skus.ROUTES,
    *deleted_services.ROUTES,
    *apis.ROUTES,
    *backends.ROUTES,
    *named_values.ROUTES,
    *plain.ROUTES,
    *policies.ROUTES,
    *products.ROUTES,
    *releases.ROUTES,
    *apim_subscriptions.ROUTES,
    *users.ROUTES,
)
EFFECTS = {
    **accounts.EFFECTS,
    **deleted_accounts.EFFECTS,
    **deployments.EFFECTS,
    **deleted_services.EFFECTS,
    **deferred.EFFECTS,
    **removal.EFFECTS,
    **services.EFFECTS,
}
