"""Whether what a deploy made works: asked through the gateway, not concluded from what ARM said.

A backend is ready when a probe found that the gateway's identity is let in and the deployment is there; where
what is written takes its time, when several in a row did, over as long as the target wants: roles reach the
accounts minutes late, and flap at first. There are no more than that, because an account counts them.
A gateway is shut when it refuses who brings nothing, and who brings a token that Entra did not sign.
"""

import base64
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat

from apimlb.clock import Clock
from apimlb.deploy.cloud import Limits
from apimlb.deploy.gateway import Answer, Gateway, UnreachableError
from apimlb.deploy.waiting import Wait, wait
from apimlb.errors import NotReadyError, UnverifiedError
from apimlb.http import Headers
from apimlb.numerals import is_digits
from apimlb.stack import probe

READY = frozenset({200, 400, 429})
"""What an account answers to the probe once it lets the gateway in and has the deployment: it refuses the
empty question, or is at its limit."""

ALONE = -2
"""The gateway did not ask: the backend's breaker is open, because of what it answered before."""

ROW = 3
"""Probes that must succeed one after the other, where that has to last."""

_REASONS = {
    0: "the gateway cannot reach the account",
    401: "the account does not let the gateway in yet (its role or its key, which may take minutes)",
    403: "the account does not let the gateway in yet (a late role, or its network rules)",
    404: "the account does not have the deployment yet",
    ALONE: "the gateway leaves the backend alone, since it failed",
}
_REFUSALS = (401, 403)
_REACHED = 60.0
"""Seconds after which an account that exists already has been reached, if it can be."""
_PAUSES = (0.5, 1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Asks one gateway at `url` with the key of its probe, which is at the path `asking`. `adopted` are the
    backends of accounts that exist already, see `Site`."""

    gateway: Gateway
    clock: Clock
    url: str
    key: str
    limits: Limits
    asking: str = probe.API
    adopted: Mapping[str, str] = field(default_factory=dict)

    def status_of(self, backend: str) -> int:
        """The status of the backend's answer to the gateway, 0 for none, `ALONE`, or -1 while the probe is
        not there. Raises `UnverifiedError` for a gateway that cannot be reached from here."""
        answer = self._ask("GET", f"/{self.asking}/{backend}", {"Ocp-Apim-Subscription-Key": self.key})
        told = answer.headers.get(probe.STATUS)
        if told == "503" and probe.ERROR in answer.headers:
            return ALONE
        return int(told) if answer.status == 200 and told is not None and is_digits(told) else -1

    def await_backend(self, backend: str) -> None:
        """Return once the backend is ready; raises `NotReadyError` when it is not in time."""
        began, since, row = self.clock.now(), 0.0, 0
        wanted = ROW if self.limits.steady else 1
        for pause in _pauses():
            status = self.status_of(backend)
            now = self.clock.now()
            # What was ready and then is left alone was at its limit: probes count for a deployment, too.
            is_ready = status in READY or (status == ALONE and row > 0)
            since, row = (since if row else now, row + 1) if is_ready else (0.0, 0)
            if row >= wanted and now - since >= self.limits.steady:
                return
            left = self._limit(backend, status) - (now - began)
            if left < 0:
                raise self._not_ready(backend, status, now - began)
            why = "it answers; that has to last" if row else self._reason(backend, status)
            # In a row there is nothing to wait for but its length.
            seconds = min(pause, self.limits.steady / ROW) if row else pause
            wait(self.clock, Wait(f"backend {backend}", why, seconds, left, trouble=not row))

    def await_answer(self, backend: str) -> None:
        """Return once the backend answers as one that is ready does, or is left alone from the first for what
        clients were answered; raises `NotReadyError` when it does not in time."""
        began, failed = self.clock.now(), False
        for pause in _pauses():
            status = self.status_of(backend)
            if status in READY or (status == ALONE and not failed):
                return
            failed = failed or status != ALONE
            error = self._not_ready(backend, status, self.limits.limit)
            self._go_on(began, pause, f"backend {backend}", self._reason(backend, status), error)

    def open_to(self, path: str, tenant: str) -> dict[str, int]:
        """The strangers that the gateway does not refuse at the path, each with what it answers; raises
        `UnverifiedError`."""
        strangers = {"without a credential": {}, "with a foreign token": _foreign(tenant)}
        answers = {who: self._ask("POST", path, headers).status for who, headers in strangers.items()}
        return {who: status for who, status in answers.items() if status != 401}

    def await_shut(self, path: str, tenant: str, lasting: float = 0.0) -> None:
        """Return once the gateway refuses strangers at the path and has done so for `lasting` seconds; raises
        `NotReadyError` when it lets one in, or does not know the path, beyond the time for what spreads
        slowly."""
        began, since = self.clock.now(), math.inf
        for pause in _pauses():
            open_to = self.open_to(path, tenant)
            now = self.clock.now()
            since = min(since, now) if not open_to else math.inf
            if now - since >= lasting:
                return
            if not open_to:
                seconds = min(pause, lasting - (now - since))
                wait(
                    self.clock,
                    Wait("the gateway", "it refuses strangers; that has to last", seconds, seconds),
                )
                continue
            who, status = next(iter(open_to.items()))
            error = NotReadyError(
                f"The gateway does not refuse a call {who}: it answers {status}",
                where=self.url + path,
                next_step="Look at the policies of the service and of the API in the portal.",
            )
            self._go_on(began, pause, "the gateway", error.what, error)

    def _limit(self, backend: str, status: int) -> float:
        """How long it is waited for: what is there already and is not reached does not appear in time."""
        return (
            min(_REACHED, self.limits.limit) if backend in self.adopted and not status else self.limits.limit
        )

    def _reason(self, backend: str, status: int) -> str:
        if self.adopted.get(backend) and status in _REFUSALS:
            return (
                "the account does not let the gateway in yet: its owner gives it the role, as the plan says"
            )
        return reason(status)

    def _not_ready(self, backend: str, status: int, seconds: float) -> NotReadyError:
        after = f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"
        next_step = "Run the same command again: it carries on from here."
        if backend in self.adopted and not status:
            next_step = (
                "Correct the account's endpoint or let the gateway reach it, or leave the account out."
            )
        elif self.adopted.get(backend) and status in _REFUSALS:
            next_step = f"Its owner runs `{self.adopted[backend]}`; then run the same command again."
        return NotReadyError(
            f"The backend {backend} is not ready after {after}: {reason(status)}",
            where=backend,
            next_step=next_step,
        )

    def _go_on(self, began: float, pause: float, where: str, why: str, error: NotReadyError) -> None:
        """Wait for another look; raises the error when there is no time left for one."""
        left = self.limits.limit - (self.clock.now() - began)
        if left < 0:
            raise error
        wait(self.clock, Wait(where, why, pause, left, trouble=True))

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> Answer:
        body = b'{"messages":[]}' if method == "POST" else b""
        sent = Headers([*headers.items(), *([("Content-Type", "application/json")] if body else [])])
        try:
            return self.gateway.ask(method, self.url.rstrip("/") + path, sent, body)
        except UnreachableError as error:
            raise UnverifiedError(
                f"{error.what}; what was deployed could not be tried from here",
                where=self.url,
                next_step="Try it from a place that the gateway's network lets in.",
            ) from error


def reason(status: int) -> str:
    """Why a backend with this status is not ready."""
    return _REASONS.get(
        status, "the probe is not at the gateway yet" if status == -1 else f"it answers {status}"
    )


def _pauses() -> Iterator[float]:
    yield from _PAUSES
    yield from repeat(_PAUSES[-1])


def _foreign(tenant: str) -> dict[str, str]:
    """A token of the right form for the wrong audience that Entra did not sign: no real one leaves here."""
    claims = {
        "aud": "https://graph.microsoft.com",
        "iss": f"https://login.microsoftonline.com/{tenant}/v2.0",
        "tid": tenant,
        "exp": 4102444800,
    }
    parts = [{"alg": "RS256", "typ": "JWT"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return {"Authorization": f"Bearer {'.'.join(encoded)}.AAAA"}
