"""Plays a sequence: each move is done to the stack in the local Azure, and after each it is looked at what
must hold whatever happens.

- A command ends well, is killed, or ends with an error of apimlb's that says what, and what next.
- After a deploy that ended well the next plan is empty.
- A client with a key is answered, unless a fault or somebody's hand explains that it is not.
- Nobody else gets in, unless somebody's hand opened the door.
- What is not the stack's is as it was.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit

from apimlb.errors import ApimlbError
from apimlb.local.faults import Fault
from apimlb.local.lateness import STALE
from apimlb.local.store import Document
from apimlb.stack.clients import PREFIX, read
from apimlb.stack.config import load, parse
from apimlb.stack.desired import resources
from apimlb.stack.differences import at
from apimlb.stack.fates import Fate
from apimlb.stack.fields import fields_of
from apimlb.stack.marks import CARRIERS
from apimlb.stack.resources import Json, Resource
from tests.sequences.edits import FOREIGN, HARMLESS, OBSTACLES, PATCHED, VALUES, edited, namesake_of, patch
from tests.sequences.moves import Sequence
from tests.sequences.place import APP, KEY, KEY_FROM, Place
from tests.sequences.ports import Ports
from tests.sequences.runs import Ended, Kill, folder
from tests.stacks import POLICIES, SUBSCRIPTION

SPREADS = 900.0
"""Seconds after which all that is late has arrived."""
CANARY = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-others"
_CHANGING = ("etag", "systemData", "provisioningState")


class Broken(Exception):
    """Something that must hold does not; `what` is the same for the same fault, `detail` tells this one."""

    def __init__(self, what: str, detail: str = "") -> None:
        super().__init__(f"{what}\n{detail}")
        words = re.sub(r"0x[0-9a-f]+|[0-9a-f]{8,}[0-9a-f-]*|\d+|'[^']*'|\"[^\"]*\"", "…", what)
        self.what = words[:160]
        self.detail = detail


@dataclass(frozen=True)
class Undoing:
    """A request that takes back what was done by hand; of an `edit` the field and what it was made."""

    method: str
    id: str
    body: Json | None = None
    edit: tuple[str, Any] | None = None


@dataclass
class Player:
    """One sequence's stack. `told` are the lines of what happened, `counts` how often each thing did."""

    place: Place | Ports
    file: dict[str, Any]
    told: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    foreign: dict[str, Json] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    """All that somebody else ever made: what went with a gateway comes back with it."""
    lasting: set[str] = field(default_factory=set)
    """Excuses that no deploy takes away."""
    drained: set[str] = field(default_factory=set)
    elsewhere: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The files of stacks at other locations, by location."""
    between_audiences: bool = False
    """Whether a deploy began that changes the audience of tokens, and none has ended well since."""
    undoings: list[Undoing] = field(default_factory=list)
    """What whoever reads apimlb's words does by hand in the end."""

    def deploy(
        self,
        kill: Mapping[str, Any] | None = None,
        prune: bool = True,
        on_soft_deleted: str | None = None,
    ) -> Ended:
        self.expect(self.file)
        ended = self.place.deploy(prune=prune, on_soft_deleted=on_soft_deleted, kill=_kill(kill))
        self.judge("deploy", ended)
        if ended.ok and not self.faults():
            self._settle()
            self._require_no_plan()
        return ended

    def expect(self, file: Mapping[str, Any]) -> None:
        """What a deploy of the file may do to clients."""
        if len({named(each) for each in file["accounts"]} - self.drained) <= 1:
            self._excuse("there is only one account")
        traffic = self.place.traffic
        listed = file.get("clients")
        will_be = traffic.is_client if listed is None else APP in listed
        self.between_audiences |= parse(dict(file)).audiences[0] != traffic.audience
        if will_be != traffic.is_client or self.between_audiences:
            traffic.is_client = None

    def clients(self, act: str, id: str) -> None:
        """What `apimlb clients` does to an application."""
        if id == APP:
            self.place.traffic.is_client = None
        ended = self.place.clients(act, id)
        self.judge(f"clients {act}", ended)
        self.file = load(self.place.folder / "apimlb.toml")
        if ended.ok and not self.between_audiences:
            self.place.pass_time(SPREADS)
            self._know_the_client()

    def set_capacity(self, capacity: int, account: str = "", kill: Mapping[str, Any] | None = None) -> None:
        self.judge("set-capacity", self.place.set_capacity(capacity, account, _kill(kill)))
        self.file = load(self.place.folder / "apimlb.toml")

    def destroy(self, purge: bool = False, kill: Mapping[str, Any] | None = None) -> Ended:
        self._excuse("destroyed")
        ended = self.place.destroy(purge=purge, kill=_kill(kill))
        self.judge("destroy", ended)
        return ended

    def drain(self, account: str, out: bool = True) -> None:
        """Take the account out by hand, or in again."""
        if out:
            self.drained.add(account)
        ended = self.place.drain(account, out=out)
        if ended.ok and not out:
            self.drained.discard(account)
        self.judge("drain" if out else "undrain", ended)

    def team(self, act: str) -> None:
        """What `apimlb keys` does to a key that no client of ours has."""
        self.judge(f"keys {act}", self.place.key("team", act))

    def file_(self, **changes: Any) -> None:
        self.file |= changes
        write_file(self.place.folder, self.file)

    def edit(self, label: str, field: str) -> None:
        resource = self._labelled(label)
        there = self._there(resource)
        value = VALUES.get(resource.type.lower(), {}).get(field) if resource else None
        if resource is None or there is None or value is None:
            return
        sent = edited(there, field, value)
        if sent is None:
            return
        edit = (field, at(sent, field))
        if resource.type.lower() in PATCHED:
            done = self._send("PATCH", resource.id, patch(field, value))
            back = Undoing("PATCH", resource.id, patch(field, at(there, field)), edit)
        else:
            done = self._send("PUT", resource.id, sent)
            back = Undoing("PUT", resource.id, there, edit)
        if done:
            self._note_edit(resource, field, back)

    def delete(self, label: str) -> None:
        resource = self._labelled(label)
        if resource is not None and self._send("DELETE", resource.id):
            self._excuse(f"{label} was deleted")
            inside = f"{resource.key}/"
            self.foreign = {k: v for k, v in self.foreign.items() if not f"{k}/".startswith(inside)}

    def foreign_(self, what: str) -> None:
        id, body = FOREIGN[what](self.place.names)
        if self._send("PUT", id, body):
            self._own(id)
            if what in OBSTACLES:
                self._excuse(what, lasting=True)
                self.undoings.append(Undoing("DELETE", id))

    def namesake(self, label: str) -> None:
        """Somebody else has what the stack is about to make."""
        resource = self._labelled(label)
        if resource is None or resource.type.lower() not in CARRIERS:
            return
        if resource.key in self.place.documents():
            return
        if self._send("PUT", resource.id, namesake_of(resource)):
            self._own(resource.id)
            self.undoings.append(Undoing("DELETE", resource.id))

    def fault(self, **fault: Any) -> None:
        made = Fault(**fault)
        self.place.world.faults.add(made)
        if made.plane in ("openai", "gateway"):
            self._excuse("a fault")

    def key(self, state: str) -> None:
        id = f"{self.place.names.service_id}/subscriptions/{KEY}"
        if self._send("PATCH", id, {"properties": {"state": state}}):
            self._excuse("the key's state", lasting=state != "active")
            if state == "active":
                self.place.pass_time(SPREADS)
                self.lasting.discard("the key's state")

    def wait(self, seconds: float) -> None:
        self.place.pass_time(seconds)
        self._look("wait")

    def _note_edit(self, resource: Resource, path: str, back: Undoing) -> None:
        if resource.id.lower() in self.foreign:
            self._own(resource.id)
        kind = resource.type.lower()
        fates = {each.path: each.fate for each in fields_of(kind)}
        unmarked = path == CARRIERS.get(kind)
        stays = fates.get(path) in (Fate.WARNED, Fate.LEFT) or unmarked
        if stays:
            self.undoings.append(back)
        if path not in HARMLESS:
            self._excuse(f"{resource.label} {path}", lasting=stays)
        if kind.endswith("/policies") or kind.endswith("/products") or path == "properties.value":
            self.place.traffic.openings.add(resource.label)

    def _excuse(self, why: str, *, lasting: bool = False) -> None:
        self.place.traffic.excuses.add(why)
        if lasting:
            self.lasting.add(why)

    def _settle(self) -> None:
        """All is as the file says: once that has spread nothing is an excuse any more."""
        traffic = self.place.traffic
        if traffic.excuses or traffic.openings or traffic.is_client is None:
            self.place.pass_time(SPREADS)
            traffic.excuses = set(self.lasting)
            traffic.openings.clear()
        self.between_audiences = False
        traffic.audience = self.place.stack.audiences[0]
        self._know_the_client()

    def _know_the_client(self) -> None:
        """Whether the application is one of the clients that Azure has."""
        held = f"{self.place.names.service_id}/namedValues/{PREFIX}-".lower()
        values = [each for key, each in self.place.documents().items() if key.startswith(held)]
        told = [each.hidden.get("value") or each.body["properties"].get("value") or "" for each in values]
        self.place.traffic.is_client = any(APP in read(str(value)) for value in told)

    def faults(self) -> bool:
        return any(order.open for order in self.place.world.faults)

    def judge(self, command: str, ended: Ended) -> None:
        self.told.append(f"  {command}: {ended}")
        kind = "killed" if ended.killed else "ok" if ended.error is None else type(ended.error).__name__
        self.counts[f"{command} {kind}"] += 1
        if ended.error is not None:
            _require_told(command, ended.error)
            self.counts[f"told: {Broken(ended.error.what).what[:90]}"] += 1
        self.let_it_be_read()
        self._look(command)

    def let_it_be_read(self) -> None:
        """Before a command: no process can know that an answer is older than what another wrote."""
        if self.place.stale:
            self.place.pass_time(STALE[1])

    def _look(self, command: str) -> None:
        if self.place.traffic.errors:
            raise Broken("an error that nothing explains", "\n".join(self.place.traffic.errors[:5]))
        there = self.place.documents()
        for id, before in list(self.foreign.items()):
            now = there.get(id)
            if now is None and self._is_inside(id):
                del self.foreign[id]  # it went with the gateway or the account that it was in
            elif now is None or _shown(now) != before:
                what = "is gone" if now is None else f"is another: {_difference(before, _shown(now))}"
                raise Broken(f"{command} touched what is not the stack's", f"{id} {what}")

    def _is_inside(self, id: str) -> bool:
        """Whether it was in something of the stack's that can have gone."""
        names = self.place.names
        return id.startswith(f"{names.service_id}/".lower()) or "/accounts/oai-apimlb" in id

    def _require_no_plan(self) -> None:
        planned = self.place.plan()
        if not planned.ok:
            raise Broken(f"a plan after a deploy ends: {planned.error}", str(planned))
        lines = planned.result if isinstance(planned.result, tuple) else ()
        if lines:
            raise Broken(f"a plan after a deploy is not empty: {lines[0]}", "\n".join(lines))

    def desired(self) -> tuple[Resource, ...]:
        return resources(self.place.stack, SUBSCRIPTION, POLICIES)

    def undo(self, undoing: Undoing) -> bool:
        """Do it by hand; whether nothing is left to undo. What was edited may have gone since and been made
        anew, when what it was cannot be written any more: a role names who has it."""
        if self._send(undoing.method, undoing.id, undoing.body):
            return True
        if undoing.edit is None:
            return False
        path, value = undoing.edit
        return bool(at(self._read(undoing.id) or {}, path) != value)

    def _labelled(self, label: str) -> Resource | None:
        return next((each for each in self.desired() if each.label == label), None)

    def _there(self, resource: Resource | None) -> Json | None:
        return None if resource is None else self._read(resource.id)

    def _read(self, id: str) -> Json | None:
        suffix = "&format=rawxml" if "/policies/" in id else ""
        found = self.place.arm("GET", id, None, suffix)
        return found if isinstance(found, dict) else None

    def _send(self, method: str, id: str, body: Json | None = None) -> bool:
        """Do it by hand; whether Azure has done it, which it may have although its answer was an error."""
        before = self._kept(id)
        answered = self.place.arm(method, id, body) is not None
        done = answered or self._kept(id) != before
        how = "ok" if answered else "done and refused" if done else "refused"
        self.counts[f"by hand {method} {how}"] += 1
        self.told.append(f"  {method} {id.rpartition('/providers/')[2]}: {how}")
        return done

    def _kept(self, id: str) -> Json | None:
        found = self.place.documents().get(id.lower())
        return None if found is None else _shown(found)

    def _own(self, id: str) -> None:
        """Remember it as somebody else's, as it is now."""
        self.foreign[id.lower()] = _shown(self.place.documents()[id.lower()])
        self.others.add(id.lower())


MOVES: Mapping[str, Callable[..., Any]] = {
    "deploy": Player.deploy,
    "set_capacity": Player.set_capacity,
    "destroy": Player.destroy,
    "drain": Player.drain,
    "team": Player.team,
    "clients": Player.clients,
    "file": Player.file_,
    "edit": Player.edit,
    "delete": Player.delete,
    "foreign": Player.foreign_,
    "namesake": Player.namesake,
    "fault": Player.fault,
    "key": Player.key,
    "wait": Player.wait,
}


def started(sequence: Sequence, *, real: bool = False) -> Player:
    """The player of a sequence's first move; `real` for commands in processes of their own."""
    options = dict(sequence[0].arguments)
    file = options.pop("file")
    where = folder()
    write_file(where, file)
    seed = options.pop("seed", 7)
    place = Ports(where, options) if real else Place(where, options, seed)
    player = Player(place, file)
    place.traffic.excuses.add("nothing is deployed yet")
    account = f"{CANARY}/providers/Microsoft.CognitiveServices/accounts/others"
    properties = {"customSubDomainName": "others"}
    body = {"location": "westeurope", "kind": "OpenAI", "sku": {"name": "S0"}, "properties": properties}
    deployment = {
        "sku": {"name": "GlobalStandard", "capacity": 300},
        "properties": {"model": {"format": "OpenAI", "name": "gpt-5.1", "version": "2025-11-13"}},
    }
    for id, sent in (
        (CANARY, {"location": "eastus2"}),
        (account, body),
        (f"{account}/deployments/chat", deployment),
        (f"{account}/deployments/other", deployment),
    ):
        place.arm("PUT", id, sent)
        place.pass_time(SPREADS)
        player._own(id)
    os.environ[KEY_FROM] = place.arm("POST", f"{account}/listKeys")["key1"]
    return player


def named(account: Mapping[str, Any]) -> str:
    """The account's name in the file."""
    return str(account.get("name") or account["location"])


def write_file(where: Path, file: Mapping[str, Any]) -> None:
    (where / "apimlb.toml").write_text(tomlkit.dumps(file))


def _kill(kill: Mapping[str, Any] | None) -> Kill | None:
    return Kill(**kill) if kill else None


def _require_told(command: str, error: ApimlbError) -> None:
    if not error.what.strip() or not (error.next_step or error.usual_step).strip():
        raise Broken(f"{command} ends without saying why", repr(error))


def _shown(document: Document) -> Json:
    """What of it does not change by itself."""
    properties = document.body.get("properties")
    made = {name: value for name, value in document.body.items() if name not in _CHANGING}
    if isinstance(properties, dict):
        made["properties"] = {name: value for name, value in properties.items() if name not in _CHANGING}
    return made


def _difference(before: Json, after: Json) -> str:
    pairs = [(before, after), (before.get("properties") or {}, after.get("properties") or {})]
    return "; ".join(
        f"{name} was {old.get(name)}, is {new.get(name)}"
        for old, new in pairs
        for name in {*old, *new}
        if name != "properties" and old.get(name) != new.get(name)
    )
