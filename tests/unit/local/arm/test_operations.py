"""Long-running operations: due in order, ended once, remembered for a while, failed with a reason."""

import pytest

from apimlb.local.arm.errors import ArmError
from apimlb.local.arm.operations import KEPT_SECONDS, KIND, Operation, Operations
from apimlb.local.store import Store
from tests.fakes import ManualClock

TARGET = "/subscriptions/s/resourceGroups/chat"


class Shop:
    """Operations that write down that they ended."""

    def __init__(self) -> None:
        self.store, self.clock = Store(), ManualClock()
        self.ended: list[str] = []
        effects = {"note": self._note, "fail": self._fail}
        self.operations = Operations(self.store, self.clock, effects)

    def _note(self, azure: object, operation: Operation) -> None:
        self.ended.append(operation.token)

    def _fail(self, azure: object, operation: Operation) -> None:
        raise ArmError(409, "Conflict", "It did not work.")

    def ripen(self) -> None:
        self.operations.ripen(None)


def test_what_is_due_ends_in_order_and_once() -> None:
    shop = Shop()
    shop.operations.start("note", TARGET, 20, "late")
    shop.operations.start("note", TARGET, 10, "early", running="Creating")
    shop.ripen()
    assert shop.ended == []
    assert shop.operations.pending(TARGET.upper())
    shop.clock.advance(30)
    shop.ripen()
    shop.ripen()
    assert shop.ended == ["early", "late"]
    assert not shop.operations.pending(TARGET)
    found = shop.operations.find("early")
    assert found is not None
    assert (found.done, found.ended - found.started, found.facts) == (True, 10, {"running": "Creating"})


def test_an_operation_of_no_length_ends_with_the_request_that_started_it() -> None:
    shop = Shop()
    shop.operations.start("note", TARGET, 0, "now")
    shop.ripen()
    assert shop.ended == ["now"]


def test_an_operation_fails_with_the_words_of_its_refusal() -> None:
    shop = Shop()
    shop.operations.start("fail", TARGET, 0, "bad")
    shop.ripen()
    found = shop.operations.find("bad")
    assert found is not None
    assert (found.done, found.error) == (True, {"code": "Conflict", "message": "It did not work."})


@pytest.mark.parametrize(("seconds", "kept"), [(KEPT_SECONDS, True), (KEPT_SECONDS + 1, False)])
def test_what_ended_is_remembered_for_an_hour(seconds: float, kept: bool) -> None:
    shop = Shop()
    shop.operations.start("note", TARGET, 0, "one")
    shop.ripen()
    shop.clock.advance(seconds)
    shop.ripen()
    assert (shop.operations.find("one") is not None) == kept
    assert bool(shop.store.of_kind(KIND)) == kept


def test_an_operation_survives_a_restart() -> None:
    shop = Shop()
    shop.operations.start("note", TARGET, 10, "one")
    after: list[str] = []
    again = Operations(
        shop.store, shop.clock, {"note": lambda azure, operation: after.append(operation.token)}
    )
    shop.clock.advance(10)
    again.ripen(None)
    assert after == ["one"]
