"""A command's run in this process, which can be killed at any of its requests as a process is."""

import contextlib
import io
import itertools
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from apimlb.errors import ApimlbError
from apimlb.http import Request, Response
from tests.functional.deploy.local_azure import READS
from tests.sequences.clock import SharedClock


class Killed(BaseException):
    """What a thread of a killed run ends with: nothing that it meets catches it."""


@dataclass(frozen=True)
class Kill:
    """A kill at the request with the number `at`, counted from 1, of those that write or of all; `applied`:
    after Azure has done it."""

    at: int
    writes: bool = False
    applied: bool = False


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said on the way."""

    error: ApimlbError | None
    killed: bool
    said: str
    result: object = None

    @property
    def ok(self) -> bool:
        return self.error is None and not self.killed

    def __str__(self) -> str:
        if self.killed:
            return "killed"
        error = self.error
        return "ok" if error is None else f"{type(error).__name__}: {error} | {error.next_step}"


@dataclass
class Run:
    """One run on a clock; its requests and its pauses end in `Killed` once it is dead."""

    ground: SharedClock
    answer: Callable[[Request], Response]
    kill: Kill | None = None
    dead: bool = False
    _turns: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def send(self, request: Request) -> Response:
        self.look()
        last = self._is_last(request)
        if last and not (self.kill and self.kill.applied):
            self._die()
        answered = self.answer(request)
        if last:
            self._die()
        self.look()
        return answered

    def look(self) -> None:
        if self.dead:
            raise Killed

    def now(self) -> float:
        return self.ground.now()

    def advance(self, seconds: float) -> None:
        self.ground.advance(seconds)

    def pause(self, seconds: float) -> None:
        self.ground.pause(seconds, self.look)

    async def sleep(self, seconds: float) -> None:
        await self.ground.sleep(seconds)

    def timeout(self, seconds: float) -> contextlib.AbstractContextManager[object]:
        return self.ground.timeout(seconds)

    def _is_last(self, request: Request) -> bool:
        if self.kill is None:
            return False
        reads = request.method in ("GET", "HEAD") or request.path.lower().endswith(READS)
        return not (self.kill.writes and reads) and next(self._turns) == self.kill.at

    def _die(self) -> None:
        self.dead = True
        raise Killed


def ended(run: Run, work: Callable[[], object]) -> Ended:
    """Do it, as far as it comes; raises what no command may end with."""
    with heard() as said:
        made = outcome(run, work)
    return replace(made, said=said.getvalue())


def outcome(run: Run, work: Callable[[], object]) -> Ended:
    """The same where somebody else hears what it says."""
    try:
        result = work()
    except ApimlbError as error:
        return Ended(error, run.dead, "")
    except Killed:
        return Ended(None, True, "")
    return Ended(None, run.dead, "", result)


@contextlib.contextmanager
def heard() -> Iterator[io.StringIO]:
    """What commands say meanwhile."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said), _quiet_threads():
        yield said


@contextlib.contextmanager
def _quiet_threads() -> Iterator[None]:
    """A killed run's threads end without a word."""
    before = threading.excepthook

    def told(args: threading.ExceptHookArgs) -> None:
        if not issubclass(args.exc_type, Killed):
            before(args)

    threading.excepthook = told
    try:
        yield
    finally:
        threading.excepthook = before


def folder() -> Path:
    """One for a sequence's files, in memory where the machine has such: each line of a journal is synced."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="apimlb-sequence-", dir=memory if memory.is_dir() else None))
