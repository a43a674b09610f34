"""What an app reads to use the gateway: environment variables by app, and the forms to print them in."""

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

API_VERSION = "2024-10-21"
"""The data plane's last stable dated version (Microsoft Learn, Azure OpenAI API version lifecycle)."""

Variables = dict[str, str]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The gateway as a client needs it."""

    url: str
    key: str
    deployments: tuple[str, ...]


class App(StrEnum):
    """The apps whose variables are known."""

    OPENAI_SDK = "openai-sdk"


class Form(StrEnum):
    """How the variables are printed."""

    DOTENV = "dotenv"
    SHELL = "shell"
    JSON = "json"


def variables(app: App, endpoint: Endpoint) -> Variables:
    """The variables that the app reads."""
    return _APPS[app](endpoint)


def _openai_sdk(endpoint: Endpoint) -> Variables:
    """`openai.AzureOpenAI()` reads the first three itself; a deployment goes where a call takes `model`."""
    deployments = {f"AZURE_OPENAI_{name.upper()}_DEPLOYMENT": name for name in endpoint.deployments}
    return {
        "AZURE_OPENAI_ENDPOINT": endpoint.url,
        "AZURE_OPENAI_API_KEY": endpoint.key,
        "OPENAI_API_VERSION": API_VERSION,
        **{name.replace("-", "_"): value for name, value in deployments.items()},
    }


_APPS: Mapping[App, Callable[[Endpoint], Variables]] = {App.OPENAI_SDK: _openai_sdk}


def printed(form: Form, values: Variables) -> str:
    """The variables as dotenv lines, as shell commands for `eval`, or as one JSON document."""
    match form:
        case Form.JSON:
            return json.dumps(values, indent=2)
        case Form.SHELL:
            return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items())
        case Form.DOTENV:
            return "\n".join(f"{name}={_quoted(value)}" for name, value in values.items())


def _quoted(value: str) -> str:
    plain = all(c.isalnum() or c in "-._:/@+=" for c in value)
    return value if plain else json.dumps(value)
