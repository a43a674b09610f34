"""The local Azure as a process in the background: start it, find it, ask it, stop it.

Standard library only, because every command of the command line may ask whether it runs.
"""

import contextlib
import fcntl
import http.client
import json
import os
import signal
import ssl
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from apimlb.clock import Clock, SystemClock
from apimlb.errors import ApimlbError, ConfigError, ConflictError, NotFoundError

GATEWAY_PORT = 4580
ARM_PORT = 4581

_ENDPOINT = "endpoint.json"
_LOG = "server.log"
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_ASK_SECONDS = 5.0
_POLL_SECONDS = 0.02
_CONFLICT = 5


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a running local Azure answers, and who its first owner is."""

    pid: int
    gateway_url: str
    arm_url: str
    ca: str
    tenant_id: str
    subscription_id: str
    client_id: str
    client_secret: str = field(repr=False)


def start(
    state: Path,
    gateway_port: int = GATEWAY_PORT,
    arm_port: int = ARM_PORT,
    *,
    options: Sequence[str] = (),
    clock: Clock | None = None,
) -> Endpoint:
    """Start it and return once both ports answer; `options` go to `apimlb.local.server` as they are.

    Raises `ConflictError` when it already runs on this state or a port is in use, `ApimlbError` when it
    does not come up.
    """
    clock = clock or SystemClock()
    if (running := read(state)) is not None:
        raise ConflictError(
            f"the local Azure already runs (process {running.pid})",
            where=str(state),
            next_step="Use it, or stop it with `apimlb local down`.",
        )
    state.mkdir(parents=True, exist_ok=True)
    if not _holds_lock(state):
        # Left behind by one that was killed.
        (state / _ENDPOINT).unlink(missing_ok=True)
    log = state / _LOG
    pid = _spawn(state, log, ["--gateway-port", str(gateway_port), "--arm-port", str(arm_port), *options])
    deadline = clock.now() + _START_SECONDS
    while clock.now() < deadline:
        ended, code = os.waitpid(pid, os.WNOHANG)
        if ended:
            raise _failure(os.waitstatus_to_exitcode(code), log)
        found = read(state)
        if found is not None and found.pid == pid:
            return found
        clock.pause(_POLL_SECONDS)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise ApimlbError(
        f"the local Azure did not answer within {_START_SECONDS:.0f} s",
        where=str(log),
        next_step="read its log",
    )


def read(state: Path) -> Endpoint | None:
    """The endpoint of the local Azure that runs on this state and answers; None when there is none."""
    endpoint = _written(state)
    if endpoint is None or not _holds_lock(state):
        return None
    try:
        _ask(endpoint, "GET", "/apimlb/status")
    except (OSError, http.client.HTTPException):
        return None
    return endpoint


def running(state: Path) -> Endpoint:
    """The same, but raises `NotFoundError` when there is none."""
    endpoint = read(state)
    if endpoint is None:
        raise _not_running(state)
    return endpoint


def status(state: Path) -> dict[str, Any]:
    """What it says of itself: `accounts` with calls, answered and throttled per deployment, and its endpoint.

    Raises `NotFoundError` when it does not run.
    """
    endpoint = running(state)
    said: dict[str, Any] = json.loads(_ask(endpoint, "GET", "/apimlb/status")[1])
    where = {"pid": endpoint.pid, "gateway_url": endpoint.gateway_url, "arm_url": endpoint.arm_url}
    return {**where, **said}


def control(state: Path, method: str, path: str, document: object = None) -> Any:
    """What the local Azure answers at a path of its own (see `apimlb.local.server.control`), as JSON.

    Raises `NotFoundError` when it does not run or has no such thing, `ConfigError` when it refuses.
    """
    endpoint = running(state)
    body = b"" if document is None else json.dumps(document).encode()
    status, data = _ask(endpoint, method, path, {"x-apimlb-control": endpoint.client_secret}, body)
    said = json.loads(data)
    if status < 400:
        return said
    kind = NotFoundError if status == 404 else ConfigError
    raise kind(said["what"], where=said.get("where", ""), next_step=said.get("next_step", ""))


def stop(state: Path, *, clock: Clock | None = None) -> None:
    """Stop it and return once its ports are closed and its state is free; raises `NotFoundError` when it does
    not run."""
    clock = clock or SystemClock()
    endpoint = _written(state)
    if endpoint is None or not _holds_lock(state):
        raise _not_running(state)
    try:
        _ask(endpoint, "POST", "/apimlb/stop", {"x-apimlb-stop": "1"})
    except (OSError, http.client.HTTPException):
        with contextlib.suppress(ProcessLookupError):
            os.kill(endpoint.pid, signal.SIGTERM)
    deadline = clock.now() + _STOP_SECONDS
    while clock.now() < deadline:
        if not _holds_lock(state):
            _reap(endpoint.pid)
            return
        clock.pause(_POLL_SECONDS)
    raise ApimlbError(
        f"the local Azure (process {endpoint.pid}) did not stop within {_STOP_SECONDS:.0f} s",
        where=str(state),
        next_step=f"kill {endpoint.pid}",
    )


def _spawn(state: Path, log: Path, options: Sequence[str]) -> int:
    """Start the server in a session of its own, so that Ctrl-C here does not reach it; gives its process
    id."""
    command = [sys.executable, "-m", "apimlb.local.server", "--state", str(state), *options]
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, written, 1),
        (os.POSIX_SPAWN_DUP2, written, 2),
    ]
    try:
        return os.posix_spawn(sys.executable, command, os.environ, file_actions=files, setsid=True)
    finally:
        os.close(written)


def _reap(pid: int) -> None:
    """Let the system forget the process, if it was started from here."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _failure(code: int, log: Path) -> ApimlbError:
    """Why the server ended before it answered: its own last line."""
    lines = log.read_text(errors="replace").strip().splitlines()
    said = lines[-1].removeprefix("apimlb: ") if lines else f"the local Azure ended with code {code}"
    if code == _CONFLICT:
        return ConflictError(
            said, next_step="stop what is in the way, or choose other ports or another --state"
        )
    return ApimlbError(f"the local Azure did not start: {said}", where=str(log), next_step="read its log")


def _written(state: Path) -> Endpoint | None:
    try:
        written = json.loads((state / _ENDPOINT).read_text())
        return Endpoint(**{each.name: written[each.name] for each in fields(Endpoint)})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _holds_lock(state: Path) -> bool:
    """Whether a server has this state. Its lock says so even if its process id is somebody else's by now."""
    try:
        with (state / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _ask(
    endpoint: Endpoint, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> tuple[int, bytes]:
    """Status and body that the ARM port answers; raises `OSError` or `HTTPException` when there is none."""
    context = ssl.create_default_context(cafile=endpoint.ca)
    address = urlsplit(endpoint.arm_url)
    connection = http.client.HTTPSConnection(
        address.hostname or "", address.port, timeout=_ASK_SECONDS, context=context
    )
    try:
        connection.request(method, path, body or None, headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _not_running(state: Path) -> NotFoundError:
    return NotFoundError("the local Azure is not running", where=str(state), next_step="apimlb local up")
