"""What Azure says about where, under which names and with which rights a plan would make things.

What this login may not read is not judged, and noted.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from apimlb.deploy.catalogue import Demand, Offers
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.content_filters import FILTER, named
from apimlb.deploy.ids import (
    ACCOUNT,
    DELETED_ACCOUNT,
    DELETED_SERVICE,
    DEPLOYMENT,
    GROUP,
    SERVICE,
    group_of,
    kind_of,
    names_of,
    parent_of,
    place,
    short,
    subscription_of,
)
from apimlb.deploy.locks import Lock, locks_in
from apimlb.deploy.models import Models
from apimlb.deploy.reads import together
from apimlb.deploy.rights import Grant, grants_at
from apimlb.errors import AuthError, CloudError
from apimlb.stack.planner import Action, Plan, Step
from apimlb.stack.resources import Json


@dataclass(frozen=True, slots=True)
class Facts:
    """What judgements rest on.

    `deleted` holds soft-deleted namesakes by the lower-case id of what they were; `taken`, by the same, why a
    name cannot be had, and `denied` the ids of Azure Policy's assignments that forbid it. `grants` are what
    this login may do, by scope, `filters` the content filters of accounts, by their lower-case ids. `notes`
    say what could not be read.
    """

    locations: frozenset[str] = frozenset()
    offers: Mapping[str, Offers] = field(default_factory=dict)
    deleted: Mapping[str, Json] = field(default_factory=dict)
    taken: Mapping[str, str] = field(default_factory=dict)
    locks: tuple[Lock, ...] = ()
    grants: Mapping[str, Sequence[Grant]] = field(default_factory=dict)
    denied: Mapping[str, Sequence[str]] = field(default_factory=dict)
    filters: Mapping[str, list[Json]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def gather(cloud: Cloud, plan: Plan, observed: Mapping[str, Json], models: Models | None = None) -> Facts:
    """Read it all, in two rounds at most; of a plan that changes nothing, only what its models' ends are,
    which the lists that `models` keeps tell as well."""
    ask = _Questions()
    demands = demands_of(plan, observed)
    if plan.is_empty:
        for location in _account_locations(plan):
            ask(
                "which models there are",
                ("models", location),
                partial(models.kept if models else cloud.models, location),
            )
        found = ask.answers()
        return Facts(offers=_offers(found), notes=ask.notes)
    made = [step for step in plan.of(Action.CREATE) if kind_of(step.resource.id) in (SERVICE, ACCOUNT)]
    group = next((step.resource.id for step in plan.steps if kind_of(step.resource.id) == GROUP), "")
    subscription = subscription_of(group)
    scopes = [subscription, *([group] if group.lower() in observed else [])]
    guests = [s.resource.id for s in plan.steps if s.resource.adopted and kind_of(s.key) == SERVICE]
    guests = [id for id in guests if id.lower() in observed]
    for scope in (*scopes, *guests) if group else ():
        ask("what it may do itself", ("grants", scope), partial(grants_at, cloud, scope))
    for where in dict.fromkeys([group, *map(parent_of, guests)]) if observed and group else ():
        ask("which locks there are", ("locks", where), partial(locks_in, cloud, where))
    if made:
        for kind in (DELETED_ACCOUNT, DELETED_SERVICE):
            ask("what is soft-deleted", ("deleted", kind), partial(cloud.children, subscription, kind))
    for step in made:
        ask("what Azure Policy forbids", ("denied", step.key), _denials(cloud, scopes[-1], step))
    first = ask.answers()
    grants = {scope: found for (what, scope), found in first.items() if what == "grants"}
    held = (found for (what, _), found in first.items() if what == "locks")
    locks: tuple[Lock, ...] = tuple(dict.fromkeys(lock for found in held for lock in found))
    denied = {key: ids for (what, key), ids in first.items() if what == "denied"}
    if not made and not demands:
        return Facts(locks=locks, grants=grants, notes=ask.notes)
    locations = frozenset(place(name) for name in cloud.locations())
    there = [step for step in made if location_of(step) in locations]
    _ask_of_places(ask, cloud, plan, observed, locations, models)
    for step in there:
        ask("whether names are free", ("taken", step.key), _taken(cloud, step))
    second = ask.answers()
    gone = [body for (what, _), rows in first.items() if what == "deleted" for body in rows]
    namesakes = {step.key: _namesake(step.resource.id, gone) for step in there}
    return Facts(
        locations,
        _offers(second),
        {key: body for key, body in namesakes.items() if body is not None},
        {key: why for (what, key), why in second.items() if what == "taken"},
        locks,
        grants,
        denied,
        {account.lower(): rows for (what, account), rows in second.items() if what == "filters"},
        ask.notes,
    )


def _ask_of_places(
    ask: "_Questions",
    cloud: Cloud,
    plan: Plan,
    observed: Mapping[str, Json],
    locations: Collection[str],
    models: Models | None,
) -> None:
    """Ask what regions offer and have left, and which filters the accounts have that are there."""
    for location in sorted({demand.location for demand in demands_of(plan, observed)} & {*locations}):
        ask("quotas and models", ("usages", location), partial(cloud.usages, location))
    for location in sorted({*_account_locations(plan)} & {*locations}):
        listed = models.fresh if models else cloud.models
        ask("quotas and models", ("models", location), partial(listed, location))
    for account in {each.account.lower(): each.account for each in named(plan)}.values():
        if account.lower() in observed:
            read = partial(cloud.children, account, FILTER)
            ask("which content filters there are", ("filters", account), read)


Key = tuple[str, str]


class _Questions:
    """Collects what can be done without, asks it all at once, and notes what may not be read."""

    def __init__(self) -> None:
        self._waiting: dict[Key, Callable[[], Any]] = {}
        self._refused: dict[str, str] = {}

    def __call__(self, what: str, key: Key, read: Callable[[], Any]) -> None:
        self._waiting[key] = partial(self._answered, what, read)

    def answers(self) -> dict[Key, Any]:
        """What was collected, by its key, without what was refused."""
        waiting, self._waiting = self._waiting, {}
        return {key: found[0] for key, found in together(waiting).items() if found}

    def _answered(self, what: str, read: Callable[[], Any]) -> tuple[Any, ...]:
        try:
            return (read(),)
        except AuthError as error:
            self._refused[what] = (
                f"This login may not read {what}, so that it is not checked ({error.what[:80]})."
            )
            return ()

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._refused.values())


_NOT_THERE = frozenset(
    {"NoRegisteredProviderFound", "InvalidResourceLocation", "LocationNotAvailableForResourceType"}
)
"""What Azure says of a region that has no Azure OpenAI."""


def offers_in(cloud: Cloud, locations: Iterable[str]) -> dict[str, Offers]:
    """What each region offers and what is left of it; nothing of one that has no Azure OpenAI."""
    reads: dict[Key, Callable[[], Any]] = {}
    for name in locations:
        reads["models", name] = partial(_if_there, cloud.models, name)
        reads["usages", name] = partial(_if_there, cloud.usages, name)
    return _offers(together(reads))


def _if_there(read: Callable[[str], list[Json]], location: str) -> list[Json]:
    try:
        return read(location)
    except CloudError as error:
        if error.code not in _NOT_THERE:
            raise
        return []


def _offers(found: Mapping[Key, Any]) -> dict[str, Offers]:
    places = [where for what, where in found if what == "models"]
    return {name: Offers(found["models", name], found.get(("usages", name), ())) for name in places}


def demands_of(plan: Plan, observed: Mapping[str, Json]) -> tuple[Demand, ...]:
    """The deployments that the plan creates or changes, as demands on their account's region."""
    locations = {
        step.resource.key: location_of(step) for step in plan.steps if kind_of(step.resource.id) == ACCOUNT
    }
    return tuple(
        _demand(step, locations, observed)
        for step in plan.steps
        if kind_of(step.resource.id) == DEPLOYMENT and step.action not in (Action.KEEP, Action.DELETE)
    )


def _demand(step: Step, locations: Mapping[str, str], observed: Mapping[str, Json]) -> Demand:
    same_model = not any(c.path.startswith(("properties.model", "sku.name")) for c in step.changes)
    return Demand(
        label=step.resource.label or short(step.resource.id),
        location=locations.get(parent_of(step.resource.id).lower(), ""),
        model=step.body["properties"]["model"],
        sku=step.body["sku"]["name"],
        capacity=int(step.body["sku"]["capacity"]),
        held=held_of(step, observed),
        fresh=step.action in (Action.CREATE, Action.REPLACE) or not same_model,
    )


def held_of(step: Step, observed: Mapping[str, Json]) -> int:
    """What the deployment has of the same quota already; a change of model or sku draws on another one."""
    there = observed.get(step.key, {})
    sku, model = there.get("sku") or {}, (there.get("properties") or {}).get("model") or {}
    wanted = step.body
    same = (
        sku.get("name") == wanted["sku"]["name"]
        and model.get("name") == wanted["properties"]["model"]["name"]
    )
    return int(sku.get("capacity") or 0) if same else 0


def location_of(step: Step) -> str:
    """Where the step's resource is or will be, by its short name."""
    return place(step.body.get("location", ""))


def _account_locations(plan: Plan) -> tuple[str, ...]:
    accounts = (s for s in plan.steps if kind_of(s.resource.id) == ACCOUNT and s.action is not Action.DELETE)
    return tuple(sorted({location_of(step) for step in accounts} - {""}))


def _namesake(id: str, gone: Iterable[Json]) -> Json | None:
    """The one that was called so, wherever it was; an account's name is kept in its group alone."""
    parts = (names_of(id)[-1].lower(), group_of(id).lower())
    for body in gone:
        names = [name.lower() for name in names_of(str(body["id"]))]
        was_account = kind_of(str(body["id"])) == DELETED_ACCOUNT
        is_alike = was_account == (kind_of(id) == ACCOUNT) and names[-1] == parts[0]
        if is_alike and (not was_account or names[-2] == parts[1]):
            return body
    return None


def _denials(cloud: Cloud, scope: str, step: Step) -> Callable[[], list[str]]:
    """What forbids the resource; nothing where Azure cannot tell, and decides when it is written."""
    content = {"type": step.resource.type, "name": step.resource.name, **_sent(step.body)}

    def read() -> list[str]:
        try:
            found = cloud.denials(scope, content)
        except CloudError:
            return []
        return [str((row.get("policyInfo") or {}).get("policyAssignmentId") or "") for row in found]

    return read


def _sent(body: Json) -> Json:
    """What policies look at before anything is there: no value that Azure assigns later."""
    return {name: body[name] for name in ("location", "tags", "kind", "sku") if name in body}


def _taken(cloud: Cloud, step: Step) -> Callable[[], str]:
    if kind_of(step.resource.id) == SERVICE:
        return partial(cloud.service_name_taken, step.resource.name)
    return partial(cloud.domain_taken, step.body["properties"]["customSubDomainName"])
