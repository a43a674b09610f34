"""A question on a terminal: what Ctrl-C does at it, whenever it comes."""

import io
import sys

import pytest

from apimlb.cli.questions import ask
from apimlb.errors import Interrupted


class Terminal(io.StringIO):
    """Writes what it is given; then somebody presses Ctrl-C once `seen` is on it."""

    def __init__(self, seen: str) -> None:
        super().__init__()
        self.seen = seen

    def write(self, text: str) -> int:
        count = super().write(text)
        if self.seen in self.getvalue():
            raise KeyboardInterrupt
        return count


class Hands:
    """A keyboard at which somebody presses Ctrl-C instead of answering."""

    def readline(self) -> str:
        raise KeyboardInterrupt


def answer(monkeypatch: pytest.MonkeyPatch, screen: io.StringIO, keyboard: io.StringIO | Hands) -> str:
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdin", keyboard)
    return ask("This will delete it.", "Sure? [y/N]", stopped="Stopped.", next_step="Run it again.")


def test_it_is_written_and_its_answer_read(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    assert answer(monkeypatch, screen, io.StringIO("yes\nno\n")) == "yes\n"
    assert screen.getvalue() == "This will delete it.\nSure? [y/N]\n"
    assert answer(monkeypatch, screen, io.StringIO()) == ""


@pytest.mark.parametrize(
    ("screen", "keyboard"),
    [(io.StringIO(), Hands()), (Terminal("[y/N]"), io.StringIO("y\n")), (Terminal("delete"), io.StringIO())],
    ids=["while-it-waits", "as-soon-as-it-is-seen", "before-it-is-whole"],
)
def test_ctrl_c_says_that_nothing_was_done(
    monkeypatch: pytest.MonkeyPatch, screen: io.StringIO, keyboard: io.StringIO | Hands
) -> None:
    with pytest.raises(Interrupted) as stopped:
        answer(monkeypatch, screen, keyboard)
    assert (str(stopped.value), stopped.value.next_step) == ("Stopped.", "Run it again.")
