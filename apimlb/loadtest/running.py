"""Runs the locustfile, in a process of its own: Locust patches the standard library for gevent.

Meanwhile and afterwards the counts are in a file that it replaces every second.
"""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apimlb.clock import Clock
from apimlb.errors import ApimlbError, ConfigError
from apimlb.loadtest.load import Load

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
LOCUST = "locust>=2.32,<3"
"""What has to be installed."""
GRACE = 30
"""Seconds that requests may take to end when the time is over."""
_POLL = 0.2
_LAST_LINES = 12


def require_locust() -> None:
    """Raises `ConfigError` where it is not installed, without importing it."""
    if importlib.util.find_spec("locust") is None:
        raise ConfigError(
            "The load test runs on Locust, which is not installed.",
            why="It is an extra of apimlb: 60 MB that no other command needs.",
            next_step=f"Run `{sys.executable} -m pip install 'apimlb[loadtest]'`; "
            "where pipx installed apimlb, `pipx inject apimlb locust`.",
        )


@dataclass(slots=True)
class Run:
    """A load test that runs: `counts` as the clients last told them, after `seconds`."""

    process: subprocess.Popen[bytes]
    folder: Path
    clock: Clock
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def watch(self) -> Iterator[None]:
        """Yields every now and then until it has ended; raises `ApimlbError` when it failed."""
        while (code := self.process.poll()) is None:
            self.clock.pause(_POLL)
            self.look()
            yield
        self.look()
        if code != 0:
            said = self._log().strip().splitlines()[-_LAST_LINES:]
            raise ApimlbError(
                f"Locust ended with {code}.",
                where=str(LOCUSTFILE),
                raw=" / ".join(said) or "It said nothing.",
            )

    def look(self) -> None:
        """Read the counts, once there are any."""
        try:
            told: dict[str, Any] = json.loads((self.folder / "counts.json").read_bytes())
        except FileNotFoundError:
            return
        self.counts, self.seconds = told["counts"], told["seconds"]

    def end(self) -> None:
        """Let no new request begin, and wait until what is under way has ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
        self.look()

    def _log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")


@contextmanager
def running(load: Load, url: str, key: str, clock: Clock, report: Path | None = None) -> Iterator[Run]:
    """Meanwhile the load is on; it has ended when this ends, however that comes. `report` is where Locust
    writes its HTML."""
    with tempfile.TemporaryDirectory(prefix="apimlb-load-") as folder, open(f"{folder}/log", "wb") as log:
        process = subprocess.Popen(
            command(load, url, report),
            cwd=folder,
            env={**_environment(), "AZURE_OPENAI_API_KEY": key, "LOADTEST_COUNTS": f"{folder}/counts.json"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us: the test then ends as it should
        )
        run = Run(process, Path(folder), clock)
        try:
            yield run
        finally:
            run.end()


def _environment() -> dict[str, str]:
    """The environment without what would set Locust's own options otherwise."""
    return {name: v for name, v in os.environ.items() if not name.startswith(("LOCUST_", "LOADTEST_"))}


def command(load: Load, url: str, report: Path | None) -> Sequence[str]:
    """How Locust is called."""
    users = load.users or 1
    options: dict[str, Any] = {
        "locustfile": LOCUSTFILE,
        "host": url,
        "users": users,
        "spawn-rate": users,
        "run-time": f"{max(1, round(load.seconds))}s",
        "stop-timeout": GRACE,
        "loglevel": "WARNING",
        "exit-code-on-error": 0,
        **({"html": report.absolute()} if report else {}),
        **{name.replace("_", "-"): value for name, value in load.settings().items()},
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return [sys.executable, "-m", "locust", "--headless", "--only-summary", *words]
