"""What an app reads to use the gateway: environment variables by app, what it needs besides, and their forms.

The names are those that the apps' sources read: azure-search-openai-demo (Python, of today and of 2024),
azure-search-openai-javascript, azure-search-openai-demo-csharp; openai's and langchain's own for the rest.
"""

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

API_VERSION = "2024-10-21"
"""The data plane's last stable dated version (Microsoft Learn, Azure OpenAI API version lifecycle)."""

DIMENSIONS = {"text-embedding-3-large": 3072, "text-embedding-3-small": 1536, "text-embedding-ada-002": 1536}
"""How long the vectors of each model are (Microsoft Learn, Azure OpenAI embeddings models)."""

Variables = dict[str, str]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The gateway as a client needs it; `deployments` are models by the name they are deployed under."""

    url: str
    key: str
    deployments: Mapping[str, str] = field(default_factory=dict)

    @property
    def v1(self) -> str:
        return f"{self.url}/openai/v1"

    def _of(self, embedding: bool) -> tuple[str, str]:
        """Name and model of the first deployment that embeds, or that does not; empty for none."""
        fitting = ((n, m) for n, m in self.deployments.items() if m.startswith("text-embedding") == embedding)
        return next(fitting, ("", ""))

    @property
    def chat(self) -> tuple[str, str]:
        return self._of(embedding=False)

    @property
    def embedding(self) -> tuple[str, str]:
        return self._of(embedding=True)


class App(StrEnum):
    """The apps whose variables are known."""

    PYTHON = "python"
    PYTHON_LEGACY = "python-legacy"
    JAVASCRIPT = "javascript"
    DOTNET = "dotnet"
    OPENAI_SDK = "openai-sdk"
    LANGCHAIN = "langchain"


class Form(StrEnum):
    """How the variables are printed."""

    DOTENV = "dotenv"
    SHELL = "shell"
    JSON = "json"
    AZD = "azd"


def variables(app: App, endpoint: Endpoint) -> Variables:
    """The variables that the app reads; what there is no deployment for is left out."""
    found = _APPS[app](endpoint)
    return {name: value for name, value in found.items() if value}


def _python(endpoint: Endpoint) -> Variables:
    """It takes the address as the base of v1, and sends the key as a bearer token."""
    return {
        "OPENAI_HOST": "azure_custom",
        "AZURE_OPENAI_CUSTOM_URL": endpoint.v1,
        "AZURE_OPENAI_API_KEY_OVERRIDE": endpoint.key,
        **_search_demo(endpoint),
    }


def _python_legacy(endpoint: Endpoint) -> Variables:
    """It adds /openai/deployments/… to the bare host, and sends the key as `api-key`."""
    return {
        "OPENAI_HOST": "azure_custom",
        "AZURE_OPENAI_CUSTOM_URL": endpoint.url,
        "AZURE_OPENAI_API_KEY_OVERRIDE": endpoint.key,
        "AZURE_OPENAI_API_VERSION": API_VERSION,
        **_search_demo(endpoint),
    }


def _search_demo(endpoint: Endpoint) -> Variables:
    (chat, chat_model), (embedding, embedding_model) = endpoint.chat, endpoint.embedding
    return {
        "AZURE_OPENAI_CHATGPT_DEPLOYMENT": chat,
        "AZURE_OPENAI_CHATGPT_MODEL": chat_model,
        "AZURE_OPENAI_EMB_DEPLOYMENT": embedding,
        "AZURE_OPENAI_EMB_MODEL_NAME": embedding_model,
        "AZURE_OPENAI_EMB_DIMENSIONS": _dimensions(embedding_model),
    }


def _javascript(endpoint: Endpoint) -> Variables:
    """It has no key: its identity's token is all that it sends."""
    (chat, chat_model), (embedding, embedding_model) = endpoint.chat, endpoint.embedding
    return {
        "AZURE_OPENAI_CUSTOM_URL": endpoint.url,
        "AZURE_OPENAI_CHATGPT_DEPLOYMENT": chat,
        "AZURE_OPENAI_CHATGPT_MODEL": chat_model,
        "AZURE_OPENAI_EMBEDDING_DEPLOYMENT": embedding,
        "AZURE_OPENAI_EMBEDDING_MODEL": embedding_model,
    }


def _dotnet(endpoint: Endpoint) -> Variables:
    """It has no key either."""
    return {
        "UseAOAI": "true",
        "AzureOpenAiServiceEndpoint": endpoint.url,
        "AzureOpenAiChatGptDeployment": endpoint.chat[0],
        "AzureOpenAiEmbeddingDeployment": endpoint.embedding[0],
        "AZURE_OPENAI_ENDPOINT": endpoint.url,
    }


def _openai_sdk(endpoint: Endpoint) -> Variables:
    """`openai.AzureOpenAI()` reads the first three, `openai.OpenAI()` the next two; a deployment goes where a
    call takes `model`."""
    return {
        "AZURE_OPENAI_ENDPOINT": endpoint.url,
        "AZURE_OPENAI_API_KEY": endpoint.key,
        "OPENAI_API_VERSION": API_VERSION,
        "OPENAI_BASE_URL": endpoint.v1,
        "OPENAI_API_KEY": endpoint.key,
        **_deployments(endpoint),
    }


def _deployments(endpoint: Endpoint) -> Variables:
    return {
        f"AZURE_OPENAI_{name.upper()}_DEPLOYMENT".replace("-", "_"): name for name in endpoint.deployments
    }


def _langchain(endpoint: Endpoint) -> Variables:
    """Python's AzureChatOpenAI reads the first three, JavaScript's the next ones."""
    return {
        "AZURE_OPENAI_ENDPOINT": endpoint.url,
        "AZURE_OPENAI_API_KEY": endpoint.key,
        "OPENAI_API_VERSION": API_VERSION,
        "AZURE_OPENAI_BASE_PATH": f"{endpoint.url}/openai/deployments",
        "AZURE_OPENAI_API_VERSION": API_VERSION,
        "AZURE_OPENAI_API_DEPLOYMENT_NAME": endpoint.chat[0],
        "AZURE_OPENAI_API_EMBEDDINGS_DEPLOYMENT_NAME": endpoint.embedding[0],
        **_deployments(endpoint),
    }


def _dimensions(model: str) -> str:
    return str(DIMENSIONS.get(model, "")) if model else ""


_APPS: Mapping[App, Callable[[Endpoint], Variables]] = {
    App.PYTHON: _python,
    App.PYTHON_LEGACY: _python_legacy,
    App.JAVASCRIPT: _javascript,
    App.DOTNET: _dotnet,
    App.OPENAI_SDK: _openai_sdk,
    App.LANGCHAIN: _langchain,
}

_LET_IN = "It sends no key but its identity's token: let it in with `apimlb clients add` and its client id."
NOTES: Mapping[App, tuple[str, ...]] = {
    App.PYTHON: (
        "Its ingestion (prepdocs, uploads) does not start with OPENAI_HOST=azure_custom: run that with "
        "OPENAI_HOST=azure.",
    ),
    App.PYTHON_LEGACY: (),
    App.JAVASCRIPT: (
        "It does not read AZURE_OPENAI_CUSTOM_URL: in packages/search/src/plugins/openai.ts and in the "
        "indexer, put `process.env.AZURE_OPENAI_CUSTOM_URL ||` before the address that it makes up.",
        _LET_IN,
        "It sends max_tokens and temperature, which reasoning models refuse: set adapt_parameters = true in "
        "apimlb.toml, or deploy another model.",
    ),
    App.DOTNET: (
        "Its settings come from Key Vault, where `azd provision` writes them: set them there, too.",
        _LET_IN,
        "It sends temperature, which reasoning models refuse: set adapt_parameters = true in apimlb.toml.",
    ),
    App.OPENAI_SDK: (),
    App.LANGCHAIN: (),
}
"""What an app needs besides its variables."""


def printed(form: Form, values: Variables) -> str:
    """The variables as dotenv lines, as shell commands for `eval`, as one JSON document, or for azd."""
    match form:
        case Form.JSON:
            return json.dumps(values, indent=2)
        case Form.SHELL:
            return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items())
        case Form.AZD:
            return "\n".join(f"azd env set {name} {shlex.quote(value)}" for name, value in values.items())
        case Form.DOTENV:
            return "\n".join(f"{name}={_quoted(value)}" for name, value in values.items())


def _quoted(value: str) -> str:
    plain = all(c.isalnum() or c in "-._:/@+=" for c in value)
    return value if plain else json.dumps(value)
