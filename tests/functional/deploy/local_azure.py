"""The local Azure on a thread of its own, reached by the SDK without a port."""

import asyncio
import json
import random
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import requests
from azure.core.credentials import AccessToken

from apimlb.clock import Clock
from apimlb.deploy.azure import Azure, connect
from apimlb.deploy.cloud import Target
from apimlb.deploy.sdk.credential import SharedCredential
from apimlb.deploy.sdk.wire import Wire
from apimlb.http import Headers, Request, Response, read
from apimlb.local.entra.tokens import Principal
from apimlb.local.store import Store
from apimlb.local.world import ARM_ORIGIN, OWNER, World, WorldSettings
from tests.api_versions import usual_version
from tests.clouds import Killed
from tests.fakes import ManualClock
from tests.sdk import Answer, InProcessTransport
from tests.signing import signing_key
from tests.stacks import SUBSCRIPTION, TENANT
from tests.wire.watch import Watch

Value = TypeVar("Value")
_OWNER = Principal(OWNER.client_id, OWNER.object_id)
_SOMEBODY = Principal("5a6f6d65-0000-4000-8000-626f64790001", "5a6f6d65-0000-4000-8000-626f64790002")
_READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
"""The built-in role Reader."""
_FORBIDDEN = b'{"error": {"code": "AuthorizationFailed", "message": "You may not read this."}}'
READS = (
    "/listsecrets",
    "/checknameavailability",
    "/checkdomainavailability",
    "/checkpolicyrestrictions",
    "/token",
)
"""Ends of paths that are asked by POST and change nothing."""


class LocalAzure:
    """A world, what it was asked, and clouds that reach it. Its clock moves while the SDK waits."""

    def __init__(self, clock: ManualClock | None = None, seed: int = 7, **settings: Any) -> None:
        self.clock = clock or ManualClock()
        self.requests: list[Request] = []
        self.watch = Watch()
        self.forbidden: tuple[str, ...] = ()
        self.before: Callable[[Request], None] = _nothing
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="local Azure", daemon=True)
        self._thread.start()
        self.clock.on_its_thread = self._on_its_thread
        self.world = self.do(self._build(WorldSettings(TENANT, SUBSCRIPTION, **settings), seed))

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Method and path of every request that may have changed something."""
        asked = [(request.method, request.path) for request in self.requests]
        return [(m, p) for m, p in asked if m not in ("GET", "HEAD") and not p.lower().endswith(READS)]

    def ids(self, kind: str) -> list[str]:
        """The ids of what there is of a type."""
        return [document.id for document in self.world.store.of_kind(kind)]

    def primary_key(self, subscription: str) -> str:
        """The primary key of the APIM subscription with this id."""
        held = self.world.store.get(subscription)
        assert held is not None
        return str(held.hidden["primaryKey"])

    def connected(
        self, principal: Principal = _OWNER, clock: Clock | None = None, answer: Answer | None = None
    ) -> Azure:
        """A cloud whose owner, or somebody else, has a token that follows the clock; `answer` stands between
        it and the local Azure."""
        clock = clock or self.clock
        shared = SharedCredential(lambda: _Somebody(self, principal), "", clock)
        transport = InProcessTransport(answer or self.answer, clock)
        return Azure(SUBSCRIPTION, Wire(self._target(""), shared, clock, {"transport": transport}), clock)

    def logged_in(self, secret: str) -> Azure:
        """A cloud whose owner asks Entra for a token, with this secret."""
        return connect(self._target(secret), self.clock, transport=self._transport())

    def reader(self) -> Azure:
        """A cloud for somebody who may read and no more."""
        role = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{_READER}"
        id = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/{_READER}"
        who = {"principalId": _SOMEBODY.object_id, "principalType": "User"}
        body = {"properties": {"roleDefinitionId": role, **who}}
        self.ask("PUT", id, body)
        return self.connected(_SOMEBODY)

    def ask(self, method: str, path: str, body: Any = None, query: str = "") -> Response:
        """What the owner is answered, whether or not Microsoft describes it; `query` begins with &."""
        token = _Somebody(self, _OWNER).get_token().token
        url = f"{ARM_ORIGIN}{path}?api-version={usual_version(path)}{query}"
        headers = Headers([("Authorization", f"Bearer {token}"), ("Content-Type", "application/json")])
        sent = b"" if body is None else json.dumps(body).encode()
        return self.do(self.world.manage(Request(method, url, headers, sent)))

    def answer(self, request: Request) -> Response:
        """What Microsoft's SDK is answered."""
        self.before(request)
        self.requests.append(request)
        if any(part in request.path.lower() for part in self.forbidden):
            return Response(403, Headers([("Content-Type", "application/json")]), _FORBIDDEN)
        try:
            answered = self.do(self.world.manage(request))
        except ConnectionResetError as error:
            raise requests.ConnectionError(str(error)) from error
        if not self.world.faults:  # what is ordered is not as Microsoft describes it
            self.watch(request, answered)
        return answered

    @contextmanager
    def dies_after(self, writes: int, *methods: str) -> Iterator[None]:
        """Meanwhile kill whoever sends one more request of these methods than that, and all who send one
        after it."""
        left = iter(range(writes))

        def kill(request: Request) -> None:
            if request.method in methods and next(left, None) is None:
                raise Killed(request.path)

        self.before = kill
        try:
            yield
        finally:
            self.before = _nothing

    def is_asking(self) -> bool:
        """Whether who asks is the local Azure itself: it cannot wait for its own answer."""
        return threading.current_thread() is self._thread

    def call(self, request: Request) -> Response:
        """What a client of the gateway is answered, its body read."""

        async def answered() -> Response:
            response = await self.world.send(request)
            await read(response)
            return response

        return self.do(answered())

    def close(self) -> None:
        """Shut down; fails if a request or an answer was not as Azure has it."""
        self.do(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.watch.check()

    def _target(self, secret: str) -> Target:
        return Target(
            SUBSCRIPTION,
            authority=ARM_ORIGIN,
            tenant_id=TENANT,
            client_id=OWNER.client_id if secret else "",
            client_secret=secret,
        )

    def _transport(self) -> InProcessTransport:
        return InProcessTransport(self.answer, self.clock)

    def _on_its_thread(self, look: Callable[[], None]) -> None:
        if self.is_asking():
            look()
        else:
            self._loop.call_soon_threadsafe(look)

    async def _build(self, settings: WorldSettings, seed: int) -> World:
        settings = replace(settings, owner=replace(OWNER, secret="the-secret"))
        return World(Store(":memory:"), self.clock, random.Random(seed), settings, key=signing_key())

    async def _shut(self) -> None:
        self.world.store.close()

    def do(self, work: Coroutine[Any, Any, Value]) -> Value:
        """What comes of it on the local Azure's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


def _nothing(request: Request) -> None:
    """What happens before a request where a test says nothing else."""


class _Somebody:
    """Mints somebody's tokens on the world's clock."""

    def __init__(self, azure: LocalAzure, principal: Principal) -> None:
        self._azure = azure
        self._principal = principal

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        token = self._azure.world.entra.mint(self._principal, ARM_ORIGIN)
        return AccessToken(token, int(self._azure.clock.now() + 3599))
