"""The local Azure of a sequence over real ports: every command is a process, and a kill ends it.

What is late here is so by the machine's clock, a hundred times as fast as in Azure, and the sequence's long
waits move the local Azure's own.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from apimlb.errors import ApimlbError
from apimlb.http import Headers, Request, Response, read
from apimlb.local.entra.tokens import Principal
from apimlb.local.store import Document
from apimlb.local.world import OWNER
from apimlb.stack.config import Stack, parse
from apimlb.stack.names import Names
from tests.api_versions import usual_version
from tests.functional.deploy.local_azure import READS
from tests.integration.watched import WatchedAzure
from tests.patience import PATIENCE
from tests.sequences.documents import documents
from tests.sequences.place import APP, CLIENTS, KEY, KEY_FROM, Call, Traffic, stack_in
from tests.sequences.runs import Ended, Kill
from tests.sequences.settings import settings_of
from tests.stacks import SUBSCRIPTION, TENANT

_PACE = 0.01
_BETWEEN = 0.2
"""Seconds between two calls of clients."""
_OWNER = Principal(OWNER.client_id, OWNER.object_id)
_SAID = re.compile(r"^Error: (?P<what>.*?)$.*?^  next:  (?P<next>.*?)$", re.M | re.S)


class Ports:
    """A stack's local Azure behind ports, whose files are in `folder`."""

    def __init__(self, folder: Path, options: Mapping[str, Any]) -> None:
        world: dict[str, Any] = {"tenant_id": TENANT, "subscription_id": SUBSCRIPTION, "time_scale": _PACE}
        self.folder = folder
        self.azure = WatchedAzure(folder / ".apimlb" / "local", **world, **settings_of(options))
        self.world = self.azure.world
        self.names = Names(SUBSCRIPTION, parse({}))
        self.traffic = Traffic()
        self.stale = bool(options.get("stale"))
        self.when = ""

    @property
    def stack(self) -> Stack:
        return stack_in(self.folder)

    def deploy(self, *, prune: bool, on_soft_deleted: str | None, kill: Kill | None = None) -> Ended:
        chosen = ["--on-soft-deleted", on_soft_deleted] if on_soft_deleted else []
        return self._run(["deploy", "--yes", *(["--prune"] if prune else []), *chosen], kill)

    def set_capacity(self, capacity: int, account: str, kill: Kill | None = None) -> Ended:
        only = ["--account", account] if account else []
        return self._run(["set-capacity", str(capacity), *only], kill)

    def destroy(self, *, purge: bool, kill: Kill | None = None) -> Ended:
        return self._run(["destroy", "--yes", *(["--purge"] if purge else [])], kill)

    def drain(self, account: str, *, out: bool) -> Ended:
        return self._run(["drain" if out else "undrain", account])

    def key(self, name: str, act: str) -> Ended:
        acts = {"cancel": ["revoke", name, "--yes"], "delete": ["revoke", name, "--delete", "--yes"]}
        return self._run(["keys", *acts.get(act, [act, name])])

    def clients(self, act: str, id: str) -> Ended:
        return self._run(["clients", act, id])

    def deploy_twice(self, other: Path) -> tuple[Ended, Ended]:
        """Two deploys at the same time, one of them of what is in another folder."""
        arguments = ["deploy", "--yes", "--prune", "--on-soft-deleted", "purge"]
        local = other / ".apimlb" / "local"
        if other != self.folder:
            local.mkdir(parents=True)
            for path in (self.folder / ".apimlb" / "local").iterdir():
                if path.name != "stacks":
                    (local / path.name).symlink_to(path)
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(self._alone, arguments, other)
            return self._run(arguments), second.result()

    def _alone(self, arguments: list[str], folder: Path) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "apimlb", *arguments, "--local"],
            cwd=folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return _ended(done.returncode, done.stdout, done.stderr)

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), KEY_FROM: os.environ.get(KEY_FROM, "")}

    def plan(self) -> Ended:
        """Its result are the lines of what would be done."""
        ended = self._run(["plan", "--output", "json"])
        if not ended.ok:
            return ended
        changes = json.loads(str(ended.result))["changes"]
        return Ended(None, False, ended.said, tuple(f"{c['action']} {c['label']}" for c in changes))

    def documents(self) -> dict[str, Document]:
        """All that there is, by lower-case id."""

        async def found() -> dict[str, Document]:
            return documents(self.world.store)

        return self.azure.do(found())

    def arm(self, method: str, id: str, body: Any = None, query: str = "") -> Any:
        """What Resource Manager shows the portal, `None` for a refusal."""
        origin = self.azure.endpoint.arm_url

        async def answered() -> Response:
            token = self.world.entra.mint(_OWNER, origin)
            headers = Headers([("Authorization", f"Bearer {token}"), ("Content-Type", "application/json")])
            sent = b"" if body is None else json.dumps(body).encode()
            url = f"{origin}{id}?api-version={usual_version(id)}{query}"
            return await self.world.manage(Request(method, url, headers, sent))

        try:
            reply = self.azure.do(answered())
        except ConnectionError:
            return None
        if reply.status >= 300:
            return None
        return json.loads(reply.body) if isinstance(reply.body, bytes) and reply.body else {}

    def clients_call(self) -> None:
        """Each client calls once."""
        for call in CLIENTS:
            self._call(call)

    def pass_time(self, seconds: float) -> None:
        """Move the local Azure's clock."""

        async def move() -> None:
            self.azure.clock.advance(seconds)
            self.world.arm.ripen()

        for _ in range(3):
            self.azure.do(move())
            self.clients_call()

    def close(self) -> None:
        self.azure.close()

    def _run(self, arguments: list[str], kill: Kill | None = None) -> Ended:
        """The command as a process, under traffic."""
        command = [sys.executable, "-m", "apimlb", *arguments, "--local"]
        before = self.azure.manage
        with subprocess.Popen(
            command,
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            self.azure.manage = _killing(before, process.pid, kill)
            over = threading.Event()
            clients = threading.Thread(target=self._serve, args=(over,), name="clients")
            clients.start()
            out, said = process.communicate(timeout=2 * PATIENCE)  # a command itself may wait ten minutes
            over.set()
            clients.join()
        self.azure.manage = before
        return _ended(process.returncode, out, said)

    def _serve(self, over: threading.Event) -> None:
        while not over.wait(_BETWEEN):
            self._call(self.traffic.next())

    def _call(self, call: Call | None) -> None:
        """Through the gateway's port."""

        async def answered() -> tuple[int, bytes]:
            held = self.world.store.get(f"{self.names.service_id}/subscriptions/{KEY}")
            if call is None or self.world.store.get(self.names.service_id) is None:
                return 0, b""
            key = str(held.hidden["primaryKey"]) if held is not None else "none"
            token = self.world.entra.mint(Principal(APP, APP), self.traffic.audience)
            response = await self.world.serve(call.request(self.azure.endpoint.gateway_url, key, token))
            return response.status, await read(response)

        with suppress(ConnectionError):
            status, said = self.azure.do(answered())
            if call is not None and status:
                self.traffic.judge(call, status, said, self.when)


def _killing(
    manage: Callable[[Request], Awaitable[Response]], victim: int, kill: Kill | None
) -> Callable[[Request], Awaitable[Response]]:
    """The same, but that the victim dies at the request that is meant, before it is done or after."""
    seen = 0

    async def answer(request: Request) -> Response:
        nonlocal seen
        reads = request.method in ("GET", "HEAD") or request.path.lower().endswith(READS)
        counts = kill is not None and not (kill.writes and reads)
        seen += counts
        if kill is None or not counts or seen != kill.at:
            return await manage(request)
        if kill.applied:
            answered = await manage(request)
            os.kill(victim, signal.SIGKILL)
            return answered
        os.kill(victim, signal.SIGKILL)
        raise ConnectionResetError("its caller was killed")

    return answer


def _ended(code: int, out: str, said: str) -> Ended:
    if code == -signal.SIGKILL:
        return Ended(None, True, said)
    if "Traceback" in said or "in a way it should not" in said:
        raise AssertionError(said)
    return Ended(_error(said) if code else None, False, said, out)


def _error(said: str) -> ApimlbError:
    """The error that a command told, as far as it told one."""
    found = _SAID.search(said)
    if found is None:
        raise AssertionError(f"a command failed and did not say why:\n{said}")
    return ApimlbError(found["what"], next_step=found["next"])
