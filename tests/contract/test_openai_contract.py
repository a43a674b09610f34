"""What the local Azure OpenAI accounts answer, against the inference document of stable/2024-10-21."""

import json
from typing import Any

import jsonschema
import pytest

from tests.contract.shared import folder
from tests.unit.local.openai.conftest import Rig

Json = dict[str, Any]
VERSION = "?api-version=2024-10-21"
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"at": {"type": "string"}}},
    },
}
TOOL = {"tools": [WEATHER], "tool_choice": "required"}

# The document has no schema of its own for a completion's chunks, and says of the whole that a reason is a
# text.
UNFINISHED = "choices/0/finish_reason"


@pytest.fixture(scope="module")
def document() -> Any:
    return _nullable(
        json.loads((folder() / "contract" / "azure-openai-inference-2024-10-21.json").read_text())
    )


@pytest.fixture
def rig():
    made = Rig()
    made.account()
    made.deploy()
    made.deploy("old", model="gpt-35-turbo-instruct")
    made.deploy("embed", model="text-embedding-3-small")
    yield made
    made.store.close()


def _nullable(node: Any) -> Any:
    """The same document with OpenAPI 3.0's `nullable` said as JSON Schema says it."""
    if isinstance(node, list):
        return [_nullable(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _nullable(value) for key, value in node.items()}
    if node.get("nullable") and isinstance(node.get("type"), str):
        made["type"] = [node["type"], "null"]
        made.update({"enum": [*node["enum"], None]} if "enum" in node else {})
    return made


def problems(document: Json, schema: Json, bodies: list[Json]) -> set[str]:
    validator = jsonschema.Draft4Validator({"components": document["components"], **schema})
    found = (error for body in bodies for error in validator.iter_errors(body))
    return {f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in found}


def named(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


async def test_chat_completions_fit(document, rig):
    bodies = [(await rig.chat(**more)).json for more in ({}, TOOL, {"n": 2}, {"max_completion_tokens": 2})]
    assert problems(document, named("createChatCompletionResponse"), bodies) == set()


async def test_chat_chunks_fit(document, rig):
    """All but Azure's first one, which has neither model nor object."""
    chunks = [chunk for more in ({}, TOOL) for chunk in (await rig.chat(stream=True, **more)).events[1:]]
    assert problems(document, named("createChatCompletionStreamResponse"), chunks) == set()


async def test_completions_fit(document, rig):
    path = f"/openai/deployments/old/completions{VERSION}"
    whole = (await rig.ask(path, {"prompt": ["Once", "Twice"]})).json
    chunks = (await rig.ask(path, {"prompt": "Once", "stream": True})).events[1:]
    found = problems(document, named("createCompletionResponse"), [whole, *chunks])
    assert {problem for problem in found if not problem.startswith(UNFINISHED)} == set()


async def test_embeddings_fit(document, rig):
    operation = document["paths"]["/deployments/{deployment-id}/embeddings"]["post"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    body = (await rig.ask(f"/openai/deployments/embed/embeddings{VERSION}", {"input": ["a", "b"]})).json
    assert problems(document, schema, [body]) == set()


async def test_refusals_fit(document, rig):
    refusals = [
        (await rig.chat("nobody")).json,
        (await rig.chat(n=0)).json,
        (await rig.chat(more={"api_key": "x"})).json,
    ]
    assert problems(document, named("errorResponse"), refusals) == set()
