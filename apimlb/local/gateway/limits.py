"""What a tier lets through: how long a URL, how large a body it holds, and how long a request may take.

Microsoft Learn, API Management service limits (2026-04): a URL has 16,384 bytes on v2 and Consumption, a
segment of it 1,024 characters everywhere; v2 and Consumption buffer 2 MiB, classic tiers 500 MiB; a request
may take 30 s on Consumption and, as the same page says, on v2, while "Configure API for server-sent events"
(2025-10) has long-running connections on v2 too.
"""

import math
from collections.abc import AsyncIterator, Callable
from functools import partial
from urllib.parse import urlsplit

from apimlb.clock import Clock
from apimlb.http import RelayedStream
from apimlb.local.gateway.switches import GatewaySwitches
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.run.faults import PolicyFault

_MIB = 1024 * 1024
_LARGEST_HELD = {"classic": 500 * _MIB, "v2": 2 * _MIB, "consumption": 2 * _MIB}
_LONGEST_SECONDS = 30.0
_LONGEST_URL = {"v2": 16_384, "consumption": 16_384}
LONGEST_SEGMENT = 1024


def family(sku: str) -> str:
    """`classic`, `v2` or `consumption`, by the name of a tier."""
    name = sku.lower()
    return name if name == "consumption" else "v2" if name.endswith("v2") else "classic"


def most_seconds(sku: str, switches: GatewaySwitches) -> float:
    """How long a request may take from its arrival to the end of its answer, infinite where nothing says."""
    found = family(sku)
    limited = found == "consumption" or (found == "v2" and switches.v2_duration == "30-seconds")
    return _LONGEST_SECONDS if limited else math.inf


def url_refusal(url: str, sku: str) -> tuple[int, str] | None:
    """The status and message for a URL that the tier does not take, None for one that it does. What Azure
    answers with is not published: these are HTTP's own words for the two."""
    if len(url) > _LONGEST_URL.get(family(sku), math.inf):
        return 414, "URI Too Long"
    path = urlsplit(url).path
    if any(len(segment) > LONGEST_SEGMENT for segment in path.split("/")):
        return 400, "Bad Request"
    return None


def holder(sku: str, switches: GatewaySwitches) -> Callable[[bytes], MessageBody]:
    """What makes the bodies of a tier."""
    return partial(Held, _LARGEST_HELD[family(sku)], switches.over_buffer_status)


class Held(MessageBody):
    """A body on a tier that holds so many bytes: reading or keeping a larger one is a fault."""

    __slots__ = ("_most", "_status")

    def __init__(self, most: int, status: int, content: bytes) -> None:
        self.octets = content
        self.consumed = False
        self._most = most
        self._status = status

    @property
    def most(self) -> float:
        return self._most

    def hold(self) -> None:
        if len(self.octets) > self._most:
            message = "Message payload is too large to buffer."
            raise PolicyFault("MessagePayloadTooLarge", message, status=self._status)

    def read(self, preserve_content: bool = False) -> bytes:
        self.hold()
        return super().read(preserve_content)


class Until(RelayedStream):
    """A streamed body that is cut when its time is up."""

    def __init__(self, body: AsyncIterator[bytes], clock: Clock, end: float) -> None:
        super().__init__(body)
        self._clock = clock
        self._end = end

    async def __anext__(self) -> bytes:
        try:
            with self._clock.timeout(self._end - self._clock.now()):
                chunk = await anext(self._body)
        except TimeoutError as error:
            raise self._over() from error
        if self._clock.now() > self._end:
            raise self._over()
        return chunk

    def _over(self) -> ConnectionResetError:
        return ConnectionResetError("the request took longer than the gateway's tier allows")
