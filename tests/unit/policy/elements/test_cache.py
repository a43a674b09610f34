"""cache-lookup-value, cache-store-value, cache-remove-value."""

import pytest

from apimlb.policy.apim.context import Context, RequestView, Url
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.rehearse.services import MemoryCache, ScriptedServices
from apimlb.policy.run.exchange import CachingType, Exchange
from apimlb.policy.run.pipeline import run
from tests.unit.policy.play import document, play

LOOKUP = "<cache-lookup-value key='k' variable-name='v'/>"


def store(value: str, seconds: str = "60") -> str:
    return f"<cache-store-value key='@(\"k\")' value='{value}' duration='{seconds}'/>"


async def test_what_is_stored_is_found_with_its_type() -> None:
    played = await play(store("@(7)") + LOOKUP)
    assert played.variables["v"] == 7


async def test_a_miss_without_default_leaves_the_variable_unset() -> None:
    played = await play(
        LOOKUP + "<set-variable name='there' value='@(context.Variables.ContainsKey(\"v\"))'/>"
    )
    assert played.variables == {"there": False}


async def test_in_the_worse_reading_a_miss_sets_null() -> None:
    played = await play(LOOKUP, adverse=True)
    assert played.variables == {"v": None}


async def test_a_default_stands_in_for_a_miss() -> None:
    played = await play(
        "<cache-lookup-value key='a' variable-name='text' default-value='none'/>"
        "<cache-lookup-value key='a' variable-name='number' default-value='@(0)'/>"
    )
    assert played.variables == {"text": "none", "number": 0}


async def test_a_value_is_forgotten_after_its_time() -> None:
    waiting = "<retry condition='true' count='1' interval='{}'><set-variable name='w' value='1'/></retry>"
    fresh = await play(store("x", "@(10)") + waiting.format(9) + LOOKUP)
    stale = await play(store("x", "@(10)") + waiting.format(10) + LOOKUP)
    assert fresh.variables["v"] == "x"
    assert "v" not in stale.variables


async def test_a_value_can_be_removed() -> None:
    played = await play(store("x") + "<cache-remove-value key='k'/>" + LOOKUP)
    assert "v" not in played.variables


async def test_null_is_not_stored() -> None:
    played = await play(store("x") + store("@((string)null)") + LOOKUP)
    assert played.variables["v"] == "x"


class Unreachable(MemoryCache):
    """A cache that is away."""

    async def remove(self, key: str, kind: CachingType) -> bool:
        return False


@pytest.mark.parametrize(("attribute", "status"), [("", 200), ("fail-on-cache-removal-error='@(true)'", 500)])
async def test_a_removal_that_fails_is_an_error_where_it_is_to_be_one(attribute: str, status: int) -> None:
    services = ScriptedServices({})
    services.cache = Unreachable(services.clock)
    policy = effective([compile_policy(document(f"<cache-remove-value key='k' {attribute}/>"))])
    url = Url("https://gateway.test/")
    context = Context(services.clock, services.rng, RequestView("GET", url, url))
    assert (await run(policy, Exchange(context, services, "https://backend.test"))).status == status
