"""The clients that Entra knows, in named values with room for many.

A named value holds 4,096 characters (Microsoft Learn, API Management limits), so that the ids are spread over
several by their first two digits. An id never moves from one to another while their number is the same, and
to add or remove one writes one value. Their names tell their number, so that a policy that reads as many as
there were goes on finding each client there while another number of them is written.
"""

import re
from collections.abc import Collection, Iterable

PREFIX = "apimlb-client-ids"
SHARD = re.compile(r"-client-ids-\d+(-of-\d+)?$")
"""How the names of these named values end, whatever their stack."""
EMPTY = "none"
"""A named value cannot be empty."""

COUNTS = (4, 16, 64, 256)
ROOM = 100
"""Ids in one named value; an id and its comma take 37 characters."""


def shard_count(clients: Iterable[str]) -> int:
    """How many named values the clients need; raises `ValueError` when the most are too few."""
    ids = {client.lower() for client in clients}
    for count in COUNTS:
        held = [shard_of(id, count) for id in ids]
        if all(held.count(shard) <= ROOM for shard in set(held)):
            return count
    raise ValueError(f"{len(ids)} clients are more than fit: list a group that they are in instead")


def shard_of(client: str, count: int) -> int:
    """The number of the named value that holds the client's id."""
    return int(client[:2], 16) * count // 256


def shard_name(shard: int, count: int) -> str:
    """The name of a named value, one of `count`."""
    return f"{PREFIX}-{shard}" if count == COUNTS[0] else f"{PREFIX}-{shard}-of-{count}"


def shard_names(count: int) -> tuple[str, ...]:
    """The names of so many named values, all that a policy reads."""
    return tuple(shard_name(shard, count) for shard in range(count))


def counts_in(names: Collection[str]) -> tuple[int, ...]:
    """Of how many named values there are all: of several numbers while a change of it is under way."""
    return tuple(count for count in COUNTS if {*shard_names(count)} <= {*names})


def in_shards(clients: Iterable[str]) -> dict[str, str]:
    """The clients by the named value that holds them, all that the policy reads."""
    ids = sorted({client.lower() for client in clients})
    count = shard_count(ids)
    held = {shard: [id for id in ids if shard_of(id, count) == shard] for shard in range(count)}
    return {shard_name(shard, count): written(ids) for shard, ids in held.items()}


def written(ids: Iterable[str]) -> str:
    """The ids as a named value holds them."""
    return ",".join(ids) or EMPTY


def read(value: str) -> list[str]:
    """The ids that a named value holds."""
    return [id for id in value.split(",") if id and id != EMPTY]
