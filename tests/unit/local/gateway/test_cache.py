"""The cache keeps what it is given as long as it is told, and never more than its tier holds."""

import random

from apimlb.local.gateway.cache import CacheLink, Caches, Memory
from tests.fakes import ManualClock

KIB = 1024
SERVICE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/apim"


async def test_a_value_lasts_as_long_as_it_was_stored_for() -> None:
    clock = ManualClock()
    cache = Caches(clock).of(SERVICE, "Developer")
    await cache.put("east", "until noon", 60, "internal")
    clock.advance(59)
    assert await cache.get("east", "internal") == "until noon"
    clock.advance(1)
    assert await cache.get("east", "internal") is None


async def test_a_removed_value_is_gone() -> None:
    cache = Caches(ManualClock()).of(SERVICE, "Developer")
    await cache.put("east", 1, 60, "internal")
    await cache.remove("east", "internal")
    assert await cache.get("east", "internal") is None


async def test_a_delayed_write_is_seen_a_moment_later_and_lives_from_when_it_was_asked_for() -> None:
    clock = ManualClock()
    cache = Caches(clock, delay=0.05).of(SERVICE, "Developer")
    await cache.put("east", "old", 60, "internal")
    clock.advance(0.05)
    await cache.put("east", "new", 60, "internal")
    assert await cache.get("east", "internal") == "old"
    clock.advance(0.05)
    assert await cache.get("east", "internal") == "new"
    await cache.remove("east", "internal")
    assert await cache.get("east", "internal") == "new"
    clock.advance(0.05)
    assert await cache.get("east", "internal") is None


def test_a_value_that_is_over_before_it_becomes_visible_replaces_the_old_one_with_nothing() -> None:
    clock = ManualClock()
    memory = Memory(clock, KIB, delay=1)
    memory.put("k", "short", 0.5)
    clock.advance(1)
    assert memory.get("k") is None


def test_what_was_stored_does_not_change_with_the_object_it_was_made_of() -> None:
    memory = Memory(ManualClock(), KIB)
    backends = [{"name": "east"}]
    memory.put("backends", backends, 60)
    backends[0]["name"] = "west"
    found = memory.get("backends")
    assert found == [{"name": "east"}]
    assert found is not memory.get("backends")


def test_the_least_recently_used_value_makes_room() -> None:
    memory = Memory(ManualClock(), KIB)
    memory.put("a", "x" * 400, 60)
    memory.put("b", "x" * 400, 60)
    assert memory.get("a") is not None
    memory.put("c", "x" * 400, 60)
    assert memory.get("b") is None
    assert memory.get("a") is not None
    assert memory.get("c") is not None


def test_replacing_a_value_gives_its_room_back() -> None:
    memory = Memory(ManualClock(), KIB)
    memory.put("b", "x" * 400, 60)
    for _ in range(10):
        memory.put("a", "x" * 500, 60)
    assert memory.get("b") is not None


async def test_what_is_larger_than_two_mebibytes_is_not_kept() -> None:
    cache = Caches(ManualClock()).of(SERVICE, "Premium")
    await cache.put("k", "x" * (2 * KIB * KIB), 60, "internal")
    assert await cache.get("k", "internal") is None


async def test_consumption_has_no_cache_of_its_own() -> None:
    cache = Caches(ManualClock()).of(SERVICE, "Consumption")
    await cache.put("k", "v", 60, "internal")
    await cache.put("k", "v", 60, "prefer-external")
    await cache.remove("k", "external")
    assert await cache.get("k", "internal") is None
    assert await cache.get("k", "prefer-external") is None


async def test_an_external_cache_is_preferred_where_there_is_one() -> None:
    caches = Caches(ManualClock())
    cache = caches.of(SERVICE, "Consumption", external=True)
    await cache.put("k", "v", 60, "prefer-external")
    assert await cache.get("k", "external") == "v"
    assert await caches.of(SERVICE, "Developer").get("k", "prefer-external") is None


async def test_the_caches_of_a_service_do_not_know_each_other() -> None:
    cache = Caches(ManualClock()).of(SERVICE, "Developer", external=True)
    await cache.put("inside", "v", 60, "internal")
    await cache.put("outside", "v", 60, "external")
    assert await cache.get("inside", "internal") == "v"
    assert await cache.get("inside", "external") is None
    assert await cache.get("outside", "internal") is None
    assert await cache.get("outside", "prefer-external") == "v"
    await cache.remove("outside", "internal")
    assert await cache.get("outside", "external") == "v"


async def test_without_an_external_cache_the_internal_one_will_do_where_it_is_only_preferred() -> None:
    cache = Caches(ManualClock()).of(SERVICE, "Developer")
    await cache.put("k", "v", 60, "prefer-external")
    assert await cache.get("k", "internal") == "v"
    assert await cache.get("k", "external") is None


async def test_gateways_of_one_service_share_its_cache_and_services_do_not() -> None:
    caches = Caches(ManualClock())
    await caches.of(SERVICE, "Basic").put("k", "v", 60, "internal")
    assert await caches.of(SERVICE.upper(), "Basic").get("k", "internal") == "v"
    assert await caches.of(SERVICE + "2", "Basic").get("k", "internal") is None


async def test_the_way_to_the_cache_takes_its_time() -> None:
    clock = ManualClock()
    cache = Caches(clock, link=CacheLink(clock, random.Random(1), 0.001, 0.005)).of(SERVICE, "Developer")
    await cache.put("east", 1, 60, "internal")
    assert await cache.get("east", "internal") == 1
    assert len(clock.slept) == 2
    assert all(0.001 <= seconds <= 0.005 for seconds in clock.slept)


async def test_some_stores_are_lost_on_the_way_and_lookups_never() -> None:
    clock = ManualClock()
    caches = Caches(clock, link=CacheLink(clock, random.Random(1), loss=0.2))
    cache = caches.of(SERVICE, "Developer")
    for number in range(1000):
        await cache.put(str(number), number, 60, "internal")
    kept = [number for number in range(1000) if await cache.get(str(number), "internal") == number]
    assert 750 < len(kept) < 850
    assert (caches.link.lookups, caches.link.stores) == (1000, 1000)


async def test_a_cache_that_is_away_finds_and_keeps_nothing_and_comes_back_with_what_it_had() -> None:
    caches = Caches(ManualClock())
    cache = caches.of(SERVICE, "Developer")
    await cache.put("before", 1, 60, "internal")
    caches.link.away = True
    await cache.put("meanwhile", 2, 60, "internal")
    assert await cache.get("before", "internal") is None
    caches.link.away = False
    assert await cache.get("before", "internal") == 1
    assert await cache.get("meanwhile", "internal") is None


async def test_a_flushed_cache_has_forgotten_everything_and_goes_on() -> None:
    caches = Caches(ManualClock())
    cache = caches.of(SERVICE, "Developer")
    await cache.put("before", 1, 60, "internal")
    caches.flush()
    assert await cache.get("before", "internal") is None
    await cache.put("after", 2, 60, "internal")
    assert await cache.get("after", "internal") == 2
