"""Every field of every type of resource that a stack has, and what becomes of a change made by hand.

What a resource's body names is repaired, unless the table says that it takes a replacement; what the body
does not name is as the table says. The fields are those of the api-versions that `apimlb.stack.desired`
writes.
"""

from collections.abc import Mapping

from apimlb.stack.fates import NAMED, Field, azure, left, repaired, replaced, warned
from apimlb.stack.telemetry import TELEMETRY

_SERVICE = (
    *replaced("location"),
    repaired("tags"),
    # Within a family (Basic, Standard, Premium; BasicV2, StandardV2) a tier is changed in place.
    repaired("sku.name"),
    *left("sku.capacity", "zones", "properties.notificationSenderEmail", "properties.additionalLocations"),
    repaired("identity"),
    repaired("properties.publisherEmail"),
    repaired("properties.publisherName"),
    repaired("properties.disableGateway", False),
    warned("properties.publicNetworkAccess", "clients outside of private networks cannot come in", "Enabled"),
    warned("properties.virtualNetworkType", "the gateway is inside a network", "None"),
    warned("properties.virtualNetworkConfiguration", "the gateway is inside a network"),
    warned("properties.enableClientCertificate", "clients have to bring a certificate", False),
    *left(
        "properties.customProperties",
        "properties.hostnameConfigurations",
        "properties.certificates",
        "properties.apiVersionConstraint",
        "properties.publicIpAddressId",
        "properties.natGatewayState",
        "properties.legacyPortalStatus",
        "properties.developerPortalStatus",
        "properties.configurationApi",
        "properties.privateEndpointConnections",
    ),
    *azure(
        *NAMED,
        "properties.targetProvisioningState",
        "properties.createdAtUtc",
        "properties.gatewayUrl",
        "properties.gatewayRegionalUrl",
        "properties.portalUrl",
        "properties.managementApiUrl",
        "properties.scmUrl",
        "properties.developerPortalUrl",
        "properties.dataApiUrl",
        "properties.publicIPAddresses",
        "properties.privateIPAddresses",
        "properties.outboundPublicIPAddresses",
        "properties.platformVersion",
        "properties.restore",
    ),
)

_ACCOUNT = (
    *replaced("location", "kind", "properties.customSubDomainName"),
    repaired("tags"),
    repaired("sku.name"),
    repaired("properties.disableLocalAuth"),
    repaired("properties.publicNetworkAccess"),
    repaired("properties.restrictOutboundNetworkAccess", False),
    warned("properties.networkAcls", "the gateway may be shut out", {"defaultAction": "Allow"}),
    warned("properties.dynamicThrottlingEnabled", "the account takes less than its quota at times", False),
    *left(
        "identity",
        "sku.tier",
        "sku.size",
        "sku.family",
        "sku.capacity",
        "properties.migrationToken",
        "properties.encryption",
        "properties.userOwnedStorage",
        "properties.amlWorkspace",
        "properties.apiProperties",
        "properties.storedCompletionsDisabled",
        "properties.allowedFqdnList",
        "properties.locations",
        "properties.raiMonitorConfig",
        "properties.networkInjections",
        "properties.allowProjectManagement",
        "properties.defaultProject",
        "properties.associatedProjects",
    ),
    *azure(
        *NAMED,
        "properties.endpoint",
        "properties.internalId",
        "properties.capabilities",
        "properties.isMigrated",
        "properties.skuChangeInfo",
        "properties.privateEndpointConnections",
        "properties.dateCreated",
        "properties.callRateLimit",
        "properties.quotaLimit",
        "properties.endpoints",
        "properties.restore",
        "properties.deletionDate",
        "properties.scheduledPurgeDate",
        "properties.commitmentPlanAssociations",
        "properties.abusePenalty",
    ),
)

_DEPLOYMENT = (
    *replaced("properties.model.format", "properties.model.name"),
    repaired("tags"),
    repaired("properties.model.version"),
    repaired("sku.name"),
    repaired("sku.capacity"),
    repaired("properties.versionUpgradeOption"),
    *left(
        "sku.tier",
        "sku.size",
        "sku.family",
        "properties.model.publisher",
        "properties.model.source",
        "properties.model.sourceAccount",
        "properties.scaleSettings",
        "properties.raiPolicyName",
        "properties.capacitySettings",
        "properties.parentDeploymentName",
        "properties.spilloverDeploymentName",
    ),
    *azure(
        *NAMED,
        "properties.model.callRateLimit",
        "properties.capabilities",
        "properties.callRateLimit",
        "properties.rateLimits",
        "properties.dynamicThrottlingEnabled",
        "properties.currentCapacity",
    ),
)

_BACKEND = (
    repaired("properties.description"),
    repaired("properties.type", "Single"),
    repaired("properties.url"),
    repaired("properties.protocol"),
    repaired("properties.credentials", {}, whole=True),
    repaired("properties.proxy"),
    repaired("properties.tls.validateCertificateChain", True),
    repaired("properties.tls.validateCertificateName", True),
    repaired("properties.circuitBreaker", {}, {"rules": []}, whole=True),
    repaired("properties.pool.services"),
    warned("properties.pool.sessionAffinity", "a client stays with one account"),
    *left("properties.title", "properties.resourceId", "properties.properties"),
    *azure(*NAMED),
)

_API = (
    repaired("properties.displayName"),
    repaired("properties.description"),
    repaired("properties.path"),
    repaired("properties.protocols"),
    repaired("properties.subscriptionRequired"),
    repaired("properties.serviceUrl"),
    repaired("properties.subscriptionKeyParameterNames.header", "Ocp-Apim-Subscription-Key"),
    repaired("properties.subscriptionKeyParameterNames.query", "subscription-key"),
    repaired("properties.authenticationSettings.oAuth2"),
    repaired("properties.authenticationSettings.openid"),
    repaired("properties.apiVersion", ""),
    repaired("properties.apiVersionSetId"),
    repaired("properties.type", "http"),
    *left(
        "properties.apiRevision",
        "properties.apiRevisionDescription",
        "properties.apiVersionDescription",
        "properties.apiVersionSet",
        "properties.termsOfServiceUrl",
        "properties.contact",
        "properties.license",
        "properties.isCurrent",
        "properties.sourceApiId",
        "properties.subscriptionKeyParameterNames.bearer",
    ),
    *azure(*NAMED, "properties.isOnline"),
)

_OPERATION = (
    repaired("properties.displayName"),
    repaired("properties.description"),
    repaired("properties.method"),
    repaired("properties.urlTemplate"),
    repaired("properties.templateParameters"),
    *left("properties.request", "properties.responses", "properties.policies"),
    *azure(*NAMED),
)

_NAMED_VALUE = (
    repaired("properties.displayName"),
    repaired("properties.value"),
    repaired("properties.tags"),
    repaired("properties.secret"),
    repaired("properties.keyVault"),
    *azure(*NAMED),
)

_SUBSCRIPTION = (
    repaired("properties.displayName"),
    repaired("properties.scope"),
    warned("properties.state", "its keys are refused", "active"),
    # A date of expiry is for audits: no key stops working by it (Microsoft Learn, Subscription contract).
    *left("properties.expirationDate", "properties.ownerId", "properties.allowTracing"),
    # The keys are regenerated by operations of their own, and the rest follows from the state.
    *azure(
        *NAMED,
        "properties.createdDate",
        "properties.startDate",
        "properties.endDate",
        "properties.notificationDate",
        "properties.stateComment",
        "properties.primaryKey",
        "properties.secondaryKey",
        "primaryKey",
        "secondaryKey",
    ),
)

_PRODUCT = (
    repaired("properties.displayName"),
    repaired("properties.description"),
    repaired("properties.subscriptionRequired"),
    repaired("properties.approvalRequired"),
    repaired("properties.state"),
    warned("properties.subscriptionsLimit", "a user has no more keys than that"),
    *left("properties.terms"),
    *azure(*NAMED, "properties.groups"),
)

_ROLE = (
    *replaced("properties.roleDefinitionId", "properties.principalId", "properties.principalType"),
    repaired("properties.description"),
    repaired("properties.condition"),
    *left("properties.conditionVersion", "properties.delegatedManagedIdentityResourceId"),
    *azure(
        *NAMED,
        "properties.scope",
        "properties.createdOn",
        "properties.updatedOn",
        "properties.createdBy",
        "properties.updatedBy",
    ),
)

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "microsoft.resources/resourcegroups": (
        repaired("tags"),
        *left("location", "managedBy"),
        *azure(*NAMED),
    ),
    "microsoft.managedidentity/userassignedidentities": (
        *replaced("location"),
        repaired("tags"),
        *left("properties.isolationScope"),
        *azure(*NAMED, "properties.tenantId", "properties.principalId", "properties.clientId"),
    ),
    "microsoft.apimanagement/service": _SERVICE,
    "microsoft.cognitiveservices/accounts": _ACCOUNT,
    "microsoft.cognitiveservices/accounts/deployments": _DEPLOYMENT,
    "microsoft.authorization/roleassignments": _ROLE,
    "microsoft.apimanagement/service/namedvalues": _NAMED_VALUE,
    "microsoft.apimanagement/service/backends": _BACKEND,
    "microsoft.apimanagement/service/apis": _API,
    "microsoft.apimanagement/service/apis/policies": (
        repaired("properties.value"),
        *left("properties.format"),
        *azure(*NAMED),
    ),
    "microsoft.apimanagement/service/apis/operations": _OPERATION,
    "microsoft.apimanagement/service/products": _PRODUCT,
    # That the product holds the API, and nothing else.
    "microsoft.apimanagement/service/products/apis": (),
    "microsoft.apimanagement/service/subscriptions": _SUBSCRIPTION,
    **TELEMETRY,
}
"""By the resource's type in lower case."""


def fields_of(type: str) -> tuple[Field, ...]:
    """The fields of a type of resource, none for one that no stack has."""
    return FIELDS.get(type.lower(), ())


def family(tier: str) -> str:
    """The tiers among which a service is changed in place (Microsoft Learn: upgrade and scale)."""
    if tier == "Consumption":
        return tier
    return "v2" if tier.endswith("V2") else "classic"
