"""Runs the local Azure: takes its state and its ports, answers until told to stop, and leaves in order."""

import asyncio
import fcntl
import gc
import json
import os
import random
import secrets
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from apimlb.clock import Clock, utc
from apimlb.errors import ConflictError
from apimlb.files import make_folder, replace_file
from apimlb.http import Request, Response
from apimlb.local.entra.keys import kept_key
from apimlb.local.entra.plane import Application
from apimlb.local.ports import HOST, listening
from apimlb.local.server.certificate import Certificate, kept_certificate
from apimlb.local.server.control import PREFIX, Control, kept_clock
from apimlb.local.server.listener import Listener
from apimlb.local.server.outbound import Outbound
from apimlb.local.server.wire_log import WireLog
from apimlb.local.store import Document, Store, reading
from apimlb.local.world import World, WorldSettings
from apimlb.wall_clock import AdjustableClock, SystemClock

_OWNER_ID = "/apimlb/owners/current"
_STARTS_ID = "/apimlb/starts/current"
_GRACE = 2
_RIPEN_SECONDS = 1.0
_LOCK_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Options:
    """Where state lies, which ports to open (0 for any), and the world behind them."""

    state: Path
    gateway_port: int
    arm_port: int
    seed: int | None = None
    wire_log: Path | None = None
    world: WorldSettings = field(default_factory=WorldSettings)


async def run(options: Options) -> None:
    """Serve until SIGTERM, SIGINT or a POST to the stop path.

    Raises `ConflictError` when the state is in use or a port is taken.
    """
    make_folder(options.state)
    ground = SystemClock()
    database = options.state / "azure.db"
    with _lock(options.state, ground), _sockets(options) as (gateway, arm), ExitStack() as stack:
        certificate = kept_certificate(options.state, utc(ground.now()))
        store = Store(database)
        outside = Outbound(ground)
        try:
            with reading(database):
                clock = kept_clock(store, ground)
                settings = _settings(options, store, gateway, arm)
                chance, key = _chance(options, store), kept_key(store)
            world = World(store, clock, chance, settings, key=key, outside=outside)
            wire_log = stack.enter_context(closing(WireLog(options.wire_log))) if options.wire_log else None
            await _Site(world, clock, ground, options.state, certificate, wire_log).serve(gateway, arm)
        finally:
            await outside.close()
            store.close()


class _Site:
    """The two ports of a world, opened and closed together.

    `clock` is the world's, which may stand still or leap; connections live by the `ground` below it.
    """

    def __init__(
        self,
        world: World,
        clock: AdjustableClock,
        ground: Clock,
        state: Path,
        certificate: Certificate,
        wire_log: WireLog | None,
    ) -> None:
        self._wire_log = wire_log
        self._world = world
        self._clock = clock
        self._ground = ground
        self._certificate = certificate
        self._endpoint = state / "endpoint.json"
        self._stopped = asyncio.Event()
        self._control = Control(world, clock, self._stopped.set)

    async def serve(self, gateway: socket.socket, arm: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopped.set)
        listeners = (
            Listener(self._world.serve, self._ground),
            Listener(self._manage, self._ground, self._certificate),
        )
        try:
            for listener, opened in zip(listeners, (gateway, arm), strict=True):
                await listener.start(opened)
            self._announce()
            # What was built until now lives as long as the process; no collection has to look at it again.
            gc.collect()
            gc.freeze()
            with self._ripening():
                await self._stopped.wait()
        finally:
            self._endpoint.unlink(missing_ok=True)
            await asyncio.gather(*(listener.stop(_GRACE) for listener in listeners))

    async def _manage(self, request: Request) -> Response:
        """Answer at the ARM port: for this program's own paths, else for Entra and ARM."""
        if request.path.startswith(PREFIX):
            return await self._control.send(request)
        answered = await self._world.manage(request)
        if self._wire_log is not None:
            self._wire_log.write(request, answered)
        return answered

    @contextmanager
    def _ripening(self) -> Iterator[None]:
        """Meanwhile end what takes time even if nobody asks ARM: the data planes look at what came of it."""
        task = asyncio.create_task(self._ripen()) if self._world.settings.lro == "realistic" else None
        try:
            yield
        finally:
            if task is not None:
                task.cancel()

    async def _ripen(self) -> None:
        while True:
            await self._clock.sleep(_RIPEN_SECONDS)
            self._world.arm.ripen()

    def _announce(self) -> None:
        """Write endpoint.json: whole, and for its owner only, since it holds a secret."""
        settings = self._world.settings
        written = {
            "pid": os.getpid(),
            "gateway_url": settings.gateway_origin,
            "arm_url": settings.arm_origin,
            "ca": str(self._certificate.authority.resolve()),
            "tenant_id": settings.tenant_id,
            "subscription_id": settings.subscription_id,
            "client_id": settings.owner.client_id,
            "client_secret": settings.owner.secret,
            "spread": settings.lateness.scaled(settings.time_scale).configuration[1],
        }
        replace_file(self._endpoint, json.dumps(written).encode())


@contextmanager
def _lock(state: Path, clock: Clock) -> Iterator[None]:
    """Hold the state for this process alone; the system lets go of it however the process ends."""
    with (state / "lock").open("a") as file:
        for attempt in range(_LOCK_ATTEMPTS):
            if _locked(file):
                break
            if attempt == _LOCK_ATTEMPTS - 1:
                raise ConflictError(
                    "The local Azure already runs",
                    where=str(state),
                    next_step="Use it, or stop it with `apimlb local down`.",
                )
            # Whoever only looks whether the state is taken has it for a moment.
            clock.pause(0.02)
        yield


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _sockets(options: Options) -> Iterator[tuple[socket.socket, socket.socket]]:
    with ExitStack() as stack:
        opened = [stack.enter_context(listening(port)) for port in (options.gateway_port, options.arm_port)]
        yield opened[0], opened[1]


def _settings(options: Options, store: Store, gateway: socket.socket, arm: socket.socket) -> WorldSettings:
    return replace(
        options.world,
        owner=_owner(store, options.world.owner),
        gateway_origin=f"http://{HOST}:{gateway.getsockname()[1]}",
        arm_origin=f"https://{HOST}:{arm.getsockname()[1]}",
    )


def _chance(options: Options, store: Store) -> random.Random:
    """The source of ids. With a seed it is another one at each start, or what is made now would get the
    ids of what was made before."""
    kept = store.get(_STARTS_ID)
    starts = 1 + (int(kept.body["starts"]) if kept else 0)
    store.put(Document(_STARTS_ID, "apimlb/starts", {"starts": starts}))
    return random.Random(secrets.randbits(128) if options.seed is None else f"{options.seed}/{starts}")


def _owner(store: Store, owner: Application) -> Application:
    """The owner with the secret that the state has had since its first start."""
    kept = store.get(_OWNER_ID)
    if kept is None:
        kept = Document(_OWNER_ID, "apimlb/owners", {}, {"secret": secrets.token_urlsafe(32)})
        store.put(kept)
    return replace(owner, secret=str(kept.hidden["secret"]))
