"""The two ports of a local Azure: which ones it takes, who has them instead, and that a folder keeps its own.

Standard library only.
"""

import json
import shlex
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from apimlb.errors import ConfigError, ConflictError
from apimlb.files import replace_file
from apimlb.local import processes

HOST = "127.0.0.1"
GATEWAY_PORT = 4580
ARM_PORT = 4581

_FILE = "ports.json"


def choose(state: Path, *given: int | None) -> tuple[int, int]:
    """The gateway's and ARM's port: those `given` (0: any free one), else the last ones of this state, else
    the usual ones. Raises `ConfigError` for equal ones."""
    kept = _kept(state)
    gateway, arm = (port if told is None else told for told, port in zip(given, kept, strict=True))
    if gateway == arm != 0:
        raise ConfigError(
            f"Gateway and ARM cannot share port {arm}.",
            next_step="Give another --gateway-port or --arm-port; 0 takes a free one.",
        )
    return gateway, arm


def require_free(ports: Iterable[int]) -> None:
    """Raise `ConflictError` for a port that is taken."""
    for port in ports:
        with listening(port):
            pass


def keep(state: Path, gateway_url: str, arm_url: str) -> None:
    """Write down which ports a start on this state has opened."""
    ports = {"gateway": urlsplit(gateway_url).port, "arm": urlsplit(arm_url).port}
    replace_file(state / _FILE, json.dumps(ports).encode())


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A socket that listens at the port of this machine, 0 for any free one.

    Raises `ConflictError` when somebody else does, `ConfigError` when nobody may.
    """
    # The protocol must be named: asyncio turns off Nagle's delay only where it stands.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as opened:
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind((HOST, port))
            # Two sockets may be bound to one port; only one of them can listen.
            opened.listen()
        except PermissionError as error:
            raise ConfigError(
                f"Port {port} needs rights that you do not have", next_step="Choose a port above 1023."
            ) from error
        except OSError as error:
            raise _taken(port) from error
        yield opened


def _taken(port: int) -> ConflictError:
    holder = processes.listener(port)
    where, what = f"{HOST}:{port}", f"Port {port} is in use by {holder or 'another program'}"
    next_step = (
        "Run `apimlb local up --gateway-port 0 --arm-port 0`: it takes free ports, which this folder keeps."
    )
    if holder is not None and holder.state is not None:
        other = shlex.quote(str(holder.state.parent))
        next_step += f" Or stop the other one: `apimlb local down --state {other}`."
    return ConflictError(what, where=where, next_step=next_step)


def _kept(state: Path) -> tuple[int, int]:
    """The ports of the last start on this state, else the usual ones."""
    try:
        kept = json.loads((state / _FILE).read_text(encoding="utf-8"))
        gateway, arm = kept["gateway"], kept["arm"]
    except (OSError, ValueError, KeyError, TypeError):
        return GATEWAY_PORT, ARM_PORT
    fit = all(isinstance(port, int) and 0 < port < 65536 for port in (gateway, arm))
    return (gateway, arm) if fit else (GATEWAY_PORT, ARM_PORT)
