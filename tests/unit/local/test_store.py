"""The store: what it finds, what it keeps, and what it undoes."""

import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.errors import ConflictError
from apimlb.local.store import Document, Store, kind_of, parent_of

GROUP = "/subscriptions/s1/resourceGroups/Chat"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/east"
DEPLOYMENT = f"{ACCOUNT}/deployments/gpt"
ASSIGNMENT = f"{ACCOUNT}/providers/Microsoft.Authorization/roleAssignments/7"


def document(id: str, **body: object) -> Document:
    return Document(id, kind_of(id), dict(body), {"key1": "secret"}, "e1")


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store()
    yield made
    made.close()


def test_an_id_is_found_in_any_case_and_comes_back_as_it_was_written(store: Store) -> None:
    store.put(document(ACCOUNT, location="eastus"))
    found = store.get(ACCOUNT.upper())
    assert found is not None
    assert (found.id, found.body, found.hidden) == (ACCOUNT, {"location": "eastus"}, {"key1": "secret"})
    assert store.get(DEPLOYMENT) is None


def test_children_are_one_level_down_and_descendants_all_the_way(store: Store) -> None:
    for id in (GROUP, ACCOUNT, DEPLOYMENT, ASSIGNMENT):
        store.put(document(id))
    assert [item.id for item in store.children(GROUP.lower())] == [ACCOUNT]
    assert [item.id for item in store.children(ACCOUNT)] == [DEPLOYMENT, ASSIGNMENT]
    kind = "microsoft.cognitiveservices/accounts/deployments"
    assert [item.id for item in store.children(ACCOUNT, kind)] == [DEPLOYMENT]
    assert [item.id for item in store.descendants(GROUP)] == [ACCOUNT, DEPLOYMENT, ASSIGNMENT]
    assert [item.id for item in store.descendants(GROUP, kind)] == [DEPLOYMENT]
    assert [item.id for item in store.of_kind("microsoft.authorization/roleassignments")] == [ASSIGNMENT]


def test_a_name_that_begins_like_another_is_not_below_it(store: Store) -> None:
    store.put(document(GROUP + "2"))
    assert store.descendants(GROUP) == []


def test_a_rewritten_document_keeps_its_place_and_a_deleted_one_is_gone(store: Store) -> None:
    first, second = f"{ACCOUNT}/deployments/a", f"{ACCOUNT}/deployments/b"
    store.put(document(first, turn=1))
    store.put(document(second))
    store.put(document(first, turn=2))
    assert [item.body.get("turn") for item in store.children(ACCOUNT)] == [2, None]
    store.delete(first.upper())
    store.delete(first)
    assert [item.id for item in store.children(ACCOUNT)] == [second]


def test_the_revision_grows_once_per_committed_transaction(store: Store) -> None:
    start = store.revision
    with store.transaction():
        store.put(document(ACCOUNT))
        store.put(document(DEPLOYMENT))
    assert store.revision == start + 1
    with store.transaction():
        store.get(ACCOUNT)
    store.delete("/not/there")
    assert store.revision == start + 1


def fail_half_way(store: Store) -> None:
    with store.transaction():
        store.put(document(ACCOUNT, turn=2))
        with store.transaction():
            store.delete(DEPLOYMENT)
        store.put(document(ASSIGNMENT))
        raise RuntimeError


def test_a_failed_transaction_leaves_everything_as_it_was(store: Store) -> None:
    store.put(document(ACCOUNT, turn=1))
    store.put(document(DEPLOYMENT))
    with pytest.raises(RuntimeError):
        fail_half_way(store)
    account = store.get(ACCOUNT)
    assert account is not None
    assert account.body == {"turn": 1}
    assert [item.id for item in store.children(ACCOUNT)] == [DEPLOYMENT]


def test_a_store_that_is_opened_again_holds_what_was_written_in_order(tmp_path: Path) -> None:
    path = tmp_path / "azure.db"
    first = Store(path)
    first.put(document(DEPLOYMENT, name="gpt – größer"))
    first.put(document(ACCOUNT))
    first.put(document(DEPLOYMENT, name="gpt – größer", turn=2))
    first.close()
    second = Store(path)
    assert second.get(DEPLOYMENT) == document(DEPLOYMENT, name="gpt – größer", turn=2)
    assert [item.id for item in second.descendants(GROUP)] == [DEPLOYMENT, ACCOUNT]
    second.close()


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "azure.db"
    Store(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_process_is_refused_by_name(tmp_path: Path) -> None:
    first = Store(tmp_path / "azure.db")
    with pytest.raises(ConflictError, match="in use by another process"):
        Store(tmp_path / "azure.db")
    first.close()


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "azure.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(ConflictError, match="cannot be read"):
        Store(path)


@pytest.mark.parametrize(
    ("id", "parent", "kind"),
    [
        (GROUP, "/subscriptions/s1", "microsoft.resources/resourcegroups"),
        ("/subscriptions/s1", "", "microsoft.resources/subscriptions"),
        (ACCOUNT, GROUP, "microsoft.cognitiveservices/accounts"),
        (DEPLOYMENT, ACCOUNT, "microsoft.cognitiveservices/accounts/deployments"),
        (ASSIGNMENT, ACCOUNT, "microsoft.authorization/roleassignments"),
    ],
)
def test_an_id_says_its_parent_and_its_kind(id: str, parent: str, kind: str) -> None:
    assert parent_of(id) == parent
    assert kind_of(id) == kind


names = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=4)


@given(st.lists(st.tuples(names, st.booleans()), max_size=20))
def test_the_store_is_a_map_that_ignores_case(writes: list[tuple[str, bool]]) -> None:
    store = Store()
    model: dict[str, str] = {}
    for turn, (name, keep) in enumerate(writes):
        id = f"{ACCOUNT}/deployments/{name}"
        if keep:
            store.put(Document(id, kind_of(id), {"turn": turn}))
            model[id.lower()] = str(turn)
        else:
            store.delete(id)
            model.pop(id.lower(), None)
    assert {item.id.lower(): str(item.body["turn"]) for item in store.children(ACCOUNT)} == model
    store.close()


def test_a_watcher_hears_of_every_write_and_what_it_writes_goes_with_it() -> None:
    store = Store()
    heard: list[tuple[object, object]] = []

    def note(before: Document | None, after: Document | None) -> None:
        if (after or before).id != "/notes/1":  # type: ignore[union-attr]
            heard.append((before and before.body, after and after.body))
            store.put(Document("/notes/1", "notes", {"heard": len(heard)}))

    store.watch(note)
    store.put(Document("/things/a", "things", {"n": 1}))
    store.put(Document("/things/A", "things", {"n": 2}))
    store.delete("/things/b")
    with suppress(LookupError), store.transaction():
        store.delete("/things/a")
        raise LookupError
    assert heard == [(None, {"n": 1}), ({"n": 1}, {"n": 2}), ({"n": 2}, None)]
    noted = store.get("/notes/1")
    assert noted is not None
    assert noted.body == {"heard": 2}
