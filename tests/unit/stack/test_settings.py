"""Flag, else environment, else file, else default: and every complaint says which of them it is about."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.errors import ConfigError, raise_together
from apimlb.stack.config import Stack, defaults, parse
from apimlb.stack.settings import Assignment, Settings, in_environment, read, settled
from tests.told import lines_of, text_of

KNOWN = Stack.known(())
FILE = {
    "tier": "StandardV2",
    "accounts": [{"location": "eastus2"}, {"location": "westus3", "name": "west"}],
    "deployments": {"chat": {"model": "gpt-5.1", "version": "2025-11-13"}},
}


def merged(*said: Assignment, file: dict[str, object] | None = None) -> Settings:
    made, wrong = settled(FILE if file is None else file, "apimlb.toml", said, defaults())
    raise_together(wrong)
    return made


def environment_of(environ: dict[str, str]) -> list[Assignment]:
    found, wrong = in_environment(environ, KNOWN)
    raise_together(wrong)
    return found


def stack(made: Settings) -> Stack:
    return parse(made.tables, blamed=made.blamed)


def test_what_is_nearer_wins_and_is_remembered() -> None:
    environment = environment_of({"APIMLB_TIER": "Basic", "APIMLB_UNITS": "2", "HOME": "/"})
    made = merged(*environment, Assignment("tier", "BasicV2", "--tier BasicV2"))
    assert (stack(made).tier, stack(made).units) == ("BasicV2", 2)
    assert made.origin("tier") == "--tier BasicV2"
    assert made.origin("units") == "APIMLB_UNITS"
    assert made.origin("accounts.west.location") == "apimlb.toml"
    assert made.origin("strategy") == "default"


def test_a_setting_inside_of_a_table_leaves_the_others() -> None:
    environment = environment_of(
        {"APIMLB_DEPLOYMENTS__CHAT__CAPACITY": "20", "APIMLB_ACCOUNTS__WEST__PRIORITY": "3"}
    )
    made = stack(merged(*environment))
    assert made.deployments["chat"].capacity == 20
    assert made.deployments["chat"].model == "gpt-5.1"
    assert [account.priority for account in made.accounts] == [1, 3]


def test_the_defaults_tables_are_extended_where_the_file_has_none() -> None:
    said = [
        Assignment("accounts.westus3.weight", "5", "--set"),
        Assignment("deployments.*.capacity", "9", "--capacity 9"),
    ]
    made = stack(merged(*said, file={}))
    assert [account.weight for account in made.accounts] == [1, 1, 5]
    assert {deployment.capacity for deployment in made.deployments.values()} == {9}
    assert parse({}).deployments["chat"].capacity is None  # the defaults themselves stay as they are


def test_accounts_are_chosen_by_name_or_region() -> None:
    made = merged(Assignment("accounts", "west, japaneast", "--accounts"))
    assert [(a.name, a.location) for a in stack(made).accounts] == [
        ("west", "westus3"),
        ("japaneast", "japaneast"),
    ]


def test_a_hyphen_is_an_underscore_in_the_environment() -> None:
    file: dict[str, object] = {"accounts": [{"location": "eastus2", "name": "my-own"}]}
    [said] = environment_of({"APIMLB_ACCOUNTS__MY_OWN__PRIORITY": "7"})
    assert stack(merged(said, file=file)).accounts[0].priority == 7


def test_all_that_leads_nowhere_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match="APIMLB_LOCATON is no setting") as caught:
        environment_of({"APIMLB_LOCATON": "westus", "APIMLB_TEIR": "Basic", "APIMLB_UNITS": "2"})
    assert ["Did you mean APIMLB_TIER" in note for note in caught.value.__notes__] == [True]
    with pytest.raises(ConfigError, match=r"Did you mean chat\?") as caught:
        merged(
            Assignment("accounts.wets.priority", "2", "--set accounts.wets.priority=2"),
            Assignment("tier", "Basic", "--tier Basic"),
            Assignment("deployments.chta.capacity", "20", "--capacity chta=20"),
        )
    [note] = caught.value.__notes__
    assert "Did you mean west?" in note
    assert "--set accounts.wets.priority=2" in note


def test_a_misspelt_variable_is_told_and_others_are_left() -> None:
    with pytest.raises(ConfigError, match="Did you mean APIMLB_TIER"):
        environment_of({"APIMLB_TEIR": "Basic"})
    others = {f"APIMLB_{name}": "x" for name in ("TARGET", "CONFIG", "STATE", "WIRE_LOG", "STACK", "CA")}
    assert environment_of(others) == []


@pytest.mark.parametrize("path", ["accounts.eastus.weight", "deployments.chat.model.deeper"])
def test_a_path_that_leads_nowhere_is_told_with_where_it_was_said(path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        merged(Assignment(path, "1", f"--set {path}=1"))
    assert caught.value.where == f"--set {path}=1"


def test_a_complaint_names_where_each_setting_was_said() -> None:
    made = merged(
        Assignment("tier", "Basc", "--tier Basc"),
        Assignment("accounts.west.priority", "-1", "APIMLB_ACCOUNTS__WEST__PRIORITY"),
    )
    with pytest.raises(ConfigError) as caught:
        stack(made)
    first, second = lines_of(caught.value)
    assert first.endswith("Did you mean Basic? (--tier Basc)")
    assert second == ("accounts.1.priority: it must be at least 0, not -1. (APIMLB_ACCOUNTS__WEST__PRIORITY)")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"quoted"', "quoted"),
        ("7", 7),
        ("true", True),
        ('["a", "b"]', ["a", "b"]),
        ("2025-11-13", "2025-11-13"),
        ("0301", "0301"),
    ],
)
def test_a_text_is_read_as_toml_has_it(text: str, value: object) -> None:
    assert read(text) == value


@given(st.text(string.printable))
def test_any_text_is_a_value(text: str) -> None:
    assert read(text) is not None


def test_monitoring_is_a_switch_or_a_table() -> None:
    assert parse({}).monitoring is None
    assert parse({"monitoring": False}).monitoring is None
    usual = parse({"monitoring": True}).monitoring
    assert usual == parse({"monitoring": {}}).monitoring
    said = Assignment("monitoring.sampling", "50", "APIMLB_MONITORING__SAMPLING")
    files: list[dict[str, object]] = [{"monitoring": True}, {"monitoring": {"retention_days": 90}}, {}]
    for file in files:
        found = stack(merged(said, file=file)).monitoring
        assert found is not None
        assert found.sampling == 50
    flagged = Assignment("monitoring", False, "--no-monitoring")
    assert stack(merged(flagged, file={"monitoring": {"sampling": 5}})).monitoring is None


def test_a_wrong_setting_of_monitoring_is_told_in_our_words() -> None:
    with pytest.raises(ConfigError) as refused:
        parse({"monitoring": {"samplng": 5, "retention_days": 7, "action_groups": ["me"]}})
    said = text_of(refused.value)
    assert "monitoring.samplng: there is no such setting. Did you mean sampling?" in said
    assert "monitoring.retention_days: it must be at least 30, not 7." in said
    assert 'monitoring.action_groups.0: "me" is not the whole id of an action group.' in said


@pytest.mark.parametrize("file", [{}, FILE], ids=["without-a-file", "with-one"])
def test_who_names_no_account_is_told_of_what_was_said_not_of_the_file(file: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        stack(merged(Assignment("accounts", ",", "--accounts ,"), file=file))
    assert (caught.value.where, caught.value.next_step) == ("--accounts ,", "Correct --accounts ,.")


def test_what_is_said_of_accounts_that_are_left_out_is_nobodys_setting() -> None:
    file: dict[str, object] = {
        "accounts": [{"location": "eastus2", "capacity": {"chat": 5}}, {"location": "westus3", "weight": 2}]
    }
    made = merged(Assignment("accounts", "eastus2", "--accounts eastus2"), file=file)
    assert made.origins == {
        "accounts.eastus2.location": "--accounts eastus2",
        "accounts.eastus2.capacity.chat": "apimlb.toml",
    }
