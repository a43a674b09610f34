"""Every field of every type of resource that a stack has, and what becomes of a change made by hand.

What a resource's body names is repaired, unless the table says that it takes a replacement; what the body
does not name is as the table says. The fields are those of the api-versions that `apimlb.stack.desired`
writes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Fate(StrEnum):
    """What becomes of a field that is not as the stack wants it."""

    REPAIRED = "repaired"
    REPLACED = "replaced"
    """Azure cannot change it: the resource is deleted and made again, when somebody asks for it."""
    WARNED = "warned about"
    LEFT = "left"
    """It is somebody else's to choose, and a repair of another field keeps it."""
    AZURE = "Azure's own"
    """It cannot be written."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field by its dotted path in a reply.

    `usual` are the values, besides none at all, of a field that nobody has touched. A `whole` field is
    compared with all that is in it, also what the stack's body does not name. `danger` is what a change
    means, for a warning; what is not `sent` stands in no request.
    """

    path: str
    fate: Fate
    usual: tuple[Any, ...] = ()
    whole: bool = False
    danger: str = ""
    sent: bool = True


def _repaired(path: str, *usual: Any, whole: bool = False) -> Field:
    return Field(path, Fate.REPAIRED, usual, whole)


def _replaced(*paths: str) -> Iterator[Field]:
    return (Field(path, Fate.REPLACED) for path in paths)


def _warned(path: str, danger: str, *usual: Any, sent: bool = True) -> Field:
    return Field(path, Fate.WARNED, usual, danger=danger, sent=sent)


def _left(*paths: str) -> Iterator[Field]:
    return (Field(path, Fate.LEFT) for path in paths)


def _azure(*paths: str) -> Iterator[Field]:
    return (Field(path, Fate.AZURE, sent=False) for path in paths)


_NAMED = ("id", "name", "type", "systemData", "etag", "properties.provisioningState")

_SERVICE = (
    *_replaced("location"),
    _repaired("tags"),
    # Within a family (Basic, Standard, Premium; BasicV2, StandardV2) a tier is changed in place.
    _repaired("sku.name"),
    *_left("sku.capacity", "zones", "properties.notificationSenderEmail", "properties.additionalLocations"),
    _repaired("identity"),
    _repaired("properties.publisherEmail"),
    _repaired("properties.publisherName"),
    _repaired("properties.disableGateway", False),
    _warned(
        "properties.publicNetworkAccess", "clients outside of private networks cannot come in", "Enabled"
    ),
    _warned("properties.virtualNetworkType", "the gateway is inside a network", "None"),
    _warned("properties.virtualNetworkConfiguration", "the gateway is inside a network"),
    _warned("properties.enableClientCertificate", "clients have to bring a certificate", False),
    *_left(
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
    *_azure(
        *_NAMED,
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
    *_replaced("location", "kind", "properties.customSubDomainName"),
    _repaired("tags"),
    _repaired("sku.name"),
    _repaired("properties.disableLocalAuth"),
    _repaired("properties.publicNetworkAccess"),
    _repaired("properties.restrictOutboundNetworkAccess", False),
    _warned("properties.networkAcls", "the gateway may be shut out", {"defaultAction": "Allow"}),
    _warned("properties.dynamicThrottlingEnabled", "the account takes less than its quota at times", False),
    *_left(
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
    *_azure(
        *_NAMED,
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
    *_replaced("properties.model.format", "properties.model.name"),
    _repaired("tags"),
    _repaired("properties.model.version"),
    _repaired("sku.name"),
    _repaired("sku.capacity"),
    _repaired("properties.versionUpgradeOption"),
    *_left(
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
    *_azure(
        *_NAMED,
        "properties.model.callRateLimit",
        "properties.capabilities",
        "properties.callRateLimit",
        "properties.rateLimits",
        "properties.dynamicThrottlingEnabled",
        "properties.currentCapacity",
    ),
)

_BACKEND = (
    _repaired("properties.description"),
    _repaired("properties.type", "Single"),
    _repaired("properties.url"),
    _repaired("properties.protocol"),
    _repaired("properties.credentials", {}, whole=True),
    _repaired("properties.proxy"),
    _repaired("properties.tls.validateCertificateChain", True),
    _repaired("properties.tls.validateCertificateName", True),
    _repaired("properties.circuitBreaker", {}, {"rules": []}, whole=True),
    _repaired("properties.pool.services"),
    _warned("properties.pool.sessionAffinity", "a client stays with one account"),
    *_left("properties.title", "properties.resourceId", "properties.properties"),
    *_azure(*_NAMED),
)

_API = (
    _repaired("properties.displayName"),
    _repaired("properties.description"),
    _repaired("properties.path"),
    _repaired("properties.protocols"),
    _repaired("properties.subscriptionRequired"),
    _repaired("properties.serviceUrl"),
    _repaired("properties.subscriptionKeyParameterNames.header", "Ocp-Apim-Subscription-Key"),
    _repaired("properties.subscriptionKeyParameterNames.query", "subscription-key"),
    _repaired("properties.authenticationSettings.oAuth2"),
    _repaired("properties.authenticationSettings.openid"),
    _repaired("properties.apiVersion", ""),
    _repaired("properties.apiVersionSetId"),
    _repaired("properties.type", "http"),
    *_left(
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
    *_azure(*_NAMED, "properties.isOnline"),
)

_OPERATION = (
    _repaired("properties.displayName"),
    _repaired("properties.description"),
    _repaired("properties.method"),
    _repaired("properties.urlTemplate"),
    _repaired("properties.templateParameters"),
    *_left("properties.request", "properties.responses", "properties.policies"),
    *_azure(*_NAMED),
)

_NAMED_VALUE = (
    _repaired("properties.displayName"),
    _repaired("properties.value"),
    _repaired("properties.tags"),
    _repaired("properties.secret"),
    _repaired("properties.keyVault"),
    *_azure(*_NAMED),
)

_SUBSCRIPTION = (
    _repaired("properties.displayName"),
    _repaired("properties.scope"),
    _warned("properties.state", "its keys are refused", "active"),
    _warned("properties.expirationDate", "its keys are refused after that", sent=False),
    *_left("properties.ownerId", "properties.allowTracing"),
    # The keys are regenerated by operations of their own, and the rest follows from the state.
    *_azure(
        *_NAMED,
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
    _repaired("properties.displayName"),
    _repaired("properties.description"),
    _repaired("properties.subscriptionRequired"),
    _repaired("properties.approvalRequired"),
    _repaired("properties.state"),
    _warned("properties.subscriptionsLimit", "a user has no more keys than that"),
    *_left("properties.terms"),
    *_azure(*_NAMED, "properties.groups"),
)

_ROLE = (
    *_replaced("properties.roleDefinitionId", "properties.principalId", "properties.principalType"),
    _repaired("properties.description"),
    _repaired("properties.condition"),
    *_left("properties.conditionVersion", "properties.delegatedManagedIdentityResourceId"),
    *_azure(
        *_NAMED,
        "properties.scope",
        "properties.createdOn",
        "properties.updatedOn",
        "properties.createdBy",
        "properties.updatedBy",
    ),
)

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "microsoft.resources/resourcegroups": (
        _repaired("tags"),
        *_left("location", "managedBy"),
        *_azure(*_NAMED),
    ),
    "microsoft.managedidentity/userassignedidentities": (
        *_replaced("location"),
        _repaired("tags"),
        *_left("properties.isolationScope"),
        *_azure(*_NAMED, "properties.tenantId", "properties.principalId", "properties.clientId"),
    ),
    "microsoft.apimanagement/service": _SERVICE,
    "microsoft.cognitiveservices/accounts": _ACCOUNT,
    "microsoft.cognitiveservices/accounts/deployments": _DEPLOYMENT,
    "microsoft.authorization/roleassignments": _ROLE,
    "microsoft.apimanagement/service/namedvalues": _NAMED_VALUE,
    "microsoft.apimanagement/service/backends": _BACKEND,
    "microsoft.apimanagement/service/apis": _API,
    "microsoft.apimanagement/service/apis/policies": (
        _repaired("properties.value"),
        *_left("properties.format"),
        *_azure(*_NAMED),
    ),
    "microsoft.apimanagement/service/apis/operations": _OPERATION,
    "microsoft.apimanagement/service/products": _PRODUCT,
    # That the product holds the API, and nothing else.
    "microsoft.apimanagement/service/products/apis": (),
    "microsoft.apimanagement/service/subscriptions": _SUBSCRIPTION,
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
