"""Every number that a command takes has bounds, and what is none or outside is refused in words of ours."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.exceptions import TyperException

from apimlb.cli.app import app
from apimlb.cli.misuse import in_our_words
from apimlb.errors import ConfigError

UNBOUND = ("--seed", "id", "capacity")
"""What is no amount, and the one whose bound is told with what to do instead."""


def numbers(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, list[Any]]]:
    """The words of a command, each of its numeric parameters, and what else it requires."""
    for parameter in command.params:
        if parameter.type.name.split()[0] in ("int", "float"):
            others = [each for each in command.params if each.required and each is not parameter]
            yield words, parameter, others
    for name, each in getattr(command, "commands", {}).items():
        yield from numbers(each, (*words, name))


def given(parameter: Any, value: str) -> list[str]:
    """How a value is given; behind `=` and `--` a negative one is no option."""
    return [f"{parameter.opts[0]}={value}"] if parameter.param_type_name == "option" else ["--", value]


def refused(words: tuple[str, ...], parameter: Any, others: list[Any], value: str) -> ConfigError:
    """What is said of this value."""
    more = [word for each in others for word in given(each, "1") if word != "--"]
    return told([*words, *given(parameter, value), *more])


def told(line: list[str]) -> ConfigError:
    """What this command line is refused with."""
    try:
        typer.main.get_command(app).main(line, prog_name="apimlb", standalone_mode=False)
    except TyperException as error:
        return in_our_words(error)
    except ConfigError as error:
        return error
    raise AssertionError("it was taken")


NUMBERS = [*numbers(typer.main.get_command(app))]


def test_there_are_numbers() -> None:
    assert {"--load", "--rpm", "--capacity", "--users", "N"} <= {
        name for _, each, _ in NUMBERS for name in (*each.opts, each.human_readable_name)
    }


@pytest.mark.parametrize(
    ("words", "parameter", "others"),
    NUMBERS,
    ids=[f"{' '.join(words)} {each.opts[0]}" for words, each, _ in NUMBERS],
)
def test_what_is_no_number_or_outside_is_told_in_our_words(
    words: tuple[str, ...], parameter: Any, others: list[Any]
) -> None:
    values = ["many"]
    if parameter.opts[0] not in UNBOUND:
        values += [str(parameter.type.min - 1), *(["nan"] if parameter.type.name.startswith("float") else [])]
    for value in values:
        error = refused(words, parameter, others, value)
        assert "must be a " in error.what
        assert error.what.endswith(f", not {value}.")
        assert "valid" not in error.what
        assert error.next_step == f"See `{error.where} --help`."


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("simulate --load=-1", "--load must be a number of at least 0.01, not -1."),
        ("simulate --streams 3", "--streams must be a number from 0 to 1, not 3."),
        ("simulate --load inf", "--load must be a number of at least 0.01, not inf."),
        ("set-capacity x", "N must be a whole number, not x."),
        ("local up --arm-port 99999", "--arm-port must be a whole number from 0 to 65535, not 99999."),
    ],
)
def test_the_words(line: str, words: str) -> None:
    assert told(line.split()).what == words
