"""Answers of the Responses API that an account keeps: to be gone on from, and to be read again.

Microsoft Learn, Azure OpenAI Responses API: an answer is kept for 30 days unless the request said `store:
false`, or until it is deleted. What the account keeps here lives as long as the process, and is bounded.
"""

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from apimlb.clock import Clock
from apimlb.local.openai import bodies, refusals
from apimlb.local.openai.ask import Ask

Json = dict[str, Any]

_SECONDS = 30 * 86400.0
_MOST = 1000
_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as JSON, what was asked with as JSON, the tokens of both, and when it is forgotten."""

    answer: bytes
    asked: bytes
    tokens: int
    until: float

    @property
    def size(self) -> int:
        return len(self.answer) + len(self.asked)


class Answers:
    """What the accounts keep, by account (ARM id) and the answer's id; the latest of all, up to a bound."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._size = 0

    def keep(self, account: str, answer: Json, ask: Ask) -> None:
        said, asked = bodies.dump(answer).encode(), json.dumps(ask.body.get("input")).encode()
        kept = Kept(said, asked, answer["usage"]["total_tokens"], self._clock.now() + _SECONDS)
        self._drop((account, answer["id"]))
        self._kept[account, answer["id"]] = kept
        self._size += kept.size
        while len(self._kept) > _MOST or self._size > _MOST_BYTES:
            self._drop(next(iter(self._kept)))

    def find(self, account: str, id: str) -> Kept | None:
        kept = self._kept.get((account, id))
        return kept if kept is not None and kept.until > self._clock.now() else None

    def context(self, account: str, body: Json) -> int:
        """The tokens that the question goes on from: those of the answer that it names, and all before it."""
        kept = self.find(account, str(body.get("previous_response_id")))
        return kept.tokens if kept is not None else 0

    def require_previous(self, account: str, body: Json) -> None:
        """Raise `Refused` with a 400 for a question that goes on from an answer that is not here."""
        id = body.get("previous_response_id")
        if id is not None and self.find(account, str(id)) is None:
            raise refusals.no_previous_answer(str(id))

    def read(self, account: str, id: str) -> Json:
        """The answer of this id; raises `Refused` with a 404."""
        found: Json = json.loads(self._require(account, id).answer)
        return found

    def items(self, account: str, id: str) -> Json:
        """What the question of the answer of this id was made of; raises `Refused` with a 404."""
        asked = json.loads(self._require(account, id).asked)
        given = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
        items = [_item(id, place, item) for place, item in enumerate(given)]
        ends = {"first_id": items[0]["id"], "last_id": items[-1]["id"]}
        return {"object": "list", "data": items, **ends, "has_more": False}

    def delete(self, account: str, id: str) -> Json:
        """Forget the answer of this id; raises `Refused` with a 404."""
        self._require(account, id)
        self._drop((account, id))
        return {"id": id, "object": "response", "deleted": True}

    def cancel(self, account: str, id: str) -> Json:
        """The answer of this id, which is made by the time that anybody could call it off; raises `Refused`
        with a 404, or with a 400 for one that was not made in the background (OpenAI, Cancel a response)."""
        found = self.read(account, id)
        if not found["background"]:
            raise refusals.not_in_background()
        return found

    def _drop(self, key: tuple[str, str]) -> None:
        kept = self._kept.pop(key, None)
        self._size -= kept.size if kept is not None else 0

    def _require(self, account: str, id: str) -> Kept:
        found = self.find(account, id)
        if found is None:
            raise refusals.no_answer(id)
        return found


def _item(id: str, place: int, given: Any) -> Json:
    item = given if isinstance(given, dict) else {"role": "user", "content": str(given)}
    content = item.get("content")
    if isinstance(content, str):
        content = [{"type": "input_text", "text": content}]
    named = {"id": f"msg_{id.removeprefix('resp_')}_{place}", "type": "message", "status": "completed"}
    return {**named, **item, "content": content}
