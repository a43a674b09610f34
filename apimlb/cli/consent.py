"""What somebody agrees to before anything is changed: on a terminal, by a flag, or by a saved plan.

A saved plan is what `plan` showed, and what led to it:

    {"version": 2, "stack": "apimlb", "local": false, "subscription": "<id>",
     "settings": {"deployments.chat.capacity": "20"}, "on_soft_deleted": null,
     "changes": [{"action", "id", "label", "fields": [{"path", "before", "after"}]}],
     "unchanged": 41}
"""

import json
import shlex
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from apimlb.cli.documents import json_in
from apimlb.cli.prose import counted, say
from apimlb.cli.questions import ask
from apimlb.cli.wiring import Session
from apimlb.deploy.billing import hourly
from apimlb.deploy.capacity import CapacityChange
from apimlb.deploy.deployer import Preview
from apimlb.errors import ApimlbError, ConfigError, ConflictError
from apimlb.files import replace_file
from apimlb.stack.differences import Change, made_of
from apimlb.stack.planner import Action, Plan, Step
from apimlb.stack.resources import Json

VERSION = 2
_SECRET = "(secret)"
_NOTHING = object()
_TOLD = 8
"""So many differences from a saved plan are told."""


@dataclass(frozen=True, slots=True)
class Where:
    """On which cloud a stack is, and in which subscription; empty in plans that do not say."""

    local: bool = False
    subscription: str = ""

    def __str__(self) -> str:
        return "the local Azure" if self.local else f"the subscription {self.subscription}"


@dataclass(frozen=True, slots=True)
class Agreed:
    """A saved plan: the stack and where it is, the settings by path that led to it, and what it does."""

    file: Path
    stack: str
    where: "Where"
    settings: Mapping[str, Any]
    on_soft_deleted: str | None
    document: Json

    @property
    def digest(self) -> str:
        """What tells it from any other plan."""
        told = json.dumps([self.stack, asdict(self.where), self.document], sort_keys=True)
        return sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed to before anybody was asked.

    `yes` stands for an answer, but not to whether accounts, deployments or the gateway go, which `prune`
    does, nor to provisioned throughput, which `hourly` does. `on_soft_deleted` says what becomes of the names
    that Azure keeps, `None` to ask. A `saved` plan is all of that, as long as what would be done is what it
    says. Who does not wait (`waits`) leaves Azure alone with what takes long.
    """

    yes: bool = False
    prune: bool = False
    hourly: bool = False
    on_soft_deleted: str | None = None
    saved: Agreed | None = None
    waits: bool = True

    @property
    def retires(self) -> bool:
        """Whether what is left at gateways of before goes, which is in no saved plan."""
        return self.prune and self.saved is None

    def options(self) -> Json:
        """What `resume` carries on with: a saved plan is read again, since it alone was agreed to."""
        saved, way = self.saved, self.on_soft_deleted
        return {
            "prune": self.prune,
            "hourly": self.hourly,
            "on_soft_deleted": str(way) if way else None,
            "plan": saved.digest if saved else "",
            "plan_file": str(saved.file.absolute()) if saved else "",
        }


def plan_document(plan: Plan) -> Json:
    """The plan as JSON: every step with its action and fields, those that differ or all of what is made."""
    return {
        "changes": [
            {
                "action": str(step.action),
                "id": step.resource.id,
                "label": step.resource.label,
                "fields": [_field_document(change) for change in _fields_of(step)],
            }
            for step in plan.steps
            if step.action != "keep"
        ],
        "unchanged": sum(step.action == "keep" for step in plan.steps),
    }


def _fields_of(step: Step) -> Iterator[Change]:
    """A replacement writes what no field of the old one differs in, too."""
    yield from step.changes
    if step.action in (Action.CREATE, Action.REPLACE):
        named = {change.path for change in step.changes}
        yield from (field for field in made_of(step.resource, step.body) if field.path not in named)


def _field_document(change: Change) -> Json:
    if change.is_secret:
        return {"path": change.path, "before": _SECRET, "after": _SECRET}
    return {"path": change.path, "before": _plain(change.before), "after": _plain(change.after)}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def save_plan(
    plan: Plan,
    file: Path,
    *,
    stack: str,
    where: Where,
    settings: Mapping[str, Any],
    on_soft_deleted: str | None,
) -> None:
    """Keep what was shown, to be agreed to and carried out later."""
    said = {path: value for path, value in settings.items() if value is not None}
    head = {"version": VERSION, "stack": stack, **asdict(where), "settings": said}
    told = {**head, "on_soft_deleted": on_soft_deleted, **plan_document(plan)}
    replace_file(file, json.dumps(told, indent=2).encode() + b"\n")


def read_plan(file: Path) -> Agreed:
    """A saved plan; raises `ConfigError` for what is none, and `OSError`."""
    document = json_in(file, dict)
    changes, settings = document.get("changes"), document.get("settings", {})
    rows = isinstance(changes, list) and all(isinstance(row, dict) and "id" in row for row in changes)
    if document.get("version") != VERSION or not rows or not isinstance(settings, dict):
        raise ConfigError(
            "It is no plan of this version of apimlb.",
            where=str(file),
            next_step="`apimlb plan --out FILE` saves one.",
        )
    kept = {name: document.get(name) for name in ("changes", "unchanged")}
    way = document.get("on_soft_deleted")
    where = Where(document.get("local") is True, str(document.get("subscription") or ""))
    stack = str(document.get("stack") or "")
    return Agreed(file, stack, where, settings, str(way) if way else None, kept)


def plan_of_run(options: Mapping[str, Any]) -> Agreed | None:
    """The saved plan that a run with these options carried out, None for none; raises `ConfigError` where
    that is gone, or is another one by now."""
    if not options.get("plan"):
        return None
    file = Path(str(options.get("plan_file") or ""))
    found = read_plan(file) if file.is_file() else None
    if found is None or found.digest != options["plan"]:
        raise ConfigError(
            f"The saved plan of the last run {'is another one by now' if found else 'is gone'}.",
            where=str(file),
            why="What was agreed to stands nowhere else.",
            next_step="`apimlb deploy` plans what is left and asks.",
        )
    return found


def where_of(session: Session) -> Where:
    """Where a command works."""
    return Where(session.workspace.local, session.target.subscription_id)


def require_place(saved: Agreed, here: Where) -> None:
    """Raise `ConfigError` where the plan is of another cloud or, as far as `here` says, subscription."""
    there = saved.where
    if not there.subscription or (
        there.local == here.local and here.subscription in ("", there.subscription)
    ):
        return
    target = "--local" if there.local else f"--azure --subscription {there.subscription}"
    raise ConfigError(
        f"This plan is of {there}, not of {here if here.subscription or here.local else 'that'}.",
        where=str(saved.file),
        why="A plan says what changes in one place.",
        next_step=f"`apimlb deploy {shlex.quote(str(saved.file))} {target}` carries it out where it belongs.",
    )


def require_stack(saved: Agreed, stack: str) -> None:
    """Raise `ConfigError` where the plan is not of the stack that a flag names, "" for none."""
    if stack and saved.stack and stack != saved.stack:
        file = shlex.quote(str(saved.file))
        raise ConfigError(
            f"This plan is of the stack {saved.stack}, not of {stack}.",
            where=str(saved.file),
            why="A plan says what changes in one place.",
            next_step=f"`apimlb deploy {file} --stack {saved.stack}` carries it out; "
            f"`apimlb plan --out FILE --stack {stack}` makes one of the other.",
        )


def confirm_plan(made: Preview, consent: Consent) -> None:
    """Ask whether to carry it out; what nobody gets back quickly is not taken away for a `yes` alone, and
    what is billed by the hour and dear is not made for it. Nobody is asked about nothing, nor about a saved
    plan, see `require_same`."""
    if made.plan.is_empty:
        _say_what_is_done(consent.saved)
        return
    if consent.saved is not None:
        return
    gone = [f"{step.action} {step.resource.label}" for step in made.plan.guarded]
    billed = hourly(made.plan, made.observed)
    dear = [each.label for each in billed if each.guarded]
    if consent.yes and not sys.stdin.isatty():
        _require(gone, consent.prune, "--prune")
        _require([f"create {label}" for label in dear], consent.hourly, "--accept-hourly")
    say_what_is_billed(made)
    words = [*gone, *(f"create {label}" for label in dear)]
    question = f"This will {', '.join(words)}. Deploy this?" if words else "Deploy this?"
    settled = (consent.prune or not gone) and (consent.hourly or not dear)
    confirm(question, yes=consent.yes and settled)


def say_what_is_billed(made: Preview) -> None:
    """What becomes billed by the hour, a line for each."""
    for each in hourly(made.plan, made.observed):
        say(f"Billed by the hour, used or not: {each}.")


def confirm_capacity(changes: Sequence[CapacityChange], *, hourly: bool) -> None:
    """Ask before more is billed by the hour; off a terminal `--accept-hourly` must have been said."""
    dear = [
        f"{each.label} ({each.before} → {each.after} units of {each.sku})" for each in changes if each.is_dear
    ]
    for words in dear:
        say(f"Billed by the hour, used or not: {words}.")
    if not dear or hourly:
        return
    if not sys.stdin.isatty():
        raise ConfigError(
            f"More would be billed by the hour: {', '.join(dear)}.",
            where="set-capacity",
            next_step="Add --accept-hourly if that is meant.",
        )
    confirm("Change this?", yes=False)


def _require(words: list[str], agreed: bool, flag: str) -> None:
    if words and not agreed:
        raise ConfigError(
            f"--yes alone does not {', '.join(words)}.",
            where="deploy",
            next_step=f"Add {flag} if that is meant; else correct the stack's file.",
        )


def _say_what_is_done(saved: Agreed | None) -> None:
    """That nothing is left to do of a saved plan: it was done, or the file does not ask for it any more."""
    done = saved.document["changes"] if saved else ()
    if saved and done:
        say(f"Nothing is left to do of {counted(len(done), 'change')} in {saved.file}.")
        for row in done[:_TOLD]:
            say(f"  {row.get('action')} {row.get('label')}: not needed any more")
        if len(done) > _TOLD:
            say(f"  and {len(done) - _TOLD} more")


def require_same(plan: Plan, saved: Agreed, begun: Collection[str] = ()) -> None:
    """Raise `ConflictError`, with what is different, unless it is the saved plan that would be carried out:
    all of it or, where runs of it have `begun` with resources of these lower-case ids, what is left of it."""
    if plan.is_empty:
        return
    now = plan_document(plan)
    told = list(differences(saved.document, now, begun))
    if not told:
        done = len(saved.document["changes"]) - len(now["changes"])
        if begun and done > 0:
            say(f"Of {counted(len(saved.document['changes']), 'change')} in {saved.file} {done} were made.")
        return
    error = ConflictError(
        "What would be done is no longer what this plan says.",
        where=str(saved.file),
        why="Azure, the stack's file or a flag is not as it was when the plan was saved.",
        next_step="`apimlb plan --out FILE` makes a new one.",
    )
    for line in told[:_TOLD]:
        error.add_note(line)
    if len(told) > _TOLD:
        error.add_note(f"and {len(told) - _TOLD} more")
    raise error


def differences(agreed: Json, now: Json, begun: Collection[str] = ()) -> Iterator[str]:
    """What changed since a plan was saved, a sentence for each step; not what somebody who has `begun` with
    it brings to what it says."""
    before = {row["id"].lower(): row for row in agreed["changes"]}
    after = {row["id"].lower(): row for row in now["changes"]}
    for key, row in before.items():
        if key not in after and key not in begun:
            yield f"{row.get('action')} {row.get('label')}: not needed any more"
    for key, row in after.items():
        was = before.get(key)
        if was is not None and key in begun and _is_rest(was, row):
            continue
        if was is None:
            yield f"{row['action']} {row['label']}: needed now"
        elif was.get("action") != row["action"]:
            yield f"{row['label']}: {was.get('action')} then, {row['action']} now"
        elif was.get("fields") != row["fields"]:
            yield f"{row['action']} {row['label']}: other fields, {_fields(was, row)}"


def _is_rest(was: Json, row: Json) -> bool:
    """Whether the step takes nothing away that the saved one did not, and writes nothing else."""
    takes = {str(Action.DELETE), str(Action.REPLACE)}
    wanted = {field["path"]: field["after"] for field in was.get("fields") or ()}
    same = all(wanted.get(field["path"], _NOTHING) == field["after"] for field in row["fields"])
    return same and (row["action"] not in takes or was.get("action") == row["action"])


def _fields(was: Json, row: Json) -> str:
    told = {field["path"]: field for field in was.get("fields") or ()}
    now = {field["path"]: field for field in row["fields"]}
    paths = [path for path in dict.fromkeys([*told, *now]) if told.get(path) != now.get(path)]
    return ", ".join(paths)


def confirm(question: str, *, yes: bool) -> None:
    """Ask on a terminal; off one `--yes` must have been said. Raises `ApimlbError` unless agreed."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConfigError(
            "This needs a yes, and nobody is there to say it.",
            next_step="Add --yes to go ahead without asking.",
        )
    answer = ask(
        f"{question} [y/N]",
        stopped="Stopped; nothing was changed.",
        next_step="Run the same command again, and answer y.",
    )
    if answer.strip().lower() not in ("y", "yes"):
        raise ApimlbError(
            "Not agreed to; nothing was changed.", next_step="Run the same command again, and answer y."
        )
