"""The chat apps get answers through the gateway with nothing but what `apimlb env` prints; strangers get 401.

Each is played with the SDK that it uses and the parameters that it sends; see `apimlb.cli.applications` for
where their names come from.
"""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from tests.integration.chat_apps.conftest import Stack
from tests.integration.command_line import CHAT, MESSAGES, post
from tests.patience import PATIENCE

PROMPT: list[ChatCompletionMessageParam] = [
    {"role": "system", "content": "You help employees with their questions."},
    {"role": "user", "content": "What does the plan cover?"},
]
TEXTS = [f"Section {number} of the employee handbook." for number in range(16)]
CREDENTIALS = ["key", "token"]


def credential(stack: Stack, which: str, variables: dict[str, str]) -> str:
    return stack.token if which == "token" else variables["AZURE_OPENAI_API_KEY_OVERRIDE"]


@pytest.mark.parametrize("which", CREDENTIALS)
def test_the_python_app_of_today(stack: Stack, which: str) -> None:
    """`AsyncOpenAI` at the address as it stands: responses whole and streamed, sixteen texts embedded."""
    variables = stack.variables("python")

    async def play() -> None:
        client = openai.AsyncOpenAI(
            base_url=variables["AZURE_OPENAI_CUSTOM_URL"],
            api_key=credential(stack, which, variables),
            max_retries=0,
        )
        asked: dict[str, Any] = {
            "model": variables["AZURE_OPENAI_CHATGPT_DEPLOYMENT"],
            "input": PROMPT,
            "max_output_tokens": 1024,
            "store": False,
            "reasoning": {"effort": "low"},
        }
        whole = await client.responses.create(**asked)
        assert whole.output_text
        streamed = ""
        async for event in await client.responses.create(**asked, stream=True):
            streamed += event.delta if event.type == "response.output_text.delta" else ""
        assert streamed
        vectors = await client.embeddings.create(
            model=variables["AZURE_OPENAI_EMB_DEPLOYMENT"],
            input=TEXTS,
            dimensions=int(variables["AZURE_OPENAI_EMB_DIMENSIONS"]),
        )
        wanted = int(variables["AZURE_OPENAI_EMB_DIMENSIONS"])
        assert [len(each.embedding) for each in vectors.data] == [wanted] * len(TEXTS)
        await client.close()

    asyncio.run(play())


@pytest.mark.parametrize("which", CREDENTIALS)
def test_the_python_app_of_2024(stack: Stack, which: str) -> None:
    """`AsyncAzureOpenAI` at the bare host: chat completions with temperature, whole and streamed."""
    variables = stack.variables("python-legacy")

    async def play() -> None:
        secret = credential(stack, which, variables)
        client = openai.AsyncAzureOpenAI(
            azure_endpoint=variables["AZURE_OPENAI_CUSTOM_URL"],
            api_version=variables["AZURE_OPENAI_API_VERSION"],
            max_retries=0,
            azure_ad_token=secret if which == "token" else None,
            api_key=secret if which == "key" else None,
        )
        asked: dict[str, Any] = {
            "model": variables["AZURE_OPENAI_CHATGPT_DEPLOYMENT"],
            "messages": PROMPT,
            "temperature": 0.3,
            "max_tokens": 1024,
            "n": 1,
        }
        whole = await client.chat.completions.create(**asked)
        assert whole.choices[0].message.content
        streamed = ""
        async for chunk in await client.chat.completions.create(**asked, stream=True):
            streamed += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        assert streamed
        vectors = await client.embeddings.create(
            model=variables["AZURE_OPENAI_EMB_DEPLOYMENT"], input="What does the plan cover?"
        )
        assert len(vectors.data[0].embedding) == int(variables["AZURE_OPENAI_EMB_DIMENSIONS"])
        await client.close()

    asyncio.run(play())


def on_node(script: Path, app: str, variables: dict[str, str], *tokens: str) -> Any:
    """What becomes of the app with each of the tokens."""
    done = subprocess.run(
        ["node", str(script), app],
        input=json.dumps({"variables": variables, "tokens": tokens}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("app", ["openai", "langchain"])
def test_the_javascript_app(stack: Stack, node: Path, app: str) -> None:
    """Its token in both headers, and in `api-key` alone; max_tokens and temperature to a reasoning model."""
    variables = stack.variables("javascript")
    said, refused = on_node(node, app, variables, stack.token, stack.foreign)
    assert said.get("whole"), said
    assert said["streamed"]
    assert said["dimensions"] == 1536
    assert refused["status"] == 401


def test_strangers_are_refused_and_told_what_would_do(stack: Stack) -> None:
    url = stack.variables("openai-sdk")["AZURE_OPENAI_ENDPOINT"]
    for path in (CHAT, "/openai/v1/responses", "/responses"):
        anonymous = post(url + path, {"model": "chat", "messages": MESSAGES, "input": "Hello"})
        assert anonymous.status == 401
        assert anonymous.body
        for headers in ({"Authorization": f"Bearer {stack.foreign}"}, {"api_key": stack.foreign}):
            assert post(url + path, {"model": "chat", "messages": MESSAGES}, **headers).status == 401
