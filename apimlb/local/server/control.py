"""The local Azure's own paths at the ARM port: what it says of itself, and what tests do to it.

    GET    /apimlb/status         what accounts and breakers have seen, the number of faults, the clock
    POST   /apimlb/stop           needs the header x-apimlb-stop
    GET    /apimlb/faults         the faults that were ordered, with how often each has happened
    POST   /apimlb/faults         order one: the fields of `apimlb.local.faults.Fault`
    DELETE /apimlb/faults[/{id}]  take all or one back
    GET    /apimlb/clock          where the clock stands
    POST   /apimlb/clock          {"move": "freeze" | "resume" | "advance", "seconds": 30}
    PUT    /apimlb/accounts/{name}  make one account behave otherwise: `apimlb.local.openai.adjustment`
    DELETE /apimlb/accounts/{name}  let it behave as all do
    GET    /apimlb/records        what policies would have told other services of Azure, oldest first
    DELETE /apimlb/records        forget them
    PUT    /apimlb/connections/{provider}/{connection}  make one: {"access_token", "claims"}
    DELETE /apimlb/connections/{provider}/{connection}  let it be gone
    PUT    /apimlb/safety         what content safety finds: `apimlb.local.safety.plane.read_rules`
    POST   /apimlb/token          {"audience", "kind", "id", "seconds", "version", "flaws"}

But for the first two they need the header x-apimlb-control with the owner's secret, which only who may read
endpoint.json knows: another user of the machine does not, nor does a page in a browser.
"""

import hmac
import json
import math
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any
from urllib.parse import unquote

from apimlb.clock import Clock, isoformat
from apimlb.errors import ApimlbError, ConfigError, NotFoundError, meant
from apimlb.http import Headers, Request, Response, last_segment
from apimlb.local.entra.forgery import FLAWS
from apimlb.local.entra.tokens import Version
from apimlb.local.faults import Fault, Order
from apimlb.local.openai.access import ACCOUNT_KIND
from apimlb.local.openai.adjustment import adjusted
from apimlb.local.principals import find
from apimlb.local.safety.plane import read_rules
from apimlb.local.store import Document, Store
from apimlb.local.world import World
from apimlb.numerals import is_digits
from apimlb.policy.apim.credentials import Authorization
from apimlb.wall_clock import AdjustableClock, Reading

PREFIX = "/apimlb/"
CONTROL_HEADER = "x-apimlb-control"
# A web page can make a browser post to this machine, but not with a header of its own.
STOP_HEADER = "x-apimlb-stop"

_CLOCK_ID = "/apimlb/clocks/current"
_YEARS = 100 * 365.25 * 86400

Json = dict[str, Any]


def kept_clock(store: Store, ground: Clock) -> AdjustableClock:
    """The clock as it stood in the state: what was written under a clock that was ahead must not lie in the
    future after a restart."""
    kept = store.get(_CLOCK_ID)
    return AdjustableClock(ground, Reading(**kept.body) if kept else Reading())


class Control:
    """Answers the paths under /apimlb/; `stop` is called when somebody asks for the end."""

    def __init__(self, world: World, clock: AdjustableClock, stop: Callable[[], None]) -> None:
        self._world = world
        self._clock = clock
        self._stop = stop
        self._guarded: dict[tuple[str, str], Callable[[str, Json], tuple[int, Any]]] = {
            ("GET", "faults"): self._list_faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._remove_faults,
            ("GET", "clock"): self._show_clock,
            ("POST", "clock"): self._move_clock,
            ("PUT", "accounts"): self._adjust,
            ("DELETE", "accounts"): self._restore,
            ("GET", "records"): self._list_records,
            ("DELETE", "records"): self._clear_records,
            ("PUT", "connections"): self._connect,
            ("DELETE", "connections"): self._disconnect,
            ("PUT", "safety"): self._order_safety,
            ("POST", "token"): self._mint,
        }

    async def send(self, request: Request) -> Response:
        noun, _, rest = request.path.removeprefix(PREFIX).partition("/")
        if noun == "status" and request.method == "GET":
            return _json(200, self._status())
        if noun == "stop":
            return self._end(request)
        answer = self._guarded.get((request.method, noun))
        if answer is None:
            return _json(404, {"what": f"there is no {request.method} {request.path}"})
        if not self._is_owner(request):
            return _json(403, {"what": f"the header {CONTROL_HEADER} must hold the owner's secret"})
        try:
            return _json(*answer(rest, _read(request)))
        except ApimlbError as error:
            said = {"what": error.what, "where": error.where, "next_step": error.next_step}
            return _json(404 if isinstance(error, NotFoundError) else 400, said)

    def _status(self) -> Json:
        open_faults = sum(order.open for order in self._world.faults)
        return {**self._world.status(), "faults": open_faults, "clock": self._standing()}

    def _is_owner(self, request: Request) -> bool:
        secret = self._world.settings.owner.secret
        told = request.headers.get(CONTROL_HEADER) or ""
        return bool(secret) and hmac.compare_digest(told.encode(), secret.encode())

    def _end(self, request: Request) -> Response:
        if request.method != "POST" or STOP_HEADER not in request.headers:
            return _json(405, {"what": f"POST with the header {STOP_HEADER} stops the local Azure"})
        self._stop()
        return _json(202, {"stopping": True})

    def _list_faults(self, rest: str, asked: Json) -> tuple[int, Any]:
        return 200, [_shown(order) for order in self._world.faults]

    def _add_fault(self, rest: str, asked: Json) -> tuple[int, Any]:
        return 201, _shown(self._world.faults.add(_fault(asked)))

    def _remove_faults(self, rest: str, asked: Json) -> tuple[int, Any]:
        if not rest:
            return 200, {"cleared": self._world.faults.clear()}
        if not is_digits(rest):
            raise NotFoundError(f"There is no fault {rest}.", next_step="See `apimlb local fault list`.")
        self._world.faults.remove(int(rest))
        return 200, {"cleared": 1}

    def _show_clock(self, rest: str, asked: Json) -> tuple[int, Any]:
        return 200, self._standing()

    def _standing(self) -> Json:
        """Where the clock stands: as Azure writes it, in epoch seconds, and against this machine's."""
        reading, now = self._clock.reading(), self._clock.now()
        return {
            "now": isoformat(now),
            "epoch": now,
            "frozen": reading.frozen is not None,
            "ahead": round(reading.ahead, 3),
        }

    def _move_clock(self, rest: str, asked: Json) -> tuple[int, Any]:
        match asked.get("move"):
            case "freeze":
                self._clock.freeze()
            case "resume":
                self._clock.resume()
            case "advance":
                self._clock.advance(_seconds(asked.get("seconds"), "the clock"))
            case other:
                raise ConfigError(f"A clock cannot {other}.", next_step="Give freeze, resume or advance.")
        self._world.store.put(Document(_CLOCK_ID, "apimlb/clocks", asdict(self._clock.reading())))
        # The data planes look at what ARM has brought to its end, and nobody may be asking ARM.
        self._world.arm.ripen()
        return 200, self._standing()

    def _list_records(self, rest: str, asked: Json) -> tuple[int, Any]:
        return 200, [asdict(record) for record in self._world.records]

    def _clear_records(self, rest: str, asked: Json) -> tuple[int, Any]:
        return 200, {"cleared": self._world.records.clear()}

    def _order_safety(self, rest: str, asked: Json) -> tuple[int, Any]:
        self._world.safety.rules = read_rules(asked)
        return 200, asked

    def _connect(self, rest: str, asked: Json) -> tuple[int, Any]:
        token, claims = asked.get("access_token"), asked.get("claims", {})
        if not isinstance(token, str) or not isinstance(claims, dict):
            raise ConfigError("a connection holds an access_token, a text, and perhaps claims, an object")
        self._world.connections.keep(*_connection(rest), Authorization(token, claims))
        return 200, asked

    def _disconnect(self, rest: str, asked: Json) -> tuple[int, Any]:
        self._world.connections.keep(*_connection(rest), None)
        return 200, {}

    def _adjust(self, rest: str, asked: Json) -> tuple[int, Any]:
        self._world.openai.adjust(self._account(rest), adjusted(self._world.settings.openai, asked))
        return 200, asked

    def _restore(self, rest: str, asked: Json) -> tuple[int, Any]:
        self._world.openai.adjust(self._account(rest), None)
        return 200, {}

    def _account(self, name: str) -> str:
        """The name of an account that is there; raises `NotFoundError`."""
        name = unquote(name)
        names = [last_segment(document.id) for document in self._world.store.of_kind(ACCOUNT_KIND)]
        if name.lower() not in map(str.lower, names):
            alike = [each for each in names if name.lower() in each.lower()]
            near = f" Did you mean {alike[0]}?" if len(alike) == 1 else meant(name, names)
            known = f"{near} There are {', '.join(names)}." if names else "Run `apimlb deploy --local` first."
            raise NotFoundError(f"There is no account {name}.", next_step=known.lstrip())
        return name

    def _mint(self, rest: str, asked: Json) -> tuple[int, Any]:
        world = self._world
        flaws = asked.get("flaws") or []
        version: Version = asked.get("version") or "1.0"
        if not set(flaws) <= set(FLAWS) or version not in ("1.0", "2.0"):
            known = f"Flaws are {', '.join(FLAWS)}; versions 1.0 and 2.0."
            raise ConfigError("A token cannot be made that way.", where="the token", next_step=known)
        if not asked.get("audience"):
            raise ConfigError("A token is for somebody.", where="the token", next_step="Give an audience.")
        who = find(
            world.store, world.settings.owner, asked.get("kind") or "owner", str(asked.get("id") or "")
        )
        seconds = _seconds(asked.get("seconds", 3599), "the token")
        return 200, {
            "token": world.entra.mint(
                who, str(asked["audience"]), seconds=seconds, version=version, flaws=flaws
            )
        }


def _connection(rest: str) -> tuple[str, str]:
    provider, _, connection = rest.partition("/")
    if not provider or not connection:
        raise NotFoundError("a connection has a provider", next_step="name it {provider}/{connection}")
    return unquote(provider), unquote(connection)


def _read(request: Request) -> Json:
    try:
        asked = json.loads(request.body or b"{}")
    except ValueError as error:
        raise ConfigError("the body is not JSON", where=request.path) from error
    if not isinstance(asked, dict):
        raise ConfigError("the body is not an object", where=request.path)
    return asked


def _fault(asked: Json) -> Fault:
    """The fault that the JSON describes; raises `ConfigError`."""
    known = {each.name: type(each.default) for each in fields(Fault)}
    for name, value in asked.items():
        if name not in known:
            raise ConfigError(f"a fault has no {name!r}", next_step=f"it has {', '.join(known)}")
        allowed = (int, float) if known[name] is float else list if name == "headers" else known[name]
        if not isinstance(value, allowed) or (isinstance(value, bool) and known[name] is not bool):
            raise ConfigError(f"a fault's {name} cannot be {value!r}")
    headers = tuple(tuple(map(str, pair)) for pair in asked.get("headers", ()))
    if any(len(pair) != 2 for pair in headers):
        raise ConfigError("a fault's headers are pairs of a name and a value")
    return Fault(**{**asked, "headers": headers})


def _shown(order: Order) -> Json:
    return {"id": order.id, "happened": order.happened, **asdict(order.fault)}


def _seconds(value: object, where: str) -> float:
    """A length of time; raises `ConfigError` for one that is none or longer than a century."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"{value!r} is not a number of seconds", where=where)
    if not 0 <= value <= _YEARS or math.isnan(value):
        raise ConfigError(f"{value} seconds are not from 0 to a century", where=where)
    return float(value)


def _json(status: int, body: object) -> Response:
    return Response(status, Headers([("Content-Type", "application/json")]), json.dumps(body).encode())
