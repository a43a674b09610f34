"""Answers of the Responses API (v1 and the dated previews), whole and in named events."""

from collections.abc import Iterator
from typing import Any

from apimlb.local.openai.answer import Answer, Choice
from apimlb.local.openai.ask import Ask
from apimlb.local.openai.bodies import event

Json = dict[str, Any]

_ECHOED = ("instructions", "max_output_tokens", "previous_response_id")


def whole(answer: Answer, ask: Ask) -> Json:
    choice = answer.choices[0]
    status = "incomplete" if choice.finish_reason == "length" else "completed"
    return _response(answer, ask, status, [_item(answer, choice, status, choice.text)])


def events(answer: Answer, ask: Ask) -> Iterator[bytes]:
    """The stream's events; the terminal one carries the usage whatever stream_options say."""
    numbered = ({**data, "sequence_number": number} for number, data in enumerate(_events(answer, ask)))
    return (event(data, str(data["type"])) for data in numbered)


def _events(answer: Answer, ask: Ask) -> Iterator[Json]:
    choice, done = answer.choices[0], whole(answer, ask)
    empty = _response(answer, ask, "in_progress", [])
    yield {"type": "response.created", "response": empty}
    yield {"type": "response.in_progress", "response": empty}
    yield {"type": "response.output_item.added", "output_index": 0, "item": _opening(answer, choice)}
    item = done["output"][0]
    place = {"item_id": item["id"], "output_index": 0}
    yield from _arguments(choice, place) if choice.tool else _text(choice, place)
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    yield {"type": f"response.{done['status']}", "response": done}


def _text(choice: Choice, place: Json) -> Iterator[Json]:
    place = {**place, "content_index": 0}
    yield {"type": "response.content_part.added", **place, "part": _part("")}
    for piece in choice.pieces:
        yield {"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []}
    yield {"type": "response.output_text.done", **place, "text": choice.text, "logprobs": []}
    yield {"type": "response.content_part.done", **place, "part": _part(choice.text)}


def _arguments(choice: Choice, place: Json) -> Iterator[Json]:
    for piece in choice.pieces:
        yield {"type": "response.function_call_arguments.delta", **place, "delta": piece}
    done = {"arguments": choice.text, "name": choice.tool}
    yield {"type": "response.function_call_arguments.done", **place, **done}


def _opening(answer: Answer, choice: Choice) -> Json:
    item = _item(answer, choice, "in_progress", "")
    return item if choice.tool else {**item, "content": []}


def _item(answer: Answer, choice: Choice, status: str, text: str) -> Json:
    if choice.tool:
        call = {"type": "function_call", "call_id": choice.tool_id, "name": choice.tool, "arguments": text}
        return {"id": f"fc_{answer.id}", "status": status, **call}
    message = {"type": "message", "role": "assistant", "content": [_part(text)]}
    return {"id": f"msg_{answer.id}", "status": status, **message}


def _part(text: str) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _response(answer: Answer, ask: Ask, status: str, output: list[Json]) -> Json:
    stopped = {"reason": "max_output_tokens"} if status == "incomplete" else None
    usage = _usage(answer) if status != "in_progress" else None
    echoed = {name: ask.body.get(name) for name in _ECHOED}
    return {
        "id": f"resp_{answer.id}",
        "object": "response",
        "created_at": answer.created,
        "status": status,
        "background": ask.body.get("background") is True,
        "error": None,
        "incomplete_details": stopped,
        "metadata": ask.body.get("metadata") or {},
        "model": ask.body.get("model") or answer.model,
        "output": output,
        "parallel_tool_calls": True,
        "store": ask.body.get("store") is not False,
        "temperature": ask.body.get("temperature", 1.0),
        "tool_choice": ask.body.get("tool_choice") or "auto",
        "tools": ask.body.get("tools") or [],
        "top_p": ask.body.get("top_p", 1.0),
        "usage": usage,
        **echoed,
    }


def _usage(answer: Answer) -> Json:
    return {
        "input_tokens": answer.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": answer.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": answer.prompt_tokens + answer.completion_tokens,
    }
