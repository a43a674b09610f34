"""The URLs of an Azure OpenAI account, dated and v1."""

import re
from dataclasses import dataclass

from apimlb.http import Request

SUFFIXES = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
DATED = re.compile(r"\d{4}-\d\d-\d\d(-preview)?")

_DEPLOYED = {"chat/completions": "chat", "completions": "completions", "embeddings": "embeddings"}
_V1 = {**_DEPLOYED, "responses": "responses"}
_FORMAL = {
    "chat": "ChatCompletions_Create",
    "completions": "Completions_Create",
    "embeddings": "Embeddings_Create",
    "responses": "Responses_Create",
    "models": "Models_List",
}


@dataclass(frozen=True, slots=True)
class Call:
    """What a URL asks for. `deployment` is empty where the body names it as `model`; of `models` it is
    the one model that is asked for. `api_version` is empty on v1, where it means nothing."""

    operation: str
    deployment: str = ""
    api_version: str = ""

    @property
    def formal(self) -> str:
        """Azure's own name for the operation, as throttled callers read it."""
        return _FORMAL[self.operation]

    @property
    def template(self) -> str:
        """Method and path as Azure's access errors state them."""
        if self.operation == "models":
            return "GET /openai/models"
        middle = "" if not self.api_version else "/deployments/{deployment-id}"
        return f"POST /openai{middle}/{_action(self.operation)}"

    @property
    def data_action(self) -> str:
        """The data action that a role must give to the caller (Microsoft Learn, Azure RBAC for OpenAI)."""
        if self.operation in ("models", "responses"):
            last = "read" if self.operation == "models" else "write"
            return f"Microsoft.CognitiveServices/accounts/OpenAI/{self.operation}/{last}"
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
    head, _, tail = request.path.lower().strip("/").partition("/")
    if head != "openai":
        return None
    version = request.query.get("api-version", "")
    if tail.startswith("v1/"):
        return _call(request.method, _V1, tail.removeprefix("v1/"), "", "")
    if not DATED.fullmatch(version):
        return None
    if tail.startswith("deployments/"):
        deployment, _, path = request.path.strip("/").split("/", 2)[2].partition("/")
        return _call(request.method, _DEPLOYED, path.lower(), deployment, version)
    return _call(request.method, {"responses": "responses"}, tail, "", version)


def _call(method: str, table: dict[str, str], path: str, deployment: str, version: str) -> Call | None:
    if path.partition("/")[0] == "models" and not deployment:
        return Call("models", path.partition("/")[2], version) if method == "GET" else None
    operation = table.get(path)
    return Call(operation, deployment, version) if operation and method == "POST" else None


def _action(operation: str) -> str:
    return "chat/completions" if operation == "chat" else operation
