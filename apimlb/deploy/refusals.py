"""What Azure's error codes mean: whose error it is, what to do next, and whether asking again helps.

The codes and when they come are told in public issue threads of the tools that met them
(terraform-provider-azurerm, azure-dev, apiops, azure-cli) and on Microsoft Learn, "Troubleshoot common Azure
deployment errors".
"""

from collections.abc import Iterable
from dataclasses import dataclass

from apimlb.errors import ApimlbError, AuthError, CloudError, ConflictError, NotFoundError, QuotaError

AGAIN = "Run the same command again: it carries on where it stopped."
PURGE = "Run `apimlb destroy --purge` to free the name, or choose another name in apimlb.toml."
LOGIN = "Run `az login`, then the same command again."
RIGHTS = (
    "Ask for Owner on the subscription, or for Contributor and Role Based Access Control Administrator; "
    "purging needs its rights on the subscription, not on the resource group."
)
MODEL = "Name a model, version, sku and location in apimlb.toml that Azure offers together."
QUOTA = "Lower the capacity, move the account to another location, or ask for more at https://aka.ms/oai/quotaincrease."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Azure's own words: HTTP `status` (0 when no answer came), ARM error `code`, `message`."""

    status: int
    code: str
    message: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means to the caller.

    `first` and `longest` are the seconds between attempts; 0 when another attempt does not help.
    """

    error: type[ApimlbError]
    next_step: str = ""
    first: float = 0.0
    longest: float = 0.0


MEANINGS = {
    # Somebody else is writing, or Azure has not yet told all of itself what it has done.
    "RequestConflict": Meaning(CloudError, AGAIN, first=5, longest=60),
    "PessimisticConcurrencyConflict": Meaning(CloudError, AGAIN, first=2, longest=30),
    "AccountProvisioningStateInvalid": Meaning(CloudError, AGAIN, first=5, longest=60),
    "CannotDeleteResource": Meaning(CloudError, AGAIN, first=5, longest=30),
    "ResourceGroupBeingDeleted": Meaning(CloudError, AGAIN, first=10, longest=60),
    "PrincipalNotFound": Meaning(CloudError, AGAIN, first=5, longest=30),
    # Capacity and models.
    "InsufficientQuota": Meaning(QuotaError, QUOTA),
    "InvalidCapacity": Meaning(QuotaError, QUOTA),
    "QuotaExceeded": Meaning(QuotaError, QUOTA),
    "DeploymentModelNotSupported": Meaning(CloudError, MODEL),
    "ServiceModelDeprecated": Meaning(CloudError, MODEL),
    "InvalidResourceProperties": Meaning(CloudError, MODEL),
    "SpecialFeatureOrQuotaIdRequired": Meaning(
        CloudError,
        "This kind of subscription cannot have Azure OpenAI: use a pay-as-you-go one.",
    ),
    "LocationNotAvailableForResourceType": Meaning(CloudError, "Choose another location in apimlb.toml."),
    # Names.
    "FlagMustBeSetForRestore": Meaning(ConflictError, PURGE),
    "ServiceAlreadyExistsInSoftDeletedState": Meaning(ConflictError, PURGE),
    "CustomDomainInUse": Meaning(ConflictError, PURGE),
    "ServiceAlreadyExists": Meaning(ConflictError, "Choose another name in apimlb.toml."),
    "InvalidResourceGroupLocation": Meaning(
        ConflictError, "The resource group is in another location: choose another name in apimlb.toml."
    ),
    "ScopeLocked": Meaning(ConflictError, "See `az lock list`, and remove the lock if it may go."),
    "RoleAssignmentUpdateNotPermitted": Meaning(
        ConflictError, "Delete that role assignment: it belongs to an identity that is gone."
    ),
    # Who may what.
    "AuthorizationFailed": Meaning(AuthError, RIGHTS),
    "LinkedAuthorizationFailed": Meaning(AuthError, RIGHTS),
    "RequestDisallowedByPolicy": Meaning(
        CloudError, "A policy of the organisation forbids this: ask for an exemption."
    ),
    "SubscriptionNotFound": Meaning(AuthError, "See `az account list` for the subscriptions of this login."),
    "InvalidSubscriptionId": Meaning(AuthError, "See `az account list` for the subscriptions of this login."),
    "ReadOnlyDisabledSubscription": Meaning(AuthError, "Renew the subscription, or use another."),
    "InvalidAuthenticationTokenTenant": Meaning(
        AuthError, "The subscription is in another tenant: run `az login --tenant` with that tenant."
    ),
    "MissingSubscriptionRegistration": Meaning(
        CloudError, "Run `az provider register --wait --namespace` with the namespace named above."
    ),
    "ValidationError": Meaning(CloudError, "Correct what the message names in apimlb.toml or in the policy."),
}
"""By ARM error code. What is not here is told by its HTTP status."""

_BY_STATUS = {
    401: Meaning(AuthError, LOGIN),
    403: Meaning(AuthError, RIGHTS),
    404: Meaning(NotFoundError, ""),
    429: Meaning(CloudError, "Azure asks for a pause: try again in a few minutes."),
}
_UNKNOWN = Meaning(CloudError, AGAIN)

UNREACHABLE = Meaning(CloudError, "Check the network and the proxy settings, then run it again.")
NO_LOGIN = Meaning(AuthError, LOGIN)


def meaning(refusal: Refusal) -> Meaning:
    """What the refusal means; one that nobody has described is a `CloudError`."""
    return MEANINGS.get(refusal.code) or _BY_STATUS.get(refusal.status, _UNKNOWN)


def pause_before(attempt: int, means: Meaning) -> float:
    """Seconds before attempt number `attempt` (the second is 2): doubling, 0 when another would not help."""
    if not means.first or attempt < 2:
        return 0.0
    return min(means.longest, means.first * 2.0 ** (attempt - 2))


def error_of(refusal: Refusal, *, where: str, means: Meaning | None = None) -> ApimlbError:
    """The refusal as apimlb's own error."""
    means = means or meaning(refusal)
    what = _sentence(refusal)
    if issubclass(means.error, CloudError):
        return CloudError(
            what, where=where, next_step=means.next_step, status=refusal.status, code=refusal.code
        )
    return means.error(what, where=where, next_step=means.next_step)


def _sentence(refusal: Refusal) -> str:
    message = " ".join(refusal.message.split()) or f"Azure answered with status {refusal.status}"
    known = [message]
    for detail in _worded(refusal.details):
        if detail not in message:
            known.append(detail)
    text = " ".join(known)
    return f"{refusal.code}: {text}" if refusal.code else text


def _worded(details: Iterable[str]) -> list[str]:
    return [" ".join(detail.split()) for detail in details if detail.strip()]
