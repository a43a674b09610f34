"""What an instance remembers of its backends steers its next choice."""

import random

from apimlb.local.gateway.backends import Backends, read_backends
from apimlb.local.gateway.breaker import Outcome
from apimlb.local.gateway.health import BackendHealth
from apimlb.local.gateway.switches import GatewaySwitches
from tests.fakes import ManualClock
from tests.unit.local.gateway.documents import THROTTLED, ServiceDocuments

THROTTLED_FOR_10 = Outcome(429, "10")


def backends(azure: ServiceDocuments) -> Backends:
    return read_backends(
        azure.id, azure.store.of_kind("microsoft.apimanagement/service/backends"), breakers=True
    )


def pooled() -> ServiceDocuments:
    azure = ServiceDocuments()
    for name in ("east", "west"):
        azure.backend(name, breaker=THROTTLED)
    azure.pool("all", ("east", 1, 1), ("west", 1, 1))
    return azure


def health(clock: ManualClock) -> BackendHealth:
    return BackendHealth(clock, random.Random(1), GatewaySwitches())


def test_the_rotation_goes_on_from_call_to_call() -> None:
    found = backends(pooled())
    instance = health(ManualClock())
    chosen = [instance.choose(found.pools["all"], found).member for _ in range(4)]
    assert [str(member).rsplit("/", 1)[-1] for member in chosen] == ["east", "west", "east", "west"]


def test_a_tripped_member_is_passed_over_until_its_time_is_up() -> None:
    clock = ManualClock()
    found = backends(pooled())
    instance = health(clock)
    east, west = found.singles["east"], found.singles["west"]
    instance.record(east, THROTTLED_FOR_10)
    assert instance.is_open(east)
    assert {instance.choose(found.pools["all"], found).member for _ in range(3)} == {west.id}
    clock.advance(10)
    assert {instance.choose(found.pools["all"], found).member for _ in range(3)} == {east.id, west.id}
    assert instance.breakers()[east.id].open_until == clock.now()


def test_a_backend_without_rule_never_opens() -> None:
    azure = ServiceDocuments()
    azure.backend("east")
    east = backends(azure).singles["east"]
    instance = health(ManualClock())
    instance.record(east, THROTTLED_FOR_10)
    assert not instance.is_open(east)
    assert not instance.breakers()


def test_a_changed_rule_starts_anew() -> None:
    azure = pooled()
    instance = health(ManualClock())
    instance.record(backends(azure).singles["east"], THROTTLED_FOR_10)
    azure.backend("east")
    assert not instance.is_open(backends(azure).singles["east"])
