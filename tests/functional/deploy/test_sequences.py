"""Lives of a stack as `make soak` plays them: some drawn anew, and every one that once went wrong."""

from pathlib import Path

import pytest

from tests.sequences.drawing import draw
from tests.sequences.judging import play
from tests.sequences.moves import read, written
from tests.sequences.playing import started

REGRESSIONS = sorted((Path(__file__).parents[2] / "sequences" / "regressions").glob("*.txt"))


@pytest.mark.parametrize("seed", range(8))
def test_a_stack_s_life_ends_well(seed: int) -> None:
    play(draw(seed))


@pytest.mark.parametrize("file", REGRESSIONS, ids=lambda file: str(file.stem))
def test_what_once_went_wrong_does_not_any_more(file: Path) -> None:
    play(read(file.read_text(encoding="utf-8")))


def test_a_destroy_goes_on_once_nobody_else_is_at_the_stack() -> None:
    """Who was killed seems to be at it for ten minutes, seen from another machine."""
    player = started(draw(0)[:1])
    assert player.deploy(kill={"at": 20, "writes": True}).killed
    assert player.destroy(purge=True).ok
    player.place.close()


def test_a_sequence_can_be_written_down_and_read_again() -> None:
    for seed in range(50):
        assert read(written(draw(seed))) == draw(seed)
