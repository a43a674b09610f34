"""Answers as the chat, completions and embeddings operations write them, whole and in server-sent events.

Shapes: the inference document of stable/2024-10-21 and captures of live traffic.
"""

import base64
import hashlib
import json
import math
import re
import struct
from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apimlb.local.openai import tokens
from apimlb.local.openai.answer import Answer, Choice
from apimlb.local.openai.ask import Ask
from apimlb.local.openai.models import Model

Json = dict[str, Any]

DONE = b"data: [DONE]\n\n"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_MOST_DIMENSIONS = 4096
_WORD = re.compile(r"\w+")

_SAFE = {"filtered": False, "severity": "safe"}
_UNSEEN = {"filtered": False, "detected": False}
_HARMS = {"hate": _SAFE, "self_harm": _SAFE, "sexual": _SAFE, "violence": _SAFE}
_ANSWER_FILTER = {**_HARMS, "protected_material_code": _UNSEEN, "protected_material_text": _UNSEEN}
_PROMPT_FILTER = {**_HARMS, "jailbreak": _UNSEEN}
BLOCKED_FILTER: Json = {**_HARMS, "jailbreak": {"filtered": True, "detected": True}}
PROMPT_FILTER_RESULTS = [{"prompt_index": 0, "content_filter_results": _PROMPT_FILTER}]

# Azure's first event names nothing: it stands before the model has begun.
_FIRST_EVENT = {
    "choices": [],
    "created": 0,
    "id": "",
    "model": "",
    "object": "",
    "prompt_filter_results": PROMPT_FILTER_RESULTS,
}


def usage(prompt_tokens: int, completion_tokens: int) -> Json:
    """What is billed; nothing is ever cached, predicted or reasoned here."""
    return {
        "completion_tokens": completion_tokens,
        "completion_tokens_details": {
            "accepted_prediction_tokens": 0,
            "audio_tokens": 0,
            "reasoning_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
        "prompt_tokens": prompt_tokens,
        "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
        "total_tokens": prompt_tokens + completion_tokens,
    }


def chat(answer: Answer) -> Json:
    choices = [
        {
            "content_filter_results": _ANSWER_FILTER,
            "finish_reason": _finish(choice),
            "index": index,
            "logprobs": None,
            "message": _message(choice),
        }
        for index, choice in enumerate(answer.choices)
    ]
    return _whole(answer, "chatcmpl-", "chat.completion", choices)


def completions(answer: Answer, body: Mapping[str, Any]) -> Json:
    echo = str(body.get("prompt", "")) if body.get("echo") else ""
    choices = [
        {
            "content_filter_results": _ANSWER_FILTER,
            "finish_reason": choice.finish_reason,
            "index": index,
            "logprobs": None,
            "text": echo + choice.text,
        }
        for index, choice in enumerate(answer.choices)
    ]
    return _whole(answer, "cmpl-", "text_completion", choices)


def embeddings(ask: Ask, model: Model, seed: int) -> tuple[Json, int]:
    """The body and its prompt tokens. Vectors have the length 1 in space, and inputs that share words lie
    near one another: each word is a direction, and a text the sum of its words."""
    asked = ask.body["input"]
    many = isinstance(asked, list) and asked and not isinstance(asked[0], int)
    inputs = asked if many else [asked]
    wanted = ask.body.get("dimensions")
    dimensions = wanted if isinstance(wanted, int) and 0 < wanted <= _MOST_DIMENSIONS else model.dimensions
    encoded = ask.body.get("encoding_format") == "base64"
    data = [
        {
            "object": "embedding",
            "index": index,
            "embedding": _vector(item, seed, dimensions, encoded),
        }
        for index, item in enumerate(inputs)
    ]
    count = sum(tokens.in_input(item) for item in inputs)
    billed = {"prompt_tokens": count, "total_tokens": count}
    return {"object": "list", "data": data, "model": model.name, "usage": billed}, count


def models(deployed: Iterable[Model]) -> Json:
    """The list of models that v1 gives; here of those that are deployed."""
    names = dict.fromkeys(model.snapshot for model in deployed)
    return {
        "object": "list",
        "data": [{"id": name, "object": "model", "created": 0, "owned_by": "system"} for name in names],
    }


def chat_events(answer: Answer, include_usage: bool) -> Iterator[bytes]:
    """Server-sent events of a streamed chat completion, without the closing [DONE]."""
    tail = _tail(answer, "chatcmpl-", "chat.completion.chunk", include_usage)
    yield event(_FIRST_EVENT)
    for index, choice in enumerate(answer.choices):
        yield _chat_event(tail, index, _opening(choice), {})
        for piece in choice.pieces:
            yield _chat_event(tail, index, _delta(choice, piece), _ANSWER_FILTER)
        yield _chat_event(tail, index, {}, {}, _finish(choice))
    if include_usage:
        yield _usage_event(answer, tail)


def completions_events(answer: Answer, include_usage: bool) -> Iterator[bytes]:
    """Server-sent events of a streamed completion, without the closing [DONE]."""
    tail = _tail(answer, "cmpl-", "text_completion", include_usage)
    yield event(_FIRST_EVENT)
    for index, choice in enumerate(answer.choices):
        for piece in choice.pieces:
            part = {"finish_reason": None, "index": index, "logprobs": None, "text": piece}
            yield event({"choices": [{"content_filter_results": _ANSWER_FILTER, **part}], **tail})
        part = {"finish_reason": choice.finish_reason, "index": index, "logprobs": None, "text": ""}
        yield event({"choices": [{"content_filter_results": {}, **part}], **tail})
    if include_usage:
        yield _usage_event(answer, tail)


def event(data: Json, name: str = "") -> bytes:
    """One server-sent event."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {dump(data)}\n\n".encode()


def dump(data: Json) -> str:
    return _ENCODER.encode(data)


def _whole(answer: Answer, prefix: str, kind: str, choices: list[Json]) -> Json:
    return {
        "choices": choices,
        "created": answer.created,
        "id": prefix + answer.id,
        "model": answer.model,
        "object": kind,
        "prompt_filter_results": PROMPT_FILTER_RESULTS,
        "system_fingerprint": answer.fingerprint,
        "usage": usage(answer.prompt_tokens, answer.completion_tokens),
    }


def _message(choice: Choice) -> Json:
    if not choice.tool:
        return {"annotations": [], "content": choice.text, "refusal": None, "role": "assistant"}
    function = {"arguments": choice.text, "name": choice.tool}
    call = {"function": function, "id": choice.tool_id, "type": "function"}
    return {
        "annotations": [],
        "content": None,
        "refusal": None,
        "role": "assistant",
        "tool_calls": [call],
    }


def _finish(choice: Choice) -> str:
    return "tool_calls" if choice.tool and choice.finish_reason == "stop" else choice.finish_reason


def _opening(choice: Choice) -> Json:
    if not choice.tool:
        return {"content": "", "refusal": None, "role": "assistant"}
    function = {"arguments": "", "name": choice.tool}
    call = {"function": function, "id": choice.tool_id, "index": 0, "type": "function"}
    return {"content": None, "refusal": None, "role": "assistant", "tool_calls": [call]}


def _delta(choice: Choice, piece: str) -> Json:
    if not choice.tool:
        return {"content": piece}
    return {"tool_calls": [{"function": {"arguments": piece}, "index": 0}]}


def _chat_event(tail: Json, index: int, delta: Json, filter: Json, finish: str | None = None) -> bytes:
    choice = {
        "content_filter_results": filter,
        "delta": delta,
        "finish_reason": finish,
        "index": index,
        "logprobs": None,
    }
    return event({"choices": [choice], **tail})


def _tail(answer: Answer, prefix: str, kind: str, include_usage: bool) -> Json:
    tail: Json = {
        "created": answer.created,
        "id": prefix + answer.id,
        "model": answer.model,
        "object": kind,
        "system_fingerprint": answer.fingerprint,
    }
    return {**tail, "usage": None} if include_usage else tail


def _usage_event(answer: Answer, tail: Json) -> bytes:
    billed = usage(answer.prompt_tokens, answer.completion_tokens)
    return event({"choices": [], **tail, "usage": billed})


def _vector(item: object, seed: int, dimensions: int, encoded: bool) -> list[float] | str:
    """A direction in space; base64 is of little-endian 32-bit floats, as openai clients ask for by
    themselves."""
    raw = [0.0] * dimensions
    words = _WORD.findall(str(item).lower())
    for word in words or [""]:
        digest = hashlib.sha256(f"{seed} {word}".encode()).digest()
        for place, number in enumerate(struct.unpack("<8I", digest)):
            raw[(number >> 1) % dimensions] += (place + 1) * (1 if number & 1 else -1)
    scale = 1 / (math.hypot(*raw) or 1.0)
    vector = array("f", [value * scale for value in raw])
    return base64.b64encode(vector.tobytes()).decode() if encoded else vector.tolist()
