"""Moves with two of something: two deploys at the same time, a stack in two places."""

import shutil
from typing import Any

from apimlb.errors import NotFoundError
from apimlb.stack.config import parse
from tests.sequences.playing import Broken, Player, write_file
from tests.sequences.runs import folder


def together(player: Player, machines: int = 1, changes: dict[str, Any] | None = None) -> None:
    """Two deploys at the same time on one machine, or on two of which the second has a file with `changes`;
    then one alone, which has to come to what this machine's file says."""
    other = folder() if machines == 2 else player.place.folder
    files = [player.file, {**player.file, **(changes or {})} if machines == 2 else player.file]
    write_file(other, files[1])
    for file in files:
        player.expect(file)
    try:
        for ended in player.place.deploy_twice(other):
            player.judge("deploy beside another", ended)
    finally:
        if machines == 2:
            shutil.rmtree(other, ignore_errors=True)
    player.deploy(on_soft_deleted="purge")


def elsewhere(player: Player, location: str) -> None:
    """The file names another location for a while: there a stack comes and goes, and this one stays."""
    home = parse(player.file).location
    if location == home:
        return
    chat = {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 20}
    moved = {
        **player.file,
        "location": location,
        "accounts": [{"location": location}],
        "deployments": {"chat": chat},
    }
    write_file(player.place.folder, moved)
    _require_word_of(player, home)
    player.elsewhere[location] = moved
    ended = player.place.deploy(prune=True, on_soft_deleted="purge", kill=None)
    player.judge("deploy elsewhere", ended)
    write_file(player.place.folder, player.file)
    if ended.ok and not player.faults():
        _require_word_of(player, location)
    leave(player, location)


def leave(player: Player, location: str) -> bool:
    """Take away what is at another location, as the plan at home says; whether all of it is gone."""
    write_file(player.place.folder, player.elsewhere[location])
    ended = player.place.destroy(purge=True)
    player.judge("destroy elsewhere", ended)
    write_file(player.place.folder, player.file)
    gone = ended.ok or isinstance(ended.error, NotFoundError)
    if gone:
        del player.elsewhere[location]
    return gone


def _require_word_of(player: Player, location: str) -> None:
    """A plan says that the gateway at the location is still there, and how to take exactly that one away."""
    planned = player.place.plan()
    there = any(
        document.kind == "microsoft.apimanagement/service"
        and str(document.body.get("location")).replace(" ", "").lower() == location
        and "apimlb" in (document.body.get("tags") or {}).get("apimlb-stack", "")
        for document in player.place.documents().values()
    )
    if planned.ok and there and f"`apimlb destroy --location {location}" not in planned.said:
        raise Broken("a plan does not say what stays elsewhere", planned.said)
