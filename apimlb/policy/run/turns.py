"""Work of a request between two waits, which its account pays for."""

from collections.abc import AsyncIterator, Coroutine, Generator
from typing import Any, Generic, TypeVar

from apimlb.http import Response, close
from apimlb.policy.clr.budget import BUDGET, Means

T = TypeVar("T")


class Turns(Generic[T]):
    """Awaits `work`; whatever it does between two waits is paid for from `means`. While it waits others run,
    who pay for themselves."""

    __slots__ = ("_means", "_work")

    def __init__(self, means: Means, work: Coroutine[Any, Any, T]) -> None:
        self._means = means
        self._work = work

    def __await__(self) -> Generator[Any, Any, T]:
        work, means = self._work, self._means
        step, given = work.send, None
        while True:
            before = BUDGET.open(means)
            try:
                waited = step(given)
            except StopIteration as end:
                made: T = end.value
                return made
            finally:
                BUDGET.close(before)
            try:
                given = yield waited
                step = work.send
            except GeneratorExit:
                work.close()
                raise
            except BaseException as error:  # a wait that failed, or was cancelled: it is the work's to know
                given, step = error, work.throw


class PaidStream:
    """A body on its way to the client; what reading it costs is paid for from `means`.

    A class and not a generator: closing a generator that nobody has begun to read would not close the body.
    """

    __slots__ = ("_body", "_means")

    def __init__(self, means: Means, body: AsyncIterator[bytes]) -> None:
        self._means = means
        self._body = body

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        return await Turns(self._means, self._body.__anext__())  # type: ignore[arg-type]

    async def aclose(self) -> None:
        await Turns(self._means, close(Response(200, body=self._body)))
