"""What a stack that is monitored has besides: where its gateway's telemetry goes, and what is made of it.

The bodies are those of Microsoft.OperationalInsights 2025-07-01, Microsoft.Insights components 2020-02-02,
workbooks 2023-06-01 and scheduledQueryRules 2023-12-01, and Microsoft.ApiManagement 2024-05-01.

The gateway speaks to Application Insights as its identity, which takes the role Monitoring Metrics Publisher
(Microsoft Learn, Integrate Azure API Management with Application Insights): the component takes no keys.
"""

import json
from collections.abc import Iterator

from apimlb.stack.access import named_value, named_value_id
from apimlb.stack.names import API, BARE_API, METRICS_PUBLISHER, Names
from apimlb.stack.parts import Monitoring
from apimlb.stack.resources import Json, Output, Resource
from apimlb.stack.workbook import THROTTLED, workbook

LOGGER = "apimlb"
CONNECTION = "apimlb-insights"
"""The named value that says where the component takes telemetry. A logger that is given it as it is makes a
named value of Azure's own out of it at every write."""
DIAGNOSTIC = "applicationinsights"
"""The only name that Azure takes for a diagnostic of this kind."""


def monitoring(names: Names) -> Iterator[Resource]:
    """All of it; nothing for a stack that is not monitored."""
    wanted = names.stack.monitoring
    if wanted is None:
        return
    yield _workspace(names, wanted)
    yield _component(names)
    yield _role(names)
    yield _workbook(names)
    yield _alert(names, wanted)
    yield _connection(names)
    yield _logger(names)
    for api in (API, *((BARE_API,) if names.stack.bare_host else ())):
        yield _diagnostic(names, wanted, api)


def _workspace(names: Names, wanted: Monitoring) -> Resource:
    return Resource(
        names.workspace_id,
        "Microsoft.OperationalInsights/workspaces",
        {
            "location": names.stack.location,
            "properties": {"sku": {"name": "PerGB2018"}, "retentionInDays": wanted.retention_days},
        },
        "log workspace",
        needs=frozenset({names.group_id}),
    )


def _component(names: Names) -> Resource:
    """Metrics are kept with their dimensions only when the component is opted in, which no contract names."""
    return Resource(
        names.component_id,
        "Microsoft.Insights/components",
        {
            "location": names.stack.location,
            "kind": "web",
            "properties": {
                "Application_Type": "web",
                "WorkspaceResourceId": names.workspace_id,
                "DisableLocalAuth": True,
                "CustomMetricsOptedInType": "WithDimensions",
            },
        },
        "Application Insights",
        needs=frozenset({names.workspace_id}),
    )


def _role(names: Names) -> Resource:
    definitions = f"/subscriptions/{names.subscription}/providers/Microsoft.Authorization/roleDefinitions"
    return Resource(
        names.publisher_role_id,
        "Microsoft.Authorization/roleAssignments",
        {
            "properties": {
                "roleDefinitionId": f"{definitions}/{METRICS_PUBLISHER}",
                "principalId": names.principal,
                "principalType": "ServicePrincipal",
            }
        },
        "role on Application Insights",
        needs=frozenset({names.component_id, names.identity_id}),
    )


def _workbook(names: Names) -> Resource:
    return Resource(
        names.workbook_id,
        "Microsoft.Insights/workbooks",
        {
            "location": names.stack.location,
            "kind": "shared",
            "properties": {
                "displayName": f"{names.stack.name}: tokens, refusals and latency",
                "category": "workbook",
                "sourceId": names.workspace_id.lower(),
                "serializedData": json.dumps(workbook(names.workspace_id), separators=(",", ":")),
            },
        },
        "workbook",
        needs=frozenset({names.workspace_id, names.component_id}),
    )


def _alert(names: Names, wanted: Monitoring) -> Resource:
    """In each of three five minutes in a row more than ten clients' calls were answered 429."""
    condition = {
        "query": THROTTLED,
        "timeAggregation": "Total",
        "metricMeasureColumn": "Refused",
        "operator": "GreaterThan",
        "threshold": 10,
        "failingPeriods": {"numberOfEvaluationPeriods": 3, "minFailingPeriodsToAlert": 3},
    }
    return Resource(
        names.alert_id,
        "Microsoft.Insights/scheduledQueryRules",
        {
            "location": names.stack.location,
            "kind": "LogAlert",
            "properties": {
                "displayName": f"{names.stack.name}: clients are refused for lack of quota",
                "description": "For a quarter of an hour clients have been answered 429: every account is at "
                "its limit, and more capacity or another account would help.",
                "severity": 2,
                "evaluationFrequency": "PT5M",
                "windowSize": "PT5M",
                "scopes": [names.workspace_id],
                # The tables are there once something was told.
                "skipQueryValidation": True,
                "autoMitigate": True,
                "criteria": {"allOf": [condition]},
                "actions": {"actionGroups": list(wanted.action_groups)},
            },
        },
        "alert on refusals",
        needs=frozenset({names.workspace_id, names.component_id}),
    )


def _connection(names: Names) -> Resource:
    """An address and an id: without keys it is no secret."""
    where = Output(names.component_id, "properties.ConnectionString")
    return named_value(names, CONNECTION, where, needs=names.component_id)


def _client_id(names: Names) -> Output | str:
    """As whom the logger speaks (Microsoft Learn, the page above: `SystemAssigned`, or a client id)."""
    return "SystemAssigned" if names.is_system_assigned else Output(names.identity_id, "properties.clientId")


def _logger(names: Names) -> Resource:
    return Resource(
        names.child("loggers", LOGGER),
        "Microsoft.ApiManagement/service/loggers",
        {
            "properties": {
                "loggerType": "applicationInsights",
                "description": "The stack's Application Insights",
                "resourceId": names.component_id,
                "isBuffered": True,
                "credentials": {
                    "connectionString": f"{{{{{names.inside(CONNECTION)}}}}}",
                    "identityClientId": _client_id(names),
                },
            }
        },
        "logger",
        needs=frozenset(
            {names.service_id, names.component_id, names.identity_id, named_value_id(names, CONNECTION)}
        ),
    )


def _diagnostic(names: Names, wanted: Monitoring, api: str) -> Resource:
    """Neither bodies nor headers: a stream whose body is logged arrives as a whole, and headers hold keys."""
    id, logger = names.child("apis", api), names.child("loggers", LOGGER)
    return Resource(
        f"{id}/diagnostics/{DIAGNOSTIC}",
        "Microsoft.ApiManagement/service/apis/diagnostics",
        {
            "properties": {
                "loggerId": logger,
                "alwaysLog": "allErrors",
                "metrics": True,
                "logClientIp": False,
                "verbosity": "information",
                "httpCorrelationProtocol": "W3C",
                "sampling": {"samplingType": "fixed", "percentage": wanted.sampling},
                "frontend": {"request": _nothing(), "response": _nothing()},
                "backend": {"request": _nothing(), "response": _nothing()},
            }
        },
        f"diagnostics of {names.inside(api)}",
        needs=frozenset({id, logger}),
        exclusive=id,
    )


def _nothing() -> Json:
    return {"headers": [], "body": {"bytes": 0}}
