"""What each command does, in the order in which a person sees it."""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from apimlb.cli.board import span
from apimlb.cli.capacity_file import capacities_in, change_capacity
from apimlb.cli.consent import (
    Consent,
    confirm,
    confirm_capacity,
    confirm_plan,
    plan_document,
    require_same,
    say_what_is_billed,
)
from apimlb.cli.console import columns, show_plan
from apimlb.cli.interruption import winding_down
from apimlb.cli.outline import removal_lines
from apimlb.cli.progress import Progress
from apimlb.cli.prose import counted, say, show, voice
from apimlb.cli.questions import ask
from apimlb.cli.quotas import table
from apimlb.cli.renames import former, origin
from apimlb.cli.turns import in_turn, usual_times
from apimlb.cli.unfinished import is_all_gone, say_what_was_cut_off
from apimlb.cli.wiring import Session
from apimlb.deploy import rights
from apimlb.deploy.capacity import CapacityChange, planned
from apimlb.deploy.claims import Claims, Overtaken
from apimlb.deploy.deployer import Applied, Deployer, Preview, Removed, state_of
from apimlb.deploy.journal import Journal
from apimlb.deploy.locks import refusals
from apimlb.deploy.models import Models
from apimlb.deploy.removal import Removal
from apimlb.deploy.runs import Run, this_run
from apimlb.deploy.state import forget_state, write_state
from apimlb.deploy.waiting import Audience, heard_by
from apimlb.errors import ConfigError, Interrupted, NotFoundError, meant, raise_first
from apimlb.stack.adopted import grants
from apimlb.stack.config import Stack
from apimlb.stack.draining import drained_in
from apimlb.stack.planner import Action, Plan, Revival
from apimlb.stack.resources import Json, Resource

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack as it stands after a deploy; `under_way` is what was not waited for."""

    stack: Stack
    gateway_url: str
    plan: Plan
    seconds: float
    under_way: tuple[str, ...] = ()

    def document(self) -> Json:
        return {
            "gateway_url": self.gateway_url,
            "seconds": round(self.seconds, 1),
            "under_way": list(self.under_way),
            **plan_document(self.plan),
        }


def deploy(session: Session, consent: Consent, *, quiet: bool = False) -> Deployed:
    """Plan, show (in a line when `quiet`), ask, provision, remember; raises `ApimlbError`."""
    with in_turn(session, "deploy", quiet=quiet) as (run, progress):
        return _last(lambda: _deploy(session.reread(), run, progress, consent, quiet=quiet))


def _last(work: Callable[[], Made]) -> Made:
    """What it returns, done again after whoever else changed the stack meanwhile."""
    while True:
        try:
            return work()
        except Overtaken as overtaken:
            say(f"{overtaken.what}: planning again.")


def _deploy(session: Session, run: Run, progress: Progress, consent: Consent, *, quiet: bool) -> Deployed:
    deployer = _deployer(session, run, progress, consent.options())
    deployer = replace(deployer, waits=consent.waits, retires=consent.retires)
    say_what_was_cut_off(session)
    made = _agreed(session, deployer, consent, quiet=quiet)
    applied = _applied(session, deployer, progress, made)
    if _has_more(made) and not applied.outcome.under_way:
        rest = _preview(session, deployer, consent.on_soft_deleted)
        if not rest.plan.is_empty:
            say("What came back did so as it was; what of it is not wanted any more goes now.")
            rest = _agreed_to(session, deployer, replace(consent, saved=None), rest, quiet=quiet)
            applied = _applied(session, deployer, progress, rest)
    if applied.outcome.under_way:
        return _left(session, made.plan, applied)
    url = _remember(session, applied)
    applied.verify()
    return Deployed(session.stack, url, made.plan, applied.outcome.seconds)


def _has_more(made: Preview) -> bool:
    """Whether something was there, or came back, that nobody could look into when the plan was made."""
    return bool(made.seen.closed) or any(step.revival is Revival.RESTORE for step in made.plan.steps)


def _remember(session: Session, applied: Applied) -> str:
    """Keep what `gateway-url` says, and return it."""
    state = state_of(session.names, session.target.endpoint, applied.replies)
    if state is None:
        raise NotFoundError(
            "The gateway is not there after the deploy.", next_step="Run `apimlb deploy` again."
        )
    write_state(session.workspace.directory, {**state, **origin(session)})
    return str(state["gateway_url"])


def _left(session: Session, plan: Plan, applied: Applied) -> Deployed:
    """What is under way in Azure when nobody waits for it."""
    under_way = tuple(task.label for task in applied.outcome.under_way)
    say(f"Under way in Azure: {', '.join(under_way)}. `apimlb resume` carries on when they are done.")
    state = state_of(session.names, session.target.endpoint, applied.replies) or {}
    url = str(state.get("gateway_url") or "")
    return Deployed(session.stack, url, plan, applied.outcome.seconds, under_way)


def _agreed(session: Session, deployer: Deployer, consent: Consent, *, quiet: bool) -> Preview:
    """What is to be done, shown and agreed to; raises what would stop it."""
    made = _preview(session, deployer, consent.on_soft_deleted)
    return _agreed_to(session, deployer, consent, made, quiet=quiet)


def _agreed_to(
    session: Session, deployer: Deployer, consent: Consent, made: Preview, *, quiet: bool
) -> Preview:
    """The preview, shown and agreed to."""
    session.check(made.plan)
    _require_sense(made)
    if consent.saved is not None:
        begun = deployer.journal.begun_by(consent.saved.digest) if deployer.journal else ()
        require_same(made.plan, consent.saved, begun)
    if quiet:
        say(f"In {session.where}: {made.plan.summary()}")
    else:
        _show_preview(session, made)
    raise_first(made.problems)
    confirm_plan(made, consent)
    return made


def _require_sense(made: Preview) -> None:
    """Raise what is wrong with the stack's file or the flags, as with what they name and is not there: nobody
    looks through a plan of that first."""
    if any(isinstance(problem, ConfigError | NotFoundError) for problem in made.problems):
        raise_first(made.problems)


def _applied(session: Session, deployer: Deployer, progress: Progress, made: Preview) -> Applied:
    with winding_down(deployer.stop), progress.shown():
        applied = deployer.apply(made)
        applied.outcome.raise_failure()
        if deployer.stop.is_set() and not applied.outcome.under_way:
            if _has_more(made):
                raise Interrupted(
                    "Stopped before what came back was looked through for what is not wanted any more",
                    next_step="Run the same command again.",
                )
            _remember(session, applied)
            raise Interrupted(
                "Stopped when all of it was deployed, and before it was tried",
                next_step="`apimlb status` says whether it works.",
            )
        return applied


def preview(session: Session, *, quiet: bool, on_soft_deleted: str | None = None) -> Preview:
    """What a deploy would do, shown on stdout unless `quiet`; raises what would stop it."""
    chosen = {"": Revival(on_soft_deleted or Revival.FAIL)}
    progress = Progress(session.clock, quiet)
    with heard_by(Audience(progress.wait)):
        deployer = _deployer(session, this_run("plan"), progress)
        group = session.group()
        made = deployer.preview(session.desired(group), revivals=chosen, group=group)
    session.check(made.plan)
    _require_sense(made)
    _show_preview(session, made, as_data=True, quiet=quiet)
    say_what_is_billed(made)
    raise_first(made.problems)
    return made


def _preview(session: Session, deployer: Deployer, on_soft_deleted: str | None) -> Preview:
    """The preview, once somebody on a terminal has decided about soft-deleted namesakes."""
    look = partial(deployer.undisturbed_preview, session.group, session.desired)
    made = look({"": Revival(on_soft_deleted or Revival.FAIL)})
    if not made.kept or on_soft_deleted is not None or not sys.stdin.isatty():
        return made
    return look({r.key: _ask_about(r) for r in made.kept})


def _ask_about(resource: Resource) -> Revival:
    answer = ask(
        f"{resource.label} ({resource.name}) was deleted, and Azure still keeps it.",
        "Restore it as it was, purge it and make it anew, or stop? [restore/purge/STOP]",
        stopped="Stopped; nothing was changed.",
        next_step="Run the same command again, with --on-soft-deleted to answer this in advance.",
    )
    answer = answer.strip().lower()
    return next((way for way in Revival if answer and way.value.startswith(answer)), Revival.FAIL)


def set_capacity(
    session: Session, capacity: int, *, account: str, deployment: str, hourly: bool = False
) -> list[Json]:
    """Change capacities in place; raises `ConfigError`, `QuotaError`, `NotFoundError`. What is billed by the
    hour grows only when somebody agrees, which `hourly` does beforehand."""
    if capacity < 1:
        raise ConfigError(
            f"A capacity of {capacity} is not possible.",
            where="set-capacity",
            next_step="Give thousands of tokens per minute, or units of provisioned throughput, 1 at least; "
            "`apimlb destroy` takes a stack away.",
        )
    with in_turn(session, "set-capacity") as (run, progress):
        told = {"capacity": capacity, "account": account, "deployment": deployment, "hourly": hourly}
        deployer, desired = _deployer(session, run, progress, told), session.desired(session.group())
        accounts = [_account_name(session, account)] if account else []
        deployments = [deployment] if deployment else []
        changes = planned(session.cloud, desired, capacity, accounts, deployments)
        confirm_capacity(changes, hourly=hourly)
        with winding_down(deployer.stop), progress.shown():
            _last(lambda: deployer.change(changes))
    for change in changes:
        fate = f"{change.before} → {change.after}" if change.is_needed else f"already {change.after}"
        say(f"  {change.account}/{change.deployment}: {fate} {change.measure}")
    file = session.workspace.config
    if account:
        for name in capacities_in(file, deployment):
            say(f"  {file} sets the capacity of {name} on every account: the next deploy sets it back")
    else:
        for name in _written_down(file, capacity, deployment):
            say(f"  {file}: the capacity of {name} is {capacity} now")
    return _documents(changes)


def _written_down(file: Path, capacity: int, deployment: str) -> list[str]:
    try:
        return change_capacity(file, capacity, deployment)
    except OSError as error:
        raise ConfigError(
            f"The capacity is changed in Azure, but not in the file: {error.strerror}.",
            where=str(file),
            next_step=f"Set capacity = {capacity} there, or the next deploy sets it back.",
        ) from error


def _documents(changes: Sequence[CapacityChange]) -> list[Json]:
    return [
        {"account": c.account, "deployment": c.deployment, "before": c.before, "after": c.after}
        for c in changes
    ]


def _account_name(session: Session, account: str) -> str:
    """The account's name in Azure, given that or the one in the configuration; raises `ConfigError`."""
    names = {known.name: session.names.account(known) for known in session.stack.accounts}
    if account not in names and account.lower() not in {name.lower() for name in names.values()}:
        raise no_account(session, account)
    return names.get(account, account)


def no_account(session: Session, account: str) -> ConfigError:
    """That the stack's file has no account of this name, and which was probably meant."""
    known = [each.name for each in session.stack.accounts]
    return ConfigError(
        f"The stack has no account {account}.",
        where=str(session.workspace.config),
        next_step=meant(account, known).lstrip() or f"It has {', '.join(known)}.",
    )


def destroy(session: Session, *, purge: bool, yes: bool, quiet: bool = False) -> Json:
    """Show what goes, ask, delete, forget; what went, as data; raises `NotFoundError` for nothing."""
    with in_turn(session, "destroy", quiet=quiet) as (run, progress):
        if is_all_gone(session, purge=purge):
            say(f"Nothing is left of the stack {session.stack.name}: Azure has ended what was begun.")
            return {"done": [], "left": [], "kept_by_azure": False}
        deployer = _deployer(session, run, progress, {"purge": purge})
        what, removed = _last(lambda: _destroyed(session, deployer, progress, purge, yes=yes, quiet=quiet))
    forget_state(session.workspace.directory)
    if session.names.is_guest:
        say(f"The gateway {session.names.service} stays, with all that others have there.")
    for id in removed.left:
        say(f"Left alone, since it is not the stack's: {id}")
    if removed.retained:
        say("Azure keeps names and quota for 48 hours. To free them now: `apimlb destroy --purge`")
    return {
        "done": [{"verb": str(task.verb), "label": task.label} for task in what.tasks],
        "left": list(removed.left),
        "kept_by_azure": bool(removed.retained),
    }


def _destroyed(
    session: Session, deployer: Deployer, progress: Progress, purge: bool, *, yes: bool, quiet: bool
) -> tuple[Removal, Removed]:
    """What was to go, shown and agreed to, and how that ended."""
    what = deployer.survey(session.desired(session.group()), session.stack.name, purge=purge)
    say(f"In {session.where}: {len(what.tasks)} to delete or purge.")
    for line in () if quiet else removal_lines(what.tasks):
        say(line)
    for id in () if quiet else what.others:
        say(f"  ! not the stack's, and goes along: {id}")
    for id in () if quiet else what.beside:
        say(f"  ! not the stack's, and stays, and the resource group with it: {id}")
    subscription = f"/subscriptions/{session.target.subscription_id}"
    for note in rights.before_a_purge(session.cloud, subscription) if purge else ():
        say(f"Note: {note}")
    raise_first(list(refusals(what.locks, what="the deletion")))
    confirm(f"Destroy the stack {session.stack.name}?", yes=yes)
    with winding_down(deployer.stop), progress.shown():
        return what, deployer.destroy(what)


def _deployer(
    session: Session, run: Run, progress: Progress, told: Mapping[str, Any] | None = None
) -> Deployer:
    """`told` are the options that `resume` carries on with."""
    options = {"settings": dict(session.overrides), **(told or {})}
    journal = Journal(session.workspace.directory, session.clock, options)
    claims = Claims(session.cloud, session.clock, session.names.group_id, run)
    kept, subscription = session.workspace.directory / "models", session.target.subscription_id
    return Deployer(
        session.cloud,
        session.clock,
        progress.event,
        threading.Event(),
        journal,
        claims,
        session.visit(),
        models=Models(session.cloud, session.clock, kept, subscription),
    )


def _show_preview(session: Session, made: Preview, *, as_data: bool = False, quiet: bool = False) -> None:
    if not quiet:
        show_plan(made.plan, where=session.where, as_data=as_data, whole=voice.verbose)
        for line in table(made.quotas, columns(as_data=as_data)) if made.quotas else ():
            (show if as_data else say)(line)
        for line in _usual_time(session, made.plan):
            say(line)
    for notice in (*made.notices, *_lent(session, made), *_drained(session, made), *former(session)):
        say(f"Note: {notice}")


def _usual_time(session: Session, plan: Plan) -> Iterator[str]:
    """How long such a plan took on this machine before, where that is known."""
    known = usual_times(session)
    seconds = None if plan.is_empty else known.total(plan)
    if seconds is not None and seconds >= 1:
        yield f"It usually takes {span(seconds)}, as {counted(known.runs, 'earlier run')} did."


def _lent(session: Session, made: Preview) -> Iterator[str]:
    """A sentence for each account that is called for the first time and whose owner has to let that be."""
    fresh = {step.key for step in made.plan.of(Action.CREATE)}
    for account, command in grants(session.names):
        backends = (session.names.backend_id(account, name) for name in session.stack.deployments)
        if any(id.lower() in fresh for id in backends):
            yield (
                f"Whoever owns {account.endpoint} lets the gateway in once its identity is there, ID being "
                f"the account's: `{command}`"
            )


def _drained(session: Session, made: Preview) -> Iterator[str]:
    """A sentence for each account that somebody took out by hand."""
    for name in sorted(drained_in(made.observed.get(session.names.group_id.lower()), session.stack)):
        yield f"{name} is drained and stays so: `apimlb undrain {name}` takes it in again."
