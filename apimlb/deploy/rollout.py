"""Brings changes to a gateway that has traffic: tries backends, drains them, and releases policies.

A policy is changed in a revision of its API that nobody calls. There it is asked whether it refuses strangers
and answers at all; only then does it become the current one, and what was current before stays for a way
back. One that does not do is left where it is and told.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from apimlb.clock import Clock
from apimlb.deploy.cloud import Cloud, Limits
from apimlb.deploy.executor import Task
from apimlb.deploy.gateway import Gateway
from apimlb.deploy.ids import short
from apimlb.deploy.keys import primary_of
from apimlb.deploy.readiness import Readiness
from apimlb.deploy.reads import together
from apimlb.deploy.traffic import DRAIN, FORGET, TRY, Arrangement
from apimlb.deploy.waiting import Wait, wait
from apimlb.errors import NotReadyError, UnverifiedError
from apimlb.http import last_segment
from apimlb.stack.differences import at
from apimlb.stack.draining import names_in
from apimlb.stack.probe import Site
from apimlb.stack.resources import Json

REVISION = "microsoft.apimanagement/service/apis/revisions"
_SAID = ("displayName", "path", "protocols", "subscriptionRequired")
"""What a revision is told; all else it has of its source."""
_STEP = 5.0
"""Seconds between two words about a drain."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Whom a deploy asks, where, and for how long."""

    gateway: Gateway
    site: Site
    limits: Limits


@dataclass(frozen=True, slots=True)
class Rollout:
    """Acts at one gateway. `known` are replies by lower-case id, which grow while a deploy goes on;
    `unverified` is what could not be tried from here, `ready` the names of backends that answered."""

    cloud: Cloud
    clock: Clock
    visit: Visit
    arrangement: Arrangement
    known: Mapping[str, Json]
    unverified: list[UnverifiedError] = field(default_factory=list)
    keys: list[str] = field(default_factory=list, repr=False)
    ready: set[str] = field(default_factory=set)

    def act(self, task: Task) -> None:
        """Do a task of the arrangement's own; raises `NotReadyError` and what the cloud raises."""
        if task.verb == TRY:
            self._try(self.arrangement.backends[task.key])
        elif task.verb == DRAIN:
            self._drain(task.label)
        elif task.verb == FORGET:
            self._forget(self.arrangement.unnamed)
        else:
            for id, body in self.arrangement.writes[task.key].items():
                self.cloud.put(id, body)

    def release(self, body: Json) -> None:
        """Make the policy the current one by way of a revision; raises `NotReadyError` for one that does not
        do, which stays in its revision."""
        current = self.cloud.get(self.site.api) or {}
        now, numbers = _number(current), self._revisions()
        fresh = f"{self.site.api};rev={max([now, *numbers]) + 1}"
        # A read may be older than what this deploy has just repaired of the API.
        properties = (self.known.get(self.site.api.lower()) or current)["properties"]
        said = {name: properties[name] for name in _SAID if name in properties}
        self.cloud.put(fresh, {"properties": {**said, "sourceApiId": f"{self.site.api};rev={now}"}})
        self.cloud.put(f"{fresh}/policies/policy", body)
        self._ask(last_segment(fresh))
        release = f"{self.site.api}/releases/{fresh.rpartition('=')[2]}"
        self.cloud.put(release, {"properties": {"apiId": fresh, "notes": "Released by apimlb."}})
        for number in numbers:
            if number != now:
                self.cloud.delete(f"{self.site.api};rev={number}")

    def verify(self) -> None:
        """That strangers are refused and every backend answers that is sent anything; raises `NotReadyError`,
        `UnverifiedError`."""
        if self.unverified:
            raise self.unverified[0]
        asked = self.readiness
        checks: dict[str, Callable[[], None]] = {
            "": partial(asked.await_shut, f"/{self.site.path}/v1/chat/completions", self.site.tenant)
        }
        out = names_in(at(self.known.get(self.site.drained.lower()), "properties.value"))
        serving = {name for name, account in self.site.backends.items() if account not in out}
        checks |= {name: partial(asked.await_answer, name) for name in serving - self.ready}
        together(checks)

    def _forget(self, names: Iterable[str]) -> None:
        """Delete the revisions that are not current and whose policies name one of the named values."""
        current = _number(self.cloud.get(self.site.api) or {})
        for number in self._revisions():
            revision = f"{self.site.api};rev={number}"
            policy = None if number == current else self.cloud.get(f"{revision}/policies/policy")
            text = str(at(policy or {}, "properties.value") or "")
            if any(f"{{{{{name}}}}}" in text for name in names):
                self.cloud.delete(revision)

    def _revisions(self) -> list[int]:
        return [int(row["apiRevision"]) for row in self.cloud.children(self.site.api, REVISION)]

    @property
    def site(self) -> Site:
        return self.visit.site

    @property
    def limits(self) -> Limits:
        return self.visit.limits

    @property
    def readiness(self) -> Readiness:
        service = self.known[self.site.service.lower()]
        if not self.keys:
            self.keys.append(_key(self.cloud, self.site))
        return _readiness(self.visit, self.clock, service, self.keys[0])

    def _try(self, backend: str) -> None:
        try:
            self.readiness.await_backend(backend)
            self.ready.add(backend)
        except UnverifiedError as error:
            self.unverified.append(error)
            self._pass(backend, f"{error.what}: it is given time instead", self.limits.steady)

    def _ask(self, revision: str) -> None:
        number = revision.partition(";")[2]
        try:
            # One answer says that the policy is there; so is all else of the revision once that has lasted.
            path = f"/{self.site.path};{number}/v1/chat/completions"
            self.readiness.await_shut(path, self.site.tenant, self.limits.steady)
        except UnverifiedError as error:
            self.unverified.append(error)
        except NotReadyError as error:
            raise NotReadyError(
                f"The new policy does not do and was not released: {error.what}",
                where=short(f"{self.site.api};{number}"),
                next_step="Look at this revision in the portal; clients go on with the one before.",
            ) from error

    def _drain(self, where: str) -> None:
        self._pass(where, "what was sent before the change may still be answered", self.limits.drain)

    def _pass(self, where: str, reason: str, seconds: float) -> None:
        end = self.clock.now() + seconds
        while (left := end - self.clock.now()) > 0:
            wait(self.clock, Wait(where, reason, min(_STEP, left), left))


def readiness_at(cloud: Cloud, clock: Clock, visit: Visit, service: Json) -> Readiness:
    """Who asks the gateway whose service Azure shows so; raises `NotReadyError`, and `AuthError` for a login
    that may not read the probe's key."""
    return _readiness(visit, clock, service, _key(cloud, visit.site))


def _readiness(visit: Visit, clock: Clock, service: Json, key: str) -> Readiness:
    url = str(service["properties"]["gatewayUrl"])
    site = visit.site
    return Readiness(visit.gateway, clock, url, key, visit.limits, site.asking, site.adopted)


def _key(cloud: Cloud, site: Site) -> str:
    """The probe's key."""
    found = primary_of(cloud, site.key)
    if found is None:
        raise NotReadyError(
            "The key of the probe is not there",
            where=short(site.key),
            next_step="Run the same command again.",
        )
    return found


def _number(api: Json) -> int:
    """The number of the API's current revision."""
    return int((api.get("properties") or {}).get("apiRevision") or 1)
