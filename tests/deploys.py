"""Plans and deploys of a stack to a cloud in memory."""

from apimlb.deploy.deployer import Applied, Deployer, Preview
from apimlb.stack.planner import Action
from apimlb.stack.resources import Resource
from tests.clouds import FakeCloud
from tests.fakes import ManualClock


def preview(cloud: FakeCloud, stack: tuple[Resource, ...]) -> Preview:
    return Deployer(cloud, ManualClock()).preview(stack)


def deploy(cloud: FakeCloud, stack: tuple[Resource, ...]) -> Applied:
    deployer = Deployer(cloud, ManualClock())
    applied = deployer.apply(deployer.preview(stack))
    applied.outcome.raise_failure()
    return applied


def deployed(stack: tuple[Resource, ...]) -> FakeCloud:
    cloud = FakeCloud()
    deploy(cloud, stack)
    cloud.writes.clear()
    return cloud


def labels(made: Preview, *actions: Action) -> list[str]:
    return [step.resource.label for step in made.plan.of(*actions)]
