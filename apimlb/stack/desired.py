"""Stack -> the ARM resources that it is made of, each with its body as the service's API wants it.

The bodies are those of Microsoft.ApiManagement 2024-05-01, Microsoft.CognitiveServices 2025-09-01,
Microsoft.ManagedIdentity 2024-11-30, Microsoft.Authorization 2022-04-01 and Microsoft.Resources 2025-04-01.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from apimlb.http import last_segment
from apimlb.stack.access import access, named_value, policy_needs
from apimlb.stack.account_keys import account_keys, credentials_of, key_needs
from apimlb.stack.apis import operation, policy_of, title_of
from apimlb.stack.choices import Tier
from apimlb.stack.config import CAPACITY, Account, Deployment, Stack
from apimlb.stack.draining import LIST, listed
from apimlb.stack.marks import Mark, guest_tags, marked, tagged
from apimlb.stack.monitoring import monitoring
from apimlb.stack.names import API, BARE_API, OPENAI_USER, Names
from apimlb.stack.probe import probe
from apimlb.stack.resources import Json, Resource

BALANCER = "API"
"""The label of the API that clients call."""
_IDENTITY_KIND = "Microsoft.ManagedIdentity/userAssignedIdentities"
METHODS = "GET", "POST", "DELETE"
"""Those of OpenAI's API, each with an operation for any path: the policy decides by the path, also about
what is still to come, and answers what is unknown in OpenAI's form, which APIM's own 404 is not. With OPTIONS
among them, `cors` would not answer."""

# One answer of these says that the account cannot serve now. A 500 is left out: it may be the request's own
# fault, and one such request would otherwise close every account in turn.
_TRIPPING = (408, 408), (429, 429), (502, 504)


# How long a breaker stays open unless it takes the account's Retry-After. In simulations one second answers
# 99 % of what an omniscient balancer does, ten seconds 94 %: an account whose quota is nearly spent has room
# for smaller requests, and one that refuses again costs a hop, not an answer. Retry-After as it is answers
# 95 %, and 75 % where one 429 in five says a day.
_TRIP = "PT1S"


@dataclass(frozen=True, slots=True)
class Policies:
    """The rendered policies of the stack's APIs: the one that clients call, the same at the bare host, and
    the two that serve it."""

    balancer: str
    bare: str
    keys: str
    probe: str


def resources(
    stack: Stack,
    subscription: str,
    policies: Policies,
    mark: Mark | None = None,
    drained: frozenset[str] = frozenset(),
    keys: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Resource, ...]:
    """Everything the stack has in Azure.

    Each carries the `mark`; without one, that of a stack from before there were ids. The accounts `drained`,
    by name, are there and are sent nothing. `keys` are those of accounts that take one, as far as they are
    known here: what Azure has already need not be.
    """
    carried = mark or Mark(stack.name)
    names = Names(subscription, stack)
    made = (*_resources(names, policies, drained), *account_keys(names, keys))
    return tuple(r if r.adopted else marked(tagged(r, stack.tags), carried) for r in made)


def _resources(names: Names, policies: Policies, drained: frozenset[str]) -> tuple[Resource, ...]:
    stack = names.stack
    return (
        _group(names),
        *_gateway(names),
        *(
            resource
            for account in stack.accounts
            if not account.endpoint
            for resource in _account(names, account)
        ),
        *access(names, policies.keys),
        *_drained(names, drained),
        *_backends(names),
        *_pools(names, drained),
        *_api(names, policies),
        *probe(names, policies.probe),
        *monitoring(names),
    )


def _group(names: Names) -> Resource:
    """A group cannot move, and where it is means nothing to what is in it. It names a gateway of others."""
    told = {"tags": guest_tags(names.service_id)} if names.is_guest else {}
    return Resource(
        names.group_id,
        "Microsoft.Resources/resourceGroups",
        {"location": names.stack.location, **told},
        "resource group",
        create_only=frozenset({"location"}),
    )


def _gateway(names: Names) -> tuple[Resource, ...]:
    """The service and its identity; those of others are read alone, and their bodies say what the stack takes
    them for. The group is written before: it tells where the stack's things are."""
    if not names.is_guest:
        return _identity(names), _service(names)
    group = frozenset({names.group_id})
    kind, label = "Microsoft.ApiManagement/service", f"gateway {names.service}"
    body: Json = {"sku": {"name": names.stack.tier.value}}
    service = Resource(names.service_id, kind, body, label, needs=group, adopted=True)
    if names.is_system_assigned:
        return (service,)
    kind, label = _IDENTITY_KIND, f"identity {last_segment(names.identity_id)}"
    return Resource(names.identity_id, kind, {}, label, needs=group, adopted=True), service


def _identity(names: Names) -> Resource:
    return Resource(
        names.identity_id,
        _IDENTITY_KIND,
        {"location": names.stack.location},
        "identity",
        needs=frozenset({names.group_id}),
    )


def _service(names: Names) -> Resource:
    stack = names.stack
    units = stack.units or 1
    return Resource(
        names.service_id,
        "Microsoft.ApiManagement/service",
        {
            "location": stack.location,
            "sku": {"name": stack.tier.value, "capacity": 0 if stack.tier is Tier.CONSUMPTION else units},
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {names.identity_id: {}}},
            "properties": {"publisherEmail": stack.publisher_email, "publisherName": stack.publisher_name},
        },
        f"gateway ({stack.tier})",
        needs=frozenset({names.group_id, names.identity_id}),
        create_only=frozenset({"sku.capacity"}) if stack.units is None else frozenset(),
    )


def _account(names: Names, account: Account) -> tuple[Resource, ...]:
    account_id = names.account_id(account)
    made = Resource(
        account_id,
        "Microsoft.CognitiveServices/accounts",
        {
            "location": account.location,
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "properties": {
                "customSubDomainName": names.account(account),
                "disableLocalAuth": True,
                "publicNetworkAccess": "Enabled",
            },
        },
        f"account {account.name}",
        needs=frozenset({names.group_id}),
    )
    deployments = (
        _deployment(names, account, name, deployment) for name, deployment in names.stack.deployments.items()
    )
    return made, *deployments, _role(names, account)


def _deployment(names: Names, account: Account, name: str, deployment: Deployment) -> Resource:
    """The capacity is the user's: sent at creation, compared only where the configuration sets one."""
    capacity = names.stack.capacity_of(account, name)
    return Resource(
        names.deployment_id(account, name),
        "Microsoft.CognitiveServices/accounts/deployments",
        {
            "sku": {"name": deployment.sku, "capacity": capacity or CAPACITY},
            "properties": {
                "model": {"format": "OpenAI", "name": deployment.model, "version": deployment.version},
                "versionUpgradeOption": deployment.version_upgrade.value,
                **({"raiPolicyName": deployment.content_filter} if deployment.content_filter else {}),
            },
        },
        f"deployment {account.name}/{name}",
        needs=frozenset({names.account_id(account)}),
        exclusive=names.account_id(account),
        create_only=frozenset() if capacity else frozenset({"sku.capacity"}),
    )


def _role(names: Names, account: Account) -> Resource:
    """The principal type keeps Azure from looking for a principal that has not replicated yet."""
    role = (
        f"/subscriptions/{names.subscription}/providers/Microsoft.Authorization/roleDefinitions/{OPENAI_USER}"
    )
    return Resource(
        names.role_id(account),
        "Microsoft.Authorization/roleAssignments",
        {
            "properties": {
                "roleDefinitionId": role,
                "principalId": names.principal,
                "principalType": "ServicePrincipal",
            }
        },
        f"role on {account.name}",
        needs=frozenset({names.account_id(account), names.identity_id}),
    )


def _backends(names: Names) -> tuple[Resource, ...]:
    return tuple(
        Resource(
            names.backend_id(account, deployment),
            "Microsoft.ApiManagement/service/backends",
            {"properties": _backend(names, account)},
            f"backend {names.backend(account, deployment)}",
            needs=frozenset({names.service_id, *key_needs(names, account)}),
            behind=_behind(names, account, deployment),
        )
        for deployment in names.stack.deployments
        for account in names.stack.accounts
    )


def _behind(names: Names, account: Account, deployment: str) -> frozenset[str]:
    """The deployment, and the role that lets the gateway in; of an adopted account nothing is ours."""
    if account.endpoint:
        return frozenset()
    return frozenset({names.deployment_id(account, deployment), names.role_id(account)})


def _backend(names: Names, account: Account) -> Json:
    """`protocol` is "http" for https URLs too; a backend has one breaker rule at most."""
    endpoint = account.endpoint or f"https://{names.account(account)}.openai.azure.com"
    properties: Json = {"url": f"{endpoint}/openai", "protocol": "http", **credentials_of(names, account)}
    if names.stack.tier.has_breakers and names.stack.strategy == "backend-pool":
        rule = {
            "name": "throttled",
            "failureCondition": {
                "count": 1,
                "interval": "PT10S",
                "statusCodeRanges": [{"min": low, "max": high} for low, high in _TRIPPING],
            },
            "tripDuration": _TRIP,
            "acceptRetryAfter": names.stack.accept_retry_after,
        }
        properties["circuitBreaker"] = {"rules": [rule]}
    return properties


def _drained(names: Names, drained: frozenset[str] = frozenset()) -> tuple[Resource, ...]:
    """Who is sent nothing, as the policy of the strategy without pools reads it. It stays under the other
    strategy, for the revision that is the way back."""
    return (named_value(names, LIST, listed(drained)),)


def _pools(names: Names, drained: frozenset[str] = frozenset()) -> tuple[Resource, ...]:
    stack = names.stack
    if stack.strategy != "backend-pool":
        return ()
    return tuple(
        Resource(
            f"{names.service_id}/backends/{names.pool(deployment)}",
            "Microsoft.ApiManagement/service/backends",
            {"properties": {"type": "Pool", "pool": {"services": _members(names, deployment, drained)}}},
            f"pool {names.pool(deployment)}",
            needs=frozenset(member["id"] for member in _members(names, deployment, drained)),
        )
        for deployment in stack.deployments
    )


def _members(names: Names, deployment: str, drained: frozenset[str]) -> list[Json]:
    return [
        {"id": names.backend_id(account, deployment), "priority": account.priority, "weight": account.weight}
        for account in names.stack.accounts
        if account.name not in drained
    ]


def _api(names: Names, policies: Policies) -> tuple[Resource, ...]:
    """The API asks for no subscription: its policy checks every client, whichever credential it brings."""
    api = names.child("apis", API)
    main = _published(names, api, title_of(names, "Azure OpenAI"), names.stack.path, policies.balancer)
    if not names.stack.bare_host:
        return main
    bare = names.child("apis", BARE_API)
    title = "Azure OpenAI at the bare host"
    return *main, *_published(names, bare, title, "", policies.bare, prefix="bare-")


def _published(
    names: Names, api: str, title: str, path: str, policy: str, prefix: str = ""
) -> tuple[Resource, ...]:
    """An API at `path` with its policy and operations, whose names begin with the prefix."""
    made = Resource(
        api,
        "Microsoft.ApiManagement/service/apis",
        {
            "properties": {
                "displayName": title,
                "path": path,
                "protocols": ["https"],
                "subscriptionRequired": False,
            }
        },
        BALANCER if path else "API of the bare host",
        needs=frozenset({names.service_id}),
        exclusive=api,
    )
    backends = {resource.id for resource in (*_backends(names), *_pools(names))}
    asked = {*policy_needs(names), *(made.id for made in _drained(names))}
    # What clients of the API with a path have met first is what the one without is given.
    before = () if path else (f"{names.child('apis', API)}/policies/policy",)
    title = "policy" if path else "policy of the bare host"
    checked = policy_of(api, policy, title, frozenset({*backends, *asked, *before}))
    # Operations come after the policy: while they are missing the API answers 404, never unchecked.
    by_name = {f"{prefix}{method.lower()}": method for method in METHODS}
    listed = (operation(api, name, method, "/*", f"operation {name}") for name, method in by_name.items())
    return made, checked, *listed
