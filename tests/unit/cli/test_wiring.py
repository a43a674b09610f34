"""What a command compiles: the policies that its plan writes, and none that Azure has already."""

from pathlib import Path

import pytest

from apimlb.cli.options import Common
from apimlb.cli.wiring import Session
from apimlb.deploy.cloud import Target
from apimlb.errors import PolicyError
from apimlb.stack.config import parse
from apimlb.stack.desired import Policies, resources
from apimlb.stack.planner import plan
from apimlb.stack.resources import Resource
from apimlb.wall_clock import SystemClock
from tests.clouds import FakeCloud
from tests.stacks import POLICY, SUBSCRIPTION

REFUSED = POLICY.replace("<inbound>", "<inbound><set-varable name='a' value='b' />")
STACK = parse({})
KINDS = pytest.mark.parametrize(
    "policies",
    [Policies(*(REFUSED if place == wrong else POLICY for place in range(4))) for wrong in range(4)],
    ids=["balancer", "bare", "keys", "probe"],
)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    place = Common(local=True, state=str(tmp_path)).place
    return Session(place, SystemClock(), STACK, Target(SUBSCRIPTION), FakeCloud())


def wanted(policies: Policies) -> tuple[Resource, ...]:
    return resources(STACK, SUBSCRIPTION, policies)


def in_azure(cloud: FakeCloud, policies: Policies) -> dict[str, dict[str, object]]:
    return {each.key: cloud.put(each.id, each.body) for each in wanted(policies)}


@KINDS
def test_a_policy_that_azure_would_refuse_is_refused_before_it_is_made(
    session: Session, policies: Policies
) -> None:
    with pytest.raises(PolicyError, match="set-varable"):
        session.check(plan(wanted(policies), {}))


@KINDS
def test_a_policy_that_azure_would_refuse_is_refused_before_it_takes_the_place_of_another(
    session: Session, policies: Policies
) -> None:
    there = in_azure(FakeCloud(), Policies(POLICY, POLICY, POLICY, POLICY))
    with pytest.raises(PolicyError, match="set-varable"):
        session.check(plan(wanted(policies), there))


@KINDS
def test_what_azure_has_already_is_not_compiled_again(session: Session, policies: Policies) -> None:
    session.check(plan(wanted(policies), in_azure(FakeCloud(), policies)))
