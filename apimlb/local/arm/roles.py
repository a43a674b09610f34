"""Who may do what: built-in role definitions, role assignments, and the two questions asked of them.

Ids and actions: Microsoft Learn, "Azure built-in roles".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from apimlb.http import last_segment
from apimlb.local.arm.errors import GATEWAY, ArmError
from apimlb.local.arm.settings import Caller
from apimlb.local.store import Document, Documents

ASSIGNMENT = "microsoft.authorization/roleassignments"
DEFINITION_PATH = "/providers/Microsoft.Authorization/roleDefinitions"

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """One built-in role; the four lists are patterns with `*` for any run of characters."""

    id: str
    name: str
    description: str
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()


_READ_GROUP = (
    "Microsoft.Authorization/*/read",
    "Microsoft.Insights/alertRules/*",
    "Microsoft.Resources/deployments/*",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
)
_OPENAI_INFERENCE = (
    "Microsoft.CognitiveServices/accounts/OpenAI/*/read",
    "Microsoft.CognitiveServices/accounts/OpenAI/engines/completions/action",
    "Microsoft.CognitiveServices/accounts/OpenAI/engines/search/action",
    "Microsoft.CognitiveServices/accounts/OpenAI/engines/generate/action",
    "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action",
    "Microsoft.CognitiveServices/accounts/OpenAI/deployments/completions/action",
    "Microsoft.CognitiveServices/accounts/OpenAI/deployments/embeddings/action",
    "Microsoft.CognitiveServices/accounts/OpenAI/responses/*",
)

DEFINITIONS = (
    RoleDefinition(
        OWNER,
        "Owner",
        "Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.",
        ("*",),
    ),
    RoleDefinition(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        "Grants full access to manage all resources, but does not allow you to assign roles in Azure "
        "RBAC, manage assignments in Azure Blueprints, or share image galleries.",
        ("*",),
        (
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
        ),
    ),
    RoleDefinition(
        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "Reader",
        "View all resources, but does not allow you to make any changes.",
        ("*/read",),
    ),
    RoleDefinition(
        "3913510d-42f4-4e42-8a64-420c390055eb",
        "Monitoring Metrics Publisher",
        "Enables publishing metrics against Azure resources.",
        (
            "Microsoft.Insights/Register/Action",
            "Microsoft.Support/*",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
        ),
        data_actions=("Microsoft.Insights/Metrics/Write", "Microsoft.Insights/Telemetry/Write"),
    ),
    RoleDefinition(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        "Lets you manage user access to Azure resources.",
        ("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"),
    ),
    RoleDefinition(
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        "Manage access to Azure resources by assigning roles using Azure RBAC.",
        (
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            "Microsoft.Support/*",
        ),
    ),
    RoleDefinition(
        OPENAI_USER,
        "Cognitive Services OpenAI User",
        "Ability to view files, models, deployments. Readers can't make any changes. They can inference.",
        ("Microsoft.CognitiveServices/*/read", "Microsoft.Authorization/roleAssignments/read"),
        (),
        _OPENAI_INFERENCE,
    ),
    RoleDefinition(
        "a001fd3d-188f-4b5d-821b-7da978bf7442",
        "Cognitive Services OpenAI Contributor",
        "Full access including the ability to fine-tune, deploy and generate text.",
        (
            "Microsoft.CognitiveServices/*/read",
            "Microsoft.CognitiveServices/accounts/deployments/write",
            "Microsoft.CognitiveServices/accounts/deployments/delete",
            "Microsoft.Authorization/roleAssignments/read",
        ),
        (),
        ("Microsoft.CognitiveServices/accounts/OpenAI/*",),
    ),
    RoleDefinition(
        "25fbc0a9-bd7c-42a3-aa1a-3b75d497ee68",
        "Cognitive Services Contributor",
        "Lets you create, read, update, delete and manage keys of Cognitive Services.",
        (*_READ_GROUP, "Microsoft.CognitiveServices/*", "Microsoft.Insights/*/read"),
    ),
    RoleDefinition(
        "a97b65f3-24c7-4388-baec-2e87135dc908",
        "Cognitive Services User",
        "Lets you read and list keys of Cognitive Services.",
        ("Microsoft.CognitiveServices/*/read", "Microsoft.CognitiveServices/accounts/listkeys/action"),
        (),
        ("Microsoft.CognitiveServices/*",),
    ),
    RoleDefinition(
        "bba48692-92b0-4667-a9ad-c31c7b334ac2",
        "Cognitive Services Usages Reader",
        "Minimal permission to view Cognitive Services usages.",
        ("Microsoft.CognitiveServices/locations/usages/read",),
    ),
    RoleDefinition(
        "312a565d-c81f-4fd8-895a-4e21e48d571c",
        "API Management Service Contributor",
        "Can manage service and the APIs",
        (*_READ_GROUP, "Microsoft.ApiManagement/service/*"),
    ),
    RoleDefinition(
        "71522526-b88f-4d52-b57f-d31fc3546d0d",
        "API Management Service Reader Role",
        "Read-only access to service and APIs",
        (*_READ_GROUP, "Microsoft.ApiManagement/service/*/read", "Microsoft.ApiManagement/service/read"),
        ("Microsoft.ApiManagement/service/users/keys/read",),
    ),
    RoleDefinition(
        "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
        "Managed Identity Contributor",
        "Create, Read, Update, and Delete User Assigned Identity",
        (
            "Microsoft.ManagedIdentity/userAssignedIdentities/read",
            "Microsoft.ManagedIdentity/userAssignedIdentities/write",
            "Microsoft.ManagedIdentity/userAssignedIdentities/delete",
            *_READ_GROUP,
        ),
    ),
)

BY_ID = {definition.id: definition for definition in DEFINITIONS}

# The roles whose data actions allow a chat completion or an embedding.
OPENAI_DATA_ROLES = frozenset(
    item.id
    for item in DEFINITIONS
    if any("OpenAI" in action or action.endswith("CognitiveServices/*") for action in item.data_actions)
)


def has_data_role(store: Documents, principal_id: str, scope: str, role_ids: Iterable[str]) -> bool:
    """Whether the principal holds one of the roles (definition GUIDs) at the scope or above it."""
    wanted = {role.lower() for role in role_ids}
    return any(_role_of(item) in wanted for item in assignments(store, principal_id, scope))


def permits(store: Documents, principal_id: str, scope: str, action: str) -> bool:
    """Whether a role that the principal holds at the scope or above it allows the management action."""
    held = (BY_ID.get(_role_of(item)) for item in assignments(store, principal_id, scope))
    return any(definition is not None and _allows(definition, action) for definition in held)


def require(store: Documents, caller: Caller, action: str, scope: str) -> None:
    """Raise AuthorizationFailed when the caller may not do this."""
    if permits(store, caller.principal_id, scope, action):
        return
    raise ArmError(
        403,
        "AuthorizationFailed",
        f"The client '{caller.name}' with object id '{caller.principal_id}' does not have authorization to "
        f"perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently "
        "granted, please refresh your credentials.",
        headers=GATEWAY,
    )


def assignments(store: Documents, principal_id: str, scope: str) -> Iterator[Document]:
    """The principal's assignments that reach the scope: made there or at any level above."""
    level = scope.rstrip("/")
    while True:
        for item in store.children(level, ASSIGNMENT):
            if item.body["properties"]["principalId"].lower() == principal_id.lower():
                yield item
        if not level:
            return
        level = level.rpartition("/")[0]


def _role_of(assignment: Document) -> str:
    return last_segment(str(assignment.body["properties"]["roleDefinitionId"])).lower()


def _allows(definition: RoleDefinition, action: str) -> bool:
    return _matches(definition.actions, action) and not _matches(definition.not_actions, action)


def _matches(patterns: tuple[str, ...], action: str) -> bool:
    return any(_expression(pattern).fullmatch(action) for pattern in patterns)


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.IGNORECASE)
