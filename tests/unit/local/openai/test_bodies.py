"""Answers as clients parse them: whole, streamed, and the same either way."""

import array
import base64
import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.http import close
from tests.unit.local.openai.conftest import Rig

COMPLETIONS = "/openai/deployments/old/completions?api-version=2024-10-21"
EMBEDDINGS = "/openai/deployments/embed/embeddings?api-version=2024-10-21"
WEATHER_FUNCTION = {
    "name": "weather",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    },
}
WEATHER = {"type": "function", "function": WEATHER_FUNCTION}


def content(events, index=0):
    """The text of one choice, put together from a stream's deltas."""
    choices = [choice for event in events for choice in event["choices"] if choice["index"] == index]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


class TestChat:
    async def test_has_the_shape_of_azures_answers(self, rig):
        reply = await rig.chat()
        body = reply.json
        (choice,) = body["choices"]
        assert reply.headers.get("Content-Type") == "application/json"
        assert body["object"] == "chat.completion"
        assert body["id"].startswith("chatcmpl-")
        assert body["created"] == int(rig.clock.now())
        assert body["system_fingerprint"].startswith("fp_")
        assert choice["message"]["role"] == "assistant"
        assert choice["message"]["content"].endswith(".")
        assert choice["finish_reason"] == "stop"
        assert choice["content_filter_results"]["hate"] == {"filtered": False, "severity": "safe"}
        assert body["prompt_filter_results"][0]["content_filter_results"]["jailbreak"]["detected"] is False

    async def test_usage_adds_up(self, rig):
        usage = (await rig.chat()).json["usage"]
        assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
        assert usage["completion_tokens_details"]["reasoning_tokens"] == 0
        assert usage["prompt_tokens_details"]["cached_tokens"] == 0

    async def test_the_same_question_gets_the_same_answer_and_another_seed_another(self, build):
        first, again = (await build().chat(), await build().chat())
        other = await build(seed=7).chat()
        assert first.json == again.json
        assert first.json["choices"][0]["message"] != other.json["choices"][0]["message"]

    async def test_an_answer_stops_at_the_limit_and_says_so(self, rig):
        body = (await rig.chat(max_completion_tokens=5)).json
        assert body["choices"][0]["finish_reason"] == "length"
        assert body["usage"]["completion_tokens"] == 5

    async def test_n_answers_differ(self, rig):
        body = (await rig.chat(n=3)).json
        assert [choice["index"] for choice in body["choices"]] == [0, 1, 2]
        assert len({choice["message"]["content"] for choice in body["choices"]}) == 3

    async def test_a_required_tool_is_called_with_arguments_of_its_schema(self, rig):
        body = (await rig.chat(tools=[WEATHER], tool_choice="required")).json
        (choice,) = body["choices"]
        (call,) = choice["message"]["tool_calls"]
        assert (choice["finish_reason"], choice["message"]["content"]) == ("tool_calls", None)
        assert call["function"]["name"] == "weather"
        assert '"city": "' in call["function"]["arguments"]

    async def test_a_structured_answer_fits_its_schema(self, rig):
        schema = {"type": "object", "properties": {"tags": {"type": "array", "items": {"enum": ["a", "b"]}}}}
        shape = {"type": "json_schema", "json_schema": {"name": "t", "schema": schema}}
        body = (await rig.chat(response_format=shape)).json
        assert body["choices"][0]["message"]["content"] == '{"tags": ["a"]}'

    async def test_a_blocked_prompt_meets_the_filter_even_when_streamed(self, build):
        rig = build(blocked_terms=("forbidden",))
        messages = [{"role": "user", "content": [{"type": "text", "text": "Something FORBIDDEN"}]}]
        reply = await rig.chat(messages=messages, stream=True)
        assert reply.status == 400
        assert reply.error["code"] == "content_filter"
        assert reply.error["innererror"]["content_filter_result"]["jailbreak"]["filtered"] is True


class TestRefusedParameters:
    @pytest.mark.parametrize("model", ["gpt-5.1", "gpt-5-mini", "o3", "o4-mini"])
    async def test_reasoning_models_refuse_max_tokens(self, rig, model):
        rig.deploy(model=model)
        reply = await rig.chat(max_tokens=10)
        assert (reply.status, reply.error["code"], reply.error["param"]) == (
            400,
            "unsupported_parameter",
            "max_tokens",
        )
        assert reply.error["message"] == (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' "
            "instead."
        )

    @pytest.mark.parametrize("model", ["gpt-4o", "gpt-5-chat"])
    async def test_others_take_it(self, rig, model):
        rig.deploy(model=model)
        assert (await rig.chat(max_tokens=3)).json["usage"]["completion_tokens"] == 3

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"messages": None}, "missing_required_parameter"),
            ({"messages": []}, "empty_array"),
            ({"messages": "Hi"}, "invalid_type"),
            ({"max_completion_tokens": 0}, "integer_below_min_value"),
            ({"n": 129}, "integer_above_max_value"),
            ({"n": "two"}, "invalid_type"),
            ({"stream": "yes"}, "invalid_type"),
        ],
    )
    async def test_names_what_is_wrong(self, rig, body, code):
        reply = await rig.chat(**body)
        assert (reply.status, reply.error["type"], reply.error["code"]) == (
            400,
            "invalid_request_error",
            code,
        )
        assert reply.error["param"] in body

    async def test_the_first_gpt_5_takes_no_temperature(self, rig):
        rig.deploy(model="gpt-5-mini")
        assert (await rig.chat(temperature=0.2)).error["code"] == "unsupported_value"
        rig.deploy(model="gpt-5.1")
        assert (await rig.chat(temperature=0.2)).status == 200


class TestChatStream:
    async def test_begins_with_the_prompts_filter_and_ends_with_done(self, rig):
        reply = await rig.chat(stream=True)
        first, opening, *middle, last = reply.events
        assert reply.headers.get("Content-Type") == "text/event-stream; charset=utf-8"
        assert (first["choices"], first["id"], first["object"]) == ([], "", "")
        assert first["prompt_filter_results"][0]["prompt_index"] == 0
        assert opening["choices"][0]["delta"] == {"content": "", "refusal": None, "role": "assistant"}
        assert all(event["choices"][0]["finish_reason"] is None for event in middle)
        assert (last["choices"][0]["delta"], last["choices"][0]["finish_reason"]) == ({}, "stop")
        assert len({event["id"] for event in (opening, *middle, last)}) == 1
        assert all("usage" not in event for event in reply.events)

    async def test_ends_with_usage_for_who_asks(self, rig):
        reply = await rig.chat(stream=True, stream_options={"include_usage": True})
        *others, last = reply.events
        assert last["choices"] == []
        assert last["usage"]["total_tokens"] > 0
        assert all(event["usage"] is None for event in others[1:])

    @given(st.text(max_size=30), st.integers(1, 60), st.integers(1, 3))
    async def test_says_what_the_whole_answer_says(self, question, limit, n):
        rig = Rig()
        rig.account()
        rig.deploy()
        asked = {"messages": [{"role": "user", "content": question}], "max_completion_tokens": limit, "n": n}
        whole = (await rig.chat(**asked)).json
        events = (await rig.chat(**asked, stream=True, stream_options={"include_usage": True})).events
        for index, choice in enumerate(whole["choices"]):
            assert content(events, index) == choice["message"]["content"]
        assert events[-1]["usage"] == whole["usage"]
        assert events[-1]["id"] == whole["id"]
        rig.store.close()

    async def test_a_tool_call_arrives_in_pieces(self, rig):
        asked = {"tools": [WEATHER], "tool_choice": {"type": "function", "function": {"name": "weather"}}}
        whole = (await rig.chat(**asked)).json["choices"][0]["message"]["tool_calls"][0]
        events = (await rig.chat(**asked, stream=True)).events
        deltas = [event["choices"][0]["delta"] for event in events if event["choices"]]
        calls = [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta]
        assert (calls[0]["id"], calls[0]["function"]["name"]) == (whole["id"], "weather")
        arguments = "".join(call["function"]["arguments"] for call in calls)
        assert arguments == whole["function"]["arguments"]
        assert events[-1]["choices"][0]["finish_reason"] == "tool_calls"

    async def test_comes_token_by_token_at_the_accounts_pace(self, build):
        rig = build(token_seconds=0.05)
        response = await rig.send(
            "/openai/deployments/chat/chat/completions?api-version=2024-10-21",
            {"messages": [{"role": "user", "content": "Hi"}], "stream": True},
        )
        before = rig.clock.now()
        moments = [rig.clock.now() - before async for _ in response.body]
        assert all(late > early for early, late in itertools.pairwise(moments))

    async def test_a_reader_who_leaves_stops_it(self, build):
        rig = build(token_seconds=0.05)
        response = await rig.send(
            "/openai/deployments/chat/chat/completions?api-version=2024-10-21",
            {"messages": [{"role": "user", "content": "Hi"}], "stream": True},
        )
        await anext(aiter(response.body))
        await close(response)
        assert [chunk async for chunk in response.body] == []
        assert len(rig.clock.slept) <= 1


class TestCompletions:
    @pytest.fixture
    def rig(self, rig):
        rig.deploy("old", model="gpt-35-turbo-instruct", version="0914")
        return rig

    async def test_one_answer_for_each_prompt(self, rig):
        body = (await rig.ask(COMPLETIONS, {"prompt": ["One", "Two"], "max_tokens": 4})).json
        assert [choice["index"] for choice in body["choices"]] == [0, 1]
        assert body["object"] == "text_completion"
        assert body["usage"]["completion_tokens"] == 8

    async def test_a_list_of_tokens_is_one_prompt(self, rig):
        body = (await rig.ask(COMPLETIONS, {"prompt": [1, 2, 3]})).json
        assert (len(body["choices"]), body["usage"]["prompt_tokens"]) == (1, 3)

    async def test_a_stream_says_the_same(self, rig):
        whole = (await rig.ask(COMPLETIONS, {"prompt": "Once"})).json
        events = (await rig.ask(COMPLETIONS, {"prompt": "Once", "stream": True})).events
        text = "".join(event["choices"][0]["text"] for event in events if event["choices"])
        assert text == whole["choices"][0]["text"]

    async def test_best_of_counts_for_the_quota(self, rig):
        rig.deploy("old", model="gpt-35-turbo-instruct", tokens=(100, 60))
        asked = {"prompt": "Once", "max_tokens": 30}
        assert (await rig.ask(COMPLETIONS, {**asked, "best_of": 5})).status == 429
        assert (await rig.ask(COMPLETIONS, {**asked, "best_of": 3})).status == 200


class TestEmbeddings:
    async def test_vectors_have_length_1_and_the_models_dimensions(self, rig):
        body = (await rig.ask(EMBEDDINGS, {"input": ["a text", "another"]})).json
        first, second = (row["embedding"] for row in body["data"])
        assert len(first) == len(second) == 1536
        assert math.hypot(*first) == pytest.approx(1, abs=1e-5)
        assert first != second
        assert body["usage"] == {"prompt_tokens": 4, "total_tokens": 4}

    async def test_base64_holds_the_same_floats(self, rig):
        asked = {"input": "a text", "dimensions": 8}
        floats = (await rig.ask(EMBEDDINGS, asked)).json["data"][0]["embedding"]
        encoded = (await rig.ask(EMBEDDINGS, {**asked, "encoding_format": "base64"})).json["data"][0][
            "embedding"
        ]
        assert array.array("f", base64.b64decode(encoded)).tolist() == floats

    async def test_equal_texts_are_equal_whatever_stands_beside_them(self, rig):
        alone = (await rig.ask(EMBEDDINGS, {"input": "same"})).json["data"][0]["embedding"]
        beside = (await rig.ask(EMBEDDINGS, {"input": ["other", "same"]})).json["data"][1]["embedding"]
        assert alone == beside

    async def test_the_large_model_has_more_dimensions(self, rig):
        rig.deploy("embed", model="text-embedding-3-large")
        body = (await rig.ask(EMBEDDINGS, {"input": [[1, 2, 3]]})).json
        assert len(body["data"][0]["embedding"]) == 3072


class TestResponses:
    PATH = "/openai/v1/responses"

    async def test_has_one_message(self, rig):
        body = (await rig.ask(self.PATH, {"model": "chat", "input": "Hello"})).json
        (message,) = body["output"]
        assert (body["object"], body["status"], message["role"]) == ("response", "completed", "assistant")
        usage = body["usage"]
        assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]

    async def test_stops_at_the_limit_as_incomplete(self, rig):
        body = (await rig.ask(self.PATH, {"model": "chat", "input": "Hello", "max_output_tokens": 3})).json
        assert (body["status"], body["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})

    async def test_a_stream_adds_up_to_the_whole(self, rig):
        asked = {"model": "chat", "input": [{"role": "user", "content": "Hello"}]}
        whole = (await rig.ask(self.PATH, asked)).json
        reply = await rig.ask(self.PATH, {**asked, "stream": True})
        events = reply.events
        deltas = [event["delta"] for event in events if event["type"] == "response.output_text.delta"]
        assert "".join(deltas) == whole["output"][0]["content"][0]["text"]
        assert events[-1]["type"] == "response.completed"
        assert events[-1]["response"] == whole
        assert [event["sequence_number"] for event in events] == list(range(len(events)))
        assert b"event: response.created\n" in reply.chunks[0]

    async def test_calls_a_required_function(self, rig):
        tool = {"type": "function", **WEATHER_FUNCTION}
        asked = {"model": "chat", "input": "Hello", "tools": [tool], "tool_choice": "required"}
        (call,) = (await rig.ask(self.PATH, asked)).json["output"]
        assert (call["type"], call["name"]) == ("function_call", "weather")
        events = (await rig.ask(self.PATH, {**asked, "stream": True})).events
        deltas = [e["delta"] for e in events if e["type"] == "response.function_call_arguments.delta"]
        assert "".join(deltas) == call["arguments"]
