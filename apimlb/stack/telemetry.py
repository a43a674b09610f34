"""The fields of what a monitored stack has besides (`apimlb.stack.monitoring`), for `apimlb.stack.fields`."""

from collections.abc import Mapping

from apimlb.stack.fates import NAMED, Field, azure, left, repaired, replaced, warned

_WORKSPACE = (
    *replaced("location"),
    repaired("tags"),
    repaired("properties.sku.name"),
    repaired("properties.retentionInDays"),
    warned("properties.workspaceCapping.dailyQuotaGb", "what comes after so much in a day is lost", -1, -1.0),
    warned("properties.publicNetworkAccessForIngestion", "telemetry may not come in", "Enabled"),
    *left(
        "identity",
        "properties.sku.capacityReservationLevel",
        "properties.publicNetworkAccessForQuery",
        "properties.features",
        "properties.forceCmkForQuery",
        "properties.defaultDataCollectionRuleResourceId",
        "properties.replication",
        "properties.failover",
    ),
    *azure(
        *NAMED,
        "properties.customerId",
        "properties.sku.lastSkuUpdate",
        "properties.workspaceCapping.quotaNextResetTime",
        "properties.workspaceCapping.dataIngestionStatus",
        "properties.createdDate",
        "properties.modifiedDate",
        "properties.privateLinkScopedResources",
    ),
)

_COMPONENT = (
    *replaced("location"),
    repaired("tags"),
    repaired("kind"),
    repaired("properties.Application_Type"),
    repaired("properties.WorkspaceResourceId"),
    repaired("properties.DisableLocalAuth"),
    repaired("properties.CustomMetricsOptedInType"),
    warned("properties.publicNetworkAccessForIngestion", "telemetry may not come in", "Enabled"),
    warned("properties.SamplingPercentage", "Azure keeps a part of what it is told", 100, 100.0),
    *left(
        "properties.publicNetworkAccessForQuery",
        "properties.IngestionMode",
        "properties.RetentionInDays",
        "properties.DisableIpMasking",
        "properties.ImmediatePurgeDataOn30Days",
        "properties.ForceCustomerStorageForProfiler",
        "properties.HockeyAppId",
        "properties.Flow_Type",
        "properties.Request_Source",
    ),
    *azure(
        *NAMED,
        "properties.AppId",
        "properties.ApplicationId",
        "properties.Name",
        "properties.ConnectionString",
        "properties.InstrumentationKey",
        "properties.CreationDate",
        "properties.TenantId",
        "properties.HockeyAppToken",
        "properties.LaMigrationDate",
        "properties.PrivateLinkScopedResources",
    ),
)

_WORKBOOK = (
    *replaced("location"),
    repaired("tags"),
    repaired("kind"),
    repaired("properties.displayName"),
    repaired("properties.category"),
    repaired("properties.sourceId"),
    repaired("properties.serializedData"),
    *left("identity", "properties.version", "properties.description"),
    *left("properties.tags", "properties.storageUri"),
    *azure(*NAMED, "properties.timeModified", "properties.userId", "properties.revision"),
)

_ALERT = (
    *replaced("location", "kind"),
    repaired("tags"),
    repaired("properties.displayName"),
    repaired("properties.description"),
    repaired("properties.severity"),
    repaired("properties.evaluationFrequency"),
    repaired("properties.windowSize"),
    repaired("properties.scopes"),
    repaired("properties.criteria"),
    repaired("properties.autoMitigate"),
    repaired("properties.skipQueryValidation"),
    repaired("properties.actions"),
    warned("properties.enabled", "nobody hears when clients are refused", True),
    *left(
        "identity",
        "properties.muteActionsDuration",
        "properties.overrideQueryTimeRange",
        "properties.targetResourceTypes",
        "properties.checkWorkspaceAlertsStorageConfigured",
        "properties.ruleResolveConfiguration",
    ),
    *azure(
        *NAMED,
        "properties.createdWithApiVersion",
        "properties.isLegacyLogAnalyticsRule",
        "properties.isWorkspaceAlertsStorageConfigured",
    ),
)

_LOGGER = (
    repaired("properties.loggerType"),
    repaired("properties.description"),
    repaired("properties.resourceId"),
    repaired("properties.isBuffered"),
    repaired("properties.credentials"),
    *azure(*NAMED),
)

_DIAGNOSTIC = (
    repaired("properties.loggerId"),
    repaired("properties.alwaysLog"),
    repaired("properties.metrics"),
    repaired("properties.logClientIp"),
    repaired("properties.verbosity"),
    repaired("properties.httpCorrelationProtocol"),
    repaired("properties.sampling"),
    repaired("properties.frontend"),
    repaired("properties.backend"),
    *left("properties.operationNameFormat"),
    *azure(*NAMED),
)

TELEMETRY: Mapping[str, tuple[Field, ...]] = {
    "microsoft.operationalinsights/workspaces": _WORKSPACE,
    "microsoft.insights/components": _COMPONENT,
    "microsoft.insights/workbooks": _WORKBOOK,
    "microsoft.insights/scheduledqueryrules": _ALERT,
    "microsoft.apimanagement/service/loggers": _LOGGER,
    "microsoft.apimanagement/service/apis/diagnostics": _DIAGNOSTIC,
}
"""By the resource's type in lower case."""
