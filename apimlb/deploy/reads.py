"""Several reads at once, bounded."""

import concurrent.futures
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TypeVar

from apimlb.deploy.waiting import given_up_together

Key = TypeVar("Key")
Value = TypeVar("Value")

WORKERS = 16
"""Far below what Resource Manager lets one caller read: 250 at once and 25 a second after that (Microsoft
Learn, Azure Resource Manager throttling limits)."""


def together(calls: Mapping[Key, Callable[[], Value]], workers: int = WORKERS) -> dict[Key, Value]:
    """What each call returns, by its key; raises what the first failing one raises."""
    if not calls:
        return {}
    threads = ThreadPoolExecutor(max_workers=min(workers, len(calls)), thread_name_prefix="read")
    with threads as pool, given_up_together():
        # Whoever hears of waits hears of those in these threads too.
        futures = {key: pool.submit(copy_context().run, call) for key, call in calls.items()}
        try:
            done, _ = concurrent.futures.wait(futures.values(), return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            return {key: future.result() for key, future in futures.items()}
        except BaseException:
            pool.shutdown(cancel_futures=True, wait=False)
            raise


def each(read: Callable[[Key], Value], keys: Iterable[Key]) -> dict[Key, Value]:
    """`read(key)` for every key, at once."""
    return together({key: partial(read, key) for key in keys})
