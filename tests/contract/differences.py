"""Where recordings and contract differ, the recording wins; and what the contract has nothing about."""

import re

# (operations, what the validator says of them, the exchange that shows it)
DIFFERENCES = (
    (
        r"(NamedValue|PolicyFragment)_CreateOrUpdate",
        r"header ETag|'(displayName|value)' is a required|'ProvisioningState' was unexpected",
        "apim_aso_20240501_crud_a 59: a stub, without etag and content",
    ),
    (
        r"Api_CreateOrUpdate",
        r"header (location|Azure-AsyncOperation): missing",
        "apim_cli_core_service m2: synchronous",
    ),
    (r"ApiManagementService_\w+", r"'dataApiUrl' was unexpected", "apim_aso_backend 2"),
    (
        r"ComponentsAPIs_Components\w+",
        r"CustomMetricsOptedInType",
        "what public templates send to have metrics with dimensions (bicep-types-az 2048)",
    ),
    (r"Product_\w+", r"'groups' was unexpected", "apim_aso_20240501_crud_a 46, 49"),
    (
        r"(Models_List|Accounts_ListModels)",
        r"'(key|id', 'location', 'name', 'type|description|deprecationStatus|replacementConfig)' w\w+ unexp",
        "cog_cli_list_models 1",
    ),
)

# Operations outside the contract: (method, pattern of the path, why it is asked)
OUTSIDE = (
    (
        "GET",
        r".*/operations?(results|statuses)/.*",
        "the poll of an operation, whose URL is the answer's own",
    ),
    (
        "GET",
        r".*/(apis|namedValues|policyFragments)/[^/]+\?.*asyncId=.*",
        "the poll of a write inside a service",
    ),
    ("POST", r".*/Microsoft\.CognitiveServices/checkDomainAvailability", "whether a subdomain is free"),
    ("GET", r"/subscriptions(/[^/]+)?(/locations)?", "which subscriptions there are"),
    ("GET", r"/tenants", "which tenants there are"),
    ("GET", r"/metadata/endpoints", "where a cloud's services are"),
    ("GET|PUT|DELETE", r".*/Microsoft\.Authorization/locks(/[^/]+)?", "locks"),
    (
        "GET",
        r"/subscriptions/[^/]+(/resourceGroups/[^/]+/providers/.+)?/providers/Microsoft\.Authorization/permissions",
        "what a login may do in a subscription or with one resource: the contract has it for a group",
    ),
    ("POST", r".*/Microsoft\.PolicyInsights/checkPolicyRestrictions", "what Azure Policy would deny"),
    ("GET|PUT|DELETE", r".*/Microsoft\.Insights/workbooks/[^/]+", "workbooks"),
    ("GET|PUT|DELETE", r".*/Microsoft\.Insights/scheduledQueryRules/[^/]+", "alerts on queries"),
    ("GET|DELETE", r".*/Microsoft\.AlertsManagement/smartDetectorAlertRules/[^/]+", "rules of Azure's own"),
)


def known(operation: str, text: str) -> bool:
    """Whether the contract's complaint about an operation is one of the differences."""
    return any(re.fullmatch(name, operation) and re.search(words, text) for name, words, _ in DIFFERENCES)


def outside(method: str, path: str) -> bool:
    """Whether an operation that the contract does not have is listed; `path` with its query."""
    return any(
        re.fullmatch(methods, method) and re.fullmatch(pattern, path, re.IGNORECASE)
        for methods, pattern, _ in OUTSIDE
    )
