"""The error codes by which Azure says that it is busy, slow or out of order, each with the answer around it.

They are what a fault names to be answered in Azure's words. The statuses are those under which callers
reported the codes; a wording that was reported stands as it was, any other says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apimlb.http import Request
from apimlb.local.store import parent_of

Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """`message` may name {id}, the resource that was asked for, and {parent}, the one above it."""

    status: int
    message: str
    headers: Sequence[Header] = ()

    def text(self, request: Request) -> str:
        path = request.path.rstrip("/")
        return self.message.replace("{id}", path).replace("{parent}", parent_of(path))


_CHALLENGE = (
    'Bearer authorization_uri="https://login.microsoftonline.com/common", error="invalid_token", '
    'error_description="The access token is invalid."'
)
_WAIT = (("Retry-After", "60"),)

CODES: Mapping[str, Answer] = {
    "AnotherOperationInProgress": Answer(
        409, "Another operation on this or dependent resource is in progress: {id}."
    ),
    "Conflict": Answer(409, "The request conflicts with the current state of the resource '{id}'."),
    # Reported in terraform-provider-azurerm issues 22607 and 22939.
    "RequestConflict": Answer(
        409,
        "Another operation is being performed on the parent resource '{parent}'. Please try again later.",
    ),
    # Reported in apiops issues 141 and 379.
    "PessimisticConcurrencyConflict": Answer(409, "Operation on the API is in progress"),
    "ServiceLocked": Answer(
        409, "The API Service is transitioning at this time. Please try the request again later."
    ),
    # Reported in AI foundry baseline issue 76.
    "AccountProvisioningStateInvalid": Answer(
        400, "The account '{parent}' is in state Accepted and cannot be changed."
    ),
    "PrincipalNotFound": Answer(400, "The principal does not exist in the directory."),
    "PreconditionFailed": Answer(412, "Resource was modified since last retrieval."),
    "ManagementApiRequestFailed": Answer(
        422, "The request to the management endpoint of the service failed. Please retry later."
    ),
    "TooManyRequests": Answer(429, "The request is being throttled.", _WAIT),
    "SubscriptionRequestsThrottled": Answer(
        429, "Number of requests for the subscription exceeded. Please try again after '60' seconds.", _WAIT
    ),
    "RequestTimeout": Answer(408, "The request timed out."),
    "InternalServerError": Answer(500, "An error has occurred. Please try again later."),
    "BadGateway": Answer(502, "The resource provider could not be reached."),
    "ServiceUnavailable": Answer(503, "The service is temporarily unavailable. Please try again later."),
    "GatewayTimeout": Answer(
        504, "The gateway did not receive a response from the resource provider within the time limit."
    ),
    "ParentResourceNotFound": Answer(
        404, "Failed to perform the operation, because the parent resource '{parent}' could not be found."
    ),
    "ResourceNotFound": Answer(404, "The Resource '{id}' was not found."),
    "ResourceGroupNotFound": Answer(404, "The resource group of '{id}' could not be found."),
    "AuthorizationFailed": Answer(
        403,
        "The client does not have authorization to perform the action over scope '{id}' or the scope is "
        "invalid. If access was recently granted, please refresh your credentials.",
    ),
    "ExpiredAuthenticationToken": Answer(
        401,
        "The access token expiry UTC time is earlier than current UTC time.",
        (("WWW-Authenticate", _CHALLENGE),),
    ),
    "temporarily_unavailable": Answer(
        503, "AADSTS90033: A transient error has occurred. Please try again.", (("Retry-After", "1"),)
    ),
}


def body(plane: str, code: str, status: int, text: str) -> dict[str, Any]:
    """An error in the shape that the plane's clients read."""
    shapes: dict[str, dict[str, Any]] = {
        "arm": {"error": {"code": code, "message": text}},
        "entra": {"error": code, "error_description": text},
        "gateway": {"statusCode": status, "message": text},
        "openai": {"error": {"code": code, "message": text}},
        "outside": {"error": text},
        "safety": {"error": {"code": code, "message": text}},
    }
    return shapes[plane]
