"""What must hold at the end of a sequence: the stack is brought into order and then taken away.

Faults end, what was put in the way by hand is taken away as apimlb's errors ask for, and the same deploy is
run a few times: it has to get there. Then everything is there that the file names and nothing else of the
stack's, every client is answered, and no stranger. After a destroy with --purge nothing is left but what is
somebody else's.
"""

import shutil
from collections.abc import Callable, Mapping
from typing import Any

from apimlb.stack.names import API
from apimlb.stack.resources import Json
from tests.sequences import pairs
from tests.sequences.moves import Sequence
from tests.sequences.place import KEY
from tests.sequences.playing import MOVES, SPREADS, Broken, Player, Undoing, named, started

_TRIES = 3
_MOVES: Mapping[str, Callable[..., Any]] = {
    **MOVES,
    "together": pairs.together,
    "elsewhere": pairs.elsewhere,
}
_SETTLED = 4000.0
"""Seconds after which every operation that a killed run began has ended."""
_BUILT_IN = ("master", "echo-api", "starter", "unlimited")
_KINDS = ("apis", "backends", "namedvalues", "products", "subscriptions")
"""What a stack has in a gateway."""


def play(sequence: Sequence, *, real: bool = False) -> Player:
    """Play it to the end, in this process or with `real` ones; raises `Broken`, and whatever else a command
    wrongly ends with."""
    player = started(sequence, real=real)
    try:
        for move in sequence[1:]:
            player.told.append(str(move))
            player.let_it_be_read()
            _MOVES[move.verb](player, **move.arguments)
        finish(player)
    except Exception as error:
        error.add_note("\n".join(player.told))
        raise
    finally:
        player.place.close()
        shutil.rmtree(player.place.folder, ignore_errors=True)
    return player


def finish(player: Player) -> None:
    """Bring it into order, look at it, take it away, look that it is gone."""
    player.told.append("in the end")
    clear_the_way(player)
    converge(player)
    if player.undoings:
        clear_the_way(player)
        converge(player)
    if player.undoings:
        left = [f"{each.method} {each.id}" for each in player.undoings]
        raise Broken(f"what was done by hand cannot be undone: {left[0]}", "\n".join(left))
    require_only_what_is_wanted(player)
    player.place.clients_call()
    player._look("the end")
    for _ in range(_TRIES):
        ended = player.destroy(purge=True)
        if ended.ok:
            break
    else:
        raise Broken(f"destroy --purge does not end: {ended.error}", str(ended))
    require_nothing_left(player)


def clear_the_way(player: Player) -> None:
    """Do by hand what apimlb cannot, once all that was begun has ended. What cannot be done before apimlb has
    made what it rests on, as a key's state without its product, is left for another call."""
    player.place.world.faults.clear()
    player.place.pass_time(_SETTLED)
    undoings, player.undoings = player.undoings[::-1], []
    # A lock would hold up all else.
    for each in sorted(undoings, key=lambda undoing: "/locks/" not in undoing.id):
        if each.method == "DELETE":
            player.foreign.pop(each.id.lower(), None)
            player.undo(each)
        elif each.id.lower() in player.place.documents() and not player.undo(each):
            player.undoings.insert(0, each)
    key = f"{player.place.names.service_id}/subscriptions/{KEY}"
    active: Json = {"properties": {"state": "active"}}
    cancelled = "the key's state" in player.lasting and key.lower() in player.place.documents()
    if cancelled and not player._send("PATCH", key, active):
        player.undoings.append(Undoing("PATCH", key, active))
    player.let_it_be_read()
    for account in sorted(player.drained & {named(each) for each in player.file["accounts"]}):
        player.drain(account, out=False)
    player.place.pass_time(SPREADS)
    if not player.undoings:
        player.lasting.clear()
    for location in list(player.elsewhere):
        if not any(pairs.leave(player, location) for _ in range(_TRIES)):
            raise Broken("what is elsewhere cannot be destroyed", location)


def converge(player: Player) -> None:
    """The same deploy ends well within a few tries, whatever the stack has been through."""
    for _ in range(_TRIES):
        ended = player.deploy(on_soft_deleted="purge")
        if ended.ok:
            return
    raise Broken(f"deploy does not get there: {ended.error}", str(ended))


def require_only_what_is_wanted(player: Player) -> None:
    """Nothing is in the gateway or the group that neither the file nor somebody else put there."""
    names = player.place.names
    wanted = {each.key for each in player.desired()}
    service = names.service_id.lower()
    left = []
    for key, document in player.place.documents().items():
        own = key.removeprefix(f"{service}/").split("/") if key.startswith(f"{service}/") else []
        inside = len(own) == 2 and own[0] in _KINDS and own[1] not in _BUILT_IN and ";rev=" not in own[1]
        beside = key.startswith(f"{names.group_id.lower()}/providers/") and not key.startswith(f"{service}/")
        operation = len(own) == 4 and own[0] == "apis" and own[2] == "operations" and own[1] == API
        if not (inside or beside or operation) or key in wanted or key in player.others:
            continue
        if document.kind.startswith("microsoft.authorization/locks"):
            continue
        scope = str((document.body.get("properties") or {}).get("scope") or "").rpartition("/")[2].lower()
        if scope not in _BUILT_IN and not key.endswith("/subscriptions/team"):
            left.append(document.id)
    if left:
        raise Broken(f"a deploy leaves behind {_type(left[0])}", "\n".join(left))


def require_nothing_left(player: Player) -> None:
    """Nothing of the stack's is in Azure, not even soft-deleted, and all of others' is."""
    names = player.place.names
    there = player.place.documents()
    ours = [key for key in there if key.startswith(names.group_id.lower()) and key not in player.foreign]
    others = any(key.startswith(f"{names.group_id.lower()}/") for key in player.foreign)
    # The group stays for what others have in it.
    ours = [key for key in ours if not (others and key == names.group_id.lower())]
    ours += [key for key in there if "/deleted" in key and names.suffix in key]
    if ours:
        raise Broken(f"destroy --purge leaves behind {_type(ours[0])}", "\n".join(ours))


def _type(id: str) -> str:
    tail = id.rpartition("/providers/")[2]
    return "/".join([tail.split("/")[0], *tail.split("/")[1::2]]).lower()
