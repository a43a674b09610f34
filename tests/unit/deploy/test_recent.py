"""An answer from before a write of this process is told from what others wrote since."""

from apimlb.deploy.recent import LASTS, Recent
from tests.fakes import ManualClock

PARENT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/oai"
KIND = "microsoft.cognitiveservices/accounts/deployments"
ID = f"{PARENT}/deployments/chat"
OLD, NEW, OTHERS = ({"id": ID, "sku": {"capacity": capacity}} for capacity in (30, 50, 70))


def changed() -> Recent:
    recent = Recent(ManualClock())
    recent.saw(ID, OLD)
    recent.wrote(ID, NEW)
    return recent


def test_what_was_there_before_is_older_and_what_others_wrote_is_not() -> None:
    recent = changed()
    assert [recent.is_older(ID.upper(), body) for body in (OLD, None, NEW, OTHERS)] == [
        True,
        True,
        False,
        False,
    ]
    assert recent.is_older(ID, {**OLD, "etag": "one"})


def test_what_was_deleted_is_older_with_all_that_was_in_it() -> None:
    recent = changed()
    recent.wrote(PARENT, None)
    assert recent.is_older(PARENT, {"id": PARENT})
    assert not recent.is_older(PARENT, None)
    assert not recent.is_older(ID, None)


def test_a_list_is_older_that_lacks_what_was_made_or_has_what_was_deleted() -> None:
    recent = changed()
    assert recent.is_older_list(PARENT, KIND, [])
    assert recent.is_older_list(PARENT, KIND, [OLD])
    assert not recent.is_older_list(PARENT, KIND, [NEW])
    recent.wrote(ID, None)
    assert recent.is_older_list(PARENT, KIND, [NEW])
    assert not recent.is_older_list(PARENT, KIND, [])


def test_after_a_while_what_is_read_is_believed() -> None:
    recent = changed()
    assert isinstance(recent.clock, ManualClock)
    recent.clock.advance(LASTS)
    assert not recent.is_older(ID, OLD)


def test_a_write_that_changed_nothing_makes_nothing_older() -> None:
    recent = changed()
    recent.wrote(ID, NEW)
    assert not recent.is_older(ID, NEW)
