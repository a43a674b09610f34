"""Every error has four parts: what happened, why, the exact next command, and last what Azure itself said."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import apimlb
from apimlb.cli import endings
from apimlb.cli.prose import complain, document_of
from apimlb.deploy.refusals import MEANINGS, Refusal, error_of
from apimlb.deploy.wording import WORDS
from apimlb.errors import ApimlbError, PolicyError
from apimlb.policy.document.problems import InvalidPolicy
from apimlb.policy.document.reader import read

PACKAGE = Path(apimlb.__file__).parent
AZURE = "Azure's very own words"
IMPERATIVE = re.compile(
    r"`[^`]+`|^(Run|See|Ask|Add|Choose|Correct|Lower|Move|Name|Look|Renew|Check|Delete|Give|Azure asks|"
    r"The resource group|It is in|A policy|This kind|The subscription|Somebody)"
)


def classes(above: type[ApimlbError] = ApimlbError) -> Iterator[type[ApimlbError]]:
    yield above
    for each in above.__subclasses__():
        yield from classes(each)


def made(kind: type[ApimlbError]) -> ApimlbError:
    if issubclass(kind, InvalidPolicy):
        return kind(read("<base />"), "It happened.")
    if issubclass(kind, PolicyError):
        return kind("It happened.", line=3, column=7)
    return kind("It happened.", where="here", raw=AZURE)


ERRORS = [*{kind.__name__: made(kind) for kind in classes() if kind.__module__.startswith("apimlb")}.values()]
ERRORS += [error_of(Refusal(409, code, AZURE), where="accounts/a") for code in MEANINGS]


@pytest.mark.parametrize(
    "error", ERRORS, ids=lambda error: f"{type(error).__name__}-{error.raw.split(':')[0]}"
)
def test_all_four_parts_are_there(
    error: ApimlbError, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["apimlb", "deploy", "--local"])
    complain(error)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"Error: {error.what}"
    parts = {line[:7].strip(): line[7:].strip() for line in lines[1:]}
    assert parts["why:"].endswith(".")
    assert IMPERATIVE.search(parts["next:"]), parts["next:"]
    assert "same command" not in parts["next:"]
    assert not error.raw or lines[-1] == f"  {error.raw}"
    told = document_of(error, 1)["error"]
    assert (told["what"], told["next"], told["raw"]) == (error.what, parts["next:"], error.raw)


def test_every_code_that_has_a_meaning_has_words_of_ours() -> None:
    assert WORDS.keys() == MEANINGS.keys()
    for words in WORDS.values():
        assert words.what.endswith(".")
        assert words.why.endswith(".")


def raised(kind: str) -> Iterator[tuple[str, ast.Call]]:
    """Every place in the package where an error of this kind is made."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith(kind):
                yield str(path.relative_to(PACKAGE)), node


def test_a_conflict_that_is_not_about_a_name_a_port_or_a_turn_says_why_itself() -> None:
    usual = {
        "deploy/claims.py", "deploy/turns.py", "deploy/preflight.py", "deploy/keys.py",
        "local/process.py", "local/ports.py", "local/server/runner.py", "loadtest/export.py",
    }  # fmt: skip
    silent = [
        f"{place}:{call.lineno}"
        for place, call in raised("ConflictError")
        if place not in usual and not any(word.arg == "why" for word in call.keywords)
    ]
    # The one that is left is a state in use by another process.
    assert [place.split(":")[0] for place in silent] == ["local/store.py"]


def test_what_happened_is_never_told_in_another_library_s_words() -> None:
    for place, call in raised("Error"):
        first = call.args[0] if call.args else None
        if getattr(call.func, "id", "") in {each.__name__ for each in classes()}:
            assert not (isinstance(first, ast.Call) and getattr(first.func, "id", "") == "str"), (
                f"{place}:{call.lineno} says str(...) of what happened: that is `raw`"
            )


def test_a_mistake_of_ours_is_told_as_one() -> None:
    assert issubclass(endings.Failure, ApimlbError)
    assert endings.Failure.exit_code == 70
