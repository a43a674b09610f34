"""Azure OpenAI accounts: each deployment answers until its quota is used up, then with 429."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from apimlb.clock import Clock
from apimlb.http import Request, Response, last_segment
from apimlb.local.openai import ask as asking
from apimlb.local.openai import bodies, rates, refusals, replies, throttle, tokens
from apimlb.local.openai.access import ACCOUNT_KIND, Accounts, Allowed, Verify, check
from apimlb.local.openai.ask import Ask
from apimlb.local.openai.models import Model, model_of
from apimlb.local.openai.refusals import Refused
from apimlb.local.openai.routes import Call, parse
from apimlb.local.openai.stored import Answers
from apimlb.local.openai.switches import Settings, Switches
from apimlb.local.store import Document, Store

_SECURITY = (
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
    ("x-content-type-options", "nosniff"),
)
_NOT_SERVING = {"Creating", "Accepted", "Failed", "Canceled", "Deleting"}
_DAY = 86_400.0
_VARIANT = "89ab" * 4


@dataclass(slots=True)
class Count:
    """Calls that reached a deployment, those answered with 200, and those refused with 429."""

    account: str
    deployment: str
    calls: int = 0
    answered: int = 0
    throttled: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A deployment with its capacity (thousands of tokens per minute), what of its limit is used, and its
    calls since the start."""

    count: Count
    model: str
    capacity: int
    use: throttle.Use


@dataclass(frozen=True, slots=True)
class Outage:
    """How an account fails: after `seconds` with this status, or, with status 0, as if nobody were there."""

    status: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Metering:
    """What a deployment has used, the limits that it has, and the rules that it counts by."""

    meter: throttle.Meter
    limits: throttle.Limits
    switches: Switches
    model: Model

    def cost(self, body: bodies.Json, prompt_tokens: int) -> int:
        """The tokens that a chat request with this body counts for when it arrives."""
        return asking.estimate(body, prompt_tokens, "chat", self.model, self.switches.charging)


@dataclass(slots=True)
class _DeploymentState:
    """One deployment at work: the document as last read, at which revision of the store, its quota, and
    what the last caller was told of it."""

    document: Document
    settings: Settings
    model: Model
    limits: throttle.Limits
    meter: throttle.Meter
    count: Count
    revision: int = -1
    told: throttle.Admission | None = None


class OpenAIPlane:
    """Every account of the store, by the host names of its custom subdomain.

    `verify` and `allowed` judge bearer tokens and roles; the settings say how fast and how strictly it
    answers.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rng: random.Random,
        *,
        verify: Verify,
        allowed: Allowed,
        settings: Settings | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self._verify = verify
        self._allowed = allowed
        self._settings = settings or Settings()
        self._accounts = Accounts(store)
        self._states: dict[str, _DeploymentState] = {}
        self._outages: dict[str, Outage] = {}
        self._adjusted: dict[str, Settings] = {}
        self._answers = Answers(clock)
        self._reads = {
            "models": self._listed,
            "answer": self._read,
            "answer-items": self._items,
            "answer-end": self._forget,
            "answer-stop": self._cancel,
        }

    def fail(self, account: str, outage: Outage | None) -> None:
        """Make the account of this name fail from now on, or (None) work again."""
        if outage is None:
            self._outages.pop(account.lower(), None)
        else:
            self._outages[account.lower()] = outage

    def adjust(self, account: str, settings: Settings | None) -> None:
        """Make the account of this name behave otherwise from now on, or (None) as all do. Quota that is used
        stays used: `replace(settings, pressure=2.0)` is what Azure does to an account for hours."""
        if settings is None:
            self._adjusted.pop(account.lower(), None)
        else:
            self._adjusted[account.lower()] = settings
        for state in self._states.values():
            state.revision = -1

    def standings(self) -> list[Standing]:
        """Every deployment of every account that there is, called or not, by account and name."""
        found = sorted(self._store.of_kind(f"{ACCOUNT_KIND}/deployments"), key=lambda each: each.id.lower())
        return [self._standing(document) for document in found]

    def _standing(self, document: Document) -> Standing:
        account, _, name = document.id.partition("/deployments/")
        account = last_segment(account)
        state = self._states.get(document.id.lower())
        settings = self._adjusted.get(account.lower(), self._settings)
        # A state learns of a change when it is called next; who looks wants to know now.
        limits = throttle.limits_of(document, settings)
        now, switches = self._clock.now(), settings.switches
        meter = (
            throttle.new_meter(limits, switches)
            if state is None
            else throttle.changed_meter(state.meter, limits, switches, now)
        )
        return Standing(
            Count(account, name) if state is None else state.count,
            model_of(document).name,
            int((document.body.get("sku") or {}).get("capacity") or 1),
            meter.use(now),
        )

    def metering(self, account: Document, deployment: str) -> Metering:
        """How a deployment of an account stands now; raises `Refused` when there is none of this name."""
        state = self._state(account, deployment)
        return Metering(state.meter, state.limits, state.settings.switches, state.model)

    def burden(self, account: Document, deployment: str, cost: int) -> None:
        """A request of somebody else reaches a deployment of an account; nobody reads what it is told, and
        it is not counted."""
        state = self._state(account, deployment)
        state.meter, _ = state.meter.admit(self._clock.now(), cost, state.settings.switches)

    async def send(self, request: Request) -> Response:
        """Answer; raises `ConnectionError` for a host that is no account's, as a resolver would."""
        account = self._accounts.at(request.host)
        if account is None:
            raise ConnectionError(f"the host {request.host} is no Azure OpenAI account's")
        try:
            await self._suffer(account)
            response = await self._answer(request, account)
            self._interrupt(account)
        except Refused as refused:
            response = refused.response
        for name, value in self._envelope(account):
            response.headers.add(name, value)
        return response

    async def _suffer(self, account: Document) -> None:
        outage = self._outages.get(_name(account).lower())
        if outage is None:
            return
        if outage.seconds:
            await self._clock.sleep(outage.seconds)
        if outage.status == 0:
            raise ConnectionError(f"{_name(account)} does not answer")
        raise refusals.unavailable(outage.status)

    def _interrupt(self, account: Document) -> None:
        """An account that is gone by the time that it would answer does not."""
        outage = self._outages.get(_name(account).lower()) if self._outages else None
        if outage is not None and outage.status == 0:
            raise ConnectionResetError(f"{_name(account)} closed the connection")

    async def _answer(self, request: Request, account: Document) -> Response:
        call = parse(request)
        if call is None:
            raise refusals.not_found()
        check(request, account, call, self._verify, self._allowed)
        if call.operation in self._reads:
            return replies.whole(self._reads[call.operation](account, call.named))
        body = asking.parse(request)
        state = self._state(account, call.deployment or str(body.get("model") or ""))
        try:
            return await self._attend(body, call, state, account)
        except Refused as refused:
            other = self._spillover(state, request, refused, account)
            if other is None:
                raise
            return await self._spilled(body, call, state, other, account, refused)

    async def _attend(
        self, body: bodies.Json, call: Call, state: _DeploymentState, account: Document
    ) -> Response:
        """The deployment's own answer; raises `Refused`."""
        state.count.calls += 1
        prompt_tokens = tokens.in_prompt(body)
        if call.operation == "responses":
            prompt_tokens += self._answers.context(account.id, body)
        charging = state.settings.switches.charging
        estimate = asking.estimate(body, prompt_tokens, call.operation, state.model, charging)
        limits = self._admit(state, estimate, call, account)
        ask = asking.read(body, prompt_tokens, call, state.model)
        response = await self._serve(ask, call, state, estimate, account)
        for name, value in limits:
            response.headers.add(name, value)
        state.count.answered += 1
        return response

    def _spillover(
        self, state: _DeploymentState, request: Request, refused: Refused, account: Document
    ) -> _DeploymentState | None:
        """Where a call goes that a provisioned deployment has no room for: the deployment's property comes
        before the request's header. None where there is no such pay-as-you-go deployment."""
        if refused.response.status != 429 or not isinstance(state.meter, throttle.ProvisionedMeter):
            return None
        named = (state.document.body.get("properties") or {}).get("spilloverDeploymentName")
        named = named or request.headers.get("x-ms-spillover-deployment")
        if not named:
            return None
        try:
            other = self._state(account, str(named))
        except Refused:
            return None
        return None if isinstance(other.meter, throttle.ProvisionedMeter) else other

    async def _spilled(
        self,
        body: bodies.Json,
        call: Call,
        state: _DeploymentState,
        other: _DeploymentState,
        account: Document,
        first: Refused,
    ) -> Response:
        """The standard deployment's answer in place of the provisioned one's refusal."""
        newer = state.settings.switches.spillover_failure == "standard"
        error = str(first.response.status) if newer else ""
        try:
            response = await self._attend(body, call, other, account)
        except Refused as second:
            if not newer:
                first.response.headers.set("x-ms-spillover-error", str(second.response.status))
                raise first from second
            response = second.response
        response.headers.set("x-ms-spillover-from-deployment", state.count.deployment)
        response.headers.set("x-ms-deployment-name", other.count.deployment)
        if error:
            response.headers.set("x-ms-spillover-error", error)
        return response

    def _admit(
        self, state: _DeploymentState, estimate: int, call: Call, account: Document
    ) -> list[tuple[str, str]]:
        """The headers that tell of the limits; raises `Refused` with a 429."""
        switches = rates.said(call, state.settings.switches)
        state.meter, admission = state.meter.admit(self._clock.now(), estimate, switches)
        admission = admission.shown(state.limits)
        limits = rates.headers(admission, state.told or admission, switches)
        state.told = admission
        if not admission.refused_by:
            return limits
        state.count.throttled += 1
        if switches.day_in and state.count.throttled % switches.day_in == 0:
            admission = admission._replace(wait=_DAY)
        refused = rates.throttled(call, account, state.count.deployment, state.model, admission, switches)
        for name, value in limits:
            refused.response.headers.add(name, value)
        raise refused

    async def _serve(
        self, ask: Ask, call: Call, state: _DeploymentState, estimate: int, account: Document
    ) -> Response:
        if not state.model.does(call.operation):
            raise refusals.wrong_operation(call, state.model)
        if call.operation == "responses":
            self._answers.require_previous(account.id, ask.body)
        if asking.blocked(ask.body, state.settings.blocked_terms):
            raise refusals.filtered(bodies.BLOCKED_FILTER)

        since, switches = self._clock.now(), state.settings.switches

        def settle(used: int) -> None:
            state.meter = state.meter.settle(self._clock.now(), used - estimate, since, switches)

        keep = partial(self._answers.keep, account.id)
        return await replies.reply(
            ask, call.operation, state.model, state.settings, self._clock, settle, keep
        )

    def _state(self, account: Document, name: str) -> _DeploymentState:
        """The deployment of this name, as the store has it now; raises `Refused` when there is none."""
        key = f"{account.id}/deployments/{name}".lower()
        state = self._states.get(key)
        if state is not None and state.revision == self._store.revision:
            return state
        document = self._store.get(key)
        if document is None or _state(document) in _NOT_SERVING:
            raise refusals.no_deployment()
        settings = self._adjusted.get(_name(account).lower(), self._settings)
        limits = throttle.limits_of(document, settings)
        if state is None:
            meter = throttle.new_meter(limits, settings.switches)
            count = Count(_name(account), _name(document))
            state = self._states[key] = _DeploymentState(
                document, settings, model_of(document), limits, meter, count
            )
        elif state.document is not document or state.settings is not settings:
            meter = throttle.changed_meter(state.meter, limits, settings.switches, self._clock.now())
            state.document, state.settings, state.limits, state.meter = document, settings, limits, meter
            state.model = model_of(document)
        state.revision = self._store.revision
        return state

    def _read(self, account: Document, id: str) -> bodies.Json:
        return self._answers.read(account.id, id)

    def _items(self, account: Document, id: str) -> bodies.Json:
        return self._answers.items(account.id, id)

    def _forget(self, account: Document, id: str) -> bodies.Json:
        return self._answers.delete(account.id, id)

    def _cancel(self, account: Document, id: str) -> bodies.Json:
        return self._answers.cancel(account.id, id)

    def _listed(self, account: Document, id: str) -> bodies.Json:
        """All models of the account, or the one of this id; raises `Refused` when there is no such one."""
        listed = bodies.models(self._models(account))
        if not id:
            return listed
        found = next((model for model in listed["data"] if model["id"].lower() == id), None)
        if found is None:
            raise refusals.not_found()
        return dict(found)

    def _models(self, account: Document) -> list[Model]:
        deployments = self._store.children(account.id, f"{ACCOUNT_KIND}/deployments")
        return [model_of(deployment) for deployment in deployments]

    def _envelope(self, account: Document) -> Iterable[tuple[str, str]]:
        """What every answer of the service carries, refusals too."""
        id, model = self._guid(), self._guid()
        region = ("x-ms-region", refusals.region(account))
        return (("apim-request-id", id), ("x-request-id", model), region, *_SECURITY)

    def _guid(self) -> str:
        """A random one (RFC 9562, version 4); written by hand in a fifth of the time that `UUID` takes."""
        text = f"{self._rng.getrandbits(128):032x}"
        return (
            f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{_VARIANT[int(text[16], 16)]}{text[17:20]}-{text[20:]}"
        )


def _name(document: Document) -> str:
    return last_segment(document.id)


def _state(document: Document) -> str:
    return str((document.body.get("properties") or {}).get("provisioningState") or "")
