"""langchain-openai over a port, to the gateway and to an account."""

from typing import Any

import openai
from langchain_openai import AzureChatOpenAI, AzureOpenAIEmbeddings, ChatOpenAI
from pydantic import SecretStr

from tests.integration.clients.site import API_VERSION, Way


def dated(way: Way, **transport: Any) -> AzureChatOpenAI:
    return AzureChatOpenAI(
        **transport,
        azure_endpoint=way.origin,
        azure_deployment="chat",
        api_version=API_VERSION,
        api_key=SecretStr(way.key),
        default_headers=way.headers,
        max_retries=0,
    )


def latest(way: Way, *, responses: bool) -> ChatOpenAI:
    return ChatOpenAI(
        base_url=way.v1,
        model="chat",
        api_key=SecretStr(way.key),
        default_headers=way.headers,
        use_responses_api=responses,
        max_retries=0,
    )


def test_a_chat_is_answered_and_counted(way: Way) -> None:
    answer = dated(way).invoke("Say something.")
    assert answer.text
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["total_tokens"] > answer.usage_metadata["input_tokens"]


def test_a_stream_says_what_the_answer_says(way: Way) -> None:
    model = dated(way)
    chunks = list(model.stream("Say something.", stream_usage=True))
    assert "".join(chunk.text for chunk in chunks) == model.invoke("Say something.").text
    assert any(chunk.usage_metadata for chunk in chunks)


async def test_a_batch_comes_back_whole(way: Way) -> None:
    # Its own asynchronous client is closed by nobody.
    async with openai.DefaultAsyncHttpxClient() as http:
        answers = await dated(way, http_async_client=http).abatch(["one", "two", "three"])
    assert len({answer.text for answer in answers}) == 3


def test_v1_answers_as_chat_and_as_responses(way: Way) -> None:
    for responses in (False, True):
        model = latest(way, responses=responses)
        assert model.invoke("Say something.").text
        assert "".join(chunk.text for chunk in model.stream("Say something."))


def test_texts_are_embedded(way: Way) -> None:
    # It would count tokens with a vocabulary from the internet.
    model = AzureOpenAIEmbeddings(
        azure_endpoint=way.origin,
        azure_deployment="embedding",
        api_version=API_VERSION,
        api_key=SecretStr(way.key),
        default_headers=way.headers,
        check_embedding_ctx_length=False,
    )
    assert [len(vector) for vector in model.embed_documents(["one", "two"])] == [1536, 1536]
