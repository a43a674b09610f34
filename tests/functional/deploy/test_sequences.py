"""Lives of a stack as `make soak` plays them: some drawn anew, and every one that once went wrong."""

from pathlib import Path

import pytest

from tests.sequences.drawing import CHAT, draw
from tests.sequences.judging import play
from tests.sequences.moves import Move, read, written
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


def test_what_a_gateway_has_that_comes_back_meanwhile_goes_where_the_file_does_not_name_it() -> None:
    """A deploy that was killed while a deleted gateway was restored leaves it so, as does whoever restores
    one by hand."""
    more = {"accounts": [{"location": "eastus2"}, {"location": "westus3"}], "deployments": {"chat": CHAT}}
    player = started((Move("start", {"slow": True, "file": more}),))
    place, names = player.place, player.place.names
    assert player.deploy().ok
    group, service = place.arm("GET", names.group_id), place.arm("GET", names.service_id)
    assert player.destroy(purge=False).ok
    player.file_(accounts=[{"location": "eastus2"}])
    place.arm("PUT", names.group_id, {"location": group["location"], "tags": group["tags"]})
    restored = {**service["properties"], "restore": True}
    said = {name: service[name] for name in ("location", "sku", "tags")}
    assert place.arm("PUT", names.service_id, {**said, "properties": restored})
    assert player.deploy(on_soft_deleted="purge").ok  # and looks that the next plan is empty
    place.close()


def test_a_sequence_can_be_written_down_and_read_again() -> None:
    for seed in range(50):
        assert read(written(draw(seed))) == draw(seed)
