"""Azure Resource Manager's refusals: status, code and message as its clients know them."""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

GATEWAY = (("x-ms-failure-cause", "gateway"),)


class ArmError(Exception):
    """An answer of 400 or above; `fields` are the keys of `error` besides code and message, in order."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        **fields: Any,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.headers = tuple(headers)
        self.body: Json = {"error": {"code": code, "message": message, **fields}}


def invalid_token(message: str, tenant_id: str, *, expired: bool = False) -> ArmError:
    """The caller's token is missing, not for this service, or `expired`."""
    challenge = (
        f'Bearer authorization_uri="https://login.microsoftonline.com/{tenant_id}", '
        f'error="invalid_token", error_description="{message}"'
    )
    headers = [("WWW-Authenticate", challenge), *GATEWAY]
    code = "ExpiredAuthenticationToken" if expired else "InvalidAuthenticationToken"
    return ArmError(401, code, message, headers=headers)


def group_not_found(group: str) -> ArmError:
    return ArmError(
        404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.", headers=GATEWAY
    )


def resource_not_found(type_and_name: str, group: str) -> ArmError:
    """`type_and_name`: "Microsoft.X/type/name". Recorded: cog_aso_deployment 16."""
    return ArmError(
        404,
        "ResourceNotFound",
        f"The Resource '{type_and_name}' under resource group '{group}' was not found. For more details "
        "please go to https://aka.ms/ARMResourceNotFoundFix",
        headers=GATEWAY,
    )


def parent_not_found(type_path: str, parent_id: str) -> ArmError:
    """`type_path`: the child's type without its namespace."""
    return ArmError(
        404,
        "ParentResourceNotFound",
        f"Failed to perform 'write' on resource(s) of type '{type_path}', because the parent resource "
        f"'{parent_id}' could not be found.",
        headers=GATEWAY,
    )


def invalid_content(message: str) -> ArmError:
    return ArmError(400, "InvalidRequestContent", message, headers=GATEWAY)


def location_not_available(location: str, type_path: str, available: Sequence[str]) -> ArmError:
    return ArmError(
        400,
        "LocationNotAvailableForResourceType",
        f"The provided location '{location}' is not available for resource type '{type_path}'. List of "
        f"available regions for the resource type is '{','.join(available)}'.",
        headers=GATEWAY,
    )


def no_registered_provider(location: str, api_version: str, type_path: str, known: Sequence[str]) -> ArmError:
    return ArmError(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for location '{location}' and API version '{api_version}' "
        f"for type '{type_path}'. The supported locations are '{', '.join(known)}'.",
        headers=GATEWAY,
    )


def apim_error(status: int, code: str, message: str, details: list[Json] | None = None) -> ArmError:
    """A refusal by API Management's own provider, which always writes `details`."""
    return ArmError(status, code, message, details=details)


def validation_error(*problems: tuple[str, str]) -> ArmError:
    """API Management refuses a body; `problems` are (target, message)."""
    details = [{"code": "ValidationError", "target": target, "message": text} for target, text in problems]
    return apim_error(400, "ValidationError", "One or more fields contain incorrect values:", details)
