"""Stack + template -> the API's policy XML, compiled by the language room before it is returned.

The delimiters are `[[ ]]` and `[% %]`: `{{ }}` is APIM's own mark for a named value, and braces are C#'s.
"""

from functools import cache
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from apimlb.policy.compiler import compile_policy
from apimlb.stack.access import GATEWAY, KEYS_API, TENANT_ID
from apimlb.stack.clients import shard_names
from apimlb.stack.config import Stack, Strategy, parse
from apimlb.stack.desired import Policies
from apimlb.stack.names import IDENTITY, backend

TIMEOUT = 120
"""Seconds that the gateway waits for an account's response headers."""

_STAND_IN = "00000000-0000-0000-0000-000000000000"
"""What stands for a named value while a policy is checked before it exists in Azure."""


def render(stack: Stack) -> str:
    """The policy that clients meet, as rawxml; raises `PolicyError` when Azure would refuse it."""
    return _rendered(stack, stack.strategy)


def render_all(stack: Stack) -> Policies:
    """The policies of all the stack's APIs; raises as `render` does."""
    return Policies(render(stack), _rendered(stack, "keys"), _rendered(stack, "probe"))


def _rendered(stack: Stack, template: str) -> str:
    client_ids = shard_names(stack.clients or ())
    named_values = dict.fromkeys((*client_ids, GATEWAY, IDENTITY, TENANT_ID), _STAND_IN)
    text = (
        _environment()
        .get_template(f"policy/{template}.xml.j2")
        .render(
            accounts=stack.accounts,
            audiences=stack.audiences,
            backends=[
                (backend(account, deployment), deployment)
                for deployment in stack.deployments
                for account in stack.accounts
            ],
            deployments=list(stack.deployments),
            retries=len(stack.accounts),
            streams=stack.streams,
            timeout=TIMEOUT,
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


def references() -> dict[str, str]:
    """What stands in `policies/`, by file name: the policies of stacks that show each strategy."""
    ordered = [
        {"location": "eastus2"},
        {"location": "swedencentral", "priority": 2},
        {"location": "westus3", "priority": 2},
    ]
    ordered_stack = parse({"strategy": Strategy.RETRY, "accounts": ordered})
    policies = render_all(parse({}))
    return {
        "backend-pool.xml": policies.balancer,
        "keys.xml": policies.keys,
        "probe.xml": policies.probe,
        "retry.xml": render(parse({"strategy": Strategy.RETRY})),
        "retry-priorities.xml": render(ordered_stack),
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
