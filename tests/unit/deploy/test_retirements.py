"""Every deployment's retirement is known, also that of one which nobody changes."""

from apimlb.clock import utc
from apimlb.deploy.catalogue import Offers
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.retirements import notices, retirements
from tests.clouds import FakeCloud
from tests.fakes import ManualClock
from tests.stacks import desired

DAY = 86_400.0
NOW = 1_800_000_000.0  # 2027-01-15


def offers(*, ends: float, version: str = "2025-11-13") -> dict[str, Offers]:
    deprecation = {"inference": utc(ends).isoformat()}
    model = {"name": "gpt-5.1", "version": version, "skus": [], "deprecation": deprecation}
    return {"eastus2": Offers([{"kind": "OpenAI", "model": model}], ())}


def test_a_model_that_goes_soon_is_worth_a_word_once_for_a_region() -> None:
    stack = desired(accounts=[{"location": "eastus2", "name": "a"}, {"location": "eastus2", "name": "b"}])
    found = list(retirements(stack, {}, offers(ends=NOW + 13 * DAY)))
    assert [one.label for one in found] == ["deployment a/chat", "deployment b/chat"]
    [told] = notices(found, NOW)
    assert told.startswith("gpt-5.1 2025-11-13 retires in eastus2 on 2027-01-28, in 13 days: name")
    assert list(notices(found, NOW - 60 * DAY)) == []


def test_what_is_gone_is_told_as_that() -> None:
    [told] = notices(retirements(desired(), {}, offers(ends=NOW - DAY)), NOW)
    assert "was retired in eastus2 on 2027-01-14" in told


def test_the_version_that_azure_moved_it_to_is_looked_at() -> None:
    stack = desired()
    chat = next(resource for resource in stack if resource.label == "deployment eastus2/chat")
    moved = {**chat.body, "properties": {"model": {"name": "gpt-5.1", "version": "2027-01-01"}}}
    assert list(retirements(stack, {chat.key: moved}, offers(ends=NOW))) == []
    [one] = retirements(stack, {chat.key: moved}, offers(ends=NOW, version="2027-01-01"))
    assert one.version == "2027-01-01"


def test_a_plan_that_changes_nothing_tells_it_too() -> None:
    cloud, clock, stack = FakeCloud(), ManualClock(), desired()
    deployer = Deployer(cloud, clock)
    deployer.apply(deployer.preview(stack)).outcome.raise_failure()
    cloud.retired["gpt-5.1"] = utc(clock.now() + 13 * DAY).isoformat()
    made = deployer.preview(stack)
    assert made.plan.is_empty
    assert any("in 13 days" in notice or "in 12 days" in notice for notice in made.notices)
