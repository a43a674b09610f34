"""Work of a request between two waits, which its account pays for."""

import types
from collections.abc import AsyncIterator, Coroutine, Generator
from typing import Any, TypeVar

from apimlb.http import Response, close
from apimlb.policy.clr.budget import BUDGET, Means

T = TypeVar("T")


@types.coroutine
def paid(means: Means, work: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    """Await `work`; what it does between two waits is paid for from `means`. Meanwhile other requests run,
    each from its own."""
    budget = BUDGET
    step, given = work.send, None
    while True:
        # As `Budget.open` and `close` do; written out, since each request comes by.
        before = budget.means
        before.steps = budget.left
        budget.means, budget.left = means, means.steps
        try:
            waited = step(given)
        except StopIteration as end:
            made: T = end.value
            return made
        finally:
            means.steps = budget.left
            budget.means, budget.left = before, before.steps
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

    A class and not a generator: closing a generator before its first item would not close the body.
    """

    __slots__ = ("_body", "_means")

    def __init__(self, means: Means, body: AsyncIterator[bytes]) -> None:
        self._means = means
        self._body = body

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        return await paid(self._means, self._body.__anext__())  # type: ignore[arg-type]

    async def aclose(self) -> None:
        await paid(self._means, close(Response(200, body=self._body)))
