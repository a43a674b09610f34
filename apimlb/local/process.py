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

from apimlb.clock import Clock
from apimlb.errors import ApimlbError, ConfigError, ConflictError, NotFoundError
from apimlb.files import make_folder
from apimlb.local import ports, processes
from apimlb.wall_clock import SystemClock

GATEWAY_PORT = 4580
ARM_PORT = 4581

HOST = "127.0.0.1"

_ENDPOINT = "endpoint.json"
_LOG = "server.log"
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_ASK_SECONDS = 5.0
_POLL_SECONDS = 0.02
_SAID = "apimlb: "
_WHERE = "  where: "
_NEXT = "  next:  "


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a running local Azure answers, who its first owner is, and how many seconds (`spread`) what is
    written may take to be obeyed everywhere."""

    pid: int
    gateway_url: str
    arm_url: str
    ca: str
    tenant_id: str
    subscription_id: str
    client_id: str
    client_secret: str = field(repr=False)
    spread: float


def start(
    state: Path,
    gateway_port: int | None = None,
    arm_port: int | None = None,
    *,
    options: Sequence[str] = (),
    clock: Clock | None = None,
) -> Endpoint:
    """Start it and return once both ports answer; `options` go to `apimlb.local.server` as they are.

    A port is the one given (0: any free one), else the one that this state had last, else the usual one.
    Raises `ConflictError` when it already runs on this state or a port is in use, `ConfigError` for two equal
    ports, `ApimlbError` when it does not come up.
    """
    clock = clock or SystemClock()
    _require_no_other(state)
    chosen = ports.choose(state, gateway_port, arm_port)
    make_folder(state)
    ports.require_free(chosen)
    # Left behind by one that was killed.
    (state / _ENDPOINT).unlink(missing_ok=True)
    log = state / _LOG
    pid = _spawn(state, log, ["--gateway-port", str(chosen[0]), "--arm-port", str(chosen[1]), *options])
    deadline = clock.now() + _START_SECONDS
    while clock.now() < deadline:
        ended, code = os.waitpid(pid, os.WNOHANG)
        if ended:
            raise _failure(os.waitstatus_to_exitcode(code), log)
        found = read(state)
        if found is not None and found.pid == pid:
            ports.keep(state, found.gateway_url, found.arm_url)
            return found
        clock.pause(_POLL_SECONDS)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise ApimlbError(
        f"The local Azure did not answer within {_START_SECONDS:.0f} s",
        where=str(log),
        next_step="Read its log.",
    )


def _require_no_other(state: Path) -> None:
    """Raise `ConflictError` when a local Azure has this state."""
    if (running := read(state)) is not None:
        raise ConflictError(
            f"The local Azure already runs (process {running.pid})",
            where=str(state),
            next_step="Use it, or stop it with `apimlb local down`.",
        )
    if _holds_lock(state):
        raise _unreachable(state)
    if (keeper := processes.keeper(state)) is not None and keeper.bereft:
        raise _bereft(state, keeper.pid)


def read(state: Path) -> Endpoint | None:
    """The endpoint of the local Azure that runs on this state and answers; None when there is none."""
    endpoint = _written(state)
    if endpoint is None or not _holds_lock(state):
        return None
    try:
        _ask(endpoint, "GET", "/apimlb/status")
    except (OSError, http.client.HTTPException, ValueError):
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
    not run. One whose state was deleted is stopped too."""
    clock = clock or SystemClock()
    holds = _holds_lock(state)
    endpoint = _written(state) if holds else None
    keeper = processes.keeper(state) if endpoint is None else None
    if endpoint is not None:
        pid = endpoint.pid
        _ask_to_stop(endpoint)
    elif keeper is not None:
        pid = keeper.pid
        _terminate(pid)
    else:
        raise _not_running(state)
    deadline = clock.now() + _STOP_SECONDS
    while clock.now() < deadline:
        if not (_holds_lock(state) if holds else processes.is_alive(pid)):
            _reap(pid)
            return
        clock.pause(_POLL_SECONDS)
    raise ApimlbError(
        f"The local Azure (process {pid}) did not stop within {_STOP_SECONDS:.0f} s",
        where=str(state),
        next_step=f"Run `kill -9 {pid}`.",
    )


def _ask_to_stop(endpoint: Endpoint) -> None:
    try:
        _ask(endpoint, "POST", "/apimlb/stop", {"x-apimlb-stop": "1"})
    except (OSError, http.client.HTTPException, ValueError):
        _terminate(endpoint.pid)


def _terminate(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def _spawn(state: Path, log: Path, options: Sequence[str]) -> int:
    """Start the server in a session of its own, so that Ctrl-C here does not reach it; gives its process
    id."""
    # -P: a file of the user's in this folder, a secrets.py, must not stand in for a module.
    command = [sys.executable, "-P", "-m", processes.MODULE, "--state", str(state), *options]
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
    """Why the server ended before it answered, in its own words. The rest of its log stays there: it may
    quote what a failure that nobody foresaw was about."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    said, where, next_step = (_last(lines, mark) for mark in (_SAID, _WHERE, _NEXT))
    if not said:
        return ApimlbError(
            f"The local Azure did not start: it ended with code {code}",
            where=str(log),
            next_step="Read its log.",
        )
    kind = _KINDS.get(code, ApimlbError)
    return kind(said, where=where, next_step=next_step or f"Read {log}.")


_KINDS = {kind.exit_code: kind for kind in (ConfigError, ConflictError, NotFoundError)}


def _last(lines: Sequence[str], mark: str) -> str:
    return next((line.removeprefix(mark) for line in reversed(lines) if line.startswith(mark)), "")


def complaint(error: ApimlbError) -> str:
    """What the server says of why it does not start, as `start` reads it back."""
    parts = ((_SAID, error.what), (_WHERE, error.where), (_NEXT, error.next_step))
    return "".join(f"{mark}{' '.join(text.split())}\n" for mark, text in parts if text)


def _written(state: Path) -> Endpoint | None:
    try:
        written = json.loads((state / _ENDPOINT).read_text(encoding="utf-8"))
        kinds = {each.name: {"pid": int, "spread": float}.get(each.name, str) for each in fields(Endpoint)}
        fit = all(isinstance(written[name], kind) for name, kind in kinds.items())
        return Endpoint(**{name: written[name] for name in kinds}) if fit else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _holds_lock(state: Path) -> bool:
    """Whether a server has this state. Its lock says so even if its process id is somebody else's by now.

    Raises `OSError` when nobody may look.
    """
    try:
        with (state / "lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except BlockingIOError:
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


def _unreachable(state: Path) -> ConflictError:
    """One that has the state, and is not to be asked."""
    if (state / _ENDPOINT).exists() and _written(state) is None:
        return ConflictError(
            "The local Azure of this folder runs, and the file that says where it answers cannot be read",
            where=str(state / _ENDPOINT),
            why="Something else has written into it.",
            next_step="Run `apimlb local down`, which stops it; then the same command again starts it anew.",
        )
    return ConflictError(
        "The local Azure of this folder is starting or stopping, or does not answer",
        where=str(state),
        next_step="Run the same command again in a moment, or `apimlb local down` to stop it.",
    )


def _not_running(state: Path) -> ApimlbError:
    keeper = processes.keeper(state)
    if keeper is not None and keeper.bereft:
        return _bereft(state, keeper.pid)
    if _holds_lock(state):
        return _unreachable(state)
    return NotFoundError(
        "The local Azure is not running",
        where=str(state),
        next_step="Run `apimlb local up`, or `apimlb deploy --local`, which starts it.",
    )


def _bereft(state: Path, pid: int) -> ConflictError:
    return ConflictError(
        f"The local Azure still runs (process {pid}), but its folder was deleted under it",
        where=str(state),
        next_step="Run `apimlb local down`, which stops it; then the same command again starts it anew.",
    )
