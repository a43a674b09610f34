"""A recording played to the local ARM: the same requests, word for word, and what it answers."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from apimlb.http import Headers, Request
from apimlb.local.arm.settings import ArmSettings
from tests.contract.likeness import ELIDED, Likeness
from tests.contract.shared import folder
from tests.fakes import ManualClock
from tests.unit.local.arm.scene import OWNER, Answer, Scene, answered

Json = dict[str, Any]
Number = int | str
NOBODY = "00000000-0000-0000-0000-000000000000"
"""The subscription of every recording, and the tenant of most."""

# Headers whose presence says something, and those whose value does too.
_PRESENT = ("Azure-AsyncOperation", "Location", "Retry-After", "ETag", "Content-Type", "x-ms-failure-cause")
_EQUAL = ("Retry-After", "Content-Type", "x-ms-failure-cause")
_NUMBER = re.compile(r"/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\?|$)")
_URL = re.compile(r"(?:https://)?management\.azure\.com")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened and was not copied: a request, or time that went by (`method` "")."""

    method: str = ""
    path: str = ""
    body: Json | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Script:
    """How a recording is played: what comes `before` an exchange, the `bodies` that were not copied, the
    exchanges that are `left_out`, texts that stand for others in it (`here`), and the places at which an
    answer may differ (`excused`: a pattern over "number place", with the reason)."""

    before: Mapping[Number, Sequence[Step]] = field(default_factory=dict)
    bodies: Mapping[Number, Json] = field(default_factory=dict)
    left_out: Mapping[Number, str] = field(default_factory=dict)
    here: Mapping[str, str] = field(default_factory=dict)
    excused: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Exchange:
    """A recorded exchange with the local answer and what differs."""

    recorded: Json
    answer: Answer
    at: float
    problems: list[str] = field(default_factory=list)


class Replay:
    """Plays one recording from its first exchange to its last; `exchanges` then holds them by number, and
    `needed` the excuses that something needed."""

    def __init__(self, name: str, script: Script) -> None:
        text = (folder() / "recordings" / f"{name}.json").read_text()
        for there, here in script.here.items():
            text = text.replace(there, here)
        document = json.loads(text)
        self.script = script
        self.recorded: list[Json] = document["exchanges"]
        day = datetime.fromisoformat(document["recorded"][:10]).replace(tzinfo=UTC)
        settings = ArmSettings(NOBODY, NOBODY, owner_id=OWNER.principal_id, lro="realistic")
        person = replace(OWNER, kind="User")
        self.scene = Scene(settings, clock=ManualClock(day.timestamp()), caller=person)
        self.likeness = Likeness()
        self.exchanges: dict[Number, Exchange] = {}
        self.needed: set[str] = set()
        self._urls: dict[str, str] = {}

    async def play(self) -> "Replay":
        for item in self.recorded:
            for step in self.script.before.get(item["n"], ()):
                await self._perform(step)
            if item["n"] not in self.script.left_out:
                await self._exchange(item)
        return self

    async def _perform(self, step: Step) -> None:
        if not step.method:
            self.scene.clock.advance(step.seconds)
            return
        made = await self._send(step.method, f"https://management.azure.com{step.path}", {}, step.body)
        assert made.status < 300, (step.path, made.json)

    async def _exchange(self, item: Json) -> None:
        url = self._urls.get(_bare(item["url"])) or "https://" + _bare(item["url"])
        body = self.script.bodies.get(item["n"], item["request_body"])
        if body is not None:
            body = json.loads(self.likeness.translated(json.dumps(body)))
        answer = await self._send(
            item["method"], self.likeness.translated(url), item["request_headers"], body
        )
        done = self.exchanges[item["n"]] = Exchange(item, answer, self.scene.clock.now())
        found = [*self._headers(item, answer), *self._body(item, answer)]
        done.problems = [text for text in found if not self._excuse(f"{item['n']} {text}")]

    def _excuse(self, text: str) -> bool:
        patterns = [pattern for pattern in self.script.excused if re.match(pattern, text)]
        self.needed.update(patterns)
        return bool(patterns)

    async def _send(self, method: str, url: str, headers: Mapping[str, str], body: Json | None) -> Answer:
        sent = Headers([("Authorization", "Bearer good"), *headers.items()])
        content = b"" if body is None else json.dumps(body).encode()
        return await answered(await self.scene.plane.send(Request(method, url, sent, content)))

    def _headers(self, item: Json, answer: Answer) -> list[str]:
        wanted, problems = Headers(item["response_headers"].items()), []
        if answer.status != item["status"]:
            problems.append(f"status: {answer.status} instead of {item['status']}")
        for name in _PRESENT:
            one, other = wanted.get(name), answer.headers.get(name)
            if (one is None) != (other is None) or (name in _EQUAL and one != other):
                problems.append(f"header {name}: {other!r} instead of {one!r}")
        for name in ("Azure-AsyncOperation", "Location"):
            problems += self._follow(name, wanted.get(name), answer.headers.get(name))
        etags = (wanted.get("ETag"), answer.headers.get("ETag"))
        if etags[0] and etags[1] and not self.likeness.pair(etags[0], etags[1]):
            problems.append(f"header ETag: {etags[1]} does not stand for {etags[0]}")
        return problems

    def _follow(self, name: str, wanted: str | None, found: str | None) -> list[str]:
        """Remember where the recorded URL is here; all but the operation's number must be the same."""
        if not wanted or not found:
            return []
        self._urls[_bare(wanted)] = found
        numbers = [_NUMBER.search(url) for url in (wanted, found)]
        if numbers[0] and numbers[1]:
            self.likeness.pair(numbers[0].group(1), numbers[1].group(1))
        one, other = _without_number(wanted), _without_number(found)
        return [] if one == other else [f"header {name}: {found} instead of {wanted}"]

    def _body(self, item: Json, answer: Answer) -> list[str]:
        wanted = self.body_of(item)
        if wanted == "":
            return [] if answer.body == b"" else [f"body: {answer.body[:80]!r} instead of nothing"]
        if not answer.body:
            return ["body: nothing"]
        return list(self.likeness.differences(wanted, answer.json))

    def body_of(self, item: Json) -> Any:
        """The recorded body, also of an exchange that only says which one it is the same as."""
        body = item["response_body"]
        if isinstance(body, dict) and "$same_as" in body:
            return self.body_of(next(other for other in self.recorded if other["n"] == body["$same_as"]))
        return body

    def elided(self, number: Number) -> bool:
        """Whether the recording has no body at all for the exchange."""
        body = self.body_of(next(item for item in self.recorded if item["n"] == number))
        return isinstance(body, dict) and ELIDED in body


def _bare(url: str) -> str:
    return _URL.sub("management.azure.com", url)


def _without_number(url: str) -> str:
    """The URL without what is drawn or derived anew for every operation."""
    url = re.sub(r"(?i)(operations?(?:statuses|results))/[^?]+", r"\1/*", url)
    return re.sub(r"asyncId=\w+", "asyncId=*", url)
