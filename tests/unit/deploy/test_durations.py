"""How long a step usually takes is learned from the journals of earlier runs."""

from pathlib import Path

import pytest

from apimlb.deploy.deployer import Deployer
from apimlb.deploy.durations import usual
from apimlb.deploy.executor import Event, State, Task
from apimlb.deploy.journal import Journal
from tests.clouds import FakeCloud
from tests.fakes import ManualClock
from tests.stacks import desired

GATEWAY = next(r for r in desired() if r.label == "gateway (BasicV2)")


def ran(folder: Path, *steps: tuple[str, str, str, float]) -> None:
    clock = ManualClock()
    journal = Journal(folder, clock)
    with journal.run("deploy", len(steps)):
        for id, label, verb, seconds in steps:
            task = Task(id, label, verb)
            journal.record(Event(task, State.RUNNING, at=0.0))
            clock.advance(seconds)
            journal.record(Event(task, State.DONE, at=0.0))


def test_the_usual_time_is_the_median_of_that_tier_and_verb(tmp_path: Path) -> None:
    for seconds in (100, 140, 900):
        ran(tmp_path, (GATEWAY.key, GATEWAY.label, "create", seconds))
    ran(
        tmp_path,
        (GATEWAY.key, "gateway (Developer)", "create", 3000),
        (GATEWAY.key, GATEWAY.label, "update", 9),
    )
    known = usual([tmp_path])
    assert known.runs == 4
    assert known.of("create", GATEWAY.id, GATEWAY.label) == pytest.approx(140)
    assert known.of("create", GATEWAY.id, "gateway (Developer)") == pytest.approx(3000)
    assert known.of("update", GATEWAY.id, GATEWAY.label) == pytest.approx(9)
    assert known.of("delete", GATEWAY.id, GATEWAY.label) is None


def test_a_plan_takes_as_long_as_what_needs_one_another(tmp_path: Path) -> None:
    made = Deployer(FakeCloud(), ManualClock()).preview(desired(), checked=False)
    steps = [step.resource for step in made.plan.steps]
    ran(tmp_path, *((r.key, r.label, "create", 100.0 if r == GATEWAY else 1.0) for r in steps))
    total = usual([tmp_path]).total(made.plan)
    assert total is not None
    assert 103 <= total < 100 + len(steps)


def test_what_was_not_seen_yet_is_not_guessed(tmp_path: Path) -> None:
    made = Deployer(FakeCloud(), ManualClock()).preview(desired(), checked=False)
    ran(tmp_path, (GATEWAY.key, GATEWAY.label, "create", 100))
    assert usual([tmp_path]).total(made.plan) is None
    assert usual([tmp_path / "nowhere"]).runs == 0
