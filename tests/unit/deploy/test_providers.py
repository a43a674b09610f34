"""Resource providers are registered before anything is made, and it is told that they are."""

import threading

import pytest

from apimlb.deploy import providers
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.executor import Event, State
from apimlb.errors import AuthError, CloudError
from tests.clouds import FakeCloud
from tests.fakes import ManualClock
from tests.stacks import desired

WANTED = ("Microsoft.ApiManagement", "Microsoft.CognitiveServices", "Microsoft.ManagedIdentity")


def test_what_the_plan_creates_needs_its_providers() -> None:
    made = Deployer(FakeCloud(), ManualClock()).preview(desired())
    assert providers.namespaces_of(made.plan) == WANTED
    assert made.unregistered == ()


def test_a_provider_that_is_missing_is_told_by_the_plan_and_registered_by_the_deploy() -> None:
    cloud, events = FakeCloud(), list[Event]()
    cloud.unregistered = {"Microsoft.ApiManagement"}
    deployer = Deployer(cloud, ManualClock(), events.append)
    preview = deployer.preview(desired())
    assert preview.notices == (
        "The subscription does not have Microsoft.ApiManagement yet: a deploy registers it.",
    )
    assert cloud.registering == {}, "a plan changes nothing"
    deployer.apply(preview).outcome.raise_failure()
    begun = [event for event in events if event.state is not State.PENDING]
    first = [event for event in begun if event.task.key == "Microsoft.ApiManagement"]
    assert [event.state for event in first] == [State.RUNNING, State.WAITING, State.WAITING, State.DONE]
    assert first[1].wait is not None
    assert first[1].wait.reason == "Azure is at work: Registering"
    assert begun.index(first[-1]) < min(
        begun.index(event) for event in begun if event.task.key.startswith("/")
    )


def test_a_deploy_that_creates_nothing_asks_for_no_provider() -> None:
    class Asked(FakeCloud):
        def registration(self, namespace: str) -> str:
            raise AssertionError(namespace)

    cloud = FakeCloud()
    Deployer(cloud, ManualClock()).apply(Deployer(cloud, ManualClock()).preview(desired()))
    again = Asked()
    again.resources = cloud.resources
    assert Deployer(again, ManualClock()).preview(desired()).plan.is_empty


def test_a_registration_that_never_ends_is_told() -> None:
    class Stuck(FakeCloud):
        def registration(self, namespace: str) -> str:
            return "Registering"

    clock = ManualClock()
    deployer = Deployer(Stuck(), clock)
    with pytest.raises(CloudError, match="not registered") as caught:
        deployer.apply(deployer.preview(desired()))
    assert "az provider show" in caught.value.next_step
    assert 1700 < max(clock.now() - 1_800_000_000, 0) < 3 * 1800


def test_without_the_right_to_register_nothing_is_begun() -> None:
    class Forbidden(FakeCloud):
        def register(self, namespace: str) -> None:
            raise AuthError("AuthorizationFailed: no register/action")

    cloud = Forbidden()
    cloud.unregistered = {"Microsoft.ApiManagement"}
    deployer = Deployer(cloud, ManualClock(), stop=threading.Event())
    with pytest.raises(AuthError, match="register/action"):
        deployer.apply(deployer.preview(desired()))
    assert cloud.writes == []
