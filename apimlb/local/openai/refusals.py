"""Azure OpenAI's refusals, word for word where they are on record."""

import json
from typing import Any

from apimlb.http import Headers, Response
from apimlb.local.openai.models import Model
from apimlb.local.openai.routes import Call
from apimlb.local.store import Document

JSON = ("Content-Type", "application/json")

# Names as throttled callers read them; a region that is not here stands as ARM writes it.
_REGIONS = {
    name.replace(" ", "").lower(): name
    for name in (
        "Australia East", "Brazil South", "Canada Central", "Canada East", "Central US", "East US", "East "
        "US 2",
        "France Central", "Germany West Central", "Italy North", "Japan East", "Korea Central",
        "North Central US", "Norway East", "Poland Central", "South Africa North", "South Central US",
        "South India", "Spain Central", "Sweden Central", "Switzerland North", "Switzerland West", "UAE "
        "North",
        "UK South", "West Europe", "West US", "West US 3",
    )
}  # fmt: skip


class Refused(Exception):
    """A request that ends here, with the response that says why."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def error(status: int, code: str, message: str) -> Refused:
    return Refused(_json(status, {"error": {"code": code, "message": message}}))


def invalid(message: str, param: str | None = None, code: str | None = None) -> Refused:
    """A 400 as the model's own front end words it."""
    body = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return Refused(_json(400, {"error": body}))


def bad_key() -> Refused:
    return error(
        401,
        "401",
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid "
        "key "
        "for an active subscription and use a correct regional API endpoint for your resource.",
    )


def keys_disabled() -> Refused:
    return error(403, "AuthenticationTypeDisabled", "Key based authentication is disabled for this resource.")


def not_public() -> Refused:
    return error(403, "403", "Public access is disabled. Please configure private endpoint.")


def bad_token() -> Refused:
    """The one refusal without `error` around it (openai-python users' reports, 2023 to 2025)."""
    message = (
        "Unauthorized. Access token is missing, invalid, audience is incorrect "
        "(https://cognitiveservices.azure.com), or have expired."
    )
    return Refused(_json(401, {"statusCode": 401, "message": message}))


def no_role(principal: str, call: Call) -> Refused:
    message = (
        f"The principal `{principal}` lacks the required data action `{call.data_action}` "
        f"to perform `{call.template}` operation."
    )
    return error(401, "PermissionDenied", message)


def not_found() -> Refused:
    return error(404, "404", "Resource not found")


def no_deployment() -> Refused:
    return error(
        404,
        "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within the "
        "last 5 "
        "minutes, please wait a moment and try again.",
    )


def no_answer(id: str) -> Refused:
    """As OpenAI's own API says it; Azure's wording is not on record."""
    body = {"message": f"Response with id '{id}' not found.", "type": "invalid_request_error"}
    return Refused(_json(404, {"error": {**body, "param": None, "code": None}}))


def not_in_background() -> Refused:
    """As OpenAI's own API says it of an answer that its caller waited for."""
    body = {"message": "Cannot cancel a synchronous response.", "type": "invalid_request_error"}
    return Refused(_json(400, {"error": {**body, "param": None, "code": None}}))


def no_previous_answer(id: str) -> Refused:
    """Reported word for word (microsoft/agent-framework 6419)."""
    message = f"Previous response with id '{id}' not found."
    return invalid(message, "previous_response_id", "previous_response_not_found")


def wrong_operation(call: Call, model: Model) -> Refused:
    name = {"chat": "chatCompletion", "completions": "completion"}.get(call.operation, call.operation)
    return error(
        400,
        "OperationNotSupported",
        f"The {name} operation does not work with the specified model, {model.name}. Please choose different "
        "model and try again. You can learn more about which models can be used with each operation here: "
        "https://go.microsoft.com/fwlink/?linkid=2197993.",
    )


def filtered(results: dict[str, Any]) -> Refused:
    message = (
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. "
        "Please modify your prompt and retry. To learn more about our content filtering policies please read "
        "our documentation: https://go.microsoft.com/fwlink/?linkid=2198766"
    )
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": results}
    body = {"message": message, "type": None, "param": "prompt", "code": "content_filter", "status": 400}
    return Refused(_json(400, {"error": {**body, "innererror": inner}}))


def unavailable(status: int) -> Refused:
    if status < 503:
        return error(status, "InternalServerError", "The server had an error while processing your request.")
    return error(status, "ServiceUnavailable", "The service is temporarily unable to process your request.")


def region(account: Document) -> str:
    """The account's region as people read it: "Sweden Central"."""
    location = str(account.body.get("location", ""))
    return _REGIONS.get(location.replace(" ", "").lower(), location)


def _json(status: int, body: dict[str, Any]) -> Response:
    return Response(status, Headers([JSON]), json.dumps(body, separators=(",", ":")).encode())
