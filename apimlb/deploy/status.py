"""How a stack stands: its gateway, every account and deployment, what they answer now, and what drifted.

Nothing is written. What this login may not read is left open and noted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from apimlb.clock import Clock
from apimlb.deploy import retirements
from apimlb.deploy.catalogue import Offers
from apimlb.deploy.cloud import Cloud
from apimlb.deploy.deployer import Preview
from apimlb.deploy.ids import API, kind_of, parent_of, place
from apimlb.deploy.readiness import ALONE, READY
from apimlb.deploy.reads import together
from apimlb.deploy.retirements import Retirement, models_in
from apimlb.deploy.rollout import Visit, readiness_at
from apimlb.errors import AuthError, NotReadyError, UnverifiedError
from apimlb.stack import config
from apimlb.stack.differences import at
from apimlb.stack.draining import drained_in
from apimlb.stack.names import Names
from apimlb.stack.planner import Action
from apimlb.stack.resources import Json, Resource

Answer = TypeVar("Answer")

_THROTTLED = 429
_WORDS = {
    -1: "not asked: the probe is missing",
    0: "the gateway cannot reach it",
    401: "401: does not let the gateway in",
    403: "403: does not let the gateway in",
    404: "404: does not have the deployment",
    _THROTTLED: "429: at its limit",
    ALONE: "left alone, since it failed lately",
}


@dataclass(frozen=True, slots=True)
class Probe:
    """What a backend answered to the gateway: its HTTP status, 0 for none, below 0 where it was not asked."""

    status: int

    @property
    def is_ready(self) -> bool:
        return self.status in READY

    @property
    def is_throttled(self) -> bool:
        """Whether it serves nothing more for now: it says so, or the gateway leaves it alone."""
        return self.status in (_THROTTLED, ALONE)

    def __str__(self) -> str:
        return _WORDS.get(self.status) or ("ready" if self.is_ready else f"answers {self.status}")


@dataclass(frozen=True, slots=True)
class Serving:
    """A deployment on an account. Capacity is in thousands of tokens a minute; `state` is empty where it is
    not there; `probe` is `None` where nobody could be asked."""

    name: str
    model: str
    version: str
    sku: str
    capacity: int | None
    state: str
    probe: Probe | None = None
    retirement: Retirement | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the stack; one that is called and not made is in the state `adopted`."""

    name: str
    resource: str
    location: str
    state: str
    priority: int
    weight: int
    drained: bool
    deployments: tuple[Serving, ...]


@dataclass(frozen=True, slots=True)
class Gateway:
    """The stack's APIM service, or one that others use (`shared`). `shut` says whether it refuses strangers,
    `None` where nobody could ask, or where it knows nothing yet that it could refuse. `lacking` is what its
    APIs do not have yet, by its labels."""

    name: str
    url: str
    tier: str
    location: str
    state: str
    shut: bool | None
    shared: bool = False
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drift:
    """What a deploy would do to one resource, and the dotted paths of the fields that differ."""

    action: str
    label: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """All of it, at `now`. `drift` are the steps that a deploy would take, `workbook` the id of what shows
    the stack's metrics, empty where nothing is told to Azure Monitor."""

    gateway: Gateway
    accounts: tuple[Account, ...]
    drift: tuple[Drift, ...]
    notices: tuple[str, ...] = ()
    now: float = 0.0
    workbook: str = ""

    @property
    def problems(self) -> tuple[str, ...]:
        """What is not as it should be, a few words each."""
        return tuple(_problems(self))


@dataclass(slots=True)
class _Notes:
    """Asks what can be done without."""

    said: list[str] = field(default_factory=list)

    def __call__(self, what: str, ask: Callable[[], Answer], otherwise: Answer) -> Answer:
        try:
            return ask()
        except (AuthError, NotReadyError, UnverifiedError) as error:
            self.said.append(f"{what} could not be asked: {error.what}.")
            return otherwise


def status(
    cloud: Cloud, clock: Clock, names: Names, resources: Sequence[Resource], preview: Preview, visit: Visit
) -> Status:
    """How the stack stands whose service is there; `preview` is what a deploy would do, unchecked."""
    observed, notes = preview.observed, _Notes()
    service = observed[names.service_id.lower()]
    lacking = tuple(_lacking(preview))
    answers = notes(
        "The gateway", lambda: _asked(cloud, clock, visit, service, whole=not lacking), dict[str, int]()
    )
    places = retirements.locations_of(resources, observed)
    offers = notes("The catalogue of models", lambda: models_in(cloud, places), dict[str, Offers]())
    ends = {r.id: r for r in retirements.retirements(resources, observed, offers)}
    look = _Look(names, observed, answers, ends)
    return Status(
        _gateway(names, service, answers, lacking),
        tuple(look.account(account) for account in names.stack.accounts),
        tuple(_drift(preview)),
        (*preview.notices, *notes.said),
        clock.now(),
        names.workbook_id if names.workbook_id.lower() in observed else "",
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """What was read of a stack: replies and retirements by lower-case id, answers by backend."""

    names: Names
    observed: Mapping[str, Json]
    answers: Mapping[str, int]
    ends: Mapping[str, Retirement]

    def account(self, account: config.Account) -> Account:
        out = drained_in(self.observed.get(self.names.group_id.lower()), self.names.stack)
        there = self.observed.get(self.names.account_id(account).lower())
        return Account(
            account.name,
            account.endpoint or self.names.account(account),
            account.location,
            "adopted" if account.endpoint else _state(there),
            account.priority,
            account.weight,
            account.name in out,
            tuple(self.serving(account, deployment) for deployment in self.names.stack.deployments),
        )

    def serving(self, account: config.Account, deployment: str) -> Serving:
        id = self.names.deployment_id(account, deployment).lower()
        asked = self.names.backend(account, deployment)
        there = self.observed.get(id)
        model = at(there, "properties.model") or {}
        return Serving(
            deployment,
            str(model.get("name") or ""),
            str(model.get("version") or ""),
            str(at(there, "sku.name") or ""),
            at(there, "sku.capacity"),
            _state(there),
            Probe(self.answers[asked]) if asked in self.answers else None,
            self.ends.get(id) if there is not None else None,
        )


_SHUT = "#shut"
_UNKNOWN = 404
"""What a gateway says of a path that none of its operations is at."""


def _lacking(preview: Preview) -> Iterator[str]:
    """What is still to be made of the APIs that are there: policies and operations."""
    made = [step.resource for step in preview.plan.of(Action.CREATE)]
    for resource in made:
        if kind_of(parent_of(resource.id)) == API and parent_of(resource.id).lower() in preview.observed:
            yield resource.label


def _asked(cloud: Cloud, clock: Clock, visit: Visit, service: Json, *, whole: bool) -> dict[str, int]:
    """The status of each backend, and how many kinds of strangers get in: `_SHUT` is left out where the APIs
    are not `whole`, and the gateway knows nothing at the path."""
    readiness = readiness_at(cloud, clock, visit, service)
    calls: dict[str, Callable[[], int]] = {
        name: partial(readiness.status_of, name) for name in visit.site.backends
    }
    path = f"/{visit.site.path}/v1/chat/completions"

    def let_in() -> int:
        met = readiness.open_to(path, visit.site.tenant)
        return -1 if not whole and met and set(met.values()) == {_UNKNOWN} else len(met)

    calls[_SHUT] = let_in
    return {name: found for name, found in together(calls).items() if name != _SHUT or found >= 0}


def _gateway(names: Names, service: Json, answers: Mapping[str, int], lacking: tuple[str, ...]) -> Gateway:
    return Gateway(
        str(service["name"]),
        names.address(service),
        str(at(service, "sku.name") or ""),
        place(str(service.get("location") or "")),
        _state(service),
        answers[_SHUT] == 0 if _SHUT in answers else None,
        names.is_guest,
        lacking,
    )


def _state(there: Json | None) -> str:
    return "" if there is None else str(at(there, "properties.provisioningState") or "Succeeded")


def _drift(preview: Preview) -> Iterator[Drift]:
    """What is in a resource that is made anew goes and comes with it."""
    whole = [f"{step.key}/" for step in preview.plan.of(Action.REPLACE)]
    for step in preview.plan.steps:
        if step.action is not Action.KEEP and not any(step.key.startswith(above) for above in whole):
            yield Drift(str(step.action), step.resource.label, tuple(c.path for c in step.changes))


def _problems(status: Status) -> Iterator[str]:
    gateway = status.gateway
    if gateway.state != "Succeeded":
        yield f"the gateway is {gateway.state}"
    if gateway.lacking:
        first, *more = gateway.lacking
        beside = f" and {len(more)} more are" if more else " is"
        yield f"the gateway's API is not finished: {first}{beside} missing"
    if gateway.shut is False:
        yield "the gateway lets strangers in"
    for account in status.accounts:
        if not account.state:
            yield f"{account.name} is not there"
        for serving in account.deployments:
            if serving.probe is not None and not account.drained and not serving.probe.is_ready:
                yield f"{account.name}/{serving.name}: {serving.probe}"
