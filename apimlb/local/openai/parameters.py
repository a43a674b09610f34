"""Parameters that a model, or any model, refuses, in the words of its front end.

Microsoft Learn, Azure OpenAI reasoning models: max_tokens, temperature, top_p, the penalties, logprobs and
logit_bias are not supported by them. Only the wording about max_tokens is on record; the others follow the
messages of OpenAI's own API.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from apimlb.local.openai import refusals
from apimlb.local.openai.models import Model

# What a reasoning model does not take, and the value that says no more than leaving it out.
_SAMPLING: tuple[tuple[str, Any], ...] = (
    ("top_p", 1),
    ("presence_penalty", 0),
    ("frequency_penalty", 0),
    ("logprobs", False),
    ("top_logprobs", None),
    ("logit_bias", None),
)


_ROLES = ("system", "assistant", "user", "function", "tool", "developer")
_RANGES: tuple[tuple[str, str, int, int], ...] = (
    ("temperature", "decimal", 0, 2),
    ("top_p", "decimal", 0, 1),
    ("presence_penalty", "decimal", -2, 2),
    ("frequency_penalty", "decimal", -2, 2),
    ("top_logprobs", "integer", 0, 20),
)
_MOST_STOPS = 4
_MOST_INPUTS = 2048
_ENCODINGS = ("float", "base64")


def check(body: Mapping[str, Any], operation: str, model: Model) -> None:
    """Raise `Refused` with a 400 for the first parameter that the model does not take."""
    if model.reasons:
        _check_reasoning(body, model)
    elif body.get("reasoning_effort") is not None:
        raise refusals.invalid("Unrecognized request argument supplied: reasoning_effort")
    if operation != "responses" and body.get("stream_options") is not None and not body.get("stream"):
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise refusals.invalid(message, "stream_options")
    for name in ("max_completion_tokens", "max_tokens"):
        _check_most(body, name, model.most_output)


def check_chat(body: Mapping[str, Any]) -> None:
    """Raise `Refused` with a 400 for a parameter that is out of range, or comes without what it needs."""
    for name, kind, least, most in _RANGES:
        _check_range(body, name, kind, least, most)
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        message = "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled."
        raise refusals.invalid(message, "top_logprobs")
    _check_length(body, "stop", _MOST_STOPS)
    if body.get("tools") == []:
        raise empty("tools")
    if body.get("tool_choice") is not None and body.get("tools") is None:
        message = "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified."
        raise refusals.invalid(message, "tool_choice")
    messages = body["messages"]
    for place, message in enumerate(messages):
        if message.get("role") not in _ROLES:
            raise _unsupported(message.get("role"), _ROLES, f"messages[{place}].role")
    if (body.get("response_format") or {}).get("type") == "json_object" and not _mentions_json(messages):
        message = (
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
            "'json_object'."
        )
        raise refusals.invalid(message, "messages")


def check_embeddings(body: Mapping[str, Any], model: Model) -> None:
    """Raise `Refused` with a 400 for a length that the model has not got, or more than it takes at once."""
    wanted = body.get("dimensions")
    if wanted is not None and not model.chooses_dimensions:
        raise refusals.invalid("This model does not support specifying dimensions.", "dimensions")
    _check_range(body, "dimensions", "integer", 1, model.dimensions)
    _check_length(body, "input", _MOST_INPUTS)
    encoding = body.get("encoding_format")
    if encoding is not None and encoding not in _ENCODINGS:
        raise _unsupported(encoding, _ENCODINGS, "encoding_format")


def empty(name: str) -> refusals.Refused:
    message = (
        f"Invalid '{name}': empty array. Expected an array with minimum length 1, but got an empty array "
        "instead."
    )
    return refusals.invalid(message, name, "empty_array")


def _mentions_json(messages: Sequence[Mapping[str, Any]]) -> bool:
    return any("json" in str(message.get("content")).lower() for message in messages)


def _check_range(body: Mapping[str, Any], name: str, kind: str, least: int, most: int) -> None:
    value = body.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or least <= value <= most:
        return
    side, sign, bound = ("above maximum", "<=", most) if value > most else ("below minimum", ">=", least)
    raise refusals.invalid(
        f"Invalid '{name}': {kind} {side} value. Expected a value {sign} {bound}, but got {value} instead.",
        name,
        f"{kind}_{'above_max' if value > most else 'below_min'}_value",
    )


def _check_length(body: Mapping[str, Any], name: str, most: int) -> None:
    value = body.get(name)
    if isinstance(value, list) and len(value) > most and not all(isinstance(item, int) for item in value):
        raise refusals.invalid(
            f"Invalid '{name}': array too long. Expected an array with maximum length {most}, but got an "
            f"array with length {len(value)} instead.",
            name,
            "array_above_max_length",
        )


def _unsupported(value: object, known: Sequence[str], place: str) -> refusals.Refused:
    if not isinstance(value, str):
        return refusals.invalid(f"Invalid type for '{place}': expected a string.", place, "invalid_type")
    *rest, last = [f"'{name}'" for name in known]
    listed = f"{', '.join(rest)}{',' if len(rest) > 1 else ''} and {last}"
    return refusals.invalid(
        f"Invalid value: '{value}'. Supported values are: {listed}.", place, "invalid_value"
    )


def _check_reasoning(body: Mapping[str, Any], model: Model) -> None:
    if "max_tokens" in body:
        raise refusals.invalid(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead.",
            "max_tokens",
            "unsupported_parameter",
        )
    if model.samples_freely:
        return
    if body.get("temperature", 1) not in (None, 1):
        raise refusals.invalid(
            f"Unsupported value: 'temperature' does not support {body['temperature']} with this model. Only "
            "the default (1) value is supported.",
            "temperature",
            "unsupported_value",
        )
    for name, default in _SAMPLING:
        if body.get(name) not in (None, default):
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            raise refusals.invalid(message, name, "unsupported_parameter")


def _check_most(body: Mapping[str, Any], name: str, most: int) -> None:
    value = body.get(name)
    if isinstance(value, int) and value > most:
        message = (
            f"{name} is too large: {value}. This model supports at most {most} completion tokens, whereas "
            f"you provided {value}."
        )
        raise refusals.invalid(message, name, "invalid_value")
