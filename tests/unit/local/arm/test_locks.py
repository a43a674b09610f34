"""Locks: what they forbid, and how far they reach."""

import pytest

from tests.unit.local.arm.scene import ACCOUNTS, GROUP, ROOT, Scene, account

LOCKS = "/providers/Microsoft.Authorization/locks"
KEEP = {"properties": {"level": "CanNotDelete", "notes": "ours"}}
FROZEN = {"properties": {"level": "ReadOnly"}}
EAST = f"{ACCOUNTS}/east"


@pytest.fixture
async def scene() -> Scene:
    made = Scene()
    await made.group()
    await made.account("east")
    await made.deploy()
    return made


async def test_a_lock_is_kept_listed_and_taken_away(scene: Scene) -> None:
    path = f"{EAST}{LOCKS}/keep"
    made = await scene.put(path, KEEP)
    assert (made.status, made.properties) == (201, KEEP["properties"])
    assert (await scene.put(path, KEEP)).status == 200
    assert (await scene.get(path)).json["type"] == "Microsoft.Authorization/locks"
    for scope in (ROOT, GROUP, EAST):
        assert [row["name"] for row in (await scene.get(f"{scope}{LOCKS}")).json["value"]] == ["keep"]
    assert (await scene.get(f"{ACCOUNTS}/west{LOCKS}")).json == {"value": []}
    assert (await scene.delete(path)).status == 200
    assert (await scene.delete(path)).status == 204
    assert (await scene.get(path)).code == "LockNotFound"


@pytest.mark.parametrize("locked", [ROOT, GROUP, EAST])
async def test_what_is_locked_or_holds_it_cannot_be_deleted(scene: Scene, locked: str) -> None:
    await scene.put(f"{locked}{LOCKS}/keep", KEEP)
    for id in (f"{EAST}/deployments/gpt", EAST, GROUP):
        refused = await scene.delete(id)
        assert (refused.status, refused.code) == (409, "ScopeLocked")
        assert f"'{locked}'" in refused.message
    assert (await scene.deploy(capacity=31)).status == 200
    await scene.delete(f"{locked}{LOCKS}/keep")
    assert (await scene.delete(EAST)).status == 200


async def test_a_neighbour_is_not_locked(scene: Scene) -> None:
    await scene.account("east2")
    await scene.put(f"{EAST}{LOCKS}/keep", KEEP)
    assert (await scene.delete(f"{ACCOUNTS}/east2")).status == 200


async def test_what_is_read_only_cannot_be_changed_nor_asked_for_keys(scene: Scene) -> None:
    await scene.put(f"{GROUP}{LOCKS}/frozen", FROZEN)
    assert (await scene.put(EAST, account("east"))).code == "ScopeLocked"
    assert (await scene.patch(EAST, {"tags": {"a": "b"}})).code == "ScopeLocked"
    assert (await scene.post(f"{EAST}/listKeys")).code == "ScopeLocked"
    assert (await scene.delete(EAST)).code == "ScopeLocked"
    assert (await scene.get(EAST)).status == 200


async def test_a_level_must_be_known(scene: Scene) -> None:
    refused = await scene.put(f"{EAST}{LOCKS}/keep", {"properties": {"level": "Sticky"}})
    assert (refused.status, refused.code) == (400, "InvalidRequestContent")
