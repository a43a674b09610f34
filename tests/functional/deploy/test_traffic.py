"""Traffic does not notice changes of a stack, although what is written is obeyed late and roles flap."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from apimlb.deploy.cloud import Limits
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.ids import API, NAMED_VALUE, OPERATION, kind_of
from apimlb.local.lateness import LATE
from apimlb.stack.apis import operation, policy_of
from apimlb.stack.config import parse
from apimlb.stack.desired import METHODS
from apimlb.stack.marks import mark_in, marked
from apimlb.stack.planner import POLICY
from apimlb.stack.resources import Resource
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import CHAT as CHAT_PATH
from tests.functional.deploy.scene import Site

CHAT = {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 900}
ONE, TWO, THREE = ({"location": place} for place in ("eastus2", "swedencentral", "westus3"))
BASE: dict[str, Any] = {"accounts": [ONE, TWO], "deployments": {"chat": CHAT}}

CHANGES: dict[str, dict[str, Any]] = {
    "an account comes": {"accounts": [ONE, TWO, THREE]},
    "an account goes": {"accounts": [ONE]},
    "an account is exchanged for another": {"accounts": [ONE, THREE]},
    "the first account goes": {"accounts": [TWO]},
    "priorities change": {"accounts": [{**ONE, "priority": 2}, TWO]},
    "the model changes": {"deployments": {"chat": {**CHAT, "model": "gpt-5.4", "version": "2026-03-05"}}},
    "capacity changes": {"deployments": {"chat": {**CHAT, "capacity": 800}}},
    "a deployment comes": {"deployments": {"chat": CHAT, "other": {**CHAT, "capacity": 50}}},
    "the audiences change": {"audiences": ["https://ai.azure.com"]},
    "the breakers change": {"accept_retry_after": False},
}


@pytest.fixture
def late() -> Iterator[LocalAzure]:
    made = LocalAzure(lateness=LATE)
    yield made
    made.close()


@pytest.fixture(params=["backend-pool", "retry"])
def strategy(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("change", CHANGES)
def test_no_client_sees_an_error_while(late: LocalAzure, strategy: str, change: str) -> None:
    scene = Site(late, Limits(steady=60, drain=60))
    before = {**BASE, "strategy": strategy}
    scene.deploy(**before)
    late.clock.advance(600)
    scene.serve(parse(before))
    scene.deploy(**{**before, **CHANGES[change]})
    scene.settle()
    scene.deploy(**{**before, **CHANGES[change]})
    assert set(scene.statuses) == {200}, scene.notes


@pytest.mark.parametrize(
    "change",
    ["nothing else", "the model changes", "an account is exchanged for another", "the first account goes"],
)
def test_the_strategy_may_change_under_traffic(late: LocalAzure, strategy: str, change: str) -> None:
    scene = Site(late, Limits(steady=60, drain=60))
    scene.deploy(**BASE, strategy=strategy)
    late.clock.advance(600)
    scene.serve(parse({**BASE, "strategy": strategy}))
    other = "retry" if strategy == "backend-pool" else "backend-pool"
    scene.deploy(**{**BASE, "strategy": other, **CHANGES.get(change, {})})
    assert set(scene.statuses) == {200}, scene.notes


@pytest.mark.parametrize(("before", "after"), [(600, 3), (3, 600)])
def test_clients_may_become_so_many_or_few_that_the_named_values_do(
    late: LocalAzure, before: int, after: int
) -> None:
    """What was released before names those that go, and gateways serve it for a while yet."""
    ids = [f"{number * 37 % 256:02x}000000-0000-4000-8000-{number:012d}" for number in range(600)]
    scene = Site(late, Limits(steady=60, drain=60))
    scene.deploy(**BASE, clients=ids[:before])
    late.clock.advance(600)
    scene.serve(parse({**BASE, "clients": ids[:before]}), client=ids[2])
    scene.deploy(**BASE, clients=ids[:after])
    scene.settle()
    scene.deploy(**BASE, clients=ids[:after])
    assert set(scene.statuses) == {200}, scene.notes
    assert len([id for id in late.ids(NAMED_VALUE) if "client-ids" in id]) == (4 if after == 3 else 16)


OLD_OPERATIONS = {
    "openai": {
        "deployment-others": ("POST", "/deployments/{deployment-id}/*"),
        "v1-others": ("POST", "/v1/*"),
        "unknown-get": ("GET", "/*"),
        "unknown-post": ("POST", "/*"),
    },
    "openai-bare-host": {"bare-chat-completions": ("POST", "/chat/completions")},
}
"""Those that a stack had when each path had one; its policy answered what came by the others."""
REFUSING = """<inbound><choose><when condition="@(context.Operation.Id.StartsWith("unknown-"))">
<return-response><set-status code="404" reason="Not Found" /></return-response></when></choose>"""
REWRITING = (
    '<policies><inbound><rewrite-uri template="/v1/chat/completions" /><base /></inbound>'
    "<backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>"
)


def old_layout(wanted: Sequence[Resource]) -> Iterator[Resource]:
    """The stack with an operation for each path."""
    for resource in wanted:
        if kind_of(resource.id) == POLICY and any(f"/apis/{api}/" in resource.id for api in OLD_OPERATIONS):
            text = resource.body["properties"]["value"].replace("<inbound>", REFUSING, 1)
            body = {"properties": {**resource.body["properties"], "value": text}}
            yield replace(resource, body=body)
        elif kind_of(resource.id) == OPERATION and resource.name != "ask":
            continue
        else:
            yield resource
    apis = {r.name: r.id for r in wanted if kind_of(r.id) == API and r.name in OLD_OPERATIONS}
    for name, api in apis.items():
        for each, (method, template) in OLD_OPERATIONS[name].items():
            yield marked(operation(api, each, method, template, each), mark_in(wanted))
    bare = f"{apis['openai-bare-host']}/operations/bare-chat-completions"
    yield policy_of(bare, REWRITING, "rewriting")


@pytest.mark.parametrize("path", [CHAT_PATH, "/openai/v1/chat/completions", "/chat/completions"])
def test_a_stack_with_an_operation_for_each_path_gets_one_for_each_method(
    late: LocalAzure, strategy: str, path: str
) -> None:
    scene = Site(late, Limits(steady=60, drain=60))
    configuration = {**BASE, "strategy": strategy}
    stack = parse(configuration)
    deployer, wanted = Deployer(late.connected(), late.clock), scene.wanted(stack)(frozenset())
    deployer.apply(deployer.preview([*old_layout(wanted)])).outcome.raise_failure()
    late.clock.advance(600)
    scene.serve(stack, path=path)
    scene.deploy(**configuration)
    scene.settle()
    scene.deploy(**configuration)
    assert set(scene.statuses) == {200}, scene.notes
    assert listed(late, "openai") == {method.lower() for method in METHODS}
    assert listed(late, "openai-bare-host") == {f"bare-{method.lower()}" for method in METHODS}


def listed(azure: LocalAzure, api: str) -> set[str]:
    """The names of the operations of the API's current revision."""
    (id,) = (id for id in azure.ids(API) if id.endswith(f"/apis/{api}"))
    return {str(row["name"]) for row in azure.connected().children(id, OPERATION)}
