"""`init` writes a file that says what the defaults say, and only what fits."""

import io
import sys
import tomllib
from pathlib import Path

import pytest

from apimlb.cli.init import QUESTIONS, text_of, write
from apimlb.errors import ConfigError, ConflictError
from apimlb.stack.config import Stack, parse

USUAL = {question.name: question.usual for question in QUESTIONS}


def test_the_usual_answers_are_the_stack_without_a_file() -> None:
    assert parse(tomllib.loads(text_of(USUAL))) == Stack()


def test_every_setting_behind_a_hash_has_its_usual_value() -> None:
    lines = text_of(USUAL).splitlines()
    shown = [line.removeprefix("# ").partition("  #")[0] for line in lines if line.startswith("# ")]
    settings = [line for line in shown if " = " in line and line.split(" = ")[0] in Stack.model_fields]
    assert len(settings) > 4
    for setting in settings:
        ((name, value),) = tomllib.loads(setting).items()
        usual = getattr(Stack(), name)
        assert value == (list(usual or ()) if isinstance(value, list) else usual), name


def test_answers_are_in_the_file() -> None:
    said = {
        **USUAL,
        "name": "mine",
        "tier": "Developer",
        "accounts": "eastus, westeurope",
        "strategy": "retry",
    }
    stack = parse(tomllib.loads(text_of(said)))
    assert (stack.name, stack.tier, stack.strategy) == ("mine", "Developer", "retry")
    assert [account.location for account in stack.accounts] == ["eastus", "westeurope"]


def test_a_gateway_of_others_gets_a_path_of_the_stacks_own() -> None:
    stack = parse(tomllib.loads(text_of({**USUAL, "name": "mine", "gateway": "apis/shared"})))
    assert (stack.gateway, stack.path, stack.bare_host) == ("apis/shared", "mine/openai", False)


def test_what_does_not_fit_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "apimlb.toml"
    with pytest.raises(ConfigError, match="Did you mean BasicV2"):
        write(file, {"tier": "basicv2"}, ask=False, force=False)
    assert not file.exists()


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"tier": "Basc"}, "--tier Basc"),
        ({"name": "My Stack"}, "--stack 'My Stack'"),
        ({"accounts": "East US"}, "--accounts 'East US'"),
        ({"accounts": ","}, "--accounts ,"),
        ({"gateway": "a/b/c"}, "--gateway a/b/c"),
    ],
)
def test_an_option_that_does_not_fit_is_blamed_before_anything_is_asked(
    given: dict[str, str], where: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        write(tmp_path / "apimlb.toml", given, ask=True, force=False)
    assert (caught.value.where, caught.value.next_step) == (where, f"Correct {where}.")


def test_an_answer_that_does_not_fit_is_asked_for_again_and_the_others_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = ["My Stack", "mine", "", "Basc", "BasicV2", "eastus,westus", "retri", "retry"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
    file = tmp_path / "apimlb.toml"
    write(file, {}, ask=True, force=False)
    stack = parse(tomllib.loads(file.read_text()))
    assert (stack.name, stack.location, stack.tier, stack.strategy) == ("mine", "eastus2", "BasicV2", "retry")
    assert [account.location for account in stack.accounts] == ["eastus", "westus"]
    said = capsys.readouterr().err
    assert (said.count("The stack's name"), said.count("Did you mean Basic?")) == (2, 1)


def test_a_region_that_is_not_known_is_told_of_and_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"location": "westeurop", "accounts": "eastus2,moonbase1"}
    write(tmp_path / "apimlb.toml", given, ask=False, force=False)
    said = capsys.readouterr().err
    assert "apimlb knows no region westeurop. Did you mean westeurope?" in said
    assert "apimlb knows no region moonbase1." in said
    assert "eastus2" not in said


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "apimlb.toml"
    file.write_text("name = 'precious'\n")
    with pytest.raises(ConflictError):
        write(file, {}, ask=False, force=False)
    assert file.read_text() == "name = 'precious'\n"
    write(file, {"name": "new"}, ask=False, force=True)
    assert tomllib.loads(file.read_text())["name"] == "new"
