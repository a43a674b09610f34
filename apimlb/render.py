"""Stack + template -> the API's policy XML, compiled by the language room before it is returned.

The delimiters are `[[ ]]` and `[% %]`: `{{ }}` is APIM's own mark for a named value, and braces are C#'s.
"""

from functools import cache
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from apimlb.policy.document import compile_policy
from apimlb.stack.config import Stack, Strategy, parse
from apimlb.stack.desired import CLIENT_IDS, IDENTITY, KEY_HASHES, TENANT_ID

TIMEOUT = 120
"""Seconds that the gateway waits for an account's response headers."""

# What stands for the named values while a policy is checked before they exist in Azure.
_NAMED_VALUES = (CLIENT_IDS, IDENTITY, KEY_HASHES, TENANT_ID)
_STAND_INS = dict.fromkeys(_NAMED_VALUES, "00000000-0000-0000-0000-000000000000")


def render(stack: Stack) -> str:
    """The policy of the stack's API, as rawxml; raises `PolicyError` when Azure would refuse it."""
    text = (
        _environment()
        .get_template(f"policy/{stack.strategy}.xml.j2")
        .render(
            accounts=stack.accounts,
            deployments=list(stack.deployments),
            retries=len(stack.accounts),
            timeout=TIMEOUT,
            names=SimpleNamespace(
                key_hashes=KEY_HASHES, client_ids=CLIENT_IDS, tenant_id=TENANT_ID, identity=IDENTITY
            ),
        )
    )
    compile_policy(text, scope="api", named_values=_STAND_INS)
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
