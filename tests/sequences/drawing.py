"""A sequence out of a seed."""

import random
from collections.abc import Callable
from typing import Any

from apimlb.local.codes import CODES
from apimlb.stack.config import parse
from apimlb.stack.desired import resources
from apimlb.stack.resources import Resource
from tests.sequences.edits import FOREIGN, VALUES
from tests.sequences.moves import Move, Sequence
from tests.sequences.place import KEY_FROM
from tests.sequences.playing import named
from tests.stacks import MARK, POLICIES, SUBSCRIPTION

Json = dict[str, Any]
LOCATIONS = ("eastus2", "swedencentral", "westus3", "northcentralus")
CHAT = {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 300}
_MODELS = (("gpt-5.1", "2025-11-13"), ("gpt-5.4", "2026-03-05"), ("gpt-5", "2025-08-07"))
THEIRS = {
    "location": "westeurope",
    "name": "theirs",
    "endpoint": "https://others.openai.azure.com",
    "key_from": KEY_FROM,
}
"""An account that somebody else made, and what the file says of it."""
_APP = "0a0a0a0a-0000-4000-8000-00000000000{}"
_TIERS = ("gold", "silver", "default")
_PLENTY = {"tokens_per_minute": 10_000_000}
"""More than the clients of a life ever use."""
_SETTINGS = ("bare_host", "accept_retry_after", "backend_header", "stream_usage", "adapt_parameters")
# A token that is refused is told at once, and so is a right that is missing.
_CODES = sorted(
    CODES.keys() - {"temporarily_unavailable", "ExpiredAuthenticationToken", "AuthorizationFailed"}
)


def draw(seed: int, longest: int = 12) -> Sequence:
    """Between three and `longest` moves behind the start."""
    drawing = _Drawing(random.Random(f"sequence/{seed}"))
    count = drawing.rng.randint(3, longest)
    first = drawing.start()
    # Most of what can go wrong takes a stack that is there.
    before = [Move("deploy")] if drawing.rng.random() < 0.8 else []
    moves = [drawing.move() for _ in range(count)]
    return (first, *before, *(move for move in moves if move is not None))


class _Drawing:
    """The file as it will be when the next move comes, and what is drawn by it."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.file: Json = {}
        self._moves: dict[Callable[[], Move | None], int] = {
            self._deploy: 30,
            self._file: 24,
            self._set_capacity: 5,
            self._edit: 16,
            self._delete: 8,
            self._foreign: 5,
            self._namesake: 4,
            self._fault: 12,
            self._destroy: 6,
            self._key: 4,
            self._wait: 6,
            self._drain: 5,
            self._team: 3,
            self._clients: 4,
            self._together: 3,
            self._elsewhere: 2,
        }

    def start(self) -> Move:
        chance = self.rng.random
        self.file = {
            "strategy": self.rng.choice(["backend-pool", "retry"]),
            "accounts": self._accounts(),
            "deployments": {"chat": dict(CHAT)},
        }
        options = {
            "late": chance() < 0.8,
            "adverse": chance() < 0.4,
            "slow": chance() < 0.4,
            "stale": chance() < 0.3,
            "gateways": self.rng.choice([1, 1, 2]),
        }
        return Move("start", {**options, "seed": self.rng.getrandbits(16), "file": dict(self.file)})

    def move(self) -> Move | None:
        [made] = self.rng.choices(list(self._moves), list(self._moves.values()))
        return made()

    def _deploy(self) -> Move:
        arguments: Json = self._kill(0.35)
        if self.rng.random() < 0.15:
            arguments["prune"] = False
        if self.rng.random() < 0.6:
            arguments["on_soft_deleted"] = self.rng.choice(["purge", "restore"])
        return Move("deploy", arguments)

    def _kill(self, share: float) -> Json:
        if self.rng.random() > share:
            return {}
        writes = self.rng.random() < 0.6
        at = self.rng.randint(1, 60 if writes else 140)
        if self.rng.random() < 0.4:
            at = self.rng.randint(1, 12)
        return {"kill": {"at": at, "writes": writes, "applied": self.rng.random() < 0.5}}

    def _file(self) -> Move:
        changes: list[Callable[[], Json]] = [
            lambda: {"accounts": self._accounts()},
            lambda: {"accounts": self._accounts()},
            lambda: {"strategy": self.rng.choice(["backend-pool", "retry"])},
            lambda: {"deployments": self._deployments()},
            lambda: {"deployments": self._deployments()},
            lambda: {self.rng.choice(_SETTINGS): self.rng.random() < 0.5},
            lambda: {"audiences": self.rng.sample(["https://ai.azure.com", "api://ours"], 1)},
            lambda: {"allowed_origins": self.rng.choice([[], ["https://app.example"]])},
            lambda: {"clients": [_APP.format(n) for n in range(self.rng.randint(0, 4))]},
            lambda: {"publisher_email": self.rng.choice(["a@example.com", "b@example.com"])},
            lambda: {"tier": self.rng.choice(["BasicV2", "StandardV2"])},
            lambda: {
                "tiers": {name: dict(_PLENTY) for name in self.rng.sample(_TIERS, self.rng.randint(0, 2))}
            },
        ]
        changed = self.rng.choice(changes)()
        self.file |= changed
        return Move("file", changed)

    def _accounts(self) -> list[Json]:
        chosen = self.rng.sample(LOCATIONS, self.rng.choice([1, 2, 2, 3, 3, 4]))
        accounts: list[Json] = [{"location": place} for place in chosen]
        if self.rng.random() < 0.3:
            self.rng.choice(accounts)["priority"] = 2
        if self.rng.random() < 0.2:
            self.rng.choice(accounts)["weight"] = 3
        if self.rng.random() < 0.15:
            accounts.append(dict(THEIRS))
        return accounts

    def _deployments(self) -> Json:
        model, version = self.rng.choice(_MODELS)
        # Enough for the clients, whatever the accounts do; what has no capacity has thirty at first.
        chat = {"model": model, "version": version, "capacity": self.rng.choice([200, 300, 400])}
        made: Json = {"chat": chat}
        if self.rng.random() < 0.4:
            made["other"] = {"model": "text-embedding-3-small", "version": "1"}
        return made

    def _set_capacity(self) -> Move:
        account = self.rng.choice(["", *(named(each) for each in self.file["accounts"])])
        capacity = self.rng.choice([150, 250, 350, 100_000])
        return Move("set_capacity", {"capacity": capacity, "account": account, **self._kill(0.3)})

    def _edit(self) -> Move | None:
        resource = self._resource()
        fields = sorted(VALUES.get(resource.type.lower(), ()))
        return Move("edit", {"label": resource.label, "field": self.rng.choice(fields)}) if fields else None

    def _resource(self) -> Resource:
        wanted = resources(parse(self.file), SUBSCRIPTION, POLICIES, MARK)
        kind = self.rng.choice(sorted({each.type for each in wanted}))
        return self.rng.choice([each for each in wanted if each.type == kind])

    def _delete(self) -> Move:
        return Move("delete", {"label": self._resource().label})

    def _foreign(self) -> Move:
        return Move("foreign", {"what": self.rng.choice(sorted(FOREIGN))})

    def _namesake(self) -> Move:
        return Move("namesake", {"label": self._resource().label})

    def _fault(self) -> Move:
        count, skip = self.rng.randint(1, 4), self.rng.choice([0, 0, 3, 10, 30, 60])
        where: Json = {"plane": "arm", "method": self.rng.choice(["*", "PUT", "PUT", "GET", "DELETE"])}
        if self.rng.random() < 0.5:
            kinds = ("*/accounts/*", "*/service/*", "*/deployments/*", "*/backends/*", "*/apis/*")
            where["url"] = self.rng.choice(kinds)
        troubles: list[Json] = [
            {"code": self.rng.choice(_CODES), "applied": self.rng.random() < 0.5},
            {"status": self.rng.choice([429, 500, 502, 503]), "applied": self.rng.random() < 0.3},
            {"reset": True, "applied": self.rng.random() < 0.5},
            {"operation": self.rng.choice(["failed", "canceled", "vanished", "garbage"]), "method": "PUT"},
            {"operation": "failed", "code": "InternalServerError", "method": "PUT"},
            {"delay": self.rng.choice([5.0, 100.0])},
            {"plane": "openai", "method": "*", "url": "*", "status": self.rng.choice([429, 500, 503])},
            {"plane": "openai", "method": "*", "url": "*", "reset": True},
            {"plane": "gateway", "method": "*", "url": "*", "status": self.rng.choice([404, 500, 503])},
        ]
        trouble = self.rng.choice(troubles)
        return Move("fault", {"count": count, "skip": skip, **where, **trouble})

    def _destroy(self) -> Move:
        return Move("destroy", {"purge": self.rng.random() < 0.5, **self._kill(0.5)})

    def _key(self) -> Move:
        return Move("key", {"state": self.rng.choice(["suspended", "cancelled", "active", "active"])})

    def _drain(self) -> Move:
        account = named(self.rng.choice(self.file["accounts"]))
        return Move("drain", {"account": account, "out": self.rng.random() < 0.6})

    def _team(self) -> Move:
        return Move("team", {"act": self.rng.choice(["create", "create", "rotate", "cancel", "delete"])})

    def _clients(self) -> Move:
        act = self.rng.choice(["add", "add", "remove"])
        return Move("clients", {"act": act, "id": _APP.format(self.rng.randint(0, 1))})

    def _together(self) -> Move:
        if self.rng.random() < 0.3:
            return Move("together")
        changes: list[Callable[[], Json]] = [
            lambda: {"accounts": self._accounts()},
            lambda: {"strategy": self.rng.choice(["backend-pool", "retry"])},
            lambda: {"deployments": self._deployments()},
        ]
        return Move("together", {"machines": 2, "changes": self.rng.choice(changes)()})

    def _elsewhere(self) -> Move:
        return Move("elsewhere", {"location": self.rng.choice(["swedencentral", "westus3"])})

    def _wait(self) -> Move:
        return Move("wait", {"seconds": self.rng.choice([5, 60, 600, 4000, 200_000])})
