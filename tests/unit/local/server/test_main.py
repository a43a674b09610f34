from dataclasses import replace
from pathlib import Path

import pytest

from apimlb.local.lateness import LATE, STALE, Lateness
from apimlb.local.openai.switches import ADVERSE, CHARGES
from apimlb.local.server.__main__ import options


def test_nothing_but_the_state_has_to_be_said() -> None:
    read = options(["--state", "here"])
    assert (read.state, read.gateway_port, read.arm_port, read.seed) == (Path("here"), 4580, 4581, None)
    assert (read.world.lro, read.world.time_scale, read.world.gateways) == ("at-once", 1.0, 1)


def test_a_time_scale_divides_how_long_things_take() -> None:
    world = options(["--state", "here", "--lro", "realistic", "--time-scale", "50"]).world
    assert world.arm().seconds(1500) == pytest.approx(30)
    assert world.arm().retry_after(100) == 2


def test_the_rest_reaches_the_world() -> None:
    read = options(["--state", "here", "--adverse", "--seed", "7", "--gateways", "3"])
    assert (read.seed, read.world.openai.seed, read.world.gateways) == (7, 7, 3)
    assert read.world.openai.switches == ADVERSE


def test_things_are_late_where_that_is_said_or_in_the_worse_reading() -> None:
    assert options(["--state", "here"]).world.lateness == Lateness()
    assert options(["--state", "here", "--late"]).world.lateness == LATE
    assert options(["--state", "here", "--adverse"]).world.lateness == replace(LATE, reads=STALE)


def test_a_charging_profile_goes_before_the_adverse_one() -> None:
    world = options(["--state", "here", "--adverse", "--charging", "words"]).world
    assert world.openai.switches == replace(ADVERSE, charging=CHARGES["words"])


@pytest.mark.parametrize(
    "nonsense",
    [["--gateways", "0"], ["--time-scale", "0"], ["--time-scale", "nan"], ["--lro", "soon"], ["--seed", "x"]],
)
def test_nonsense_is_refused(nonsense: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options(["--state", "here", *nonsense])
    assert nonsense[0] in capsys.readouterr().err
