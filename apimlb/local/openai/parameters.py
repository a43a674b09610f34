"""Parameters that a model refuses, in the words of its front end.

Microsoft Learn, Azure OpenAI reasoning models: max_tokens, temperature, top_p, the penalties, logprobs and
logit_bias are not supported by them. Only the wording about max_tokens is on record; the others follow the
messages of OpenAI's own API.
"""

from collections.abc import Mapping
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


def check_embeddings(body: Mapping[str, Any], model: Model) -> None:
    """Raise `Refused` with a 400 where a length is asked of a model that has only one."""
    if body.get("dimensions") is not None and not model.chooses_dimensions:
        raise refusals.invalid("This model does not support specifying dimensions.", "dimensions")


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
