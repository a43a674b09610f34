"""What Azure's refusals mean: whose error it is, what to do next, and whether asking again helps.

The codes and when they come are told in public issue threads of the tools that met them
(terraform-provider-azurerm, azure-dev, apiops, azure-cli) and on Microsoft Learn, "Troubleshoot common Azure
deployment errors". A conflict or a server's failure that nobody has described passes by itself; how long that
is hoped for is the table of `apimlb.deploy.patience`.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from apimlb.deploy.wording import WORDS, Words
from apimlb.errors import ApimlbError, AuthError, CloudError, ConflictError, NotFoundError, QuotaError

AGAIN = "Run the same command again: it carries on where it stopped."
ON_SOFT_DELETED = (
    "Add --on-soft-deleted restore to have it back as it was, or --on-soft-deleted purge to make it anew."
)
LOGIN = "Run `az login`, then the same command again."
RIGHTS = (
    "Ask for Owner on the subscription, or for Contributor and Role Based Access Control Administrator; "
    "purging needs its rights on the subscription, not on the resource group."
)
SECRETS = (
    "Ask for Contributor on the resource group. A lock that forbids changes keeps everybody from it, too: "
    "see `az lock list`."
)
MODEL = "Name a model, version, sku and location in apimlb.toml that Azure offers together."
QUOTA = "Lower the capacity, move the account to another location, or ask for more at https://aka.ms/oai/quotaincrease."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Azure's own words: HTTP `status` (0 when no answer came), ARM error `code`, `message`.

    `retry_after` is the pause in seconds that Azure asks for, 0 for none.
    """

    status: int
    code: str
    message: str
    details: tuple[str, ...] = ()
    retry_after: float = 0.0

    def brief(self) -> str:
        """In less than a line: `409 RequestConflict: Another operation is being performed`."""
        words = " ".join(self.message.split())
        told = " ".join(part for part in (str(self.status or ""), self.code) if part)
        text = f"{told}: {words}" if told and words else told or words
        return text if len(text) <= _BRIEF else f"{text[: _BRIEF - 1]}…"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a refusal means to the caller.

    `first` and `longest` are the seconds between attempts; 0 when another attempt does not help. After
    `within` seconds of the same trouble it is given up, if the deadline of the resource's type is not sooner.
    `why` it happens is said where Azure's own words have no meaning here.
    """

    error: type[ApimlbError]
    next_step: str = ""
    first: float = 0.0
    longest: float = 0.0
    within: float = math.inf
    why: str = ""

    @property
    def passes(self) -> bool:
        """Whether this is trouble that passes by itself."""
        return self.first > 0


class Refused(Exception):
    """One request was refused, or not answered; what it `means` decides what becomes of it."""

    def __init__(self, refusal: Refusal, means: Meaning | None = None) -> None:
        super().__init__(refusal.brief())
        self.refusal = refusal
        self.means = means or meaning(refusal)

    @property
    def says_absent(self) -> bool:
        """Whether what was asked about, or something above it, is not there."""
        return self.refusal.status == 404 and self.means.error is NotFoundError

    @property
    def doubts_token(self) -> bool:
        """Whether Azure did not take the token, as it does once that has expired."""
        return self.refusal.status == 401 and self.means is _BY_STATUS[401]

    def told(self, where: str) -> ApimlbError:
        """The refusal as apimlb's own error."""
        return error_of(self.refusal, where=where, means=self.means)


_BRIEF = 140

_BUSY = Meaning(CloudError, AGAIN, first=2, longest=60)
_CONFLICT = Meaning(CloudError, AGAIN, first=5, longest=60)

MEANINGS = {
    # Somebody else is writing, or Azure has not yet told all of itself what it has done.
    "AnotherOperationInProgress": _CONFLICT,
    "Conflict": _CONFLICT,
    "RequestConflict": _CONFLICT,
    "PessimisticConcurrencyConflict": Meaning(CloudError, AGAIN, first=2, longest=30),
    "AccountProvisioningStateInvalid": _CONFLICT,
    "CannotDeleteResource": Meaning(CloudError, AGAIN, first=5, longest=30),
    "ResourceGroupBeingDeleted": Meaning(CloudError, AGAIN, first=10, longest=60),
    "PrincipalNotFound": Meaning(CloudError, AGAIN, first=5, longest=30),
    # A gateway's own management endpoint does not answer, as while the service is updated.
    "ManagementApiRequestFailed": Meaning(CloudError, AGAIN, first=5, longest=60),
    "RetryableError": _BUSY,
    "InternalServerError": _BUSY,
    "ServiceUnavailable": _BUSY,
    "ServerTimeout": _BUSY,
    "GatewayTimeout": _BUSY,
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
    "FlagMustBeSetForRestore": Meaning(ConflictError, ON_SOFT_DELETED),
    "ServiceAlreadyExistsInSoftDeletedState": Meaning(ConflictError, ON_SOFT_DELETED),
    "CustomDomainInUse": Meaning(ConflictError, ON_SOFT_DELETED),
    "ServiceAlreadyExists": Meaning(ConflictError, "Choose another name in apimlb.toml."),
    "InvalidResourceGroupLocation": Meaning(
        ConflictError, "The resource group is in another location: choose another name in apimlb.toml."
    ),
    "InvalidResourceLocation": Meaning(
        ConflictError, "It is in another location already: choose another name in apimlb.toml."
    ),
    "ScopeLocked": Meaning(ConflictError, "See `az lock list`, and remove the lock if it may go."),
    "RoleAssignmentExists": Meaning(CloudError, "See `az role assignment list` for the one that is there."),
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
    408: _BUSY,
    409: _CONFLICT,
    412: Meaning(CloudError, AGAIN, first=1, longest=15),
    429: Meaning(CloudError, "Azure asks for a pause: try again later.", first=5, longest=60),
    501: Meaning(CloudError, AGAIN),
}
_UNKNOWN = Meaning(CloudError, AGAIN)

UNREACHABLE = Meaning(
    CloudError, "Check the network and the proxy settings, then run it again.", first=1, longest=8, within=20
)
"""Nobody has answered since the start: told soon, since it is likely not to change."""
INTERRUPTED = Meaning(CloudError, "Check the network, then run it again.", first=1, longest=30)
"""A connection was lost, or could not be made, to what has answered before."""
UNEXPECTED = Meaning(CloudError, "Run `pip install --upgrade apimlb`, then the same command again.")
"""An answer that reads well and is of another form than the SDK knows."""
GARBLED = Meaning(
    CloudError,
    "Check the network and the proxy settings, then run the same command again: it carries on.",
    first=2,
    longest=30,
    within=300,
    why="Something between here and Azure answers in its place: a proxy, or a network that wants a login.",
)
"""An answer that cannot be read: by something in between, or spoilt by it."""
NO_LOGIN = Meaning(AuthError, LOGIN)
LOGIN_BUSY = Meaning(
    CloudError, "Microsoft Entra does not give tokens at the moment: try again later.", first=2, longest=60
)
"""The service that gives tokens fails: the login itself may be good."""
CANCELLED = Meaning(
    CloudError,
    "Somebody, or a policy, cancelled it: see the activity log of the resource group, then run it again.",
    first=5,
    longest=60,
    within=120,
)
"""Cancelled once it is begun again; whoever cancels it again means it."""
OVERTAKEN = Meaning(CloudError, AGAIN, first=5, longest=60, within=600)
"""The operation is over, or lost, and the resource is not as it should be."""
NOT_YET_THERE = Meaning(CloudError, AGAIN, first=1, longest=15, within=300)
"""What was written to hangs on something that not all of Azure knows yet."""


def meaning(refusal: Refusal) -> Meaning:
    """What the refusal means; one that nobody has described is a `CloudError`."""
    otherwise = _BUSY if refusal.status >= 500 else _UNKNOWN
    return MEANINGS.get(refusal.code) or _BY_STATUS.get(refusal.status, otherwise)


def pause_before(attempt: int, means: Meaning) -> float:
    """Seconds before attempt number `attempt` (the second is 2): doubling, 0 when another would not help."""
    if not means.first or attempt < 2:
        return 0.0
    return min(means.longest, means.first * 2.0 ** (attempt - 2))


def error_of(refusal: Refusal, *, where: str, means: Meaning | None = None) -> ApimlbError:
    """The refusal as apimlb's own error."""
    means = means or meaning(refusal)
    said = _sentence(refusal)
    words = WORDS.get(refusal.code, Words(said, ""))
    what, raw, why = words.what, said if said != words.what else "", words.why or means.why
    if means.passes and refusal.retry_after:
        what += f" (it asks for a pause of {refusal.retry_after:.0f} s)"
    if issubclass(means.error, CloudError):
        return CloudError(
            what,
            where=where,
            why=why,
            next_step=means.next_step,
            raw=raw,
            status=refusal.status,
            code=refusal.code,
        )
    return means.error(what, where=where, why=why, next_step=means.next_step, raw=raw)


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
