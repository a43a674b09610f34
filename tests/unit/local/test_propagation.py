"""Changes arrive late, each at its own time, and in the end everybody sees the same."""

import random
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from apimlb.local.lateness import LATE, Lateness
from apimlb.local.propagation import Delay, Propagation, View
from apimlb.local.store import Document, Store, kind_of
from tests.fakes import ManualClock

ROOT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/apim"
ROOT_KIND = "microsoft.apimanagement/service"
SLOW = Delay((10.0, 60.0))
NAMES = ("a", "b", "c")


def api(name: str, version: int) -> Document:
    id = f"{ROOT}/apis/{name}"
    return Document(id, kind_of(id), {"version": version})


class Scene:
    """A store and what readers see of it; `versions` are what was written of each API, None for deleted."""

    def __init__(self, delay: Delay | None = SLOW, readers: int = 1, path: Path | str = ":memory:") -> None:
        self.clock = ManualClock()
        self.delay = delay
        self.readers = readers
        self.versions: dict[str, list[int | None]] = {name: [None] for name in NAMES}
        self.open(path)

    def open(self, path: Path | str) -> None:
        self.store = Store(path)
        way = Propagation(
            self.store,
            self.clock,
            random.Random(3),
            lambda before, after: self.delay,
            channel="test",
            readers=self.readers,
            root=ROOT_KIND,
        )
        self.views = [way.view(number) for number in range(self.readers)]

    def write(self, name: str) -> int:
        version = len(self.versions[name])
        self.versions[name].append(version)
        self.store.put(api(name, version))
        return version

    def delete(self, name: str) -> None:
        self.versions[name].append(None)
        self.store.delete(api(name, 0).id)

    def seen(self, name: str, reader: int = 0) -> int | None:
        return version_of(self.views[reader].get(api(name, 0).id))


def version_of(document: Document | None) -> int | None:
    return None if document is None else int(document.body["version"])


def test_what_was_there_is_seen_until_the_change_arrives() -> None:
    scene = Scene()
    assert scene.write("a") == 1
    assert scene.seen("a") is None
    scene.clock.advance(9.9)
    assert scene.seen("a") is None
    scene.clock.advance(50.1)
    assert scene.seen("a") == 1
    scene.delete("a")
    assert scene.seen("a") == 1
    scene.clock.advance(60)
    assert scene.seen("a") is None


def test_each_document_has_its_own_time() -> None:
    scene = Scene()
    for name in NAMES:
        scene.write(name)
    arrived = dict.fromkeys(NAMES, 0)
    for second in range(61):
        for name in NAMES:
            if scene.seen(name) and not arrived[name]:
                arrived[name] = second
        scene.clock.advance(1)
    assert len(set(arrived.values())) == len(NAMES)
    assert all(10 <= second <= 60 for second in arrived.values())


def test_each_reader_has_its_own_time() -> None:
    scene = Scene(readers=2)
    scene.write("a")
    both = set()
    for _ in range(61):
        both.add((scene.seen("a", 0), scene.seen("a", 1)))
        scene.clock.advance(1)
    assert len(both) == 3
    assert {(None, None), (1, 1)} <= both


def test_a_later_change_is_never_undone_by_an_earlier_one() -> None:
    scene = Scene(Delay((60.0, 60.0)))
    scene.write("a")
    scene.delay = Delay((1.0, 1.0))
    scene.write("a")
    scene.clock.advance(1)
    assert scene.seen("a") == 2
    scene.clock.advance(60)
    assert scene.seen("a") == 2


def test_an_effect_may_come_and_go_before_it_stays() -> None:
    scene = Scene(Delay((10.0, 10.0), flaps=2, flap=(5.0, 5.0)))
    scene.write("a")
    seen = []
    for _ in range(8):
        seen.append(scene.seen("a"))
        scene.clock.advance(5)
    assert seen == [None, None, 1, None, 1, None, 1, 1]


def test_what_is_not_late_is_seen_at_once_even_over_what_is() -> None:
    scene = Scene()
    scene.write("a")
    scene.delay = None
    scene.write("a")
    assert scene.seen("a") == 2


def test_a_write_that_changes_nothing_is_none() -> None:
    scene = Scene(None)
    scene.write("a")
    scene.delay = SLOW
    revision = scene.views[0].revision
    scene.store.put(api("a", 1))
    assert scene.seen("a") == 1
    scene.clock.advance(60)
    assert scene.views[0].revision <= revision + 1


def test_the_end_of_the_root_takes_with_it_what_is_under_way() -> None:
    scene = Scene(None)
    scene.store.put(Document(ROOT, ROOT_KIND))
    scene.delay = SLOW
    scene.write("a")
    scene.delay = None
    scene.store.delete(ROOT)
    scene.store.delete(api("a", 0).id)
    assert scene.seen("a") is None
    assert scene.store.descendants("/apimlb") == []


def test_a_write_that_is_undone_was_never_under_way() -> None:
    scene = Scene()
    with suppress(LookupError), scene.store.transaction():
        scene.write("a")
        raise LookupError
    assert scene.store.descendants("/apimlb") == []
    scene.clock.advance(60)
    assert scene.seen("a") is None


def test_a_restart_changes_nothing(tmp_path: Path) -> None:
    kept = Scene(path=tmp_path / "azure.db")
    twin = Scene()
    for scene in (kept, twin):
        scene.write("a")
        scene.clock.advance(20)
        scene.write("b")
        scene.delete("a")
    kept.store.close()
    kept.open(tmp_path / "azure.db")
    for _ in range(61):
        assert [kept.seen(name) for name in NAMES] == [twin.seen(name) for name in NAMES]
        kept.clock.advance(1)
        twin.clock.advance(1)


def test_what_has_arrived_everywhere_is_forgotten() -> None:
    scene = Scene()
    for _ in range(50):
        scene.write("a")
        scene.clock.advance(61)
    scene.write("b")
    assert len(scene.store.of_kind("apimlb/propagations/test")) == 1


STEPS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["write", "delete"]), st.floats(0, 40)), max_size=25
)


@given(STEPS, st.integers(1, 3))
def test_every_reader_goes_from_version_to_version_and_gets_to_the_last(
    steps: list[tuple[str, str, float]], readers: int
) -> None:
    scene = Scene(readers=readers)
    places = {(name, reader): 0 for name in NAMES for reader in range(readers)}
    for name, verb, seconds in steps:
        if verb == "write":
            scene.write(name)
        elif scene.versions[name][-1] is not None:
            scene.delete(name)
        for (each, reader), place in places.items():
            places[each, reader] = follows(scene, each, reader, place)
        scene.clock.advance(seconds)
    scene.clock.advance(60)
    for reader, view in enumerate(scene.views):
        assert [scene.seen(name, reader) for name in NAMES] == [scene.versions[name][-1] for name in NAMES]
        agree(view)


def follows(scene: Scene, name: str, reader: int, place: int) -> int:
    """The place in what was written that the reader has come to, at `place` or behind it."""
    agree(scene.views[reader])
    versions = scene.versions[name]
    seen = scene.seen(name, reader)
    assert seen in versions[place:], f"{name} went back"
    return versions.index(seen, place)


def agree(view: View) -> None:
    """Whatever is asked, the same documents are there."""
    one_by_one = [found for name in NAMES if (found := view.get(api(name, 0).id))]
    for listed in (
        view.children(ROOT),
        view.descendants(ROOT),
        view.of_kind(f"{ROOT_KIND}/apis"),
        view.children(ROOT.upper(), f"{ROOT_KIND}/apis"),
    ):
        assert sorted(listed, key=lambda item: item.id) == one_by_one
    assert view.of_kind("other") == view.children("/elsewhere") == []


@given(st.floats(0.01, 10))
def test_lateness_goes_by_the_pace_of_its_world(scale: float) -> None:
    assert Lateness().scaled(scale) == Lateness()
    scaled = LATE.scaled(scale)
    assert scaled.keys == (LATE.keys[0] * scale, LATE.keys[1] * scale)
    assert scaled.role_flaps == LATE.role_flaps
