"""What the model says: chosen by the seed and the request alone, so that the same question gets the same
answer."""

import hashlib
import json
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apimlb.local.openai import schema, text
from apimlb.local.openai.ask import Ask
from apimlb.local.openai.models import Model
from apimlb.local.openai.switches import Settings

# What changes how an answer is sent, but not what it says.
_DELIVERY = {"stream", "stream_options", "user", "metadata", "store"}
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer in tokens; with `tool` they are the arguments of a call to that function."""

    pieces: tuple[str, ...]
    finish_reason: str
    tool: str = ""
    tool_id: str = ""

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Answer:
    """All choices with what every body and chunk of the response repeats; `created` in whole seconds."""

    id: str
    created: int
    model: str
    fingerprint: str
    prompt_tokens: int
    choices: tuple[Choice, ...]

    @property
    def completion_tokens(self) -> int:
        return sum(len(choice.pieces) for choice in self.choices)


def compose(ask: Ask, model: Model, settings: Settings, now: float) -> Answer:
    """The answer to `ask` at the time `now`."""
    if settings.filler:
        return _filled(ask, model, settings, now)
    rng = chance(ask.body, settings.seed)
    id = "".join(rng.choices(_ALPHABET, k=29))
    count = ask.choices * _prompts(ask.body)
    bounds = settings.answer_tokens
    if settings.fills_limit and ask.limit is not None:
        bounds = (ask.limit, ask.limit)
    choices = tuple(_choice(ask, rng, bounds) for _ in range(count))
    fingerprint = hashlib.sha256(model.snapshot.encode()).hexdigest()[:10]
    return Answer(id, int(now), model.snapshot, f"fp_{fingerprint}", ask.prompt_tokens, choices)


def filled(limit: int | None, settings: Settings) -> int:
    """The tokens of an answer that is filler, where max_tokens is `limit`."""
    return settings.answer_tokens[1] if limit is None else max(1, math.ceil(limit * settings.filler))


def _filled(ask: Ask, model: Model, settings: Settings, now: float) -> Answer:
    """An answer of the right length that says nothing."""
    count = filled(ask.limit, settings)
    choice = Choice((" and",) * count, "length" if count == ask.limit else "stop")
    id = f"{settings.seed:09d}{int(now * 1e6):020d}"
    return Answer(id, int(now), model.snapshot, "fp_filler", ask.prompt_tokens, (choice,) * ask.choices)


def chance(body: Mapping[str, Any], seed: int) -> random.Random:
    """The random source that belongs to a request."""
    said = {name: value for name, value in body.items() if name not in _DELIVERY}
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(f"{seed}\n{canonical}".encode()).digest()
    return random.Random(digest)


def _choice(ask: Ask, rng: random.Random, bounds: tuple[int, int]) -> Choice:
    tool = _wanted_tool(ask.body)
    if tool is not None:
        arguments = json.dumps(schema.instance(tool.get("parameters") or {"type": "object"}, rng))
        return _cut(
            _split(arguments), ask.limit, "stop", str(tool.get("name", "")), f"{rng.getrandbits(96):024x}"
        )
    shape = _wanted_schema(ask.body)
    if shape is not None:
        return _cut(_split(json.dumps(schema.instance(shape, rng))), ask.limit, "stop")
    wanted = rng.randint(*bounds)
    if ask.limit is not None and ask.limit < wanted:
        return Choice(tuple(text.begun(rng, ask.limit)), "length")
    return Choice(tuple(text.answer(rng, wanted)), "stop")


def _cut(pieces: list[str], limit: int | None, reason: str, tool: str = "", tool_id: str = "") -> Choice:
    if limit is not None and limit < len(pieces):
        pieces, reason = pieces[:limit], "length"
    return Choice(tuple(pieces), reason, tool, f"call_{tool_id}" if tool else "")


def _split(written: str) -> list[str]:
    return [written[start : start + 4] for start in range(0, len(written), 4)]


def _prompts(body: Mapping[str, Any]) -> int:
    """The prompts of one completions request: a list of texts or of token lists is as many."""
    prompt = body.get("prompt")
    if isinstance(prompt, list) and prompt and not isinstance(prompt[0], int):
        return len(prompt)
    return 1


def _wanted_tool(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The function that the model must call; None where it is free to talk, and then it talks."""
    choice = body.get("tool_choice")
    functions = [_function(tool) for tool in body.get("tools") or () if isinstance(tool, dict)]
    if choice == "required":
        return functions[0] if functions else None
    if isinstance(choice, dict):
        name = _function(choice).get("name")
        return next((function for function in functions if name and function.get("name") == name), None)
    return None


def _function(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    """A tool's function: of its own in chat, the tool itself in responses."""
    function = tool.get("function")
    return function if isinstance(function, dict) else tool


def _wanted_schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The schema that the answer must have, of chat's response_format or responses' text.format."""
    shape = body.get("response_format") or (body.get("text") or {}).get("format")
    shape = shape if isinstance(shape, dict) else {}
    kind = shape.get("type")
    if kind == "json_object":
        return {"type": "object", "properties": {"answer": {"type": "string"}}}
    if kind != "json_schema":
        return None
    stated = shape.get("json_schema") or shape
    found = stated.get("schema") if isinstance(stated, dict) else None
    return found if isinstance(found, dict) else {"type": "object"}
