"""Whether a region has what deployments ask of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.deploy.catalogue import Demand, Offers, capacity_problems, offer_problems
from apimlb.errors import ConfigError, QuotaError

NOW = 1_800_000_000.0  # 2027-01-15


def model(name: str = "gpt-5.1", version: str = "v1", *, sku: str = "GlobalStandard", **more: Any) -> Any:
    quota = f"OpenAI.{sku}.{name}"
    sizes = more.pop("capacity", {"maximum": 1000})
    skus = [{"name": sku, "usageName": quota, "capacity": sizes}]
    return {"kind": "OpenAI", "model": {"name": name, "version": version, "skus": skus, **more}}


def region(*models: Any, used: int = 0, limit: int = 100) -> dict[str, Offers]:
    names = {sku["usageName"] for entry in models for sku in entry["model"]["skus"]}
    usages = [{"name": {"value": name}, "currentValue": used, "limit": limit} for name in names]
    return {"eastus2": Offers(models, usages)}


def demand(capacity: int = 30, held: int = 0, *, name: str = "gpt-5.1", **more: Any) -> Demand:
    wanted = {"format": "OpenAI", "name": name, "version": more.pop("version", "v1")}
    sku = more.pop("sku", "GlobalStandard")
    return Demand("deployment chat", "eastus2", wanted, sku, capacity, held, **more)


@pytest.mark.parametrize(
    ("asked", "what", "offered"),
    [
        (demand(name="o9-nano"), "does not offer the model o9-nano", "Name another model"),
        (demand(name="gtp-5.1"), "does not offer the model gtp-5.1", "Did you mean gpt-5.1? Name another"),
        (demand(version="V1"), "does not offer version V1", "Did you mean v1? It offers v1. Name another"),
        (demand(version="v9"), "does not offer version v9 of gpt-5.1", "It offers v1."),
        (demand(sku="Standard"), "does not offer gpt-5.1 v1 as Standard", "It offers GlobalStandard."),
    ],
)
def test_what_a_region_does_not_offer_is_told_with_what_it_does(
    asked: Demand, what: str, offered: str
) -> None:
    [problem] = offer_problems([asked], region(model()), NOW)
    assert isinstance(problem, ConfigError)
    assert what in problem.what
    assert problem.next_step.startswith(offered)


def test_a_retired_model_cannot_be_deployed_but_one_that_is_there_may_stay() -> None:
    past = model(deprecation={"inference": "2026-01-31T00:00:00Z"})
    [problem] = offer_problems([demand()], region(past, model(version="v2")), NOW)
    assert "was retired on 2026-01-31" in problem.what
    assert "It offers v2." in problem.next_step
    assert list(offer_problems([demand(fresh=False)], region(past), NOW)) == []


def test_the_sku_s_own_date_comes_first() -> None:
    entry = model(deprecation={"inference": "2040-01-01T00:00:00Z"})
    entry["model"]["skus"][0]["deprecationDate"] = "2026-02-01T00:00:00Z"
    assert len(list(offer_problems([demand()], region(entry), NOW))) == 1


@pytest.mark.parametrize(
    ("sizes", "capacity", "said"),
    [
        ({"minimum": 15, "maximum": 100, "step": 5}, 10, "is at least 15 and at most 100"),
        ({"minimum": 15, "maximum": 100, "step": 5}, 17, "comes in steps of 5"),
        ({"maximum": 100}, 0, "is at least 1"),
        ({"maximum": 100}, 101, "at most 100"),
    ],
)
def test_a_capacity_comes_in_the_sku_s_sizes(sizes: Any, capacity: int, said: str) -> None:
    problems = list(capacity_problems([demand(capacity)], region(model(capacity=sizes), limit=10_000)))
    assert [said in problem.what for problem in problems] == [True]


def test_a_quota_that_does_not_suffice_is_told_with_what_would_fit() -> None:
    [problem] = capacity_problems([demand(30)], region(model(), used=80))
    assert isinstance(problem, QuotaError)
    assert "has 20 left" in problem.what
    assert "A capacity of 20 in all would fit" in problem.next_step


def test_what_a_deployment_holds_already_is_not_wanted_twice() -> None:
    assert list(capacity_problems([demand(100, held=80)], region(model(), used=80))) == []


def test_a_quota_or_region_that_is_not_listed_stops_nothing() -> None:
    assert list(capacity_problems([demand()], {})) == []
    assert list(capacity_problems([demand()], {"eastus2": Offers([model()], [])})) == []


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60)), min_size=1, max_size=6),
    st.integers(0, 200),
    st.integers(0, 200),
)
def test_the_check_agrees_with_the_sum(asked: list[tuple[int, int]], others: int, limit: int) -> None:
    """Azure refuses when what all use afterwards is beyond the limit, and something more is used."""
    demands = [demand(capacity, held) for capacity, held in asked]
    held = sum(h for _, h in asked)
    after = others + sum(capacity for capacity, _ in asked)
    refused = after > limit and after > others + held
    found = list(capacity_problems(demands, region(model(), used=others + held, limit=limit)))
    assert bool(found) is refused
