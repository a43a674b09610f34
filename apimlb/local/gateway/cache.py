"""The value cache of a service: shared by the gateways of one region, volatile, bounded, not quite immediate.

Microsoft Learn: cache-store-value is asynchronous; the built-in cache is as large as the tier says and does
not exist on Consumption, where `internal` and `prefer-external` without an external cache keep nothing.
"""

import copy
import random
from collections import OrderedDict, deque
from dataclasses import dataclass

from apimlb.clock import Clock
from apimlb.policy.run.exchange import CachingType

_MIB = 1024 * 1024
_SIZES = {
    "consumption": 0,
    "developer": 10 * _MIB,
    "basic": 50 * _MIB,
    "basicv2": 250 * _MIB,
    "standard": 1024 * _MIB,
    "standardv2": 1024 * _MIB,
    "premium": 5120 * _MIB,
    "premiumv2": 5120 * _MIB,
}
_LARGEST_VALUE = 2 * _MIB
_IMMUTABLE = (str, bytes, int, float, bool)


@dataclass(frozen=True, slots=True)
class Entry:
    value: object
    expires: float
    size: int


class Memory:
    """Keys and values up to `capacity` bytes (roughly counted); the least recently used goes first.

    A write or removal takes effect `delay` seconds after it was asked for.
    """

    def __init__(self, clock: Clock, capacity: int, delay: float = 0.0) -> None:
        self._clock = clock
        self._capacity = capacity
        self._delay = delay
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._size = 0
        self._pending: deque[tuple[float, str, Entry | None]] = deque()

    def get(self, key: str) -> object:
        """The value, None when there is none or it has expired."""
        now = self._settle()
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.expires <= now:
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return _separate(entry.value)

    def put(self, key: str, value: object, seconds: float) -> None:
        """Keep a copy for `seconds` from now; what is larger than 2 MiB is not kept."""
        size = len(key) + _size(value)
        if size <= min(_LARGEST_VALUE, self._capacity):
            self._write(key, Entry(_separate(value), self._clock.now() + seconds, size))

    def remove(self, key: str) -> None:
        self._write(key, None)

    def held(self) -> dict[str, tuple[float, object]]:
        """The keys that it holds, with the seconds for which it does and the values."""
        now = self._settle()
        return {
            key: (each.expires - now, each.value) for key, each in self._entries.items() if each.expires > now
        }

    def clear(self) -> None:
        self._entries.clear()
        self._pending.clear()
        self._size = 0

    def _write(self, key: str, entry: Entry | None) -> None:
        self._pending.append((self._clock.now() + self._delay, key, entry))
        self._settle()

    def _settle(self) -> float:
        now = self._clock.now()
        while self._pending and self._pending[0][0] <= now:
            _, key, entry = self._pending.popleft()
            self._drop(key)
            if entry is not None and entry.expires > now:
                self._entries[key] = entry
                self._size += entry.size
        while self._size > self._capacity:
            self._drop(next(iter(self._entries)))
        return now

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        self._size -= entry.size if entry is not None else 0


@dataclass(slots=True)
class CacheLink:
    """The way to the caches: it takes between `least` and `most` seconds, loses that share of stores, and
    while `away` leads nowhere: then nothing is found and nothing kept. It counts what came along."""

    clock: Clock
    rng: random.Random
    least: float = 0.0
    most: float = 0.0
    loss: float = 0.0
    away: bool = False
    lookups: int = 0
    stores: int = 0

    async def travel(self) -> bool:
        """Whether one arrives."""
        if self.most:
            await self.clock.sleep(self.rng.uniform(self.least, self.most))
        return not self.away

    async def carry(self) -> bool:
        """Whether what one carries arrives."""
        return await self.travel() and not (self.loss and self.rng.random() < self.loss)


@dataclass(frozen=True, slots=True)
class ServiceCache:
    """What a policy sees (`apimlb.policy.run.exchange.Cache`); what the service has not got keeps nothing."""

    link: CacheLink
    internal: Memory | None
    external: Memory | None = None

    async def get(self, key: str, kind: CachingType) -> object:
        memory = self._memory(kind)
        self.link.lookups += 1
        return memory.get(key) if memory is not None and await self.link.travel() else None

    async def put(self, key: str, value: object, seconds: float, kind: CachingType) -> None:
        self.link.stores += 1
        if (memory := self._memory(kind)) is not None and await self.link.carry():
            memory.put(key, value, seconds)

    async def remove(self, key: str, kind: CachingType) -> bool:
        self.link.stores += 1
        memory = self._memory(kind)
        arrived = memory is not None and await self.link.carry()
        if memory is not None and arrived:
            memory.remove(key)
        return arrived

    def _memory(self, kind: CachingType) -> Memory | None:
        if kind == "internal":
            return self.internal
        return self.external if kind == "external" else self.external or self.internal


class Caches:
    """The caches of every service, and the `link` to them. Gateways that are handed the same one share them.

    A write can be seen `delay` seconds after it arrived.
    """

    def __init__(self, clock: Clock, delay: float = 0.0, *, link: CacheLink | None = None) -> None:
        self._clock = clock
        self._delay = delay
        self._memories: dict[tuple[str, str], Memory] = {}
        self.link = link or CacheLink(clock, random.Random(0))

    def of(self, service_id: str, sku: str, *, external: bool = False) -> ServiceCache:
        """The cache of a service in tier `sku`; `external` when a cache resource is attached to it."""
        size = _SIZES.get(sku.lower(), _SIZES["developer"])
        internal = self._memory(service_id, sku.lower(), size) if size else None
        # Redis is as large as its owner pays for; the largest built-in size stands for that.
        outer = self._memory(service_id, "external", _SIZES["premium"]) if external else None
        return ServiceCache(self.link, internal, outer)

    def flush(self) -> None:
        """Forget everything, as a cache that was restarted."""
        for memory in self._memories.values():
            memory.clear()

    def held(self) -> dict[tuple[str, str], tuple[float, object]]:
        """The keys in all of them, each with its service's id in lower case, the seconds left to it and its
        value."""
        return {
            (service, key): kept
            for (service, _), memory in self._memories.items()
            for key, kept in memory.held().items()
        }

    def _memory(self, service_id: str, name: str, size: int) -> Memory:
        place = (service_id.lower(), name)
        if place not in self._memories:
            self._memories[place] = Memory(self._clock, size, self._delay)
        return self._memories[place]


def _separate(value: object) -> object:
    """Azure serialises what it keeps: changing a JObject later must not change the cache."""
    return value if isinstance(value, _IMMUTABLE) else copy.deepcopy(value)


def _size(value: object) -> int:
    return len(value) if isinstance(value, (str, bytes)) else len(str(value))
