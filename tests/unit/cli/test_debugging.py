"""The log of `--debug` says what happened and holds no secret, whatever form it comes in."""

import logging
import stat
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.cli.debugging import redacted, start

words = st.text(string.ascii_letters + string.digits, min_size=8, max_size=40)
SHAPES = [
    "Authorization: Bearer {}",
    "'authorization': 'Bearer {}'",
    '"primaryKey": "{}"',
    '{{"key1":"{}"}}',
    "api-key: {}",
    "Ocp-Apim-Subscription-Key={}",
    "POST body client_secret={}&scope=x",
    "https://x/y?sig={}&code=1",
    "password = '{}'",
]


@given(words, st.sampled_from(SHAPES))
def test_a_secret_behind_its_name_is_taken_out(secret: str, shape: str) -> None:
    line = redacted(f"sent {shape.format(secret)} to Azure", {})
    assert secret not in line
    assert line.startswith("sent ")
    assert "***" in line


@given(words)
def test_what_the_environment_calls_secret_is_taken_out_wherever_it_stands(secret: str) -> None:
    assert secret not in redacted(f"a{secret}b", {"AZURE_CLIENT_SECRET": secret})


def test_a_variable_that_another_thread_takes_away_meanwhile_ends_no_log() -> None:
    class Losing(dict[str, str]):
        def __iter__(self) -> Iterator[str]:
            yield "OLDPWD"
            yield from super().__iter__()

    assert "hidden-words" not in redacted("a hidden-words b", Losing(AZURE_CLIENT_SECRET="hidden-words"))


def test_what_is_no_secret_stays() -> None:
    line = "PUT /subscriptions/0000-11/resourceGroups/rg-apimlb/providers/x/apim-apimlb-55a5a3e2 201 in 3 s"
    assert redacted(line, {"HOME": "/srv/apimlb", "PATH": "/usr/bin"}) == line


@pytest.fixture
def clean() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in [each for each in root.handlers if each not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.mark.usefixtures("clean")
def test_each_command_has_a_file_of_its_own_that_others_cannot_read(tmp_path: Path) -> None:
    first, second = start(tmp_path, ["plan"]), start(tmp_path, ["deploy", "--local"])
    assert first != second
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    logging.getLogger("azure").info("Authorization: Bearer sesame-open-wide")
    text = second.read_text()
    assert "apimlb deploy --local" in text
    assert "azure" in text
    assert "sesame" not in text
