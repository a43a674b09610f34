"""What would stop a plan is found before anything is created."""

from apimlb.clock import utc
from apimlb.deploy.deployer import Deployer, Preview
from apimlb.deploy.ids import deleted_id
from apimlb.errors import AuthError, ConfigError, ConflictError, QuotaError
from apimlb.stack.resources import Resource
from tests.clouds import FakeCloud
from tests.fakes import ManualClock
from tests.stacks import desired, labelled, whole


def preview(cloud: FakeCloud, stack: tuple[Resource, ...] | None = None) -> Preview:
    return Deployer(cloud, ManualClock()).preview(stack or desired())


def test_a_plan_that_can_be_carried_out_has_no_problems_and_writes_nothing() -> None:
    cloud = FakeCloud()
    assert preview(cloud, whole()).problems == ()
    assert cloud.writes == []


def test_a_misspelt_location_is_told_once_with_the_right_one() -> None:
    [problem] = preview(
        FakeCloud(), desired(location="eastus22", accounts=[{"location": "westus3"}])
    ).problems
    assert isinstance(problem, ConfigError)
    assert "eastus22" in problem.what
    assert problem.next_step == "Did you mean eastus2?"


def test_an_account_in_an_unknown_location_is_not_asked_for_its_models() -> None:
    problems = preview(FakeCloud(), desired(accounts=[{"location": "nowhere"}])).problems
    assert [type(problem) for problem in problems] == [ConfigError]
    assert problems[0].next_step == "See `az account list-locations`."


def test_a_model_that_is_not_offered_stops_the_plan() -> None:
    cloud = FakeCloud(models={"gpt-4o": "2024-11-20"})
    [problem] = preview(cloud).problems
    assert "does not offer the model gpt-5.1" in problem.what


CHAT = {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 30}
STRICT = {"deployments": {"chat": {**CHAT, "content_filter": "strict"}}}


def test_a_content_filter_is_looked_for_in_the_accounts_before_anything_is_written() -> None:
    cloud = FakeCloud()
    [problem] = preview(cloud, desired(**STRICT)).problems
    assert problem.what == "The content filter strict cannot be there before the account is."
    assert "--set deployments.chat.content_filter=" in problem.next_step
    azures = {"deployments": {"chat": {**CHAT, "content_filter": "Microsoft.DefaultV2"}}}
    assert preview(cloud, desired(**azures)).problems == ()
    stack = desired(deployments={"chat": CHAT})
    Deployer(cloud, ManualClock()).apply(preview(cloud, stack)).outcome.raise_failure()
    account = labelled(stack, "account eastus2")
    cloud.put(f"{account.id}/raiPolicies/strikt", {"properties": {}})
    [problem] = preview(cloud, desired(**STRICT)).problems
    assert problem.what == "The account has no content filter strict. Did you mean strikt?"
    assert problem.where == "deployment eastus2/chat"
    cloud.put(f"{account.id}/raiPolicies/Strict", {"properties": {}})
    made = preview(cloud, desired(**STRICT))
    assert made.problems == ()
    Deployer(cloud, ManualClock()).apply(made).outcome.raise_failure()
    assert preview(cloud, desired(**STRICT)).plan.is_empty


def test_more_units_than_the_tier_has_are_refused_also_where_they_were_kept() -> None:
    cloud = FakeCloud()
    stack = desired(tier="StandardV2", units=9)
    Deployer(cloud, ManualClock()).apply(preview(cloud, stack)).outcome.raise_failure()
    service = labelled(stack, "gateway (StandardV2)")
    cloud.resources[service.key]["sku"]["capacity"] = 20  # as only Azure itself can
    assert preview(cloud, desired(tier="StandardV2", publisher_name="us")).problems == ()
    [problem] = preview(cloud, desired(tier="BasicV2")).problems
    assert "would have 20 units, and Azure allows 10 of the tier" in problem.what


def test_a_key_that_nobody_gave_is_asked_for_by_its_variable() -> None:
    old = {"location": "eastus2", "name": "old", "endpoint": "https://old.example", "key_from": "OLD_KEY"}
    [problem] = preview(FakeCloud(), desired(accounts=[old])).problems
    assert problem.next_step.startswith("Set OLD_KEY to it")


def test_all_accounts_of_a_region_draw_on_one_quota() -> None:
    accounts = [{"location": "eastus2", "name": "one"}, {"location": "eastus2", "name": "two"}]
    [problem] = preview(FakeCloud(limit=50), desired(accounts=accounts)).problems
    assert isinstance(problem, QuotaError)
    assert problem.where == "deployment one/chat, deployment two/chat"
    assert preview(FakeCloud(limit=60), desired(accounts=accounts)).problems == ()


def test_a_soft_deleted_namesake_is_named_with_the_way_out() -> None:
    cloud = FakeCloud()
    stack = desired()
    service, account = labelled(stack, "gateway (BasicV2)"), labelled(stack, "account eastus2")
    for gone, properties in (
        (deleted_id(service.id, "eastus2"), {"scheduledPurgeDate": "2027-01-17T00:00:00Z"}),
        (deleted_id(account.id, "westus3"), {}),
    ):
        cloud.deleted[gone.lower()] = {"id": gone, "properties": properties}
    problems = preview(cloud, stack).problems
    assert [type(problem) for problem in problems] == [ConflictError, ConflictError]
    assert "until 2027-01-17T00:00:00Z" in problems[0].what
    assert "in westus3, and Azure keeps its name and quota for 48 hours" in problems[1].what
    assert "--on-soft-deleted purge" in problems[0].next_step


def test_a_name_that_somebody_else_has_is_told() -> None:
    cloud = FakeCloud()
    stack = desired()
    cloud.taken[labelled(stack, "gateway (BasicV2)").name] = "it is already in use"
    [problem] = preview(cloud, stack).problems
    assert isinstance(problem, ConflictError)
    assert "it is already in use" in problem.what


def test_what_does_not_carry_our_tag_is_not_touched() -> None:
    cloud = FakeCloud()
    group = labelled(desired(), "resource group")
    cloud.put(group.id, {"location": "eastus2", "tags": {"owner": "somebody"}})
    [problem] = preview(cloud).problems
    assert isinstance(problem, ConflictError)
    assert "does not carry the tag apimlb-stack=apimlb" in problem.what
    assert f"--resource-id {group.id} --tags apimlb-stack=apimlb" in problem.next_step
    cloud.put(group.id, {"location": "eastus2", "tags": {"apimlb-stack": "other"}})
    [problem] = preview(cloud).problems
    assert "belongs to the stack other" in problem.what
    assert "az tag" not in problem.next_step


def test_a_model_that_retires_soon_is_noticed() -> None:
    cloud = FakeCloud()
    cloud.retired["gpt-5.1"] = utc(ManualClock().now() + 86_400 * 10).isoformat()
    assert [notice[:30] for notice in preview(cloud).notices] == ["gpt-5.1 2025-11-13 retires in "]


def test_without_the_checks_only_what_is_there_is_read() -> None:
    cloud = FakeCloud(models={"gpt-4o": "1"})
    assert Deployer(cloud, ManualClock()).preview(desired(), checked=False).problems == ()


def test_what_azure_policy_forbids_is_found_before_anything_is_made() -> None:
    cloud = FakeCloud()
    assignment = "/subscriptions/s/providers/Microsoft.Authorization/policyAssignments/no-accounts"
    cloud.denied["microsoft.cognitiveservices/accounts"] = [assignment]
    [problem] = preview(cloud).problems
    assert isinstance(problem, AuthError)
    assert problem.what == "Azure Policy forbids the account eastus2: no-accounts"
    assert problem.where == assignment
