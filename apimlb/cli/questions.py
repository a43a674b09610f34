"""A question on a terminal, and its answer."""

import sys

from apimlb.cli.prose import say
from apimlb.errors import Interrupted


def ask(*lines: str, stopped: str, next_step: str) -> str:
    """The line that answers it, with its line break; empty at the end of the input.

    Raises `Interrupted` with `stopped` and `next_step` for Ctrl-C, also for one that comes while the question
    is being written: whoever sees it may answer at once.
    """
    try:
        for line in lines:
            say(line)
        return sys.stdin.readline()
    except KeyboardInterrupt:
        raise Interrupted(stopped, why="You stopped it at a question.", next_step=next_step) from None
