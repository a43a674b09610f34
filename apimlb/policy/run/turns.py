"""Work of a request between two waits, which its allowance pays for."""

import types
from collections.abc import AsyncIterator, Coroutine, Generator
from typing import Any, TypeVar

from apimlb.http import RelayedStream
from apimlb.policy.clr.budget import BUDGET, Allowance

T = TypeVar("T")


@types.coroutine
def paid(allowance: Allowance, work: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    """Await `work`; what it does between two waits is paid for from `allowance`. Meanwhile other requests
    run, each from its own."""
    budget = BUDGET
    step, given = work.send, None
    while True:
        # As `Budget.open` and `close` do; written out, since each request comes by.
        before = budget.allowance
        before.steps = budget.left
        budget.allowance, budget.left = allowance, allowance.steps
        try:
            waited = step(given)
        except StopIteration as end:
            made: T = end.value
            return made
        finally:
            allowance.steps = budget.left
            budget.allowance, budget.left = before, before.steps
        try:
            given = yield waited
            step = work.send
        except GeneratorExit:
            work.close()
            raise
        except BaseException as error:  # a wait that failed, or was cancelled: it is the work's to know
            given, step = error, work.throw


class PaidStream(RelayedStream):
    """A body on its way to the client; what reading it costs is paid for from `allowance`."""

    def __init__(self, allowance: Allowance, body: AsyncIterator[bytes]) -> None:
        super().__init__(body)
        self._allowance = allowance

    async def __anext__(self) -> bytes:
        return await paid(self._allowance, self._body.__anext__())  # type: ignore[arg-type]

    async def aclose(self) -> None:
        await paid(self._allowance, super().aclose())
