"""OpenAI's own client for Python, over a port, to the gateway and to an account."""

import asyncio
import time
from collections.abc import Iterator

import openai
import pytest
from openai.types.chat import ChatCompletionUserMessageParam

from tests.integration.clients.site import API_VERSION, Site, Way

HELLO: list[ChatCompletionUserMessageParam] = [{"role": "user", "content": "Say something."}]


def dated(way: Way, *, retries: int = 0, key: str = "") -> openai.AzureOpenAI:
    return openai.AzureOpenAI(
        azure_endpoint=way.origin,
        api_version=API_VERSION,
        api_key=key or way.key,
        default_headers=dict(way.headers),
        max_retries=retries,
    )


def latest(way: Way) -> openai.OpenAI:
    """The client for v1, which sends its key as a bearer token."""
    return openai.OpenAI(base_url=way.v1, api_key=way.key, default_headers=dict(way.headers), max_retries=0)


def dated_async(way: Way, *, retries: int = 0) -> openai.AsyncAzureOpenAI:
    return openai.AsyncAzureOpenAI(
        azure_endpoint=way.origin,
        api_version=API_VERSION,
        api_key=way.key,
        default_headers=dict(way.headers),
        max_retries=retries,
    )


@pytest.fixture
def client(way: Way) -> Iterator[openai.AzureOpenAI]:
    with dated(way) as made:
        yield made


@pytest.fixture
def client_v1(way: Way) -> Iterator[openai.OpenAI]:
    with latest(way) as made:
        yield made


class TestDatedPaths:
    def test_answer_a_chat(self, client: openai.AzureOpenAI) -> None:
        answer = client.chat.completions.create(model="chat", messages=HELLO, max_completion_tokens=30)
        assert answer.choices[0].message.content
        assert answer._request_id
        assert answer.usage is not None
        assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens

    def test_stream_what_they_would_have_answered(self, client: openai.AzureOpenAI) -> None:
        whole = client.chat.completions.create(model="chat", messages=HELLO)
        stream = client.chat.completions.create(
            model="chat", messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
        assert chunks[0].choices == []
        said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert said == whole.choices[0].message.content
        assert chunks[-1].usage == whole.usage

    def test_a_stream_can_be_left(self, client: openai.AzureOpenAI) -> None:
        with client.chat.completions.create(model="chat", messages=HELLO, stream=True) as stream:
            next(iter(stream))
        assert client.chat.completions.create(model="chat", messages=HELLO).choices

    def test_embed(self, client: openai.AzureOpenAI) -> None:
        answer = client.embeddings.create(model="embedding", input=["one", "two"])
        assert [len(row.embedding) for row in answer.data] == [1536, 1536]

    def test_call_a_function(self, client: openai.AzureOpenAI) -> None:
        answer = client.chat.completions.create(
            model="chat",
            messages=HELLO,
            tools=[
                {
                    "type": "function",
                    "function": {
                        "name": "weather",
                        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
                    },
                }
            ],
            tool_choice="required",
        )
        [call] = answer.choices[0].message.tool_calls or []
        assert call.type == "function"
        assert call.function.name == "weather"


class TestV1:
    def test_answers_a_chat(self, client_v1: openai.OpenAI) -> None:
        answer = client_v1.chat.completions.create(model="chat", messages=HELLO)
        assert answer.choices[0].message.content

    def test_responds_whole_and_in_events(self, client_v1: openai.OpenAI) -> None:
        answer = client_v1.responses.create(model="chat", input="Hello")
        with client_v1.responses.stream(model="chat", input="Hello") as stream:
            kinds = [event.type for event in stream]
            streamed = stream.get_final_response()
        assert kinds[0] == "response.created"
        assert kinds[-1] == "response.completed"
        assert answer.output_text
        assert streamed.output_text == answer.output_text

    def test_embeds(self, client_v1: openai.OpenAI) -> None:
        assert client_v1.embeddings.create(model="embedding", input="one").data[0].embedding

    def test_lists_models(self, client_v1: openai.OpenAI) -> None:
        ids = [model.id for model in client_v1.models.list()]
        assert "gpt-5.1-2025-11-13" in ids
        assert client_v1.models.retrieve(ids[0]).id == ids[0]


class TestKeptResponses:
    def test_are_read_gone_on_from_and_deleted(self, way: Way) -> None:
        with latest(way) as client:
            first = client.responses.create(model="chat", input=f"Hello, {way.name}")
            assert client.responses.retrieve(first.id).output_text == first.output_text
            [asked] = client.responses.input_items.list(first.id)
            assert asked.type == "message"
            second = client.responses.create(model="chat", input="More?", previous_response_id=first.id)
            assert second.usage is not None
            assert first.usage is not None
            assert second.usage.input_tokens > first.usage.total_tokens
            client.responses.delete(first.id)
            with pytest.raises(openai.NotFoundError):
                client.responses.retrieve(first.id)
            with pytest.raises(openai.BadRequestError) as gone:
                client.responses.create(model="chat", input="More?", previous_response_id=first.id)
        assert gone.value.code == "previous_response_not_found"


class TestAsync:
    async def test_many_at_once(self, way: Way) -> None:
        async with dated_async(way) as client:
            calls = (client.chat.completions.create(model="chat", messages=HELLO) for _ in range(10))
            answers = await asyncio.gather(*calls)
        assert len({answer.choices[0].message.content for answer in answers}) == 1

    async def test_a_stream(self, way: Way) -> None:
        async with dated_async(way) as client:
            stream = await client.chat.completions.create(model="chat", messages=HELLO, stream=True)
            said = [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
        assert "".join(said).endswith(".")


class TestErrors:
    def test_have_the_class_that_a_caller_expects(self, client: openai.AzureOpenAI) -> None:
        with pytest.raises(openai.NotFoundError) as missing:
            client.chat.completions.create(model="nobody", messages=HELLO)
        with pytest.raises(openai.BadRequestError) as unsupported:
            client.chat.completions.create(model="chat", messages=HELLO, max_tokens=5)
        assert missing.value.code == "DeploymentNotFound"
        assert (unsupported.value.code, unsupported.value.param) == ("unsupported_parameter", "max_tokens")

    def test_of_a_stranger_are_authentication(self, way: Way) -> None:
        with dated(way, key="wrong") as stranger, pytest.raises(openai.AuthenticationError):
            stranger.chat.completions.create(model="chat", messages=HELLO)

    def test_before_a_stream_are_no_stream(self, client: openai.AzureOpenAI) -> None:
        with pytest.raises(openai.BadRequestError):
            client.chat.completions.create(model="chat", messages=HELLO, max_tokens=5, stream=True)

    def test_of_a_request_that_never_fits_is_a_rate_limit(self, client: openai.AzureOpenAI) -> None:
        with pytest.raises(openai.RateLimitError) as throttled:
            client.chat.completions.create(model="small", messages=HELLO, max_completion_tokens=50_000)
        assert 1 <= int(throttled.value.response.headers["Retry-After"]) <= 60


class TestRetries:
    async def test_wait_as_long_as_they_are_told_and_come_through(self, site: Site, way: Way) -> None:
        """Three accounts stand behind the gateway, each with a request a second."""
        count = 8 if way.name == "gateway" else 3
        before, started = site.throttled(), time.perf_counter()
        async with dated_async(way, retries=8) as client:
            calls = (
                client.chat.completions.create(model="tiny", messages=HELLO, max_completion_tokens=5)
                for _ in range(count)
            )
            answers = await asyncio.gather(*calls)
        assert all(answer.choices for answer in answers)
        assert site.throttled() > before
        assert time.perf_counter() - started > 1
