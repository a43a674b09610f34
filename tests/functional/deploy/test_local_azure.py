"""The local Azure that the deployer's tests ask without a port."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.functional.deploy.local_azure import LocalAzure


@pytest.fixture
def azure() -> Iterator[LocalAzure]:
    made = LocalAzure()
    yield made
    made.close()


def test_a_client_that_moves_the_clock_interrupts_whose_time_is_up(azure: LocalAzure) -> None:
    """A loop takes a cancellation from its own thread alone, and a set breaks that one thread changes while
    another goes through it."""
    with ThreadPoolExecutor(1) as clients:

        async def forward() -> None:
            asyncio.get_running_loop().set_debug(True)  # says so when another thread cancels
            with azure.clock.timeout(10):
                await asyncio.wrap_future(clients.submit(azure.clock.advance, 11.0))
                await asyncio.Event().wait()

        with pytest.raises(TimeoutError):
            azure.do(forward())
