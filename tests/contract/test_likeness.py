"""What makes an answer unlike the recorded one."""

from typing import Any

import pytest

from tests.contract.likeness import Likeness

ETAGS = ('"AAAAAAAyixA="', '"AAAAAAAyixU="')
GUIDS = ("94f0e38e-b2bd-420a-a0f1-c6355c5df689", "e1aaa64f-45b0-496a-836c-65f1dbb73658")


def differences(wanted: Any, found: Any) -> list[str]:
    return list(Likeness().differences(wanted, found))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"a": 1, "b": None}, {"b": None, "a": 1}),
        ({"a": 1, "b": None}, {"a": 1}),
        ({"a": 1}, {"a": 1, "b": None}),
        ({"a": None}, {"a": ""}),
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"a": True}),
        ({"a": "Created"}, {"a": "Creating"}),
        ({"a": []}, {"a": [1]}),
        ({"at": "2022-05-27T20:30:12Z"}, {"at": "2022-05-27T20:30:12.1234567Z"}),
        ({"id": GUIDS[0]}, {"id": GUIDS[0].replace("-", "")}),
        ({"etag": ETAGS[0]}, {"etag": f'"{GUIDS[0]}"'}),
    ],
)
def test_another_key_order_kind_value_or_form(wanted: Any, found: Any) -> None:
    assert differences(wanted, found)
    assert differences(wanted, wanted) == []


def test_ids_etags_times_and_keys_differ_from_cloud_to_cloud() -> None:
    wanted = {"id": GUIDS[0], "etag": ETAGS[0], "at": "2022-05-27T20:30:12.0054808Z", "key": "REDACTED"}
    found = {"id": GUIDS[1], "etag": ETAGS[1], "at": "2026-11-21T12:00:00.0000000Z", "key": "4f"}
    assert differences(wanted, found) == []


def test_what_stayed_the_same_must_stay_the_same_and_what_changed_must_change() -> None:
    before, after = ETAGS
    kept = Likeness()
    assert list(kept.differences([before, before], ['"AAAAAAAAAAE="', '"AAAAAAAAAAI="']))
    changed = Likeness()
    assert list(changed.differences([before, after], ['"AAAAAAAAAAE="', '"AAAAAAAAAAE="']))
    right = Likeness()
    assert not list(right.differences([before, after, before], [f'"AAAAAAAAAA{x}="' for x in "EIE"]))


def test_ids_inside_a_text_are_followed() -> None:
    likeness = Likeness()
    assert likeness.pair(*GUIDS)
    assert not list(likeness.differences(f"/x/{GUIDS[0]}/y", f"/x/{GUIDS[1]}/y"))
    assert list(likeness.differences(f"/x/{GUIDS[0]}/y", f"/x/{GUIDS[0]}/z"))


def test_of_a_shortened_list_what_was_copied_must_be_there() -> None:
    wanted = [{"name": "a", "x": 1}, {"$elided": "680 kB"}]
    assert differences(wanted, [{"name": "b", "x": 2}, {"name": "a", "x": 1}]) == []
    assert differences(wanted, [{"name": "b", "x": 2}])
    assert differences({"$elided": "not read"}, [1, 2, 3]) == []
