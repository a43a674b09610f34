"""Commands that somebody stops at an odd moment, and what is then said of the stack."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from apimlb.cli import operating
from apimlb.errors import Interrupted, NotFoundError
from apimlb.http import Request
from tests.sequences.drawing import CHAT
from tests.sequences.moves import Move
from tests.sequences.place import Place
from tests.sequences.playing import Player, started

ONE: dict[str, Any] = {"accounts": [{"location": "eastus2"}], "deployments": {"chat": CHAT}}


@pytest.fixture
def player() -> Iterator[Player]:
    made = started((Move("start", {"file": dict(ONE)}),))
    yield made
    made.place.close()


@pytest.fixture
def place(player: Player) -> Place:
    assert isinstance(player.place, Place)
    return player.place


def stopping_once_all_is_done(place: Place) -> None:
    """Somebody presses Ctrl-C when a command gives its claim on the group back."""
    group = place.names.group_id.lower()

    def stop(request: Request) -> None:
        sent = request.body if isinstance(request.body, bytes) else b""
        if request.method == "PATCH" and request.path.lower() == group and b"apimlb-run" not in sent:
            place.before = lambda request: None
            os.kill(os.getpid(), signal.SIGINT)

    place.before = stop


def test_a_deploy_that_is_stopped_when_all_is_done_was_not_tried(player: Player, place: Place) -> None:
    assert player.deploy().ok
    player.file_(backend_header=True)
    stopping_once_all_is_done(place)
    ended = player.deploy()
    assert isinstance(ended.error, Interrupted)
    assert ended.error.what == "Stopped when all of it was deployed, and before it was tried"
    assert place.plan().result == ()


def test_a_deploy_that_is_stopped_behind_a_restoration_has_not_done_all(player: Player, place: Place) -> None:
    player.file_(accounts=[{"location": "eastus2"}, {"location": "westus3"}])
    assert player.deploy().ok
    assert player.destroy(purge=False).ok
    player.file_(**ONE)
    stopping_once_all_is_done(place)
    ended = player.deploy(on_soft_deleted="restore")
    assert isinstance(ended.error, Interrupted)
    assert "all of it" not in ended.error.what
    assert place.plan().result != ()
    assert player.deploy().ok


def test_a_gateway_without_its_api_is_no_stack_whoever_asks(player: Player, place: Place) -> None:
    assert player.deploy().ok
    place.arm("DELETE", place.names.child("apis", "openai"))
    for ask in (operating.gateway_url, operating.endpoint, operating.standing):
        assert isinstance(place.run(ask).error, NotFoundError)


def test_a_stack_without_its_key_is_there_all_the_same(player: Player, place: Place) -> None:
    assert player.deploy().ok
    assert place.key("apimlb-default", "delete").ok
    error = place.run(operating.endpoint).error
    assert isinstance(error, NotFoundError)
    assert error.what == "The stack has no key apimlb-default"
    assert place.deploy(prune=False, on_soft_deleted=None).ok
    assert place.run(operating.endpoint).ok
