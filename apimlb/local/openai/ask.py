"""What a request body asks for, read once and checked as the model's front end checks it."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apimlb.http import Request
from apimlb.local.openai import parameters, refusals, tokens
from apimlb.local.openai.models import Model
from apimlb.local.openai.routes import Call
from apimlb.local.openai.switches import Charging

_PROMPT = {"chat": "messages", "completions": "prompt", "embeddings": "input", "responses": "input"}
_LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens")
_MOST_CHOICES = 128
# Numbers beyond what a float holds. Apart they are found several times as fast as in one alternation.
_HUGE = tuple(map(re.compile, (rb"[0-9]{300}", rb"[0-9][eE]\+?[0-9]{3}", rb"Infinity", rb"NaN")))
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

# What the optional parameters must be, where an answer depends on them; null stands for absent.
_TYPES: dict[str, tuple[type | tuple[type, ...], str]] = {
    "dimensions": (int, "an integer"),
    "metadata": (dict, "an object"),
    "response_format": (dict, "an object"),
    "stream": (bool, "a boolean"),
    "stream_options": (dict, "an object"),
    "temperature": ((int, float), "a decimal"),
    "text": (dict, "an object"),
    "tool_choice": ((str, dict), "a string or an object"),
    "tools": (list, "an array of objects"),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """`limit` is the most tokens that an answer may have, None when the request states none."""

    body: dict[str, Any]
    prompt_tokens: int
    limit: int | None = None
    choices: int = 1
    stream: bool = False
    include_usage: bool = False


def parse(request: Request) -> dict[str, Any]:
    """The body as an object; raises `Refused` with a 400."""
    try:
        body = json.loads(request.body)
        if any(form.search(request.body) for form in _HUGE):
            json.loads(request.body, parse_int=_number, parse_float=_number, parse_constant=_number)
        if b"\\u" in request.body and _SURROGATE.search(request.body):
            # Half a character can be escaped, but there is no text that it could stand in.
            json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise refusals.invalid(
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't using "
            "your "
            "HTTP library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)"
        ) from error
    if not isinstance(body, dict):
        raise refusals.invalid("The body of your request is not a JSON object.")
    return body


def _number(text: str) -> float:
    """A number that arithmetic can be done with; raises `ValueError` for another."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is too large a number")
    return number


def estimate(
    body: Mapping[str, Any], prompt_tokens: int, operation: str, model: Model, charging: Charging
) -> int:
    """What a call counts for when it arrives: its prompt, and all that it may be answered, times best_of."""
    if operation == "embeddings":
        return prompt_tokens
    limit = next((body[name] for name in _LIMITS if _is_count(body.get(name))), charging.unstated)
    limit = model.most_output if limit == "model-maximum" else int(limit)
    best_of = body["best_of"] if _is_count(body.get("best_of")) else 1
    return tokens.charged(body, prompt_tokens, charging) + limit * int(best_of)


def read(body: dict[str, Any], prompt_tokens: int, call: Call, model: Model) -> Ask:
    """The checked request; raises `Refused` with a 400."""
    _check_prompt(body, _PROMPT[call.operation])
    for name, (type, shape) in _TYPES.items():
        if not (body.get(name) is None or isinstance(body[name], type)):
            raise _invalid_type(name, shape)
    if call.operation == "embeddings":
        parameters.check_embeddings(body, model)
        return Ask(body, prompt_tokens)
    parameters.check(body, call.operation, model)
    if call.operation == "chat":
        parameters.check_chat(body)
    options = body.get("stream_options")
    return Ask(
        body,
        prompt_tokens,
        _limit(body),
        _count(body, "n", _MOST_CHOICES) or 1,
        bool(body.get("stream")),
        isinstance(options, dict) and bool(options.get("include_usage")),
    )


def _check_prompt(body: Mapping[str, Any], name: str) -> None:
    value = body.get(name)
    if value is None:
        message = f"Missing required parameter: '{name}'."
        raise refusals.invalid(message, name, "missing_required_parameter")
    if name == "messages" and not _is_objects(value):
        raise _invalid_type(name, "an array of objects")
    if not isinstance(value, str | list):
        raise _invalid_type(name, "a string or an array")
    if value == []:
        raise parameters.empty(name)


def _limit(body: Mapping[str, Any]) -> int | None:
    limits = [_count(body, name, None) for name in _LIMITS]
    return next((limit for limit in limits if limit is not None), None)


def _count(body: Mapping[str, Any], name: str, most: int | None) -> int | None:
    """A whole number of at least 1, None when it is absent or null."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise _invalid_type(name, "an integer")
    if value < 1:
        message = (
            f"Invalid '{name}': integer below minimum value. Expected a value >= 1, but got {value} instead."
        )
        raise refusals.invalid(message, name, "integer_below_min_value")
    if most is not None and value > most:
        message = (
            f"Invalid '{name}': integer above maximum value. Expected a value <= {most}, but got {value} "
            "instead."
        )
        raise refusals.invalid(message, name, "integer_above_max_value")
    return value


def _invalid_type(name: str, shape: str) -> refusals.Refused:
    return refusals.invalid(f"Invalid type for '{name}': expected {shape}.", name, "invalid_type")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def blocked(body: dict[str, Any], terms: tuple[str, ...]) -> bool:
    """Whether the prompt holds one of the terms that the content filter looks for."""
    if not terms:
        return False
    text = tokens.text_of(body).lower()
    return any(term.lower() in text for term in terms)
