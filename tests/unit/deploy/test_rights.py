"""What a login seems not to be allowed to do is told before anything is written, and tried all the same."""

import pytest

from apimlb.deploy.deployer import Deployer
from apimlb.deploy.rights import Grant, before_a_purge, purge_notices
from tests.clouds import FakeCloud
from tests.fakes import ManualClock
from tests.stacks import desired

CONTRIBUTOR = Grant(("*",), ("Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"))


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        ("Microsoft.CognitiveServices/accounts/write", True),
        ("Microsoft.Authorization/roleAssignments/write", False),
        ("microsoft.authorization/ROLEASSIGNMENTS/read", True),
    ],
)
def test_a_role_allows_what_its_actions_name_and_its_exceptions_do_not(action: str, allowed: bool) -> None:
    assert CONTRIBUTOR.allows(action) is allowed


def test_who_cannot_assign_roles_is_told_and_not_stopped() -> None:
    cloud = FakeCloud()
    cloud.allowed = ["Microsoft.Resources/*", "Microsoft.ApiManagement/*", "Microsoft.ManagedIdentity/*"]
    made = Deployer(cloud, ManualClock()).preview(desired())
    [told] = [notice for notice in made.notices if "the right to" in notice]
    assert "Microsoft.CognitiveServices/accounts/write (account eastus2)" in told
    assert "Microsoft.Authorization/roleAssignments/write" in told
    assert "Azure decides" in told
    assert made.problems == ()


def test_who_may_do_all_of_it_is_told_nothing() -> None:
    made = Deployer(FakeCloud(), ManualClock()).preview(desired())
    assert not [notice for notice in made.notices if "the right to" in notice]


def test_a_purge_takes_a_right_at_the_subscription() -> None:
    kinds = ["microsoft.apimanagement/service", "microsoft.cognitiveservices/accounts", "other"]
    assert list(purge_notices(kinds, [CONTRIBUTOR])) == []
    told = list(purge_notices(kinds, [Grant(("Microsoft.ApiManagement/service/*",))]))
    assert ["deletedservices" in each or "deletedAccounts" in each for each in told] == [True, True]


def test_a_destroy_that_purges_is_told_before_it_begins() -> None:
    cloud = FakeCloud()
    assert before_a_purge(cloud, "/subscriptions/s") == ()
    cloud.allowed = ["Microsoft.Resources/*", "Microsoft.ApiManagement/*"]
    [told] = before_a_purge(cloud, "/subscriptions/s")
    assert "deletedAccounts/delete" in told
