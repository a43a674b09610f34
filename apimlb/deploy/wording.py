"""Azure's refusals in our words: what happened, by ARM error code, and why such a thing happens.

Azure's own words are kept beside them; a code that is not here is told in Azure's words alone. The codes and
their occasions: see `apimlb.deploy.refusals`.
"""

from typing import NamedTuple


class Words(NamedTuple):
    """What happened, and why that happens."""

    what: str
    why: str


_CAPACITY = Words(
    "Azure does not grant that capacity.",
    "A subscription has so many tokens per minute for each model and region, and deleted accounts count "
    "until they are purged.",
)
_MODEL = Words(
    "Azure does not offer that model there.",
    "Each region has its own models, versions and kinds of deployment, and models retire.",
)
_KEPT = Words(
    "A deleted resource still has the name.",
    "Azure keeps deleted gateways and accounts for 48 hours, with their names and quota.",
)
_ELSEWHERE = Words(
    "A namesake is in another location.", "The location of a resource cannot be changed once it is made."
)
_RIGHTS = Words(
    "This login may not do that.",
    "Making resources needs Contributor, giving the gateway its role needs the right to assign roles.",
)
_SUBSCRIPTION = Words(
    "This login does not see the subscription.", "It is in another tenant, or somebody else's."
)
_OTHERS = Words(
    "Something else is being done to the same resource.",
    "Azure makes one change to a resource at a time; somebody else's, or an earlier one, is not through yet.",
)
_FAILING = Words("Azure failed to do that.", "The service has trouble of its own, which mostly passes.")

WORDS = {
    "AnotherOperationInProgress": _OTHERS,
    "Conflict": _OTHERS,
    "RequestConflict": _OTHERS,
    "PessimisticConcurrencyConflict": _OTHERS,
    "AccountProvisioningStateInvalid": _OTHERS,
    "ResourceGroupBeingDeleted": Words(
        "The resource group is being deleted.", "Somebody deletes it, or an earlier `destroy` is not through."
    ),
    "CannotDeleteResource": Words("The resource is still in use.", "Something that hangs on it is not gone."),
    "PrincipalNotFound": Words(
        "Entra does not know the gateway's identity yet.",
        "A new identity takes minutes to be known.",
    ),
    "ManagementApiRequestFailed": Words(
        "The gateway's management endpoint does not answer.", "A gateway that is being updated does not."
    ),
    "RetryableError": _FAILING,
    "InternalServerError": _FAILING,
    "ServiceUnavailable": _FAILING,
    "ServerTimeout": _FAILING,
    "GatewayTimeout": _FAILING,
    "InsufficientQuota": _CAPACITY,
    "InvalidCapacity": _CAPACITY,
    "QuotaExceeded": _CAPACITY,
    "DeploymentModelNotSupported": _MODEL,
    "ServiceModelDeprecated": Words("The model is retired.", "Azure takes no new deployment of it any more."),
    "InvalidResourceProperties": _MODEL,
    "SpecialFeatureOrQuotaIdRequired": Words(
        "The subscription cannot have Azure OpenAI.", "Free, student and some sponsored ones cannot."
    ),
    "LocationNotAvailableForResourceType": Words(
        "That location does not have this service.", "Not every region has every service and tier."
    ),
    "FlagMustBeSetForRestore": _KEPT,
    "ServiceAlreadyExistsInSoftDeletedState": _KEPT,
    "CustomDomainInUse": _KEPT,
    "ServiceAlreadyExists": Words(
        "The name of the gateway is taken.", "The names of gateways are shared by all of Azure."
    ),
    "InvalidResourceGroupLocation": _ELSEWHERE,
    "InvalidResourceLocation": _ELSEWHERE,
    "ScopeLocked": Words("A lock keeps it from being changed.", "Somebody protects it."),
    "RoleAssignmentExists": Words("The gateway has that role already.", "It was given under another name."),
    "RoleAssignmentUpdateNotPermitted": Words(
        "A role assignment of another identity has the name.", "It belongs to an identity that is gone."
    ),
    "AuthorizationFailed": _RIGHTS,
    "LinkedAuthorizationFailed": _RIGHTS,
    "RequestDisallowedByPolicy": Words(
        "A policy of the organisation forbids that.", "Azure Policy checks every resource that is made."
    ),
    "SubscriptionNotFound": _SUBSCRIPTION,
    "InvalidSubscriptionId": _SUBSCRIPTION,
    "ReadOnlyDisabledSubscription": Words(
        "The subscription is disabled.", "It has expired, or reached its spending limit."
    ),
    "InvalidAuthenticationTokenTenant": _SUBSCRIPTION,
    "MissingSubscriptionRegistration": Words(
        "The subscription does not have the resource provider.",
        "A service must be registered once in each subscription that uses it.",
    ),
    "ValidationError": Words(
        "Azure takes a value for wrong.", "Its rules are stricter than what could be checked."
    ),
}
