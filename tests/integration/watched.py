"""The local Azure on real ports, with all that goes through its ARM port held to what Azure does."""

import asyncio
import fcntl
import json
import os
import random
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, TypeVar

from apimlb.clock import utc
from apimlb.http import Request, Response
from apimlb.local.process import Endpoint
from apimlb.local.server.certificate import kept_certificate
from apimlb.local.server.control import PREFIX, Control
from apimlb.local.server.listener import Listener
from apimlb.local.store import Store
from apimlb.local.world import OWNER, World, WorldSettings
from apimlb.wall_clock import AdjustableClock, Reading, SystemClock
from tests.integration.command_line import CommandLine
from tests.signing import provide_key
from tests.wire.watch import Watch

Value = TypeVar("Value")
_SECRET = "the-owner's-secret"
_GRACE = 2.0


class WatchedAzure:
    """As `apimlb local up` leaves it in the folder `state`, but on a thread of this process.

    `ports` are the gateway's and ARM's, 0 for any. `manage` answers ARM's requests and may be wrapped.
    `close` fails if a request or an answer was not as Azure has it, but for what faults were on order for.
    """

    manage: Callable[[Request], Awaitable[Response]]

    def __init__(self, state: Path, ports: tuple[int, int] = (0, 0), **settings: Any) -> None:
        self.watch = Watch()
        self._ports = ports
        state.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(state)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="watched Azure", daemon=True)
        self._thread.start()
        self.endpoint = self.do(self._open(state, WorldSettings(**settings)))
        (state / "endpoint.json").write_text(json.dumps(asdict(self.endpoint)))

    def ids(self) -> list[str]:
        """The ids of all that there is in the subscription, in lower case."""

        async def found() -> list[str]:
            inside = self.world.store.descendants(f"/subscriptions/{self.endpoint.subscription_id}")
            return sorted(document.id.lower() for document in inside)

        return self.do(found())

    def do(self, work: Coroutine[Any, Any, Value]) -> Value:
        """What comes of it in the local Azure's own thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        self.do(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._lock.close()
        self.watch.check()

    async def _open(self, state: Path, settings: WorldSettings) -> Endpoint:
        ground = SystemClock()
        certificate = kept_certificate(state, utc(ground.now()))
        gateway, arm = map(_port, self._ports)
        settings = replace(
            settings,
            owner=replace(OWNER, secret=_SECRET),
            gateway_origin=f"http://127.0.0.1:{gateway.getsockname()[1]}",
            arm_origin=f"https://127.0.0.1:{arm.getsockname()[1]}",
        )
        self.clock = clock = AdjustableClock(ground, Reading())
        store = Store(state / "azure.db")
        provide_key(store)
        self.world = World(store, clock, random.Random(7), settings)
        self.manage = self.world.manage
        self._control = Control(self.world, clock, lambda: None)
        self._listeners = (
            Listener(self.world.serve, ground),
            Listener(self._manage, ground, certificate),
        )
        for listener, opened in zip(self._listeners, (gateway, arm), strict=True):
            await listener.start(opened)
        return Endpoint(
            os.getpid(),
            settings.gateway_origin,
            settings.arm_origin,
            str(certificate.authority.resolve()),
            settings.tenant_id,
            settings.subscription_id,
            settings.owner.client_id,
            settings.owner.secret,
            settings.lateness.scaled(settings.time_scale).configuration[1],
        )

    async def _manage(self, request: Request) -> Response:
        if request.path.startswith(PREFIX):
            return await self._control.send(request)
        answered = await self.manage(request)
        if not self.world.faults:
            self.watch(request, answered)
        return answered

    async def _shut(self) -> None:
        await asyncio.gather(*(listener.stop(_GRACE) for listener in self._listeners))
        self.world.store.close()


@contextmanager
def served(
    folder: Path, variables: Mapping[str, str] = MappingProxyType({"APIMLB_TARGET": "local"}), **settings: Any
) -> Iterator[CommandLine]:
    """`apimlb` in the folder, in which a local Azure answers it until the end."""
    azure = WatchedAzure(folder / ".apimlb" / "local", **settings)
    try:
        yield CommandLine(folder, variables)
    finally:
        azure.close()


def _port(number: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind(("127.0.0.1", number))
    return opened


def _locked(state: Path) -> IO[str]:
    """The state's lock, which tells commands that somebody answers."""
    file = (state / "lock").open("a")
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file
