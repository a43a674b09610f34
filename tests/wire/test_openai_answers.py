"""The local Azure OpenAI accounts answer what OpenAI's own SDK has types for, and what Azure adds to it."""

from collections.abc import Iterator
from typing import Any

import pytest
from openai.types import Completion, CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response
from pydantic import BaseModel, ValidationError

from tests.unit.local.openai.conftest import Rig

Json = dict[str, Any]
VERSION = "?api-version=2024-10-21"
OF_AZURE = {"prompt_filter_results", "content_filter_results", "content_filters", "obfuscation", "store"}
"""What answers have that the SDK has no type for."""
NOT_OF_AZURE = {"usage/input_tokens_details/cache_write_tokens"}
"""What OpenAI's SDK requires and Azure's documents do not have."""
PARAMETERS = {"type": "object", "properties": {"at": {"type": "string"}}}
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}}
TOOL: Json = {"tools": [WEATHER], "tool_choice": "required"}


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    made.account()
    made.deploy()
    made.deploy("old", model="gpt-35-turbo-instruct")
    made.deploy("embed", model="text-embedding-3-small")
    yield made
    made.store.close()


def problems(kind: type[BaseModel], body: Json) -> list[str]:
    """What is missing, of another type or unknown in a body."""
    try:
        kind.model_validate(body)
    except ValidationError as error:
        found = {"/".join(map(str, each["loc"])): each["msg"] for each in error.errors()}
    else:
        found = {}
    wrong = [f"{place}: {said}" for place, said in found.items() if place not in NOT_OF_AZURE]
    return [*wrong, *unknown(kind.model_construct(**body))]


def unknown(value: object, place: str = "") -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{place}{key}: unknown" for key in (value.model_extra or {}).keys() - OF_AZURE)
        for key in value.model_fields_set & type(value).model_fields.keys():
            yield from unknown(getattr(value, key), f"{place}{key}/")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from unknown(each, f"{place}{number}/")


@pytest.mark.parametrize("more", [{}, TOOL, {"n": 2}, {"max_completion_tokens": 2}], ids=str)
async def test_a_chat(rig: Rig, more: Json) -> None:
    body = (await rig.chat(**more)).json
    assert problems(ChatCompletion, body) == []
    assert body["choices"][0]["content_filter_results"]


@pytest.mark.parametrize("more", [{}, TOOL, {"stream_options": {"include_usage": True}}], ids=str)
async def test_a_streamed_chat(rig: Rig, more: Json) -> None:
    first, *chunks = (await rig.chat(stream=True, **more)).events
    assert [text for chunk in chunks for text in problems(ChatCompletionChunk, chunk)] == []
    assert set(first) >= {"choices", "prompt_filter_results"}, (
        "Azure's first chunk speaks of the prompt alone"
    )
    assert first["choices"] == []


async def test_a_completion(rig: Rig) -> None:
    path = f"/openai/deployments/old/completions{VERSION}"
    assert problems(Completion, (await rig.ask(path, {"prompt": ["Once", "Twice"]})).json) == []


async def test_embeddings(rig: Rig) -> None:
    path = f"/openai/deployments/embed/embeddings{VERSION}"
    assert problems(CreateEmbeddingResponse, (await rig.ask(path, {"input": ["a", "b"]})).json) == []


async def test_a_response(rig: Rig) -> None:
    body = (await rig.ask("/openai/v1/responses", {"model": "chat", "input": "Hello"})).json
    assert problems(Response, body) == []


async def test_a_refusal(rig: Rig) -> None:
    for refused in (await rig.chat("nobody"), await rig.chat(n=0), await rig.chat(more={"api_key": "x"})):
        assert refused.json["error"].keys() >= {"code", "message"}


async def test_what_is_wrong_is_found(rig: Rig) -> None:
    body = (await rig.chat()).json
    assert problems(ChatCompletion, {**body, "colour": "blue"}) == ["colour: unknown"]
    assert problems(ChatCompletion, {**body, "object": "chat"})
    assert problems(ChatCompletion, {key: each for key, each in body.items() if key != "choices"})
    [choice] = body["choices"]
    assert problems(ChatCompletion, {**body, "choices": [{**choice, "finish_reason": "tired"}]})
