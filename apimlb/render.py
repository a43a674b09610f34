"""Stack + template -> the API's policy XML, compiled by the language room before it is returned.

The delimiters are `[[ ]]` and `[% %]`: `{{ }}` is APIM's own mark for a named value, and braces are C#'s.
"""

from functools import cache
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from apimlb.policy.document import compile_policy
from apimlb.stack.access import GATEWAY, KEYS_API, TENANT_ID
from apimlb.stack.clients import shard_names
from apimlb.stack.config import Stack, Strategy, parse
from apimlb.stack.desired import IDENTITY

TIMEOUT = 120
"""Seconds that the gateway waits for an account's response headers."""

_STAND_IN = "00000000-0000-0000-0000-000000000000"
"""What stands for a named value while a policy is checked before it exists in Azure."""


def render(stack: Stack) -> str:
    """The policy of the stack's API, as rawxml; raises `PolicyError` when Azure would refuse it."""
    client_ids = shard_names(stack.clients or ())
    named_values = dict.fromkeys((*client_ids, GATEWAY, IDENTITY, TENANT_ID), _STAND_IN)
    text = (
        _environment()
        .get_template(f"policy/{stack.strategy}.xml.j2")
        .render(
            accounts=stack.accounts,
            deployments=list(stack.deployments),
            retries=len(stack.accounts),
            timeout=TIMEOUT,
            audiences=stack.audiences,
            names=SimpleNamespace(
                client_ids=client_ids,
                gateway=GATEWAY,
                identity=IDENTITY,
                keys_api=KEYS_API,
                tenant_id=TENANT_ID,
            ),
        )
    )
    compile_policy(text, scope="api", named_values=named_values)
    return text


def references() -> dict[str, Stack]:
    """The stacks whose policies stand in `policies/`, by file name."""
    ordered = [
        {"location": "eastus2"},
        {"location": "swedencentral", "priority": 2},
        {"location": "westus3", "priority": 2},
    ]
    return {
        "backend-pool.xml": parse({}),
        "retry.xml": parse({"strategy": Strategy.RETRY}),
        "retry-priorities.xml": parse({"strategy": Strategy.RETRY, "accounts": ordered}),
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_templates()),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
    )


def _templates() -> Path:
    """Inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"
