"""Fakes shared by the tests: a clock that is moved by hand and a transport that follows a script."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from apimlb.http import Headers, Request, Response
from apimlb.wall_clock import TimeLimits


class ManualClock:
    """Time that moves when told to; sleeping moves it."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._now = start
        self._limits = TimeLimits(self.now, lambda: True)
        self.slept: list[float] = []
        self.meanwhile: Callable[[], None] = lambda: None
        """What happens once in every pause."""
        self.on_its_thread: Callable[[Callable[[], None]], None] = lambda look: look()
        """Has the time limits looked at by the thread that they are on."""

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds
        if len(self._limits):
            self.on_its_thread(self._limits.look)

    async def sleep(self, seconds: float) -> None:
        self.pause(seconds)

    def pause(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)
        self.meanwhile()

    @contextmanager
    def timeout(self, seconds: float) -> Iterator[None]:
        due = self._now + seconds
        with self._limits.after(seconds):
            yield
        if self._now > due:
            raise TimeoutError


Answer = int | Response | Exception | Callable[[Request], Response]


class ScriptedTransport:
    """Answers each request with the next line of its script and remembers what it was asked."""

    def __init__(self, script: Iterable[Answer]) -> None:
        self._script = list(script)
        self.requests: list[Request] = []

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self._script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return Response(answer, Headers([("Content-Type", "application/json")]), b"{}")
        return answer if isinstance(answer, Response) else answer(request)
