"""Two machines at one stack: the later one sees the other and says so; a claim ends with its command."""

import threading
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.deploy.claims import LASTS, RENEWED, TAG, Claim, Claims, Overtaken, claim_in
from apimlb.deploy.deployer import Deployer
from apimlb.deploy.executor import Event, State, Task
from apimlb.deploy.ids import GROUP
from apimlb.deploy.journal import Journal
from apimlb.deploy.runs import Run
from apimlb.deploy.waiting import Audience, Wait, heard_by
from apimlb.errors import AuthError, CloudError, ConflictError
from apimlb.stack.marks import guest_tags
from apimlb.stack.resources import Resource
from tests.clouds import FakeCloud
from tests.fakes import ManualClock
from tests.stacks import SUBSCRIPTION, desired, labelled, whole

ADA = Run("deploy", "a1", "ada", "desk", 1)
BOB = Run("destroy", "b2", "bob", "lap", 2)
STACK_GROUP = labelled(desired(), "resource group")


def claims(cloud: FakeCloud, clock: ManualClock, run: Run) -> Claims:
    return Claims(cloud, clock, STACK_GROUP.id, run)


def tags(cloud: FakeCloud) -> dict[str, str]:
    return dict(cloud.resources[STACK_GROUP.key]["tags"])


def with_group() -> FakeCloud:
    cloud = FakeCloud()
    cloud.put(STACK_GROUP.id, STACK_GROUP.body)
    cloud.writes.clear()
    return cloud


def test_a_claim_is_there_while_something_is_changed_and_gone_afterwards() -> None:
    cloud, clock = with_group(), ManualClock()
    before = tags(cloud)
    with claims(cloud, clock, ADA).held():
        found = claim_in(cloud.get(STACK_GROUP.id))
        assert found == Claim(ADA, clock.now() + LASTS)
        assert {name: tag for name, tag in tags(cloud).items() if name != TAG} == before
    assert tags(cloud) == before


def test_the_later_sees_the_earlier_waits_and_has_to_plan_anew() -> None:
    cloud, clock, heard = with_group(), ManualClock(), list[Wait]()
    first = claims(cloud, clock, ADA).held()
    first.__enter__()

    def hear(wait: Wait) -> None:
        heard.append(wait)
        if len(heard) == 3:
            first.__exit__(None, None, None)

    second = claims(cloud, clock, BOB)
    with heard_by(Audience(hear)), pytest.raises(Overtaken), second.held():
        raise AssertionError("it must not begin")
    assert heard[0].reason == "apimlb deploy of ada on desk (process 1) is at it"
    with second.held():
        assert claim_in(cloud.get(STACK_GROUP.id)) is not None


def test_a_claim_of_a_command_that_was_killed_ends_by_itself() -> None:
    cloud, clock = with_group(), ManualClock()
    killed = claims(cloud, clock, ADA).held()
    killed.__enter__()
    second = claims(cloud, clock, BOB)
    assert second.other(cloud.get(STACK_GROUP.id)) is not None
    with pytest.raises(Overtaken), second.held():
        pass
    assert LASTS <= sum(clock.slept) < LASTS + 10


def test_a_claim_is_renewed_while_it_is_held() -> None:
    cloud, clock = with_group(), ManualClock()
    mine = claims(cloud, clock, ADA)
    event = Event(Task("gateway", "gateway"), State.WAITING, clock.now())
    with mine.held():
        for _ in range(5):
            clock.advance(RENEWED + 1)
            mine.hear(event)
            settled(mine)
        found = claim_in(cloud.get(STACK_GROUP.id))
        assert found is not None
        assert found.until == int(clock.now() + LASTS)
    assert len(cloud.writes) == 1 + 5 + 1


def settled(mine: Claims) -> None:
    """Wait for what it does in the background."""
    for thread in threading.enumerate():
        if thread.name == "claim":
            thread.join()


def test_one_that_never_ends_is_told() -> None:
    cloud, clock = with_group(), ManualClock()
    first = claims(cloud, clock, ADA)

    def renew(wait: Wait) -> None:
        cloud.resources[STACK_GROUP.key]["tags"][TAG] = str(Claim(ADA, clock.now() + LASTS))

    renew(Wait("", "", 0, 0))
    with (
        heard_by(Audience(renew)),
        pytest.raises(ConflictError, match="ada on desk"),
        claims(cloud, clock, BOB).held(),
    ):
        pass
    assert first.other(cloud.get(STACK_GROUP.id)) is None, "one's own"


def test_another_s_claim_is_never_taken_away() -> None:
    cloud, clock = with_group(), ManualClock()
    with claims(cloud, clock, ADA).held():
        theirs = str(Claim(BOB, clock.now() + LASTS))
        cloud.resources[STACK_GROUP.key]["tags"][TAG] = theirs
    assert tags(cloud)[TAG] == theirs


@pytest.mark.parametrize("error", [AuthError("no right to tag"), CloudError("no")])
def test_who_may_not_tag_the_group_deploys_all_the_same(error: Exception) -> None:
    cloud, clock = with_group(), ManualClock()

    def fail(verb: str, id: str) -> None:
        if verb == "patch":
            raise error

    cloud.fail = fail
    with claims(cloud, clock, ADA).held():
        pass
    assert cloud.writes == []


def test_a_group_that_is_gone_is_not_made_again() -> None:
    cloud, clock = with_group(), ManualClock()
    with claims(cloud, clock, ADA).held():
        cloud.delete(STACK_GROUP.id)
    assert cloud.ids(GROUP) == []


@pytest.mark.parametrize("text", ["", "x", "run=1", "run=1 command=x user=u host=h pid=x until=1"])
def test_a_tag_that_says_something_else_is_no_claim(text: str) -> None:
    assert claim_in({"tags": {TAG: text}}) is None
    assert claim_in(None) is None


@given(st.text(), st.text(), st.integers(1, 2**31), st.floats(0, 4e9))
def test_a_claim_fits_into_a_tag_and_is_read_as_it_was_written(
    user: str, host: str, pid: int, until: float
) -> None:
    text = str(Claim(Run("set-capacity", "0123456789ab", user, host, pid), until))
    assert len(text) <= 256
    found = claim_in({"tags": {TAG: text}})
    assert found is not None
    assert (found.run.id, found.run.pid, found.until) == ("0123456789ab", pid, int(until))


# Whole deploys.


def deployer(cloud: FakeCloud, clock: ManualClock, run: Run, folder: Path) -> Deployer:
    return Deployer(cloud, clock, claims=claims(cloud, clock, run), journal=Journal(folder / run.host, clock))


def apply(made: Deployer, stack: tuple[Resource, ...]) -> None:
    """As the command does it: plan anew when somebody else was at it."""
    while True:
        try:
            made.apply(made.preview(stack)).outcome.raise_failure()
        except Overtaken:
            continue
        return


def test_a_first_deploy_claims_the_group_as_soon_as_it_is_there(tmp_path: Path) -> None:
    cloud, clock, seen = FakeCloud(), ManualClock(), list[bool]()
    made = deployer(cloud, clock, ADA, tmp_path)

    def look(verb: str, id: str) -> None:
        if verb == "put" and id.lower() != STACK_GROUP.key:
            settled(made.claims)  # type: ignore[arg-type]
            seen.append(claim_in(cloud.get(STACK_GROUP.id)) is not None)

    cloud.during = look
    apply(made, desired())
    assert all(seen[2:])
    assert TAG not in tags(cloud)


def test_a_deploy_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    cloud, clock = FakeCloud(), ManualClock()
    apply(deployer(cloud, clock, ADA, tmp_path), desired())
    cloud.writes.clear()
    apply(deployer(cloud, clock, BOB, tmp_path), desired())
    assert cloud.writes == []


def end(holding: AbstractContextManager[None]) -> None:
    holding.__exit__(None, None, None)


def test_two_deploys_end_in_what_was_applied_last_with_a_journal_each(tmp_path: Path) -> None:
    """The second one plans while the first is under way, and begins when that has ended."""
    cloud, clock = FakeCloud(), ManualClock()
    apply(deployer(cloud, clock, ADA, tmp_path), whole())
    first = desired(deployments={"chat": {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 50}})
    second = desired(deployments={"chat": {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 70}})
    late = deployer(cloud, clock, BOB, tmp_path)
    stale = late.preview(second)
    apply(deployer(cloud, clock, ADA, tmp_path), first)
    holding = claims(cloud, clock, ADA).held()
    holding.__enter__()
    with (
        heard_by(Audience(lambda wait: end(holding))),
        pytest.raises(Overtaken),
    ):
        late.apply(stale)
    apply(late, second)
    chat = cloud.resources[labelled(second, "deployment eastus2/chat").key]
    assert chat["sku"]["capacity"] == 70
    assert {path.parent.parent.name for path in tmp_path.rglob("*.ndjson")} == {"desk", "lap"}


def test_a_plan_that_another_s_whole_deploy_made_old_is_made_again(tmp_path: Path) -> None:
    """As when somebody agrees to a plan after a while: what it would keep is not as it was."""
    cloud, clock = FakeCloud(), ManualClock()
    apply(deployer(cloud, clock, ADA, tmp_path), desired())
    first = desired(accept_retry_after=True)
    second = desired(deployments={"chat": {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 70}})
    late = deployer(cloud, clock, BOB, tmp_path)
    stale = late.preview(second)
    apply(deployer(cloud, clock, ADA, tmp_path), first)
    cloud.writes.clear()
    with pytest.raises(Overtaken):
        late.apply(stale)
    assert [id for _, id in cloud.writes if id != STACK_GROUP.id] == []
    assert TAG not in tags(cloud)
    apply(late, second)
    assert late.preview(second).plan.is_empty


# What the group's tags name, and nothing is in any more.

FORGOTTEN = guest_tags(
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/apis/providers/Microsoft.ApiManagement/service/gone"
)


def with_a_forgotten_gateway(cloud: FakeCloud, clock: ManualClock, folder: Path) -> None:
    """A stack whose group names a gateway that somebody has deleted since."""
    apply(deployer(cloud, clock, ADA, folder), desired())
    cloud.resources[STACK_GROUP.key]["tags"] |= FORGOTTEN


def test_a_tag_of_a_gateway_that_is_gone_goes_while_the_stack_is_claimed(tmp_path: Path) -> None:
    cloud, clock = FakeCloud(), ManualClock()
    with_a_forgotten_gateway(cloud, clock, tmp_path)
    before, claimed = tags(cloud), list[bool]()

    def look(verb: str, id: str) -> None:
        claimed.append(TAG in tags(cloud))

    cloud.during = look
    apply(deployer(cloud, clock, BOB, tmp_path), desired())
    assert tags(cloud) == {name: tag for name, tag in before.items() if name not in FORGOTTEN}
    assert claimed == [False, True, True]  # to claim, to forget, to give back


def test_it_stays_when_the_deploy_fails(tmp_path: Path) -> None:
    cloud, clock = FakeCloud(), ManualClock()
    with_a_forgotten_gateway(cloud, clock, tmp_path)
    cloud.refuses("deployments", CloudError("busy"))
    more = desired(deployments={"chat": {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 70}})
    with pytest.raises(CloudError, match="busy"):
        apply(deployer(cloud, clock, BOB, tmp_path), more)
    assert tags(cloud).items() >= FORGOTTEN.items()
    assert TAG not in tags(cloud)
