"""What somebody agrees to: a saved plan is carried out as it is, or what changed is said."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from apimlb.cli.consent import (
    Consent,
    Where,
    confirm_capacity,
    confirm_plan,
    differences,
    plan_document,
    plan_of_run,
    read_plan,
    require_same,
    require_stack,
    save_plan,
    say_what_is_billed,
)
from apimlb.cli.quotas import table
from apimlb.deploy.capacity import CapacityChange
from apimlb.deploy.deployer import Deployer, Preview
from apimlb.deploy.executor import Event, State, Task
from apimlb.deploy.journal import Journal
from apimlb.deploy.quotas import Row
from apimlb.errors import ConfigError, ConflictError, Interrupted
from tests.clouds import FakeCloud
from tests.fakes import ManualClock
from tests.stacks import desired

HERE = Where(subscription="s")
PTU = {"model": "gpt-5.1", "version": "2025-11-13", "sku": "GlobalProvisionedManaged", "capacity": 100}


def preview(cloud: FakeCloud | None = None, **config: Any) -> Preview:
    return Deployer(cloud or FakeCloud(), ManualClock()).preview(desired(**config), checked=False)


def saved(made: Preview, file: Path, **settings: Any) -> Consent:
    save_plan(made.plan, file, stack="apimlb", where=HERE, settings=settings, on_soft_deleted=None)
    return Consent(saved=read_plan(file))


def test_a_saved_plan_stands_for_the_answer_as_long_as_it_holds(tmp_path: Path) -> None:
    made = preview()
    consent = saved(made, tmp_path / "plan.json", tier="BasicV2", strategy=None)
    confirm_plan(preview(), consent)
    assert consent.saved is not None
    assert (consent.saved.stack, consent.saved.settings) == ("apimlb", {"tier": "BasicV2"})


def test_a_plan_of_which_nothing_is_left_says_what_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud = FakeCloud()
    made = preview(cloud)
    consent = saved(made, tmp_path / "plan.json")
    Deployer(cloud, ManualClock()).apply(made)
    confirm_plan(preview(cloud), consent)
    told = capsys.readouterr().err.splitlines()
    count = len(made.plan.steps)
    assert told[0] == f"Nothing is left to do of {count} changes in {tmp_path / 'plan.json'}."
    assert told[1] == "  create resource group: not needed any more"
    assert told[-1].startswith("  and ")
    confirm_plan(preview(cloud), Consent(yes=True))
    assert capsys.readouterr().err == ""


def test_what_changed_meanwhile_is_said_by_step(tmp_path: Path) -> None:
    consent = saved(preview(), tmp_path / "plan.json")
    cloud = FakeCloud()
    group = desired()[0]
    cloud.put(group.id, group.body)
    assert consent.saved is not None
    with pytest.raises(ConflictError) as caught:
        require_same(preview(cloud).plan, consent.saved)
    assert caught.value.__notes__ == ["create resource group: not needed any more"]


def test_a_plan_that_did_not_get_through_is_carried_on_by_itself(tmp_path: Path) -> None:
    """Wherever it ended, what is left of it is what the plan says; only its own runs count for that."""
    for stopped_after in (1, 3, 15):
        cloud, clock = FakeCloud(), ManualClock()
        consent = saved(preview(cloud), tmp_path / "plan.json")
        assert consent.saved is not None
        journal = Journal(tmp_path / str(stopped_after), clock, consent.options())
        stop, done = threading.Event(), list[Event]()

        def hear(event: Event, stop=stop, done=done, most=stopped_after) -> None:
            done += [event] if event.state is State.DONE else []
            if len(done) >= most:
                stop.set()

        deployer = Deployer(cloud, clock, hear, stop, journal)
        with pytest.raises(Interrupted):
            deployer.apply(deployer.preview(desired(), checked=False))
        left = preview(cloud).plan
        assert not left.is_empty
        with pytest.raises(ConflictError, match="no longer what this plan says"):
            require_same(left, consent.saved)
        require_same(left, consent.saved, journal.begun_by(consent.saved.digest))
        other = preview(cloud, tags={"team": "blue"}).plan
        with pytest.raises(ConflictError):
            require_same(other, consent.saved, journal.begun_by(consent.saved.digest))
        with Journal(tmp_path / str(stopped_after), clock).run("deploy", 1):
            pass
        assert journal.begun_by(consent.saved.digest) == frozenset()


def test_a_step_that_was_left_out_was_not_begun(tmp_path: Path) -> None:
    consent = saved(preview(), tmp_path / "plan.json")
    assert consent.saved is not None
    journal = Journal(tmp_path, ManualClock(), consent.options())
    with journal.run("deploy", 2):
        for id, state in (("/failed", State.FAILED), ("/left-out", State.SKIPPED)):
            journal.record(Event(Task(id, id, "create"), state, at=0.0))
    assert journal.begun_by(consent.saved.digest) == {"/failed"}


def test_a_run_of_a_saved_plan_is_carried_on_by_that_plan_alone(tmp_path: Path) -> None:
    """Whoever agreed to it agreed to nothing that the stack's file says by now."""
    file = tmp_path / "plan.json"
    consent = saved(preview(), file)
    options = json.loads(json.dumps(consent.options()))
    assert (options["prune"], options["hourly"], consent.retires) == (False, False, False)
    assert plan_of_run(options) == consent.saved
    assert plan_of_run(Consent(yes=True).options()) is None
    saved(preview(tier="StandardV2"), file)
    with pytest.raises(ConfigError, match="is another one by now") as caught:
        plan_of_run(options)
    assert "`apimlb deploy`" in caught.value.next_step
    file.unlink()
    with pytest.raises(ConfigError, match="is gone"):
        plan_of_run(options)


def test_a_plan_of_another_stack_is_refused_by_its_name(tmp_path: Path) -> None:
    consent = saved(preview(), tmp_path / "plan.json")
    assert consent.saved is not None
    require_stack(consent.saved, "")
    require_stack(consent.saved, "apimlb")
    with pytest.raises(ConfigError, match="of the stack apimlb, not of other"):
        require_stack(consent.saved, "other")


def test_what_would_be_made_otherwise_is_said_by_field(tmp_path: Path) -> None:
    """Whoever agreed to one chat model's capacity and one tier did not agree to any other."""
    agreed: dict[str, Any] = {"tier": "BasicV2", "deployments": {"chat": {**PTU, "capacity": 15}}}
    consent = saved(preview(**agreed), tmp_path / "plan.json")
    confirm_plan(preview(**agreed), consent)
    assert consent.saved is not None
    with pytest.raises(ConflictError) as caught:
        require_same(preview(tier="StandardV2", deployments={"chat": PTU}).plan, consent.saved)
    assert "create gateway (StandardV2): other fields, sku.name" in caught.value.__notes__
    assert "create deployment eastus2/chat: other fields, sku.capacity" in caught.value.__notes__


def test_each_kind_of_difference_has_its_words() -> None:
    def row(action: str, *fields: tuple[str, Any]) -> dict[str, Any]:
        told = [{"path": path, "before": 1, "after": after} for path, after in fields]
        return {"id": "/a", "label": "account a", "action": action, "fields": told}

    def said(before: list[Any], after: list[Any]) -> list[str]:
        return list(differences({"changes": before}, {"changes": after}))

    assert said([row("create")], [row("create")]) == []
    assert said([], [row("create")]) == ["create account a: needed now"]
    assert said([row("create")], [row("update")]) == ["account a: create then, update now"]
    assert said([row("update", ("sku", 1), ("x", 2))], [row("update", ("sku", 2), ("x", 2))]) == [
        "update account a: other fields, sku"
    ]


@pytest.mark.parametrize("text", ["", "[]", '{"changes": 5, "version": 2}', '{"changes": []}', "{"])
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text)
    with pytest.raises(ConfigError):
        read_plan(file)


def test_a_saved_plan_is_what_plan_says_as_json(tmp_path: Path) -> None:
    made = preview()
    saved(made, tmp_path / "plan.json")
    document = json.loads((tmp_path / "plan.json").read_text())
    assert {name: document[name] for name in ("changes", "unchanged")} == plan_document(made.plan)


def test_provisioned_throughput_is_not_made_for_a_yes_alone() -> None:
    made = preview(deployments={"chat": PTU})
    with pytest.raises(ConfigError, match="100 units of GlobalProvisionedManaged") as caught:
        confirm_plan(made, Consent(yes=True))
    assert "--accept-hourly" in caught.value.next_step
    confirm_plan(made, Consent(yes=True, hourly=True))
    confirm_plan(preview(), Consent(yes=True))


def test_what_is_billed_by_the_hour_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    confirm_plan(preview(), Consent(yes=True))
    assert "Billed by the hour, used or not: gateway (BasicV2)." in capsys.readouterr().err
    say_what_is_billed(preview(deployments={"chat": PTU}))
    assert "deployment eastus2/chat (100 units of GlobalProvisionedManaged)" in capsys.readouterr().err
    confirm_plan(preview(tier="Consumption", strategy="retry"), Consent(yes=True))
    assert "Billed" not in capsys.readouterr().err


def test_a_table_of_quotas_is_as_wide_as_the_terminal_and_whole_off_one() -> None:
    sku, model = "DataZoneProvisionedManaged", "text-embedding-3-large-with-more"
    rows = [
        Row("southeastasia-and-on", model, sku, "q", 1_000_000, 999_999, 5),
        Row("eastus2", "gpt-5.1", "GlobalStandard", "q", 10, 0, 30),
        Row("westus3", "gpt-5.1", "GlobalStandard", "q", 30, 0, 30),
    ]
    for narrow in (80, 100):
        lines = list(table(rows, narrow))
        assert max(map(len, lines)) <= narrow
        assert model not in lines[1]
        assert [line.endswith("  !") for line in lines] == [False, True, True, False]
    for columns in (140, None):
        lines = list(table(rows, columns))
        assert (sku in lines[1], model in lines[1]) == (True, True)
        assert [line.endswith("  !") for line in lines] == [False, True, True, False]


@pytest.mark.parametrize(
    ("sku", "before", "after", "refused"),
    [
        ("GlobalProvisionedManaged", 100, 200, True),
        ("GlobalProvisionedManaged", 200, 100, False),
        ("GlobalProvisionedManaged", 100, 100, False),
        ("GlobalStandard", 30, 300, False),
    ],
)
def test_more_that_is_billed_by_the_hour_takes_its_own_flag(
    sku: str, before: int, after: int, refused: bool
) -> None:
    change = CapacityChange("/id", "deployment eastus2/chat", "oai", "chat", sku, before, after)
    assert change.measure == ("units" if "Provisioned" in sku else "thousand tokens per minute")
    confirm_capacity([change], hourly=True)
    if not refused:
        confirm_capacity([change], hourly=False)
        return
    with pytest.raises(ConfigError, match="100 → 200 units of GlobalProvisionedManaged") as told:
        confirm_capacity([change], hourly=False)
    assert "--accept-hourly" in told.value.next_step
