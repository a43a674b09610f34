"""Stack + template -> the API's policy XML, compiled by the language room before Azure sees it.

What a stack has in Azure already was compiled when it was written, and Azure took it: `filled_in` leaves the
compiling out, which takes longer than all else here, and `check` does it for what is about to be written.

The delimiters are `[[ ]]` and `[% %]`: `{{ }}` is APIM's own mark for a named value, and braces are C#'s.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from textwrap import indent
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from apimlb.stack.access import GATEWAY, KEYS_API, TENANT_ID
from apimlb.stack.choices import Strategy
from apimlb.stack.clients import shard_count, shard_names
from apimlb.stack.config import Stack, parse
from apimlb.stack.desired import Policies
from apimlb.stack.draining import LIST
from apimlb.stack.names import IDENTITY, backend, inside
from apimlb.stack.tiers import listed_tiers, tier_value

TIMEOUT = 120
"""Seconds that the gateway waits for an account's response headers."""

_STAND_IN = "00000000-0000-0000-0000-000000000000"
"""What stands for a named value while a policy is checked before it exists in Azure."""

# The families whose models refuse max_tokens and sampling parameters (Microsoft Learn, Azure OpenAI reasoning
# models).
_REASONING = re.compile(r"o\d|gpt-[56]")


def render(stack: Stack) -> str:
    """The policy that clients meet, as rawxml; raises `PolicyError` when Azure would refuse it."""
    text = _filled_in(stack, stack.strategy)
    check(stack, text)
    return text


_LEARNED_OF = {"location", "name", "priority", "weight", "endpoint"}
"""What of an account makes it another one, as far as what is learned of it goes."""


def render_all(stack: Stack) -> Policies:
    """The policies of all the stack's APIs; raises as `render` does."""
    made = filled_in(stack)
    for text in (made.balancer, made.bare, made.keys, made.probe):
        check(stack, text)
    return made


def filled_in(stack: Stack) -> Policies:
    """The same, not compiled: to be compared with what Azure has."""
    return Policies(
        _filled_in(stack, stack.strategy),
        _filled_in(stack, stack.strategy, bare=True),
        _filled_in(stack, "keys"),
        _filled_in(stack, "probe"),
    )


def check(stack: Stack, text: str, more: Mapping[str, str] | None = None) -> None:
    """Compile a policy that may use the stack's named values and `more`, each with its value; raises
    `PolicyError` when Azure would refuse it."""
    from apimlb.policy.compiler import compile_policy  # deferred: what is not written need not be compiled

    usual = (*map(tier_value, listed_tiers(stack)), LIST, GATEWAY, IDENTITY, TENANT_ID)
    names = (*_client_ids(stack), *(inside(stack, name) for name in usual))
    compile_policy(text, scope="api", named_values=dict.fromkeys(names, _STAND_IN) | dict(more or {}))


def _client_ids(stack: Stack) -> tuple[str, ...]:
    return tuple(inside(stack, name) for name in shard_names(shard_count(stack.clients or ())))


def _filled_in(stack: Stack, template: str, *, bare: bool = False) -> str:
    text = (
        _environment()
        .get_template(f"policy/{template}.xml.j2")
        .render(
            accounts=stack.accounts,
            audiences=stack.audiences,
            bare=bare,
            backends=[
                (backend(stack, account, deployment), deployment)
                for deployment in stack.deployments
                for account in stack.accounts
            ],
            deployments=list(stack.deployments),
            reasoning=[
                name for name, deployment in stack.deployments.items() if _REASONING.match(deployment.model)
            ],
            stack=stack,
            streams=stack.streams,
            named=bool(stack.monitoring or stack.tiers),
            tiers={name: inside(stack, tier_value(name)) for name in listed_tiers(stack)},
            most_mib=stack.tier.most_buffered_mib,
            timeout=TIMEOUT,
            cache=_cache(stack),
            before=inside(stack, ""),
            names=SimpleNamespace(
                client_ids=_client_ids(stack),
                drained=inside(stack, LIST),
                gateway=inside(stack, GATEWAY),
                identity=_identity(stack),
                key_verdicts=inside(stack, "apimlb-key-"),
                keys_api=inside(stack, KEYS_API),
                tenant_id=inside(stack, TENANT_ID),
                used=inside(stack, "apimlb-used"),
            ),
        )
    )
    return re.sub("^(?: {4})+", lambda spaces: "\t" * (len(spaces[0]) // 4), text, flags=re.MULTILINE)


def _cache(stack: Stack) -> str:
    """What the keys of the cache start with: another one for every change of the accounts or deployments, so
    that nothing learned of what was there before stands in the way of what is there now. Capacity is none: it
    changes without a policy."""
    deployments = {name: {"model", "version", "sku"} for name in stack.deployments}
    learned_of = stack.model_dump_json(
        include={"accounts": {"__all__": _LEARNED_OF}, "deployments": deployments, "strategy": True}
    )
    return f"{inside(stack, 'apimlb')}/{hashlib.sha256(learned_of.encode()).hexdigest()[:8]}"


def _identity(stack: Stack) -> str:
    """The named value that has the client id of the gateway's identity; empty for a system-assigned one."""
    return "" if stack.gateway and not stack.gateway_identity else inside(stack, IDENTITY)


def references() -> dict[str, str]:
    """What stands in `policies/`, by file name: the policies of stacks that show each strategy."""
    ordered = [
        {"location": "eastus2"},
        {"location": "swedencentral", "priority": 2},
        {"location": "westus3", "priority": 2},
    ]
    ordered_stack = parse({"strategy": Strategy.RETRY, "accounts": ordered})
    policies = render_all(parse({"strategy": Strategy.BACKEND_POOL}))
    return {
        "backend-pool.xml": policies.balancer,
        "keys.xml": policies.keys,
        "probe.xml": policies.probe,
        "retry.xml": render(parse({"strategy": Strategy.RETRY})),
        "retry-priorities.xml": render(ordered_stack),
    }


@cache
def _environment() -> Environment:
    environment = Environment(
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
    environment.globals["part"] = _part
    return environment


@pass_context
def _part(context: Context, name: str, column: int, **values: str) -> str:
    """The template of this name, its first line where it is called and the others in the same column."""
    text = context.environment.get_template(f"policy/{name}.xml.j2").render(context.get_all(), **values)
    return indent(text.rstrip(), " " * column).lstrip()


def _templates() -> Path:
    """Inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"
