"""Traffic does not notice changes of a stack, although what is written is obeyed late and roles flap."""

from collections.abc import Iterator
from typing import Any

import pytest

from apimlb.deploy.cloud import Limits
from apimlb.deploy.ids import NAMED_VALUE
from apimlb.local.lateness import LATE
from apimlb.stack.config import parse
from tests.functional.deploy.local_azure import LocalAzure
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
    late.clock.advance(600)
    scene.deploy(**{**before, **CHANGES[change]})
    assert set(scene.statuses) == {200}, scene.notes


def test_the_strategy_may_change_under_traffic(late: LocalAzure, strategy: str) -> None:
    scene = Site(late, Limits(steady=60, drain=60))
    scene.deploy(**BASE, strategy=strategy)
    late.clock.advance(600)
    scene.serve(parse({**BASE, "strategy": strategy}))
    other = "retry" if strategy == "backend-pool" else "backend-pool"
    scene.deploy(**BASE, strategy=other)
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
    late.clock.advance(600)
    scene.deploy(**BASE, clients=ids[:after])
    assert set(scene.statuses) == {200}, scene.notes
    assert len([id for id in late.ids(NAMED_VALUE) if "client-ids" in id]) == (4 if after == 3 else 16)
