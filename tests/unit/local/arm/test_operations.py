"""Long-running operations: due in order, ended once, remembered for a while, failed with a reason."""

import pytest

from apimlb.local.arm.errors import ArmError
from apimlb.local.arm.operations import (
    KEPT_SECONDS,
    KIND,
    End,
    Garbled,
    Operation,
    Operations,
    Outcome,
)
from apimlb.local.store import Document, Store, kind_of
from tests.fakes import ManualClock

TARGET = "/subscriptions/s/resourceGroups/chat"
THING = f"{TARGET}/providers/Microsoft.CognitiveServices/accounts/east"


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


class TestOrdered:
    """Operations whose end was ordered to be another."""

    def shop(self, end: End, **told: str) -> Shop:
        shop = Shop()
        properties = {"provisioningState": "Creating"}
        shop.store.put(Document(THING, kind_of(THING), {"properties": properties}))
        shop.operations.under(lambda: Outcome(end, **told)).start("note", THING, 10, "one")
        return shop

    def end(self, shop: Shop) -> None:
        shop.clock.advance(10)
        shop.ripen()

    def state(self, shop: Shop) -> object:
        found = shop.store.get(THING)
        return found and found.body["properties"]["provisioningState"]

    @pytest.mark.parametrize(
        ("end", "status", "code"),
        [("failed", "Failed", "InternalServerError"), ("canceled", "Canceled", "OperationCanceled")],
    )
    def test_one_that_fails_does_nothing_and_says_so(self, end: End, status: str, code: str) -> None:
        shop = self.shop(end)
        begun = shop.operations.find("one")
        assert begun is not None
        assert (begun.status, self.state(shop)) == ("InProgress", "Creating")
        self.end(shop)
        found = shop.operations.find("one")
        assert found is not None
        assert (found.status, (found.error or {})["code"]) == (status, code)
        assert (shop.ended, self.state(shop)) == ([], status)

    def test_it_names_the_error_that_it_was_told(self) -> None:
        shop = self.shop("failed", code="InsufficientQuota", message="There is no more.")
        self.end(shop)
        found = shop.operations.find("one")
        assert found is not None
        assert found.error == {"code": "InsufficientQuota", "message": "There is no more."}

    def test_one_that_vanished_has_done_its_work(self) -> None:
        shop = self.shop("vanished")
        self.end(shop)
        with pytest.raises(ArmError) as caught:
            shop.operations.find("one")
        assert (caught.value.status, shop.ended) == (404, ["one"])

    def test_nor_does_one_stop_of_which_no_sense_can_be_made(self) -> None:
        shop = self.shop("garbage")
        assert shop.operations.pending(THING)
        self.end(shop)
        with pytest.raises(Garbled):
            shop.operations.find("one")
        assert shop.ended == ["one"]


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
