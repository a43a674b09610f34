"""The local Azure of a sequence with clients at its gateway, reached by commands in this process."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apimlb.cli import flows, operating
from apimlb.cli.clients import changed
from apimlb.cli.consent import Consent
from apimlb.cli.stack_settings import stack_of
from apimlb.cli.wiring import Session
from apimlb.cli.workspace import Workspace
from apimlb.deploy import keys
from apimlb.deploy.clients import with_clients, without_clients
from apimlb.deploy.cloud import Limits, Target
from apimlb.deploy.gateway import Answer, UnreachableError
from apimlb.deploy.rollout import Visit
from apimlb.http import Headers, Request, Response
from apimlb.local.entra.tokens import Principal
from apimlb.local.store import Document
from apimlb.stack.config import Stack, parse
from apimlb.stack.names import Names
from apimlb.stack.planner import Plan
from apimlb.stack.probe import site
from tests.functional.deploy.local_azure import LocalAzure
from tests.functional.deploy.scene import AUDIENCE
from tests.sequences.clock import SharedClock
from tests.sequences.documents import documents
from tests.sequences.runs import Ended, Kill, Run, ended, heard, outcome
from tests.sequences.settings import settings_of
from tests.stacks import SUBSCRIPTION, TENANT

KEY = "apimlb-default"
KEY_FROM = "APIMLB_TESTS_THEIR_KEY"
"""The environment variable with the key of the account that others have."""
LATENCY = 0.1
"""Seconds that one request to Resource Manager takes."""
_SELDOM = 5
_EVERY = 3
"""Requests of a deploy between two calls of clients."""
_QUESTION = {"messages": [{"role": "user", "content": "Still there?"}], "max_completion_tokens": 5}
_DATED = "/openai/deployments/chat/chat/completions?api-version=2024-10-21"
_V1 = "/openai/v1/chat/completions"


@dataclass(frozen=True)
class Call:
    """How a client asks: at a path, with the stack's key or something else in a header."""

    path: str
    header: str = ""
    value: str = "{key}"

    @property
    def has_key(self) -> bool:
        return bool(self.header) and "{key}" in self.value

    @property
    def has_token(self) -> bool:
        return "{token}" in self.value

    def request(self, origin: str, key: str, token: str) -> Request:
        headers = Headers([("Content-Type", "application/json")])
        if self.header:
            headers.set(self.header, self.value.replace("{key}", key).replace("{token}", token))
        body = {**_QUESTION, "model": "chat"}
        return Request("POST", f"{origin}{self.path}", headers, json.dumps(body).encode())


CLIENTS = (
    Call(_DATED, "api-key"),
    Call(_DATED),
    Call(_V1, "Authorization", "Bearer {key}"),
    Call(_V1, "api-key", "0123456789abcdef0123456789abcdef"),
    Call(_DATED, "Ocp-Apim-Subscription-Key"),
    Call(_V1, "Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJhdWQiOiJ4In0."),
    Call(_V1, "api-key", "{token}"),
)
APP = "0a0a0a0a-0000-4000-8000-000000000000"
"""The application whose token a client sends."""


@dataclass
class Traffic:
    """Clients who call in turn. `excuses` are why one that has a key may be refused, `openings` why a
    stranger may be let in; `errors` is who was not answered as they should be. `is_client` says of the
    application whether it is one, `None` while that changes; its tokens are for the `audience`."""

    excuses: set[str] = field(default_factory=set)
    openings: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    turn: int = 0
    is_client: bool | None = None
    audience: str = AUDIENCE

    def next(self) -> Call | None:
        """Who calls now; while anything would do as an excuse, only now and then somebody."""
        self.turn += 1
        if self.excuses and self.turn % _SELDOM:
            return None
        return CLIENTS[self.turn // (_SELDOM if self.excuses else 1) % len(CLIENTS)]

    def judge(self, call: Call, status: int, said: bytes, when: str) -> None:
        is_client = self.is_client if call.has_token else call.has_key
        who = "somebody" if is_client is None else "client" if is_client else "stranger"
        self.seen[f"{who}{', excused' if is_client and self.excuses else ''} {status}"] += 1
        text = f"{call.path} with {call.header or 'nothing'}: {status} {said[:300]!r} {when}"
        if is_client and status != 200 and not self.excuses:
            self.errors.append(f"a client's {text}")
        if is_client is False and status < 300 and status and not self.openings:
            self.errors.append(f"a stranger's {text}")


@dataclass(frozen=True, slots=True)
class _Session(Session):
    """A command's session in this process: it asks the gateway of the place."""

    place: "Place | None" = None

    def visit(self) -> Visit:
        assert self.place is not None
        return Visit(_Gateway(self.place), site(self.names, TENANT), self.target.limits)


@dataclass(frozen=True)
class _Gateway:
    """The place's gateway, as whoever deploys asks it."""

    place: "Place"

    def ask(self, method: str, url: str, headers: Headers, body: bytes = b"") -> Answer:
        try:
            with self.place.shared.asking():
                answered = self.place.call(Request(method, url, headers, body))
        except ConnectionError as error:
            raise UnreachableError(str(error), where=url) from error
        return Answer(answered.status, answered.headers)


class Place(LocalAzure):
    """A stack's local Azure, whose files are in `folder`."""

    def __init__(self, folder: Path, options: Mapping[str, Any], seed: int) -> None:
        super().__init__(SharedClock(), seed, **settings_of(options))
        self.folder = folder
        self.names = Names(SUBSCRIPTION, parse({}))
        self.traffic = Traffic()
        self.limits = Limits(steady=60, drain=60) if options.get("late") else Limits(steady=0, drain=0)
        self.stale = bool(options.get("stale"))
        self.when = ""
        self._asked = 0
        self.clock.meanwhile = self._meanwhile

    @property
    def shared(self) -> SharedClock:
        assert isinstance(self.clock, SharedClock)
        return self.clock

    @property
    def stack(self) -> Stack:
        return stack_in(self.folder)

    def run(self, work: Callable[[Session], object], kill: Kill | None = None) -> Ended:
        """What becomes of a command in this process."""
        return ended(*self._begun(work, self.folder, kill))

    def _begun(
        self, work: Callable[[Session], object], folder: Path, kill: Kill | None = None
    ) -> tuple[Run, Callable[[], object]]:
        run = Run(self.shared, self._answered, kill)
        cloud = self.connected(clock=run, answer=run.send)
        target = Target(SUBSCRIPTION, tenant_id=TENANT, limits=self.limits)

        def begin() -> object:
            place = _workspace(folder)
            return work(_Session(place, run, stack_of(place, {}), target, cloud, place=self))

        return run, begin

    def deploy(self, *, prune: bool, on_soft_deleted: str | None, kill: Kill | None = None) -> Ended:
        return self.run(_deploying(prune=prune, on_soft_deleted=on_soft_deleted), kill)

    def deploy_twice(self, other: Path) -> tuple[Ended, Ended]:
        """Two deploys at the same time, one of them of what is in another folder."""
        work = _deploying(prune=True, on_soft_deleted="purge")
        with heard(), ThreadPoolExecutor(1) as pool:
            second = pool.submit(outcome, *self._begun(work, other))
            first = outcome(*self._begun(work, self.folder))
            return first, second.result()

    def clients(self, act: str, id: str) -> Ended:
        """Add or remove an application as `apimlb clients` does."""
        change = with_clients if act == "add" else without_clients
        return self.run(lambda session: changed(session, change, [id]))

    def set_capacity(self, capacity: int, account: str, kill: Kill | None = None) -> Ended:
        return self.run(
            lambda session: flows.set_capacity(session, capacity, account=account, deployment=""), kill
        )

    def destroy(self, *, purge: bool, kill: Kill | None = None) -> Ended:
        return self.run(lambda session: flows.destroy(session, purge=purge, yes=True, quiet=True), kill)

    def drain(self, account: str, *, out: bool) -> Ended:
        move = operating.drain if out else operating.undrain
        return self.run(lambda session: move(session, account))

    def key(self, name: str, act: str) -> Ended:
        """Create, rotate, cancel or delete a key as `apimlb keys` does."""
        acts: dict[str, Callable[[Session], object]] = {
            "create": lambda session: keys.create(session.cloud, session.names, name),
            "rotate": lambda session: keys.rotate(session.cloud, session.names, name, "secondary"),
            "cancel": lambda session: keys.revoke(session.cloud, session.names, name, delete=False),
            "delete": lambda session: keys.revoke(session.cloud, session.names, name, delete=True),
        }
        return self.run(acts[act])

    def plan(self) -> Ended:
        """Its result are the lines of what would be done; notes are among what it says."""
        return self.run(lambda session: _lines(flows.preview(session, quiet=True).plan))

    def documents(self) -> dict[str, Document]:
        """All that there is, by lower-case id."""
        return documents(self.world.store)

    def arm(self, method: str, id: str, body: Any = None, query: str = "") -> Any:
        """What Resource Manager shows the portal, `None` for a refusal."""
        try:
            with self.shared.asking():
                answered = self.ask(method, id, body, query)
        except ConnectionError:
            return None
        if answered.status >= 300:
            return None
        return json.loads(answered.body) if isinstance(answered.body, bytes) and answered.body else {}

    def clients_call(self) -> None:
        """Each client calls once."""
        for call in CLIENTS:
            self._call(call)

    def pass_time(self, seconds: float) -> None:
        """Let time pass under traffic."""
        for _ in range(10):
            self.shared.pause(seconds / 10)

    def _meanwhile(self) -> None:
        if not self.is_asking():
            self._call(self.traffic.next())

    def _call(self, call: Call | None) -> None:
        service = self.names.service_id
        if call is None or self.world.store.get(service) is None:
            return
        held = self.world.store.get(f"{service}/subscriptions/{KEY}")
        key = str(held.hidden["primaryKey"]) if held is not None else "none"
        token = self.world.entra.mint(Principal(APP, APP), self.traffic.audience)
        request = call.request(f"https://{service.rpartition('/')[2]}.azure-api.net", key, token)
        status, said = 0, b""
        with suppress(ConnectionError), self.shared.asking():
            answered = self.call(request)
            status, said = answered.status, bytes(answered.body) if isinstance(answered.body, bytes) else b""
        self.traffic.judge(call, status, said, self.when)

    def _answered(self, request: Request) -> Response:
        self.when = f"before {request.method} {request.path[-80:]}"
        self._asked += 1
        if self._asked % _EVERY == 0:
            self._call(self.traffic.next())
        with self.shared.asking():
            self.clock.advance(LATENCY)
            return self.answer(request)


def _deploying(*, prune: bool, on_soft_deleted: str | None) -> Callable[[Session], object]:
    consent = Consent(yes=True, prune=prune, on_soft_deleted=on_soft_deleted)
    return lambda session: flows.deploy(session, consent, quiet=True)


def _lines(plan: Plan) -> tuple[str, ...]:
    steps = [step for step in plan.steps if step.action != "keep"]
    return tuple(f"{s.action} {s.resource.label} {[c.path for c in s.changes]}" for s in steps)


def stack_in(folder: Path) -> Stack:
    """The stack of the folder's file."""
    return stack_of(_workspace(folder), {})


def _workspace(folder: Path) -> Workspace:
    return Workspace(folder / "state", folder / "apimlb.toml", "apimlb", local=False)
