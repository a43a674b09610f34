"""Counting tokens without a tokenizer: four characters of text are about one token.

Azure too throttles by an estimate that is "partly based on the character count" (Microsoft Learn, Azure
OpenAI quota), not by the tokens that it bills.
"""

import math
from collections.abc import Mapping
from typing import Any

from apimlb.local.openai.switches import Charging

_CHARACTERS = 4
_PER_MESSAGE = 4
_PRIMING = 3
# A high-detail picture of common size; the true number hangs on its pixels, which are not looked at.
_PER_IMAGE = 765


def in_text(text: str) -> int:
    return -(-len(text) // _CHARACTERS)


def in_prompt(body: dict[str, Any]) -> int:
    """The tokens of whatever the request asks with; of a malformed one as many as can be made out."""
    if "messages" in body:
        return _PRIMING + _in_messages(body["messages"]) + _in_tools(body)
    if "prompt" in body:
        return _in_texts(body["prompt"])
    asked = body.get("input")
    if isinstance(asked, list) and asked and isinstance(asked[0], dict):
        return _PRIMING + _in_messages(asked) + _in_tools(body) + _in_texts(body.get("instructions"))
    return _in_texts(asked) + _in_texts(body.get("instructions"))


def charged(body: Mapping[str, Any], prompt_tokens: int, charging: Charging) -> int:
    """What the prompt of a question counts for; `prompt_tokens` is what `in_prompt` made of it."""
    if charging.prompt == "nothing":
        return 0
    if charging.prompt == "words" and (words := len(text_of(body).split())):
        return -(-4 * words // 3)
    if charging.characters_per_token != _CHARACTERS:
        return math.ceil(prompt_tokens * _CHARACTERS / charging.characters_per_token)
    return prompt_tokens


def in_input(item: Any) -> int:
    """The tokens of one embeddings input: a text, or the tokens themselves."""
    return len(item) if isinstance(item, list) else _in_texts(item)


def text_of(body: Mapping[str, Any]) -> str:
    """Every text of the prompt, for a filter to look through."""
    return "\n".join(_texts(body.get("messages") or body.get("prompt") or body.get("input")))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        return _texts(value.get("content")) + _texts(value.get("text"))
    return []


def _in_messages(messages: Any) -> int:
    if not isinstance(messages, list):
        return 0
    return sum(_PER_MESSAGE + _in_content(m.get("content")) for m in messages if isinstance(m, dict))


def _in_content(content: Any) -> int:
    if not isinstance(content, list):
        return _in_texts(content)
    parts = [part for part in content if isinstance(part, dict)]
    return sum(_PER_IMAGE if "image_url" in part else _in_texts(part.get("text")) for part in parts)


def _in_tools(body: dict[str, Any]) -> int:
    tools = body.get("tools")
    return in_text(str(tools)) if tools else 0


def _in_texts(value: Any) -> int:
    """One text, a list of texts, one list of tokens or a list of lists of tokens."""
    if isinstance(value, str):
        return in_text(value)
    if isinstance(value, list):
        return sum(1 if isinstance(item, int) else _in_texts(item) for item in value)
    return 0
