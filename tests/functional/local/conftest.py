"""Stories that hold whatever is true of Azure are told under both readings."""

from functools import partial

import pytest

from apimlb.local.openai.switches import Settings, Switches
from tests.functional.local.gateway_scene import READINGS, Reading
from tests.functional.local.stack_scene import WORLDS, Raise, Stage, stage
from tests.unit.local.openai.conftest import Rig


@pytest.fixture(params=sorted(READINGS))
def reading(request: pytest.FixtureRequest) -> Reading:
    """The likeliest reading of what is not known about Azure, and the one that is worse for us."""
    return READINGS[str(request.param)]


@pytest.fixture(params=["likely", "adverse"])
def rig(request: pytest.FixtureRequest) -> Rig:
    """An account under the reading of this run, but for what a vector counts on."""
    from_adverse = request.param == "adverse"
    made = Rig(Settings(unit_tokens=600, switches=Switches(body="429") if from_adverse else Switches()))
    made.account()
    return made


@pytest.fixture(params=["likely", "adverse"])
def azure(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["backend-pool", "retry"])
def raise_stage(request: pytest.FixtureRequest, azure: str) -> Raise:
    """Sets up a stage with the strategy and world of this run."""
    return partial(stage, WORLDS[azure], strategy=request.param)


@pytest.fixture
def scene(raise_stage: Raise) -> Stage:
    return raise_stage()
