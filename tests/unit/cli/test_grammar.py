"""One grammar for every command: an option says the same wherever it stands and whatever the verb."""

import inspect
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.core import TyperGroup

from apimlb.cli.answers import Answer
from apimlb.cli.app import app
from apimlb.cli.grammar import Group, Verb, common, verb
from apimlb.cli.options import NOTHING, STACK, Common, Format, wants_json
from apimlb.cli.prose import speak, voice

SAID: list[Common] = []
small = typer.Typer(cls=Group, rich_markup_mode=None)
below = typer.Typer(cls=Group)
small.add_typer(below, name="keys")


@small.command(cls=verb())
def deploy(context: typer.Context, tier: str = "") -> Answer:
    SAID.append(common(context))
    return Answer({}, [])


@below.command("list", cls=verb(NOTHING))
def list_(context: typer.Context, name: str = "") -> Answer:
    SAID.append(common(context))
    return Answer({}, [])


@pytest.fixture(autouse=True)
def _as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is said, and how, is the process's: the next test begins in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    yield
    speak(quiet=False, verbose=False, color=True)
    voice.log = ""


def understood(*line: str) -> Common:
    typer.main.get_command(small).main(list(line), standalone_mode=False)
    return SAID.pop()


FLAGS: dict[str, dict[str, Any]] = {
    "--yes": {"yes": True},
    "-y": {"yes": True},
    "--quiet": {"quiet": True},
    "-q": {"quiet": True},
    "--verbose": {"verbose": True},
    "-v": {"verbose": True},
    "--debug": {"debug": True},
    "--no-color": {"no_color": True},
    "--local": {"local": True},
    "--azure": {"local": False},
    "--output json": {"output": Format.JSON},
    "--output=table": {"output": Format.TABLE},
    "-o json": {"output": Format.JSON},
}
NAMED = ["--stack", "--config", "--state", "--subscription"]
flags = st.sampled_from([*FLAGS]).map(str.split)
named = st.tuples(st.sampled_from(NAMED), st.text("abc .=", min_size=1, max_size=5))
options = st.one_of(flags, named.map(list), named.map(lambda pair: ["=".join(pair)]))


def meant(parts: list[list[str]]) -> Common:
    """What the options say, read in the plainest way: the last one wins."""
    said: dict[str, Any] = {}
    for part in parts:
        name, equals, value = part[0].partition("=")
        if name in NAMED:
            said[name.strip("-")] = value if equals else part[1]
        else:
            said |= FLAGS[" ".join(part)]
    return Common(**said)


def words(parts: list[list[str]]) -> list[str]:
    return [word for part in parts for word in part]


@given(st.lists(options, max_size=4), st.lists(options, max_size=4), st.lists(options, max_size=4))
def test_options_say_the_same_wherever_they_stand(
    first: list[list[str]], second: list[list[str]], third: list[list[str]]
) -> None:
    wanted = meant([*first, *second, *third])
    assert understood(*words(first), "keys", *words(second), "list", *words(third)) == wanted
    assert understood(*words(first), *words(second), "deploy", "--tier", "x", *words(third)) == wanted


@given(st.lists(options, max_size=5))
def test_a_line_that_asks_for_json_is_known_without_being_read(parts: list[list[str]]) -> None:
    assert wants_json(["deploy", *words(parts)]) == (meant(parts).output == Format.JSON)


def leaves(group: TyperGroup, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, each in group.commands.items():
        if isinstance(each, TyperGroup):
            yield from leaves(each, (*way, name))
        else:
            yield (*way, name), each


TREE = typer.main.get_command(app)
assert isinstance(TREE, TyperGroup)
COMMANDS = dict(leaves(TREE))


@pytest.mark.parametrize("way", COMMANDS, ids=" ".join)
def test_every_command_speaks_the_grammar_and_answers(way: tuple[str, ...]) -> None:
    each = COMMANDS[way]
    assert isinstance(each, Verb)
    assert {option.name for option in each.params} >= {*Common._fields}
    assert each.reads <= STACK
    assert each.callback is not None
    assert inspect.signature(inspect.unwrap(each.callback)).return_annotation is Answer


@pytest.mark.parametrize("way", COMMANDS, ids=" ".join)
def test_the_examples_of_every_command_are_read(way: tuple[str, ...]) -> None:
    each = COMMANDS[way]
    assert each.examples
    for example in each.examples:
        found = re.findall(r"apimlb ((?:'[^']*'|[^)>'])*)", example)
        for line in found:
            said = shlex.split(line)
            assert said[: len(way)] == [*way], example
            each.make_context(way[-1], said[len(way) :])
