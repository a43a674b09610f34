"""Parameters that a model refuses."""

import pytest


@pytest.fixture
def models(build):
    """One deployment of each kind, named after its model."""
    rig = build()
    for model in (
        "gpt-5",
        "gpt-5.1",
        "o4-mini",
        "gpt-4o",
        "text-embedding-ada-002",
        "text-embedding-3-small",
    ):
        rig.deploy(model, model=model)
    return rig


class TestReasoningModels:
    @pytest.mark.parametrize("model", ["gpt-5", "gpt-5.1", "o4-mini"])
    async def test_want_max_completion_tokens(self, models, model):
        reply = await models.chat(model, max_tokens=5)
        assert reply.status == 400
        assert reply.error == {
            "message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead.",
            "type": "invalid_request_error",
            "param": "max_tokens",
            "code": "unsupported_parameter",
        }
        assert (await models.chat(model, max_completion_tokens=5)).status == 200

    @pytest.mark.parametrize(
        ("name", "value"),
        [("top_p", 0.5), ("presence_penalty", 1), ("logprobs", True), ("logit_bias", {"5": 1})],
    )
    async def test_do_not_sample(self, models, name, value):
        reply = await models.chat("o4-mini", **{name: value})
        assert (reply.status, reply.error["param"], reply.error["code"]) == (
            400,
            name,
            "unsupported_parameter",
        )
        assert (await models.chat("gpt-4o", **{name: value})).status == 200

    async def test_have_one_temperature(self, models):
        assert (await models.chat("gpt-5", temperature=0.2)).error["code"] == "unsupported_value"
        for model, temperature in (("gpt-5", 1), ("gpt-5.1", 0.2), ("gpt-4o", 0.2)):
            assert (await models.chat(model, temperature=temperature)).status == 200


class TestOthers:
    async def test_do_not_know_how_to_reason(self, models):
        reply = await models.chat("gpt-4o", reasoning_effort="low")
        assert reply.error["message"] == "Unrecognized request argument supplied: reasoning_effort"
        assert (await models.chat("gpt-5", reasoning_effort="low")).status == 200

    async def test_have_a_longest_answer(self, models):
        reply = await models.chat("gpt-4o", max_tokens=16_385)
        assert (reply.status, reply.error["param"]) == (400, "max_tokens")
        assert (
            "supports at most 16384 completion tokens, whereas you provided 16385" in reply.error["message"]
        )

    async def test_say_how_a_stream_is_sent_only_of_a_stream(self, models):
        reply = await models.chat("gpt-4o", stream_options={"include_usage": True})
        assert (reply.status, reply.error["param"]) == (400, "stream_options")

    async def test_have_one_length_of_embeddings_or_several(self, models):
        for model, status in (("text-embedding-ada-002", 400), ("text-embedding-3-small", 200)):
            path = f"/openai/deployments/{model}/embeddings?api-version=2024-10-21"
            assert (await models.ask(path, {"input": "text", "dimensions": 16})).status == status


class TestEveryModel:
    @pytest.mark.parametrize(
        ("parameters", "param", "message"),
        [
            (
                {"temperature": 3},
                "temperature",
                "decimal above maximum value. Expected a value <= 2, but got 3 instead.",
            ),
            ({"top_p": -0.5}, "top_p", "decimal below minimum value. Expected a value >= 0"),
            ({"top_logprobs": 21, "logprobs": True}, "top_logprobs", "Expected a value <= 20"),
            ({"top_logprobs": 2}, "top_logprobs", "only allowed when 'logprobs' is enabled"),
            ({"stop": list("abcde")}, "stop", "maximum length 4, but got an array with length 5"),
            ({"tools": []}, "tools", "Invalid 'tools': empty array."),
            ({"tool_choice": "auto"}, "tool_choice", "only allowed when 'tools' are specified"),
            ({"response_format": {"type": "json_object"}}, "messages", "must contain the word 'json'"),
            (
                {"messages": [{"role": "boss", "content": "x"}]},
                "messages[0].role",
                "'boss'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'dev",
            ),
            ({"messages": [{"content": "x"}]}, "messages[0].role", "expected a string"),
        ],
    )
    async def test_refuses_what_is_out_of_bounds(self, models, parameters, param, message):
        reply = await models.chat("gpt-4o", **parameters)
        assert (reply.status, reply.error["param"]) == (400, param)
        assert message in reply.error["message"]

    async def test_takes_what_is_in_bounds(self, models):
        tool = {"type": "function", "function": {"name": "f"}}
        fine = {"temperature": 2, "top_p": 0, "top_logprobs": 20, "logprobs": True, "stop": list("abcd")}
        fine |= {"tools": [tool], "tool_choice": "auto", "response_format": {"type": "json_object"}}
        asked = [{"role": "developer", "content": "Answer in JSON."}]
        assert (await models.chat("gpt-4o", messages=asked, **fine)).status == 200

    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({"dimensions": 0}, "Invalid 'dimensions': integer below minimum value. Expected a value >= 1"),
            ({"dimensions": 1537}, "Expected a value <= 1536"),
            ({"encoding_format": "hex"}, "Invalid value: 'hex'. Supported values are: 'float' and 'base64'."),
            ({"input": ["a"] * 2049}, "maximum length 2048, but got an array with length 2049"),
        ],
    )
    async def test_refuses_embeddings_that_it_has_not_got(self, models, parameters, message):
        path = "/openai/deployments/text-embedding-3-small/embeddings?api-version=2024-10-21"
        reply = await models.ask(path, {"input": "a", **parameters})
        assert reply.status == 400
        assert message in reply.error["message"]
        assert (await models.ask(path, {"input": [5] * 2049, "dimensions": 1536})).status == 200

    async def test_takes_no_half_characters(self, models):
        tools = [{"type": "function", "function": {"name": "\ud800"}}]
        assert (await models.chat("gpt-4o", tools=tools, tool_choice="required")).status == 400
        pair = [{"role": "user", "content": "\U0001f600"}]
        assert (await models.chat("gpt-4o", messages=pair)).status == 200

    @pytest.mark.parametrize("number", ["9" * 400, "-1e400", "Infinity", "NaN"])
    async def test_takes_no_number_that_is_none_to_it(self, models, number):
        path = "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
        body = (
            f'{{"messages": [{{"role": "user", "content": "{"9" * 400}, 1e400"}}], "max_tokens": {number}}}'
        )
        assert (await models.ask(path, body.encode())).status == 400
        assert (await models.ask(path, body.replace(f" {number}}}", " 5}").encode())).status == 200
