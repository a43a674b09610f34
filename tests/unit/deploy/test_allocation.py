"""The nearest allocation fits, leaves nothing out that there is room for, and is a command to paste."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from apimlb.deploy.allocation import Allocation, Want, allocate
from apimlb.deploy.catalogue import Demand, Offers
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.quotas import table
from apimlb.errors import QuotaError
from tests.clouds import FakeCloud
from tests.fakes import ManualClock
from tests.stacks import desired

QUOTA = "OpenAI.GlobalStandard.gpt-5.1"


def region(limit: int, used: int = 0, *, maximum: int = 1000, step: int = 1) -> Offers:
    sku = {"name": "GlobalStandard", "usageName": QUOTA, "capacity": {"maximum": maximum, "step": step}}
    model = {"name": "gpt-5.1", "version": "v1", "skus": [sku]}
    usage = {"name": {"value": QUOTA}, "currentValue": used, "limit": limit}
    return Offers([{"kind": "OpenAI", "model": model}], [usage])


def want(account: str, capacity: int, held: int = 0, deployment: str = "chat") -> Want:
    model = {"name": "gpt-5.1", "version": "v1"}
    demand = Demand(f"{account}/{deployment}", account, model, "GlobalStandard", capacity, held)
    return Want(account, account, deployment, demand)


def shares(found: Allocation) -> dict[str, int]:
    return {share.account: share.capacity for share in found.shares}


def test_what_fits_is_left_as_it_is() -> None:
    found = allocate([want("a", 30), want("b", 30)], {"a": region(30), "b": region(90, 60)})
    assert (shares(found), found.short) == ({"a": 30, "b": 30}, 0)


def test_what_one_account_cannot_have_goes_to_the_others_first() -> None:
    found = allocate(
        [want("a", 50), want("b", 50)], {"a": region(20), "b": region(200), "c": region(999)}, ["c"]
    )
    assert (shares(found), found.short) == ({"a": 20, "b": 80}, 0)


def test_then_new_accounts_are_made_where_most_is_free() -> None:
    offers = {"a": region(20), "c": region(10), "d": region(500), "e": region(0)}
    found = allocate([want("a", 100)], offers, ["c", "d", "e"])
    assert (shares(found), found.short) == ({"a": 20, "d": 80}, 0)
    assert found.command() == "apimlb deploy --accounts a,d --capacity a/chat=20 --capacity d/chat=80"


def test_of_regions_that_have_all_that_is_missing_the_one_with_most_free_is_taken() -> None:
    offers = {"a": region(20), "c": region(100), "d": region(500), "e": region(300)}
    assert shares(allocate([want("a", 100)], offers, ["c", "d", "e"])) == {"a": 20, "d": 80}


def test_what_nobody_has_is_told_as_short() -> None:
    found = allocate([want("a", 100)], {"a": region(20), "b": region(5)}, ["b"])
    assert (shares(found), found.short) == ({"a": 20, "b": 5}, 75)


def test_what_it_has_already_is_not_asked_for_again() -> None:
    assert shares(allocate([want("a", 60, held=40)], {"a": region(60, used=60)})) == {"a": 40}


def test_an_account_has_every_deployment_or_is_none() -> None:
    wants = [want("a", 30), want("a", 30, deployment="other")]
    found = allocate(wants, {"a": region(30), "b": region(60)}, ["b"])
    assert Counter(share.account for share in found.shares) == {"b": 2}


def test_what_is_left_over_of_one_deployment_makes_up_for_nothing_of_another() -> None:
    """A new account has each deployment, so that it has some of what is not short, too."""
    wants = [want("a", 10), want("a", 90, deployment="other")]
    offers = {"a": region(50), "b": region(30)}
    found = allocate(wants, offers, ["b"])
    assert found.lacking == {"other": 90 - sum(s.capacity for s in found.shares if s.deployment == "other")}
    assert found.short == found.lacking["other"] > 0


def test_who_asks_for_less_than_the_smallest_capacity_gets_that() -> None:
    found = allocate([want("a", 1), want("b", 1)], {"a": region(0, step=2), "b": region(2, step=2)})
    assert (shares(found), found.short) == ({"b": 2}, 0)


@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(0, 90), st.integers(0, 60)), min_size=1, max_size=4),
    st.lists(st.integers(0, 200), max_size=3),
    st.integers(1, 7),
)
def test_no_quota_is_overdrawn_and_none_is_left_while_something_is_short(
    accounts: Sequence[tuple[int, int, int]], others: Sequence[int], step: int
) -> None:
    wants = [want(f"a{n}", asked) for n, (asked, _, _) in enumerate(accounts)]
    offers = {f"a{n}": region(limit, used, step=step) for n, (_, limit, used) in enumerate(accounts)}
    offers |= {f"o{n}": region(limit, step=step) for n, limit in enumerate(others)}
    found = allocate(wants, offers, [f"o{n}" for n in range(len(others))])
    free = {name: max(0, u["limit"] - u["currentValue"]) for name, o in offers.items() for u in o.usages}
    for name, capacity in shares(found).items():
        assert 0 < capacity <= free[name]
        assert capacity % step == 0
    total = sum(asked for asked, _, _ in accounts)
    assert sum(shares(found).values()) + found.short >= total
    if found.short >= step:
        for name, amount in free.items():
            assert amount - shares(found).get(name, 0) < step


def test_a_table_has_a_row_for_each_quota_with_what_is_asked_of_it() -> None:
    offers = {"a": region(100, 30), "b": region(10)}
    rows = table([want("a", 30, held=10).demand, want("a", 5).demand, want("b", 30).demand], offers)
    assert [(r.location, r.limit, r.used, r.free, r.asked, r.fits) for r in rows] == [
        ("a", 100, 30, 70, 25, True),
        ("b", 10, 0, 10, 30, False),
    ]


def test_a_plan_that_does_not_fit_comes_with_a_command_that_does() -> None:
    cloud = FakeCloud(limit=50)
    accounts = [{"location": "eastus2", "name": "one"}, {"location": "eastus2", "name": "two"}]
    made = Deployer(cloud, ManualClock()).preview(desired(accounts=accounts))
    [problem] = made.problems
    assert isinstance(problem, QuotaError)
    told = "--accounts one,two,swedencentral --capacity one/chat=30 --capacity two/chat=20"
    assert told in problem.next_step
    assert [(row.asked, row.free) for row in made.quotas] == [(60, 50)]
    cloud.limit = 60
    assert Deployer(cloud, ManualClock()).preview(desired(accounts=accounts)).problems == ()
