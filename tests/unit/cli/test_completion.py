"""A shell completes commands and options."""

import os
import subprocess
import sys

import pytest


def completed(*words: str) -> list[str]:
    environment = {
        **os.environ,
        "_APIMLB_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-m", "apimlb"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("apimlb", "de"), "deploy"),
        (("apimlb", "keys", "ro"), "rotate"),
        (("apimlb", "deploy", "--lo"), "--local"),
        (("apimlb", "--local", "des"), "destroy"),
        (("apimlb", "env", "--format", "js"), "json"),
    ],
)
def test_a_word_is_completed(words: tuple[str, ...], found: str) -> None:
    assert found in completed(*words)
