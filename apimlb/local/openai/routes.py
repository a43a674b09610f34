"""The URLs of an Azure OpenAI account, dated and v1."""

import re
from dataclasses import dataclass

from apimlb.http import Request

SUFFIXES = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
DATED = frozenset(
    {
        *("2022-12-01", "2023-05-15", "2024-02-01", "2024-06-01", "2024-10-21"),
        *(f"2023-{day}-preview" for day in ("03-15", "06-01", "07-01", "08-01", "09-01", "10-01", "12-01")),
        *(f"2024-{day}-preview" for day in ("02-15", "03-01", "04-01", "05-01", "07-01", "08-01", "09-01")),
        *(f"2024-{day}-preview" for day in ("10-01", "12-01")),
        *(f"2025-{day}-preview" for day in ("01-01", "02-01", "03-01", "04-01")),
    }
)
"""The api-versions of the data plane that there have been (Microsoft Learn, Azure OpenAI API version
lifecycle, and the folders of its specification). Which of the retired previews still answer is not published;
all do here. Any other gets 404, as SDK users report."""

_DEPLOYED = {"chat/completions": "chat", "completions": "completions", "embeddings": "embeddings"}
_V1 = {**_DEPLOYED, "responses": "responses"}
_FORMAL = {
    "chat": "ChatCompletions_Create",
    "completions": "Completions_Create",
    "embeddings": "Embeddings_Create",
    "responses": "Responses_Create",
    "models": "Models_List",
    "answer": "Responses_Get",
    "answer-items": "Responses_ListInputItems",
    "answer-end": "Responses_Delete",
    "answer-stop": "Responses_Cancel",
}
_ACTIONS = {
    "models": "models/read",
    "responses": "responses/write",
    "answer": "responses/read",
    "answer-items": "responses/read",
    "answer-end": "responses/delete",
    "answer-stop": "responses/write",
}
_KEPT = re.compile(r"responses/([^/]+)(/input_items|/cancel)?", re.IGNORECASE)
_NAMED = {
    ("GET", ""): "answer",
    ("GET", "/input_items"): "answer-items",
    ("DELETE", ""): "answer-end",
    ("POST", "/cancel"): "answer-stop",
}
# The first of the dated versions that has the Responses API (Microsoft Learn, Azure OpenAI Responses API).
_RESPONSES_SINCE = "2025-03-01"


@dataclass(frozen=True, slots=True)
class Call:
    """What a URL asks for. `deployment` is empty where the body names it as `model`; `named` is the model or
    the kept answer that is asked for. `api_version` is empty on v1, where it means nothing."""

    operation: str
    deployment: str = ""
    api_version: str = ""
    named: str = ""

    @property
    def formal(self) -> str:
        """Azure's own name for the operation, as throttled callers read it."""
        return _FORMAL[self.operation]

    @property
    def template(self) -> str:
        """Method and path as Azure's access errors state them."""
        if self.operation == "models":
            return "GET /openai/models"
        if self.operation.startswith("answer"):
            verb = {"answer-end": "DELETE", "answer-stop": "POST"}.get(self.operation, "GET")
            return f"{verb} /openai/responses/{{response-id}}"
        middle = "" if not self.api_version else "/deployments/{deployment-id}"
        return f"POST /openai{middle}/{_action(self.operation)}"

    @property
    def data_action(self) -> str:
        """The data action that a role must give to the caller (Microsoft Learn, Azure RBAC for OpenAI)."""
        if self.operation in _ACTIONS:
            return f"Microsoft.CognitiveServices/accounts/OpenAI/{_ACTIONS[self.operation]}"
        path = _action(self.operation)
        return f"Microsoft.CognitiveServices/accounts/OpenAI/deployments/{path}/action"


def subdomain(host: str) -> str | None:
    """The account's custom subdomain that a host names; None when it is no account's host.

    `localhost` may follow, because such names lead to this machine without a resolver's help.
    """
    host = host.lower().removesuffix(".localhost")
    return next((host.removesuffix(suffix) for suffix in SUFFIXES if host.endswith(suffix)), None)


def parse(request: Request) -> Call | None:
    """The call that method, path and api-version make; None for what Azure answers with 404."""
    head, _, tail = request.path.strip("/").partition("/")
    if head.lower() != "openai":
        return None
    version = request.query.get("api-version", "")
    if tail[:3].lower() == "v1/":
        return _call(request.method, _V1, tail[3:], "", "")
    if version not in DATED:
        return None
    if tail[:12].lower() == "deployments/":
        deployment, _, path = tail[12:].partition("/")
        return _call(request.method, _DEPLOYED, path, deployment, version)
    responds = version >= _RESPONSES_SINCE or tail[:6].lower() == "models"
    return _call(request.method, {"responses": "responses"}, tail, "", version) if responds else None


def _call(method: str, table: dict[str, str], path: str, deployment: str, version: str) -> Call | None:
    lower = path.lower()
    operation = table.get(lower)
    if operation is not None:
        return Call(operation, deployment, version) if method == "POST" else None
    if deployment:
        return None
    if lower.partition("/")[0] == "models":
        return Call("models", "", version, lower.partition("/")[2]) if method == "GET" else None
    kept = _KEPT.fullmatch(path)
    named = _NAMED.get((method, (kept[2] or "").lower() if kept else ""))
    return Call(named, "", version, kept[1]) if kept and named else None


def _action(operation: str) -> str:
    return "chat/completions" if operation == "chat" else operation
