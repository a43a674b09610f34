"""Every next command that the program may name leads to where the user is."""

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

import apimlb.cli.app  # noqa: F401 (its commands are what hints are made of)
from apimlb.cli.hints import about_file, completed, given, options, without_login

PACKAGE = Path(__file__).parents[3] / "apimlb"
COMMAND = re.compile(r"\bapimlb ((?:local |policy )?[a-z-]+)((?: [^`.,;:()\"']+)?)")
BACKTICKED = re.compile(r"`apimlb ([^`]+)`")
FLAGS = {
    "--stack": "mine",
    "--config": "other file.toml",
    "--state": "/some where",
    "--subscription": "5b50",
    "--strategy": "retry",
    "--tier": "Premium",
}


@cache
def texts() -> list[tuple[str, str]]:
    """Every text in the program's modules that name a command, with its place, but docstrings and what
    `--help` prints."""
    sources = {path: path.read_text() for path in sorted(PACKAGE.rglob("*.py")) if path.name != "hints.py"}
    return [
        found for path, source in sources.items() if "apimlb " in source for found in said_in(path, source)
    ]


def said_in(path: Path, source: str) -> Iterator[tuple[str, str]]:
    nodes = list(ast.walk(ast.parse(source)))
    silent = {id(part) for node in nodes for part in unsaid(node)}
    for node in nodes:
        if id(node) not in silent and (text := text_of(node)):
            yield f"{path.relative_to(PACKAGE)}:{node.lineno}", text  # type: ignore[attr-defined]


def unsaid(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, help texts, examples, and the parts of a formatted text, which is looked at whole."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.keyword) and node.arg in ("help", "examples", "description", "prog"):
        yield from ast.walk(node.value)
    if isinstance(node, ast.JoinedStr):
        yield from node.values


def text_of(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(v.value if isinstance(v, ast.Constant) else "X" for v in node.values)  # type: ignore[misc]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def hints() -> list[tuple[str, str]]:
    """Every command that a text names, with its place."""
    return [(place, found[1]) for place, text in texts() for found in BACKTICKED.finditer(text)]


def test_commands_are_named_in_one_way_only() -> None:
    """In backticks, or by `hints.command`: anything else would not be completed."""
    for place, text in texts():
        for found in COMMAND.finditer(BACKTICKED.sub("", text)):
            assert found[1] in ("local", "policy") or not is_command(found[1]), (
                f"{place} names {found[0]!r} without backticks"
            )


def is_command(text: str) -> bool:
    try:
        options(text)
    except LookupError:
        return False
    return True


def test_there_are_many_of_them() -> None:
    assert len(hints()) > 15


def test_a_way_to_the_help_stays_as_it_is() -> None:
    assert completed("`apimlb deploy --help`", ["plan", "--local"]) == "`apimlb deploy --help`"


@pytest.mark.parametrize(("place", "hint"), [each for each in hints() if "--help" not in each[1]])
def test_every_hint_is_a_command_and_repeats_the_users_flags(place: str, hint: str) -> None:
    accepted = options(hint)
    own = [word for word in hint.split() if word.startswith("--")]
    assert set(own) <= accepted, place
    line = ["deploy", "--local", *(word for flag in FLAGS.items() for word in flag)]
    said = shlex.split(BACKTICKED.search(completed(f"`apimlb {hint}`", line))[1])  # type: ignore[index]
    for name, value in FLAGS.items():
        if name in own or name not in accepted:
            assert said.count(name) == own.count(name)
        else:
            assert said[said.index(name) + 1] == value, place
    assert said.count("--local") == (1 if "--local" in accepted else 0)


@drawn(
    st.lists(
        st.one_of(
            st.sampled_from([["--local"], ["--azure"], ["--yes"], ["-o", "json"]]),
            st.tuples(st.sampled_from([*FLAGS]), st.text(min_size=1, max_size=6)).map(list),
            st.tuples(st.sampled_from([*FLAGS]), st.text(max_size=6)).map(lambda pair: ["=".join(pair)]),
        )
    )
)
def test_flags_are_read_as_the_command_line_reads_them(parts: list[list[str]]) -> None:
    """In every order and both forms, the last one wins, and what a shell would make of the hint is it."""
    line = ["destroy", *(word for part in parts for word in part)]
    wanted: dict[str, tuple[str, ...]] = {}
    for part in parts:
        name, equals, value = part[0].partition("=")
        if name in FLAGS:
            wanted[name] = (name, value if equals else part[1])
        elif name in ("--local", "--azure"):
            wanted["--local"] = (name,)
    assert given(line) == tuple(wanted.values())


def test_a_hint_that_names_the_cloud_keeps_it() -> None:
    assert completed("`apimlb deploy --local`", ["plan", "--azure"]) == "`apimlb deploy --local`"


def test_the_demo_leads_to_its_own_stack() -> None:
    said = completed("`apimlb destroy --purge`", ["demo", "--state", "/s"])
    assert said == "`apimlb destroy --purge --local --stack demo --state /s`"


@pytest.mark.parametrize("step", ["Run `az login`, then again.", "Run `az account list`, then choose one."])
def test_nobody_is_sent_to_log_in_to_azure_from_the_local_one(step: str) -> None:
    assert "az " not in without_login(step, ["plan", "--local"])
    assert "az " not in without_login(step, ["demo"])
    assert "az " not in without_login(step, ["plan"], {"APIMLB_TARGET": "local"})
    assert without_login(step, ["plan", "--azure"], {"APIMLB_TARGET": "local"}) == step
    assert without_login(step, ["plan"], {}) == step


def test_the_users_own_file_is_named() -> None:
    said = about_file("Set a model in apimlb.toml.", ["deploy", "--config=their.toml"])
    assert said == "Set a model in their.toml."
    assert about_file("Correct sub/apimlb.toml.", ["deploy", "--config=sub/apimlb.toml"]).count("sub") == 1
